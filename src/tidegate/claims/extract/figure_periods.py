"""The time a figure speaks of, as ISO: a day, month, quarter, half or year; None where the text fixes none."""

from __future__ import annotations

import re

from tidegate.claims.extract.figure_clauses import Clause
from tidegate.claims.when import DateMention, find_dates
from tidegate.dates import Day

__all__ = ["period_of"]

_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
    "last": 2,
}
_QUARTER = re.compile(
    r"\b(?:(?P<word>first|second|third|fourth|1st|2nd|3rd|4th)[\s-]+quarter|F?Q(?P<digit>[1-4])|(?P<digit_first>[1-4])Q)"
    r"(?:\s*(?:of\s+)?(?:fiscal\s+)?(?:FY|')?(?P<year>20\d\d))?|\b(?P<near>this|the current|next|last|the previous|quarterly)\s*(?:quarter|sales|revenues?)\b",
    re.IGNORECASE,
)
_HALF = re.compile(
    r"\b(?:(?P<word>first|second) half|H(?P<digit>[12])|(?P<six>(?:first )?six months))\b(?:\s*(?:of\s+)?(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_FISCAL = re.compile(r"\b(?:fiscal|FY|financial year)\s*(?:year\s*)?'?(?P<year>20\d\d|\d\d)\b", re.IGNORECASE)
_SAME = re.compile(
    r"\bsame (?:period|month|quarter|time) (?:last year|a year (?:ago|earlier))|\ba year (?:ago|earlier)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:since|until|before|after|biggest|by)\s+(?:\w+\s+){0,3}$", re.IGNORECASE)
_THAN = re.compile(r"\b(?:from|than|versus|compared (?:with|to))\s+(?:\w+\s+){0,3}$", re.IGNORECASE)


def period_of(clause: Clause, published: Day | None, future: bool, before: str | None) -> str | None:
    """Return the period of a figure.

    future: it lies ahead, so that an unnamed year is the coming one. before: the period of the figure
    before it in the sentence, to which 'the same period last year' points.
    """
    text = clause.text
    if before and _SAME.search(text):
        return _year_before(before)
    lead = clause.sentence.text
    for scope, start in ((text, clause.start), (lead, 0)):
        found = _quarter(scope, published, future) or _half(scope, published)
        if found:
            return found
        fiscal = _FISCAL.search(scope)
        if fiscal:
            return f"20{fiscal['year'][-2:]}"
        dates = _dates(scope, clause, start, published)
        if dates:
            return dates
        if scope is text and re.search(r"\bthan\b|\bversus\b", text):
            continue
        if scope is text and before is not None:
            return before
    return None


def _dates(scope: str, clause: Clause, offset: int, published: Day | None) -> str | None:
    place = clause.quantity.start - offset
    best: tuple[int, DateMention] | None = None
    for found in find_dates(scope, published):
        if (
            found.when is None
            or _SINCE.search(scope[: found.start])
            or (_THAN.search(scope[: found.start]) and found.start > place and offset)
        ):
            continue
        distance = abs(found.start - place)
        # In the rest of the sentence only what leads it in holds for the number.
        if offset == 0 and clause.start > 0 and found.start > 30:
            continue
        if best is None or distance < best[0]:
            best = (distance, found)
    if best is None or best[1].when is None:
        return None
    when = best[1].when
    return when.text if "/" not in when.text else f"{when.first:%Y-%m}"


def _quarter(scope: str, published: Day | None, future: bool) -> str | None:
    found = _QUARTER.search(scope)
    if found is None:
        return None
    if found["near"]:
        if published is None:
            return None
        index = published.year * 4 + (published.month - 1) // 3
        word = found["near"].lower()
        index += -1 if word in ("last", "the previous") else 1 if word == "next" else 0
        return f"{index // 4}-Q{index % 4 + 1}"
    number = (
        _ORDINALS[found["word"].lower()] if found["word"] else int(found["digit"] or found["digit_first"])
    )
    if found["year"]:
        return f"{found['year']}-Q{number}"
    year = re.search(r"\b(?:of|in)\s+(20\d\d)\b", scope[found.end() : found.end() + 12])
    if year:
        return f"{year[1]}-Q{number}"
    if published is None:
        return None
    first_month = number * 3 - 2
    if not future and first_month > published.month:
        return f"{published.year - 1}-Q{number}"
    if future and first_month + 2 < published.month - 1:
        return f"{published.year + 1}-Q{number}"
    return f"{published.year}-Q{number}"


def _half(scope: str, published: Day | None) -> str | None:
    found = _HALF.search(scope)
    if found is None or (found["six"] and "first" not in found["six"].lower()):
        return None
    number = 1 if found["six"] else _ORDINALS[found["word"].lower()] if found["word"] else int(found["digit"])
    if found["year"]:
        return f"{found['year']}-H{number}"
    return f"{published.year}-H{number}" if published else None


def _year_before(period: str) -> str | None:
    return f"{int(period[:4]) - 1}{period[4:]}" if "/" not in period and len(period) < 10 else None
