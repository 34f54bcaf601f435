"""What users make of the goods that reach them, against the base."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["log_output", "log_output_second_order", "log_unit_cost"]

_LEAST = 1e-30


def log_output(
    used: NDArray[np.float64], cost_share: NDArray[np.float64], sigma: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return ln Y of the users when each input is at `used` times its base quantity.

        Y = [1 - sum a + sum_k a_k X_k^((s-1)/s)]^(s/(s-1))

    used: (..., goods). cost_share: (..., goods), a. sigma: s, broadcasts against the shape without goods.
    """
    import numpy as np

    logs = np.log(np.maximum(used, _LEAST))
    power = (np.asarray(sigma) - 1) / np.asarray(sigma)
    cobb_douglas = np.abs(power) < 1e-9
    safe = np.where(cobb_douglas, 1.0, power)
    # sum a (X^power - 1) by expm1: small effects keep their digits.
    mixed = np.log1p((cost_share * np.expm1(safe[..., None] * logs)).sum(axis=-1)) / safe
    return np.asarray(np.where(cobb_douglas, (cost_share * logs).sum(axis=-1), mixed))


def log_output_second_order(used: float, cost_share: float, sigma: float) -> float:
    """Return the second-order approximation of ln Y for one input: what a small-shock formula would say."""
    import numpy as np

    log_used = float(np.log(used))
    return cost_share * log_used + 0.5 * cost_share * (1 - cost_share) * (1 - 1 / sigma) * log_used**2


def log_unit_cost(
    index: NDArray[np.float64], cost_share: NDArray[np.float64], sigma: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return ln of the users' unit cost when each input's price index is at `index`. Shapes as in `log_output`."""
    import numpy as np

    logs = np.log(index)
    power = 1 - np.asarray(sigma)
    cobb_douglas = np.abs(power) < 1e-9
    safe = np.where(cobb_douglas, 1.0, power)
    mixed = np.log1p((cost_share * np.expm1(safe[..., None] * logs)).sum(axis=-1)) / safe
    return np.asarray(np.where(cobb_douglas, (cost_share * logs).sum(axis=-1), mixed))
