"""The ledger: every measure on record, and what follows from it for a day."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from tidegate.dates import Day, parse_day
from tidegate.errors import BadInputError, NotFoundError
from tidegate.ledger.history import History
from tidegate.ledger.model import Measure, Relation
from tidegate.ledger.regime import Regime, Standing, regime_on, standing_on

__all__ = ["Ledger"]

DayLike = Day | str

T = TypeVar("T")

KEPT_ANSWERS = 16
"""Answers that took long to work out and that a ledger keeps; that of a tide gauge takes a few megabytes."""

KEPT_REGIMES = 128
"""Regimes that a ledger keeps: a model asks for the same days again and again; one takes about fifty kilobytes."""

KEPT_HISTORIES = 16
"""Days of knowledge whose folded histories a ledger keeps; one takes about half a megabyte."""

_KEEPING = threading.Lock()
"""Held while histories and answers are kept or let go: a site asks one ledger from several threads."""


@dataclass(frozen=True)
class Ledger:
    """Every measure on record. Taken on a day it is a `Regime`.

    measures: sorted by id. starts: the first day that the ledger means to cover. read_to: the last day
    up to which sources were read at all.

    >>> from tidegate.ledger import load_ledger
    >>> ledger = load_ledger()
    >>> ledger.on("2025-06-15")["us-2025-05-23-eda-letters"].stage
    <Stage.IN_FORCE: 'in_force'>
    >>> ledger.on("2025-07-10")["us-2025-05-23-eda-letters"].stage
    <Stage.LIFTED: 'lifted'>
    """

    measures: tuple[Measure, ...]
    read_to: Day | None
    scenario: str | None = None
    starts: Day | None = None
    _answers: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)
    _histories: dict[Day | None, dict[str, dict[str | None, History]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.measures, key=lambda measure: measure.id))
        object.__setattr__(self, "measures", ordered)

    def __len__(self) -> int:
        return len(self.measures)

    def __iter__(self) -> Iterator[Measure]:
        return iter(self.measures)

    def __contains__(self, measure_id: object) -> bool:
        return measure_id in self._by_id

    def __getitem__(self, measure_id: str) -> Measure:
        """Return the measure of that id. Raises: NotFoundError: naming ids that are near."""
        try:
            return self._by_id[measure_id]
        except KeyError:
            from rapidfuzz import process

            near = [match[0] for match in process.extract(measure_id, list(self._by_id), limit=3)]
            hint = f" Near: {', '.join(near)}." if near else ""
            raise NotFoundError(f"No measure has the id '{measure_id}'.{hint}") from None

    @cached_property
    def _by_id(self) -> Mapping[str, Measure]:
        return {measure.id: measure for measure in self.measures}

    def on(self, day: DayLike, known_by: DayLike | None = None) -> Regime:
        """Return the regime: each measure with its stage on `day`, as known by another day.

        day: the legal day asked about. known_by: leave out what the public did not know by then;
            None keeps all that the ledger knows today.
        Raises: BadInputError: if a day is not written YYYY-MM-DD.
        """
        day, known_by = as_day(day), None if known_by is None else as_day(known_by)
        regime = self._regimes.get((day, known_by))
        if regime is None:
            if len(self._regimes) >= KEPT_REGIMES:
                self._regimes.clear()
            standings, change = regime_on(self.measures, self.histories(known_by), day)
            regime = Regime(day, known_by, standings, self.read_to, self.scenario, change, self.starts)
            self._regimes[day, known_by] = regime
        return regime

    @cached_property
    def _regimes(self) -> dict[tuple[Day, Day | None], Regime]:
        return {}

    def regimes(self, first: DayLike, last: DayLike, known_by: DayLike | None = None) -> Iterator[Regime]:
        """Yield the regime of every day from `first` to `last`, both included."""
        day, last = as_days(first, last)
        known_by = None if known_by is None else as_day(known_by)
        regime = self.on(day, known_by)
        while day <= last:
            # Between two changes only the date of the regime moves on.
            if regime.changes_on is not None and day >= regime.changes_on:
                regime = self.on(day, known_by)
            yield replace(regime, on=day)
            day += dt.timedelta(days=1)

    def histories(self, known_by: Day | None = None) -> Mapping[str, Mapping[str | None, History]]:
        """Return the spans of every measure by id and limb, as known by a day.

        A measure without limbs has one history, under None.
        """
        kept = self._histories.get(known_by)
        if kept is None:
            kept = {measure.id: _histories_of(measure, known_by) for measure in self.measures}
            with _KEEPING:
                # A look back day by day asks for each day once: only the last few are worth keeping.
                while len(self._histories) >= KEPT_HISTORIES:
                    del self._histories[next(iter(self._histories))]
                self._histories[known_by] = kept
        return kept

    def standing(self, measure_id: str, day: DayLike, known_by: DayLike | None = None) -> Standing | None:
        """Return how one measure stands on a day; None where it is not on record by then.

        Raises: NotFoundError: if no measure has that id.
        """
        measure = self[measure_id]
        horizon = None if known_by is None else as_day(known_by)
        return standing_on(measure, _histories_of(measure, horizon), as_day(day))

    def related_to(self, measure_id: str) -> tuple[tuple[Relation, str], ...]:
        """Return who points at this measure: pairs of relation and the id of the pointing measure."""
        return tuple(
            (relation, measure.id)
            for measure in self.measures
            for relation in Relation
            if measure_id in measure.related(relation)
        )

    def remembered(self, question: Hashable, answer: Callable[[], T]) -> T:
        """Return the answer to a question that rests on this ledger alone, worked out once.

        A ledger never changes, so neither does the answer; the last few are kept.
        """
        with _KEEPING:
            if question in self._answers:
                kept: T = self._answers[question]
                return kept
        found = answer()
        with _KEEPING:
            while len(self._answers) >= KEPT_ANSWERS:
                del self._answers[next(iter(self._answers))]
            self._answers[question] = found
        return found

    def adding(self, measures: Iterable[Measure]) -> Ledger:
        """Return a ledger with further measures. Raises: BadInputError: if an id is taken."""
        added = tuple(measures)
        for measure in added:
            if measure.id in self:
                raise BadInputError(f"The id '{measure.id}' is taken. Give the measure another id.")
        return Ledger(self.measures + added, self.read_to, self.scenario, self.starts)


def as_day(day: DayLike) -> Day:
    """Return a day given as a date or as YYYY-MM-DD text."""
    return parse_day(day) if isinstance(day, str) else day


def as_days(first: DayLike | None, last: DayLike | None) -> tuple[Day, Day]:
    """Return the first and the last day of a stretch; an end that is not given is open.

    Raises: BadInputError: if `last` lies before `first`, or a day is not written YYYY-MM-DD.
    """
    start = dt.date.min if first is None else as_day(first)
    end = dt.date.max if last is None else as_day(last)
    if end < start:
        raise BadInputError(f"{end} is before {start}. Give the earlier day first.")
    return start, end


def _histories_of(measure: Measure, known_by: Day | None) -> dict[str | None, History]:
    if not measure.limbs:
        return {None: History.of(measure.history, measure.scheduled, known_by)}
    histories: dict[str | None, History] = {}
    for limb in measure.limbs:
        entries = sorted((*measure.history, *limb.history), key=lambda entry: entry.when.first)
        histories[limb.limb] = History.of(entries, (*measure.scheduled, *limb.scheduled), known_by)
    return histories
