"""Whether a mean abnormal return could be chance: the tests of the field, and which of them to believe.

N firm-events, K sessions of the event window, L of the estimation window, p parameters of the model, d = L -
p. SCAR_i = CAR_i / sd(CAR_i) with the error of prediction.

  - `t_cross`: CAAR / (sd(CAR) / sqrt N), N - 1 degrees. Believes that firm-events are independent.
  - `t_time`: CAAR / (sqrt K sd(AAR)), the deviation that of the mean residual of the group over the
    estimation window, L - 1 degrees. Allows for correlation of shares, not for a rise of variance. Brown and
    Warner (1980), crude dependence adjustment.
  - `patell`: sum SCAR_i / sqrt(sum d_i / (d_i - 2)), normal. Patell (1976). Independent, and no rise of
    variance.
  - `bmp`: mean(SCAR) / (sd(SCAR) / sqrt N), N - 1 degrees. Boehmer, Musumeci and Poulsen (1991). Allows for a
    rise of variance.
  - `kp`: bmp times sqrt((1 - r) / (1 + (N - 1) r)), r the mean correlation of abnormal returns over all
    pairs. Kolari and Pynnönen (2010). Pairs on other days count as uncorrelated; those whose windows overlap
    in part by the share of sessions they have in common: Kolari, Pape and Pynnönen (2018). **The default.**
  - `corrado`: ranks of abnormal returns over both windows together, summed over the event window, normal.
    Corrado (1989); several sessions and gaps as Corrado and Zivney (1992) and Cowan (1992). No normality;
    allows for correlation of shares on one day.
  - `grank`: generalised rank t, T - 2 degrees, T = L + 1: the event window as one more session whose
    standardised CAR is ranked among the standardised residuals. Kolari and Pynnönen (2011). Allows for
    correlation on one day, a rise of variance and autocorrelation, but divides by the spread between firms,
    which correlation makes too small: it finds more than it should on one day for many (docs/study.md).

`corrado`, `grank` and `t_time` put firm-events side by side by their distance from day 0; where a group has
several days they take those as independent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tidegate.markets.design import Design
from tidegate.markets.models import Estimates, is_whole

__all__ = ["DEFAULT", "TESTS", "Clusters", "Outcome", "all_tests", "correlation", "mean_ranks", "two_sided"]

Floats = NDArray[np.float64]

TESTS = ("t_cross", "t_time", "patell", "bmp", "kp", "corrado", "grank")
DEFAULT = "kp"


class Outcome(NamedTuple):
    """A statistic with its two-sided p value; both None where the test is not defined, `why` says why."""

    value: float | None
    p: float | None
    why: str = ""


@dataclass(frozen=True, eq=False)
class Clusters:
    """Which firm-events share their days.

    of: int, shape (F,), the cluster of each. days: datetime64[D], shape (C, L + S), the sessions of each
    cluster: those of the estimation window, then those of `Design.shown`.
    """

    of: NDArray[np.int64]
    days: NDArray[np.datetime64]

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return len(self.days)


def all_tests(
    found: Estimates, clusters: Clusters, design: Design, together: float | None = None
) -> Mapping[str, Outcome]:
    """Return every test of `TESTS` for one group of firm-events. together: `correlation`, where it is
    known.
    """
    count = len(found.car)
    scar = found.car / found.car_deviation
    tests = {
        "t_time": _t_time(found, design),
        "patell": _patell(scar, found.freedom),
        "corrado": _corrado(found, design),
    }
    if count < 2:
        few = Outcome(None, None, "one firm-event: there is no spread between firms")
        return {name: tests.get(name, few) for name in TESTS}
    tests["t_cross"] = _student(_mean_over_error(found.car), count - 1)
    tests["bmp"] = _student(_mean_over_error(scar), count - 1)
    tests["kp"] = _kolari_pynnonen(
        tests["bmp"], correlation(found, clusters, design) if together is None else together, count
    )
    tests["grank"] = _generalised_rank(found, scar)
    return {name: tests[name] for name in TESTS}


def correlation(found: Estimates, clusters: Clusters, design: Design) -> float:
    """Return the mean correlation of the abnormal returns of all pairs of firm-events.

    That of a pair is the correlation of their residuals on common days of the estimation windows, times the
    share of the event window that they have in common by the calendar: 0 where the windows do not meet.
    """
    count = len(found.car)
    if count < 2:
        return 0.0
    length = design.length
    sums = _summed_units(found.residuals, clusters)
    pairs = ((sums**2).sum() - count) / 2
    windows = clusters.days[:, length:][:, _places(design)]
    fits = clusters.days[:, :length]
    # Clusters in the order of their days: only neighbours can meet.
    order = np.argsort(windows[:, 0], kind="stable")
    for rank, one in enumerate(order):
        for other in order[rank + 1 :]:
            if windows[other, 0] > windows[one, -1]:
                break
            shared = len(np.intersect1d(windows[one], windows[other]))
            _, here, there = np.intersect1d(fits[one], fits[other], return_indices=True)
            if shared and len(here):
                # The units are of length 1 over L sessions; only some of them are common.
                whole = length / len(here)
                pairs += shared / design.days * whole * float(sums[one, here] @ sums[other, there])
    return float(2 * pairs / (count * (count - 1)))


def _summed_units(residuals: Floats, clusters: Clusters) -> Floats:
    """Residuals less their mean, each firm-event's at length 1, summed over the firm-events of each cluster:
    shape (C, L).
    """
    found: Floats
    open_ = np.isfinite(residuals).any(axis=0) if clusters.count == 1 and not is_whole(residuals) else None
    if open_ is not None and not open_.all() and is_whole(residuals[:, open_]):
        found = np.zeros((1, residuals.shape[1]))
        found[:, open_] = _summed_units(residuals[:, open_], clusters)
        return found
    if clusters.count == 1 and open_ is None:
        middle = residuals.mean(axis=1)
        size = np.sqrt(np.einsum("fl,fl->f", residuals, residuals) - residuals.shape[1] * middle**2)
        found = ((1 / size) @ residuals - (middle / size).sum())[None]
        return found
    held = np.isfinite(residuals)
    centred = np.where(held, residuals - np.nanmean(residuals, axis=1, keepdims=True), 0.0)
    unit = centred / np.sqrt((centred**2).sum(axis=1, keepdims=True))
    together = np.argsort(clusters.of, kind="stable")
    present, starts = np.unique(clusters.of[together], return_index=True)
    sums = np.zeros((clusters.count, residuals.shape[1]))
    sums[present] = np.add.reduceat(unit[together], starts, axis=0)
    return sums


def two_sided(t: float, freedom: float) -> float:
    """Return the chance of a Student's t this far from 0. The functions of `scipy.stats` take a thousand
    times longer.
    """
    return float(2 * special.stdtr(freedom, -abs(t)))


def _places(design: Design) -> slice:
    start = design.shown[0]
    return slice(design.window[0] - start, design.window[1] - start + 1)


def _mean_over_error(values: Floats) -> float:
    spread = values.std(ddof=1)
    return float(values.mean() / (spread / np.sqrt(len(values)))) if spread > 0 else float("nan")


def _student(value: float, freedom: float) -> Outcome:
    if not np.isfinite(value):
        return Outcome(None, None, "the values do not vary")
    return Outcome(value, two_sided(value, freedom))


def _normal(value: float) -> Outcome:
    return (
        Outcome(value, float(2 * special.ndtr(-abs(value))))
        if np.isfinite(value)
        else Outcome(None, None, "no variance")
    )


def _t_time(found: Estimates, design: Design) -> Outcome:
    # A session that is kept out for every firm-event has no mean.
    mean = found.residuals.mean(axis=0)
    if not np.isfinite(mean).all():
        used = np.isfinite(found.residuals).any(axis=0)
        mean = np.nanmean(found.residuals[:, used], axis=0)
    spread = mean.std(ddof=1)
    value = float(found.car.mean() / (spread * np.sqrt(design.days))) if spread > 0 else float("nan")
    return _student(value, len(mean) - 1)


def _patell(scar: Floats, freedom: Floats) -> Outcome:
    return _normal(float(scar.sum() / np.sqrt((freedom / (freedom - 2)).sum())))


def _kolari_pynnonen(bmp: Outcome, mean_correlation: float, count: int) -> Outcome:
    spread = 1 + (count - 1) * mean_correlation
    if bmp.value is None:
        return bmp
    if spread <= 0 or mean_correlation >= 1:
        return Outcome(
            None, None, f"mean correlation {mean_correlation:.3f} of {count} firm-events leaves no variance"
        )
    return _student(bmp.value * float(np.sqrt((1 - mean_correlation) / spread)), count - 1)


def _ranks(values: Floats) -> Floats:
    """Ranks within each row from 1, ties at their mean, NaN left out: shape as given."""
    order = np.argsort(values, axis=1)
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, np.arange(1.0, values.shape[1] + 1)[None, :], axis=1)
    in_order = np.take_along_axis(values, order, axis=1)
    tied = (in_order[:, 1:] == in_order[:, :-1]).any(axis=1)
    if tied.any():
        from scipy import stats

        ranks[tied] = stats.rankdata(values[tied], axis=1, nan_policy="omit")
    return ranks


def _summed_ranks(values: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Sum over rows of the ranks within them, shape (sessions,), and which rows are not in it: those with two
    values that are equal, or nearly.

    The bits of a number rise with it; with its place in the last of them, sorting whole numbers gives the ranks,
    several times faster than sorting places does.
    """
    width = values.shape[1]
    low = (1 << width.bit_length()) - 1
    keys = (values + 0.0).view(np.int64)
    turned = keys >> 63
    turned &= np.int64(0x7FFFFFFFFFFFFFFF)
    keys ^= turned
    keys &= np.int64(~low)
    keys |= np.arange(width)
    keys.sort(axis=1)
    tied = np.asarray(((keys[:, 1:] ^ keys[:, :-1]).view(np.uint64) <= low).any(axis=1))
    if tied.any():
        keys = keys[~tied]
    keys &= low
    ranks = np.broadcast_to(np.arange(1.0, width + 1), keys.shape)
    return np.bincount(keys.ravel(), ranks.ravel(), width).astype(float), tied


