"""One run of the model: quarter by quarter, for a block of draws at once.

Order within a quarter: users decide what to buy on top of normal; the markets of all goods clear with the capacity
that stands; stocks, users' output, trade and levies follow from prices; then capacity and experience for the next
quarter. `run` is pure: the same network, wedges and draws give the same bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError
from tidegate.supply import capacity, diversion, learning, stocks
from tidegate.supply.arrays import Base, base_of
from tidegate.supply.draws import Draws
from tidegate.supply.market import Cleared, Market, Nest
from tidegate.supply.output import log_output
from tidegate.supply.path import Path, empty_path
from tidegate.supply.shares import Split, split_flows
from tidegate.supply.wedge import Weighted, weigh

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.network import Network
    from tidegate.supply.wedges_model import Wedges

__all__ = ["MECHANISMS", "run"]

MECHANISMS = ("substitution", "stocks", "detour", "service", "capacity", "learning")
"""What `off` can switch off: the way from short to long elasticities, hoarding and release, going round through
hubs (such flows are then walled off), the wear of unserviced fabs, all change of capacity, and learning."""


def run(
    network: Network, wedges: Wedges, draws: Draws, *, off: Collection[str] = (), detail: bool = True
) -> Path:
    """Return the path of the network under the wedges, for every draw of the block.

    off: names of MECHANISMS to leave out. detail: record each supplier-buyer pair, which most of the memory of a
    path goes to; without it, trade by pair is not there to be read.

    Raises: BadInputError: if the network, the wedges or a parameter cannot be used.
    """
    unknown = sorted(set(off) - set(MECHANISMS))
    if unknown:
        raise BadInputError(f"cannot switch off '{unknown[0]}'. There are: {', '.join(MECHANISMS)}.")
    wedges.check(network)
    block = _Block.start(base_of(network), wedges, draws, frozenset(off), detail)
    block.path.booked_share[:] = draws.get("booked_share")
    for quarter in range(len(wedges.quarters)):
        _step(block, quarter)
    return block.path


@dataclass(slots=True)
class _Block:
    """What a run carries from quarter to quarter; n draws. Lists go by good, in the order of the network.

    markets: with the goods that clear together in each. own: capacity of makers other than fabs, (n, J), 1 at the base.
    made, normal_made: experience, (n, J). stock, fabs: (n, I).
    covered: (n, I), service coverage of the quarter before.
    """

    base: Base
    wedges: Wedges
    draws: Draws
    off: frozenset[str]
    path: Path
    splits: list[Split]
    demand: list[NDArray[np.float64]]
    supply: list[NDArray[np.float64]]
    markets: list[tuple[Market, list[int]]]
    own: list[NDArray[np.float64]]
    made: list[NDArray[np.float64]]
    normal_made: list[NDArray[np.float64]]
    stock: list[NDArray[np.float64]]
    fabs: NDArray[np.float64]
    covered: NDArray[np.float64]

    @classmethod
    def start(cls, base: Base, wedges: Wedges, draws: Draws, off: frozenset[str], detail: bool) -> _Block:
        """Return the state before the first quarter."""
        import numpy as np

        count, span, size = draws.count, len(wedges.quarters), len(base.buyers)
        splits, demand, supply = [], [], []
        for one in base.goods:
            path = _broadcast(wedges.demand, one.good.id, (span, size))
            split = split_flows(one, wedges, path, detours="detour" not in off)
            splits.append(split)
            demand.append(path * _noise(draws, one.good.id, base.buyers, span))
            supply.append(_broadcast(wedges.supply, one.good.id, (span, len(one.suppliers))))
        detours = {one.good.id: bool(s.detoured.any()) for one, s in zip(base.goods, splits, strict=True)}
        made = [one.supply * draws.get("experience_quarters", one.good.id)[:, None] for one in base.goods]
        return cls(
            base=base,
            wedges=wedges,
            draws=draws,
            off=off,
            path=empty_path(base, wedges.quarters, count, detours, detail),
            splits=splits,
            demand=demand,
            supply=supply,
            markets=_markets(base),
            own=[np.ones((count, len(one.suppliers))) for one in base.goods],
            made=made,
            normal_made=[each.copy() for each in made],
            stock=[np.zeros((count, size)) for _ in base.goods],
            fabs=np.ones((count, size)),
            covered=np.ones((count, size)),
        )


def _step(block: _Block, quarter: int) -> None:
    """Clear the markets of one quarter, record it and move the stocks on."""
    base, draws = block.base, block.draws
    extras, weighted, nests = [], [], []
    for place, one in enumerate(base.goods):
        extra = _extra_buying(block, place, quarter)
        weights = _weights(block, place, quarter)
        extras.append(extra)
        weighted.append(weights)
        nests.append(
            Nest(
                name=f"{one.good.id} in {block.wedges.quarters[quarter]}",
                weight=weights.weight,
                received=weights.received,
                wall=weights.wall,
                outlay=_outlay(block, place, quarter) * (1 + extra),
                capacity=_capacity(block, place, quarter),
                elasticity=block.path.goods[one.good.id].elasticity[:, quarter],
                supply_elasticity=draws.get("supply_elasticity", one.good.id),
                cost_share=one.cost_share,
            )
        )
    for market, places in block.markets:
        found = market.clear([nests[place] for place in places], draws.get("sigma"))
        for place, now in zip(places, found, strict=True):
            _record_market(block, place, quarter, now, weighted[place])
            _use(block, place, quarter, now, extras[place])
    _output(block, quarter)
    _move_capacity(block, quarter)
    _learn(block, quarter)


def _markets(base: Base) -> list[tuple[Market, list[int]]]:
    """Goods bought out of fixed budgets have markets of their own; inputs of users clear together."""
    together = [place for place, one in enumerate(base.goods) if one.cost_share.any()]
    alone = [[place] for place in range(len(base.goods)) if place not in together]
    return [(Market(), places) for places in ([together] if together else []) + alone]


def _extra_buying(block: _Block, place: int, quarter: int) -> NDArray[np.float64]:
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


def _weights(block: _Block, place: int, quarter: int) -> Weighted:
    """Wedges of the quarter; records the elasticity and the cost of a detour on the way."""
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
        one,
        split,
        quarter,
        path.elasticity[:, quarter],
        markup,
        diversion.detour_wedge(markup, path.seizure),
        draws.get("holding_cost", good),
        draws.get("workaround_markup", good),
    )


def _outlay(block: _Block, place: int, quarter: int) -> NDArray[np.float64]:
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


def _capacity(block: _Block, place: int, quarter: int) -> NDArray[np.float64]:
    """K A of the quarter, (n, J)."""
    import numpy as np

    one, draws = block.base.goods[place], block.draws
    capacity_ = one.supply * block.supply[place][quarter] * block.own[place]
    if _in_fabs(block.base, place):
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


def _record_market(block: _Block, place: int, quarter: int, now: Cleared, weights: Weighted) -> None:
    """Prices, receipts and, in detail, who bought from whom which way."""
    import numpy as np

    one = block.base.goods[place]
    path = block.path.goods[one.good.id]
    per_weight = now.outlay / now.total
    path.price[:, quarter] = np.exp(now.log_price)
    path.index[:, quarter] = np.exp(now.log_index)
    path.outlay[:, quarter] = now.outlay
    path.normal[:, quarter] = block.demand[place][:, quarter]
    path.workaround[:, quarter] = weights.wall * per_weight
    path.receipts[:, quarter] = now.spread * np.matmul(weights.received, per_weight[:, :, None])[:, :, 0]
    payees = block.splits[place].payees
    if path.legal is None and not payees:
        return
    legal = now.spread[:, :, None] * weights.legal * per_weight[:, None, :]
    if path.legal is not None:
        path.legal[:, quarter] = legal
    if path.detour is not None and weights.detour is not None:
        path.detour[:, quarter] = now.spread[:, :, None] * weights.detour * per_weight[:, None, :]
    for country, bite in payees:
        # A rate is on the price before tariff, of which the maker keeps 1 - cut.
        cut = block.splits[place].cut[quarter]
        rate = np.broadcast_to(bite.values, block.splits[place].cut.shape)[quarter]
        levies = block.path.levies.setdefault(country, np.zeros(path.elasticity.shape))
        levies[:, quarter] += (legal * (rate / (1 - cut))).sum(axis=(1, 2))


def _use(block: _Block, place: int, quarter: int, now: Cleared, extra: NDArray[np.float64]) -> None:
    """Use and stocks."""
    import numpy as np

    one = block.base.goods[place]
    path, normal = block.path.goods[one.good.id], block.demand[place][:, quarter]
    budget = np.where(one.outlay > 0, one.outlay, 1.0) * normal
    bought = np.where(one.outlay > 0, now.outlay / (budget * path.index[:, quarter]), 1.0)
    release_max = block.draws.get("release_max", one.good.id)
    used, stock = stocks.update_stock(block.stock[place] / normal, bought, extra, release_max)
    block.stock[place] = stock * normal
    path.used[:, quarter] = used
    path.bought[:, quarter] = bought * normal
    path.stock[:, quarter] = block.stock[place]


def _output(block: _Block, quarter: int) -> None:
    """Users' output, from what they use of each input."""
    import numpy as np

    used = np.stack([block.path.goods[one.good.id].used[:, quarter] for one in block.base.goods], axis=-1)
    cost = np.stack([one.cost_share for one in block.base.goods], axis=-1)
    block.path.output[:, quarter] = log_output(used, cost, block.draws.get("sigma")[:, None])


