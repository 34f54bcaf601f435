"""The control that a trace is about: whose it is, at whom it aims, and its dates, from the ledger or by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.catalog import load_catalog
from tidegate.dates import Day, parse_day, parse_when
from tidegate.diversion.places import countries
from tidegate.errors import BadInputError
from tidegate.ledger import Ledger, Measure
from tidegate.ledger.model import BINDING, Stage

__all__ = ["Control", "control_of"]

_MOST_TARGETS = 3
"""Countries that a measure names beyond which it says too little about whom it aims at."""

_TOLD = frozenset({Stage.ANNOUNCED, *BINDING})
"""Stages from which on trade may move because of the measure."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control as a trace needs it.

    measure: its id, None where only a day was given. controller, target: country codes. known: the day from which
    the public knew that it would come. since: the day it was in force. entries: the changes in its history,
    oldest first, as plain values. notes: what was left open.
    """

    measure: str | None
    title: str
    controller: tuple[str, ...]
    target: tuple[str, ...]
    known: Day
    since: Day
    entries: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()

    def last_before(self, month: Day) -> str | None:
        """Return the last change in the history that had come by the end of a month, as stage and date."""
        end = month.replace(day=28) + dt.timedelta(days=4)
        came = [one for one in self.entries if parse_when(one["on"]).first < end.replace(day=1)]
        return f"{came[-1]['stage']} {came[-1]['on']}" if came else None

    def row(self) -> dict[str, Any]:
        """Return the control as plain values."""
        return {
            "measure": self.measure,
            "title": self.title,
            "controller": list(self.controller),
            "target": list(self.target),
            "known": self.known.isoformat(),
            "since": self.since.isoformat(),
            "history": [dict(entry) for entry in self.entries],
        }


def control_of(
    ledger: Ledger,
    measure: str | None = None,
    *,
    controller: Sequence[str] = (),
    target: Sequence[str] = (),
    since: str | None = None,
    known_by: str | None = None,
) -> Control:
    """Return the control of a measure, or of a day and countries.

    measure: id in the ledger; its government is the controller and its destinations the target, unless others are
    named, and it counts from the first day it was in force, unless `since` says otherwise. known_by: leave out of its
    history what was not public by then. Raises: NotFoundError: if no measure has the id. BadInputError: if a
    country is not known, or no day, controller or target follows.
    """
    own, aims = countries(controller, "--controller"), countries(target, "--target")
    day = parse_day(since) if since else None
    if measure is None:
        if day is None or not own:
            raise BadInputError(
                "Nothing says which control is meant. Give --control with the id of a measure, or --since and "
                "--controller."
            )
        return _checked(Control(None, f"control of {', '.join(own)} from {day}", own, aims, day, day))
    record = ledger[measure]
    horizon = parse_day(known_by) if known_by else None
    changes = sorted(
        (one for one in record.entries if one.role == "change" and (horizon is None or one.known <= horizon)),
        key=lambda one: (one.when.first, one.known),
    )
    notes = []
    if day is None:
        forced = next((one for one in changes if Stage(one.stage) in BINDING), None)
        if forced is None:
            by = f" by {known_by}" if known_by else ""
            raise BadInputError(
                f"{measure} has no day in force on record{by}, so there is no before and after. Give a day with --since."
            )
        day = forced.when.first
        if not forced.when.is_exact:
            notes.append(
                f"{measure}: the source gives {forced.on} for its start; its first day, {day}, is taken."
            )
    told = [one.known for one in changes if Stage(one.stage) in _TOLD and one.known <= day]
    if not own:
        own = (record.jurisdiction,)
        if "EU" in own:
            raise BadInputError(
                f"{measure} is of the European Union, which reports no trade of its own. Name its countries with "
                "--controller."
            )
    if not aims:
        aims, note = _aimed(record, day)
        notes += note
    return _checked(
        Control(
            measure,
            record.title,
            own,
            tuple(place for place in aims if place not in own),
            min(told, default=day),
            day,
            tuple({"stage": str(one.stage), "on": one.on, "known": one.known.isoformat(), "note": one.note,
                   "source": one.source, "verified": one.verified} for one in changes),
            tuple(notes),
        )
    )  # fmt: skip


def _aimed(record: Measure, day: Day) -> tuple[tuple[str, ...], list[str]]:
    """The countries a measure reaches, where they are few."""
    catalog = load_catalog()
    if "world" in record.destinations or not record.destinations:
        return (), [
            f"{record.id} reaches every country: no target follows from it, so only the leg out of the controller is "
            "judged. Name a target with --target for both."
        ]
    reached = sorted(
        place
        for place in catalog.countries
        if place != "EU" and catalog.covers(record.destinations, place, day)
    )
    if len(reached) > _MOST_TARGETS:
        few = ", ".join(reached[:6])
        raise BadInputError(
            f"{record.id} reaches {len(reached)} countries ({few}, ...): say which one trade may reach by a detour, "
            "--target CN."
        )
    return tuple(reached), []


def _checked(control: Control) -> Control:
    both = set(control.controller) & set(control.target)
    if both:
        raise BadInputError(f"{', '.join(sorted(both))} is controller and target. Name it once.")
    return control
