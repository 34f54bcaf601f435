"""Capacity as a stock: built with a lag, worn down faster without service.

Fabs of a country (its chip suppliers share one index K, 1 at the base), with V the index of tools put to use, M the
service coverage, g the gestation and x the base investment (expansion * decay_serviced):

    d_t = d0 + (d1 - d0) (1 - min(1, M_t))          K_(t+1) = K_t (1 - d_t) + x V_(t-g)

Makers of anything else invest by the price p of what they make, with response c:

    K_(t+1) = K_t (1 - d0) + d0 p_(t-g)^c

and the tool budget of a country follows the price of the chips it makes with the same response.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["combine", "coverage", "decay", "lagged", "next_capacity"]


def decay(
    covered: NDArray[np.float64], serviced: NDArray[np.float64], unserviced: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the share of capacity lost in a quarter at a service coverage; coverage beyond 1 does not help."""
    import numpy as np

    return np.asarray(serviced + (unserviced - serviced) * (1 - np.minimum(1, covered)))


def next_capacity(
    capacity: NDArray[np.float64], lost: NDArray[np.float64], built: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return next quarter's capacity: what is left and what comes on stream."""
    return capacity * (1 - lost) + built


def lagged(
    history: NDArray[np.float64], quarter: int, lag: NDArray[np.float64], before: float = 1.0
) -> NDArray[np.float64]:
    """Return what stood `lag` quarters before `quarter`; `before`, 1 at the base, ahead of the run's first quarter.

    history: (n, quarters, X), filled up to `quarter`. lag: (n,), whole or not; between quarters in a straight line.
    """
    import numpy as np

    when = quarter - np.maximum(0, lag)
    low = np.floor(when).astype(int)
    part = (when - low)[:, None]
    rows = np.arange(len(history))

    def at(place: NDArray[np.int_]) -> NDArray[np.float64]:
        return np.where((place < 0)[:, None], before, history[rows, np.maximum(place, 0)])

    later = np.minimum(low + 1, quarter)
    return np.asarray((1 - part) * at(low) + part * at(later))


def combine(
    used: NDArray[np.float64], weights: NDArray[np.float64], sigma: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the CES index of goods used together: V from tool classes.

    used: (n, goods, I). weights: (goods, I), columns adding to 1. sigma: (n,).
    """
    import numpy as np

    if len(weights) == 1:
        return used[:, 0]
    power = (1 - 1 / _apart(sigma))[:, None]
    mix = (weights * np.maximum(used, 1e-30) ** power[:, :, None]).sum(axis=1)
    return np.asarray(mix ** (1 / power))


def coverage(used: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return M, the mean over services of what is used against what is normal. Shapes as in `combine`."""
    total: NDArray[np.float64] = (weights * used).sum(axis=1)
    return total


def _apart(sigma: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sigma moved off 1, where the power form is 0/0; the index is continuous there."""
    import numpy as np

    return np.where(np.abs(sigma - 1) < 1e-6, 1 + 1e-6, sigma)
