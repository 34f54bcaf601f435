"""Controlled goods that go round through third countries, at a price that enforcement raises.

A unit that arrives costs the buyer p (1 + k) / (1 - r): k the markup of those who bring it round, r the share that
is seized, so 1 / (1 - r) units are shipped for one that arrives. The hub is chosen by logit in cost c_m:

    share_m = exp(-c_m / t) / sum_n exp(-c_n / t)

Enforcement adds to the c_m. Traffic moves to other hubs, and the markup rises by the fall of the inclusive value
t ln sum_m exp(-c_m / t): closing one hub of many costs little, closing all of them costs what was added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.draws import Draws

__all__ = ["detour_wedge", "hub_costs", "hub_shares", "markup_under"]


def detour_wedge(markup: NDArray[np.float64], seizure: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the price of an arriving unit against that of a free one."""
    return (1 + markup) / (1 - seizure)


def hub_costs(draws: Draws, hubs: tuple[str, ...]) -> NDArray[np.float64]:
    """Return the cost of each hub, (n, hubs), without enforcement."""
    import numpy as np

    return np.stack([draws.get("hub_cost", hub) for hub in hubs], axis=1)


def hub_shares(costs: NDArray[np.float64], dispersion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of the detoured flow through each hub, (n, hubs), rows adding to 1."""
    import numpy as np

    pull = np.exp(-(costs - costs.min(axis=1, keepdims=True)) / dispersion[:, None])
    return np.asarray(pull / pull.sum(axis=1, keepdims=True))


def markup_under(
    markup: NDArray[np.float64],
    costs: NDArray[np.float64],
    added: NDArray[np.float64],
    dispersion: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the markup once enforcement adds to the hubs' costs. added: (hubs,). Others: (n,), (n, hubs)."""
    return markup + _inclusive(costs, dispersion) - _inclusive(costs + added, dispersion)


def _inclusive(costs: NDArray[np.float64], dispersion: NDArray[np.float64]) -> NDArray[np.float64]:
    """The value of having the choice of hubs, (n,)."""
    import numpy as np

    least = costs.min(axis=1)
    pull = np.exp(-(costs - least[:, None]) / dispersion[:, None]).sum(axis=1)
    return np.asarray(dispersion * np.log(pull) - least)
