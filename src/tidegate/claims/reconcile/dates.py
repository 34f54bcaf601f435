"""When a claimed date and a recorded one may be the same, and when a measure was public."""

from __future__ import annotations

import datetime as dt

from tidegate.dates import Day, When
from tidegate.ledger import Measure

__all__ = ["AFTER_DAYS", "CONFLICT_DAYS", "falls_on", "first_public", "is_near", "is_public"]

AFTER_DAYS = 14
"""A measure first public this long after a story may still be what the story tells."""

SLACK_DAYS = 3
"""Days by which a claimed day and a recorded one may differ and be the same event: time zones, printing."""

CONFLICT_DAYS = 45
"""Two days this far apart may be two days given for one event; further apart they are two events."""


def first_public(measure: Measure) -> Day:
    """Return the first day on which anything of a measure was public."""
    return min(entry.known for entry in measure.entries)


def is_public(measure: Measure, published: Day | None) -> bool:
    """Whether anything of a measure was public by `AFTER_DAYS` after a story; True where its day is unknown."""
    return published is None or first_public(measure) <= published + dt.timedelta(days=AFTER_DAYS)


def falls_on(claimed: When, recorded: When, known: Day | None = None) -> bool:
    """Whether a claimed date and a recorded one, or the day it became known, may be the same."""
    slack = dt.timedelta(days=SLACK_DAYS if claimed.is_exact else 0)
    if claimed.first - slack <= recorded.last and recorded.first <= claimed.last + slack:
        # A whole year on record says nothing of a day within it.
        return (recorded.last - recorded.first).days <= 31 or not claimed.is_exact
    return known is not None and claimed.first - slack <= known <= claimed.last + slack


def is_near(claimed: When, recorded: When) -> bool:
    """Whether two days are so close that they may be two days given for one event."""
    if not (claimed.is_exact and recorded.is_exact):
        return False
    return abs((claimed.first - recorded.first).days) <= CONFLICT_DAYS
