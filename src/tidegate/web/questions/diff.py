"""Two days compared."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from tidegate.ledger import changes
from tidegate.tables import Table
from tidegate.web.parameters import Day, Filters, day_field
from tidegate.web.question import Site, question


class Diff(Filters):
    """Two days, and which measures."""

    first: Annotated[Day, Field(alias="from", description="The earlier day.")]
    last: Day = day_field("The later day.", alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Diff:
        if self.first > self.last:
            raise ValueError(f"{self.last} is before {self.first}. Give the earlier day in 'from'.")
        return self


@question(
    "/diff", title="Two days compared", examples=({"from": "2022-10-06", "to": "2022-10-22"},), in_menu=False
)
def diff(site: Site, asked: Diff) -> Table:
    """Which measures stand differently on two days."""
    return changes.diff(site.ledger, asked.first, asked.last, asked.wanted(), asked.known_by)
