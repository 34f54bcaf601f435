"""Day 0: the first session of an exchange that could react to an event, given the hour and the place.

A session can react to what became known before its close. Where the hour is not known, or only roughly, the
first and the last session that it may be are both named; a study is then made for each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tidegate.dates import Day
from tidegate.errors import BadInputError
from tidegate.markets.events import Event
from tidegate.markets.exchanges import Exchange, Sessions

__all__ = ["DayZero", "day_zero"]

_AREAS = {"americas": ("US", "CA"), "asia": ("JP", "KR", "HK", "TW", "CN", "SG", "AU", "MY", "TH")}


class DayZero(NamedTuple):
    """The first session that could react, and the last one that may have been the first. why: how it was
    found.
    """

    first: Day
    last: Day
    why: str

    @property
    def is_certain(self) -> bool:
        """Whether it is one session."""
        return self.first == self.last


def day_zero(event: Event, sessions: Sessions) -> DayZero:
    """Return day 0 of an event on an exchange. Raises: BadInputError: if its calendar does not reach to the
    event.
    """
    given = _given(event, sessions.exchange)
    if given is not None:
        at = int(sessions.days.searchsorted(np.datetime64(given)))
        if at == len(sessions.days):
            raise BadInputError(
                f"No session of {sessions.exchange.name} from {given} on is known. Give an earlier event."
            )
        day: Day = sessions.days[at].item()
        moved = "" if day == given else f"; no session on {given}"
        return DayZero(day, day, f"stated with the event{moved}")
    first, last = sessions.first_after(event.first), sessions.first_after(event.last)
    if event.hour_is_known:
        return DayZero(first, last, f"known at {event.first:%Y-%m-%d %H:%M %Z}")
    span = f"known between {event.first:%Y-%m-%d %H:%M} and {event.last:%m-%d %H:%M %Z}"
    return DayZero(first, last, span if first == last else f"{span}: two sessions may be the first")


def _given(event: Event, exchange: Exchange) -> Day | None:
    if event.given is None:
        return None
    for area, countries in _AREAS.items():
        if area in event.given and exchange.country in countries:
            return event.given[area]
    return event.given.get("all")
