"""What each government's law says over a stretch of days: provisions, made from measures.

A provision is one measure, or one limb of it, with its scope as logic: on the days on which it binds
the scope of that day, on days on which the record does not say whether it binds an open question, and
nothing on all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from tidegate import data
from tidegate.catalog import load_catalog
from tidegate.dates import Day, parse_day
from tidegate.ledger import Ledger
from tidegate.ledger.history import History
from tidegate.ledger.model import BINDING, Effect, LicencePolicy, Limb, Measure, Scope, Stage
from tidegate.ledger.regime import Regime, Standing
from tidegate.licensing.logic import FALSE, UNKNOWN, Node, all_of
from tidegate.licensing.scope import Days, expand, pieces
from tidegate.records import read_yaml_fast

__all__ = [
    "LEVEL",
    "Government",
    "Provision",
    "governments",
    "law_of",
    "provisions_in",
    "provisions_on",
    "scope_as_if",
]

StageOn = Callable[[Day], Stage | None]

LEVEL: Mapping[Effect, int] = {
    Effect.DISCOURAGE: 3,
    Effect.NOTIFY: 4,
    Effect.CAP: 5,
    Effect.REQUIRE: 6,
    Effect.PROHIBIT: 7,
}
"""How much an effect holds back a shipment; 0 to 2 are not subject, nothing asked, exception."""


@dataclass(frozen=True, slots=True)
class Government:
    """A government whose law is asked. reach: whether its law reaches a transaction at all."""

    id: str
    reach: str
    source: str
    shares: str | None = None
    """A union whose law it applies to shipments that it reaches itself."""
    not_covered: str | None = None
    """What of its law the ledger does not hold, for a reader who is told that nothing is asked."""


@dataclass(frozen=True, slots=True)
class Provision:
    """One measure or limb as it applies on some days.

    id: the measure, with '/limb' where it is one. lifts: measures that give way within the scope.
    reviews: licence policies that go before `policy`, each with the condition under which it does.
    """

    id: str
    government: str
    measure: Measure
    limb: str | None
    effect: Effect
    scope: Node
    policy: LicencePolicy | None = None
    reviews: tuple[tuple[LicencePolicy, Node], ...] = ()
    exception: str | None = None
    lifts: frozenset[str] = frozenset()

    @property
    def level(self) -> int:
        """How much it holds back a shipment; 0 for an exception."""
        return LEVEL.get(self.effect, 0)

    def is_lifted_by(self, other: Provision) -> bool:
        """Whether the other takes its place where both apply."""
        return self.measure.id in other.lifts or self.id in other.lifts


@lru_cache(maxsize=1)
def _governments() -> Mapping[str, Government]:
    rows = read_yaml_fast(data.LEDGER / "governments.yaml")
    return {row["id"]: Government(row["id"], row["reach"], row["source"], row.get("shares"),
                                  row.get("not_covered")) for row in rows}  # fmt: skip


def governments(measures: Iterable[Measure], exporter_country: str | None = None) -> tuple[Government, ...]:
    """Return whose law is asked: every government on record, and an EU member that exports."""
    known = dict(_governments())
    wanted = set(known) | {measure.jurisdiction for measure in measures}
    if exporter_country in load_catalog().groups["eu:members"].members:
        wanted.add(exporter_country)
    members = load_catalog().groups["eu:members"].members
    for code in sorted(wanted - set(known)):
        shares = "EU" if code in members else None
        known[code] = Government(
            code, f"exporter_country = '{code}'", "law of the exporter's country", shares
        )
    return tuple(known[code] for code in sorted(wanted))


def provisions_on(regime: Regime) -> tuple[Provision, ...]:
    """Return the provisions of one day, as known in the regime, each under its own government."""
    found: list[Provision] = []
    for standing in regime:
        for part in standing.limbs or (standing,):
            found += _provision(part.measure, part.limb, _stage_of(part), (), Days.of(regime.on))
    return tuple(found)


def provisions_in(ledger: Ledger, days: Days, known_by: Day | None = None) -> tuple[Provision, ...]:
    """Return the provisions of a stretch of days: scopes test `date` where they change within it."""
    found: list[Provision] = []
    for measure in ledger:
        for limb, history in ledger.histories(known_by)[measure.id].items():
            changes = tuple(span.starts for span in history.spans)
            found += _provision(measure, limb, _stage_in(history), changes, days)
    return tuple(found)


def law_of(provisions: Iterable[Provision], government: Government, days: Days) -> tuple[Provision, ...]:
    """Return the provisions that a government applies: its own, and a union's that it reaches."""
    own = [p for p in provisions if p.government == government.id]
    if government.shares:
        reach = expand(government.reach, days)
        shared = (p for p in provisions if p.government == government.shares)
        own += [replace(p, government=government.id, scope=all_of(reach, p.scope)) for p in shared]
    return tuple(p for p in own if p.scope != FALSE)


