"""Which shares are studied at which events, and where day 0 is: pairs of both, and what cannot be one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import NotFoundError
from tidegate.markets.dayzero import DayZero, day_zero
from tidegate.markets.design import Design
from tidegate.markets.events import Event, tickers_of
from tidegate.markets.exchanges import Exchange, exchange_of
from tidegate.markets.panel import Panel
from tidegate.markets.windows import Factors, FirmEvents, Reading, sessions_in

__all__ = ["firm_events"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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

    def is_benchmark(name: str) -> bool:
        return name == benchmarks[home[number[name]]] and design.model in ("market", "adjusted")

    # Many events ask about the same shares: each list of them is looked through once.
    places: dict[tuple[str, ...], Ints] = {}
    per_event: list[Ints] = []
    for event in events:
        if event.tickers not in places:
            places[event.tickers] = np.asarray(
                [number[name] for name in event.tickers if name in number and not is_benchmark(name)],
                dtype=np.int64,
            )
        per_event.append(places[event.tickers])
        if len(per_event[-1]) < len(event.tickers):
            left += [(event.id, name, unknown[name]) for name in event.tickers if name in unknown]
            left += [
                (event.id, name, "it is the benchmark itself")
                for name in event.tickers
                if name in number and is_benchmark(name)
            ]
    event_of = np.repeat(np.arange(len(events)), [len(part) for part in per_event])
    ticker_of = np.concatenate([*per_event, np.empty(0, dtype=np.int64)])
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
    asked = np.unique(event_of * max(len(exchanges), 1) + home[ticker_of])
    for key in asked.tolist():
        event_place, exchange = divmod(key, len(exchanges))
        zero = day_zero(events[event_place], panel.sessions(exchanges[exchange].id))
        zeros[event_place, exchange] = zero
        place_of = axes[exchange].place(getattr(zero, reading))
        has_benchmark = benchmarks[exchange] is not None or design.model in ("mean", "factors")
        table[event_place, exchange] = place_of if place_of is not None and has_benchmark else -1
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
    for ticker in tickers_of(events):
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
        at = (held[:, None] + sessions_in(design.window)[None, :]).ravel()
        found[number, at[(at >= 0) & (at < days.shape[1])]] = True
    return found
