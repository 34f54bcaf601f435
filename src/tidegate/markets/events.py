"""Events: what became known, where and when, and whose shares are asked about; and how a CSV file tells them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tidegate.dates import Day, parse_day
from tidegate.errors import BadInputError, NotFoundError
from tidegate.markets.exchanges import zone_of

__all__ = ["SESSIONS", "Event", "read_events", "with_tickers"]

SESSIONS: Mapping[str, tuple[str, str, str]] = {
    "pre_us": ("America/New_York", "00:00", "09:30"),
    "us_open": ("America/New_York", "09:30", "09:30"),
    "during_us": ("America/New_York", "09:30", "16:00"),
    "after_us_close": ("America/New_York", "16:00", "24:00"),
    "asia": ("Asia/Tokyo", "09:00", "15:00"),
    "during_eu": ("Europe/Amsterdam", "09:00", "17:30"),
    "after_eu_close": ("Europe/Amsterdam", "17:30", "24:00"),
    "weekend": ("America/New_York", "00:00", "24:00"),
    "unknown": ("America/New_York", "00:00", "24:00"),
}
"""Words for the part of a day in which something became known, with clock, first and last hour."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that became known between two moments.

    id, title: its names. on: its day, at its place. first, last: aware moments between which it became known;
    equal where the hour is known. tickers: shares asked about. group: what they are, or what the event
    belongs to. confounders: other news of the day, for all shares or for one (`NVDA: own results`). given:
    first session by area, where the file states it. measure, stage, source: from the ledger or the file.
    same_act: further measures that became known by the same release. direction: tighten, ease or context;
    surprise: softer or harder than the last reported plan, None where no source says it. hour_source: where
    the part of the day is from, if not from `source`.
    """

    id: str
    on: Day
    first: dt.datetime
    last: dt.datetime
    title: str = ""
    tickers: tuple[str, ...] = ()
    group: str = ""
    confounders: tuple[str, ...] = ()
    given: Mapping[str, Day] | None = None
    measure: str | None = None
    stage: str | None = None
    source: str | None = None
    same_act: tuple[str, ...] = ()
    direction: str | None = None
    surprise: str | None = None
    hour_source: str | None = None

    def row(self) -> dict[str, object]:
        """Return what is known of the event as plain values."""
        return {
            "id": self.id,
            "title": self.title,
            "known_from": self.first.isoformat(timespec="minutes"),
            "known_until": self.last.isoformat(timespec="minutes"),
            "hour_source": self.hour_source,
            "measure": self.measure,
            "stage": self.stage,
            "direction": self.direction,
            "surprise": self.surprise,
            "source": self.source,
        }

    @property
    def hour_is_known(self) -> bool:
        """Whether the moment is known."""
        return self.first == self.last

    @classmethod
    def at(cls, id_: str, on: Day, session: str = "unknown", **more: object) -> Event:
        """Return an event whose part of the day is known by one of the words of `SESSIONS`."""
        first, last = _span(on, session)
        return cls(id_, on, first, last, **more)  # type: ignore[arg-type]


def read_events(path: str | Path) -> tuple[list[Event], list[str]]:
    """Return the events of a CSV file, and what of it was left out with the reason.

    Columns: `event_id`, `date`; for the hour `time` (HH:MM) and `zone` (IANA name or government), or
    `session` (a word of `SESSIONS`); `day0` where the first session is known for all exchanges,
    `first_us_session` and `first_asia_session` where it is for some; `ticker`, one row each, or `tickers`,
    several in a cell; `group`, `title`, `confounder`, `measure`, `same_act` (further measures), `stage`,
    `direction`, `surprise`, `source`, `note` (one that starts with 'confounded:' counts as a confounder of the
    row's ticker). Other columns are ignored. Raises: BadInputError: naming the row and the mend.
    """
    place = Path(path)
    try:
        text = place.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{place}: the file cannot be read: {error}. Give a CSV file in UTF-8.") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    names = set(reader.fieldnames or ())
    for column in ("event_id", "date"):
        if column not in names:
            raise BadInputError(f"{place}:1: column '{column}' is missing. Give event_id, date and ticker.")
    found: dict[str, Event] = {}
    left: list[str] = []
    try:
        for row in reader:
            _take(
                {
                    key: (value or "").strip()
                    for key, value in row.items()
                    if key and not isinstance(value, list)
                },
                f"{place}:{reader.line_num}",
                found,
                left,
            )
    except csv.Error as error:
        raise BadInputError(f"{place}:{reader.line_num}: this is no CSV: {error}. Mend the row.") from None
    if not found:
        raise BadInputError(f"{place}: there is no event in the file. Give at least one row.")
    return list(found.values()), left


def _take(row: Mapping[str, str], where: str, found: dict[str, Event], left: list[str]) -> None:
    """Add a row to the event it belongs to."""
    id_ = row["event_id"]
    if not id_:
        raise BadInputError(f"{where}: the row has no event_id. Give one.")
    try:
        on = parse_day(row["date"])
        first, last = _moments(row, on)
        given = _given(row)
    except BadInputError as error:
        raise BadInputError(f"{where}: {error}") from None
    tickers = _words(row.get("tickers") or row.get("ticker", ""))
    if row.get("ticker", "").startswith("group:"):
        left.append(f"{where}: '{row['ticker']}' names a group and no share. Name its tickers.")
        tickers = ()
    note = row.get("confounder") or (
        row.get("note", "") if row.get("note", "").startswith("confounded:") else ""
    )
    others = (f"{', '.join(tickers)}: {note.removeprefix('confounded:').strip()}",) if note else ()
    event = found.get(id_)
    if event is None:
        found[id_] = Event(
            id_,
            on,
            first,
            last,
            row.get("title", ""),
            tickers,
            row.get("group", ""),
            others,
            given,
            row.get("measure") or None,
            row.get("stage") or None,
            row.get("source") or None,
            _words(row.get("same_act", "")),
            row.get("direction") or None,
            row.get("surprise") or None,
        )
        return
    if event.on != on or (event.first, event.last) != (first, last):
        raise BadInputError(
            f"{where}: event '{id_}' has another day or hour than in its first row. Give them another id."
        )
    found[id_] = replace(
        event,
        tickers=tuple(dict.fromkeys(event.tickers + tickers)),
        confounders=tuple(dict.fromkeys(event.confounders + others)),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[\s;|,]+", text) if part)


def _moments(row: Mapping[str, str], on: Day) -> tuple[dt.datetime, dt.datetime]:
    zone, time = row.get("zone", ""), row.get("time", "")
    if time:
        if not zone:
            raise BadInputError(f"time '{time}' has no zone. Give one: America/New_York, or US.")
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", time):
            raise BadInputError(f"time '{time}' is not an hour. Write HH:MM, from 00:00 to 23:59.")
        moment = dt.datetime.combine(on, dt.time.fromisoformat(time), zone_of(zone))
        return moment, moment
    session = row.get("session") or "unknown"
    if session not in SESSIONS:
        raise BadInputError(f"session '{session}' is not known. Write one of: {', '.join(SESSIONS)}.")
    return _span(on, session, zone)


def _span(on: Day, session: str, zone: str = "") -> tuple[dt.datetime, dt.datetime]:
    """The moments between which a word says that something became known."""
    name, start, end = SESSIONS[session]
    clock = zone_of(zone if zone and session == "unknown" else name)
    first_day = last_day = on
    if session == "weekend":
        # Said of a Saturday or Sunday, of the Friday before, or of the Monday after.
        first_day = on - dt.timedelta(days={5: 0, 6: 1, 0: 2}.get(on.weekday(), 0))
        last_day = on + dt.timedelta(days={4: 2, 5: 1, 6: 0, 0: -1}.get(on.weekday(), 0))
        start = "16:00" if on.weekday() == 4 else start
    first = dt.datetime.combine(first_day, dt.time.fromisoformat(start), clock)
    if start == end:
        return first, first
    # The last hour is not one of them: what is known at the close is too late for that session.
    closing = dt.datetime.combine(last_day, dt.time(), clock) + dt.timedelta(
        hours=int(end[:2]), minutes=int(end[3:]) - 1
    )
    return first, closing


def _given(row: Mapping[str, str]) -> Mapping[str, Day] | None:
    columns = {"day0": "all", "first_us_session": "americas", "first_asia_session": "asia"}
    found = {area: parse_day(row[column]) for column, area in columns.items() if row.get(column)}
    return found or None


def tickers_of(events: Sequence[Event]) -> tuple[str, ...]:
    """Return the shares that any of the events asks about, each once."""
    lists = dict.fromkeys(event.tickers for event in events)
    return tuple(dict.fromkeys(ticker for tickers in lists for ticker in tickers))


def with_tickers(events: Sequence[Event], tickers: Sequence[str]) -> list[Event]:
    """Return the events asked of other shares. Raises: NotFoundError: if none is named."""
    if not tickers:
        raise NotFoundError("No share is named. Give tickers.")
    return [replace(event, tickers=tuple(dict.fromkeys(tickers))) for event in events]
