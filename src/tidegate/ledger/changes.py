"""What moved, what moves next and what is only talked about: a ledger read along its dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from tidegate.dates import Day
from tidegate.errors import BadInputError
from tidegate.ledger.history import Span
from tidegate.ledger.ledger import DayLike, Ledger, as_day, as_days
from tidegate.ledger.model import Measure, Stage
from tidegate.ledger.query import Question
from tidegate.ledger.regime import Standing
from tidegate.tables import Table

__all__ = ["coming", "diff", "timeline"]

RUMOURS = frozenset({Stage.CONSIDERING, Stage.URGED, Stage.PROPOSED})
"""The stages of measures that are talked about and bind nobody."""

MOST_DAYS = 36_525
"""A hundred years: nobody schedules a control further ahead."""

DIFF_COLUMNS = (
    "id", "title", "jurisdiction", "instrument", "before", "after", "since", "condition", "printed",
    "limbs", "note", "source", "verified",
)  # fmt: skip

TIMELINE_COLUMNS = (
    "on", "id", "title", "jurisdiction", "instrument", "limb", "stage", "role", "known_by", "note",
    "source", "verified",
)  # fmt: skip

COMING_COLUMNS = (
    "on", "days", "what", "id", "title", "jurisdiction", "instrument", "stage", "next_stage", "condition",
    "known_by", "note", "source", "verified",
)  # fmt: skip


def diff(
    ledger: Ledger,
    before: DayLike,
    after: DayLike,
    question: Question | None = None,
    known_by: DayLike | None = None,
) -> Table:
    """Return the measures that stand differently on two days.

    Columns: id, title, jurisdiction, instrument, before and after (stages; before is None for a
    measure that came onto the record between the days), since, condition, printed, limbs (those
    that moved, as `limb: before > after`), note, source, verified.
    Raises: BadInputError: if `after` lies before `before`.
    """
    start, end = as_days(before, after)
    old, new = ledger.on(start, known_by), ledger.on(end, known_by)
    question = question or Question()
    rows = []
    for standing in new:
        was = old.get(standing.measure.id)
        if _state(was) == _state(standing):
            continue
        if not question.covers(standing.measure, end):
            continue
        if question.stages and standing.stage not in question.stages:
            continue
        row = standing.row(end)
        rows.append(
            {
                **{name: row[name] for name in DIFF_COLUMNS if name in row},
                "before": was.stage.value if was else None,
                "after": standing.stage.value,
                "limbs": _moved_limbs(was, standing),
            }
        )
    about = {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "known_by": new.known_by.isoformat() if new.known_by else None,
        "scenario": ledger.scenario,
    }
    return Table(tuple(rows), DIFF_COLUMNS, about, "changes")


def timeline(
    ledger: Ledger,
    first: DayLike | None = None,
    last: DayLike | None = None,
    question: Question | None = None,
    known_by: DayLike | None = None,
) -> Table:
    """Return every dated entry of the measures asked for, oldest first.

    first, last: only entries that may lie between these days, both included.
    A stage in the question picks entries of that stage.
    """
    start, end = as_days(first, last)
    horizon = as_day(known_by) if known_by else None
    question = question or Question()
    found = []
    for measure in ledger:
        for limb, entry in _dated(measure):
            when = entry.when
            if when.last < start or when.first > end:
                continue
            if horizon is not None and entry.known > horizon:
                continue
            if question.stages and entry.stage not in question.stages:
                continue
            if question.covers(measure, when.first):
                found.append((when.first, measure.id, limb or "", limb, entry, measure))
    found.sort(key=lambda row: row[:3])
    rows = tuple(
        {
            "on": entry.on,
            "id": measure.id,
            "title": measure.title,
            "jurisdiction": measure.jurisdiction,
            "instrument": measure.instrument.value,
            "limb": limb,
            "stage": entry.stage,
            "role": entry.role,
            "known_by": entry.known.isoformat(),
            "note": entry.note,
            "source": entry.source,
            "verified": entry.verified,
        }
        for _, _, _, limb, entry, measure in found
    )
    about = {
        "from": first and start.isoformat(),
        "to": last and end.isoformat(),
        "known_by": horizon and horizon.isoformat(),
        "scenario": ledger.scenario,
    }
    return Table(rows, TIMELINE_COLUMNS, about, "entries")


def coming(
    ledger: Ledger,
    on: DayLike,
    days: int = 90,
    question: Question | None = None,
    known_by: DayLike | None = None,
) -> Table:
    """Return what is due in the next days, and what is open without a date.

    known_by: default: the day itself, so that a look back sees no future.
    Column `what`: 'change' (a stage that is due), 'date' (a fixed day on which no stage moves),
    'announced' (decided, no day on record) or 'rumour' (considered, urged or proposed).
    """
    if not 0 <= days <= MOST_DAYS:
        raise BadInputError(f"{days} days are out of range. Give 0 to {MOST_DAYS}.")
    day = as_day(on)
    horizon = as_day(known_by) if known_by else day
    last = day + dt.timedelta(days=min(days, (dt.date.max - day).days))
    question = question or Question()
    rows: list[dict[str, Any]] = []
    regime = ledger.on(day, horizon)
    for standing in regime:
        if question.wants(standing, day):
            rows += _due(standing, day, last, horizon)
    rows.sort(key=lambda row: (row["on"] is None, row["on"] or "", _ORDER[row["what"]], row["id"]))
    about = {**regime.about(), "days": days, "until": last.isoformat()}
    return Table(tuple(rows), COMING_COLUMNS, about, "coming")


_ORDER = {"change": 0, "date": 1, "announced": 2, "rumour": 3}


def _due(standing: Standing, day: Day, last: Day, horizon: Day) -> Iterator[dict[str, Any]]:
    measure = standing.measure
    seen: set[tuple[Day, str]] = set()
    for part in standing.limbs or (standing,):
        if part.next is not None and part.next.starts <= last:
            key = (part.next.starts, part.next.stage.value)
            if key not in seen:
                seen.add(key)
                yield _coming_row("change", standing, day, part.next, part.limb)
    for plan in measure.scheduled:
        when = plan.when.first
        if plan.stage is None and plan.known <= horizon and day < when <= last:
            yield {
                **_coming_row("date", standing, day, None, None),
                "on": plan.on, "days": (when - day).days, "known_by": plan.known.isoformat(),
                "note": plan.note, "source": plan.source,
            }  # fmt: skip
    if standing.next is None and not seen:
        if standing.stage is Stage.ANNOUNCED:
            yield _coming_row("announced", standing, day, None, None)
        elif standing.stage in RUMOURS:
            yield _coming_row("rumour", standing, day, None, None)


def _coming_row(
    what: str, standing: Standing, day: Day, span: Span | None, limb: str | None
) -> dict[str, Any]:
    measure = standing.measure
    entry = span.entry if span else standing.entry
    note = f"{limb}: {entry.note}" if limb else entry.note
    return {
        "on": span.starts.isoformat() if span else None,
        "days": (span.starts - day).days if span else None,
        "what": what,
        "id": measure.id,
        "title": measure.title,
        "jurisdiction": measure.jurisdiction,
        "instrument": measure.instrument.value,
        "stage": standing.stage.value,
        "next_stage": span.stage.value if span else None,
        "condition": span.condition if span else standing.condition,
        "known_by": entry.known.isoformat(),
        "note": note,
        "source": entry.source,
        "verified": getattr(entry, "verified", True),
    }


def _state(standing: Standing | None) -> tuple[Any, ...] | None:
    if standing is None:
        return None
    limbs = tuple((limb.limb, limb.stage) for limb in standing.limbs)
    return standing.stage, standing.printed, standing.condition, limbs


def _moved_limbs(was: Standing | None, now: Standing) -> list[str]:
    before = {limb.limb: limb.stage.value for limb in was.limbs} if was else {}
    return [
        f"{limb.limb}: {before.get(limb.limb, 'not on record')} > {limb.stage.value}"
        for limb in now.limbs
        if before.get(limb.limb) != limb.stage.value
    ]


def _dated(measure: Measure) -> Iterator[tuple[str | None, Any]]:
    for entry in measure.history:
        yield None, entry
    for limb in measure.limbs:
        for entry in limb.history:
            yield limb.limb, entry
