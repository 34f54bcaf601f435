"""Prices at the ends of months, and the return of the month that follows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import BadInputError, NotFoundError
from tidegate.markets.exchanges import exchange_of, sessions_of
from tidegate.sources.prices import Prices

__all__ = ["MonthEnds", "last_whole_month", "month_ends"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MonthEnds:
    """Prices at the ends of months.

    months: datetime64[M], shape (M,), rising. days: datetime64[D], the last day of each month that the file
    has. close: shape (tickers, M), the last price of each ticker in the month, NaN where it has none. seen:
    datetime64[D], the day of that price, NaT where there is none.
    """

    tickers: tuple[str, ...]
    months: NDArray[np.datetime64]
    days: NDArray[np.datetime64]
    close: Floats
    seen: NDArray[np.datetime64]

    @property
    def ahead(self) -> Floats:
        """Return of the month that follows, shape (tickers, M), NaN where a price lacks."""
        found = np.full(self.close.shape, np.nan)
        found[:, :-1] = self.close[:, 1:] / self.close[:, :-1] - 1
        # Where the file has no day of a whole month, the next column is not the next month.
        gap = np.flatnonzero(np.diff(self.months.astype(int)) != 1)
        found[:, gap] = np.nan
        return found


def month_ends(prices: Prices, tickers: Sequence[str], last: dt.date | None = None) -> MonthEnds:
    """Return the month-end prices of the tickers that the file has. last: use no price after it."""
    kept = tuple(sorted({ticker for ticker in tickers if ticker in prices}))
    days = prices.days if last is None else prices.days[prices.days <= np.datetime64(last)]
    close = prices.close[[prices.places[ticker] for ticker in kept]][:, : len(days)]
    months, starts = np.unique(days.astype("datetime64[M]"), return_index=True)
    ends = np.full((len(kept), len(months)), np.nan)
    seen = np.full((len(kept), len(months)), np.datetime64("NaT"), dtype="datetime64[D]")
    stops = [*starts[1:].tolist(), len(days)]
    for number, (start, end) in enumerate(zip(starts, stops, strict=True)):
        # The last price of the month that each share has.
        part = close[:, start:end]
        place = part.shape[1] - 1 - np.isfinite(part[:, ::-1]).argmax(axis=1)
        ends[:, number] = part[np.arange(len(kept)), place]
        seen[:, number] = np.where(np.isnan(ends[:, number]), np.datetime64("NaT"), days[start:end][place])
    final = days[np.asarray(stops, dtype=int) - 1] if len(days) else days
    return MonthEnds(kept, months, final, ends, seen)


def last_whole_month(found: MonthEnds) -> np.datetime64:
    """Return the last month whose last session the file has, by the exchange that most of the tickers trade on.

    Raises: BadInputError: if there is none.
    """
    named: Counter[str] = Counter()
    for ticker in found.tickers:
        try:
            named[exchange_of(ticker).id] += 1
        except NotFoundError:
            named["XNYS"] += 1
    if len(found.months):
        month, day = found.months[-1], found.days[-1]
        year = int(str(month)[:4])
        sessions = sessions_of(named.most_common(1)[0][0], year, year).days
        own = sessions[sessions.astype("datetime64[M]") == month]
        if not len(own) or day >= own[-1]:
            return np.datetime64(month, "M")
        if len(found.months) > 1:
            return np.datetime64(found.months[-2], "M")
    raise BadInputError("The prices do not reach the end of a month. Give more of them.")
