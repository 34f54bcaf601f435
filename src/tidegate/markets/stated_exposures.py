"""Shares of revenue that measures touch, as a file states them or as the ledger has them, known on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tidegate.catalog import load_catalog
from tidegate.dates import parse_day
from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.ledger.ledger import as_day
from tidegate.markets.exposure_panel import Share, exposure_shares
from tidegate.markets.inputs import read_rows

__all__ = ["Exposed", "ExposureSource", "Exposures", "LedgerExposures", "read_exposures"]


class Exposed(NamedTuple):
    """Shares of revenue, 0 to 1, shape (tickers, days), NaN where not known; and why not, by row and column."""

    shares: NDArray[np.float64]
    why: Callable[[int, int], str | None]


class ExposureSource(Protocol):
    """What knows exposures at the ends of months."""

    def at(self, tickers: Sequence[str], days: NDArray[np.datetime64]) -> Exposed:
        """Return the share of revenue known before each day."""


@dataclass(frozen=True, slots=True)
class LedgerExposures:
    """Exposure of companies by the ledger: revenue in a destination that measures touch, the central estimate."""

    ledger: Ledger
    destination: str = "CN"

    def at(self, tickers: Sequence[str], days: NDArray[np.datetime64]) -> Exposed:
        """Return the share of revenue at risk as it was known on the day before each day.

        A company whose ticker the catalog does not have is unknown, not 0: a ticker is no name (TEL is not Tokyo
        Electron).
        """
        ids = {party.ticker: party.id for party in load_catalog().parties.values() if party.ticker}
        asked = [ids[ticker] for ticker in tickers if ticker in ids]
        before: list[dt.date] = (days - np.timedelta64(1, "D")).tolist()
        found = exposure_shares(self.ledger, asked, [day.isoformat() for day in before], self.destination)
        by_day = [found[as_day(day.isoformat())] for day in before]

        def known(row: int, month: int) -> Share:
            company = ids.get(tickers[row])
            return by_day[month][company] if company else "no company of the catalog has this ticker"

        shares = np.full((len(tickers), len(days)), np.nan)
        for row, month in np.ndindex(shares.shape):
            share = known(row, month)
            if not isinstance(share, str):
                shares[row, month] = share[1] / 100

        def why(row: int, month: int) -> str | None:
            share = known(row, month)
            return share if isinstance(share, str) else None

        return Exposed(shares, why)


@dataclass(frozen=True, slots=True)
class Exposures:
    """Exposure by ticker: from which day on it was known, and the share of revenue, 0 to 1; in order of days."""

    of: Mapping[str, tuple[tuple[dt.date, float], ...]]

    def at(self, tickers: Sequence[str], days: NDArray[np.datetime64]) -> Exposed:
        """Return the last share known before each day."""
        found = np.full((len(tickers), len(days)), np.nan)
        for row, ticker in enumerate(tickers):
            steps = self.of.get(ticker, ())
            if not steps:
                continue
            known = np.asarray([day for day, _ in steps], dtype="datetime64[D]")
            at = np.searchsorted(known, days, side="left") - 1
            shares = np.asarray([share for _, share in steps])
            found[row, at >= 0] = shares[at[at >= 0]]

        def why(row: int, month: int) -> str | None:
            return None if np.isfinite(found[row, month]) else "no exposure was known by then"

        return Exposed(found, why)


def read_exposures(path: str | Path) -> Exposures:
    """Return the exposures of a CSV file with the columns ticker, known_by and share (0 to 1).

    Raises: BadInputError: naming the row.
    """
    found: dict[str, dict[dt.date, float]] = {}
    for number, row in read_rows(Path(path), ("ticker", "known_by", "share")):
        try:
            day, share = parse_day(row["known_by"]), float(row["share"])
        except ValueError as error:
            raise BadInputError(
                f"{path}:{number}: {error}. Write YYYY-MM-DD, and 0.2 for a fifth of revenue."
            ) from None
        if not row["ticker"] or not 0 <= share <= 1:
            raise BadInputError(
                f"{path}:{number}: a row needs a ticker and a share from 0 to 1; 0.2 is a fifth of revenue."
            )
        if found.setdefault(row["ticker"], {}).setdefault(day, share) != share:
            raise BadInputError(f"{path}:{number}: {row['ticker']} has two shares on {day}. Keep one.")
    return Exposures({ticker: tuple(sorted(rows.items())) for ticker, rows in found.items()})
