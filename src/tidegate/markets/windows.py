"""Firm-events: a share and an event with its day 0, cut out of the returns as rows of arrays; what is left
out, and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import NotFoundError
from tidegate.markets.dayzero import DayZero, day_zero
from tidegate.markets.design import LEAST_SESSIONS, Design
from tidegate.markets.events import Event
from tidegate.markets.exchanges import Exchange, exchange_of
from tidegate.markets.models import all_finite
from tidegate.markets.panel import Panel
from tidegate.markets.significance import Clusters

__all__ = ["Cut", "FirmEvents", "Reading", "firm_events"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Reading = Literal["first", "last"]
"""Which session is taken as day 0 where the hour leaves two."""

Factors = tuple[NDArray[np.datetime64], Floats]
"""Days, rising, and the values of the user's factors on them, shape (days, k)."""


@dataclass(frozen=True, eq=False)
class Cut:
    """The windows of some firm-events, the estimation window first, then the sessions `Design.shown`.

    rows: int, shape (F,), which firm-events. returns: shape (F, L + S). factors: shape (F, L + S, k).
    kept_out: int, shape (F,), sessions of the estimation window that known events keep out of it.
    """

    rows: Ints
    returns: Floats
    factors: Floats
    clusters: Clusters
    kept_out: Ints


@dataclass(frozen=True, eq=False)
class FirmEvents:
    """All pairs of an event and a share that it asks about.

    event, ticker: int, shape (F,), places in `events` and `tickers`. place: int, shape (F,), session of day 0
    on the axis of the share's exchange, -1 where the file has none. lines: shape (tickers, sessions), returns
    on the axis of the own exchange. home: int, shape (tickers,), the exchange of each. days: datetime64[D],
    shape (exchanges, sessions), NaT beyond the end. regressors: shape (exchanges, sessions, k). zeros: day 0
    by event and exchange. benchmarks: by exchange.
    """

    design: Design
    events: tuple[Event, ...]
    tickers: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    benchmarks: tuple[str | None, ...]
    event: Ints
    ticker: Ints
    place: Ints
    home: Ints
    lines: Floats
    days: NDArray[np.datetime64]
    regressors: Floats
    zeros: Mapping[tuple[int, int], DayZero]
    blocked: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.event)

    def cut(self, rows: Ints) -> Cut:
        """Return the windows of firm-events, all of which must have a place."""
        design = self.design
        offsets = np.concatenate([_range(design.estimation), _range(design.shown)])
        at = self.place[rows][:, None] + offsets[None, :]
        inside = (at >= 0) & (at < self.lines.shape[1])
        at = np.where(inside, at, 0)
        home = self.home[self.ticker[rows]]
        returns = self.lines[self.ticker[rows][:, None], at]
        factors = self.regressors[home[:, None], at]
        if not inside.all():
            returns[~inside] = np.nan
            factors[~inside] = np.nan
        kept_out = np.zeros(len(rows), dtype=np.int64)
        if design.without_events:
            blocked = self.blocked[home[:, None], at[:, : design.length]] & inside[:, : design.length]
            returns[:, : design.length][blocked] = np.nan
            kept_out = blocked.sum(axis=1)
        keys = home * self.lines.shape[1] + self.place[rows]
        _, first, of = np.unique(keys, return_index=True, return_inverse=True)
        days = np.where(inside[first], self.days[home[first][:, None], at[first]], np.datetime64("NaT"))
        return Cut(rows, returns, factors, Clusters(of.astype(np.int64), days), kept_out)

    def thin(self, cut: Cut) -> dict[int, str]:
        """Return the firm-events of a cut that have too little data, with the reason."""
        design, length = self.design, self.design.length
        start = length - design.shown[0]
        window = slice(start + design.window[0], start + design.window[1] + 1)
        usable = np.isfinite(cut.returns) & all_finite(cut.factors)
        fit = np.where(usable[:, :length], cut.returns[:, :length], np.nan)
        held = usable[:, :length].sum(axis=1)
        still = (fit == 0).sum(axis=1) / np.maximum(held, 1)
        low = np.where(usable[:, :length], fit, np.inf).min(axis=1)
        high = np.where(usable[:, :length], fit, -np.inf).max(axis=1)
        same = high - low <= 0
        # What is kept out on purpose is not missing; too few are too few all the same.
        needed = np.maximum(np.ceil(design.least * (length - cut.kept_out)), LEAST_SESSIONS).astype(int)
        gone = np.asarray(~usable[:, window].all(axis=1))
        found = {}
        for row in np.flatnonzero((held < needed) | gone | same | (still >= design.still)):
            one = int(cut.rows[row])
            if held[row] < needed[row]:
                out = (
                    f", {cut.kept_out[row]} of them kept out as days of known events"
                    if cut.kept_out[row]
                    else ""
                )
                reason = (
                    f"{held[row]} returns in the estimation window of {length} sessions{out}; "
                    f"{needed[row]} needed"
                )
            elif gone[row]:
                day = cut.clusters.days[cut.clusters.of[row], window][~usable[row, window]][0]
                where = "after the end of the file" if np.isnat(day) else f"on {day}"
                reason = (
                    f"no return of the share or what it is measured against in the event window ({where})"
                )
            elif same[row]:
                reason = "the returns of the estimation window are all the same"
            else:
                reason = f"thin trade: {still[row]:.0%} of the returns in the estimation window are 0"
            found[one] = reason
        return found

    def zero(self, row: int) -> DayZero:
        """Return what is known of day 0 of a firm-event."""
        return self.zeros[int(self.event[row]), int(self.home[self.ticker[row]])]

    def no_place(self, row: int) -> str:
        """Return why a firm-event has no place on the axis of its exchange."""
        exchange = int(self.home[self.ticker[row]])
        days = self.days[exchange][~np.isnat(self.days[exchange])]
        name = self.exchanges[exchange].name
        if self.benchmarks[exchange] is None and self.design.model in ("market", "adjusted"):
            return f"the file has no benchmark of {name} ({', '.join(self.exchanges[exchange].benchmarks)}). Name one"
        if not len(days):
            return f"the file has no price on a session of {name}"
        return f"day 0 is {self.zero(row).first}; the file has prices of {name} from {days[0]} to {days[-1]}"


