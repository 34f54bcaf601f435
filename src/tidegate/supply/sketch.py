"""Quantiles of any number of draws in a fixed amount of memory.

Values are counted in bins that widen with their size, as in DDSketch (Masson, Rim and Lee, VLDB 2019): a bin spans
one percent, so a quantile is off by at most half a percent of its value. Counts are whole numbers, so that sketches
of blocks add up to the same whatever the blocks and their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Sketch", "empty_sketch"]

LEAST = 1e-7
"""Sizes below this count as zero."""

MOST = 1e6
"""Sizes above this count as this."""

RATIO = 1.01

_SIDE = 3010  # bins on each side of zero: ln(MOST / LEAST) / ln(RATIO), rounded up


@dataclass(frozen=True, slots=True)
class Sketch:
    """Counts, shape (outcomes, quarters, 2 * side + 1): negative bins, zero, positive bins."""

    counts: NDArray[np.int64]

    def with_values(self, values: NDArray[np.float64]) -> Sketch:
        """Return the sketch with more values, (outcomes, n, quarters); a value that is no number counts as zero."""
        import numpy as np

        size = np.clip(np.abs(np.nan_to_num(values)), 0, MOST)
        with np.errstate(divide="ignore"):
            bin_ = np.ceil(np.log(size / LEAST) / np.log(RATIO))
        place = np.where(size < LEAST, 0, np.clip(bin_, 1, _SIDE)).astype(np.int64)
        place = np.moveaxis(_SIDE + np.sign(values).astype(np.int64) * place, 1, 2)
        outcomes, quarters, draws = place.shape
        width = 2 * _SIDE + 1
        cell = np.arange(outcomes * quarters).repeat(draws) * width + place.ravel()
        more = np.bincount(cell, minlength=outcomes * quarters * width)
        return replace(self, counts=self.counts + more.reshape(self.counts.shape))

    def plus(self, other: Sketch) -> Sketch:
        """Return the sketch of the values of both."""
        return replace(self, counts=self.counts + other.counts)

    def quantiles(self, levels: Sequence[float]) -> NDArray[np.float64]:
        """Return quantiles, (outcomes, quarters, levels): the middle of the bin the quantile falls into."""
        import numpy as np

        running = self.counts.cumsum(axis=-1)
        total = running[..., -1:]
        ranks = np.asarray(levels) * (total - 1)
        found = (running[..., None, :] <= np.floor(ranks)[..., None]).sum(axis=-1)
        place = found - _SIDE
        middle = LEAST * RATIO ** (np.abs(place) - 0.5)
        return np.where(place == 0, 0.0, np.sign(place) * middle)


def empty_sketch(outcomes: int, quarters: int) -> Sketch:
    """Return a sketch of nothing."""
    import numpy as np

    return Sketch(np.zeros((outcomes, quarters, 2 * _SIDE + 1), np.int64))
