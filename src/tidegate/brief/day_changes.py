"""What changed between two days: law by stage, talk apart from it, and the tide that it moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tidegate.brief.day_record import Gauge, Moved, Talk
from tidegate.brief.word import said_in
from tidegate.catalog import load_catalog
from tidegate.dates import Day
from tidegate.errors import MissingExtraError
from tidegate.ledger import Ledger
from tidegate.ledger.changes import RUMOURS, diff
from tidegate.ledger.model import Effect, Entry, Measure, Scheduled, Stage
from tidegate.ledger.regime import Standing

__all__ = ["announced_without_a_day", "decides_shipments", "gauges_of", "moved_between", "talk_around"]

TARGETS = ("CN", "US")
"""The countries whose tide is read: most of the record reaches the one, and the answers to it the other."""

_ORDER = (
    Stage.IN_FORCE, Stage.EASED, Stage.SUSPENDED, Stage.LIFTED, Stage.UNKNOWN, Stage.ANNOUNCED, Stage.AGREED,
    Stage.REFUSED,
)  # fmt: skip
"""What binds goes first, then what no longer does, then what is on its way."""

_TALK_ORDER = (Stage.PROPOSED, Stage.URGED, Stage.CONSIDERING)


def decides_shipments(measure: Measure) -> bool:
    """Whether a measure has a scope on record, and an effect, by which shipments are decided."""
    parts = measure.limbs or (measure,)
    return any(part.when is not None and (part.effect or measure.effect) is not Effect.NONE for part in parts)


def moved_between(ledger: Ledger, since: Day, on: Day) -> tuple[Moved, ...]:
    """Return the measures that are more than talk and stand otherwise than on the earlier day, by stage.

    Those of one stage that decide shipments go first, then the newer ones. All as known by `on`.
    """
    regime, found = ledger.on(on, on), []
    for row in diff(ledger, since, on, known_by=on):
        standing = regime[row["id"]]
        if standing.stage in RUMOURS:
            continue
        measure = standing.measure
        found.append(
            Moved(
                id=measure.id, title=measure.title, government=measure.jurisdiction, authority=measure.authority,
                before=row["before"], stage=row["after"], on=row["since"], note=row["note"],
                condition=row["condition"], decides=decides_shipments(measure), limbs=tuple(row["limbs"]),
                said=said_in(standing.entry),
            )
        )  # fmt: skip
    found.sort(key=lambda one: (one.on, one.id), reverse=True)
    return tuple(sorted(found, key=lambda one: (_ORDER.index(Stage(one.stage)), not one.decides)))


def talk_around(ledger: Ledger, since: Day, on: Day) -> tuple[Talk, ...]:
    """Return what is talked about on a day: what was said since the earlier day first, then by certainty.

    Rumours as they stand, and plans to change a measure that were told in these days, with the stage they would lead to.
    """
    found = []
    for standing in ledger.on(on, on):
        words = _last_words(standing, since, on)
        if standing.stage in RUMOURS:
            entry = words or standing.entry
            is_new = words is not None
        elif words is not None and words.role == "talk":
            entry, is_new = words, True
        else:
            continue
        stage = standing.stage.value if standing.stage in RUMOURS else entry.stage or standing.stage.value
        found.append(_talk(standing, stage, entry, is_new))
    found.sort(key=lambda one: (one.on, one.id), reverse=True)
    order = [stage.value for stage in (Stage.AGREED, Stage.ANNOUNCED, *_TALK_ORDER)]
    return tuple(
        sorted(
            _together(found),
            key=lambda one: (not one.is_new, order.index(one.stage) if one.stage in order else 0),
        )
    )


def announced_without_a_day(ledger: Ledger, on: Day) -> tuple[Talk, ...]:
    """Return what is announced, and has no day on record on which it begins."""
    return tuple(
        _talk(standing, standing.stage.value, standing.entry, False)
        for standing in ledger.on(on, on)
        if standing.stage is Stage.ANNOUNCED and standing.next is None
        and not any(limb.next for limb in standing.limbs)
    )  # fmt: skip


def gauges_of(ledger: Ledger, since: Day, on: Day) -> tuple[tuple[Gauge, ...] | None, str | None]:
    """Return the tide toward each of `TARGETS` on both days; or None, and why it cannot be read."""
    from tidegate.licensing.tide import tide_on

    found = []
    try:
        for target in TARGETS:
            gauge = tide_on(ledger, (since, on), target, known_by=on)
            first, last = gauge.line()[0], gauge.line()[-1]
            moved = [step.row() for step in gauge.steps() if step.government != target]
            moved.sort(key=lambda row: (-abs(row["change"]), row["deal"], row["government"]))
            name = load_catalog().countries[target].name
            found.append(
                Gauge(
                    target,
                    name,
                    (first.low, first.high),
                    (last.low, last.high),
                    len(gauge.deals),
                    tuple(moved),
                )
            )
    except MissingExtraError as error:
        return None, str(error)
    return tuple(found), None


def _last_words(standing: Standing, since: Day, on: Day) -> Entry | None:
    """The newest entry that was made, or became known, between the two days; reports say nothing new."""
    new = [
        entry
        for entry in standing.measure.entries
        if entry.role != "report" and entry.when.first <= on and entry.known <= on
        and (entry.when.first > since or entry.known > since)
    ]  # fmt: skip
    return max(new, key=lambda entry: (entry.when.first, entry.known), default=None)


def _together(told: Sequence[Talk]) -> Iterator[Talk]:
    """Yield what was said once, with all the measures of which it was said."""
    same: dict[tuple[object, ...], list[Talk]] = {}
    for one in told:
        same.setdefault((one.government, one.stage, one.on, one.note, one.said.source), []).append(one)
    for first, *others in same.values():
        yield replace(first, also=tuple(one.id for one in others))


def _talk(standing: Standing, stage: str, entry: Entry | Scheduled, is_new: bool) -> Talk:
    measure = standing.measure
    return Talk(
        measure.id, measure.title, measure.jurisdiction, stage, entry.on, entry.note, is_new, said_in(entry)
    )
