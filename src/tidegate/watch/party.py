"""A name followed over the days: the listed parties that it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.dates import Day
from tidegate.watch.facts import Answer, Fact, Word

if TYPE_CHECKING:
    from tidegate.screening.answer import Hit
    from tidegate.screening.screen import Lists

__all__ = ["PartyCourse"]


@dataclass(frozen=True)
class PartyCourse:
    """The hits of a name on any day. The lists have no days of knowledge: an entry counts from the day it names.

    A list of today that replaces one of yesterday is another course: what it changes is told when it is pulled.
    """

    lists: Lists
    name: str
    country: str | None = None
    identifiers: tuple[str, ...] = ()

    def days(self, first: Day, last: Day, on: Day | None = None) -> tuple[Day, ...]:
        """Return the days on which a party that may be meant goes on a list or off one, oldest first."""
        turns = self.lists.turns(self.name, country=self.country, identifiers=self.identifiers)
        return tuple(day for day in turns if first <= day <= last)

    def answer(self, on: Day, known_by: Day) -> Answer:
        """Return the hits of the earlier of both days."""
        found = self.lists.screen(
            self.name, on=min(on, known_by), country=self.country, identifiers=self.identifiers, most=None
        )
        return Answer(known_by, {hit.entry.id: _fact(hit) for hit in found.hits})


def _fact(hit: Hit) -> Fact:
    entry = hit.entry
    title = f"{entry.name} on {entry.list} ({entry.authority})"
    since = entry.starts.isoformat() if entry.starts else "a day that its list does not say"
    told = f"listed since {since}; score {hit.score:.2f}: {hit.why}"
    word = Word(entry.id, title, "", since, entry.source or entry.list, told, True)
    return Fact(entry.id, title, f"{entry.list}|{since}", told, (), (word,))