def _move_capacity(block: _Block, quarter: int) -> None:
    """Tools put to use, service, wear, and the capacity of the next quarter."""
    import numpy as np

    base, draws, path = block.base, block.draws, block.path
    path.capacity[:, quarter] = block.fabs
    path.tools[:, quarter] = _index_of(block, base.tools, quarter, True)
    path.coverage[:, quarter] = _index_of(block, base.services, quarter, False)
    serviced = _by_country(draws, "decay_serviced", base.buyers)
    covered = np.ones_like(block.fabs) if "service" in block.off else path.coverage[:, quarter]
    unserviced = _by_country(draws, "decay_unserviced", base.buyers)
    path.decay[:, quarter] = capacity.decay(covered, serviced, unserviced)
    if "capacity" in block.off:
        return
    block.covered = covered
    gestation = draws.get("gestation_quarters")
    if base.tools:
        rate = serviced * _by_country(draws, "expansion", base.buyers)
        built = rate * capacity.lagged(path.tools, quarter, gestation)
        block.fabs = capacity.next_capacity(block.fabs, path.decay[:, quarter], built)
    for place, one in enumerate(base.goods):
        response = draws.get("investment_response", one.good.id)
        if _in_fabs(base, place) or not response.any():
            continue
        wear = draws.get("decay_serviced", one.good.id)[:, None]
        lag = draws.get("gestation_quarters", one.good.id)
        price = capacity.lagged(path.goods[one.good.id].price, quarter, lag)
        built = wear * price ** response[:, None]
        block.own[place] = capacity.next_capacity(block.own[place], wear, built)