def firm_events(
    panel: Panel,
    events: Sequence[Event],
    design: Design,
    reading: Reading = "first",
    factors: Factors | None = None,
    known: Sequence[Event] = (),
) -> tuple[FirmEvents, list[tuple[str, str, str]]]:
    """Return the firm-events of a study, and what cannot be one as event, ticker and reason.

    known: further events whose sessions `Design.without_events` keeps out of estimation windows.
    """
    left: list[tuple[str, str, str]] = []
    trades, unknown = _known(panel, events)
    tickers = tuple(sorted(trades))
    exchanges = tuple({trades[ticker].id: trades[ticker] for ticker in tickers}.values())
    numbers = {exchange.id: number for number, exchange in enumerate(exchanges)}
    benchmarks = tuple(panel.benchmark(exchange, design.benchmark) for exchange in exchanges)
    number = {ticker: place for place, ticker in enumerate(tickers)}
    home = np.asarray([numbers[trades[ticker].id] for ticker in tickers], dtype=np.int64)
    pairs: list[tuple[int, int]] = []
    for place, event in enumerate(events):
        for ticker in event.tickers:
            if ticker in unknown:
                left.append((event.id, ticker, unknown[ticker]))
            elif ticker == benchmarks[home[number[ticker]]] and design.model in ("market", "adjusted"):
                left.append((event.id, ticker, "it is the benchmark itself"))
            else:
                pairs.append((place, number[ticker]))
    event_of, ticker_of = np.asarray(pairs, dtype=np.int64).reshape(-1, 2).T
    axes = [panel.axis(exchange) for exchange in exchanges]
    width = max((len(axis.days) for axis in axes), default=0)
    days = np.full((len(exchanges), width), np.datetime64("NaT"), dtype="datetime64[D]")
    lines = np.full((len(tickers), width), np.nan)
    for exchange, axis in enumerate(axes):
        days[exchange, : len(axis.days)] = axis.days
    for ticker, line in number.items():
        own = panel.returns(ticker, trades[ticker])
        lines[line, : len(own)] = own
    zeros: dict[tuple[int, int], DayZero] = {}
    table = np.full((len(events), len(exchanges)), -1, dtype=np.int64)
    asked = (
        np.unique(np.stack([event_of, home[ticker_of]], axis=1), axis=0) if pairs else np.empty((0, 2), int)
    )
    for event, exchange in asked:
        zero = day_zero(events[event], panel.sessions(exchanges[exchange].id))
        zeros[int(event), int(exchange)] = zero
        place_of = axes[exchange].place(getattr(zero, reading))
        has_benchmark = benchmarks[exchange] is not None or design.model in ("mean", "factors")
        table[event, exchange] = place_of if place_of is not None and has_benchmark else -1
    found = FirmEvents(
        design,
        tuple(events),
        tickers,
        exchanges,
        benchmarks,
        event_of,
        ticker_of,
        table[event_of, home[ticker_of]],
        home,
        lines,
        days,
        _regressors(panel, exchanges, benchmarks, days, design, factors),
        zeros,
        _blocked(panel, exchanges, days, table, design, known),
    )
    return found, left


