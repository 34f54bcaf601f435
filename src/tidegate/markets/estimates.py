"""The mean of a monthly series with what chance allows: errors that may be correlated from month to month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import MissingExtraError

__all__ = ["LEAST_MONTHS", "Estimate", "estimate"]

LEAST_MONTHS = 12
"""Months below which no band is given; assumption."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over months. low, high: the band; t, p: of the mean being 0. None where there are too few months.

    lags: of the Newey-West variance.
    """

    mean: float | None
    months: int
    t: float | None = None
    p: float | None = None
    low: float | None = None
    high: float | None = None
    lags: int | None = None


def estimate(series: NDArray[np.float64], level: float = 0.95) -> Estimate:
    """Return the mean of a series with a Newey-West band, by statsmodels.

    series: shape (months,); NaN are left out. Lags: 4 (months / 100)^(2/9), whole (Newey and West 1994).
    Raises: MissingExtraError: without statsmodels.
    """
    held = series[np.isfinite(series)]
    if len(held) < LEAST_MONTHS or np.ptp(held) == 0:
        return Estimate(float(held.mean()) if len(held) else None, len(held))
    try:
        from statsmodels.regression.linear_model import OLS
    except ImportError:
        raise MissingExtraError(
            "statsmodels is not installed. Run: pip install 'tidegate[ranking]'"
        ) from None
    lags = int(4 * (len(held) / 100) ** (2 / 9))
    fit = OLS(held, np.ones(len(held))).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True
    )
    low, high = fit.conf_int(alpha=1 - level)[0]
    return Estimate(
        float(fit.params[0]),
        len(held),
        float(fit.tvalues[0]),
        float(fit.pvalues[0]),
        float(low),
        float(high),
        lags,
    )
