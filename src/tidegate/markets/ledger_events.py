"""Events of the ledger: a change of stage, on the day and, where it is known, at the hour it became known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tidegate.catalog import load_catalog
from tidegate.dates import Day, parse_day
from tidegate.errors import BadInputError
from tidegate.ledger import Entry, Ledger, Measure
from tidegate.ledger.query import Question
from tidegate.markets.events import Event
from tidegate.markets.exchanges import zone_of
from tidegate.markets.known import hour_of

__all__ = ["events_of_ledger"]


def events_of_ledger(
    ledger: Ledger,
    measure: str | None = None,
    stage: str | None = None,
    instrument: str | None = None,
    known_by: str | None = None,
) -> tuple[list[Event], list[str]]:
    """Return an event for each change of stage, and what was left out with the reason.

    measure: the changes of this measure. stage, instrument: or the changes to these stages of all measures of
    these instruments, in the words of `tidegate status`. An event falls on the day on which the public could
    know of it, in the part of that day that the shipped events tell; where they tell none, all of the day
    counts as possible. Its shares are those of the parties that the measure names. Raises: NotFoundError: if
    no measure has the id. BadInputError: if nothing is asked for.
    """
    if measure is None and stage is None and instrument is None:
        raise BadInputError(
            "Nothing says which events are meant. Give a measure, or a stage and an instrument."
        )
    horizon = parse_day(known_by) if known_by else None
    question = Question.of(instrument=instrument, stage=stage)
    chosen: Iterable[Measure] = [ledger[measure]] if measure else ledger
    found, left = [], []
    for one in chosen:
        days: dict[Day, list[Entry]] = {}
        for entry in one.entries:
            if entry.role != "change" or (question.stages and entry.stage not in question.stages):
                continue
            if (question.instruments and one.instrument not in question.instruments) or (
                horizon and entry.known > horizon
            ):
                continue
            if entry.known_by is None and not entry.when.is_exact:
                left.append(f"{one.id}, {entry.stage}: the source gives {entry.on}, no day.")
            else:
                days.setdefault(entry.known, []).append(entry)
        # A rule that is announced and in force on one day is one event for a price.
        found += [_of_entries(one, entries) for entries in days.values()]
    found.sort(key=lambda event: (event.on, event.id))
    return _with_other_changes(found, ledger), left


def _with_other_changes(events: Sequence[Event], ledger: Ledger) -> list[Event]:
    """Name as confounders the changes of other measures that became known on the same day."""
    days = {event.on for event in events}
    others: dict[Day, dict[str, str]] = {}
    for measure in ledger:
        for entry in measure.entries:
            if entry.role == "change" and entry.known in days and (entry.known_by or entry.when.is_exact):
                others.setdefault(entry.known, {})[measure.id] = entry.stage
    return [
        replace(
            event,
            confounders=tuple(
                f"{name} ({stage}) that day"
                for name, stage in others[event.on].items()
                if name != event.measure
            ),
        )
        for event in events
    ]


def _of_entries(measure: Measure, entries: Sequence[Entry]) -> Event:
    """The event of a measure's changes that became known on one day."""
    day, zone = entries[0].known, zone_of(measure.jurisdiction)
    start = dt.datetime.combine(day, dt.time(), zone)
    stage = "+".join(dict.fromkeys(entry.stage for entry in entries))
    catalog = load_catalog()
    parties = [catalog.parties[name] for name in measure.parties if name in catalog.parties]
    tickers = tuple(dict.fromkeys(party.ticker for party in parties if party.ticker))
    found = Event(
        f"{measure.id}:{stage}:{day}",
        day,
        start,
        start + dt.timedelta(hours=23, minutes=59),
        f"{measure.title}: {stage}",
        tickers,
        measure.instrument.value,
        measure=measure.id,
        stage=stage,
        source=entries[0].source,
    )
    told = hour_of(measure.id, {entry.stage for entry in entries}, day)
    if told is None:
        return found
    return replace(
        found,
        first=told.first,
        last=told.last,
        given=told.given,
        direction=told.direction,
        surprise=told.surprise,
        hour_source=told.source,
    )
