"""False-discovery control over all countries and codes asked about at once.

A route needs both legs, so a route's p value is the larger of the two. Correcting these as if all were asked for the
first time is far too strict: hardly any country moves on even one leg. AdaFilter (Wang, Gui, Su, Sabatti and Owen 2022,
Statistical Science) counts only those that pass on one leg: of these a share no larger than the cut passes on the other
by chance, where the errors of the legs are independent. Those of a port whose whole trade grows are not: the share is
taken from placebo windows wherever it is larger there, and where the legs move together in them beyond `MOST_TOGETHER`,
fdr_bh stands in. `fdr_bh` and `fdr_by`, by SciPy, take the larger p value as it is; fdr_by holds under any dependence.
"""

from __future__ import annotations

import numpy as np

from tidegate.diversion.legs import Floats
from tidegate.errors import MissingExtraError

__all__ = ["CORRECTIONS", "LEG_METHOD", "corrected", "fitting_method", "route_values", "together"]

CORRECTIONS = ("adafilter", "fdr_bh", "fdr_by")

MOST_TOGETHER = 0.15
"""Correlation of the legs' p values over placebo windows beyond which AdaFilter names too many: in made-up trade where a
country's buying and selling grow together, in 13 quiet windows of a hundred at a rate of 0.05 (docs/trace.md)."""

LEG_METHOD = {"adafilter": "fdr_by"}
"""What corrects the p values of one leg alone. Placebo windows overlap, so the far tail of p values is too thin, and
fdr_bh over one leg names a country in one quiet month of ten where one of twenty is promised (docs/trace.md)."""


def route_values(
    first: Floats, second: Floats, method: str, quiet: tuple[Floats, Floats] | None = None
) -> Floats:
    """Return the false-discovery rate at which each route would be named, shape as the p values of its two legs.

    quiet: p values of the two legs of the same countries in placebo windows, of equal shape. NaN where either leg is
    not known.
    """
    most, least = np.maximum(first, second), np.minimum(first, second)
    if method != "adafilter":
        return corrected(most, method)
    known = np.isfinite(most)
    found = np.full(most.shape, np.nan)
    if not known.any():
        return found
    most, least = most[known], least[known]
    cuts = np.sort(most)
    # With this cut so many pass on one leg, and so many on both: the rate of false ones among the latter.
    passing = np.searchsorted(np.sort(least), cuts, side="right")
    both = np.searchsorted(cuts, cuts, side="right")
    chance = cuts if quiet is None else np.maximum(cuts, _joint(cuts, *quiet))
    rates = np.minimum.accumulate((chance * passing / both)[::-1])[::-1]
    # A route is never surer than its weaker leg.
    found[known] = np.maximum(np.minimum(rates[np.searchsorted(cuts, most)], 1.0), most)
    return found


def together(first: Floats, second: Floats) -> float | None:
    """Return the correlation of two legs' p values over placebo windows; None where there are under thirty."""
    known = np.isfinite(first) & np.isfinite(second)
    if known.sum() < 30 or not first[known].std() or not second[known].std():
        return None
    return float(np.corrcoef(first[known], second[known])[0, 1])


def fitting_method(method: str, quiet: tuple[Floats, Floats]) -> str:
    """Return the correction that can be used: fdr_bh for adafilter where the legs move together."""
    moving = together(*quiet)
    return "fdr_bh" if method == "adafilter" and moving is not None and moving > MOST_TOGETHER else method


def _joint(cuts: Floats, first: Floats, second: Floats) -> Floats:
    """Of the placebo windows that pass a cut on one leg, the share that passes it on the other too."""
    known = np.isfinite(first) & np.isfinite(second)
    most = np.sort(np.maximum(first, second)[known])
    least = np.sort(np.minimum(first, second)[known])
    both = np.searchsorted(most, cuts, side="right")
    one = np.searchsorted(least, cuts, side="right")
    return np.divide(both, one, out=np.zeros(len(cuts)), where=one > 0)


def corrected(chances: Floats, method: str) -> Floats:
    """Return p values corrected by SciPy; NaN stays. method: 'fdr_bh' or 'fdr_by'.

    Raises: MissingExtraError: without SciPy.
    """
    try:
        from scipy.stats import false_discovery_control
    except ImportError:
        raise MissingExtraError("scipy is not installed. Run: pip install 'tidegate[diversion]'") from None
    known = np.isfinite(chances)
    found = np.full(chances.shape, np.nan)
    if known.any():
        found[known] = false_discovery_control(chances[known], method=method.removeprefix("fdr_"))
    return found
