"""Means over firm-events: raw and abnormal, with their band, every test, and the path around day 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tidegate.markets.correction import corrected
from tidegate.markets.models import Estimates
from tidegate.markets.significance import TESTS, Clusters, Outcome, all_tests, correlation, two_sided
from tidegate.markets.windows import FirmEvents

__all__ = ["GROUP_COLUMNS", "PATH_COLUMNS", "correct_groups", "mean_row", "path_rows"]

GROUP_COLUMNS = (
    "by", "name", "day0", "reading", "firms", "dates", "raw_percent", "caar_percent", "low_percent", "high_percent",
    "median_car_percent", "negative_share", "test", "statistic", "p", "p_corrected",
    *(f"{name}{end}" for name in TESTS for end in ("", "_p")), "correlation", "confounders", "why",
)  # fmt: skip
FEW = 5
"""Firm-events below which the spread between them says little: of two, it is one difference."""

_ON_SPREAD = ("t_cross", "bmp", "kp", "grank")

PATH_COLUMNS = ("by", "name", "reading", "session", "firms", "caar_percent", "low_percent", "high_percent")


def mean_row(
    pairs: FirmEvents,
    rows: NDArray[np.int64],
    found: Estimates,
    clusters: Clusters,
    test: str,
    level: float,
    news: Mapping[int, Sequence[str]],
) -> dict[str, Any]:
    """Return the row of a mean over firm-events. test: the one whose p value counts. level: of the band. news:
    what else moved the shares, by place of the firm-event.
    """
    count = len(rows)
    together = correlation(found, clusters, pairs.design)
    tests = all_tests(found, clusters, pairs.design, together)
    chosen, used = tests[test], test
    if count == 1:
        # One share at one event: Student's t of the share itself is all there is.
        t = float(found.t[0])
        chosen, used = Outcome(t, two_sided(t, float(found.freedom[0]))), "t"
    why = chosen.why or None
    if 1 < count < FEW and used in _ON_SPREAD and chosen.value is not None:
        why = f"{used} rests on the spread between {count} firm-events, which is hardly known; t_time and corrado do not"
    mean, reach = float(found.car.mean()), _reach(found, together, level)
    days = np.unique(pairs.days[pairs.home[pairs.ticker[rows]], pairs.place[rows]])
    told = {one for place in np.unique(pairs.event[rows]) for one in pairs.events[place].confounders}
    by_news: dict[str, list[str]] = {}
    for place in rows.tolist() if news else ():
        for text in news.get(place, ()):
            by_news.setdefault(text, []).append(pairs.tickers[pairs.ticker[place]])
    told |= {f"{_few(tickers)}: {text}" for text, tickers in by_news.items()}
    row: dict[str, Any] = {
        "firms": count, "dates": len(days), "day0": str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}",
        "raw_percent": 100 * float(found.raw_car.mean()), "caar_percent": 100 * mean,
        "low_percent": None if reach is None else 100 * (mean - reach),
        "high_percent": None if reach is None else 100 * (mean + reach),
        "median_car_percent": 100 * float(np.median(found.car)), "negative_share": float((found.car < 0).mean()),
        "test": used, "statistic": chosen.value, "p": chosen.p, "p_corrected": None,
        "correlation": together if count > 1 else None, "why": why, "confounders": sorted(told),
    }  # fmt: skip
    for name, outcome in tests.items():
        row[name], row[f"{name}_p"] = outcome.value, outcome.p
    return row


def path_rows(
    pairs: FirmEvents, found: Estimates, together: float | None, level: float
) -> Iterator[dict[str, Any]]:
    """Yield the mean cumulative abnormal return session by session, of the firm-events that have the whole
    path.

    The band: residual variance of the estimation window with the error of prediction, widened for
    correlation.
    """
    design = pairs.design
    start = design.shown[0]
    sums = np.cumsum(found.abnormal[:, design.path[0] - start : design.path[1] - start + 1], axis=1)
    whole = np.isfinite(sums).all(axis=1)
    count = int(whole.sum())
    if not count:
        return
    mean = sums[whole].mean(axis=0)
    inflation = max(1 + (count - 1) * (together or 0.0), 0.0)
    deviation = np.sqrt((found.path_deviation[whole] ** 2).mean(axis=0) / count * inflation)
    reach = float(special.ndtri(0.5 + level / 2)) * deviation
    for session, middle, half in zip(
        range(design.path[0], design.path[1] + 1), mean.tolist(), reach.tolist(), strict=True
    ):
        yield {"session": session, "firms": count, "caar_percent": 100 * middle, "low_percent": 100 * (middle - half),
               "high_percent": 100 * (middle + half)}  # fmt: skip


def correct_groups(rows: Sequence[dict[str, Any]], correct: str) -> None:
    """Set p_corrected of the means that answer one question: those over the same level and reading."""
    families: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        if row["p"] is not None:
            families.setdefault((row["by"], row["reading"]), []).append(row)
    for family in families.values():
        chances = corrected(np.asarray([row["p"] for row in family]), correct)
        for row, chance in zip(family, chances.tolist(), strict=True):
            row["p_corrected"] = chance


def _few(tickers: Sequence[str]) -> str:
    names = list(dict.fromkeys(tickers))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _reach(found: Estimates, together: float, level: float) -> float | None:
    """Half the band of a mean CAR: its spread between firm-events, widened for correlation as in `kp`."""
    count = len(found.car)
    if count == 1:
        return float(special.stdtrit(found.freedom[0], 0.5 + level / 2) * found.car_deviation[0])
    wider = (1 + (count - 1) * together) / (1 - together) if together < 1 else -1.0
    if wider <= 0:
        return None
    quantile = float(special.stdtrit(count - 1, 0.5 + level / 2))
    return quantile * float(found.car.std(ddof=1)) * float(np.sqrt(wider / count))
