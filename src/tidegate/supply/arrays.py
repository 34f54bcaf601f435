"""The network made ready for arithmetic: shares, base outlays and the places of goods, buyers and makers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.network import Good, Network, Supplier

__all__ = ["Base", "GoodBase", "base_of", "over_makers"]


@dataclass(frozen=True, slots=True)
class GoodBase:
    """One good in the base quarter; J suppliers, I buyers.

    shares: (J, I) s_ij, columns add to 1. outlay: (I,) E0, billion USD. supply: (J,) K0, billion USD.
    cost_share: (I,) a, zero for a good bought out of a fixed budget. home: (J,) column of the maker's country, -1: none.
    """

    good: Good
    suppliers: tuple[Supplier, ...]
    shares: NDArray[np.float64]
    outlay: NDArray[np.float64]
    supply: NDArray[np.float64]
    cost_share: NDArray[np.float64]
    home: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Base:
    """The base quarter. chips, tools, services: positions in goods, by stage."""

    goods: tuple[GoodBase, ...]
    buyers: tuple[str, ...]
    hubs: tuple[str, ...]
    chips: tuple[int, ...]
    tools: tuple[int, ...]
    services: tuple[int, ...]


def base_of(network: Network) -> Base:
    """Return the network as arrays.

    Raises: BadInputError: where shapes, signs or sums cannot be used, naming the good and the mend.
    """
    import numpy as np

    size = len(network.buyers)
    column = {buyer: place for place, buyer in enumerate(network.buyers)}
    cost = np.asarray(network.cost_share, float)
    if cost.shape != (size, len(network.goods)):
        raise BadInputError(
            f"cost_share has shape {cost.shape}, not {(size, len(network.goods))} (buyers, goods)."
        )
    if (cost < 0).any() or (cost.sum(axis=1) >= 1).any():
        raise BadInputError("cost_share: shares are not negative and those of a buyer add up to less than 1.")
    goods = []
    for place, good in enumerate(network.goods):
        suppliers, flows = network.suppliers[good.id], np.array(network.flows[good.id], float, order="C")
        if flows.shape != (len(suppliers), size):
            raise BadInputError(f"flows of {good.id}: shape {flows.shape}, not {(len(suppliers), size)}.")
        if not np.isfinite(flows).all() or (flows < 0).any():
            raise BadInputError(f"flows of {good.id}: a flow is negative or not a number.")
        supply, outlay = flows.sum(axis=1), flows.sum(axis=0)
        if (supply <= 0).any():
            idle = suppliers[int(np.argmin(supply))]
            raise BadInputError(
                f"flows of {good.id}: {idle} sells nothing in the base quarter. Leave it out."
            )
        # A buyer without outlay has no shares of its own; those of the world keep its price index defined.
        shares = np.where(
            outlay > 0, flows / np.where(outlay > 0, outlay, 1), (supply / supply.sum())[:, None]
        )
        home = np.array([column.get(supplier.country, -1) for supplier in suppliers])
        goods.append(GoodBase(good, suppliers, shares, outlay, supply, cost[:, place].copy(), home))
    stages = [good.stage for good in network.goods]

    def of(stage: str) -> tuple[int, ...]:
        return tuple(place for place, is_ in enumerate(stages) if is_ == stage)

    return Base(tuple(goods), network.buyers, network.hubs, of("chip"), of("tool"), of("service"))


def over_makers(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sums over makers of an array (n, J, I), shape (n, I).

    As a product of matrices, for a plain sum adds in another order where n is one: the bytes of a draw would
    depend on the block it stands in.
    """
    import numpy as np

    held = np.ascontiguousarray(values)
    return np.asarray(np.matmul(np.ones((1, held.shape[1])), held)[:, 0, :])
