"""Bargaining rounds: who moved, what was tied to what, whether it held."""

from typing import Annotated

from pydantic import AfterValidator, Field

from tidegate.ledger.bargains import rounds_between
from tidegate.tables import Table
from tidegate.watch import TalksCourse
from tidegate.web.parameters import Day, Name, day_field, named
from tidegate.web.question import Asked, Site, question


class Rounds(Asked):
    """A stretch of days, and a government that took part."""

    first: Annotated[Day | None, Field(alias="from", description="First day.")] = None
    last: Day = day_field("Last day.", alias="to")
    by: Annotated[
        Annotated[Name, AfterValidator(named("country"))] | None, Field(description="Government.")
    ] = None


def course(site: Site, asked: Rounds) -> TalksCourse:
    """Return what the Atom twin follows."""
    return TalksCourse(asked.first, asked.by)


@question("/rounds", title="Talks", follows=course, examples=({"from": "2025-04-01", "to": "2025-07-31"},))
def rounds(site: Site, asked: Rounds) -> Table:
    """Which governments bargained, what was tied to what, and whether it held."""
    return rounds_between(asked.first, asked.last, asked.by)
