"""What the measures that somebody asks for come to on a day: how each stands, and the dates that are near."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tidegate.dates import Day, parse_when
from tidegate.ledger import Ledger
from tidegate.ledger.changes import coming
from tidegate.ledger.query import Question
from tidegate.ledger.regime import Regime, Standing
from tidegate.watch.course import change_days
from tidegate.watch.facts import Answer, Fact, Word

__all__ = ["NEAR", "MeasuresCourse", "dates_near", "word_of"]

NEAR = 30
"""Days before a date on which it counts as near, where the question does not say."""


@dataclass(frozen=True)
class MeasuresCourse:
    """How some measures stand on any day, and which of their dates are near.

    wanted: which measures. A stage in it: a measure counts while it is on that stage. ids: only these.
    ahead: days before a date on which it counts as near.
    """

    ledger: Ledger
    wanted: Question = field(default_factory=Question)
    ids: frozenset[str] | None = None
    ahead: int = NEAR

    def days(self, first: Day, last: Day, on: Day | None = None) -> tuple[Day, ...]:
        """Return the days on which one of them can stand otherwise, oldest first."""
        # Whether a measure reaches a target changes with the days; the other filters do not.
        always = replace(self.wanted, target=None)
        covered = frozenset(m.id for m in self.ledger if self._has(m.id) and always.covers(m, last))
        return change_days(self.ledger, first, last, (self.ahead,), covered)

    def answer(self, on: Day, known_by: Day) -> Answer:
        """Return how they stand on a legal day, as known by another."""
        regime = self.ledger.on(on, known_by)
        facts = {}
        for standing in regime:
            if self.wanted.covers(standing.measure, on) and self._has(standing.measure.id):
                is_there = not self.wanted.stages or standing.stage in self.wanted.stages
                facts[standing.measure.id] = _standing_fact(standing, on, is_there)
        for fact in dates_near(self.ledger, on, known_by, self.wanted, self.ahead):
            if self._has(fact.measures[0]):
                facts[fact.key] = fact
        return Answer(known_by, facts, lambda measure: word_of(regime, measure))

    def _has(self, measure: str) -> bool:
        return self.ids is None or measure in self.ids


def word_of(regime: Regime, measure: str) -> Word | None:
    """Return the entry that put a measure where it stands; None where it is not on record by then."""
    standing = regime.get(measure)
    return None if standing is None else _word(standing)


def dates_near(
    ledger: Ledger, on: Day, known_by: Day, question: Question | None = None, ahead: int = NEAR
) -> Iterator[Fact]:
    """Yield the dated changes and fixed days that lie within `ahead` days, the nearest first."""
    for row in coming(ledger, on, ahead, question, known_by):
        if row["on"] is None:
            continue
        day = str(row["on"])
        then = f"{row['next_stage'].replace('_', ' ')}" if row["next_stage"] else "a fixed day"
        doubt = f" ({row['condition']})" if row["condition"] else ""
        yield Fact(
            key=f"{row['id']} on {day}{' ' + row['next_stage'] if row['next_stage'] else ''}",
            title=row["title"],
            state=f"near {day}",
            text=f"comes near: {then} on {day}{doubt}",
            measures=(row["id"],),
            words=(Word(row["id"], row["title"], row["stage"], row["known_by"], row["source"], row["note"],
                        row["verified"]),),
            expires=parse_when(day).first,
        )  # fmt: skip


def _standing_fact(standing: Standing, on: Day, is_there: bool) -> Fact:
    measure, span = standing.measure, standing.span
    limbs = [f"{limb.limb} {_plain(limb.stage)}" for limb in standing.limbs]
    # An end that has passed is told by the stage that follows it.
    ends = [end for end in (span.until, span.until_announced) if end and end > on]
    state = "|".join(
        (standing.stage, standing.printed or "", standing.condition or "", *limbs, *map(str, ends))
    )
    text = _plain(standing.stage)
    if span.until and span.until > on:
        text += f" until {span.until}"
    if span.until_announced and span.until_announced > on:
        text += f", by word of officials until {span.until_announced}"
    if standing.condition:
        text += f" ({standing.condition})"
    if standing.printed:
        text += f"; text as printed: {_plain(standing.printed)}"
    if len({limb.stage for limb in standing.limbs}) > 1:
        text += f"; {', '.join(limbs)}"
    return Fact(measure.id, measure.title, state if is_there else "", text, (measure.id,), (_word(standing),))


def _word(standing: Standing) -> Word:
    # Of a measure with limbs the one that moved last: a change is hardly about another.
    moved = max((standing, *standing.limbs), key=lambda part: part.span.starts)
    return Word(
        standing.measure.id, standing.measure.title, standing.stage.value, moved.span.since, moved.entry.source,
        moved.entry.note, moved.is_verified,
    )  # fmt: skip


def _plain(stage: str) -> str:
    return stage.replace("_", " ")
