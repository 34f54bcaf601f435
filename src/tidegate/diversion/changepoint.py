"""When a leg changed: one break in its monthly log ratio to the expectation, with an interval, by ruptures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tidegate.diversion.legs import Floats
from tidegate.errors import MissingExtraError

__all__ = ["Break", "find_break"]

_REPEATS = 199
_BLOCK = 3
_LEAST = 4
"""Periods on each side of a break."""


@dataclass(frozen=True, slots=True)
class Break:
    """A step in a leg. at: first period of the new level. first, last: 90 percent interval. step: new level over old."""

    at: dt.date
    first: dt.date
    last: dt.date
    step: float


def find_break(values: Floats, periods: Sequence[dt.date], seed: int = 0) -> Break | None:
    """Return the step that fits a series best, or None where no step fits better than none.

    values: log ratios by period, NaN where not known, which are passed over. A step counts where it lowers the
    Schwarz criterion with twice the usual penalty, since its place was searched for. The interval is that of the
    places found again in series made of the two levels and blocks of three residuals (199 draws, fixed seed).
    """
    known = np.flatnonzero(np.isfinite(values))
    series = values[known]
    count = len(series)
    if count < 2 * _LEAST + 4:
        return None
    place = _place(series)
    fitted = np.where(np.arange(count) < place, series[:place].mean(), series[place:].mean())
    left = series - fitted
    whole, split = ((series - series.mean()) ** 2).sum(), (left**2).sum()
    if split <= 0 or count * np.log(whole / split) < 2 * 2 * np.log(count):
        return None
    draw = np.random.default_rng(seed)
    blocks = -(-count // _BLOCK)
    found = []
    for _ in range(_REPEATS):
        starts = draw.integers(0, count - _BLOCK + 1, blocks)
        again = left[(starts[:, None] + np.arange(_BLOCK)).ravel()[:count]]
        found.append(_place(fitted + again))
    low, high = np.quantile(found, [0.05, 0.95], method="inverted_cdf").astype(int)
    at = [periods[known[one]] for one in (place, min(low, place), max(high, place))]
    return Break(at[0], at[1], at[2], float(np.exp(fitted[-1] - fitted[0])))


def _place(series: Floats) -> int:
    try:
        import ruptures
    except ImportError:
        raise MissingExtraError("ruptures is not installed. Run: pip install 'tidegate[diversion]'") from None
    search = ruptures.KernelCPD(kernel="linear", min_size=_LEAST).fit(np.ascontiguousarray(series[:, None]))
    return int(search.predict(n_bkps=1)[0])
