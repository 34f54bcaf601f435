"""Stocks of users: how much they want, how fast they buy it, and how they live off it.

With a perceived probability pi of a cut-off in a quarter, a cost b of a missing quarter's use, a holding cost h and
an end rate r of cut-offs, the last unit of stock is worth holding up to a cover of

    z = max(0, ln(pi b / h) / r)          quarters of use, at most cover_max.

A user who lacks stock buys g = min((z - Z) / theta, front_load_max) of the normal outlay on top, which lifts prices
and moves sales forward, those of the threatened suppliers most. One with more than wanted buys overhang_rate of the
excess less: the hole after the rush.
When less than the normal quantity comes in, and the user is not hoarding, stock fills the gap up to release_max of
a quarter's use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.draws import Draws

__all__ = ["extra_buying", "tilted_shares", "update_stock", "wanted_cover"]


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


def extra_buying(
    hazard: NDArray[np.float64],
    stock: NDArray[np.float64],
    draws: Draws,
    good: str,
    exposed: NDArray[np.float64] | float = 1.0,
) -> NDArray[np.float64]:
    """Return g, the buying beyond normal as a share of the normal outlay; negative while an overhang is worked off.

    hazard: (I,) of the exposed share for each buyer. stock: (n, I) in quarters of this quarter's normal use.
    exposed: (I,) share of the good of which the hazard speaks: only for that part is a stock laid up.
    Returns: (n, I), between -release_max and front_load_max.
    """
    import numpy as np

    def column(name: str) -> NDArray[np.float64]:
        return draws.get(name, good)[:, None]

    cover = exposed * wanted_cover(
        hazard,
        column("shortage_cost"),
        column("holding_cost"),
        column("cutoff_end_rate"),
        column("cover_max"),
    )
    lacking = cover - stock
    more = np.minimum(lacking / column("front_load_quarters"), exposed * column("front_load_max"))
    less = np.maximum(lacking * column("overhang_rate"), -np.minimum(column("release_max"), stock))
    return np.where(lacking > 0, more, less)


def tilted_shares(
    shares: NDArray[np.float64], threat: NDArray[np.float64], extra: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the base shares of a quarter in which users hoard, (n or 1, J, I), columns adding to 1.

    What is bought on top is bought from each supplier in proportion to the threat to its flow, (J, I): hazard times
    exposed share. With the same threat to all, the shares (J, I) stay as they are. extra: g, (n, I).
    """
    import numpy as np

    more = np.maximum(extra, 0)
    if not more.any():
        return shares[None]
    mean = (shares * threat).sum(axis=0)
    tilt = np.divide(threat, mean, out=np.ones_like(threat), where=mean > 0)
    return np.asarray(shares * (1 + more[:, None, :] * tilt) / (1 + more)[:, None, :])


def update_stock(
    stock: NDArray[np.float64],
    bought: NDArray[np.float64],
    extra: NDArray[np.float64],
    release_max: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what is used and the stock afterwards, both (n, I) in quarters of normal use.

    bought: all that comes in, hoarded part included. extra: g of `extra_buying`. release_max: (n,).
    Bought + stock before = used + stock after.
    """
    import numpy as np

    hoarded = np.where(extra > 0, bought * extra / (1 + extra), 0.0)
    at_hand = bought - hoarded
    missing = np.maximum(0, 1 - at_hand)
    release = np.where(extra > 0, 0.0, np.minimum(np.minimum(stock, missing), release_max[:, None]))
    return at_hand + release, np.maximum(0, stock + hoarded - release)
