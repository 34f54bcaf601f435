"""Runs of stages as lanes to draw: governments, measures, and where on the line each run begins and ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tidegate.tables import Table

__all__ = ["Bar", "Drawn", "Lane", "draw_lanes"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One run. x, width: in percent of the stretch. run: its row of `tidegate.ledger.lanes`."""

    x: str
    width: str
    run: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lane:
    """One measure. last: the run it ends on."""

    id: str
    title: str
    bars: tuple[Bar, ...]

    @property
    def last(self) -> Mapping[str, Any]:
        """The run on the last day drawn."""
        return self.bars[-1].run


@dataclass(frozen=True, slots=True)
class Drawn:
    """Lanes by government, most measures first, and the marks under them: where each stands, and its words."""

    governments: tuple[tuple[str, tuple[Lane, ...]], ...]
    marks: tuple[tuple[str, str], ...]
    stages: tuple[str, ...]


def draw_lanes(table: Table) -> Drawn:
    """Return the runs of `tidegate.ledger.lanes.lanes` with their places on a line of 100 percent."""
    first = dt.date.fromisoformat(table.about["from"])
    end = dt.date.fromisoformat(table.about["to"]) + dt.timedelta(days=1)
    length = (end - first).days

    def place(day: dt.date) -> float:
        return 100 * (day - first).days / length

    lanes = []
    for key, runs in groupby(table, key=lambda run: run["id"]):
        bars = []
        for run in runs:
            start = dt.date.fromisoformat(run["from"])
            stop = dt.date.fromisoformat(run["to"]) + dt.timedelta(days=1)
            # A run of a day or two must still be seen.
            width = max(place(stop) - place(start), 0.25)
            bars.append(Bar(_percent(min(place(start), 100 - width)), _percent(width), run))
        lanes.append(Lane(key, bars[0].run["title"], tuple(bars)))
    by_government: dict[str, list[Lane]] = {}
    for lane in sorted(lanes, key=lambda lane: lane.bars[0].run["from"]):
        by_government.setdefault(lane.last["jurisdiction"], []).append(lane)
    governments = sorted(by_government.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return Drawn(
        tuple((government, tuple(own)) for government, own in governments),
        tuple((_percent(place(day)), words) for day, words in _marks(first, end)),
        tuple(dict.fromkeys(run["stage"] for run in table)),
    )


def _marks(first: dt.date, end: dt.date) -> Iterator[tuple[dt.date, str]]:
    """Years, or months where the stretch is short."""
    years = (end - first).days / 365.25
    if years > 2:
        step = 1 if years <= 14 else 5
        for year in range(first.year, end.year + 1):
            if (day := dt.date(year, 1, 1)) >= first and day < end and year % step == 0:
                yield day, str(year)
        return
    step = 1 if years <= 0.75 else 3
    for month in range(first.year * 12, end.year * 12 + 12, step):
        day = dt.date(month // 12, month % 12 + 1, 1)
        if first <= day < end:
            yield day, day.isoformat()[:7]


def _percent(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
