"""What stood in print beside a hindcast: the year before, which it must beat, and what was known at its start."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError
from tidegate.supply.calibration import Calibration
from tidegate.supply.quarters import Month, months_of_period

if TYPE_CHECKING:
    from tidegate.supply.hindcast import Target

__all__ = ["known_spans", "last_year"]

LAST_KNOWN = (2022, 8)
"""The last month of which a statistic was out when the run starts, in September 2022."""

_FLOWS = frozenset({"imports", "exports", "billings", "revenue", "import_units", "smuggled"})


def last_year(target: Target, rows: Sequence[Target], calibration: Calibration) -> float | None:
    """Return the same statistic a year before, None where it is not at hand.

    Looked for among the targets, then among observations; at last a flow observed in the year before over another
    span is brought to the length of the target's. One under another tariff heading is another statistic.
    """
    months = months_of_period(target.period)
    before = tuple((year - 1, month) for year, month in months)
    for row in rows:
        alike = _same(target, row.entity, row.item, row.geography, row.metric, row.unit)
        if alike and _one_heading(target.basis, row.basis) and _months(row.period) == before:
            return row.value
    near: list[tuple[int, float]] = []
    for seen in calibration.history:
        alike = _same(target, seen["entity"], seen["item"], seen["geography"], seen["metric"], seen["unit"])
        own = _months(seen["period"])
        if not alike or not own or not _one_heading(target.basis, seen["basis"] or ""):
            continue
        if own == before:
            return float(seen["value"])
        overlap = len(set(own) & set(before))
        if overlap and len(own) >= len(before) and _all_before(own, months):
            scale = len(before) / len(own) if target.metric in _FLOWS else 1.0
            near.append((overlap * 100 - len(own), float(seen["value"]) * scale))
    return max(near)[1] if near else None


def known_spans(target: Target, calibration: Calibration) -> list[tuple[tuple[Month, ...], float]]:
    """Return the parts of a target's period that were published before the run starts, each with its value.

    Only flows have parts that add up. Parts do not overlap, longer ones come first; the last month that can be
    known is LAST_KNOWN. A row on another basis than the target's is left aside.
    """
    if target.metric not in _FLOWS:
        return []
    wanted = set(months_of_period(target.period))
    rows = [*calibration.history, *calibration.anchors]
    found: list[tuple[tuple[Month, ...], float]] = []
    for seen in sorted(rows, key=lambda row: -len(_months(row["period"]))):
        own = _months(seen["period"])
        told = own and own[-1] <= LAST_KNOWN and seen["verified"] and wanted >= set(own)
        alike = _same(target, seen["entity"], seen["item"], seen["geography"], seen["metric"], seen["unit"])
        basis = (seen["basis"] or "") in target.basis
        if told and alike and basis and not any(set(own) & set(months) for months, _ in found):
            found.append((own, float(seen["value"])))
    return found


def _months(period: str) -> tuple[Month, ...]:
    """The months of a period; none where it is written in a way that the model does not read."""
    try:
        return months_of_period(period)
    except BadInputError:
        return ()


def _all_before(own: Sequence[Month], months: Sequence[Month]) -> bool:
    return own[-1] < months[0]


def _one_heading(wanted: str, other: str) -> bool:
    """Whether another statistic is of the tariff heading that the wanted one names: 8486 holds more than 8486.20.

    One that says nothing of its basis is taken for the same; one on a basis without a heading is another.
    """
    named = [re.findall(r"\b\d{4}(?:\.\d{2})*", basis) for basis in (wanted, other)]
    return not named[0] or not other or bool(set(named[0]) & set(named[1]))


def _same(
    target: Target, entity: str, item: str | None, geography: str | None, metric: str, unit: str
) -> bool:
    """Whether an observation is of the statistic. One without an item is of the whole firm."""
    return (
        (entity, geography or "", metric, unit) == (target.entity, target.geography, target.metric, target.unit)
        and (item or target.item) == target.item
    )  # fmt: skip
