"""Quarters and months as the supply model counts them: '2022Q3', its months, the spans of targets."""

from __future__ import annotations

import datetime as dt
import re

from tidegate.dates import Day
from tidegate.errors import BadInputError

__all__ = [
    "calendar_period",
    "middle",
    "months_of_period",
    "months_of_quarter",
    "quarter_of_month",
    "quarters_between",
]

Month = tuple[int, int]
"""Year and month, 1 to 12."""

_QUARTER = re.compile(r"(\d{4})Q([1-4])")
_FISCAL = re.compile(r"FY(\d{4})(?:([QH])([1-4]))?")
_PART = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-\d{2})?|(\d{4})([QH])([1-4])")


def months_of_quarter(quarter: str) -> tuple[Month, Month, Month]:
    """Return the months of a quarter. Raises: BadInputError: if it is not written like 2022Q3."""
    match = _QUARTER.fullmatch(quarter)
    if match is None:
        raise BadInputError(f"'{quarter}' is no quarter. Write it like 2022Q3.")
    year, first = int(match[1]), 3 * int(match[2]) - 2
    return (year, first), (year, first + 1), (year, first + 2)


def quarter_of_month(month: Month) -> str:
    """Return the quarter of a month, as '2022Q3'."""
    return f"{month[0]}Q{(month[1] + 2) // 3}"


def quarters_between(first: str, last: str) -> tuple[str, ...]:
    """Return the quarters from one to another, both included. Raises: BadInputError."""
    (start, *_), (_, _, end) = months_of_quarter(first), months_of_quarter(last)
    if end < start:
        raise BadInputError(f"The span from {first} to {last} is empty. Give the earlier quarter first.")
    return tuple(dict.fromkeys(quarter_of_month(month) for month in _span(start, end)))


def months_of_period(period: str) -> tuple[Month, ...]:
    """Return the months of a year, half, quarter, month, or of a span between two of them ('2022-08/2022-10').

    Raises: BadInputError: if the period is written in another way.
    """
    ends = [_part(part) for part in period.split("/")]
    if len(ends) > 2 or ends[-1][-1] < ends[0][0]:
        raise BadInputError(
            f"'{period}' is no period. Write 2024, 2024H1, 2024Q2, 2024-05 or 2024-02/2024-04."
        )
    return tuple(_span(ends[0][0], ends[-1][-1]))


def calendar_period(period: str, ends_in: int | None, firm: str) -> str:
    """Return a period in calendar months: 'FY2025Q1' of a firm whose year ends in a month as '2024-02/2024-04'.

    A fiscal year has the name of the calendar year in which it ends. Any other period comes back as it is.

    Raises: BadInputError: if the firm's year is not known.
    """
    match = _FISCAL.fullmatch(period)
    if match is None:
        return period
    if ends_in is None or (match[2] == "H" and int(match[3]) > 2):
        raise BadInputError(
            f"'{period}': when the fiscal year of {firm} ends is not known. Write 2024-02/2024-04."
        )
    size = {"Q": 3, "H": 6, None: 12}[match[2]]
    first = int(match[1]) * 12 + ends_in - 12 + size * (int(match[3] or 1) - 1)
    start, end = ((month // 12, month % 12 + 1) for month in (first, first + size - 1))
    return f"{start[0]}-{start[1]:02d}/{end[0]}-{end[1]:02d}"


def middle(month: Month) -> Day:
    """Return the day on which the law of a month is taken: its fifteenth."""
    return dt.date(month[0], month[1], 15)


def _part(text: str) -> tuple[Month, ...]:
    match = _PART.fullmatch(text)
    if (
        match is None
        or (match[2] and not 1 <= int(match[2]) <= 12)
        or (match[4] == "H" and int(match[5]) > 2)
    ):
        raise BadInputError(
            f"'{text}' is no period. Write 2024, 2024H1, 2024Q2, 2024-05 or 2024-02/2024-04: also a fiscal year "
            "that is not known here."
        )
    if match[1]:
        year = int(match[1])
        return ((year, int(match[2])),) if match[2] else tuple((year, m) for m in range(1, 13))
    year, size = int(match[3]), 3 if match[4] == "Q" else 6
    first = (int(match[5]) - 1) * size + 1
    return tuple((year, m) for m in range(first, first + size))


def _span(start: Month, end: Month) -> list[Month]:
    count = (end[0] - start[0]) * 12 + end[1] - start[1] + 1
    return [((start[0] * 12 + start[1] - 1 + k) // 12, (start[1] - 1 + k) % 12 + 1) for k in range(count)]
