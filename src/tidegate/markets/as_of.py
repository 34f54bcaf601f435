"""What the figures of companies said at the end of each month: nothing that was filed on that day or later.

Flows are those of twelve months: the last year, or the last four quarters, whichever ends later. A quarter
that nobody files, mostly the fourth, is the year less the other three.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.sources.fundamentals import Fact, Fundamentals
from tidegate.sources.fundamentals.model import known_items

__all__ = ["CONFLICT", "AsOf", "as_of"]

CONFLICT = 0.01
"""Share by which two files may differ on one figure before it counts as unknown; assumption. Rounding is below it."""

SAME_PERIOD = 16
"""Days by which the ends of one period may differ between files: some round them to the end of the month."""

STALE, STALE_YEAR, STALE_VALUE = 200, 485, 35
"""Days after which a figure no longer speaks for a month; assumption: the next quarter and its filing (a year's: 60
to 90 days); for one who gives a figure once a year, the next year and 120 days. A market value is of its month."""

_YEARLY = 300
"""From one end to the next: so many days or more, and the figure is given once a year."""

_GAP = range(75, 106)

LEAP = 1.9
"""A count of shares this many times the last one, or one part in so many, is taken as a slip (in thousands, of
one class, weighted over a stub) until the next agrees within `AGREED`; assumption. Files have many."""

AGREED = 1.2

_NONE, _OLD, _APART, _CONFLICT, _LEAP = 1, 2, 3, 4, 5


@dataclass(frozen=True, eq=False)
class AsOf:
    """A figure at the ends of months.

    values: float, shape (tickers, M), NaN where it is not known. ends: datetime64[D], the end of its period.
    why: int, the reason where it is not known, as `reason` words it.
    """

    item: str
    values: NDArray[np.float64]
    ends: NDArray[np.datetime64]
    why: NDArray[np.int8]

    def reason(self, row: int, month: int) -> str | None:
        """Return why the figure of a ticker is not known in a month; None where it is."""
        code = int(self.why[row, month])
        what = known_items()[self.item].what
        return {
            0: None,
            _NONE: f"no {what} had been filed",
            _OLD: f"its last {what} is of {self.ends[row, month]}",
            _APART: f"no {what} of four quarters in a row, nor of a year, had been filed",
            _LEAP: f"its {what} of {self.ends[row, month]} is {LEAP:g} times the one before or more, or less than one "
            "part in so many, and no other has confirmed it",
            _CONFLICT: f"the files contradict each other, or one itself, on {what} of {self.ends[row, month]}",
        }[code]


def as_of(
    files: Sequence[Fundamentals], item: str, tickers: Sequence[str], days: NDArray[np.datetime64]
) -> AsOf:
    """Return a figure of each ticker as filed before each of `days`.

    Where files know the same period and differ by more than `CONFLICT`, it is unknown; where one knows a
    later period, that counts.
    """
    found = [_of_file(file, item, tickers, days) for file in files]
    out = found[0]
    for other in found[1:]:
        out = _merged(out, other)
    return out


def _merged(one: AsOf, other: AsOf) -> AsOf:
    both = ~np.isnan(one.values) & ~np.isnan(other.values)
    same = both & (np.abs((one.ends - other.ends).astype(float)) <= SAME_PERIOD)
    size = np.maximum(np.abs(one.values), np.abs(other.values))
    differ = same & (np.abs(one.values - other.values) > CONFLICT * size)
    # A file that contradicts itself on the last period settles nothing, whichever file it is.
    gap = (other.ends - one.ends).astype(float)
    differ |= (other.why == _CONFLICT) & ~(gap < -SAME_PERIOD)
    differ |= (one.why == _CONFLICT) & (np.abs(gap) <= SAME_PERIOD)
    # An unknown that two files left between them stays one until a later period is known.
    take = (~np.isnan(other.values)) & (np.isnan(one.values) | (both & ~same & (other.ends > one.ends)))
    take &= ~((one.why == _CONFLICT) & (gap <= SAME_PERIOD))
    values = np.where(differ, np.nan, np.where(take, other.values, one.values))
    why = np.where(differ, _CONFLICT, np.where(take, 0, one.why))
    # Where neither file knows it, the one that has something of the ticker says why.
    neither = np.isnan(one.values) & np.isnan(other.values) & (one.why == _NONE)
    why = np.where(neither, other.why, why)
    later = differ & (np.isnat(one.ends) | (gap > SAME_PERIOD))
    ends = np.where(take | neither | later, other.ends, one.ends)
    return AsOf(one.item, values, ends, why.astype(np.int8))


def _of_file(file: Fundamentals, item: str, tickers: Sequence[str], days: NDArray[np.datetime64]) -> AsOf:
    values = np.full((len(tickers), len(days)), np.nan)
    ends = np.full(values.shape, np.datetime64("NaT"), dtype="datetime64[D]")
    why = np.full(values.shape, _NONE, dtype=np.int8)
    places = {ticker: row for row, ticker in enumerate(tickers)}
    is_flow = known_items()[item].kind == "flow"
    # Facts are in order of ticker, item and the day they were known.
    wanted = (fact for fact in file.facts if fact.item == item and fact.ticker in places)
    for ticker, group in itertools.groupby(wanted, key=lambda fact: fact.ticker):
        row = places[ticker]
        own = list(group)
        steps = list(_flow_steps(own) if is_flow else _instant_steps(own))
        if item == "shares_outstanding":
            steps = list(_confirmed(steps))
        known = np.asarray([step[0] for step in steps], dtype="datetime64[D]")
        # 'left': what is filed on the very day is not known before the close.
        at = np.searchsorted(known, days, side="left") - 1
        held = at >= 0
        picked = at[held]
        values[row, held] = np.asarray([step[2] for step in steps])[picked]
        ends[row, held] = np.asarray([step[1] for step in steps], dtype="datetime64[D]")[picked]
        why[row, held] = np.asarray([step[3] for step in steps], dtype=np.int8)[picked]
        age = (days - ends[row]).astype(float)
        limit = np.full(len(days), STALE_VALUE if item == "market_value" else STALE)
        if item != "market_value":
            limit[held] = np.asarray(list(_limits(own)))[picked]
        old = (age > limit) & ~np.isnan(values[row])
        values[row, old], why[row, old] = np.nan, _OLD
    return AsOf(item, values, ends, why)


Step = tuple[dt.date, dt.date, float, int]
"""From which day on it was known, the end of its period, its value, the reason where there is none."""


def _limits(facts: Sequence[Fact]) -> Iterator[int]:
    """Days that the last figure speaks for, after each of the facts: longer where it comes once a year."""
    ends: set[dt.date] = set()
    for fact in facts:
        ends.add(fact.ends)
        last = sorted(ends)[-2:]
        yield STALE_YEAR if len(last) == 2 and (last[1] - last[0]).days >= _YEARLY else STALE


def _instant_steps(facts: Iterable[Fact]) -> Iterator[Step]:
    latest: Fact | None = None
    for fact in facts:
        if latest is None or fact.ends >= latest.ends:
            latest = fact
        yield fact.available, latest.ends, latest.value, _CONFLICT if math.isnan(latest.value) else 0


def _confirmed(steps: Iterable[Step]) -> Iterator[Step]:
    """Counts of shares; NaN for one that leaps from the last that was taken, until the next agrees with it."""
    taken: float | None = None
    before: tuple[dt.date, float] | None = None
    for known, ends, value, why in steps:
        if why:
            yield known, ends, value, why
            continue
        is_new = before is None or before[0] != ends
        agrees = before is not None and is_new and 1 / AGREED <= value / before[1] <= AGREED
        if taken is None or 1 / LEAP < value / taken < LEAP or agrees:
            taken = value
        yield (known, ends, value, 0) if taken == value else (known, ends, math.nan, _LEAP)
        if is_new or before is None or before[1] != value:
            before = (ends, value)


def _flow_steps(facts: Iterable[Fact]) -> Iterator[Step]:
    quarters: dict[dt.date, float] = {}
    years: dict[dt.date, float] = {}
    for fact in facts:
        (years if fact.span == "year" else quarters)[fact.ends] = fact.value
        yield fact.available, *_twelve_months(quarters, years)


def _twelve_months(quarters: dict[dt.date, float], years: dict[dt.date, float]) -> tuple[dt.date, float, int]:
    """The end and the value of the last twelve months that are known; the value NaN, and why, where they are not."""
    year = max(years, default=None)
    known = dict(quarters)
    if year is not None and not any(abs((end - year).days) <= SAME_PERIOD for end in known):
        others = [end for end in known if 60 < (year - end).days < 300]
        if len(others) == 3:
            known[year] = years[year] - sum(known[end] for end in others)
    ends = sorted(known)[-4:]
    is_row = len(ends) == 4 and all((b - a).days in _GAP for a, b in itertools.pairwise(ends))
    if is_row and (year is None or ends[-1] > year):
        whole = sum(known[end] for end in ends)
        return ends[-1], whole, _CONFLICT if math.isnan(whole) else 0
    if year is not None:
        return year, years[year], _CONFLICT if math.isnan(years[year]) else 0
    return ends[-1], math.nan, _APART
