"""The wedges of one good in one quarter: what a variety costs its buyer, and what of that its maker receives.

A base flow is split into parts (`shares`), each with its own wedge on the maker's price p:

    part       price to the buyer                      of which the maker receives
    free       p (1 + tariff) / (1 - cut)              p
    licensed   the same times (1 + h d)                p          h holding cost, d quarters of delay
    detoured   p (1 + k) / (1 - r)                     p for each unit shipped: 1 / (1 + k) of what is paid
    walled     1 + w, whatever p                       nothing: the buyer does without, at that cost
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.supply.arrays import over_makers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.shares import Split

__all__ = ["Weighted", "weigh"]


@dataclass(frozen=True, slots=True)
class Weighted:
    """The T, R and W of `market`, with R by the way the goods go. Arrays (n or 1, J, I); wall (n or 1, I)."""

    weight: NDArray[np.float64]
    legal: NDArray[np.float64]
    detour: NDArray[np.float64] | None
    wall: NDArray[np.float64]

    @property
    def received(self) -> NDArray[np.float64]:
        """R, over both ways."""
        return self.legal if self.detour is None else self.legal + self.detour


def weigh(
    shares: NDArray[np.float64],
    split: Split,
    quarter: int,
    elasticity: NDArray[np.float64],
    markup: NDArray[np.float64],
    wedge: NDArray[np.float64],
    holding_cost: NDArray[np.float64],
    workaround: NDArray[np.float64],
    carried: NDArray[np.float64],
) -> Weighted:
    """Return the weights of each variety.

    shares: (n or 1, J, I). elasticity, markup, wedge (of a detour), holding_cost, workaround, carried (share of
    what waits that is bought late and not done without): (n,).
    """
    import numpy as np

    if not split.touched[quarter]:
        return Weighted(shares, shares, None, np.zeros((1, shares.shape[2])))
    less = 1 - elasticity
    # First the factors by which wedges change a share: of what is paid openly, and of what reaches the maker so.
    open_ = legal = split.free[quarter][None]
    levied = (1 + split.tariff[quarter]) / (1 - split.cut[quarter])
    if (levied > 1).any():
        # Powers are dear: only the pairs that a levy touches are raised, each in every draw.
        at = np.nonzero(levied > 1)
        power = levied[at] ** less[:, None]
        open_ = np.repeat(open_, len(less), axis=0)
        legal = open_.copy()
        open_[:, at[0], at[1]] *= power
        legal[:, at[0], at[1]] *= power / levied[at]
    licensed = split.licensed[quarter]
    if licensed.any():
        at = np.nonzero(licensed)
        dear = levied[at] * (1 + holding_cost[:, None] * split.delay[quarter][at])
        power = licensed[at] * dear ** less[:, None]
        open_ = np.repeat(open_, len(less) // len(open_), axis=0)
        legal = np.repeat(legal, len(less) // len(legal), axis=0)
        open_[:, at[0], at[1]] += power
        legal[:, at[0], at[1]] += power / dear
    weight, detour = shares * open_, None
    legal = shares * legal
    if split.detoured[quarter].any():
        power = (wedge**less)[:, None, None]
        around = shares * split.detoured[quarter] * power
        weight = weight + around
        detour = around / (1 + markup)[:, None, None]
    walled = over_makers(shares * split.walled[quarter])
    if split.waiting[quarter].any() and carried.any():
        walled = walled - carried[:, None] * over_makers(shares * split.waiting[quarter])
    wall = walled * ((1 + workaround) ** less)[:, None]
    return Weighted(weight, legal, detour, wall)