def _known(panel: Panel, events: Sequence[Event]) -> tuple[dict[str, Exchange], dict[str, str]]:
    """The exchange of each ticker, or why it cannot be studied."""
    known: dict[str, Exchange] = {}
    unknown: dict[str, str] = {}
    for ticker in dict.fromkeys(ticker for event in events for ticker in event.tickers):
        if ticker not in panel.prices:
            unknown[ticker] = "the price file does not have it"
            continue
        try:
            known[ticker] = exchange_of(ticker)
        except NotFoundError as error:
            unknown[ticker] = str(error)
    return known, unknown


def _regressors(
    panel: Panel,
    exchanges: Sequence[Exchange],
    benchmarks: Sequence[str | None],
    days: NDArray[np.datetime64],
    design: Design,
    factors: Factors | None,
) -> Floats:
    if design.model == "mean":
        return np.empty((*days.shape, 0))
    if design.model == "factors":
        assert factors is not None
        named, values = factors
        at = np.minimum(np.searchsorted(named, days), len(named) - 1)
        return np.where((named[at] == days)[:, :, None], values[at], np.nan)
    found = np.full((*days.shape, 1), np.nan)
    for number, (exchange, benchmark) in enumerate(zip(exchanges, benchmarks, strict=True)):
        if benchmark is not None:
            line = panel.returns(benchmark, exchange)
            found[number, : len(line), 0] = line
    return found


def _blocked(
    panel: Panel,
    exchanges: Sequence[Exchange],
    days: NDArray[np.datetime64],
    table: Ints,
    design: Design,
    known: Sequence[Event],
) -> NDArray[np.bool_]:
    """Sessions within the event window of any event, by exchange, where they are to be kept out of estimation
    windows. Of an event whose day 0 is doubtful both are.
    """
    found = np.zeros(days.shape, dtype=bool)
    if not design.without_events:
        return found
    for number, exchange in enumerate(exchanges):
        zeros = {day for event in known for day in day_zero(event, panel.sessions(exchange.id))[:2]}
        axis = panel.axis(exchange)
        places = [*table[:, number][table[:, number] >= 0], *(axis.place(day) for day in sorted(zeros))]
        held = np.asarray([place for place in places if place is not None], dtype=np.int64)
        at = (held[:, None] + _range(design.window)[None, :]).ravel()
        found[number, at[(at >= 0) & (at < days.shape[1])]] = True
    return found


def _range(window: tuple[int, int]) -> Ints:
    return np.arange(window[0], window[1] + 1, dtype=np.int64)
