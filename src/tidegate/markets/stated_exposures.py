"""Shares of revenue that measures touch, as a file states them, each with the day it was known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tidegate.dates import parse_day
from tidegate.errors import BadInputError
from tidegate.markets.inputs import read_rows

__all__ = ["ExposureSource", "Exposures", "read_exposures"]


class ExposureSource(Protocol):
    """What knows exposures at the ends of months."""

    def at(self, tickers: Sequence[str], days: NDArray[np.datetime64]) -> NDArray[np.float64]:
        """Return the share of revenue known before each day, shape (tickers, days), NaN where it was not."""


@dataclass(frozen=True, slots=True)
class Exposures:
    """Exposure by ticker: from which day on it was known, and the share of revenue, 0 to 1; in order of days."""

    of: Mapping[str, tuple[tuple[dt.date, float], ...]]

    def at(self, tickers: Sequence[str], days: NDArray[np.datetime64]) -> NDArray[np.float64]:
        """Return the last share known before each day, shape (tickers, days), NaN where none was."""
        found = np.full((len(tickers), len(days)), np.nan)
        for row, ticker in enumerate(tickers):
            steps = self.of.get(ticker, ())
            if not steps:
                continue
            known = np.asarray([day for day, _ in steps], dtype="datetime64[D]")
            at = np.searchsorted(known, days, side="left") - 1
            shares = np.asarray([share for _, share in steps])
            found[row, at >= 0] = shares[at[at >= 0]]
        return found


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
