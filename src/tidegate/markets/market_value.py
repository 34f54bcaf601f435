"""Market value at the end of a month: as a file states it, else price times shares on one split basis.

An adjusted close is not a quote: it is below what was paid by the dividends paid since, so that this product
is an approximation, and the result says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.markets.as_of import AsOf, as_of
from tidegate.markets.month_ends import MonthEnds
from tidegate.markets.splits import StatedSplits
from tidegate.sources.fundamentals import Fundamentals
from tidegate.sources.prices import Prices

__all__ = ["MarketValue", "approximation", "market_value", "unstated_splits"]

SPLIT_LIKE = 1.9
"""From one count to the next: a ratio that a split makes and hardly anything else; assumption."""


@dataclass(frozen=True, eq=False)
class MarketValue:
    """Market value, shape (tickers, M), NaN where not known, and from what it was worked out."""

    values: NDArray[np.float64]
    stated: AsOf | None
    shares: AsOf | None

    def reason(self, row: int, month: int) -> str | None:
        """Return why that of a ticker is not known in a month; None where it is."""
        if np.isfinite(self.values[row, month]):
            return None
        told = (part.reason(row, month) for part in (self.shares, self.stated) if part is not None)
        return next((reason for reason in told if reason), "no price at the end of the month")


def market_value(
    files: Sequence[Fundamentals], splits: StatedSplits | None, prices: Prices, ends: MonthEnds
) -> MarketValue:
    """Return the market value of each ticker at the ends of months."""
    held = {item for file in files for item in file.items}
    stated = as_of(files, "market_value", ends.tickers, ends.days) if "market_value" in held else None
    shares = None
    values = np.full(ends.close.shape, np.nan)
    if splits is not None and "shares_outstanding" in held:
        shares = as_of(files, "shares_outstanding", ends.tickers, ends.days)
        values = ends.close * shares.values
        for row, ticker in enumerate(ends.tickers):
            for month in np.flatnonzero(np.isfinite(values[row])) if ticker in splits.of else ():
                values[row, month] *= splits.factor(ticker, shares.ends[row, month].item())
    if stated is not None:
        values = np.where(np.isfinite(stated.values), stated.values, values)
    return MarketValue(values, stated, shares)


def approximation(prices: Prices) -> str:
    """Return what a market value from these prices is worth, in words."""
    if "adj" in prices.column.lower():
        return (
            f"market value is {prices.column} times shares: an adjusted close is no quote, it is lower than what was "
            "paid by the dividends paid since. A share that has paid 2 percent a year looks 2 percent a year cheaper "
            "in the past; that is knowledge of later days, small beside the spread of P/E, and no exact P/E."
        )
    return (
        f"market value is the column '{prices.column}' times shares, on the split basis that --splits states."
    )


def unstated_splits(files: Sequence[Fundamentals], splits: StatedSplits | None) -> tuple[str, ...]:
    """Return counts of shares that move as by a split which nobody stated; the figures are used as they are."""
    found = []
    for file in files:
        before = None
        for fact in file.facts:
            if fact.item != "shares_outstanding":
                continue
            if before is not None and before.ticker == fact.ticker and before.ends < fact.ends:
                stated = splits or StatedSplits()
                one = before.value * stated.factor(fact.ticker, before.ends)
                ratio = fact.value * stated.factor(fact.ticker, fact.ends) / one
                if max(ratio, 1 / ratio) >= SPLIT_LIKE:
                    found.append(
                        f"the shares of {fact.ticker} move by {ratio:.3g} from {before.ends} to {fact.ends}, as by a "
                        f"split: state it with --splits if it is one ({file.path})."
                    )
            before = fact
    return tuple(found)
