"""Published numbers of a momentum ranking, computed as their row says."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tidegate.dates import parse_day
from tidegate.errors import BadInputError
from tidegate.markets.momentum import Momentum, momentum
from tidegate.markets.target_words import scale_of
from tidegate.sources.prices import Prices

__all__ = ["is_ranking", "ranking_value", "read_universe"]

_MODEL = re.compile(
    r"(\d+)[-_/ ]+(\d+)[- ]*(?:month )?momentum|momentum[ (]*(\d+)[-_/, ]+(\d+)", re.IGNORECASE
)


def is_ranking(row: Mapping[str, str]) -> bool:
    """Whether a row is about a ranking, not an event."""
    return row.get("kind", "").endswith("ranking") or bool(_MODEL.search(row["model"]))


def read_universe(prices: Prices, path: Path | None = None) -> tuple[str, ...] | None:
    """Return the shares that are ranked: those with a sector in `tickers.csv` beside the prices; None without
    it.

    path: another file with the columns `ticker` and `sector`. Raises: BadInputError: if it lacks a column.
    """
    place = path or prices.shares_file
    if not place.is_file():
        return None
    with place.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not {"ticker", "sector"} <= set(reader.fieldnames or ()):
            raise BadInputError(f"{place}:1: columns ticker and sector are needed. Give both.")
        return tuple(row["ticker"] for row in reader if row["sector"])


def ranking_value(
    row: Mapping[str, str], prices: Prices, universe: Sequence[str] | None, said: list[str]
) -> float:
    """Return the value of a row. Raises: BadInputError: if it cannot be computed, with the reason."""
    found = _MODEL.search(row["model"])
    if found is None:
        raise BadInputError(f"the ranking '{row['model']}' is not one that is known here")
    if universe is None:
        raise BadInputError(
            "a ranking needs a universe: tickers.csv with ticker and sector beside the prices"
        )
    how = row.get("how", "")
    until = re.search(r"\bto (\d{4}-\d{2}-\d{2})", how)
    last = parse_day(until[1]) if until else None
    span, skip = int(found[1] or found[3]), int(found[2] or found[4])
    ranked = _between(
        momentum(prices, universe, span, skip, last), f"{row['statistic']} {row['event_window']}"
    )
    said.append(
        f"{len(ranked.tickers)} shares with a sector that the file has; today's members look better than they were"
    )
    return _measure(row, ranked)


def _measure(row: Mapping[str, str], ranked: Momentum) -> float:
    words = row["statistic"].lower().replace("_", " ")
    scale = scale_of(row.get("unit", ""))
    chosen = re.search(r"(?:top|best) (\d+)", words)
    top = int(chosen[1]) if chosen else None
    if re.search(r"bottom|worst|long[- ]short|decile|quintile|quantile", words):
        raise BadInputError(f"'{row['statistic']}' of a ranking is not one that is known here")
    is_t = bool(re.search(r"\bt\b|t[- ]?stat", words))
    if re.search(r"\bic\b|information coefficient", words):
        ic = ranked.rank_ic()
        if re.search(r"number of months|months counted", words):
            return float(len(ic))
        if is_t:
            return _t(ic)
        if re.search(r"standard deviation|\bsd\b", words):
            return float(ic.std(ddof=1))
        if "positive" in words:
            return float((ic > 0).mean()) * (100 if row.get("unit") in ("percent", "%") else 1)
        return float(np.median(ic) if "median" in words else ic.mean())
    if "turnover" in words and top:
        return float(ranked.turnover(top).mean()) * (100 if row.get("unit") in ("percent", "%") else 1)
    if top and re.search(r"excess|over the|return", words):
        excess = ranked.excess(top)
        return _t(excess) if is_t else 100 * float(excess.mean()) * (1.0 if scale is None else scale)
    if re.search(r"\brank\b|\bscore\b|momentum", words) and row["event_date"]:
        month = row["event_date"][:7]
        value = ranked.rank(row["ticker"], month) if "rank" in words else ranked.score(row["ticker"], month)
        if value is None:
            raise BadInputError(f"'{row['ticker']}' has no score in {month}")
        is_percent = "rank" not in words and row.get("unit") in ("percent", "%")
        return 100 * float(value) if is_percent else float(value)
    raise BadInputError(f"'{row['statistic']}' of a ranking is not one that is known here")


def _t(values: NDArray[np.float64]) -> float:
    return float(values.mean() / values.std(ddof=1) * np.sqrt(len(values)))


def _between(ranked: Momentum, words: str) -> Momentum:
    """The months of the years that a statistic names, all of them where it names none."""
    years = re.search(r"(\d{4})-(\d{4})", words)
    if not years:
        return ranked
    year = ranked.months.astype("datetime64[Y]").astype(int) + 1970
    kept = (year >= int(years[1])) & (year <= int(years[2]))
    return Momentum(ranked.tickers, ranked.months[kept], ranked.scores[:, kept], ranked.ahead[:, kept])
