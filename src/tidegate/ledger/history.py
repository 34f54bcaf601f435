"""From dated entries to the stage of a measure on every day: the one place where time is decided.

A history is folded into spans of days on which nothing changes. The rules:

* An entry takes effect on the first day of its date. Until the last day of an imprecise date has
  passed, the span is marked as not certain.
* Talk and reports never change a stage.
* A stage with `until` is over on that day and `then` follows. If officials have announced a later end
  and no act is on record, the stage from `until` to the announced day is unknown.
* A date fixed beforehand takes effect on its day unless the measure changed between the day it was
  fixed and that day: such a change overtakes the schedule.
* With `known_by`, entries that the public did not know by then are as if they had not been written.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tidegate.dates import Day, parse_day
from tidegate.ledger.model import Entry, Scheduled, Stage

__all__ = ["LAPSED", "NOT_CONFIRMED", "RAN_OUT", "SCHEDULED", "History", "Span"]

NOT_CONFIRMED = "extension announced, text lapsed, not confirmed"
RAN_OUT = "ended by its own text"
LAPSED = "ended by its own text and past the announced extension, not confirmed"
SCHEDULED = "by a date fixed beforehand, not confirmed"

_END = dt.date.max


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which one stage stands.

    starts, ends: the first day, and the first day that is no longer part of it (None: open).
    stage: the stage as enforced. printed: the stage of the text as printed, where it differs.
    entry: the entry that put it there; a Scheduled where a date fixed beforehand did.
    condition: why the stage is unknown, or that it follows from a text and nobody has confirmed it.
    certain_from: the first day on which the entry has certainly happened.
    until, until_announced: the end by text, and the later end by word of officials.
    was: the stage before. since: the date, as written, from which this stage has stood unbroken.
    """

    starts: Day
    ends: Day | None
    stage: Stage
    entry: Entry | Scheduled
    certain_from: Day
    printed: Stage | None = None
    condition: str | None = None
    until: Day | None = None
    until_announced: Day | None = None
    was: Stage | None = None
    since: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The spans of one measure, or of one of its limbs, in order of days, without gaps."""

    spans: tuple[Span, ...]
    starts: tuple[Day, ...]

    @classmethod
    def of(
        cls,
        entries: Iterable[Entry],
        scheduled: Iterable[Scheduled] = (),
        known_by: Day | None = None,
    ) -> History:
        """Fold entries and scheduled dates into spans, as known by a day (None: all that is known)."""
        known = [e for e in entries if known_by is None or e.known <= known_by]
        changes = sorted((e for e in known if e.role == "change"), key=lambda e: e.when.first)
        fixed = [s for s in scheduled if s.stage is not None and (known_by is None or s.known <= known_by)]
        announced = [(parse_day(e.until_announced), e.when.first) for e in known if e.until_announced]
        spans = tuple(_with_since(_spans(changes, fixed, announced)))
        return cls(spans, tuple(span.starts for span in spans))

    def on(self, day: Day) -> Span | None:
        """Return the span that `day` lies in; None before the first entry."""
        index = bisect_right(self.starts, day)
        return self.spans[index - 1] if index else None

    def after(self, day: Day) -> Span | None:
        """Return the next span that starts after `day`, if one is on record."""
        index = bisect_right(self.starts, day)
        return self.spans[index] if index < len(self.spans) else None


def _spans(
    changes: Sequence[Entry], fixed: Sequence[Scheduled], announced: Sequence[tuple[Day, Day]]
) -> Iterable[Span]:
    points: list[tuple[Day, Entry | Scheduled]] = [(e.when.first, e) for e in changes]
    for plan in fixed:
        day = plan.when.first
        if not any(plan.known < when <= day for when, _ in points):
            points.append((day, plan))
    points.sort(key=lambda point: point[0])
    was: Stage | None = None
    for index, (starts, entry) in enumerate(points):
        ends = points[index + 1][0] if index + 1 < len(points) else None
        if ends == starts:
            was = Stage(entry.stage or Stage.UNKNOWN)
            continue
        for span in _pieces(starts, ends, entry, announced, was):
            yield span
            was = span.stage


def _with_since(spans: Iterable[Span]) -> Iterable[Span]:
    before: Span | None = None
    for span in spans:
        since = span.entry.on if span.starts == span.entry.when.first else span.starts.isoformat()
        if before and (before.stage, before.condition) == (span.stage, span.condition):
            since = before.since
        before = replace(span, since=since)
        yield before


def _pieces(
    starts: Day,
    ends: Day | None,
    entry: Entry | Scheduled,
    announced: Sequence[tuple[Day, Day]],
    was: Stage | None,
) -> Iterable[Span]:
    """Cut the days from one entry to the next where the entry's own end falls between them."""
    certain = entry.when.last
    stage = Stage(entry.stage or Stage.UNKNOWN)
    if isinstance(entry, Scheduled):
        yield Span(starts, ends, stage, entry, certain, condition=SCHEDULED, was=was)
        return
    printed = Stage(entry.printed) if entry.printed else None
    until = parse_day(entry.until) if entry.until else None
    if until is None:
        yield Span(starts, ends, stage, entry, certain, printed, was=was)
        return
    later = max((day for day, said in announced if said >= starts and day > until), default=None)
    stop = ends or _END
    yield Span(starts, min(until, stop) if ends else until, stage, entry, certain, printed,
               until=until, until_announced=later, was=was)  # fmt: skip
    if until >= stop:
        return
    then = Stage(entry.then or Stage.UNKNOWN)
    if later is not None:
        yield Span(until, min(later, stop), Stage.UNKNOWN, entry, until, printed, NOT_CONFIRMED,
                   until, later, stage)  # fmt: skip
        if later < stop:
            yield Span(later, ends, then, entry, later, printed, LAPSED, until, later, stage)
    else:
        yield Span(until, ends, then, entry, until, printed, RAN_OUT, until, None, stage)
