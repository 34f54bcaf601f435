"""Market value at the end of a month: as a file states it, else price times shares on one split basis.

An adjusted close is not a quote: it is below what was paid by the dividends paid since, so that this product
is an approximation, and the result says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tidegate.markets.as_of import LEAP, AsOf, as_of
from tidegate.markets.month_ends import MonthEnds
from tidegate.markets.splits import StatedSplits
from tidegate.sources.fundamentals import Fundamentals
from tidegate.sources.prices import Prices

__all__ = ["MarketValue", "approximation", "leaps", "market_value"]


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
        shares = as_of(
            [_split(file, splits) for file in files], "shares_outstanding", ends.tickers, ends.days
        )
        values = ends.close * shares.values
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


def leaps(files: Sequence[Fundamentals], splits: StatedSplits) -> str | None:
    """Return which counts of shares leap from the one before, in words; None where none does."""
    found = []
    for file in files:
        before = None
        for fact in _split(file, splits).facts:
            if fact.item != "shares_outstanding":
                continue
            if before is not None and before.ticker == fact.ticker and before.ends < fact.ends:
                ratio = fact.value / before.value
                if ratio >= LEAP or ratio <= 1 / LEAP:
                    found.append(f"{fact.ticker} {fact.ends} (by {ratio:.3g})")
            before = fact
    if not found:
        return None
    return (
        f"{len(found)} counts of shares leap from the one before and are unknown until the next agrees: "
        f"{', '.join(found[:6])}{' ...' if len(found) > 6 else ''}. Where one is a split, state it with --splits."
    )


def _split(file: Fundamentals, splits: StatedSplits) -> Fundamentals:
    """The file with its counts of shares on the basis of the prices."""
    return replace(
        file,
        facts=tuple(
            fact._replace(value=fact.value * splits.factor(fact.ticker, fact.ends))
            if fact.item == "shares_outstanding" and fact.ticker in splits.of
            else fact
            for fact in file.facts
        ),
    )
