"""Firm-events: a share and an event with its day 0, cut out of the returns as rows of arrays; what is left
out, and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tidegate.markets.dayzero import DayZero
from tidegate.markets.design import LEAST_SESSIONS, Design
from tidegate.markets.events import Event
from tidegate.markets.exchanges import Exchange
from tidegate.markets.models import all_finite, is_whole
from tidegate.markets.significance import Clusters

__all__ = ["Cut", "FirmEvents", "Reading", "sessions_in"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Reading = Literal["first", "last"]
"""Which session is taken as day 0 where the hour leaves two."""

Factors = tuple[NDArray[np.datetime64], Floats]
"""Days, rising, and the values of the user's factors on them, shape (days, k)."""


@dataclass(frozen=True, eq=False)
class Cut:
    """The windows of some firm-events, the estimation window first, then the sessions `Design.shown`.

    rows: int, shape (F,), which firm-events. returns: shape (F, L + S). factors: shape (F, L + S, k), or (1,
    L + S, k) where all have the same.
    kept_out: int, shape (F,), sessions of the estimation window that known events keep out of it.
    """

    rows: Ints
    returns: Floats
    factors: Floats
    clusters: Clusters
    kept_out: Ints

    def of(self, kept: NDArray[np.bool_]) -> Cut:
        """Return some of the firm-events, told by a mask of shape (F,)."""
        factors = self.factors if len(self.factors) < len(kept) else self.factors[kept]
        return Cut(
            self.rows[kept],
            self.returns[kept],
            factors,
            Clusters(self.clusters.of[kept], self.clusters.days),
            self.kept_out[kept],
        )


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
        offsets = np.concatenate([sessions_in(design.estimation), sessions_in(design.shown)])
        home, place = self.home[self.ticker[rows]], self.place[rows]
        keys = home * self.lines.shape[1] + place
        if len(rows) and (keys == keys[0]).all():
            return self._cut_of_one_day(rows, int(home[0]), offsets + place[0])
        at = place[:, None] + offsets[None, :]
        inside = (at >= 0) & (at < self.lines.shape[1])
        at = np.where(inside, at, 0)
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
        _, first, of = np.unique(keys, return_index=True, return_inverse=True)
        days = np.where(inside[first], self.days[home[first][:, None], at[first]], np.datetime64("NaT"))
        return Cut(rows, returns, factors, Clusters(of.astype(np.int64), days), kept_out)

    def _cut_of_one_day(self, rows: Ints, home: int, at: Ints) -> Cut:
        """The windows of firm-events on one exchange with one day 0: they have regressors and days in common."""
        design = self.design
        inside = (at >= 0) & (at < self.lines.shape[1])
        at = np.where(inside, at, 0)
        ticker = self.ticker[rows]
        if inside.all():
            # The estimation window and what is shown are two runs of sessions: cut as such, not one by one.
            runs = (at[: design.length], at[design.length :])
            returns = np.concatenate([self.lines[ticker, run[0] : run[-1] + 1] for run in runs], axis=1)
        else:
            returns = self.lines[ticker[:, None], at]
        factors = self.regressors[home, at][None]
        days = np.where(inside, self.days[home, at], np.datetime64("NaT"))[None]
        if not inside.all():
            returns[:, ~inside] = np.nan
            factors[:, ~inside] = np.nan
        kept_out = 0
        if design.without_events:
            blocked = (self.blocked[home, at] & inside)[: design.length]
            returns[:, : design.length][:, blocked] = np.nan
            kept_out = int(blocked.sum())
        clusters = Clusters(np.zeros(len(rows), dtype=np.int64), days)
        return Cut(rows, returns, factors, clusters, np.full(len(rows), kept_out))

    def thin(self, cut: Cut) -> dict[int, str]:
        """Return the firm-events of a cut that have too little data, with the reason."""
        design, length = self.design, self.design.length
        start = length - design.shown[0]
        window = slice(start + design.window[0], start + design.window[1] + 1)
        # What is kept out on purpose is not missing; too few are too few all the same.
        needed = np.maximum(np.ceil(design.least * (length - cut.kept_out)), LEAST_SESSIONS).astype(int)
        fit = cut.returns[:, :length]
        usable = np.ones((1, 1), dtype=bool)
        held, gone = np.full(len(fit), length), np.zeros(len(fit), dtype=bool)
        same = gone.copy()
        if is_whole(cut.returns) and is_whole(cut.factors):
            # Returns that are all the same start and end alike.
            alike = np.flatnonzero(fit[:, 0] == fit[:, -1])
            same[alike] = np.ptp(fit[alike], axis=1) <= 0
        else:
            usable = np.isfinite(cut.returns) & all_finite(cut.factors)
            held = usable[:, :length].sum(axis=1)
            gone = np.asarray(~usable[:, window].all(axis=1))
            fit = np.where(usable[:, :length], fit, np.nan)
            same = ~(np.fmax.reduce(fit, axis=1) - np.fmin.reduce(fit, axis=1) > 0)
        zero = fit == 0
        still = zero.sum(axis=1) / np.maximum(held, 1) if zero.any() else np.zeros(len(fit))
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


def sessions_in(window: tuple[int, int]) -> Ints:
    """Return the sessions of a window, relative to day 0."""
    return np.arange(window[0], window[1] + 1, dtype=np.int64)
