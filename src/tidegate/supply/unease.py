"""Unease: what users make of controls that have come, for what has not been controlled yet.

Users count, maker's government by government, which share of their purchases of a class of goods came under a
control in a quarter, and hold the rate of such news for uncertain: gamma with N quarters of history at the rate r0
that the record shows for the years before the run. After t quarters with news E in all they expect, a quarter,

    r_t = (N r0 + E) / (N + t)

(the mean of the posterior of a Poisson rate; conjugate, Gelman et al., Bayesian Data Analysis, 2.6). Against r_t
they lay up stock of what is still free as against any other hazard (`stocks`), less what they held against r0 already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.arrays import Base
    from tidegate.supply.shares import Split

__all__ = ["news_of"]


def news_of(base: Base, splits: Sequence[Split]) -> list[NDArray[np.float64]]:
    """Return E for each good, (quarters, J, I): the share that came under control since the first quarter.

    Tools of all classes count together, for a plant needs them all; any other good counts by itself. What is
    freed and held again is no news.
    """
    import numpy as np

    fresh = [np.maximum.accumulate(split.held, axis=0) for split in splits]
    found = []
    for place, one in enumerate(base.goods):
        alike = base.tools if place in base.tools else (place,)
        found.append(np.zeros_like(fresh[place]))
        for country in {supplier.country for supplier in one.suppliers}:
            value = sum(_of(base, near, country, None) for near in alike)
            news = sum(_of(base, near, country, fresh[near]) for near in alike)
            share = np.divide(news, value, out=np.zeros(np.shape(news)), where=np.asarray(value) > 0)
            rows = [row for row, supplier in enumerate(one.suppliers) if supplier.country == country]
            found[-1][:, rows] = share[:, None, :]
    return found


def _of(base: Base, place: int, country: str, weight: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Purchases from a country, (I,), or that part of them which `weight` (quarters, J, I) tells, (quarters, I)."""
    import numpy as np

    one = base.goods[place]
    own = np.array([supplier.country == country for supplier in one.suppliers])
    flows = one.shares * one.outlay * own[:, None]
    return np.asarray(flows.sum(axis=0) if weight is None else (flows * weight).sum(axis=1))
