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
    first, last = sessions.first_after(event.first), sessions.first_after(event.last)
    stated, is_area = _stated(event, sessions.exchange)
    if stated is not None:
        day = _session_from(stated, sessions)
        moved = "" if day == stated else f"; no session on {stated}"
        if is_area and not first <= day <= last:
            # Said of an area, not of this exchange: Hong Kong trades on days on which Tokyo does not.
            day = min(max(day, first), last)
            moved = f" for its area; by the hours of {sessions.exchange.name} it is {day}"
        return DayZero(day, day, f"stated with the event{moved}")
    if event.hour_is_known:
        return DayZero(first, last, f"known at {event.first:%Y-%m-%d %H:%M %Z}")
    span = f"known between {event.first:%Y-%m-%d %H:%M} and {event.last:%m-%d %H:%M %Z}"
    return DayZero(first, last, span if first == last else f"{span}: two sessions may be the first")


def _session_from(day: Day, sessions: Sessions) -> Day:
    at = int(sessions.days.searchsorted(np.datetime64(day)))
    if at == len(sessions.days):
        raise BadInputError(
            f"No session of {sessions.exchange.name} from {day} on is known. Give an earlier event."
        )
    found: Day = sessions.days[at].item()
    return found


def _stated(event: Event, exchange: Exchange) -> tuple[Day | None, bool]:
    """The first session that the event states for an exchange, and whether it says so of an area only."""
    given = event.given or {}
    for area, countries in _AREAS.items():
        if area in given and exchange.country in countries:
            return given[area], True
    return given.get("all"), False