def mean_ranks(values: Floats) -> tuple[Floats, Floats]:
    """Mean over firm-events of rank / (count + 1) - 1/2 by session, and how many have a value there: shape
    (sessions,).

    Sessions on which none has one are left out.
    """
    if not is_whole(values):
        values = values[:, np.isfinite(values).any(axis=0)]
    whole = np.isfinite(values.sum(axis=1))
    full = values if whole.all() else values[whole]
    ranks, tied = _summed_ranks(full)
    if tied.any():
        ranks = ranks + _ranks(full[tied]).sum(axis=0)
    share = ranks / (values.shape[1] + 1) - 0.5 * len(full)
    here = np.full(values.shape[1], float(len(full)))
    if len(full) < len(values):
        part = values[~whole]
        held = np.isfinite(part)
        count = held.sum(axis=1, keepdims=True)
        share = share + np.where(held, _ranks(part) / (count + 1) - 0.5, 0.0).sum(axis=0)
        here += held.sum(axis=0)
    return share / here, here


def _corrado(found: Estimates, design: Design) -> Outcome:
    mean, here = mean_ranks(np.concatenate([found.residuals, found.abnormal[:, _places(design)]], axis=1))
    variance = (here / len(found.car) * mean**2).mean()
    if variance <= 0:
        return Outcome(None, None, "the ranks do not vary")
    return _normal(float(mean[-design.days :].sum() / np.sqrt(design.days * variance)))


def _generalised_rank(found: Estimates, scar: Floats) -> Outcome:
    spread = scar.std(ddof=1)
    if not spread > 0:
        return Outcome(None, None, "the values do not vary")
    # Residuals over their deviation stand in the order of the residuals.
    mean, here = mean_ranks(np.column_stack([found.residuals, scar / spread * found.deviation]))
    sessions = len(mean)
    z = mean[-1] / np.sqrt((here / len(scar) * mean**2).mean())
    left = sessions - 1 - z**2
    if left <= 0:
        return Outcome(None, None, "one session holds all of the variance")
    return _student(float(z * np.sqrt((sessions - 2) / left)), sessions - 2)
