"""One SQL statement that decides a table: the scopes, the exceptions and the strictest answer.

The statement reads a table of transactions (columns of docs/columns.md, names already ids of the
catalog) and gives, for each row and government, the outcome, the licence policy and the measures that
led there. It is written for DuckDB and transpiled to any dialect that sqlglot knows. It says the same as
`tidegate.licensing.verdict` row by row, and a property test holds the two together.

A column that the table lacks is NULL in every row, so that what hangs on it is folded away beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from tidegate.dates import Day
from tidegate.ledger import Ledger
from tidegate.ledger.model import Effect
from tidegate.licensing.layers import FactLayers
from tidegate.licensing.logic import FALSE, Node, columns_of
from tidegate.licensing.provisions import Government, Provision, governments, law_of, provisions_in
from tidegate.licensing.scope import Days, expand
from tidegate.licensing.settled import Settled
from tidegate.licensing.sharing import Shared, share
from tidegate.licensing.tosql import guarded, narrow, to_sql
from tidegate.licensing.verdict import STRICTNESS, Outcome

__all__ = ["Statement"]

_REVIEW_OPEN = -1
"""Stands for a licence policy that hangs on a missing fact."""

_DENIAL = min(rank for policy, rank in STRICTNESS.items() if "denial" in policy.value)


@dataclass(frozen=True)
class Statement:
    """The statement for the transactions of some days.

    given: the columns that the table has, `date` among them. source: name of the table.
    key: further columns to carry along, such as a row number. ranges: whether the answer says of each government
    what holds whatever the missing facts are (`us_at_least`) and the worst they could bring (`us_at_most`).
    settled: the tests that come out the same for every row.
    """

    ledger: Ledger
    days: Days
    given: frozenset[str]
    source: str = "transactions"
    key: tuple[str, ...] = ()
    known_by: Day | None = None
    ranges: bool = False
    settled: Settled = field(default_factory=lambda: Settled({}))

    @cached_property
    def governments(self) -> tuple[Government, ...]:
        """Whose law is asked."""
        return governments(self.ledger)

    @cached_property
    def law(self) -> Mapping[str, tuple[Provision, ...]]:
        """The provisions of each government that can apply to the table at all."""
        found = provisions_in(self.ledger, self.days, self.known_by)
        return {
            g.id: tuple(
                replace(
                    p, scope=scope, reviews=tuple((policy, self.settled(when)) for policy, when in p.reviews)
                )
                for p in law_of(found, g, self.days)
                if (scope := narrow(self.settled(p.scope), self.present)) != FALSE
            )
            for g in self.governments
        }

    @cached_property
    def facts(self) -> FactLayers:
        """How the facts of the table are filled and derived."""
        return FactLayers(self.ledger, self.days, self.given, self.source, self.key, self.settled)

    @property
    def present(self) -> frozenset[str]:
        """The columns that are given, or follow from those that are."""
        return self.facts.present

    def columns(self) -> tuple[str, ...]:
        """Return the columns of the answer, after those carried along."""
        parts = ("outcome", "review", "measures", *(("at_least", "at_most") if self.ranges else ()))
        own = (f"{g.id.lower()}_{part}" for g in self.governments for part in parts)
        return ("outcome", *own)

    def sql(self) -> str:
        """Return the statement in the dialect of DuckDB."""
        layers = list(self.facts.queries(self.used()))
        before = layers[-1][0]
        found = ", ".join(self._found())
        steps = [f"{name} AS ({query})" for name, query in layers]
        keep = ", ".join(self.key) + ", " if self.key else ""
        for number, parts in enumerate(self.shared.layers):
            columns_ = ", ".join(
                f"{to_sql(self.shared.put(part, whole=False))} AS {self.shared.names[part]}" for part in parts
            )
            steps.append(f"common_{number}_layer AS (SELECT *, {columns_} FROM {before})")
            before = f"common_{number}_layer"
        steps.append(f"found AS (SELECT {keep}{found} FROM {before})")
        steps.append(f"standing AS (SELECT *, {', '.join(self._standing())} FROM found)")
        steps.append(f"ranked AS (SELECT *, {', '.join(self._ranked())} FROM standing)")
        return f"WITH {', '.join(steps)} SELECT {keep}{', '.join(self._answer())} FROM ranked"

    def facts_sql(self, wanted: Iterable[str]) -> str:
        """Return the beginning of a query: `known`, the facts of each row with what follows from them."""
        queries = list(self.facts.queries(self.facts.behind(self.used() | set(wanted))))
        steps = ", ".join(f"{name} AS ({query})" for name, query in queries)
        return f"WITH {steps}, known AS (SELECT * FROM {queries[-1][0]})"

    def used(self) -> set[str]:
        """Return the columns that matter to the answer, of those that are there."""
        return self.facts.behind({column for node in self._scopes() for column in columns_of(node)})

    def trees(self) -> Iterator[Node]:
        """Yield every tree that a column of the table is tested in."""
        yield from self._scopes()
        yield from self.facts.trees()

    def _scopes(self) -> Iterator[Node]:
        for law in self.law.values():
            for p in law:
                yield p.scope
                yield from (node for _, node in p.reviews)
        yield from (self._reach(g) for g in self.governments)

    def _reach(self, g: Government) -> Node:
        return self.settled(expand(g.reach, self.days))

    # --- the verdict: as in tidegate.licensing.verdict

    def _found(self) -> Iterator[str]:
        for g in self.governments:
            yield f"{to_sql(narrow(self._reach(g), self.present))} AS {g.id.lower()}_reach"
            for index, p in enumerate(self.law[g.id]):
                yield f"{guarded(self.shared.put(p.scope))} AS {g.id.lower()}_{index}"
                if p.effect is Effect.REQUIRE and p.reviews:
                    yield f"{self._policy(p)} AS {g.id.lower()}_{index}_policy"

    @cached_property
    def shared(self) -> Shared:
        """What the scopes have in common."""
        law = [p for provisions in self.law.values() for p in provisions]
        return share(
            [*(p.scope for p in law), *(narrow(node, self.present) for p in law for _, node in p.reviews)]
        )

    def _policy(self, p: Provision) -> str:
        steps = []
        for policy, when in p.reviews:
            condition = to_sql(self.shared.put(narrow(when, self.present)))
            steps.append(
                f"WHEN ({condition}) IS NULL THEN {_REVIEW_OPEN} WHEN {condition} THEN {STRICTNESS[policy]}"
            )
        return f"CASE {' '.join(steps)} ELSE {STRICTNESS[p.policy] if p.policy else _REVIEW_OPEN} END"

    def _standing(self) -> Iterator[str]:
        """Whether each provision certainly or possibly stands once exceptions are taken off."""
        for g in self.governments:
            law = self.law[g.id]
            name = {p.id: f"{g.id.lower()}_{index}" for index, p in enumerate(law)}
            for p in law:
                if not p.level:
                    continue
                free = [name[e.id] for e in law if e.effect is Effect.EXCEPT and p.is_lifted_by(e)]
                took = [name[e.id] for e in law if p.is_lifted_by(e)]
                own = name[p.id]
                may = "".join(f" AND NOT COALESCE({e}, TRUE)" for e in free)
                does = "".join(f" AND NOT COALESCE({e}, FALSE)" for e in free)
                yield f"(COALESCE({own}, FALSE){may}) AS {own}_stands"
                yield f"(COALESCE({own}, TRUE){does}) AS {own}_might"
                if free:
                    freed = " OR ".join(f"COALESCE({e}, FALSE)" for e in free)
                    yield f"(COALESCE({own}, FALSE) AND ({freed})) AS {own}_freed"
                if took:
                    yield f"({' OR '.join(f'COALESCE({e}, FALSE)' for e in took)}) AS {own}_displaced"
                    yield f"({' OR '.join(f'{e} IS NULL' for e in took)}) AS {own}_shaken"

    def _ranked(self) -> Iterator[str]:
        for g in self.governments:
            code = g.id.lower()
            law = self.law[g.id]
            name = {p.id: f"{code}_{index}" for index, p in enumerate(law)}
            restricting = [p for p in law if p.level]
            for level_name, mark in (("low", "stands"), ("high", "might")):
                steps = []
                for level in sorted({p.level for p in restricting}, reverse=True):
                    any_ = " OR ".join(f"{name[p.id]}_{mark}" for p in restricting if p.level == level)
                    steps.append(f"WHEN {any_} THEN {level}")
                freed = [f"{name[p.id]}_freed" for p in restricting if _frees(law, p)]
                if freed:
                    steps.append(f"WHEN {' OR '.join(freed)} THEN 2")
                steps.append(f"WHEN {code}_reach = FALSE THEN 0")
                yield f"CASE {' '.join(steps)} ELSE 1 END AS {code}_{level_name}"

    def _answer(self) -> Iterator[str]:
        lows = [f"{g.id.lower()}_low" for g in self.governments]
        highs = [f"{g.id.lower()}_high" for g in self.governments]
        low, high = f"GREATEST({', '.join(lows)})", f"GREATEST({', '.join(highs)})"
        yield f"CASE WHEN {low} <> {high} THEN 'unknown' ELSE {_names(low)} END AS outcome"
        for g in self.governments:
            yield from self._government_answer(g)

    def _government_answer(self, g: Government) -> Iterator[str]:
        code, law = g.id.lower(), self.law[g.id]
        name = {p.id: f"{code}_{index}" for index, p in enumerate(law)}
        excepted = [p for p in law if p.effect is Effect.EXCEPT and p.exception]
        label = _names(f"{code}_low")
        if excepted:
            steps = " ".join(
                f"WHEN COALESCE({name[e.id]}, FALSE) AND ({freed}) THEN 'exception:{e.exception}'"
                for e in excepted
                if (freed := " OR ".join(f"{name[p.id]}_freed" for p in law if p.level and p.is_lifted_by(e)))
            )
            if steps:
                label = f"CASE WHEN {code}_low = 2 THEN CASE {steps} ELSE 'exception' END ELSE {label} END"
        yield f"CASE WHEN {code}_low <> {code}_high THEN 'unknown' ELSE {label} END AS {code}_outcome"
        leading = [(p, self._leads(p, law, name, code)) for p in law if p.level]
        yield f"{self._review(leading, name, code)} AS {code}_review"
        yield f"{self._measures(leading, law, name, code)} AS {code}_measures"
        if self.ranges:
            yield f"{_names(f'{code}_low')} AS {code}_at_least"
            yield f"{_names(f'{code}_high')} AS {code}_at_most"

    def _leads(self, p: Provision, law: Sequence[Provision], name: Mapping[str, str], code: str) -> str:
        displaced = f" AND NOT {name[p.id]}_displaced" if any(p.is_lifted_by(e) for e in law) else ""
        return f"({name[p.id]}_stands AND {code}_low = {p.level}{displaced})"

    def _review(self, leading: Sequence[tuple[Provision, str]], name: Mapping[str, str], code: str) -> str:
        ranks, open_ = [], []
        for p, leads in leading:
            if p.effect is not Effect.REQUIRE:
                continue
            rank = (
                f"{name[p.id]}_policy"
                if p.reviews
                else str(STRICTNESS[p.policy] if p.policy else _REVIEW_OPEN)
            )
            shaken = f"{name[p.id]}_shaken" if f"{name[p.id]}_shaken" in self._shaken else None
            ranks.append(f"CASE WHEN {leads}{f' AND NOT {shaken}' if shaken else ''} THEN {rank} ELSE 0 END")
            doubts = [f"{name[p.id]}_policy = {_REVIEW_OPEN}"] if p.reviews else []
            doubts += [shaken] if shaken else []
            if not p.reviews and p.policy is None:
                doubts.append("TRUE")
            open_ += [f"({leads} AND ({' OR '.join(doubts)}))"] if doubts else []
        if not ranks:
            return "CAST(NULL AS VARCHAR)"
        worst = f"GREATEST({', '.join(ranks)})" if len(ranks) > 1 else ranks[0]
        doubt = f"WHEN ({' OR '.join(open_)}) AND {worst} < {_DENIAL} THEN NULL " if open_ else ""
        words = " ".join(
            f"WHEN {worst} = {rank} THEN '{policy.value}'" for policy, rank in STRICTNESS.items() if rank != 2
        )
        return (
            f"CASE WHEN {code}_low <> {code}_high OR {code}_low <> 6 THEN NULL {doubt}{words} ELSE NULL END"
        )

    @cached_property
    def _shaken(self) -> frozenset[str]:
        return frozenset(
            f"{g.id.lower()}_{index}_shaken"
            for g in self.governments
            for index, p in enumerate(self.law[g.id])
            if p.level and any(p.is_lifted_by(e) for e in self.law[g.id])
        )

    def _measures(
        self,
        leading: Sequence[tuple[Provision, str]],
        law: Sequence[Provision],
        name: Mapping[str, str],
        code: str,
    ) -> str:
        """The ids that decide, in the order of the ledger: of an exception, those that free."""
        by_measure: dict[str, list[str]] = {}
        for p in law:
            own = name[p.id]
            if p.level:
                leads = next(text for q, text in leading if q is p)
                known = f"({code}_low = {code}_high AND {leads})"
                open_ = f"({code}_low <> {code}_high AND {own}_might AND NOT {own}_stands AND {p.level} > {code}_low)"
                by_measure.setdefault(p.measure.id, []).extend((known, open_))
            else:
                frees = [q for q in law if q.level and q.is_lifted_by(p) and _frees(law, q)]
                if p.effect is Effect.EXCEPT and frees:
                    freed = " OR ".join(f"{name[q.id]}_freed" for q in frees)
                    known = f"({code}_low = {code}_high AND {code}_low = 2 AND COALESCE({own}, FALSE) AND ({freed}))"
                    doubted = " OR ".join(
                        f"({name[q.id]}_might AND NOT {name[q.id]}_stands AND {q.level} > {code}_low)"
                        for q in frees
                    )
                    open_ = f"({code}_low <> {code}_high AND {own} IS NULL AND ({doubted}))"
                    by_measure.setdefault(p.measure.id, []).extend((known, open_))
        if not by_measure:
            return "CAST(NULL AS VARCHAR)"
        parts = ", ".join(
            f"CASE WHEN {' OR '.join(tests)} THEN '{measure}' END" for measure, tests in by_measure.items()
        )
        return f"CONCAT_WS(';', {parts})"


def _names(level: str) -> str:
    words = " ".join(
        f"WHEN {rank} THEN '{outcome.value}'" for rank, outcome in enumerate(tuple(Outcome)[:-1])
    )
    return f"CASE {level} {words} END"


def _frees(law: Iterable[Provision], p: Provision) -> bool:
    return any(e.effect is Effect.EXCEPT and p.is_lifted_by(e) for e in law)
