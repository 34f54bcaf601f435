"""The chip cycle from outside: demand for each good against the base, as it was foreseen or as it came.

Yearly growth of a class of goods is put on a smooth path through the middles of the years. 'known' holds the
forecasts of August 2022, and a trend where they end; 'realised' holds what followed, as far as it is at hand,
and is used only when it is asked for: a run on it knows the cycle and is no forecast.

A row for some months is a guidance for them, against the base year: the path is moved there, and goes back as any
deviation from a forecast does, by demand_noise_persistence a quarter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError
from tidegate.supply.calibration import CLASSES, Calibration, class_of
from tidegate.supply.quarters import Month, months_of_period, months_of_quarter
from tidegate.supply.shipped import Row, read_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PATHS", "cycle_level", "demand_paths", "supply_paths"]

PATHS = ("known", "realised")
_BASE_YEAR = 2021
_BASE_MONTHS = tuple((2021, m) for m in range(7, 13)) + tuple((2022, m) for m in range(1, 7))
_LIKE = {"services": "tools", "eda": "chips"}
"""Classes without a path of their own."""


def cycle_level(
    calibration: Calibration, name: str, months: Sequence[Month], path: str = "known"
) -> NDArray[np.float64]:
    """Return the level of a good or a class of goods in each month, as a multiple of its mean in the base year.

    Raises: BadInputError: if the path is neither known nor realised.
    """
    import numpy as np

    if path not in PATHS:
        raise BadInputError(f"'{path}' is no path of the cycle. Use {' or '.join(PATHS)}.")
    own = name
    if own not in {row["class"] for row in calibration.cycle if row["path"] == path}:
        # A good may have a path of its own; else that of its class stands for it.
        own = class_of(name) if name not in CLASSES else name
        own = _LIKE.get(own, own)
    growth = {int(row["period"]): row["growth"] / 100 for row in calibration.cycle if _is(row, "known", own)}
    if path == "realised":
        growth |= {
            int(row["period"]): row["growth"] / 100 for row in calibration.cycle if _is(row, "realised", own)
        }
    years = np.arange(_BASE_YEAR - 1, max(growth) + 4)
    last = growth[max(growth)]
    # The year before the base grew as the base year's first forecast year did not: it is held flat.
    steps = [0.0, *(np.log1p(growth.get(int(year), last)) for year in years[2:])]
    levels = np.concatenate([[0.0], np.cumsum(steps)])

    def at(wanted: Sequence[Month]) -> NDArray[np.float64]:
        when = np.array([year + (month - 0.5) / 12 for year, month in wanted])
        return np.asarray(np.exp(np.interp(when, years + 0.5, levels)))

    mean = at(_BASE_MONTHS).mean()
    moved = np.zeros(len(months))
    for row in calibration.cycle:
        if path == "known" and row["class"] == own and "/" in row["period"]:
            told = months_of_period(row["period"])
            gap = np.log1p(row["growth"] / 100) - np.log(at(told).mean() / mean)
            late = np.array([12 * (y - told[-1][0]) + m - told[-1][1] for y, m in months])
            stays = calibration.parameter("demand_noise_persistence").central ** (np.maximum(late, 0) / 3)
            moved += gap * stays * (late > -len(told))
    return np.asarray(at(months) / mean * np.exp(moved))


def demand_paths(
    calibration: Calibration, quarters: Sequence[str], path: str = "known"
) -> Mapping[str, NDArray[np.float64]]:
    """Return, for each good, the multiplier of base outlays by quarter and buyer, shape (quarters, buyers)."""
    import numpy as np

    plans = read_rows(calibration.folder, "plans.csv")
    found: dict[str, NDArray[np.float64]] = {}
    months = [month for quarter in quarters for month in months_of_quarter(quarter)]
    for good in (row["good"] for row in calibration.goods):
        level = cycle_level(calibration, good, months, path).reshape(-1, 3).mean(axis=1)[:, None]
        paths = np.repeat(level, len(calibration.buyer_ids), axis=1)
        for plan in (row for row in plans if row["class"] == class_of(good)):
            (year, month), *_ = months_of_period(plan["period"])
            start, end = 2022.5, year + month / 12
            when = np.array([m[1][0] + (m[1][1] - 0.5) / 12 for m in map(months_of_quarter, quarters)])
            way = np.clip((when - start) / (end - start), 0, 1)
            paths[:, calibration.buyer_ids.index(plan["buyer"])] *= 1 + (plan["multiplier"] - 1) * way
        found[good] = paths
    return found


def supply_paths(
    calibration: Calibration, quarters: Sequence[str], path: str = "known"
) -> Mapping[str, NDArray[np.float64]]:
    """Return the multiplier of base capacity of what is not made in fabs, shape (quarters, 1): it follows the cycle.

    Else the trend itself would read as a shortage. Fabs grow by the tools that are bought.
    """
    months = [month for quarter in quarters for month in months_of_quarter(quarter)]
    return {
        row["good"]: cycle_level(calibration, row["good"], months, path).reshape(-1, 3).mean(axis=1)[:, None]
        for row in calibration.goods
        if row["stage"] != "chip"
    }


def _is(row: Row, path: str, name: str) -> bool:
    return bool(row["path"] == path and row["class"] == name and "/" not in row["period"])
