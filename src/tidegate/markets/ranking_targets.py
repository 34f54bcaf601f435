"""Published numbers of a momentum ranking, computed as their row says."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tidegate.dates import parse_day
from tidegate.errors import BadInputError
from tidegate.markets.momentum import Momentum, momentum
from tidegate.sources.prices import Prices

__all__ = ["is_ranking", "ranking_value", "read_universe"]

_MODEL = re.compile(r"(\d+)-(\d+) momentum")


def is_ranking(row: Mapping[str, str]) -> bool:
    """Whether a row is about a ranking, not an event."""
    return row.get("kind", "").endswith("ranking") or bool(_MODEL.search(row["model"]))


def read_universe(prices: Prices, path: Path | None = None) -> tuple[str, ...] | None:
    """Return the shares that are ranked: those with a sector in `tickers.csv` beside the prices; None without
    it.

    path: another file with the columns `ticker` and `sector`. Raises: BadInputError: if it lacks a column.
    """
    place = path or Path(prices.path).parent / "tickers.csv"
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
    ranked = _between(momentum(prices, universe, int(found[1]), int(found[2]), last), row["statistic"])
    said.append(
        f"{len(ranked.tickers)} shares with a sector that the file has; today's members look better than they were"
    )
    return _measure(row, ranked)


def _measure(row: Mapping[str, str], ranked: Momentum) -> float:
    words = row["statistic"].lower()
    top = re.search(r"top (\d+)", words)
    if re.search(r"\bic\b|information coefficient", words):
        ic = ranked.rank_ic()
        if re.search(r"\bt\b", words):
            return float(ic.mean() / ic.std(ddof=1) * np.sqrt(len(ic)))
        return float((ic > 0).mean() if "positive" in words else ic.mean())
    if "turnover" in words and top:
        return float(ranked.turnover(int(top[1])).mean())
    if top and re.search(r"excess|over the", words):
        return 100 * float(ranked.excess(int(top[1])).mean())
    if re.search(r"\brank\b|\bscore\b", words) and row["event_date"]:
        month = row["event_date"][:7]
        value = ranked.rank(row["ticker"], month) if "rank" in words else ranked.score(row["ticker"], month)
        if value is None:
            raise BadInputError(f"'{row['ticker']}' has no score in {month}")
        return float(value)
    raise BadInputError(f"'{row['statistic']}' of a ranking is not one that is known here")


def _between(ranked: Momentum, words: str) -> Momentum:
    """The months of the years that a statistic names, all of them where it names none."""
    years = re.search(r"(\d{4})-(\d{4})", words)
    if not years:
        return ranked
    year = ranked.months.astype("datetime64[Y]").astype(int) + 1970
    kept = (year >= int(years[1])) & (year <= int(years[2]))
    return Momentum(ranked.tickers, ranked.months[kept], ranked.scores[:, kept], ranked.ahead[:, kept])
