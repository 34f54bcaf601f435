"""Who is ranked, in which sector, and since when: a file, or a list of tickers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tidegate.dates import parse_day
from tidegate.errors import BadInputError
from tidegate.markets.inputs import read_rows
from tidegate.sources.prices import Prices

__all__ = ["ALL", "Membership", "Universe", "read_membership", "universe_of"]

ALL = "all"
"""The sector of every name where no sectors are given."""

Membership = Mapping[str, tuple[tuple[dt.date, dt.date | None], ...]]
"""Spells of membership by ticker: first and last day, None while it lasts."""


@dataclass(frozen=True, slots=True)
class Universe:
    """Names that are ranked.

    tickers: in order of the alphabet. sectors: by ticker; all `ALL` where none are known. membership: None where
    only one list is given, that of the day it was made. numbers: SEC numbers by ticker, where known. path:
    where the list is from.
    """

    tickers: tuple[str, ...]
    sectors: Mapping[str, str] = field(default_factory=dict)
    membership: Membership | None = None
    numbers: Mapping[int, str] = field(default_factory=dict)
    path: str = "tickers"

    def sector(self, ticker: str) -> str:
        """Return the sector of a name."""
        return self.sectors.get(ticker, ALL)

    def members(self, tickers: Sequence[str], days: NDArray[np.datetime64]) -> NDArray[np.bool_]:
        """Return who was a member on each day, shape (tickers, days); without a membership everybody always."""
        if self.membership is None:
            return np.ones((len(tickers), len(days)), dtype=bool)
        found = np.zeros((len(tickers), len(days)), dtype=bool)
        for row, ticker in enumerate(tickers):
            for first, last in self.membership.get(ticker, ()):
                found[row] |= (days >= np.datetime64(first)) & (
                    days <= np.datetime64(last) if last else np.True_
                )
        return found


def universe_of(
    prices: Prices,
    named: str | Path | None = None,
    sectors: str | Path | None = None,
    membership: str | Path | None = None,
) -> Universe:
    """Return the names to rank.

    named: a CSV file with the column ticker (and sector, cik), or tickers with commas between; without it those of
    `membership`, else those with a sector in `tickers.csv` beside the prices, else all of the prices but indices.
    sectors: a CSV file with ticker and sector, or `none` to compare everybody with everybody.
    membership: one with ticker, from and to.
    Raises: BadInputError: naming file, row and mend.
    """
    beside = Path(prices.path).parent / "tickers.csv"
    spells = read_membership(membership) if membership is not None else None
    own: dict[str, dict[str, str]] = {}
    path = str(named or membership or prices.path)
    if named is None and spells is None and beside.is_file():
        own = {ticker: row for ticker, row in _listed(beside).items() if row.get("sector")}
        path = str(beside)
    elif named is not None and (Path(named).is_file() or str(named).lower().endswith(".csv")):
        own = _listed(Path(named))
    elif named is not None:
        own = {word.strip(): {} for word in str(named).split(",") if word.strip()}
        path = "the tickers named"
    elif spells is not None:
        own = {ticker: {} for ticker in spells}
    # An index is no share, whatever else the file has.
    tickers = sorted(own) or sorted(ticker for ticker in prices.tickers if not ticker.startswith("^"))
    found = {ticker: row["sector"] for ticker, row in own.items() if row.get("sector")}
    if str(sectors) == "none":
        return Universe(tuple(tickers), {}, spells, _numbers(own), path)
    if sectors is not None:
        found = {ticker: row.get("sector", "") for ticker, row in _listed(Path(sectors), "sector").items()}
    elif not found and beside.is_file():
        found = {ticker: row.get("sector", "") for ticker, row in _listed(beside).items()}
    found = {ticker: found[ticker] for ticker in tickers if found.get(ticker)}
    if found and len(found) < len(tickers):
        # A name without a sector is compared with the others without one, never with those of a sector.
        found |= {ticker: "no sector given" for ticker in tickers if ticker not in found}
    return Universe(tuple(tickers), found, spells, _numbers(own), path)


def read_membership(path: str | Path) -> Membership:
    """Return who was a member when, from a CSV file with the columns ticker, from and to.

    `to` is the last day, empty while the spell lasts. Raises: BadInputError: naming the row.
    """
    found: dict[str, list[tuple[dt.date, dt.date | None]]] = {}
    for number, row in read_rows(Path(path), ("ticker", "from", "to")):
        try:
            first, last = parse_day(row["from"]), parse_day(row["to"]) if row["to"] else None
        except ValueError as error:
            raise BadInputError(
                f"{path}:{number}: {error}. Write YYYY-MM-DD; leave 'to' empty while it lasts."
            ) from None
        if not row["ticker"] or (last is not None and last < first):
            raise BadInputError(
                f"{path}:{number}: a row needs a ticker, and 'to' not before 'from'. Mend it."
            )
        found.setdefault(row["ticker"], []).append((first, last))
    if not found:
        raise BadInputError(f"{path}: there is no member in the file. Give at least one row.")
    return {ticker: tuple(sorted(rows, key=lambda row: row[0])) for ticker, rows in found.items()}


def _numbers(listed: Mapping[str, Mapping[str, str]]) -> dict[int, str]:
    return {int(row["cik"]): ticker for ticker, row in listed.items() if row.get("cik", "").isdigit()}


def _listed(path: Path, *needed: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for number, row in read_rows(path, ("ticker", *needed)):
        if not row["ticker"]:
            raise BadInputError(f"{path}:{number}: the row has no ticker. Give one or take the row out.")
        if row["ticker"] in found:
            raise BadInputError(f"{path}:{number}: '{row['ticker']}' stands twice. Keep one row.")
        found[row["ticker"]] = row
    return found
