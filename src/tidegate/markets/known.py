"""What ships about known events: 77 dated ones with the part of the day, and other news that moved shares.

`data/markets/events.csv` is a file of events as a user would write it, with the measures and stages of the
ledger, whether a source was read for it (`verified`), and, where a source says so, the surprise against the
last reported plan. `data/markets/confounders.csv` names a session, a share (or none: all of them), and what
else moved it.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tidegate import data
from tidegate.dates import Day, parse_day
from tidegate.errors import NotFoundError
from tidegate.markets.events import Event, read_events

__all__ = ["News", "hour_of", "named_events", "shipped_events", "shipped_news"]


@dataclass(frozen=True, slots=True)
class News:
    """Other news that moved prices. day: the session that it moved. ticker: the share, None for all.

    event: the shipped event that the news itself is, so that it is not told beside it. verified: whether it was
    read in the source.
    """

    day: Day
    ticker: str | None
    text: str
    event: str | None
    source: str
    verified: bool


@lru_cache(maxsize=1)
def shipped_events() -> Mapping[str, Event]:
    """Return the shipped events by id, oldest first."""
    return {event.id: event for event in read_events(data.MARKETS / "events.csv")[0]}


@lru_cache(maxsize=1)
def shipped_news() -> tuple[News, ...]:
    """Return the shipped confounders, oldest first."""
    with (data.MARKETS / "confounders.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            News(
                parse_day(row["session_day"]),
                row["ticker"] or None,
                row["news"],
                row["event"] or None,
                row["source"],
                row["verified"] == "true",
            )
            for row in csv.DictReader(file)
        )


def named_events(ids: Sequence[str]) -> list[Event]:
    """Return shipped events by id; `all` stands for each of them. Raises: NotFoundError: naming what ships."""
    known = shipped_events()
    if "all" in ids:
        return list(known.values())
    for id_ in ids:
        if id_ not in known:
            raise NotFoundError(f"No event '{id_}' is shipped. Shipped are: all, {', '.join(known)}.")
    return [known[id_] for id_ in dict.fromkeys(ids)]


def hour_of(measure: str, stages: Collection[str], day: Day) -> Event | None:
    """Return the shipped event that tells in which part of a day a measure came to one of some stages; None
    where none does.
    """
    for event in shipped_events().values():
        if event.on == day and (
            (measure == event.measure and event.stage in stages) or measure in event.same_act
        ):
            return event
    return None
