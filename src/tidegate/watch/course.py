"""An answer along the days: on which it can change at all, and where it did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from tidegate.catalog import load_catalog
from tidegate.dates import Day, parse_day
from tidegate.ledger import Ledger
from tidegate.ledger.model import Limb, Measure
from tidegate.watch.facts import Answer, Change, changes_between

__all__ = ["Course", "change_days", "changes_over", "days_of_measure", "group_days"]

_DAY = dt.timedelta(days=1)


class Course(Protocol):
    """A question that can be asked of any day."""

    def days(self, first: Day, last: Day, on: Day | None = None) -> tuple[Day, ...]:
        """Return the days, both ends included, on which the answer can turn another, oldest first.

        on: the one legal day asked about, where the question names one; then only what is known moves on.
        """
        ...

    def answer(self, on: Day, known_by: Day) -> Answer:
        """Return what is answered of a legal day, as known by another."""
        ...


def change_days(
    ledger: Ledger, first: Day, last: Day, ahead: Sequence[int] = (), ids: frozenset[str] | None = None
) -> tuple[Day, ...]:
    """Return the days from `first` to `last` on which an answer, as known on the day, can turn another.

    Those are the days on which an entry starts, lapses or comes to be known, a date was fixed, comes or is as
    many days off as `ahead` says, and a country enters or leaves a group. ids: only of these measures.
    """
    found = set(group_days())
    for measure in ledger:
        if ids is None or measure.id in ids:
            found.update(days_of_measure(measure, ahead))
    return tuple(sorted(day for day in found if first <= day <= last))


def days_of_measure(measure: Measure, ahead: Sequence[int] = ()) -> Iterator[Day]:
    """Yield the days on which a measure, as known on the day, can stand otherwise or have a date come near."""
    yield from _days_of_part(measure, ahead)
    for limb in measure.limbs:
        yield from _days_of_part(limb, ahead)


def _days_of_part(part: Measure | Limb, ahead: Sequence[int]) -> Iterator[Day]:
    for entry in part.history:
        ends = [parse_day(text) for text in (entry.until, entry.until_announced) if text]
        yield from (entry.known, entry.when.first, *ends)
        yield from _before([entry.when.first, *ends], ahead)
    for plan in part.scheduled:
        yield from (plan.known, plan.when.first)
        yield from _before([plan.when.first], ahead)


def _before(days: Iterable[Day], ahead: Sequence[int]) -> Iterator[Day]:
    yield from (day - dt.timedelta(days=number) for day in days for number in ahead)


def group_days() -> frozenset[Day]:
    """Return the days on which a country enters or leaves a group."""
    groups = load_catalog().groups.values()
    return frozenset(
        day for group in groups for spell in group.spells for day in (spell.starts, spell.ends) if day
    )


def changes_over(
    answer: Callable[[Day], Answer], days: Sequence[Day], most: int
) -> tuple[tuple[Change, ...], bool]:
    """Return what changed on some days, the newest first, at most so much, and whether there was more.

    answer: what is answered on a day, as known on it. days: as `change_days` gives them, oldest first. Days are
    asked from the newest back, until enough is found.
    """
    found: list[Change] = []
    later: Answer | None = None
    for day in [*reversed(days), *((days[0] - _DAY,) if days else ())]:
        earlier = answer(day)
        if later is not None:
            found += changes_between(earlier.facts, later)
            if len(found) > most:
                break
        later = earlier
    return tuple(found[:most]), len(found) > most
