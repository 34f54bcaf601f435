"""False-discovery control over all countries and codes asked about at once.

A route needs both legs, so a route's p value is the larger of the two. Correcting these as if all were asked for the
first time is far too strict: hardly any country moves on even one leg. AdaFilter (Wang, Gui, Su, Sabatti and Owen 2022,
Statistical Science) counts only those that pass on one leg, and holds the share of false discoveries where the legs are
independent; `fdr_bh` and `fdr_by`, by SciPy, take the larger p value as it is, and fdr_by holds under any
dependence.
"""

from __future__ import annotations

import numpy as np

from tidegate.diversion.legs import Floats
from tidegate.errors import MissingExtraError

__all__ = ["CORRECTIONS", "LEG_METHOD", "corrected", "route_values"]

CORRECTIONS = ("adafilter", "fdr_bh", "fdr_by")

LEG_METHOD = {"adafilter": "fdr_by"}
"""What corrects the p values of one leg alone. Placebo windows overlap, so the far tail of p values is too thin, and
fdr_bh over one leg names a country in one quiet month of ten where one of twenty is promised (docs/trace.md)."""


def route_values(first: Floats, second: Floats, method: str) -> Floats:
    """Return the false-discovery rate at which each route would be named, shape as the p values of its two legs.

    NaN where either leg is not known.
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
    rates = np.minimum.accumulate((cuts * passing / both)[::-1])[::-1]
    # A route is never surer than its weaker leg.
    found[known] = np.maximum(np.minimum(rates[np.searchsorted(cuts, most)], 1.0), most)
    return found


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
