"""How tightly each government holds each deal of the basket, as a score from 0 to 1 with a band (docs/tide.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.dates import Day
from tidegate.errors import BadInputError
from tidegate.kept import digest, known, learn
from tidegate.ledger import Ledger
from tidegate.ledger.digest import ledger_digest
from tidegate.licensing.basket import Deal

if TYPE_CHECKING:
    import pyarrow

__all__ = ["FREE", "SCORES", "Hold", "by_count", "decide_deals", "strictest_of"]

SCORES: Mapping[str, tuple[float, float]] = {
    "free": (0.0, 0.0),
    "exception": (0.05, 0.05),
    "discouraged": (0.1, 0.1),
    "notification": (0.15, 0.15),
    "quota": (0.2, 0.2),
    "presumption_of_approval": (0.25, 0.25),
    "case_by_case": (0.5, 0.5),
    "not_stated": (0.25, 1.0),
    "presumption_of_denial": (0.9, 0.9),
    "denial": (1.0, 1.0),
    "prohibited": (1.0, 1.0),
}
"""The lowest and the highest score of each way in which a deal may be held.

An order with distances that are a judgement, not a measurement. The order is that of the outcomes of a determination
(`tidegate.licensing.verdict`), so that a stricter answer never has a lower score. A licence whose review policy
the text does not state, or on which a missing fact decides, may be granted as a rule or refused as a rule: it is a band.
"""

_AT_LEAST = {"not_subject": "free", "none": "free", "licence_required": "not_stated"}
"""How an end of the range of an unknown answer is held, where the word is another one."""


@dataclass(frozen=True, slots=True)
class Hold:
    """How one government holds one deal on one day.

    how: a word of `SCORES`, or 'unknown'. low, high: the score, and how far a missing fact leaves it open.
    measures: ids of those that make the answer what it is; of an unknown one, those that are open.
    """

    how: str
    low: float
    high: float
    measures: tuple[str, ...] = ()


FREE = Hold("free", 0.0, 0.0)


def strictest_of(holds: Iterable[Hold]) -> Hold:
    """Return how several governments together hold a deal: the strictest, and as open as any leaves it."""
    own = list(holds)
    low, high = max((h.low for h in own), default=0.0), max((h.high for h in own), default=0.0)
    if not high:
        return FREE
    leading = max(own, key=lambda hold: (hold.low, hold.high))
    told = (h for h in own if (h.low, h.high) == (leading.low, leading.high) or h.high > leading.high)
    return Hold(leading.how, low, high, tuple(dict.fromkeys(m for h in told for m in h.measures)))


def by_count(ids: Iterable[str]) -> tuple[str, ...]:
    """Return each of some ids once, the most frequent first."""
    count = Counter(ids)
    return tuple(sorted(count, key=lambda own: (-count[own], own)))


def decide_deals(
    deals: Iterable[tuple[Deal, str]], ledger: Ledger, days: Sequence[Day], known_by: Day | None = None
) -> Mapping[tuple[str, str, Day], Mapping[str, Hold]]:
    """Return how each deal toward each country is held on each day, by government; those that leave it free are not in.

    Everything goes through the engine as one table, which decides each class of rows that the law tells apart once;
    the answer is kept (`tidegate.kept`).
    Raises: BadInputError: naming the deal that cannot be decided. MissingExtraError: without Arrow.
    """
    asked = [(deal, target, day) for deal, target in deals for day in days]
    if not asked:
        return {}
    rows = [deal.transaction(target, day) for deal, target, day in asked]
    key = digest("deals", ledger_digest(ledger), str(known_by), msgspec.json.encode(rows))
    kept = known([key]).get(key)
    if kept is not None:
        found = msgspec.json.decode(kept, type=list[dict[str, Hold]])
    else:
        found = _decided(asked, rows, ledger, known_by)
        learn({key: msgspec.json.encode(found)})
    return {(deal.id, target, day): holds for (deal, target, day), holds in zip(asked, found, strict=True)}


def _decided(
    asked: Sequence[tuple[Deal, str, Day]],
    rows: Sequence[Mapping[str, Any]],
    ledger: Ledger,
    known_by: Day | None,
) -> list[dict[str, Hold]]:
    from tidegate.licensing.table import decide_table
    from tidegate.tables import need

    names = list(dict.fromkeys(name for row in rows for name in row))
    table = need("pyarrow").table({name: [row.get(name) for row in rows] for name in names})
    decided = decide_table(table, ledger, draw_quotas=False, ranges=True, known_by=known_by).to_arrow()
    for (deal, _, day), error in zip(asked, decided.column("error").to_pylist(), strict=True):
        if error:
            raise BadInputError(f"{deal.id} on {day}: {error}. Mend its facts.")
    found: list[dict[str, Hold]] = [{} for _ in asked]
    for government in _active(decided):
        for index, hold in enumerate(_holds(decided, government.lower())):
            if hold.high:
                found[index][government] = hold
    return found


def _active(decided: pyarrow.Table) -> list[str]:
    """The governments that ever ask for something."""
    quiet = {"not_subject", "none", None}
    return [
        name.removesuffix("_outcome").upper()
        for name in decided.column_names
        if name.endswith("_outcome") and set(decided.column(name).unique().to_pylist()) - quiet
    ]


def _holds(decided: pyarrow.Table, government: str) -> Iterable[Hold]:
    parts = ("outcome", "review", "measures", "at_least", "at_most")
    columns: list[list[Any]] = [decided.column(f"{government}_{part}").to_pylist() for part in parts]
    known: dict[tuple[Any, ...], Hold] = {}
    for cells in zip(*columns, strict=True):
        if cells not in known:
            known[cells] = _hold(*cells)
        yield known[cells]


def _hold(outcome: str, review: str | None, measures: str | None, at_least: str, at_most: str) -> Hold:
    ids = tuple(measures.split(";")) if measures else ()
    if outcome == "unknown":
        low = SCORES[_AT_LEAST.get(at_least, at_least)][0]
        return Hold("unknown", low, SCORES[_AT_LEAST.get(at_most, at_most)][1], ids)
    how = outcome.partition(":")[0]
    how = (review or "not_stated") if how == "licence_required" else _AT_LEAST.get(how, how)
    return Hold(how, *SCORES[how], ids if SCORES[how][1] else ())
