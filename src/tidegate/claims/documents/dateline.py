"""The day of a story as its first or last lines give it, and the written days that metadata gives.

Only a day with its year in the place of a dateline counts: `Published: Feb 25, 2025`, `By X | May 5, 2025`,
a line that is nothing but a date, or `WASHINGTON, Oct. 7, 2022 (Reuters) -`. A date in a sentence is
about something else, and a date in figures such as 05/06/2025 is two dates. Two different days: none.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from email.utils import parsedate_to_datetime

from tidegate.dates import YEARS, Day

__all__ = ["day_in_dateline", "day_written"]

_MONTHS = {calendar.month_abbr[number].lower(): number for number in range(1, 13)}
_MONTH = (
    r"(?P<month{n}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
    r"(?:(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|" + _MONTH.format(n=1) + r"\s+(?P<day1>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year1>\d{4})"
    r"|(?P<day2>\d{1,2})(?:st|nd|rd|th)?\s+" + _MONTH.format(n=2) + r",?\s+(?P<year2>\d{4}))"
)
_TIME = (
    r"(?:[\sT,|·•-]*(?:at\s+)?\d{1,2}[:.]\d{2}(?::\d{2})?(?:\.\d+)?"
    r"\s*(?:[ap]\.?m\.?)?\s*(?:Z|[+-]\d{2}:?\d{2}|\(?[A-Z]{2,4}\)?)?)?"
)
_WHEN = "(?i:" + _DATE + _TIME + ")"
_NAMES = r"(?:(?:[A-Z][\w.'’-]*|and|for|in|of|the|de|van|von|der|&)[\s,]+){1,10}"
_BAR = r"[|·•–—-]"

_LABEL = re.compile(
    r"^\W*(?:first\s+)?(?:published|posted|publication date|date published|date|released)"
    r"(?:\s+(?:on|at)|\s*:)*\s*" + _DATE + _TIME + r"\s*(?:$|by\b|[|·•;,.(–—-])",
    re.IGNORECASE,
)
_SHAPES = (
    # Nothing but the day; a name, a bar, the day; the day, a bar, a name.
    re.compile(r"^\W*" + _WHEN + r"\W*$"),
    re.compile(r"^(?i:by)\s+" + _NAMES + _BAR + r"?\s*" + _WHEN + r"\W*$"),
    re.compile(r"^" + _NAMES + r"[|·•]\s*" + _WHEN + r"\W*$"),
    re.compile(r"^" + _WHEN + r"\s*[|·•]\s*" + _NAMES.replace(r"[\s,]+", r"(?:[\s,]+|$)") + "$"),
)
_OTHER_DAY = re.compile(
    r"\b(?:effective|force|deadline|due|until|expires?|updated?|revised|modified|accessed|retrieved|hearing)\b",
    re.IGNORECASE,
)
"""Words that say the day is not that of the story."""

_OPENING = re.compile(
    r"^(?:[A-Z][\w.'’ ,/]{2,50}?(?:,|\s[–—-])?\s+)?(?i:"
    + _DATE
    + r")\s*(?:\([^)]{2,40}\)\s*)?[–—-]{1,2}\s+\S"
)
"""A dateline that the first sentence follows on the same line."""

_HEAD, _TAIL, _LONG = 6, 4, 120


def day_in_dateline(text: str) -> Day | None:
    r"""Return the one day that the first six or last four lines give as the story's own; None otherwise.

    >>> day_in_dateline("By Ann Lee | May 5, 2025\n\nThe rule of March 1, 2024 stands.")
    datetime.date(2025, 5, 5)
    >>> day_in_dateline("The rule takes effect on March 1, 2024.") is None
    True
    """
    lines = [line for line in (line.strip() for line in text.splitlines()) if line]
    edge = lines[:_HEAD] + lines[max(_HEAD, len(lines) - _TAIL) :]
    short = [line for line in edge if len(line) <= _LONG]
    labelled = {_day(match) for line in short if (match := _LABEL.match(line))}
    if labelled:
        return labelled.pop() if len(labelled) == 1 else None
    short = [line for line in short if not _OTHER_DAY.search(line)]
    plain = {_day(match) for line in short for shape in _SHAPES if (match := shape.match(line))}
    plain |= {_day(match) for line in lines[:3] if (match := _OPENING.match(line[:200]))}
    return plain.pop() if len(plain) == 1 else None


def day_written(written: object) -> Day | None:
    """Return the day of a value in metadata: ISO 8601, an e-mail date or a date in English words.

    None where the value is none of them, lacks the day or the year, or lies outside our time. The day is
    the one written: a time zone does not move it.
    """
    if isinstance(written, dt.date):
        return _in_our_time(written.year, written.month, written.day)
    words = str(written).strip()[:80]
    if match := re.match(r"(\d{4})-(\d{2})-(\d{2})(?!\d)", words):
        return _in_our_time(*(int(part) for part in match.groups()))
    if re.fullmatch(r"\d{8}", words):
        return _in_our_time(int(words[:4]), int(words[4:6]), int(words[6:]))
    if match := re.match(r"^\W*" + _DATE + r"\b", words, re.IGNORECASE):
        return _day(match)
    try:
        day = parsedate_to_datetime(words)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return _in_our_time(day.year, day.month, day.day)


def _day(match: re.Match[str]) -> Day | None:
    found = match.groupdict()
    if found["iso"]:
        return _in_our_time(*(int(part) for part in found["iso"].split("-")))
    n = "1" if found["month1"] else "2"
    return _in_our_time(
        int(found["year" + n]), _MONTHS[found["month" + n][:3].lower()], int(found["day" + n])
    )


def _in_our_time(year: int, month: int, day: int) -> Day | None:
    try:
        return dt.date(year, month, day) if year in YEARS else None
    except ValueError:
        return None
