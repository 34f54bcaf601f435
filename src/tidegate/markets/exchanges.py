"""Stock exchanges: which one a ticker trades on, its sessions with their hours, and the clock of a
government.

Sessions and hours are those of exchange-calendars, half days and holidays included. All shares of one
exchange are taken to close together.
"""

from __future__ import annotations

import csv
import datetime as dt
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from tidegate import data
from tidegate.errors import BadInputError, MissingExtraError, NotFoundError
from tidegate.kept import digest, known, learn

__all__ = ["Exchange", "Sessions", "exchange_of", "exchanges", "sessions_of", "zone_of"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange. id: its ISO 10383 code. country: ISO 3166-1 alpha-2. suffixes: endings of its tickers at
    Yahoo.

    indices: tickers of indices that are quoted in its hours. benchmarks: tickers to measure its shares
    against, the first that a price file has.
    """

    id: str
    name: str
    country: str
    suffixes: tuple[str, ...]
    indices: tuple[str, ...]
    benchmarks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Sessions:
    """The sessions of an exchange between two days.

    days: datetime64[D], rising. closes: datetime64[s] in UTC, the end of each session.
    """

    exchange: Exchange
    days: NDArray[np.datetime64]
    closes: NDArray[np.datetime64]

    def first_after(self, moment: dt.datetime) -> dt.date:
        """Return the first session that is not over at `moment`: the first whose close could answer to it."""
        utc = np.datetime64(moment.astimezone(dt.UTC).replace(tzinfo=None), "s")
        place = int(np.searchsorted(self.closes, utc, side="right"))
        if place == len(self.days):
            raise BadInputError(
                f"No session of {self.exchange.name} after {moment} is known. Give an earlier event."
            )
        day: dt.date = self.days[place].item()
        return day


@lru_cache(maxsize=1)
def exchanges() -> Mapping[str, Exchange]:
    """Return the shipped exchanges by id."""

    def words(text: str) -> tuple[str, ...]:
        return tuple(word for word in text.split("|") if word)

    return {
        row["exchange"]: Exchange(
            row["exchange"],
            row["name"],
            row["country"],
            words(row["suffixes"]),
            words(row["indices"]),
            words(row["benchmarks"]),
        )
        for row in _rows("exchanges.csv")
    }


@lru_cache(maxsize=4096)
def exchange_of(ticker: str) -> Exchange:
    """Return the exchange that a ticker in the style of Yahoo trades on; one without an ending is American.

    >>> exchange_of("8035.T").id, exchange_of("NVDA").id, exchange_of("^N225").id
    ('XTKS', 'XNYS', 'XTKS')

    Raises: NotFoundError: if the ending is not among the shipped ones, or the ticker is a currency.
    """
    for exchange in exchanges().values():
        if ticker in exchange.indices or ticker in exchange.benchmarks:
            return exchange
    _, dot, ending = ticker.rpartition(".")
    for exchange in exchanges().values():
        if dot and ending in exchange.suffixes:
            return exchange
    # A class of shares is written with a stroke or, elsewhere, with one letter after a dot: BRK-B, BRK.B.
    if ticker.startswith("^") or "=" in ticker or (dot and len(ending) > 1):
        raise NotFoundError(
            f"The exchange of '{ticker}' is not known. Leave it out, or write it as Yahoo does: 8035.T."
        )
    return exchanges()["XNYS"]


@lru_cache(maxsize=64)
def sessions_of(exchange: str, first: int, last: int) -> Sessions:
    """Return the sessions of an exchange in the years `first` to `last`, both included, as far as they are known.

    Raises: MissingExtraError: if exchange-calendars is not installed.
    """
    found = _in_decades(exchange, first // 10 * 10, last // 10 * 10 + 9)
    wanted = (found.days >= np.datetime64(f"{first}-01-01")) & (found.days <= np.datetime64(f"{last}-12-31"))
    return Sessions(found.exchange, found.days[wanted], found.closes[wanted])


@lru_cache(maxsize=64)
def _in_decades(exchange: str, first: int, last: int) -> Sessions:
    """The sessions of whole decades: the library takes up to three seconds for some exchanges, so it is asked of few
    stretches of years, and its answers are kept (`tidegate.kept`).
    """
    try:
        key = digest("sessions", exchange, f"{first} {last}", version("exchange-calendars"))
    except PackageNotFoundError:
        raise _not_installed() from None
    if (raw := known([key]).get(key)) is None:
        days, closes = _of_library(exchange, first, last)
        learn({key: np.concatenate([days.astype(np.int64), closes.astype(np.int64)]).tobytes()})
    else:
        numbers = np.frombuffer(raw, dtype=np.int64)
        days, closes = (
            half.astype(f"datetime64[{unit}]") for half, unit in zip(np.split(numbers, 2), "Ds", strict=True)
        )
    return Sessions(exchanges()[exchange], days, closes)


def _of_library(
    exchange: str, first: int, last: int
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Days and closes of the sessions, as the library has them."""
    try:
        import exchange_calendars
    except ImportError:
        raise _not_installed() from None
    with warnings.catch_warnings():
        # The library uses what the newest pandas warns of; that is nothing its caller can mend.
        warnings.simplefilter("ignore", DeprecationWarning)
        start, end = f"{first}-01-01", f"{last}-12-31"
        try:
            calendar = exchange_calendars.get_calendar(exchange, start=start, end=end)
        except ValueError:
            # Some exchanges set their holidays a year ahead, and the library knows no further.
            try:
                known_of = exchange_calendars.get_calendar(exchange)
            except ValueError:
                # Its calendar of Tel Aviv contradicts itself under some versions of pandas.
                raise BadInputError(
                    f"The installed exchange-calendars has no sessions of {exchanges()[exchange].name}. Leave out "
                    "shares that trade there."
                ) from None
            low, high = (
                bound and str(bound.date()) for bound in (known_of.bound_min(), known_of.bound_max())
            )
            start, end = max(start, low or start), min(end, high or end)
            calendar = exchange_calendars.get_calendar(exchange, start=start, end=end)
    days = calendar.sessions.to_numpy().astype("datetime64[D]")
    closes = calendar.closes.dt.tz_convert(None).to_numpy().astype("datetime64[s]")
    return days, closes


def _not_installed() -> MissingExtraError:
    return MissingExtraError("exchange-calendars is not installed. Run: pip install 'tidegate[markets]'")


def zone_of(name: str) -> ZoneInfo:
    """Return the clock of a government (`US`), or of a zone by its IANA name (`Asia/Tokyo`).

    Raises: BadInputError: if it is neither.
    """
    known = _zones().get(name, name)
    try:
        return ZoneInfo(known)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInputError(
            f"'{name}' is no time zone. Write an IANA name such as America/New_York, or a government: "
            f"{', '.join(_zones())}."
        ) from None


@lru_cache(maxsize=1)
def _zones() -> Mapping[str, str]:
    return {row["jurisdiction"]: row["zone"] for row in _rows("zones.csv")}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (data.MARKETS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
