"""One run of the model: quarter by quarter, for a block of draws at once.

Order within a quarter: users decide what to buy on top of normal; the markets of all goods clear with the capacity
that stands; stocks, users' output, trade and levies follow from prices; then capacity and experience for the next
quarter. `run` is pure: the same network, wedges and draws give the same bytes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError
from tidegate.supply import capacity, stocks
from tidegate.supply.arrays import base_of
from tidegate.supply.block import Block
from tidegate.supply.draws import Draws
from tidegate.supply.market import Cleared, Nest
from tidegate.supply.output import log_output
from tidegate.supply.path import Path
from tidegate.supply.plans import buying_of, in_fabs, offered, outlay_of, weights_of
from tidegate.supply.stocks import Buying
from tidegate.supply.wedge import Weighted

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
    block = Block.start(base_of(network), wedges, draws, frozenset(off), detail)
    block.path.booked_share[:] = draws.get("booked_share")
    for quarter in range(len(wedges.quarters)):
        _step(block, quarter)
    return block.path


def _step(block: Block, quarter: int) -> None:
    """Clear the markets of one quarter, record it and move the stocks on."""
    import numpy as np

    base, draws = block.base, block.draws
    bought, weighted, nests = [], [], []
    for place, one in enumerate(base.goods):
        buying = buying_of(block, place, quarter)
        weights = weights_of(block, place, quarter, buying)
        bought.append(buying)
        weighted.append(weights)
        nests.append(
            Nest(
                name=f"{one.good.id} in {block.wedges.quarters[quarter]}",
                # One layout in memory, or sums would be taken in another order in a block of one draw.
                weight=np.ascontiguousarray(weights.weight),
                received=np.ascontiguousarray(weights.received),
                wall=weights.wall,
                outlay=outlay_of(block, place, quarter) * (1 + buying.total),
                capacity=offered(block, place, quarter),
                elasticity=block.path.goods[one.good.id].elasticity[:, quarter],
                supply_elasticity=draws.get("supply_elasticity", one.good.id),
                cost_share=one.cost_share,
            )
        )
    for market, places in block.markets:
        found = market.clear([nests[place] for place in places], draws.get("sigma"))
        for place, now in zip(places, found, strict=True):
            _record_market(block, place, quarter, now, weighted[place])
            _use(block, place, quarter, now, bought[place])
    _output(block, quarter)
    _move_capacity(block, quarter)
    _learn(block, quarter)


def _record_market(block: Block, place: int, quarter: int, now: Cleared, weights: Weighted) -> None:
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


def _use(block: Block, place: int, quarter: int, now: Cleared, buying: Buying) -> None:
    """Use and stocks."""
    import numpy as np

    one = block.base.goods[place]
    path, normal = block.path.goods[one.good.id], block.demand[place][:, quarter]
    budget = np.where(one.outlay > 0, one.outlay, 1.0) * normal
    bought = np.where(one.outlay > 0, now.outlay / (budget * path.index[:, quarter]), 1.0)
    release_max = block.draws.get("release_max", one.good.id)
    used, stock = stocks.update_stock(
        block.stock[place] / normal, bought, buying.hoarded, release_max, buying.total
    )
    block.stock[place] = stock * normal
    path.used[:, quarter] = used
    path.bought[:, quarter] = bought * normal
    path.stock[:, quarter] = block.stock[place]


def _output(block: Block, quarter: int) -> None:
    """Users' output, from what they use of each input."""
    import numpy as np

    used = np.stack([block.path.goods[one.good.id].used[:, quarter] for one in block.base.goods], axis=-1)
    cost = np.stack([one.cost_share for one in block.base.goods], axis=-1)
    block.path.output[:, quarter] = log_output(used, cost, block.draws.get("sigma")[:, None])


def _move_capacity(block: Block, quarter: int) -> None:
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
        if in_fabs(base, place) or not response.any():
            continue
        wear = draws.get("decay_serviced", one.good.id)[:, None]
        lag = draws.get("gestation_quarters", one.good.id)
        price = capacity.lagged(path.goods[one.good.id].price, quarter, lag)
        built = wear * price ** response[:, None]
        block.own[place] = capacity.next_capacity(block.own[place], wear, built)


def _learn(block: Block, quarter: int) -> None:
    """Add the quarter's output to experience."""
    for place, one in enumerate(block.base.goods):
        path = block.path.goods[one.good.id]
        block.made[place] = block.made[place] + path.receipts[:, quarter] / path.price[:, quarter]
        block.normal_made[place] = block.normal_made[place] + one.supply * block.supply[place][quarter]


def _index_of(block: Block, places: tuple[int, ...], quarter: int, absolute: bool) -> NDArray[np.float64]:
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


def _by_country(draws: Draws, name: str, countries: tuple[str, ...]) -> NDArray[np.float64]:
    """A parameter of each country, (n, I)."""
    import numpy as np

    return np.stack([draws.get(name, country) for country in countries], axis=1)
