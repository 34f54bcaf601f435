"""One day at a glance: what binds, what moved lately, what comes, what is only talked about."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from tidegate.ledger.changes import RUMOURS, coming, diff
from tidegate.ledger.ledger import DayLike, Ledger, as_day
from tidegate.ledger.model import Stage
from tidegate.ledger.query import Question, filter_regime
from tidegate.ledger.regime import Regime
from tidegate.tables import Table, Tabular, to_json

__all__ = ["Overview", "overview"]

COUNT_COLUMNS = ("jurisdiction", "instrument", "binding")

_FURTHEST_TALK = (Stage.PROPOSED, Stage.URGED, Stage.CONSIDERING)
"""Rumours by how far they have come: a draft on paper, a call of one government on another, a thought."""


@dataclass(frozen=True)
class Overview(Tabular):
    """The measures asked for on one day, and what is around that day.

    binding: those that bind (in force or eased). changed: what stands differently than `days` before.
    ahead: dated changes of the next `ahead_days`, what is announced without a day, and rumours, as
    `tidegate.ledger.changes.coming` gives them.
    """

    binding: Regime
    changed: Table
    ahead: Table
    days: int
    ahead_days: int

    @property
    def counts(self) -> Table:
        """How many measures bind, by government and instrument; the government with most first."""
        tally = Counter((s.measure.jurisdiction, s.measure.instrument.value) for s in self.binding)
        by_government = Counter(s.measure.jurisdiction for s in self.binding)
        order = sorted(tally, key=lambda key: (-by_government[key[0]], key[0], -tally[key], key[1]))
        rows = tuple({"jurisdiction": g, "instrument": i, "binding": tally[g, i]} for g, i in order)
        return Table(rows, COUNT_COLUMNS, self.binding.about(), "counts")

    @property
    def dated(self) -> Table:
        """Changes and dates with a day on record, the nearest first."""
        return self._of("change", "date")

    @property
    def announced(self) -> Table:
        """What is announced and has no day on record."""
        return self._of("announced")

    @property
    def rumours(self) -> Table:
        """What is talked about and binds nobody, that which has come furthest first."""
        found = self._of("rumour")
        order = [stage.value for stage in _FURTHEST_TALK]
        return replace(found, rows=tuple(sorted(found, key=lambda row: order.index(row["stage"]))))

    def table(self) -> Table:
        """Return one row for each measure that binds."""
        return self.binding.table()

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON shows."""
        return {
            **self.binding.about(),
            "days": self.days,
            "ahead_days": self.ahead_days,
            **{
                name: [dict(row) for row in table]
                for name, table in (
                    ("counts", self.counts),
                    ("changed", self.changed),
                    ("dated", self.dated),
                    ("announced", self.announced),
                    ("rumours", self.rumours),
                    ("binding", self.binding.table()),
                )
            },
        }

    def to_json(self) -> str:
        """Return all of it as JSON text."""
        return to_json(self.to_dict())

    def _of(self, *what: str) -> Table:
        return replace(self.ahead, rows=tuple(row for row in self.ahead if row["what"] in what))


def overview(
    ledger: Ledger,
    on: DayLike,
    days: int = 30,
    ahead_days: int = 180,
    question: Question | None = None,
    known_by: DayLike | None = None,
) -> Overview:
    """Return one day at a glance.

    days: how far to look back for changes. ahead_days: how far to look ahead. question: the measures to
    keep. known_by: leave out what the public did not know by then.
    Raises: BadInputError: if a day is not one, or a number of days is below 1 or beyond a hundred years.
    """
    day = as_day(on)
    question = question or Question()
    of_any_stage = replace(question, stages=frozenset())
    regime = filter_regime(ledger.on(day, known_by), of_any_stage)
    kept = tuple(standing for standing in regime if standing.binds)
    return Overview(
        binding=replace(regime, standings=kept),
        changed=diff(ledger, day - dt.timedelta(days=days), day, of_any_stage, known_by),
        ahead=coming(ledger, day, ahead_days, of_any_stage, known_by),
        days=days,
        ahead_days=ahead_days,
    )


assert frozenset(_FURTHEST_TALK) == RUMOURS
