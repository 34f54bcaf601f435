"""The tide gauge: how tight the controls toward a country are, month by month, by what they do to a fixed basket.

Every deal of the basket is asked of the law on the last day of each month. What each government answers is a score
from 0 to 1 (`tidegate.licensing.tightness`), and a line of the gauge is their weighted mean: each class of goods
weighs the same, and so does each deal within its class.

>>> from tidegate.ledger import load_ledger
>>> gauge = tide(load_ledger(), "CN", "2025-04", "2025-07", by="class")
>>> [round(point.low, 2) for point in gauge.line(goods="eda_software")]
[0.29, 0.41, 0.41, 0.29]
"""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tidegate.catalog import load_catalog
from tidegate.dates import Day, parse_when
from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.ledger.ledger import as_day
from tidegate.licensing.basket import Basket, Deal, read_basket
from tidegate.licensing.tightness import FREE, SCORES, Hold, by_count, decide_deals, strictest_of
from tidegate.tables import Table, Tabular

__all__ = ["ALL", "BY", "LAST", "START", "Point", "Step", "Tide", "tide", "tide_on"]

START, LAST = "2018-01", "2026-12"
"""The months over which the gauge is read where none are named."""

ALL = "all"
"""All governments together, the target's own apart; all classes; all instruments."""

BY = ("government", "class", "instrument")

MOST_MONTHS = 600

COUNTS = (*SCORES, "unknown")


