"""What a price file holds: a grid of tickers by days, gaps where it has no price, and what was odd about
it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import BadInputError, NotFoundError

__all__ = ["SHARES_FILE", "Prices", "Split"]

SHARES_FILE = "tickers.csv"
"""What the shares are, in the folder of their prices: ticker, sector."""

FACTORS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100)
"""Whole numbers for which shares are commonly split or put together; 3 for 2 and 5 for 4 are too near a bad
day."""

NEARNESS = 0.04
"""How near to the factor of a split a price must move, as a share, to be told of."""


class Split(NamedTuple):
    """A price that moves from one day to the next as a split would move it, where the file is not adjusted.

    ratio: the price after over the price before.
    """

    ticker: str
    day: dt.date
    ratio: float

    def __str__(self) -> str:
        factor = round(max(self.ratio, 1 / self.ratio))
        kind = f"{factor} for 1" if self.ratio < 1 else f"1 for {factor}"
        return (
            f"{self.ticker} on {self.day}: the price moves by a factor of {self.ratio:.3g}, like a split of {kind} "
            "that the file is not adjusted for. Take the adjusted column if there is one."
        )


@dataclass(frozen=True, eq=False)
class Prices:
    """Daily closing prices.

    tickers: as the file writes them, in order of the alphabet. days: datetime64[D], shape (days,), rising:
    the days on which any of them has a price. close: float, shape (tickers, days), in the currency of the
    ticker, NaN where the file has no price: a missing day is not a zero. column: the column the prices were
    read from. notes: what was odd.
    """

    path: str
    tickers: tuple[str, ...]
    days: NDArray[np.datetime64]
    close: NDArray[np.float64]
    column: str = "close"
    notes: tuple[str, ...] = ()

    @property
    def shares_file(self) -> Path:
        """Where `tickers.csv` lies, if it is there: beside the prices, or in their folder."""
        own = Path(self.path)
        return (own if own.is_dir() else own.parent) / SHARES_FILE

    @classmethod
    def of(
        cls,
        tickers: Sequence[str],
        days: Iterable[Any],
        close: Any,  # noqa: ANN401
        path: str = "prices",
    ) -> Prices:
        """Return prices given as arrays. close: shape (tickers, days), NaN where there is no price.

        Raises: BadInputError: if the shapes do not fit, a day or ticker stands twice, or a price is not above
        0.
        """
        named = np.asarray(list(days), dtype="datetime64[D]")
        table = np.asarray(close, dtype=float)
        if table.shape != (len(tickers), len(named)):
            raise BadInputError(
                f"{path}: prices have the shape {table.shape}, for {len(tickers)} tickers and {len(named)} days. "
                "Give one row a ticker and one column a day."
            )
        if len(set(tickers)) < len(tickers) or len(np.unique(named)) < len(named):
            raise BadInputError(f"{path}: a ticker or a day stands twice. Give each once.")
        wrong = np.argwhere(~(np.isnan(table) | ((table > 0) & np.isfinite(table))))
        if len(wrong):
            row, column = wrong[0]
            raise BadInputError(
                f"{path}: the price of {tickers[row]} on {named[column]} is {table[row, column]}. A price is above 0; "
                "leave a day without one as NaN."
            )
        rows, columns = np.argsort(np.asarray(tickers, dtype=str), kind="stable"), np.argsort(named)
        return cls(path, tuple(tickers[row] for row in rows), named[columns], table[np.ix_(rows, columns)])

    @cached_property
    def places(self) -> dict[str, int]:
        """The row of each ticker."""
        return {ticker: place for place, ticker in enumerate(self.tickers)}

    def __contains__(self, ticker: object) -> bool:
        return ticker in self.places

    def of_ticker(self, ticker: str) -> NDArray[np.float64]:
        """Return the prices of a ticker, shape (days,). Raises: NotFoundError: naming tickers that are
        near.
        """
        if ticker not in self.places:
            from rapidfuzz import process

            near = [match[0] for match in process.extract(ticker, self.tickers, limit=3)]
            raise NotFoundError(f"{self.path} has no ticker '{ticker}'. Near: {', '.join(near)}.")
        found: NDArray[np.float64] = self.close[self.places[ticker]]
        return found

    def only(self, tickers: Iterable[str]) -> Prices:
        """Return the prices of some tickers, on the days on which any of them has one."""
        kept = sorted(set(tickers))
        table = np.stack([self.of_ticker(ticker) for ticker in kept])
        held = ~np.isnan(table).all(axis=0)
        return replace(self, tickers=tuple(kept), days=self.days[held], close=table[:, held])

    def splits(self) -> tuple[Split, ...]:
        """Return the moves that look like splits which the file is not adjusted for."""
        found = []
        for ticker, line in zip(self.tickers, self.close, strict=True):
            held = np.flatnonzero(~np.isnan(line))
            ratio = line[held[1:]] / line[held[:-1]]
            size = np.maximum(ratio, 1 / ratio)
            for place in np.flatnonzero(size > FACTORS[0] * (1 - NEARNESS)):
                nearest = min(FACTORS, key=lambda factor: abs(size[place] / factor - 1))
                if abs(size[place] / nearest - 1) <= NEARNESS:
                    day: dt.date = self.days[held[place + 1]].item()
                    found.append(Split(ticker, day, float(ratio[place])))
        return tuple(found)
