"""Returns by session: each exchange on its own axis of sessions, benchmarks brought onto the axis of the
shares.

The axis of an exchange has the sessions of its calendar on which any share in the file that trades there has
a price. A return runs from one such session to the next; where a share lacks either price it has none, never
a zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import NotFoundError
from tidegate.markets.exchanges import Exchange, Sessions, exchange_of, sessions_of
from tidegate.sources.prices import Prices

__all__ = ["Axis", "Panel"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Axis:
    """The sessions of one exchange. days: datetime64[D], shape (sessions,)."""

    exchange: Exchange
    days: NDArray[np.datetime64]

    def place(self, day: object) -> int | None:
        """Return the place of a session, None where the file has no price on it."""
        wanted = np.datetime64(day, "D")  # type: ignore[call-overload]
        at = int(np.searchsorted(self.days, wanted))
        return at if at < len(self.days) and self.days[at] == wanted else None


@dataclass(eq=False)
class Panel:
    """Returns of the shares of a price file. log: logarithmic instead of simple ones. years: further
    years that the calendars are to cover, first and last. notes: what was odd.
    """

    prices: Prices
    log: bool = False
    years: tuple[int, int] | None = None
    notes: list[str] = field(default_factory=list)
    _axes: dict[str, Axis] = field(default_factory=dict)
    _lines: dict[tuple[str, str], Floats] = field(default_factory=dict)

    def axis(self, exchange: Exchange) -> Axis:
        """Return the sessions of an exchange on which the file has a price."""
        if exchange.id not in self._axes:
            own = [place for ticker, place in self.prices.places.items() if _trades_on(ticker, exchange.id)]
            traded = self.prices.days[~np.isnan(self.prices.close[own]).all(axis=0)]
            sessions = self.sessions(exchange.id)
            is_session = np.isin(traded, sessions.days)
            if not is_session.all():
                days = traded[~is_session]
                self.notes.append(
                    f"Prices on days that are no sessions of {exchange.name} were left out: {_some(days)}."
                )
            kept = traded[is_session]
            if len(kept):
                inside = sessions.days[(sessions.days >= kept[0]) & (sessions.days <= kept[-1])]
                gone = np.setdiff1d(inside, kept)
                if len(gone):
                    self.notes.append(
                        f"Sessions of {exchange.name} without a price in the file, over which a return runs: "
                        f"{_some(gone)}."
                    )
            self._axes[exchange.id] = Axis(exchange, kept)
        return self._axes[exchange.id]

    def sessions(self, exchange: str) -> Sessions:
        """Return the calendar of an exchange over the years of the file and of the events."""
        first, last = (int(str(day)[:4]) for day in (self.prices.days[0], self.prices.days[-1]))
        if self.years:
            first, last = min(first, self.years[0]), max(last, self.years[1])
        return sessions_of(exchange, first, last)

    def returns(self, ticker: str, exchange: Exchange) -> Floats:
        """Return the returns of a share or benchmark on the sessions of an exchange, shape (sessions,); the
        first is NaN.

        A benchmark of another exchange counts with its last close before that of the session: nothing from
        later is used. Raises: NotFoundError: if the file lacks the ticker.
        """
        key = (ticker, exchange.id)
        if key not in self._lines:
            self._lines[key] = self._returns(ticker, exchange)
        return self._lines[key]

    def benchmark(self, exchange: Exchange, wanted: str | None) -> str | None:
        """Return the benchmark of an exchange: the one wanted, else the first of its own that the file
        has.
        """
        if wanted is not None:
            self.prices.of_ticker(wanted)
            return wanted
        return next((ticker for ticker in exchange.benchmarks if ticker in self.prices), None)

    def _returns(self, ticker: str, exchange: Exchange) -> Floats:
        close, days = self.prices.of_ticker(ticker), self.axis(exchange).days
        home = exchange_of(ticker)
        if home.id == exchange.id:
            line = close[np.searchsorted(self.prices.days, days)]
        else:
            away = self.axis(home).days
            values = close[np.searchsorted(self.prices.days, away)]
            away, values = away[~np.isnan(values)], values[~np.isnan(values)]
            last = (
                np.searchsorted(self._closes(home.id, away), self._closes(exchange.id, days), side="right")
                - 1
            )
            line = (
                np.where(last >= 0, values[np.maximum(last, 0)], np.nan)
                if len(values)
                else np.full(len(days), np.nan)
            )
        found = np.full(len(days), np.nan)
        ratio = line[1:] / line[:-1]
        found[1:] = np.log(ratio) if self.log else ratio - 1
        return found

    def _closes(self, exchange: str, days: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
        sessions = self.sessions(exchange)
        found: NDArray[np.datetime64] = sessions.closes[np.searchsorted(sessions.days, days)]
        return found


def _trades_on(ticker: str, exchange: str) -> bool:
    try:
        return exchange_of(ticker).id == exchange
    except NotFoundError:
        return False


def _some(days: NDArray[np.datetime64]) -> str:
    return ", ".join(str(day) for day in days[:5]) + (f" and {len(days) - 5} more" if len(days) > 5 else "")
