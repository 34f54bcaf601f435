"""Learning by doing: experience lowers cost, which is to say it raises what given capacity turns out.

With l the fall of cost for each doubling, b = -log2(1 - l), and H the experience of a supplier, its own cumulated
output plus psi times that of the others,

    cost ~ (H / H0)^-b          A = (H / H_ref)^b

where H_ref is the experience it would have by now at its base pace. So A is 1 while nothing happens, above 1 for a
supplier that a control has given more to make, below 1 for one that has lost its customers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["efficiency", "learning_exponent", "unit_cost"]


def learning_exponent(rate: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return b for a fall of cost per doubling of `rate`."""
    import numpy as np

    return np.asarray(-np.log2(1 - np.asarray(rate)))


def unit_cost(ratio: NDArray[np.float64] | float, rate: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return cost against the base at experience `ratio` times that of the base."""
    import numpy as np

    return np.asarray(np.asarray(ratio) ** -learning_exponent(rate))


def efficiency(
    made: NDArray[np.float64],
    normal: NDArray[np.float64],
    rate: NDArray[np.float64],
    spillover: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return A, (n, J). made: cumulated output, (n, J), the base experience included. normal: the same at base pace.

    rate, spillover: (n,).
    """
    import numpy as np

    def experience(output: NDArray[np.float64]) -> NDArray[np.float64]:
        others = output.sum(axis=1, keepdims=True) - output
        return np.asarray(output + spillover[:, None] * others)

    exponent = learning_exponent(rate)[:, None]
    return np.asarray((experience(made) / experience(normal)) ** exponent)
