"""The measures a story speaks of: their stage then and now, what moved between, what is coming."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.brief.record import MeasureLine, Quote
from tidegate.claims.matching import Match
from tidegate.dates import Day
from tidegate.ledger import Ledger, Measure
from tidegate.ledger.lanes import runs
from tidegate.tables import Table

__all__ = ["measure_lines"]

Span = tuple[Day, Day]

NO_DAY = "unknown, because the story gives no day"


def measure_lines(
    claimed: Mapping[str, tuple[int, ...]],
    matches: Sequence[Match],
    ledger: Ledger,
    on: Day,
    span: Span | None,
    ahead: Table,
) -> tuple[MeasureLine, ...]:
    """Return the measures that claims are about, then those that are only named.

    claimed: the numbers of the claims about each measure. span: the story's day, twice, or the days on which it
    may have been written; None: unknown. ahead: what is coming in the ledger.
    """
    named = {match.measure.id: match for match in matches}
    ids = [*claimed, *(each for each in named if each not in claimed)]
    return tuple(
        _line(ledger[each], claimed.get(each, ()), named.get(each), ledger, on, span, ahead) for each in ids
    )


def _line(
    measure: Measure,
    claims: tuple[int, ...],
    match: Match | None,
    ledger: Ledger,
    on: Day,
    span: Span | None,
    ahead: Table,
) -> MeasureLine:
    now = ledger.standing(measure.id, on)
    evidence = match.evidence if match else ()
    return MeasureLine(
        id=measure.id,
        title=measure.title,
        jurisdiction=measure.jurisdiction,
        claims=claims,
        score=match.score if match else None,
        why=evidence[0].words if evidence else (),
        quotes=tuple(
            Quote(part.passage.text, part.passage.start, tuple(word for _, word in part.words))
            for part in evidence[:2]
        ),
        lane=_lane(measure, ledger, span[0], on) if span else (),
        stage_then=_stage_then(measure, ledger, span),
        stage_now=now.stage.value if now else "not on record",
        condition_now=now.condition if now else None,
        printed_now=now.printed.value if now and now.printed else None,
        since_now=now.span.since if now else None,
        source_now=now.entry.source if now else None,
        verified_now=now.is_verified if now else True,
        changed=_changed(measure, span[0], on) if span else (),
        coming=tuple(
            dict(row) for row in ahead if row["id"] == measure.id and row["what"] in ("change", "date")
        ),
    )


def _changed(measure: Measure, first: Day, on: Day) -> tuple[dict[str, Any], ...]:
    """Return what happened after the story's day, and what had happened and became known after it."""
    rows = [
        {
            "on": entry.on, "stage": entry.stage, "role": entry.role, "note": entry.note,
            "source": entry.source, "verified": entry.verified,
            "known": entry.known.isoformat() if entry.when.first <= first else None,
        }
        for entry in measure.entries
        if entry.role != "report" and entry.when.first <= on and (entry.when.first > first or entry.known > first)
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: str(row["on"])))


def _lane(measure: Measure, ledger: Ledger, first: Day, on: Day) -> tuple[dict[str, Any], ...]:
    """Return the stages that one measure went through between two days, from its history folded once."""
    end = on + dt.timedelta(days=1)
    if first >= end:
        return ()
    lane: list[dict[str, Any]] = [
        {
            "stage": run.standing.stage.value if run.standing else "not on record",
            "from": run.starts.isoformat(),
            "until": run.ends.isoformat(),
            "days": (run.ends - run.starts).days,
        }
        for run in runs(measure, ledger.histories()[measure.id], first, end)
    ]
    total = (end - first).days
    return tuple({**part, "share": round(100 * part["days"] / total, 2)} for part in lane)


def _stage_then(measure: Measure, ledger: Ledger, span: Span | None) -> str:
    """Return the stage on the story's day as known then, or the stages it went through in the span."""
    if span is None:
        return NO_DAY
    stages: list[str] = []
    day = span[0]
    while day <= span[1]:
        standing = ledger.standing(measure.id, day, known_by=day)
        stage = standing.stage.value if standing else "not on record"
        if not stages or stages[-1] != stage:
            stages.append(stage)
        day += dt.timedelta(days=1)
    return ", then ".join(stages)
