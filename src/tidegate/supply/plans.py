"""What stands before the markets of a quarter open: plans of buyers, wedges, capacity of makers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.supply import diversion, learning
from tidegate.supply.arrays import Base, over_makers
from tidegate.supply.block import Block
from tidegate.supply.capacity import lagged
from tidegate.supply.stocks import Buying, order_on_top, wanted_cover
from tidegate.supply.wedge import Weighted, weigh

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["buying_of", "in_fabs", "offered", "outlay_of", "weights_of"]


def buying_of(block: Block, place: int, quarter: int) -> Buying:
    """Return what users buy beyond normal in a quarter: for stock, and late. Moves the order book on."""
    import numpy as np

    one, split = block.base.goods[place], block.splits[place]
    normal = block.demand[place][:, quarter]
    none = np.zeros_like(block.stock[place])
    if not one.good.can_store or "stocks" in block.off:
        return Buying(none, none, one.shares[None])
    hoarded, by_flow = none, np.zeros((1, *one.shares.shape))
    want = _wants(block, place, quarter)
    if want is not None or block.stock[place].any() or block.pending[place].any():
        cover, exposed, threat = want or (none, none, by_flow)
        at_hand = (block.stock[place] + over_makers(block.pending[place])) / normal
        orders = order_on_top(cover, at_hand, block.draws, one.good.id, exposed)
        more = np.maximum(orders, 0) * normal
        block.ordered[place][:, quarter] = more
        lag = block.draws.get("delivery_quarters", one.good.id)
        arrives = np.minimum(
            lagged(block.ordered[place], quarter, lag, before=0.0), over_makers(block.pending[place]) + more
        )
        block.pending[place] = block.pending[place] + _spread(one.shares * threat, more)
        by_flow = _spread(block.pending[place], arrives)
        block.pending[place] = block.pending[place] - by_flow
        by_flow = by_flow / normal[:, None, :]
        hoarded = np.where(arrives > 0, arrives / normal, np.minimum(orders, 0))
    total = hoarded
    if split.waiting[quarter].any() or split.late[quarter].any():
        kept = block.draws.get("carried_over", one.good.id)[:, None, None]
        by_flow = by_flow + kept * one.shares * split.late[quarter]
        waits = kept[:, 0] * (one.shares * split.waiting[quarter]).sum(axis=0)
        total = total + kept[:, 0] * (one.shares * split.late[quarter]).sum(axis=0) - waits
    if not by_flow.any():
        return Buying(hoarded, total, one.shares[None])
    shares = one.shares + by_flow
    # Left as they are where nothing comes on top, or a draw would depend on those beside it.
    own = np.where(
        np.asarray(by_flow.any(axis=1))[:, None, :], shares / over_makers(shares)[:, None, :], one.shares
    )
    return Buying(hoarded, total, own)


def _wants(
    block: Block, place: int, quarter: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]] | None:
    """Stock wanted (n, I), share of the good it is wanted for (n or 1, I), threat to each flow (n or 1, J, I)."""
    import numpy as np

    one, split, draws = block.base.goods[place], block.splits[place], block.draws
    exposed, hazard = split.exposed[quarter], split.hazard[quarter]
    news = block.news[place][quarter]
    if not hazard.any() and not news.any():
        return None

    def pays(of: NDArray[np.float64]) -> NDArray[np.float64]:
        """Cover against a hazard of shape (n or 1, I), or (n or 1, J, I)."""
        values = (
            draws.get(name, one.good.id).reshape(-1, *[1] * (of.ndim - 1))
            for name in ("shortage_cost", "holding_cost", "cutoff_end_rate")
        )
        return wanted_cover(of, *values)

    largest = draws.get("cover_max", one.good.id)[:, None]

    part = (one.shares * exposed).sum(axis=0)
    mean = (one.shares * exposed * hazard).sum(axis=0)
    mean = np.divide(mean, part, out=np.zeros_like(mean), where=part > 0)
    cover = part * np.minimum(pays(mean[None]), largest)
    threat, wide = (exposed * hazard)[None], (part * (mean > 0))[None]
    uneasy = draws.get("unease_exposure", one.good.id)[:, None, None]
    if news.any() and uneasy.any():
        legal = split.free[quarter] + split.licensed[quarter]
        free = np.maximum(0, legal - np.where(hazard > 0, exposed, 0)) * (news > 0)
        prior = draws.get("unease_prior", one.good.id)[:, None, None]
        years = draws.get("unease_quarters", one.good.id)[:, None, None]
        rate = (years * prior + news) / (years + quarter + 1)
        of = uneasy * one.shares * free
        # Against the old rate they hold a stock already: the normal one.
        gain = np.minimum(np.maximum(0, pays(rate) - pays(prior)), largest[:, None])
        cover = cover + over_makers(of * gain)
        wide = np.minimum(1, wide + over_makers(of))
        threat = threat + uneasy * free * rate
    return cover, wide, threat


def _spread(weights: NDArray[np.float64], amount: NDArray[np.float64]) -> NDArray[np.float64]:
    """An amount (n, I) shared out over makers by weights (n or 1, J, I)."""
    import numpy as np

    whole = over_makers(weights)[:, None, :]
    shares = np.divide(weights, whole, out=np.zeros_like(weights), where=whole > 0)
    return np.asarray(shares * amount[:, None, :])


def weights_of(block: Block, place: int, quarter: int, buying: Buying) -> Weighted:
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
        buying.shares,
        split,
        quarter,
        path.elasticity[:, quarter],
        markup,
        diversion.detour_wedge(markup, path.seizure),
        draws.get("holding_cost", good),
        draws.get("workaround_markup", good),
        draws.get("carried_over", good),
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
