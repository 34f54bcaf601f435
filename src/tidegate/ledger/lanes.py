"""How measures stood over a stretch of days: one row for each run of days on one stage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tidegate.dates import Day
from tidegate.ledger.history import History
from tidegate.ledger.ledger import DayLike, Ledger, as_day, as_days
from tidegate.ledger.model import Measure
from tidegate.ledger.query import Question
from tidegate.ledger.regime import Standing, standing_on
from tidegate.tables import Table

__all__ = ["LANES_COLUMNS", "Run", "lanes", "runs"]

LANES_COLUMNS = (
    "id", "title", "jurisdiction", "instrument", "from", "to", "stage", "since", "entry", "condition",
    "printed", "note", "source", "verified",
)  # fmt: skip

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Run:
    """Days on which a measure keeps one stage. starts, ends: the first day, and the first that is not of it.

    standing: how it stood on the first of them; None where it was not on record.
    """

    starts: Day
    ends: Day
    standing: Standing | None


def runs(measure: Measure, histories: Mapping[str | None, History], first: Day, end: Day) -> Iterator[Run]:
    """Yield the runs of one measure from `first` to before `end`, oldest first and without gaps.

    histories: of the measure, by limb, as `Ledger.histories` gives them.
    """
    starts = {span.starts for history in histories.values() for span in history.spans}
    cuts = [first, *sorted(day for day in starts if first < day < end), end]
    last: Run | None = None
    for day, until in pairwise(cuts):
        standing = standing_on(measure, histories, day)
        if last is not None and _stage(last.standing) == _stage(standing):
            last = Run(last.starts, until, last.standing)
            continue
        if last is not None:
            yield last
        last = Run(day, until, standing)
    if last is not None:
        yield last


def lanes(
    ledger: Ledger,
    first: DayLike | None,
    last: DayLike,
    question: Question | None = None,
    known_by: DayLike | None = None,
) -> Table:
    """Return the runs of each measure asked for between two days, both included.

    Columns: id, title, jurisdiction, instrument, from and to (first and last day of the run within the
    stretch), stage, since (the day the stage began) and entry (the day of the entry
    that put it there), both as their source writes them, condition, printed, note,
    source, verified. Sorted by measure and day; days before a measure came onto the record have no row.
    first: None is the day on which the ledger starts. A stage in the question keeps measures that were
    on that stage on some day.
    Raises: BadInputError: if `last` lies before `first`.
    """
    start, end = as_days(first or ledger.starts, last)
    horizon = as_day(known_by) if known_by else None
    question = question or Question()
    histories = ledger.histories(horizon)
    rows = []
    for measure in ledger:
        if not question.covers(measure, end):
            continue
        own = [
            run for run in runs(measure, histories[measure.id], start, end + _DAY) if run.standing is not None
        ]
        if question.stages and question.stages.isdisjoint(_stage(run.standing) for run in own):
            continue
        for run in own:
            assert run.standing is not None
            row = run.standing.row(run.starts)
            kept = {name: row[name] for name in LANES_COLUMNS if name in row}
            kept["entry"] = run.standing.entry.on
            rows.append({**kept, "from": run.starts.isoformat(), "to": (run.ends - _DAY).isoformat()})
    about = {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "known_by": horizon.isoformat() if horizon else None,
        "scenario": ledger.scenario,
        "read_to": ledger.read_to.isoformat() if ledger.read_to else None,
    }
    return Table(tuple(rows), LANES_COLUMNS, about, "runs")


def _stage(standing: Standing | None) -> object:
    return standing.stage if standing else None