def _learn(block: _Block, quarter: int) -> None:
    """Add the quarter's output to experience."""
    for place, one in enumerate(block.base.goods):
        path = block.path.goods[one.good.id]
        block.made[place] = block.made[place] + path.receipts[:, quarter] / path.price[:, quarter]
        block.normal_made[place] = block.normal_made[place] + one.supply * block.supply[place][quarter]


def _index_of(block: _Block, places: tuple[int, ...], quarter: int, absolute: bool) -> NDArray[np.float64]:
    """Index over goods of what users use, (n, I); 1 for a country that buys none.

    absolute: tools against the base quarter, combined as users combine inputs; else service against normal, in
    the mean.
    """
    import numpy as np

    if not places:
        return np.ones_like(block.fabs)
    outlay = np.stack([block.base.goods[place].outlay for place in places])
    total = outlay.sum(axis=0)
    weights = np.where(total > 0, outlay / np.where(total > 0, total, 1), 1 / len(places))
    paths = [block.path.goods[block.base.goods[place].good.id] for place in places]
    if absolute:
        used = np.stack([path.used[:, quarter] * path.normal[:, quarter] for path in paths], axis=1)
        index = capacity.combine(used, weights, block.draws.get("sigma"))
    else:
        index = capacity.coverage(np.stack([path.used[:, quarter] for path in paths], axis=1), weights)
    return np.where(total > 0, index, 1.0)


def _in_fabs(base: Base, place: int) -> bool:
    """Whether the good is made in fabs, whose capacity comes from tools."""
    return place in base.chips and bool(base.tools)


def _by_country(draws: Draws, name: str, countries: tuple[str, ...]) -> NDArray[np.float64]:
    """A parameter of each country, (n, I)."""
    import numpy as np

    return np.stack([draws.get(name, country) for country in countries], axis=1)


def _broadcast(
    paths: Mapping[str, NDArray[np.float64]], good: str, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """A multiplier path, or ones."""
    import numpy as np

    return np.array(np.broadcast_to(paths[good], shape)) if good in paths else np.ones(shape)


def _noise(draws: Draws, good: str, buyers: tuple[str, ...], span: int) -> NDArray[np.float64]:
    """Multiplier of demand about the cycle, (n, T, I): log-normal, persistent, partly common to all buyers."""
    import numpy as np

    size = draws.get("demand_noise", good)
    if draws.seed is None or not size.any():
        return np.ones((draws.count, 1, 1))
    common = draws.get("demand_noise_common", good)[:, None, None]
    kept = draws.get("demand_noise_persistence", good)[:, None]
    world = draws.noise(good, span)[:, :, None]
    each = np.stack([draws.noise(f"{good}:{buyer}", span) for buyer in buyers], axis=2)
    shock = np.sqrt(common) * world + np.sqrt(1 - common) * each
    for quarter in range(1, span):
        shock[:, quarter] = kept * shock[:, quarter - 1] + np.sqrt(1 - kept**2) * shock[:, quarter]
    return np.asarray(np.exp(size[:, None, None] * shock))
