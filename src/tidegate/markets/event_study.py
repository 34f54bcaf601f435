"""An event study: raw and abnormal moves of shares around events, and whether their mean could be chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import BadInputError
from tidegate.markets.correction import CORRECTIONS
from tidegate.markets.design import Design
from tidegate.markets.events import Event, with_tickers
from tidegate.markets.firms import FIRM_COLUMNS, Firms
from tidegate.markets.known import News
from tidegate.markets.means import GROUP_COLUMNS, PATH_COLUMNS, correct_groups, mean_row, path_rows
from tidegate.markets.models import Estimates, estimate
from tidegate.markets.news import news_of
from tidegate.markets.pairs import firm_events
from tidegate.markets.panel import Panel
from tidegate.markets.significance import DEFAULT, TESTS, Clusters
from tidegate.markets.windows import Factors, FirmEvents, Reading
from tidegate.sources.prices import Prices
from tidegate.tables import Table, Tabular

__all__ = ["LEVELS", "Study", "study"]

Level = Literal["event", "group", "ticker", "stage", "all"]
LEVELS: tuple[str, ...] = get_args(Level)

_LEAST_DEVIATION = 1e-9
"""Of daily residuals, as a share: below it stands only the rounding of numbers."""

_NOT_FITTED = (
    "the model cannot be fitted: what it is measured against does not vary in the estimation window, its factors repeat "
    "each other, or the share follows them without any deviation"
)

LEFT_COLUMNS = ("event", "ticker", "reading", "reason")


_WAYS = {"in_force": "tighten", "eased": "ease", "suspended": "ease", "lifted": "ease"}
"""Which way a stage goes where nobody said more of the event."""


@dataclass(frozen=True, eq=False)
class Study(Tabular):
    """What prices did around events.

    groups, paths, left: rows of the tables of the same names. by_reading: the firm-events, as arrays, for
    each reading of day 0. notes: what was odd in the prices or the calendars.
    """

    design: Design
    about: Mapping[str, Any]
    groups: tuple[Mapping[str, Any], ...]
    paths: tuple[Mapping[str, Any], ...]
    left: tuple[Mapping[str, Any], ...]
    by_reading: tuple[Firms, ...]
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def firms(self) -> tuple[Mapping[str, Any], ...]:
        """Rows of the shares and events."""
        return tuple(row for part in self.by_reading for row in part.rows())

    def table(self) -> Table:
        """Return a row for each group: mean moves with their band, and every test."""
        about = {
            **self.about,
            "notes": list(self.notes),
            "firms": [dict(row) for row in self.firms],
            "paths": [dict(row) for row in self.paths],
            "left_out": [dict(row) for row in self.left],
        }
        return Table(self.groups, GROUP_COLUMNS, about, "groups")

    def firm_table(self) -> Table:
        """Return a row for each share and event: raw and abnormal move, and day 0 with its reason."""
        return Table(self.firms, FIRM_COLUMNS, self.about, "firms")

    def path_table(self) -> Table:
        """Return the mean cumulative abnormal return session by session, with its band."""
        return Table(self.paths, PATH_COLUMNS, self.about, "paths")

    def left_table(self) -> Table:
        """Return what was left out, with the reason."""
        return Table(self.left, LEFT_COLUMNS, self.about, "left_out")


def study(
    events: Sequence[Event],
    prices: Prices,
    design: Design | None = None,
    *,
    tickers: Sequence[str] = (),
    groups: Mapping[str, Sequence[str]] | None = None,
    by: Iterable[str] = ("event", "all"),
    test: str = DEFAULT,
    correct: str = "holm",
    level: float = 0.95,
    factors: Factors | None = None,
    news: Sequence[News] = (),
    known: Sequence[Event] = (),
) -> Study:
    """Return the event study of some events.

    tickers: shares asked about, instead of those of the events. groups: shares by name of a group, for the
    level `group`. by: what means are taken over, of `LEVELS`. test: the test whose p value is corrected and
    from which the band is made. level: of the bands. factors: days and values, shape (days, k), for the model
    `factors`; in the unit of returns. news: what else moved shares on some days, named as confounders of the
    firm-events whose window holds the day. known: events of others, whose sessions `Design.without_events`
    keeps out of estimation windows. Where the hour of an event leaves two sessions as day 0, the study is
    made with the first and with the last, and rows say which. Raises: BadInputError: if nothing is left to
    study. MissingExtraError: without the extra `markets`.
    """
    design = design or Design()
    wanted = _checked(by, test, correct, design, factors)
    asked = with_tickers(events, tickers) if tickers else list(events)
    if groups and not tickers:
        asked = with_tickers(asked, list(dict.fromkeys(name for names in groups.values() for name in names)))
    if not any(event.tickers for event in asked):
        raise BadInputError("No event names a share. Give tickers, for example --tickers NVDA,AMD.")
    years = [event.on.year for event in (*asked, *known)]
    # A day more: what is known after the last session of a year waits for the first of the next.
    panel = Panel(prices, design.log, (min(years), max(years) + 1))
    first, odd = firm_events(panel, asked, design, "first", factors, known)
    doubtful = sum(not zero.is_certain for zero in first.zeros.values())
    readings: list[tuple[Reading, FirmEvents]] = [("first", first)]
    if doubtful:
        readings.append(("last", firm_events(panel, asked, design, "last", factors, known)[0]))
    parts = [
        _Part(
            Firms(pairs, reading if doubtful else "only", correct, level, news_of(pairs, news)),
            wanted,
            groups or {},
            test,
        )
        for reading, pairs in readings
    ]
    left = [
        {"event": event, "ticker": ticker, "reading": "", "reason": reason} for event, ticker, reason in odd
    ]
    for part in parts:
        part.run()
        left += part.left
    if not any(len(part.firms) for part in parts):
        reasons = "; ".join(
            f"{row['ticker']} at {row['event']}: {row['reason'].rstrip('.')}" for row in left[:3]
        )
        raise BadInputError(
            f"No share is left to study. {reasons}. Give prices that cover the windows, or shorter windows."
        )
    group_rows = [row for part in parts for row in part.groups]
    correct_groups(group_rows, correct)
    about = {
        **design.row(),
        "prices": prices.path,
        "price_column": prices.column,
        "events": len(asked),
        "asked": [event.row() for event in asked],
        "test": test,
        "correction": correct,
        "level": level,
        "doubtful_days": doubtful,
        "benchmarks": {
            exchange.id: name for exchange, name in zip(first.exchanges, first.benchmarks, strict=True)
        },
    }
    return Study(
        design,
        about,
        tuple(group_rows),
        tuple(row for part in parts for row in part.paths),
        tuple(left),
        tuple(part.firms for part in parts),
        (*prices.notes, *panel.notes, *_split_notes(prices, first), *_mixed(asked, wanted)),
    )


@dataclass(eq=False)
class _Part:
    """A study under one reading of day 0."""

    firms: Firms
    by: tuple[str, ...]
    named: Mapping[str, Sequence[str]]
    test: str
    groups: list[dict[str, Any]] = field(default_factory=list)
    paths: list[dict[str, Any]] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> None:
        """Fit every firm-event once, event by event, then take the means that are asked for."""
        pairs = self.firms.pairs
        placed = np.flatnonzero(pairs.place >= 0)
        self._leave({row: pairs.no_place(row) for row in np.flatnonzero(pairs.place < 0).tolist()})
        kept: list[NDArray[np.int64]] = []
        for rows in _runs(placed, pairs.event):
            cut = pairs.cut(rows)
            thin = pairs.thin(cut)
            if thin:
                self._leave(thin)
                cut = cut.of(~np.isin(rows, list(thin)))
            found = estimate(cut.returns, cut.factors, pairs.design)
            fitted = np.isfinite(found.car_deviation) & (found.deviation > _LEAST_DEVIATION)
            if not fitted.all():
                self._leave(dict.fromkeys(cut.rows[~fitted].tolist(), _NOT_FITTED))
                cut = cut.of(fitted)
                found = estimate(cut.returns, cut.factors, pairs.design)
            if not len(cut.rows):
                continue
            kept.append(cut.rows)
            self.firms.add(cut.rows, found)
            if "event" in self.by:
                self._group(
                    "event", pairs.events[int(pairs.event[cut.rows[0]])].id, cut.rows, found, cut.clusters
                )
        whole = np.concatenate(kept) if kept else np.empty(0, dtype=np.int64)
        for level, name, rows in self._others(whole):
            cut = pairs.cut(rows)
            self._group(level, name, rows, estimate(cut.returns, cut.factors, pairs.design), cut.clusters)

    def _others(self, rows: NDArray[np.int64]) -> Iterator[tuple[str, str, NDArray[np.int64]]]:
        pairs = self.firms.pairs
        for level in self.by:
            if level == "all" and len(rows):
                yield level, "all", rows
            elif level == "ticker":
                for ticker in np.unique(pairs.ticker[rows]):
                    yield level, pairs.tickers[ticker], rows[pairs.ticker[rows] == ticker]
            elif level == "group" and self.named:
                for name, members in self.named.items():
                    own = np.isin(
                        pairs.ticker[rows],
                        [place for place, one in enumerate(pairs.tickers) if one in members],
                    )
                    if own.any():
                        yield level, name, rows[own]
            elif level in ("group", "stage"):
                labels = np.asarray([getattr(event, level) or "not stated" for event in pairs.events])[
                    pairs.event[rows]
                ]
                for name in np.unique(labels):
                    yield level, str(name), rows[labels == name]

    def _leave(self, reasons: Mapping[int, str]) -> None:
        pairs = self.firms.pairs
        self.left += [
            {
                "event": pairs.events[pairs.event[row]].id,
                "ticker": pairs.tickers[pairs.ticker[row]],
                "reading": self.firms.reading,
                "reason": reason,
            }
            for row, reason in reasons.items()
        ]

    def _group(
        self, by: str, name: str, rows: NDArray[np.int64], found: Estimates, clusters: Clusters
    ) -> None:
        pairs, level = self.firms.pairs, self.firms.level
        whose = {"by": by, "name": name, "reading": self.firms.reading}
        row = mean_row(pairs, rows, found, clusters, self.test, level, self.firms.news)
        self.groups.append({**whose, **row})
        self.paths += [{**whose, **step} for step in path_rows(pairs, found, row["correlation"], level)]


def _checked(
    by: Iterable[str], test: str, correct: str, design: Design, factors: Factors | None
) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(by))
    for word, known, what in (
        *((one, LEVELS, "level") for one in wanted),
        (test, TESTS, "test"),
        (correct, CORRECTIONS, "correction"),
    ):
        if word not in known:
            raise BadInputError(f"The {what} '{word}' is not known. Write one of: {', '.join(known)}.")
    if design.model == "factors" and factors is None:
        raise BadInputError("The model 'factors' needs factors. Give a file with --factors.")
    return wanted


def _runs(rows: NDArray[np.int64], event: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Rows event by event: they stand in that order."""
    cuts = np.flatnonzero(np.diff(event[rows])) + 1
    return (part for part in np.split(rows, cuts) if len(part))


def _mixed(events: Sequence[Event], wanted: Sequence[str]) -> list[str]:
    """What a mean over all events must say where some tighten and some ease."""
    ways = {event.direction or _WAYS.get(event.stage or "") for event in events}
    if "all" not in wanted or not {"tighten", "ease"} <= ways:
        return []
    return [
        "Some of these events tighten and some ease: the mean over all adds up what may go opposite ways."
    ]


def _split_notes(prices: Prices, pairs: FirmEvents) -> list[str]:
    studied = {*pairs.tickers, *(name for name in pairs.benchmarks if name)}
    return [str(split) for split in prices.splits() if split.ticker in studied]
