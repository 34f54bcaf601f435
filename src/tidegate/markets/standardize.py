"""Factors made comparable: pulled-in extremes, then distance from the mean of the sector in its deviations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST", "WIDTH", "z_scores"]

Floats = NDArray[np.float64]

LEAST = 5
"""Names of a sector that must have a factor for it to be compared among them; assumption."""

WIDTH = 3.0
"""Values further from the median than so many robust deviations are pulled in to that distance; assumption."""

TRACE = 1e-6
"""Share of the distance beyond the edge that is kept."""

_NORMAL = 1.4826
"""Deviation of a normal distribution over its median absolute deviation."""


def z_scores(values: Floats, sectors: Sequence[str], allowed: NDArray[np.bool_]) -> Floats:
    """Return factors as distances from the mean of their sector, month by month.

    values: shape (tickers, M), NaN where not known. sectors: of each ticker. allowed: shape (tickers, M), who
    is compared. Returns: shape (tickers, M), NaN where the value is not known, the name is not compared, or
    fewer than `LEAST` names of its sector are.
    """
    table = np.where(allowed, values, np.nan)
    found = np.full(values.shape, np.nan)
    named = np.asarray(sectors, dtype=str)
    for sector in np.unique(named):
        rows = np.flatnonzero(named == sector)
        for month in range(values.shape[1]):
            own = table[rows, month]
            held = np.isfinite(own)
            if held.sum() < LEAST:
                continue
            part = own[held]
            middle = np.median(part)
            reach = WIDTH * _NORMAL * np.median(np.abs(part - middle))
            if reach > 0:
                near = np.clip(part, middle - reach, middle + reach)
                # A trace of the distance is left, so that names keep their order at the edge.
                part = near + TRACE * (part - near)
            deviation = part.std(ddof=1)
            if deviation > 0:
                found[rows[held], month] = (part - part.mean()) / deviation
    return found
