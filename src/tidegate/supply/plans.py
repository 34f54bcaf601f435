"""What stands before the markets of a quarter open: plans of buyers, wedges, capacity of makers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.supply import diversion, learning, stocks
from tidegate.supply.arrays import Base
from tidegate.supply.block import Block
from tidegate.supply.wedge import Weighted, weigh

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["extra_buying", "in_fabs", "offered", "outlay_of", "weights_of"]


def extra_buying(block: Block, place: int, quarter: int) -> NDArray[np.float64]:
    """Buying on top of normal, (n, I); none for goods that cannot be kept."""
    import numpy as np

    one, split = block.base.goods[place], block.splits[place]
    if not one.good.can_store or "stocks" in block.off:
        return np.zeros_like(block.stock[place])
    exposed = (one.shares * split.exposed[quarter]).sum(axis=0)
    hazard = (one.shares * split.exposed[quarter] * split.hazard[quarter]).sum(axis=0)
    hazard = np.divide(hazard, exposed, out=np.zeros_like(hazard), where=exposed > 0)
    stock = block.stock[place] / block.demand[place][:, quarter]
    if not hazard.any() and not stock.any():
        return np.zeros_like(stock)
    return stocks.extra_buying(hazard, stock, block.draws, one.good.id, exposed)


def weights_of(block: Block, place: int, quarter: int, extra: NDArray[np.float64]) -> Weighted:
    """Wedges of the quarter, given the buying on top of normal.

    Records the elasticity and the cost of a detour on the way.
    """
    import numpy as np

    one, split, draws = block.base.goods[place], block.splits[place], block.draws
    good, path = one.good.id, block.path.goods[one.good.id]
    short, long = draws.get("elasticity_short", good), draws.get("elasticity_long", good)
    clock = split.clock[quarter] - draws.get("qualification_quarters", good)
    left = np.exp(-np.maximum(0, clock) / draws.get("elasticity_quarters", good))
    if "substitution" in block.off or split.clock[quarter] < 0:
        left = np.ones_like(left)
    long = np.maximum(long, short)
    path.elasticity[:, quarter] = long - (long - short) * left
    markup = draws.get("detour_markup", good)
    if block.base.hubs:
        costs, spread = diversion.hub_costs(draws, block.base.hubs), draws.get("hub_dispersion")
        paths = block.wedges.enforcement
        added = np.array([paths[hub][quarter] if hub in paths else 0.0 for hub in block.base.hubs])
        block.path.hub_shares[:, quarter] = diversion.hub_shares(costs + added, spread)
        markup = diversion.markup_under(markup, costs, added, spread)
    path.markup[:, quarter] = markup
    path.seizure[:] = draws.get("seizure", good)
    return weigh(
        stocks.tilted_shares(one.shares, split.exposed[quarter] * split.hazard[quarter], extra),
        split,
        quarter,
        path.elasticity[:, quarter],
        markup,
        diversion.detour_wedge(markup, path.seizure),
        draws.get("holding_cost", good),
        draws.get("workaround_markup", good),
    )


def outlay_of(block: Block, place: int, quarter: int) -> NDArray[np.float64]:
    """E0 of the quarter, (n, I): the base times the cycle; tool budgets follow the price of the chips made."""
    import numpy as np

    one, base = block.base.goods[place], block.base
    outlay = one.outlay * block.demand[place][:, quarter]
    if place not in base.tools or "capacity" in block.off or not base.chips:
        return outlay
    response = block.draws.get("investment_response", one.good.id)
    if quarter == 0 or not response.any():
        return outlay
    worth, weight = np.zeros_like(outlay), np.zeros(len(base.buyers))
    for chip in base.chips:
        made = base.goods[chip]
        for maker in np.flatnonzero(made.home >= 0):
            price = block.path.goods[made.good.id].price[:, quarter - 1, maker]
            worth[:, made.home[maker]] += made.supply[maker] * np.log(price)
            weight[made.home[maker]] += made.supply[maker]
    return np.asarray(outlay * np.exp(response[:, None] * worth / np.where(weight > 0, weight, 1)))


def offered(block: Block, place: int, quarter: int) -> NDArray[np.float64]:
    """K A of the quarter, (n, J)."""
    import numpy as np

    one, draws = block.base.goods[place], block.draws
    capacity_ = one.supply * block.supply[place][quarter] * block.own[place]
    if in_fabs(block.base, place):
        up = 1 - draws.get("uptime_loss")[:, None] * (1 - np.minimum(1, block.covered))
        fabs = block.fabs * up
        home = np.maximum(one.home, 0)
        capacity_ = capacity_ * np.where(one.home >= 0, fabs[:, home], 1.0)
    rate = draws.get("learning_rate", one.good.id)
    if rate.any() and "learning" not in block.off:
        spillover = draws.get("learning_spillover", one.good.id)
        capacity_ = capacity_ * learning.efficiency(
            block.made[place], block.normal_made[place], rate, spillover
        )
    return np.asarray(capacity_)


def in_fabs(base: Base, place: int) -> bool:
    """Whether the good is made in fabs, whose capacity comes from tools."""
    return place in base.chips and bool(base.tools)
