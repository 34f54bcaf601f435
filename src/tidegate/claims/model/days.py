"""Which dates a text gives: what a claim may say about when."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property

from tidegate.claims.when import find_dates
from tidegate.dates import Day, When, parse_when
from tidegate.errors import BadInputError

__all__ = ["Days"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:[a-z]{2,6}\b|\.|\b)"
_MONTH_DAY = re.compile(rf"\b{_MONTH}(?:\s+(?P<day>\d{{1,2}})(?!\d))?")
_DAY_MONTH = re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}")
_YEAR = re.compile(r"(?<![\d.,$€£])(?:19|20)\d{2}(?![\d,%]|\.\d)")
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})s?\b", re.IGNORECASE)
_PART_OF_YEAR = re.compile(
    r"\b(?:quarter\w*|[HQ][1-4]|F?[QH][1-4]|half|months|(?:first|second) half)\b", re.IGNORECASE
)
_TODAY = re.compile(r"\b(today|yesterday|tomorrow|tonight)\b", re.IGNORECASE)
_NEXT = re.compile(r"\bnext\s+(month|year|week)\b", re.IGNORECASE)

_REACH = 430
"""Days from the story within which a month without a year is looked for."""


@dataclass(frozen=True)
class Days:
    """The dates of one text. published: its day; without it words that lean on it give no date."""

    text: str
    published: Day | None = None

    def fixes(self, date: str) -> str | None:
        """Return a date as exactly as the text gives it; None where the text does not give it.

        date: ISO, to the year, month or day. A day is kept where the text names it, or where a word that
        leans on the day of the story ('Tuesday', 'last month') does; otherwise its month or year may be.

        >>> Days("It took effect in April 2025.").fixes("2025-04-09")
        '2025-04'
        """
        for length in (10, 7, 4):
            if length > len(date):
                continue
            try:
                meant = parse_when(date[:length])
            except BadInputError:
                continue
            if any(meant.first <= day.first and day.last <= meant.last for day in self._named):
                return date[:length]
            if self.published is not None and self._leans_on(meant, date[:length], self.published):
                return date[:length]
        return None

    def fixes_period(self, period: str) -> str | None:
        """Return a period as exactly as the text gives it; None where the text does not.

        A quarter or half needs a word for one and its year, or to lie about the day of the story.
        """
        if "/" in period:
            return period if all(self._year_is_given(end[:4]) for end in period.split("/")) else None
        if "-Q" in period or "-H" in period:
            known = self._has_part_of_year and self._year_is_given(period[:4])
            return period if known else self.fixes(period[:4])
        return self.fixes(period)

    def _year_is_given(self, year: str) -> bool:
        # A quarter, or months in a row, are often given without their year.
        near = self.published is not None and abs(int(year) - self.published.year) <= 1
        return near or self.fixes(year) is not None

    @cached_property
    def _named(self) -> tuple[When, ...]:
        named = [mention.when for mention in find_dates(self.text, self.published) if mention.when]
        named += [parse_when(year) for year in sorted(set(_YEAR.findall(self.text)))]
        return tuple(named)

    def _leans_on(self, meant: When, date: str, published: Day) -> bool:
        if abs((meant.first - published).days) > _REACH:
            return False
        if len(date) == 10:
            near = abs((meant.first - published).days)
            day = meant.first
            weekday = _WEEKDAYS[day.weekday()] in self._weekdays and near <= 8
            return weekday or (day.month, day.day) in self._months or day in self._near_days
        if len(date) == 7:
            return any(month == meant.first.month for month, _ in self._months) or self._is_next(
                meant, "month"
            )
        return self._is_next(meant, "year")

    def _is_next(self, meant: When, span: str) -> bool:
        assert self.published is not None
        if span not in self._next:
            return False
        following = self.published.replace(day=28) + dt.timedelta(days=5)
        if span == "month":
            return (meant.first.year, meant.first.month) == (following.year, following.month)
        return meant.first.year == self.published.year + 1

    @cached_property
    def _near_days(self) -> frozenset[Day]:
        """The days that 'today' and its like mean, on the day of the story."""
        steps = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
        words = {word.lower() for word in _TODAY.findall(self.text)}
        return frozenset(self.published + dt.timedelta(days=steps[word]) for word in words if self.published)

    @cached_property
    def _has_part_of_year(self) -> bool:
        return _PART_OF_YEAR.search(self.text) is not None

    @cached_property
    def _months(self) -> frozenset[tuple[int, int | None]]:
        """Months that the text names, with the day where one stands beside."""
        return frozenset(
            (_MONTHS.index(match["month"].lower()) + 1, int(match["day"]) if match["day"] else None)
            for pattern in (_MONTH_DAY, _DAY_MONTH)
            for match in pattern.finditer(self.text)
        )

    @cached_property
    def _weekdays(self) -> frozenset[str]:
        return frozenset(word.lower() for word in _WEEKDAY.findall(self.text))

    @cached_property
    def _next(self) -> frozenset[str]:
        return frozenset(word.lower() for word in _NEXT.findall(self.text))