@dataclass(frozen=True, slots=True)
class Point:
    """One month of one line.

    day: the day asked about. low, high: tightness, 0 to 1, and how far missing facts and review policies that no
    text states leave it open. counts: deals by how they are held. measures: those that decide, by deals they hold.
    """

    month: str
    day: Day
    government: str
    goods: str
    instrument: str
    low: float
    high: float
    counts: Mapping[str, int]
    measures: tuple[str, ...]

    @property
    def tightness(self) -> float:
        """The middle of the band."""
        return round((self.low + self.high) / 2, 6)

    def row(self) -> dict[str, Any]:
        """Return the point as plain values."""
        return {
            "month": self.month, "day": self.day.isoformat(), "government": self.government, "class": self.goods,
            "instrument": self.instrument, "tightness": self.tightness, "low": self.low, "high": self.high,
            "deals": sum(self.counts.values()), **self.counts, "measures": list(self.measures),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A deal that a government holds otherwise than in the month before."""

    month: str
    government: str
    deal: str
    before: Hold
    after: Hold

    @property
    def change(self) -> float:
        """By how much the middle of its score moved."""
        return round((self.after.low + self.after.high - self.before.low - self.before.high) / 2, 6)

    def row(self) -> dict[str, Any]:
        """Return the step as plain values."""
        return {
            "month": self.month, "government": self.government, "deal": self.deal, "before": self.before.how,
            "after": self.after.how, "change": self.change, "measures": list(self.after.measures),
            "measures_before": list(self.before.measures),
        }  # fmt: skip


@dataclass(frozen=True)
class Tide(Tabular):
    """The gauge of one target. by: how its lines are cut. days: the day asked about, by month.

    held: how each deal stands on each day, by government; deals that a government leaves free are not in.
    """

    target: str
    by: tuple[str, ...]
    basket: Basket
    days: Mapping[str, Day]
    held: Mapping[tuple[str, Day], Mapping[str, Hold]]
    known_by: Day | None = None
    read_to: Day | None = None
    scenario: str | None = None

    @cached_property
    def deals(self) -> tuple[Deal, ...]:
        """The deals that can go to the target."""
        return self.basket.toward(self.target)

    @cached_property
    def governments(self) -> tuple[str, ...]:
        """The governments that hold some deal in some month, the tightest first; the target's own among them."""
        total: dict[str, float] = {}
        for holds in self.held.values():
            for government, hold in holds.items():
                total[government] = total.get(government, 0.0) + hold.low + hold.high
        return tuple(sorted(total, key=lambda g: (-round(total[g], 6), g)))

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Every month of every line, the lines in the order of `governments` and of the basket."""
        cuts = {
            "government": (ALL, *self.governments),
            "class": (ALL, *dict.fromkeys(deal.goods for deal in self.deals)),
            "instrument": (ALL, *sorted({deal.instrument.value for deal in self.deals})),
        }
        lines = itertools.product(*(cuts[name] if name in self.by else (ALL,) for name in BY))
        return tuple(point for line in lines for point in self._line(*line))

    def line(self, government: str = ALL, goods: str = ALL, instrument: str = ALL) -> tuple[Point, ...]:
        """Return one line, month by month; nothing where no deal is in it."""
        return tuple(self._line(government, goods, instrument))

    def line_name(self, point: Point) -> str:
        """Return the name of the line that a point is on, as a reader would write it."""
        cuts = {"government": point.government, "class": point.goods, "instrument": point.instrument}
        own = " (its own government)" if point.government == self.target else ""
        return " / ".join(self._part_name(cut, cuts[cut]) for cut in BY if cut in self.by) + own

    def _part_name(self, cut: str, part: str) -> str:
        if part == ALL:
            return "all together"
        if cut == "government":
            return load_catalog().countries[part].name
        return self.basket.classes[part] if cut == "class" else part.replace("_", " ")

    def steps(self) -> tuple[Step, ...]:
        """Return every deal that some government holds otherwise than in the month before."""
        found = []
        for (_, before), (month, day) in itertools.pairwise(self.days.items()):
            for deal, government in itertools.product(self.deals, self.governments):
                was, now = (self.held[deal.id, on].get(government, FREE) for on in (before, day))
                if (was.how, was.low, was.high) != (now.how, now.low, now.high):
                    found.append(Step(month, government, deal.id, was, now))
        return tuple(found)

    def step_table(self) -> Table:
        """Return one row a step."""
        columns = ("month", "government", "deal", "before", "after", "change", "measures", "measures_before")
        return Table(tuple(step.row() for step in self.steps()), columns, self.about(), rows_name="steps")

    def table(self) -> Table:
        """Return one row a line and month."""
        columns = ("month", "day", "government", "class", "instrument", "tightness", "low", "high", "deals", *COUNTS,
                   "measures")  # fmt: skip
        return Table(tuple(point.row() for point in self.points), columns, self.about(), rows_name="points")

    def about(self) -> dict[str, Any]:
        """Return the question and what the answer rests on."""
        return {
            "target": self.target,
            "by": list(self.by),
            "known_by": self.known_by.isoformat() if self.known_by else None,
            "read_to": self.read_to.isoformat() if self.read_to else None,
            "scenario": self.scenario,
            "basket": Path(self.basket.path).name,
            "deals": len(self.deals),
            "own_government": self.target if self.target in self.governments else None,
            "scores": {how: list(ends) for how, ends in SCORES.items()},
        }

    def _line(self, government: str, goods: str, instrument: str) -> Iterator[Point]:
        deals = [
            deal
            for deal in self.deals
            if goods in (ALL, deal.goods) and instrument in (ALL, deal.instrument.value)
        ]
        weights = self._weights(deals)
        for month, day in self.days.items() if deals else ():
            low = high = 0.0
            counts = dict.fromkeys(COUNTS, 0)
            biting: list[str] = []
            for deal in deals:
                hold = self._hold(deal, day, government)
                low += weights[deal.id] * hold.low
                high += weights[deal.id] * hold.high
                counts[hold.how] += 1
                biting += hold.measures
            ids = by_count(biting)
            yield Point(month, day, government, goods, instrument, round(low, 6), round(high, 6), counts, ids)

    def _hold(self, deal: Deal, day: Day, government: str) -> Hold:
        holds = self.held[deal.id, day]
        if government != ALL:
            return holds.get(government, FREE)
        return strictest_of(hold for by, hold in holds.items() if by != self.target)

    @staticmethod
    def _weights(deals: Sequence[Deal]) -> dict[str, float]:
        """The weight of each deal: classes weigh the same, and so do the deals of a class."""
        size: dict[str, int] = {}
        for deal in deals:
            size[deal.goods] = size.get(deal.goods, 0) + 1
        return {deal.id: 1 / len(size) / size[deal.goods] for deal in deals}


def tide(
    ledger: Ledger,
    target: str = "CN",
    first: str = START,
    last: str = LAST,
    by: str | Sequence[str] = ("government",),
    known_by: Day | str | None = None,
    basket: Basket | str | Path | None = None,
) -> Tide:
    """Return how tight the controls toward a country are, month by month.

    target: a country, in anybody's words. first, last: months, both included; each is asked about on its last day.
    by: how to cut the lines: government, class, instrument, or several of them. known_by: leave out what the public
        did not know by then. basket: a file of one's own, or one that was read; the shipped one without.
    Raises: BadInputError: if a month, a cut or the basket is not usable. NotFoundError: for an unknown country.
    """
    return _read(ledger, target, _month_ends(first, last), by, known_by, basket)


def tide_on(
    ledger: Ledger,
    days: Sequence[Day | str],
    target: str = "CN",
    by: str | Sequence[str] = ("government",),
    known_by: Day | str | None = None,
    basket: Basket | str | Path | None = None,
) -> Tide:
    """Return the gauge on some days, each under its date where `tide` has months.

    Raises: BadInputError: if a day, a cut or the basket is not usable. NotFoundError: for an unknown country.
    """
    asked = sorted({as_day(day) for day in days})
    return _read(ledger, target, {day.isoformat(): day for day in asked}, by, known_by, basket)


def _read(
    ledger: Ledger,
    target: str,
    days: Mapping[str, Day],
    by: str | Sequence[str],
    known_by: Day | str | None,
    basket: Basket | str | Path | None,
) -> Tide:
    cuts = (by,) if isinstance(by, str) else tuple(by)
    for name in cuts:
        if name not in BY:
            raise BadInputError(f"'{name}' is no cut of the gauge. Cuts: {', '.join(BY)}.")
    country = load_catalog().find(target, "country")
    known = None if known_by is None else as_day(known_by)
    own = basket if isinstance(basket, Basket) else read_basket(basket)
    deals = own.toward(country)

    def decided() -> Mapping[tuple[str, Day], Mapping[str, Hold]]:
        found = decide_deals([(deal, country) for deal in deals], ledger, list(days.values()), known)
        return {(deal, day): holds for (deal, _, day), holds in found.items()}

    held = (
        ledger.remembered(("tide", country, tuple(days.values()), known), decided)
        if own is read_basket()
        else decided()
    )
    return Tide(country, cuts, own, days, held, known, ledger.read_to, ledger.scenario)


def _month_ends(first: str, last: str) -> dict[str, Day]:
    """The last day of each month, by the month."""
    ends = []
    for text in (first, last):
        when = parse_when(text)
        if len(text) != len("2018-01"):
            raise BadInputError(f"'{text}' is no month. Write YYYY-MM, for example 2025-10.")
        ends.append(when.first.year * 12 + when.first.month - 1)
    if ends[1] < ends[0]:
        raise BadInputError(f"{last} is before {first}. Give the earlier month first.")
    if ends[1] - ends[0] >= MOST_MONTHS:
        raise BadInputError(f"{first} to {last} is over {MOST_MONTHS} months. Ask for fewer.")
    months = ((number // 12, number % 12 + 1) for number in range(ends[0], ends[1] + 1))
    return {f"{y}-{m:02}": dt.date(y, m, calendar.monthrange(y, m)[1]) for y, m in months}
