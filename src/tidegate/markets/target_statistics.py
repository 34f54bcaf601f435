"""What a published table may measure, and how it is taken from a fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from tidegate.errors import BadInputError
from tidegate.markets.design import Design
from tidegate.markets.models import Estimates
from tidegate.markets.significance import Clusters, Outcome, all_tests, correlation, two_sided

__all__ = ["Fitted", "Statistic", "statistic_of"]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a row asks for, fitted. plain_t: the degrees of freedom that the deviation of a row's t takes off
    where it takes no error of prediction, None where it does.
    """

    found: Estimates
    clusters: Clusters
    design: Design
    plain_t: int | None

    def single(self) -> Outcome:
        """Student's t of one share."""
        freedom = float(self.found.freedom[0])
        t = float(self.found.t[0])
        if self.plain_t is not None:
            residuals = self.found.residuals[0]
            held = residuals[np.isfinite(residuals)]
            deviation = np.sqrt(((held - held.mean()) ** 2).sum() / (len(held) - self.plain_t))
            t = float(self.found.car[0] / (deviation * np.sqrt(self.design.days)))
        return Outcome(t, two_sided(t, freedom))

    def test(self, name: str) -> Outcome:
        """Return a test of the means; of one share its own t stands for the mean over shares."""
        if name == "t":
            return self.single() if len(self.found.car) == 1 else self.test("t_cross")
        if name in ("sign", "generalised_sign"):
            return self._sign(name)
        outcome = all_tests(self.found, self.clusters, self.design)[name]
        if outcome.value is None:
            raise BadInputError(f"the test {name} is not defined for it: {outcome.why}")
        return outcome

    def _sign(self, name: str) -> Outcome:
        """Share of rising shares against one half, or (Cowan 1992) against that of the estimation window."""
        count = len(self.found.car)
        residuals = self.found.residuals
        chance = 0.5
        if name == "generalised_sign":
            held = np.isfinite(residuals)
            chance = float(((residuals > 0).sum(axis=1) / held.sum(axis=1)).mean())
        up = int((self.found.car > 0).sum())
        z = (up - count * chance) / np.sqrt(count * chance * (1 - chance))
        return Outcome(float(z), float(2 * special.ndtr(-abs(z))))


@dataclass(frozen=True, slots=True)
class Statistic:
    """One number of a fit. is_return: it is in percent, and the unit of the row counts."""

    measure: Callable[[Fitted], float]
    is_return: bool


_TESTS: Sequence[tuple[str, str]] = (
    (r"patell", "patell"),
    (r"kolari|pynn|\bkp\b|adj(usted)?\.? ?(bmp|std|standardi[sz]ed)", "kp"),
    (r"\bbmp\b|boehmer|standardi[sz]ed cross", "bmp"),
    (r"g ?rank|generali[sz]ed rank", "grank"),
    (r"corrado|rank z|rank test|rank statistic|\brank t\b", "corrado"),
    (r"generali[sz]ed sign|cowan", "generalised_sign"),
    (r"\bsign (test|z|statistic)", "sign"),
    (r"cross ?sectional|\bcsect\b|t cross", "t_cross"),
    (r"time series|portfolio|crude|brown|t time", "t_time"),
)
_T = r"\bt\b|\bt ?(stat|statistic|value|ratio|test)\b|\bz\b"
_P = r"\bp\b|p ?values?\b|\bpval"


def _mean(fit: Fitted) -> float:
    return 100 * float(fit.found.car.mean())


_VALUES: Sequence[tuple[str, Callable[[Fitted], float], bool]] = (
    (r"median.*raw|raw.*median", lambda fit: 100 * float(np.median(fit.found.raw_car)), True),
    (r"median", lambda fit: 100 * float(np.median(fit.found.car)), True),
    (r"correlation", lambda fit: correlation(fit.found, fit.clusters, fit.design), False),
    (r"\bbeta\b|\bslope\b", lambda fit: float(fit.found.coefficients[:, -1].mean()), False),
    (r"\balpha\b|\bintercept\b", lambda fit: 100 * float(fit.found.coefficients[:, 0].mean()), True),
    (r"negative|falling|losers", lambda fit: 100 * float((fit.found.car < 0).mean()), True),
    (r"positive|rising|winners", lambda fit: 100 * float((fit.found.car > 0).mean()), True),
    (r"residual (standard deviation|sd|std|volatility)|\bsigma\b|standard error of the regression",
     lambda fit: 100 * float(fit.found.deviation.mean()), True),
    (r"standard (error|deviation) of (the )?car|\bse car\b",
     lambda fit: 100 * float(fit.found.car_deviation.mean()), True),
    (r"\b(scar|standardi[sz]ed)\b", lambda fit: float(fit.found.t.mean()), False),
    (r"number of (firms|shares|stocks)|^n$", lambda fit: float(len(fit.found.car)), False),
    (r"\bmin(imum)?\b|worst", lambda fit: 100 * float(fit.found.car.min()), True),
    (r"\bmax(imum)?\b|best", lambda fit: 100 * float(fit.found.car.max()), True),
    (r"\braw\b|close to close|\bunadjusted|^(mean |average )?(return|move|price change)$",
     lambda fit: 100 * float(fit.found.raw_car.mean()), True),
    (r"\b(caar|acar|car|aar|ar|abnormal returns?)\b", _mean, True),
)  # fmt: skip
"""Words for what is measured, returns in percent; the first that fits counts."""


def statistic_of(text: str) -> Statistic | None:
    """Return what some words measure, None where it is no result of an event study of prices.

    A test beats a return (`t of CAAR` is a t), and a p value its statistic (`BMP p`).
    """
    words = re.sub(r"[(\[][-+\d,;.\s−]*[)\]]", " ", text.lower())
    words = re.sub(r"[\s_-]+", " ", words).strip(" %")
    test = next((name for pattern, name in _TESTS if re.search(pattern, words)), None)
    if re.search(_P, words):
        return Statistic(lambda fit: float(fit.test(test or "t").p), False)  # type: ignore[arg-type]
    if test is not None:
        return Statistic(lambda fit: float(fit.test(test).value), False)  # type: ignore[arg-type]
    if re.search(_T, words):
        return Statistic(lambda fit: float(fit.test("t").value), False)  # type: ignore[arg-type]
    for pattern, measure, is_return in _VALUES:
        if re.search(pattern, words):
            return Statistic(measure, is_return)
    return None
