"""How an effect is told: a flow as the change of its sum in percent, a state as its mean change, with a band."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BAND", "Scale", "amount", "in_order", "level_of", "scale_of", "shown_of"]

BAND = (0.1, 0.5, 0.9)
"""Quantiles over draws that are shown: the middle, and the ends of the band of 80 percent."""

_SCALES = {
    "log": (100.0, "percent"),
    "share": (100.0, "points"),
    "index": (1.0, "index"),
    "quarters": (1.0, "quarters"),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How the effect on an outcome over some quarters is told.

    unit: percent, points, index, quarters or USD_bn. factor: what a sum, or mean, of changes is multiplied by: a number,
    or one for each draw. is_sum: of a flow the sum over quarters counts, of a state the mean.
    """

    unit: str
    factor: Any
    is_sum: bool

    def of(self, change: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the effect in each draw, (n,). change: scenario less baseline, (n, quarters)."""
        import numpy as np

        total: NDArray[np.float64] = change.sum(axis=1) if self.is_sum else change.mean(axis=1)
        return np.asarray(total * self.factor)


def scale_of(unit: str, before: NDArray[np.float64]) -> Scale:
    """Return how an effect is told. unit: of the outcome. before: its baseline, (n, quarters of the span)."""
    import numpy as np

    if unit != "USD_bn":
        factor, shown = _SCALES[unit]
        return Scale(shown, factor, False)
    base = before.sum(axis=1)
    # From nothing there is no percentage: a detour that did not exist is told in USD.
    if np.abs(np.median(base)) < 1e-6:
        return Scale("USD_bn", 1.0, True)
    return Scale("percent", 100 / base, True)


def shown_of(unit: str) -> float:
    """Return what the level of an outcome of a unit is multiplied by where it is shown: 100 for a share."""
    return _SCALES[unit][0] if unit in _SCALES else 1.0


def level_of(unit: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what some quarters of an outcome come to in each draw, (n,): of a flow the sum, of a state the mean.

    unit: of the outcome. values: (n, quarters). A flow is in billion USD, output in percent, a share in points.
    """
    total: NDArray[np.float64] = values.sum(axis=1) if unit == "USD_bn" else values.mean(axis=1)
    return total * shown_of(unit)


def in_order(row: Mapping[str, Any], effect: str = "effect") -> tuple[float, float]:
    """Return what rows of effects are sorted by: flows by the money that moves, then what is no flow by its size.

    A percentage of next to nothing would else stand above a tenth of a market. row: with unit, baseline and the effect.
    """
    size = abs(float(row[effect]))
    money = {"percent": size / 100 * abs(float(row["baseline"])), "USD_bn": size}.get(row["unit"], 0.0)
    return -money, -size


def amount(value: float, unit: str, *, sign: bool = True) -> str:
    """Return a number with its unit, to three figures, for people.

    >>> amount(-57.84, "percent"), amount(1306.2, "percent"), amount(0.5, "USD_bn", sign=False)
    ('-57.8 %', '+1,306 %', '0.5 bn USD')
    """
    text = f"{value:{'+' if sign else ''}.3g}" if abs(value) < 1000 else f"{value:{'+' if sign else ''},.0f}"
    return f"{text} {({'percent': '%', 'USD_bn': 'bn USD', 'log': '', 'index': ''}).get(unit, unit)}".rstrip()