def scope_as_if(standing: Standing, day: Day) -> Node | None:
    """Return the scope of a measure that does not bind, as if it did; None where it has none."""
    texts = [standing.measure.scope_on(day, standing.limb), *_texts(_scope(standing.measure, standing.limb))]
    return next((expand(text, Days.of(day)) for text in texts if text), None)


def _stage_of(standing: Standing) -> StageOn:
    return lambda _: standing.stage


def _stage_in(history: History) -> StageOn:
    def stage_on(day: Day) -> Stage | None:
        span = history.on(day)
        return span.stage if span else None

    return stage_on


def _scope(measure: Measure, limb: str | None) -> Scope | None:
    part = next((part for part in measure.limbs if part.limb == limb), None)
    return part.when if part else measure.when


def _texts(scope: Scope | None) -> Iterator[str]:
    if isinstance(scope, str):
        yield scope
    elif scope:
        yield from scope.values()


def _provision(
    measure: Measure, limb_name: str | None, stage_on: StageOn, changes: Iterable[Day], days: Days
) -> Iterator[Provision]:
    limb = next((part for part in measure.limbs if part.limb == limb_name), None)
    scope = limb.when if limb else measure.when
    effect = (limb.effect if limb else None) or measure.effect
    if scope is None or effect is Effect.NONE:
        return
    cuts = [*changes, *_starts(scope)]

    def on(day: Day) -> Node:
        stage = stage_on(day)
        text = measure.scope_on(day, limb_name)
        if text is None or (stage not in BINDING and stage is not Stage.UNKNOWN):
            return FALSE
        node = expand(text, days)
        return node if stage in BINDING else all_of(node, UNKNOWN)

    node = pieces(days, iter(cuts), on)
    if node == FALSE:
        return
    yield Provision(
        id=f"{measure.id}/{limb_name}" if limb_name else measure.id,
        government=measure.jurisdiction,
        measure=measure,
        limb=limb_name,
        effect=effect,
        scope=node,
        policy=(limb.licence_policy if limb else None) or measure.licence_policy,
        reviews=tuple(_reviews(measure, limb, days)),
        exception=(limb.exception if limb else None) or measure.exception,
        lifts=frozenset((limb.lifts if limb else ()) or measure.lifts),
    )


def _reviews(measure: Measure, limb: Limb | None, days: Days) -> Iterator[tuple[LicencePolicy, Node]]:
    for review in (limb.reviews if limb else ()) or measure.reviews:
        when = review.when
        if isinstance(when, str):
            yield review.policy, expand(when, days)
        else:

            def on(day: Day, when: Mapping[str, str] = when) -> Node:
                starts = [start for start in when if parse_day(start) <= day]
                return expand(when[max(starts)], days) if starts else FALSE

            yield review.policy, pieces(days, _starts(when), on)


def _starts(scope: Scope) -> Iterator[Day]:
    return iter(()) if isinstance(scope, str) else (parse_day(start) for start in scope)
