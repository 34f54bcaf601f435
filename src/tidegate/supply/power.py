"""What a group of countries could do to a buyer by withdrawing at once: power as in Clayton, Maggi and Schreger.

For one nest with the survivors' prices held, a share s withdrawn raises the buyer's price index to
(1 - s)^(1/(1-e)), and its users lose what that rise of an input of cost share a costs them. It grows without bound
as s nears one, so that a little diversification buys much security. The closed form is of one quarter, with nothing
detoured and no stocks; `run` with the same coalition's flows stopped gives the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError
from tidegate.supply.arrays import base_of
from tidegate.supply.output import log_unit_cost

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.draws import Draws
    from tidegate.supply.network import Network
    from tidegate.supply.wedges_model import Bite

__all__ = ["coalition_power", "index_without", "withdrawal", "withdrawn_shares"]


def index_without(
    share: NDArray[np.float64] | float, elasticity: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """Return the price index of a nest once varieties of base share `share` are gone; infinite if all are."""
    import numpy as np

    with np.errstate(divide="ignore"):
        return np.asarray((1 - np.asarray(share, float)) ** (1 / (1 - np.asarray(elasticity, float))))


def withdrawn_shares(network: Network, coalition: Collection[str], buyer: str) -> Mapping[str, float]:
    """Return good -> the share of the buyer's purchases that makers in the coalition's countries supply.

    Raises: BadInputError: for a buyer the network does not have.
    """
    if buyer not in network.buyers:
        raise BadInputError(f"buyer '{buyer}' is not in the network: {', '.join(network.buyers)}.")
    column = network.buyers.index(buyer)
    return {
        one.good.id: sum(
            float(share)
            for supplier, share in zip(one.suppliers, one.shares[:, column], strict=True)
            if supplier.country in coalition and supplier.country != buyer
        )
        for one in base_of(network).goods
    }


def coalition_power(
    network: Network, coalition: Collection[str], buyer: str, draws: Draws, *, long_run: bool = False
) -> NDArray[np.float64]:
    """Return what the buyer's users lose in ln output if the coalition withdraws all it sells them, (n,), positive.

    long_run: with the long elasticities instead of the short ones.
    """
    import numpy as np

    shares = withdrawn_shares(network, coalition, buyer)
    name = "elasticity_long" if long_run else "elasticity_short"
    base, column = base_of(network), network.buyers.index(buyer)
    indices = np.stack(
        [index_without(shares[one.good.id], draws.get(name, one.good.id)) for one in base.goods], -1
    )
    cost = np.array([one.cost_share[column] for one in base.goods])
    bought = cost > 0
    return log_unit_cost(indices[:, bought], cost[bought], draws.get("sigma"))


def withdrawal(
    network: Network, coalition: Collection[str], buyer: str, measure: str = "withdrawal"
) -> tuple[Bite, ...]:
    """Return the bites that stop all the coalition sells to the buyer, from the first quarter on, for `run`."""
    import numpy as np

    from tidegate.supply.wedges_model import Bite

    column = np.array([one == buyer for one in network.buyers])
    bites = []
    for good in network.goods:
        rows = np.array([s.country in coalition and s.country != buyer for s in network.suppliers[good.id]])
        if rows.any():
            bites.append(Bite(measure, good.id, "stop", (rows[:, None] & column)[None].astype(float)))
    return tuple(bites)
