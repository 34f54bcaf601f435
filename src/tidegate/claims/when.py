"""Dates that a text names, resolved against the day it was published where they lean on it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from tidegate.dates import YEARS, Day, When, parse_when

__all__ = ["DateMention", "find_dates"]


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a text.

    when: the days it may mean. why_unknown: the reason where that is None.
    """

    text: str
    start: int
    end: int
    when: When | None
    why_unknown: str | None = None


_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
)
_BEFORE_MONTH = "(?i:in|since|until|by|mid-|late|early)"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS = "|".join(_WEEKDAYS)
_DATE = re.compile(
    rf"""
    \b(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})\b
  | \b(?P<mdy>(?:{_MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})\b
  | \b(?P<dmy>\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTHS})\.?\s+\d{{4}})\b
  | \b(?P<my>(?:{_MONTHS})\.?\s+\d{{4}})\b
  | \b(?P<md>(?:{_MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?)\b
  | \b(?P<dm>\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTHS}))\b
  | \b(?P<nth>(?i:on\s+)?(?i:the)\s+\d{{1,2}}(?:st|nd|rd|th))\b
  | \b(?P<rel>(?i:yesterday)
      | (?i:(?:(?:earlier|late|later)\s+)?(?:last|this)\s+(?:week|month|year))
      | (?i:on\s+|last\s+)?(?:{_DAYS}))\b
  | \b(?P<in_month>(?:{_BEFORE_MONTH})\s*(?:{_MONTHS}))\b(?!\s+\d)
  | \b(?P<year>(?i:in|since|during|for|of|and)\s+(?:20[12]\d))\b
    """,
    re.VERBOSE,
)

_COMPLETE = frozenset({"iso", "mdy", "dmy", "my", "year"})
"""The forms that name their year: they lean on no other day."""

_NO_DAY = f"no day of a calendar from {YEARS[0]} to {YEARS[-1]}"


def find_dates(text: str, published: Day | None = None) -> tuple[DateMention, ...]:
    """Return the dates a text names, in order.

    published: the day of the story; without it, dates that lean on it ('Tuesday', 'the 9th', 'last
    month') stay unresolved rather than being guessed.
    """
    return tuple(_mention(match, published) for match in _DATE.finditer(text))


def _mention(match: re.Match[str], published: Day | None) -> DateMention:
    try:
        when = _resolve(match, published)
    except (OverflowError, ValueError):
        # '31 February 2025', or a week before the first day of the calendar: words, but no date.
        when = None
    why = None
    if when is None:
        leans = published is None and match.lastgroup not in _COMPLETE
        why = "leans on the day of the story, which is not given" if leans else _NO_DAY
    return DateMention(match.group(), match.start(), match.end(), when, why)


def _resolve(match: re.Match[str], published: Day | None) -> When | None:
    kind, words = match.lastgroup or "", match.group()
    lowered = words.lower()
    if kind == "iso":
        return parse_when(words)
    if kind == "year":
        return parse_when(words[-4:])
    if kind in ("mdy", "dmy"):
        return _parse(words, None, "%Y-%m-%d")
    if kind == "my":
        return _parse(words, None, "%Y-%m")
    if published is None:
        return None
    if kind == "nth":
        return _nth(int(re.sub(r"\D", "", words)), published)
    if kind == "in_month":
        return _parse(re.sub(rf"^{_BEFORE_MONTH}\s*", "", words), published, "%Y-%m")
    if "month" in lowered:
        base = published.replace(day=1) - dt.timedelta(days=1) if "last" in lowered else published
        return parse_when(f"{base:%Y-%m}")
    if "year" in lowered:
        return parse_when(str(published.year - ("last" in lowered)))
    if "week" in lowered:
        monday = published - dt.timedelta(days=published.weekday() + (7 if "last" in lowered else 0))
        return parse_when(f"{monday}/{monday + dt.timedelta(days=6)}")
    if words.split()[-1] in _WEEKDAYS:
        return _weekday(words, published)
    return _parse(words, published, "%Y-%m-%d")


def _weekday(words: str, published: Day) -> When:
    """Return the latest such day up to the day of the story; 'last Tuesday' lies before it."""
    back = (published.weekday() - _WEEKDAYS.index(words.split()[-1])) % 7
    if back == 0 and words.lower().startswith("last"):
        back = 7
    return parse_when((published - dt.timedelta(days=back)).isoformat())


def _nth(day: int, published: Day) -> When | None:
    """Return the latest such day of a month on or before the day of the story."""
    month = published.replace(day=1)
    for _ in range(3):
        try:
            candidate = month.replace(day=day)
        except ValueError:
            candidate = None
        if candidate is not None and candidate <= published:
            return parse_when(candidate.isoformat())
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return None


def _parse(words: str, published: Day | None, form: str) -> When | None:
    from dateparser.date import DateDataParser

    settings: dict[str, object] = {"PREFER_DATES_FROM": "past", "PREFER_DAY_OF_MONTH": "first"}
    if published is not None:
        settings["RELATIVE_BASE"] = dt.datetime.combine(published, dt.time(12))
    found = DateDataParser(languages=["en"], settings=settings).get_date_data(words)
    if found.date_obj is None:
        return None
    return parse_when(found.date_obj.strftime(form))
