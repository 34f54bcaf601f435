"""One government's answer, while it is being made: which provisions apply, what was tried, what is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tidegate.ledger.definitions import definitions
from tidegate.ledger.model import Effect, LicencePolicy, Stage
from tidegate.licensing.chart import chart_provision
from tidegate.licensing.decision import Finding, GovernmentDecision, Pending
from tidegate.licensing.logic import Facts, Node, clauses, columns_of, evaluate, is_open, residual
from tidegate.licensing.provisions import Government, Provision, scope_as_if
from tidegate.licensing.scope import Days, expand
from tidegate.licensing.verdict import Outcome, Verdict, verdict

if TYPE_CHECKING:
    from tidegate.licensing.decide import Decider

__all__ = ["Answering"]

_TALKED_OF = frozenset({
    Stage.CONSIDERING, Stage.URGED, Stage.PROPOSED, Stage.AGREED, Stage.ANNOUNCED, Stage.SUSPENDED,
})  # fmt: skip


class Answering:
    """One government's part of a decision, while it is being made."""

    def __init__(self, decider: Decider, government: Government, facts: Facts) -> None:
        self.decider, self.government, self.facts = decider, government, facts
        self.provisions = decider.law_of(government)
        if decider.chart is not None and government.id == "US":
            chart = chart_provision(decider.chart, facts, decider.days)
            self.provisions += (chart,) if chart else ()
        self.applies = {p.id: evaluate(p.scope, facts) for p in self.provisions}
        self.policies = {p.id: _policy(p, facts) for p in self.provisions if p.effect is Effect.REQUIRE}
        self.reach = evaluate(expand(government.reach, decider.days), facts)
        self.verdict: Verdict = verdict(self.provisions, self.applies, self.policies, self.reach)

    def decision(self) -> GovernmentDecision:
        """Return the government's answer."""
        result = self.verdict
        first = (*result.deciding, *(p for p in result.leading if p not in result.deciding))
        others = [p for p in self.provisions if p.level and self.applies[p.id] and p not in first]
        shown = [*first, *others]
        findings = tuple(self._finding(p) for p in shown)
        assumes = tuple(dict.fromkeys(c for p in self.provisions for c in self._assumes(p)))
        return GovernmentDecision(
            government=self.government.id,
            outcome=result.outcome,
            review=result.review,
            exception=result.exception,
            at_least=result.at_least,
            at_most=result.at_most,
            measures=tuple(dict.fromkeys(p.measure.id for p in result.deciding)),
            unknown=self._unknown(result),
            review_unknown=self._review_unknown(result),
            assumes=assumes,
            findings=findings,
            tried=tuple(self._tried()),
            coming=tuple(self._coming()),
            quotas=tuple(self._quotas()),
        )

    def _finding(self, p: Provision) -> Finding:
        applies = self.applies[p.id]
        lifted = tuple(e.id for e in self.provisions if e.lifts and self.applies[e.id] and p.is_lifted_by(e))
        missing = _missing(p.scope, self.facts, self.decider.days) if applies is None else ()
        standing = self.decider.standings.get(p.id)
        entry = standing.entry if standing else p.measure.history[-1]
        since = standing.span.since if standing else entry.on
        return Finding(p, applies, clauses(p.scope, self.facts), self.policies.get(p.id), entry, since, lifted,
                       missing, self._assumes(p))  # fmt: skip

    def _assumes(self, p: Provision) -> tuple[str, ...]:
        """Facts not given whose telling could make a provision apply that does not now."""
        if self.applies[p.id] is not False or not p.level or not is_open(p.scope, self.facts):
            return ()
        left = residual(p.scope, self.facts, known=False)
        return tuple(dict.fromkeys(columns_of(left)))

    def _unknown(self, result: Verdict) -> tuple[str, ...]:
        counts: Counter[str] = Counter()
        for p in result.open:
            if self.applies[p.id] is None:
                counts.update(dict.fromkeys(_missing(p.scope, self.facts, self.decider.days), 1))
        facts = [name for name, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
        law = [f"law: {p.id}" for p in result.open if self.applies[p.id] is None
               and not _missing(p.scope, self.facts, self.decider.days)]  # fmt: skip
        return (*facts, *law)

    def _review_unknown(self, result: Verdict) -> tuple[str, ...]:
        """Facts on which the licence policy hangs: conditions of it, and eased rules that may apply."""
        if result.outcome is not Outcome.LICENCE_REQUIRED or result.review is not None:
            return ()
        nodes = [
            when
            for p in result.leading
            for _, when in p.reviews
            if self.policies.get(p.id) is None and evaluate(when, self.facts) is None
        ]
        nodes += [
            e.scope
            for e in self.provisions
            if self.applies[e.id] is None and any(p.is_lifted_by(e) for p in result.leading)
        ]
        return tuple(
            dict.fromkeys(c for node in nodes for c in _missing(node, self.facts, self.decider.days))
        )

    def _tried(self) -> Iterator[Finding]:
        """Exceptions that would lift what applies, and do not apply themselves."""
        lifted_from = [p for p in self.provisions if p.level and self.applies[p.id] is not False]
        for e in self.provisions:
            fails = e.effect is Effect.EXCEPT and not self.applies[e.id]
            if fails and any(p.is_lifted_by(e) for p in lifted_from):
                yield self._finding(e)

    def _coming(self) -> Iterator[Pending]:
        for standing in self.decider.regime:
            if standing.measure.jurisdiction not in (self.government.id, self.government.shares):
                continue
            for part in standing.limbs or (standing,):
                talked_of = part.stage in _TALKED_OF or part.printed is not None
                if not talked_of or part.measure.effect is Effect.NONE:
                    continue
                scope = scope_as_if(part, self.decider.regime.on)
                applies = evaluate(scope, self.facts) if scope else False
                if applies is False or (applies is None and part.stage is not Stage.ANNOUNCED):
                    continue
                entry = part.entry
                fixed = part.next.starts.isoformat() if part.next else None
                name = f"{part.measure.id}/{part.limb}" if part.limb else part.measure.id
                yield Pending(name, part.measure.title, self.government.id, part.measure.effect.value,
                              part.stage.value, part.span.since, fixed,
                              part.printed.value if part.printed else None, applies, entry.source)  # fmt: skip

    def _quotas(self) -> Iterator[Mapping[str, Any]]:
        for p in self.provisions:
            limb = next((part for part in p.measure.limbs if part.limb == p.limb), None)
            quota = (limb.quota if limb else None) or p.measure.quota
            if quota is None:
                continue
            drawn = self.facts.get(quota.fills)
            left = None if drawn is None else quota.limit - float(drawn)  # type: ignore[arg-type]
            if self.applies[p.id] is False and (left is None or left >= 0):
                continue
            state = "open" if left is None else "available" if left >= 0 else "exhausted"
            yield {"measure": p.id, "limit": quota.limit, "unit": quota.amount, "drawn": drawn,
                   "left": left, "state": state, "per": list(quota.per)}  # fmt: skip


def _policy(p: Provision, facts: Facts) -> LicencePolicy | None:
    """The licence policy that counts; None where a condition before it is open."""
    for policy, when in p.reviews:
        holds = evaluate(when, facts)
        if holds is None:
            return None
        if holds:
            return policy
    return p.policy


def _missing(scope: Node, facts: Facts, days: Days) -> tuple[str, ...]:
    """The facts that a scope still needs, those behind a derived column in its place."""
    return tuple(dict.fromkeys(_behind(columns_of(residual(scope, facts)), facts, days)))


def _behind(names: Iterable[str], facts: Facts, days: Days) -> Iterator[str]:
    derived = {d.column: d for d in definitions()}
    for name in dict.fromkeys(names):
        definition = derived.get(name)
        versions: Sequence[Any] = definition.versions if definition else ()
        version = next((v for v in reversed(versions) if v.starts <= days.starts), None)
        left = tuple(columns_of(residual(expand(version.when, days), facts))) if version else ()
        if left:
            yield from _behind((column for column in left if column != name), facts, days)
        else:
            yield name
