"""The lots of the network decided under the regime of every month: which law holds which lot, and how.

All months and lots go through the licensing engine as one table. Of products that could fill a lot the one that
is held back least stands for it, and the measures that hold that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidegate.dates import Day, parse_day
from tidegate.ledger import Ledger
from tidegate.ledger.model import Limb, Measure
from tidegate.supply.lots import COUNTRY, Lot

if TYPE_CHECKING:
    import pyarrow

__all__ = ["Held", "Hold", "decide_lots", "policy_of"]

_HELD = ("licence_required", "prohibited", "discouraged", "quota")
_STRICTNESS = {
    "presumption_of_approval": 1, "case_by_case": 2, "eased": 2, "discouraged": 2, "not_stated": 3, "quota": 2,
    "presumption_of_denial": 4, "denial": 5, "prohibited": 6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hold:
    """What one government does to a lot. policy: review policy, 'not_stated', 'prohibited', 'discouraged' or 'quota'.

    by_buyer: whether it is the buyer's own government. measures: the ids that decide.
    """

    government: str
    policy: str
    by_buyer: bool
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A lot on a day. open: whether some government's answer is unknown for want of a fact.

    holds: on the product that stands for the lot. quality: what that is worth beside the best product on sale.
    beyond: the holds on the best one, which keep the rest of its worth from the buyers.
    """

    holds: tuple[Hold, ...]
    open: bool
    quality: float = 1.0
    beyond: tuple[Hold, ...] = ()


def policy_of(outcome: str, review: str | None) -> str:
    """Return the policy under which a restricted lot stands."""
    return outcome if outcome in ("prohibited", "discouraged", "quota") else review or "not_stated"


def decide_lots(
    lots: Sequence[Lot],
    ledger: Ledger,
    days: Iterable[Day],
    known_by: Day | None = None,
    *,
    exponent: float = 0.3,
) -> Mapping[tuple[int, Day], Held]:
    """Return how each lot (by its place) is held on each day.

    exponent: of performance in what a product is worth beside the best one that could fill its lot.
    """
    import pyarrow as pa

    from tidegate.licensing.table import decide_table

    wanted = sorted(set(days))
    texts = {measure.id: _texts(measure) for measure in ledger}
    asked: dict[tuple[int, Day], Day] = {}
    rows = []
    before: tuple[object, Day] | None = None
    for day in wanted:
        law = _law_of(ledger, day, known_by, texts)
        # Where neither the law nor the lot has changed since the day before, its answer stands.
        same = before[1] if before is not None and before[0] == law else None
        for place, lot in enumerate(lots):
            if same is not None and _alike(lot, same, day):
                asked[place, day] = asked[place, same]
                continue
            asked[place, day] = day
            rows += [{**facts, "lot_number": place} for facts in lot.transactions(day)]
        before = (law, day)
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = pa.table({name: [row.get(name) for row in rows] for name in names})
    decided = decide_table(table, ledger, draw_quotas=False, known_by=known_by).to_arrow()
    found = _best(lots, decided, exponent)
    return {(place, day): found[place, on] for (place, day), on in asked.items()}


def _law_of(ledger: Ledger, day: Day, known_by: Day | None, texts: Mapping[str, tuple[Day, ...]]) -> object:
    """What the answers of a day rest on: the stage of each measure and limb, and how many of its texts count."""
    return tuple(
        (
            part.measure.id,
            part.limb,
            part.stage,
            part.printed,
            sum(starts <= day for starts in texts[part.measure.id]),
        )
        for standing in ledger.on(day, known_by)
        for part in (standing, *standing.limbs)
    )


def _texts(measure: Measure) -> tuple[Day, ...]:
    """The days on which a text of a measure, its limbs or its licence policies begins to count."""
    parts: tuple[Measure | Limb, ...] = (measure, *measure.limbs)
    scopes = [scope for part in parts for scope in (part.when, *(review.when for review in part.reviews))]
    return tuple(
        parse_day(start)
        for scope in scopes
        if scope is not None and not isinstance(scope, str)
        for start in scope
    )


def _alike(lot: Lot, one: Day, other: Day) -> bool:
    """Whether the transactions of a lot differ between two days in nothing but the day."""
    first, second = (
        [{k: v for k, v in t.items() if k != "date"} for t in lot.transactions(d)] for d in (one, other)
    )
    return first == second


def _best(lots: Sequence[Lot], decided: pyarrow.Table, exponent: float) -> dict[tuple[int, Day], Held]:
    # Most governments say nothing of any lot: only those that ever do are looked at row by row.
    active = [
        name.removesuffix("_outcome")
        for name in decided.column_names
        if name.endswith("_outcome") and {*_HELD, "unknown"} & set(decided.column(name).unique().to_pylist())
    ]
    needed = [f"{g}_{what}" for g in active for what in ("outcome", "review", "measures")]
    columns: dict[str, list[Any]] = {
        name: decided.column(name).to_pylist()
        for name in (*needed, "lot_number", "date", "destination", "item")
    }
    found: dict[tuple[int, Day], list[tuple[str | None, tuple[Hold, ...], bool]]] = {}
    for index, (place, day) in enumerate(zip(columns["lot_number"], columns["date"], strict=True)):
        holds, unknown = [], False
        buyer = columns["destination"][index]
        for g in active:
            outcome = columns[f"{g}_outcome"][index]
            if outcome in _HELD:
                measures = tuple(m.split("/")[0] for m in columns[f"{g}_measures"][index].split(";") if m)
                policy = policy_of(outcome, columns[f"{g}_review"][index])
                own = g.upper() == COUNTRY.get(buyer, buyer)
                holds.append(Hold(g.upper(), policy, own, tuple(dict.fromkeys(measures))))
            unknown |= outcome == "unknown"
        found.setdefault((int(place), day), []).append((columns["item"][index], tuple(holds), unknown))
    return {
        (place, day): _held(lots[place], day, options, exponent) for (place, day), options in found.items()
    }


def _held(
    lot: Lot, day: Day, options: Sequence[tuple[str | None, tuple[Hold, ...], bool]], exponent: float
) -> Held:
    """Of the products that could fill a lot: the one held back least, the better one among equals."""

    def rank(option: tuple[str | None, tuple[Hold, ...], bool]) -> tuple[int, float]:
        weight = max((_STRICTNESS[hold.policy] for hold in option[1]), default=0)
        return weight, -lot.quality(option[0], day, exponent)

    item, holds, unknown = min(options, key=rank)
    best = max(options, key=lambda option: lot.quality(option[0], day, exponent))
    return Held(holds, unknown, lot.quality(item, day, exponent), best[1])
