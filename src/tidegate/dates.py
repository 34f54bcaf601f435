"""Dates as exact as their source: a day, a month, a year, or a range of days.

A source often says 'in February' or 'between 12 and 13 October'. Such a date is kept as the interval
of days it may be, never rounded to one of them. The written forms are those of ISO 8601:
`2025`, `2025-02`, `2025-02-25` and `2025-10-12/2025-10-13`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

from tidegate.errors import BadInputError

__all__ = ["YEARS", "Day", "When", "parse_day", "parse_when"]

Day = dt.date

YEARS = range(1900, 2200)
"""Years a ledger of our time can speak of; another is a slip of the pen."""

_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class When(NamedTuple):
    """The days on which something may have happened, both ends included.

    first, last: the earliest and the latest day the source leaves open.
    text: the date as its source gives it.

    >>> parse_when("2025-02")
    When(first=datetime.date(2025, 2, 1), last=datetime.date(2025, 2, 28), text='2025-02')
    >>> parse_when("2025-02").is_exact, parse_when("2025-02-25").is_exact
    (False, True)
    """

    first: Day
    last: Day
    text: str

    @property
    def is_exact(self) -> bool:
        """Whether the source fixes one day."""
        return self.first == self.last

    def __str__(self) -> str:
        return self.text


def parse_day(text: str) -> Day:
    """Return the day written as `YYYY-MM-DD`.

    Raises: BadInputError: if the text is not such a date.
    """
    if _DAY.fullmatch(text):
        try:
            day = dt.date.fromisoformat(text)
        except ValueError as error:
            raise BadInputError(f"'{text}' is not a date: {error}. Write YYYY-MM-DD.") from None
        _check_year(day.year, text)
        return day
    raise BadInputError(f"'{text}' is not a date. Write YYYY-MM-DD, for example 2025-06-15.")


@lru_cache(maxsize=8192)
def parse_when(text: str) -> When:
    """Return the days that a written date may mean.

    Raises: BadInputError: if the text is none of the forms in the module docstring, or if a range
        ends before it starts.
    """
    start, slash, end = text.partition("/")
    if slash:
        try:
            first, last = parse_when(start), parse_when(end)
        except BadInputError:
            raise BadInputError(f"'{text}' is no range of dates. Write 2025-10-12/2025-10-13.") from None
        if last.last < first.first:
            raise BadInputError(f"'{text}' ends before it starts. Write the earlier day first.")
        return When(first.first, last.last, text)
    if _DAY.fullmatch(text):
        day = parse_day(text)
        return When(day, day, text)
    if _MONTH.fullmatch(text) or _YEAR.fullmatch(text):
        _check_year(int(text[:4]), text)
    try:
        if _MONTH.fullmatch(text):
            year, month = int(text[:4]), int(text[5:])
            last_day = calendar.monthrange(year, month)[1]
            return When(dt.date(year, month, 1), dt.date(year, month, last_day), text)
        if _YEAR.fullmatch(text):
            return When(dt.date(int(text), 1, 1), dt.date(int(text), 12, 31), text)
    except (ValueError, calendar.IllegalMonthError):
        pass
    raise BadInputError(f"'{text}' is not a date. Write 2025, 2025-02, 2025-02-25 or 2025-10-12/2025-10-13.")


def _check_year(year: int, text: str) -> None:
    if year not in YEARS:
        bounds = f"{YEARS.start} to {YEARS.stop - 1}"
        raise BadInputError(f"'{text}' lies outside the years {bounds}. Write a year within them.")
