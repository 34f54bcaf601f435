"""The lots of the network decided under the regime of every month: which law holds which lot, and how.

All that has to be asked goes through the licensing engine as one table. Of products that could fill a lot the one that
is held back least stands for it, and the measures that hold that one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.dates import Day
from tidegate.kept import digest, known, learn
from tidegate.ledger import Ledger
from tidegate.supply.law import Law, Plain, plain_facts, without_history
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


_HELD_READER = msgspec.msgpack.Decoder(Held)
_HELD_WRITER = msgspec.msgpack.Encoder()


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

    A lot is asked about once for all days, and all ledgers, on which no law that could bear on it differs; within
    `tidegate.kept.keeping`, once for all runs of the program.
    exponent: of performance in what a product is worth beside the best one that could fill its lot.
    """
    wanted = sorted(set(days))
    if not wanted or not lots:
        return {}
    asked = [_Asked(lot) for lot in lots]
    columns = frozenset(
        name for own in asked for day in (wanted[0], wanted[-1]) for name in own.on(day).columns
    )
    law = Law.over(ledger, wanted, columns, known_by)
    keys = {
        (place, day): digest(law.key(own.on(day).plain, day), own.on(day).facts, repr(exponent))
        for place, own in enumerate(asked)
        for day in wanted
    }
    found = {key: _HELD_READER.decode(raw) for key, raw in known(keys.values()).items()}
    first: dict[bytes, tuple[int, Day]] = {}
    for cell, key in keys.items():
        if key not in found:
            first.setdefault(key, cell)
    if first:
        bearing = law.bearing(asked[place].on(day).plain for place, day in first.values())
        held = _decide_cells(lots, ledger, first.values(), bearing, known_by, exponent)
        fresh = {key: held[cell] for key, cell in first.items()}
        found |= fresh
        learn({key: _HELD_WRITER.encode(own) for key, own in fresh.items()})
    return {cell: found[key] for cell, key in keys.items()}


@dataclass(frozen=True, slots=True)
class _State:
    """A lot over days on which nothing of it changes. facts: digest of all but the day; plain: of each transaction."""

    facts: bytes
    plain: tuple[Plain, ...]
    columns: frozenset[str]


class _Asked:
    """A lot as it is asked about."""

    def __init__(self, lot: Lot) -> None:
        self.lot = lot
        self.changes = sorted({
            *(released for _, released, _ in lot.variants),
            *(day for day in (lot.listed_from, lot.footnote5_from, lot.veu_from) if day),
            *([lot.until[0]] if lot.until else []),
        })  # fmt: skip
        self._states: dict[int, _State] = {}

    def on(self, day: Day) -> _State:
        """Return what is asked of the lot on a day."""
        span = bisect_right(self.changes, day)
        if span not in self._states:
            transactions = [{**facts, "date": None} for facts in self.lot.transactions(day)]
            worth = [variant for variant in self.lot.variants if variant[1] <= day]
            self._states[span] = _State(
                msgspec.msgpack.encode((transactions, worth)),
                tuple(dict.fromkeys(map(plain_facts, transactions))),
                frozenset(name for facts in transactions for name in facts),
            )
        return self._states[span]


def _decide_cells(
    lots: Sequence[Lot], ledger: Ledger, cells: Iterable[tuple[int, Day]], bearing: Collection[str],
    known_by: Day | None, exponent: float,
) -> dict[tuple[int, Day], Held]:  # fmt: skip
    """Some lots on some days as one table. bearing: the measures that could hold any of them."""
    import pyarrow as pa

    from tidegate.licensing.table import decide_table

    rows = [{**facts, "lot_number": place} for place, day in cells for facts in lots[place].transactions(day)]
    # Lots that no product fills have no item; what is found is told by it all the same.
    names = list(dict.fromkeys([*(name for row in rows for name in row), "item"]))
    table = pa.table({name: [row.get(name) for row in rows] for name in names})
    # The texts of the others stay: products are told apart by the numbers in them.
    awake = Ledger(
        tuple(m if m.id in bearing else without_history(m) for m in ledger),
        ledger.read_to,
        ledger.scenario,
        ledger.starts,
    )
    decided = decide_table(table, awake, draw_quotas=False, known_by=known_by).to_arrow()
    return _best(lots, decided, exponent)


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
