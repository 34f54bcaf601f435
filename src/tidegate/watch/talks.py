"""What bargaining rounds come to on a day."""

from __future__ import annotations

from dataclasses import dataclass

from tidegate.dates import Day
from tidegate.ledger.bargains import load_rounds, rounds_between
from tidegate.watch.facts import Answer, Fact, Word

__all__ = ["TalksCourse"]


@dataclass(frozen=True)
class TalksCourse:
    """The rounds from a day on, each with its outcome. by: only those of this government.

    The record of rounds has no days of knowledge: a round counts from its first day, with what is on record of it.
    """

    first: Day | None = None
    by: str | None = None

    def days(self, first: Day, last: Day, on: Day | None = None) -> tuple[Day, ...]:
        """Return the days on which a round begins, oldest first."""
        return tuple(sorted({r.when.first for r in load_rounds() if first <= r.when.first <= last}))

    def answer(self, on: Day, known_by: Day) -> Answer:
        """Return the rounds that had begun by both days."""
        day = min(on, known_by)
        facts = {}
        for row in (
            rounds_between(self.first, day, self.by) if self.first is None or self.first <= day else ()
        ):
            title = f"{row['kind'].replace('_', ' ').capitalize()}: {', '.join(row['parties'])}"
            words = tuple(
                Word(row["id"], title, "", row["on"], cited["source"], row["outcome"], cited["verified"])
                for cited in row["sources"]
            )
            state = "|".join((row["outcome"], str(row["held"])))
            facts[row["id"]] = Fact(row["id"], title, state, row["outcome"], (row["id"],), words)
        return Answer(known_by, facts)
