"""What holding the best names would have returned: equal weights, bought anew each month, costs taken off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Book", "best", "hold"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Book:
    """A portfolio month by month.

    gross: its return of the following month before costs, shape (months,). traded: what was bought and sold
    at the start of the month, as a share of its value: 1 in the first month, 2 where all is replaced. replaced:
    the share of names that were not in it before, NaN in the first. unpriced: names held whose return is not known.
    """

    gross: Floats
    traded: Floats
    replaced: Floats
    unpriced: int

    def net(self, cost: float) -> Floats:
        """Return its returns after costs. cost: of each unit bought or sold, in basis points."""
        found: Floats = (1 - cost / 10_000 * self.traded) * (1 + self.gross) - 1
        return found


def best(values: Floats, count: int) -> NDArray[np.bool_]:
    """Return which names of each month are its `count` best, shape as values; ties go by the order of rows."""
    found = np.zeros(values.shape, dtype=bool)
    for month in range(values.shape[1]):
        held = np.flatnonzero(np.isfinite(values[:, month]))
        found[held[np.argsort(-values[held, month], kind="stable")[:count]], month] = True
    return found


def hold(chosen: NDArray[np.bool_], ahead: Floats) -> Book:
    """Return the equal-weighted portfolio of the chosen names, shape (tickers, months), and their next returns.

    A name whose return is not known is left out of that month's mean: whatever it lost is not in the figures.
    """
    count = chosen.shape[1]
    gross, traded, replaced = (np.full(count, np.nan) for _ in range(3))
    weights, unpriced = np.zeros(len(chosen)), 0
    for month in range(count):
        own = chosen[:, month]
        if not own.any():
            continue
        target = own / own.sum()
        traded[month] = np.abs(target - weights).sum()
        if month and chosen[:, month - 1].any():
            replaced[month] = (own & ~chosen[:, month - 1]).sum() / own.sum()
        known = own & np.isfinite(ahead[:, month])
        unpriced += int(own.sum() - known.sum())
        if not known.any():
            continue
        gross[month] = ahead[known, month].mean()
        # Weights drift with the returns until they are set anew.
        grown = np.where(known, target * (1 + np.where(known, ahead[:, month], 0)), 0)
        weights = grown / grown.sum() if grown.sum() > 0 else np.zeros(len(chosen))
    return Book(gross, traded, replaced, unpriced)
