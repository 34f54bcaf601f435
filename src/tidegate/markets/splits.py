"""Splits that the user states: what brings share counts to the basis of the prices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tidegate.dates import parse_day
from tidegate.errors import BadInputError
from tidegate.markets.inputs import read_rows

__all__ = ["StatedSplits", "read_splits"]


@dataclass(frozen=True, slots=True)
class StatedSplits:
    """Splits by ticker: the day and how many shares one became. Share counts of days before are multiplied.

    None at all states that the counts are on the basis of the prices as they are.
    """

    of: Mapping[str, tuple[tuple[dt.date, float], ...]] = field(default_factory=dict)

    def factor(self, ticker: str, day: dt.date) -> float:
        """Return by what a count of shares of `day` is multiplied."""
        found = 1.0
        for on, ratio in self.of.get(ticker, ()):
            if day < on:
                found *= ratio
        return found


def read_splits(path: str | Path) -> StatedSplits:
    """Return the splits of a CSV file with the columns ticker, on and ratio (10: one share became ten).

    Raises: BadInputError: naming the row.
    """
    found: dict[str, list[tuple[dt.date, float]]] = {}
    for number, row in read_rows(Path(path), ("ticker", "on", "ratio")):
        try:
            on, ratio = parse_day(row["on"]), float(row["ratio"])
        except ValueError as error:
            raise BadInputError(
                f"{path}:{number}: {error}. Write YYYY-MM-DD, and 10 for ten shares from one."
            ) from None
        if not row["ticker"] or not 0.0001 < ratio < 10_000:
            raise BadInputError(
                f"{path}:{number}: a split needs a ticker and a ratio above 0, such as 10 for ten shares from one."
            )
        if on in {day for day, _ in found.get(row["ticker"], ())}:
            raise BadInputError(
                f"{path}:{number}: {row['ticker']} is split twice on {on}. Keep one of the two."
            )
        found.setdefault(row["ticker"], []).append((on, ratio))
    return StatedSplits({ticker: tuple(sorted(rows)) for ticker, rows in found.items()})
