"""A question of the site followed over the days: its Atom twin, and what `tidegate watch` asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tidegate.dates import Day
from tidegate.errors import BadInputError
from tidegate.ledger.query import Question as Wanted
from tidegate.watch import Answer, Course, Feed, MeasuresCourse, feed_of
from tidegate.web.parameters import Filters
from tidegate.web.question import Asked, Question, Site, questions
from tidegate.web.reading import read_address

__all__ = ["Followed", "follow"]


@dataclass(frozen=True)
class Followed:
    """A question as it is asked again and again.

    values: what stands in its address. on: the legal day that the address names; None where it moves on with the
    days. known_by: what became known later is left out. first: the day that its answer starts on, if it names one.
    """

    asks: Question[Any]
    values: dict[str, Any]
    course: Course
    on: Day | None
    known_by: Day | None
    first: Day | None

    @property
    def address(self) -> str:
        """The address of the question, without the present day."""
        return self.asks.address(self.values)

    @property
    def title(self) -> str:
        """What is asked, in a line."""
        told = ", ".join(f"{name} {value}" for name, value in self.values.items())
        return f"{self.asks.title}: {told}" if told else self.asks.title

    def answer(self, day: Day) -> Answer:
        """Return what is answered on a day, as known on it."""
        return self.course.answer(self.on or day, min(day, self.known_by or day))

    def feed(self, today: Day) -> Feed:
        """Return what changed in the answer over the last year."""
        return feed_of(
            self.course, self.address, self.title, today, on=self.on, known_by=self.known_by, since=self.first
        )

    def atom(self, site: Site, base: str) -> str:
        """Return the Atom twin. base: of the site, without the last slash."""
        measure = questions()["measure"]
        today = site.today()

        def page(name: str, day: dt.date) -> str:
            return base + measure.address({"id": name, "on": day.isoformat()})

        about = (
            f"A record with sources, not legal advice. Sources were read to {site.ledger.read_to}; record "
            f"{site.digest}."
        )
        if site.ledger.scenario:
            about += f" Scenario: {site.ledger.scenario}. This is not the record."
        return self.feed(today).to_atom(
            page=base + self.address, own=base + self.asks.address(self.values, "atom"), measure_page=page,
            about=about, updated=site.ledger.read_to or today,
        )  # fmt: skip


def follow(asks: Question[Any], given: Iterable[tuple[str, str]], site: Site) -> Followed:
    """Return a question to be followed. given: pairs of name and value, as they stand in an address.

    Raises: MistakenError: naming each parameter that cannot be used. BadInputError: where nothing is asked.
    NotFoundError: for a measure that is not on record.
    """
    pairs = [(name, value) for name, value in given if value.strip()]
    if not asks.has_feed:
        raise BadInputError(
            f"{asks.title} cannot be followed: it is a model's answer. Follow the measures that it names."
        )
    asked = read_address(asks, pairs, site)
    course = asks.follows(site, asked) if asks.follows else _measures(site, asked)
    if course is None:
        raise asks.nothing_asked()
    named = {name for name, _ in pairs}
    values = {name: v for name, v in asked.values().items() if name not in asks.by_today or name in named}
    # The first month of a gauge is no day.
    first = getattr(asked, "first", None)
    day = next((name for name in asks.by_today if name in named), None)
    return Followed(
        asks, values, course, dt.date.fromisoformat(values[day]) if day else None,
        getattr(asked, "known_by", None), first if isinstance(first, dt.date) else None,
    )  # fmt: skip


def _measures(site: Site, asked: Asked) -> Course:
    """The measures that the filters of a question speak of; a country in `target` is one."""
    if isinstance(asked, Filters):
        return MeasuresCourse(site.ledger, asked.wanted())
    target = getattr(asked, "target", None)
    return MeasuresCourse(site.ledger, Wanted.of(target=target if isinstance(target, str) else None))
