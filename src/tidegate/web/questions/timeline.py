"""Measures as lanes by government, stages as colours along the days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from tidegate.ledger.lanes import lanes
from tidegate.ledger.query import Question as Wanted
from tidegate.tables import Table
from tidegate.web.lanes_picture import draw_lanes
from tidegate.web.parameters import Day, Filters, Name, checked_words, day_field
from tidegate.web.question import Site, question


class Timeline(Filters):
    """A stretch of days, and which measures."""

    first: Annotated[
        Day | None, Field(alias="from", description="First day. Default: where the record starts.")
    ] = None
    last: Day = day_field("Last day.", alias="to")
    stage: Annotated[
        Annotated[Name, AfterValidator(checked_words("stage"))] | None,
        Field(
            description="On this stage at some time: in_force, suspended, ... or binding; with commas: any."
        ),
    ] = None

    @model_validator(mode="after")
    def _in_order(self) -> Timeline:
        if self.first and self.first > self.last:
            raise ValueError(f"{self.last} is before {self.first}. Give the earlier day in 'from'.")
        return self

    def wanted(self) -> Wanted:
        """Return the filters as the ledger takes them."""
        return Wanted.of(self.by, self.target, self.instrument, self.stage, self.party, self.item)


def picture(site: Site, asked: Timeline, answer: Table) -> Mapping[str, Any]:
    """Return the lanes as they are drawn."""
    return {"drawn": draw_lanes(answer)}


@question(
    "/timeline", title="Timeline", shows=picture,
    examples=({"from": "2025-01-01", "to": "2026-11-21", "item": "h20"}, {"by": "CN", "instrument": "materials_export"}),
)  # fmt: skip
def timeline(site: Site, asked: Timeline) -> Table:
    """How each measure stood over a stretch of days: lanes by government, stages as colours."""
    return lanes(site.ledger, asked.first, asked.last, asked.wanted(), asked.known_by)
