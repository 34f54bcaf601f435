"""Stocks of users: how much they want, how fast they buy it, and how they live off it.

With a perceived probability pi of a cut-off in a quarter, a cost b of a missing quarter's use, a holding cost h and
an end rate r of cut-offs, the last unit of stock is worth holding up to a cover of

    z = max(0, ln(pi b / h) / r)          quarters of use, at most cover_max.

A user who lacks stock orders g = min((z - Z) / theta, front_load_max) of the normal outlay on top, from each supplier
in proportion to the threat to its flow. Z counts what lies in stock and what is ordered; orders come after the
delivery time, and only then lift prices and move sales forward. One with more than wanted buys overhang_rate of the
excess less: the hole after the rush.
When less than the normal quantity comes in, and the user is not hoarding, stock fills the gap up to release_max of
a quarter's use. What waits for a licence is bought late in part: it is missed now and bought on top when it comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.draws import Draws

__all__ = ["Buying", "order_on_top", "update_stock", "wanted_cover"]


@dataclass(frozen=True, slots=True)
class Buying:
    """What users buy beyond normal, as shares of the normal outlay; n draws, I buyers, J suppliers.

    hoarded: (n, I), for stock. total: (n, I), with what comes late, less what waits. shares: (n or 1, J, I), base
    shares of all that is bought, columns adding to 1.
    """

    hoarded: NDArray[np.float64]
    total: NDArray[np.float64]
    shares: NDArray[np.float64]


def wanted_cover(
    hazard: NDArray[np.float64],
    shortage_cost: NDArray[np.float64],
    holding_cost: NDArray[np.float64],
    end_rate: NDArray[np.float64],
    largest: NDArray[np.float64] | float = float("inf"),
) -> NDArray[np.float64]:
    """Return the stock that pays, in quarters of use. The arguments broadcast against each other."""
    import numpy as np

    with np.errstate(divide="ignore"):
        worth = np.log(hazard * shortage_cost / holding_cost) / end_rate
    return np.minimum(np.maximum(worth, 0), largest)


def order_on_top(
    cover: NDArray[np.float64],
    stock: NDArray[np.float64],
    draws: Draws,
    good: str,
    exposed: NDArray[np.float64] | float = 1.0,
) -> NDArray[np.float64]:
    """Return g, the orders beyond normal as a share of the normal outlay; negative while an overhang is worked off.

    cover: (n, I) wanted, in quarters of use. stock: (n, I), with what is ordered, in quarters of this quarter's
    normal use. exposed: (I,) or (n, I), share of the good for which a stock is wanted.
    Returns: (n, I), between -release_max and front_load_max.
    """
    import numpy as np

    def column(name: str) -> NDArray[np.float64]:
        return draws.get(name, good)[:, None]

    lacking = cover - stock
    more = np.minimum(lacking / column("front_load_quarters"), exposed * column("front_load_max"))
    less = np.maximum(lacking * column("overhang_rate"), -np.minimum(column("release_max"), stock))
    return np.where(lacking > 0, more, less)


def update_stock(
    stock: NDArray[np.float64],
    bought: NDArray[np.float64],
    extra: NDArray[np.float64],
    release_max: NDArray[np.float64],
    total: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what is used and the stock afterwards, both (n, I) in quarters of normal use.

    bought: all that comes in, hoarded part included. extra: what is bought for stock, as a share of the normal outlay.
    total: the same of all that is bought beyond normal. release_max: (n,).
    Bought + stock before = used + stock after.
    """
    import numpy as np

    hoarded = np.where(extra > 0, bought * extra / (1 + total), 0.0)
    at_hand = bought - hoarded
    missing = np.maximum(0, 1 - at_hand)
    release = np.where(extra > 0, 0.0, np.minimum(np.minimum(stock, missing), release_max[:, None]))
    return at_hand + release, np.maximum(0, stock + hoarded - release)
