"""A regime: the law of one day, as known by another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tidegate.dates import Day
from tidegate.errors import NotFoundError
from tidegate.ledger.history import History, Span
from tidegate.ledger.model import BINDING, Entry, Measure, Scheduled, Stage
from tidegate.tables import Table, Tabular

__all__ = ["STATUS_COLUMNS", "Regime", "Standing", "regime_on", "standing_on"]

_RANK = {
    Stage.IN_FORCE: 10,
    Stage.UNKNOWN: 9,
    Stage.EASED: 8,
    Stage.SUSPENDED: 7,
    Stage.ANNOUNCED: 6,
    Stage.AGREED: 5,
    Stage.PROPOSED: 4,
    Stage.URGED: 3,
    Stage.CONSIDERING: 2,
    Stage.LIFTED: 1,
    Stage.REFUSED: 0,
}
"""Which limb speaks for the whole instrument: the one that binds most."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one measure, or one limb of it, stands in a regime.

    span: the days around the day asked on which nothing changes. next: the span after it, if known.
    limbs: the standing of each limb, where the measure has limbs; the measure then stands as the
        limb that binds most.
    """

    measure: Measure
    span: Span
    next: Span | None
    limb: str | None = None
    limbs: tuple[Standing, ...] = ()

    @property
    def stage(self) -> Stage:
        """The stage as enforced on the day."""
        return self.span.stage

    @property
    def printed(self) -> Stage | None:
        """The stage of the text as printed, where it differs from what is enforced."""
        return self.span.printed

    @property
    def condition(self) -> str | None:
        """Why the stage is unknown, or that it follows from a text and nobody has confirmed it."""
        return self.span.condition

    @property
    def binds(self) -> bool:
        """Whether the measure binds on the day, as far as the record says."""
        return self.span.stage in BINDING

    @property
    def entry(self) -> Entry | Scheduled:
        """The entry that put the measure where it stands."""
        return self.span.entry

    @property
    def is_verified(self) -> bool:
        """Whether the deciding entry was read in a source."""
        return not isinstance(self.entry, Entry) or self.entry.verified

    def is_certain(self, day: Day) -> bool:
        """Whether the deciding date lies certainly on or before `day`."""
        return self.span.certain_from <= day

    def row(self, day: Day) -> dict[str, Any]:
        """Return the standing as plain values, the columns of a status table."""
        measure, span = self.measure, self.span
        return {
            "id": measure.id,
            "title": measure.title,
            "jurisdiction": measure.jurisdiction,
            "stage": span.stage.value,
            "since": span.since,
            "until": _iso(span.until),
            "until_announced": _iso(span.until_announced),
            "condition": span.condition,
            "printed": span.printed.value if span.printed else None,
            "was": span.was.value if span.was else None,
            "certain": self.is_certain(day),
            "verified": self.is_verified,
            "instrument": measure.instrument.value,
            "effect": measure.effect.value,
            "licence_policy": measure.licence_policy.value if measure.licence_policy else None,
            "items": list(measure.items),
            "destinations": list(measure.destinations),
            "parties": list(measure.parties),
            "note": span.entry.note,
            "source": span.entry.source,
            "next": _next(self.next),
            "limbs": [
                {
                    "limb": limb.limb,
                    "stage": limb.stage.value,
                    "since": limb.span.since,
                    "until": _iso(limb.span.until),
                    "condition": limb.condition,
                    "next": _next(limb.next),
                }
                for limb in self.limbs
            ],
        }


STATUS_COLUMNS = (
    "id", "title", "jurisdiction", "stage", "since", "until", "until_announced", "condition",
    "printed", "was", "certain", "verified", "instrument", "effect", "licence_policy", "items",
    "destinations", "parties", "note", "source", "next", "limbs",
)  # fmt: skip


@dataclass(frozen=True)
class Regime(Tabular):
    """The law of one day: every measure on record by then, with its stage.

    on: the legal day. known_by: what the public did not know by then is left out (None: nothing is).
    standings: sorted by measure id; a measure whose first entry lies later is not among them.
    changes_on: the next day on which any of them changes.
    """

    on: Day
    known_by: Day | None
    standings: tuple[Standing, ...]
    read_to: Day | None = None
    scenario: str | None = None
    changes_on: Day | None = None
    starts: Day | None = None

    def __len__(self) -> int:
        return len(self.standings)

    def __iter__(self) -> Iterator[Standing]:
        return iter(self.standings)

    def __contains__(self, measure_id: object) -> bool:
        return measure_id in self._by_id

    def __getitem__(self, measure_id: str) -> Standing:
        """Return how a measure stands. Raises: NotFoundError: if it is not on record by this day."""
        try:
            return self._by_id[measure_id]
        except KeyError:
            known = f" as known by {self.known_by}" if self.known_by else ""
            raise NotFoundError(f"'{measure_id}' is not on record on {self.on}{known}.") from None

    def get(self, measure_id: str) -> Standing | None:
        """Return how a measure stands, or None if it is not on record by this day."""
        return self._by_id.get(measure_id)

    @cached_property
    def _by_id(self) -> Mapping[str, Standing]:
        return {standing.measure.id: standing for standing in self.standings}

    def about(self) -> dict[str, Any]:
        """Return what was asked and what the answer rests on."""
        return {
            "on": self.on.isoformat(),
            "known_by": _iso(self.known_by),
            "scenario": self.scenario,
            "starts": _iso(self.starts),
            "read_to": _iso(self.read_to),
        }

    def table(self) -> Table:
        """Return one row for each measure on record."""
        rows = tuple(standing.row(self.on) for standing in self.standings)
        return Table(rows, STATUS_COLUMNS, self.about(), "measures")


def regime_on(
    measures: Sequence[Measure],
    histories: Mapping[str, Mapping[str | None, History]],
    day: Day,
) -> tuple[tuple[Standing, ...], Day | None]:
    """Return how each measure stands on a day, and the next day on which any of them changes."""
    standings = []
    change = dt.date.max
    for measure in measures:
        own = histories[measure.id]
        standing = standing_on(measure, own, day)
        if standing is not None:
            standings.append(standing)
        for history in own.values():
            following = history.after(day)
            if following is not None and following.starts < change:
                change = following.starts
    return tuple(standings), None if change == dt.date.max else change


def standing_on(measure: Measure, histories: Mapping[str | None, History], day: Day) -> Standing | None:
    """Return how a measure stands on a day; None where it is not on record by then.

    histories: by the name of the limb; a measure with limbs stands as the one that binds most.
    """
    parts = [
        Standing(measure, span, history.after(day), limb)
        for limb, history in histories.items()
        if (span := history.on(day)) is not None
    ]
    if not parts or not measure.limbs:
        return parts[0] if parts else None
    lead = min(parts, key=lambda part: (-_RANK[part.stage], part.span.starts))
    return Standing(measure, lead.span, lead.next, None, tuple(parts))


def _iso(day: Day | None) -> str | None:
    return day.isoformat() if day else None


def _next(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {"on": span.starts.isoformat(), "stage": span.stage.value, "condition": span.condition}
