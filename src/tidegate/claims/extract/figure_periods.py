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
    r"(?:\s*(?:of\s+)?(?:fiscal\s+)?(?:FY|')?(?P<year>20\d\d))?"
    r"|\b(?P<near>this|the current|next|last|the previous|quarterly)\s*(?:quarter|sales|revenues?)\b",
    re.IGNORECASE,
)
_HALF = re.compile(
    r"\b(?:(?P<word>first|second) half|H(?P<digit>[12])|(?P<six>(?:first )?six months))\b"
    r"(?:\s*(?:of\s+)?(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_FISCAL = re.compile(r"\b(?:fiscal|FY|financial year)\s*(?:year\s*)?'?(?P<year>20\d\d|\d\d)\b", re.IGNORECASE)
_SAME = re.compile(
    r"\bsame (?:period|month|quarter|time) (?:last year|a year (?:ago|earlier))|\ba year (?:ago|earlier)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:since|until|before|after|biggest|by)\s+(?:\w+\s+){0,3}$", re.IGNORECASE)
# The day on which something was said is not the time it speaks of.
_TOLD = re.compile(
    r"\b(?:announc|said|sa(?:y|id)s?|releas|report|disclos|publish|told|show|fil|statement|data|note|press)\w*"
    r"(?:\s+(?:on|in|late|early|last|a|the|statement|filing))*\s+$",
    re.IGNORECASE,
)
_SINCE_WORD = re.compile(r"(?:since|until|by)\b", re.IGNORECASE)
_THAN = re.compile(r"\b(?:from|than|versus|compared (?:with|to))\s+(?:\w+\s+){0,3}$", re.IGNORECASE)


# A count of a list and a limit of a rule hold at no time of their own.
_TIMELESS = frozenset(("count", "performance_threshold"))


def period_of(
    clause: Clause, metric: str, published: Day | None, future: bool, before: str | None
) -> str | None:
    """Return the period of a figure.

    future: it lies ahead, so that an unnamed year is the coming one. before: the period of the figure
    before it in the sentence, to which 'the same period last year' points.
    """
    if metric in _TIMELESS:
        return None
    text, sentence = clause.text, clause.sentence.text
    if before and _SAME.search(text):
        return _year_before(before)
    for scope, start in ((text, clause.start), (sentence, 0)):
        # A share price moves on a day; the quarter beside it is that of the sales.
        for reader in (
            () if metric == "share_price_change" else (_span_of_months, _named_quarter, _quarter, _half)
        ):
            if (found := reader(scope, published, future)) is not None:
                return found
        if fiscal := _FISCAL.search(scope):
            return f"20{fiscal['year'][-2:]}"
        if dates := _dates(scope, clause, start, published, future):
            return dates
        if scope is text and (before is not None or re.search(r"\bthan\b|\bversus\b", text)):
            return before
    return None


def _dates(scope: str, clause: Clause, offset: int, published: Day | None, future: bool) -> str | None:
    place = clause.quantity.start - offset
    best: tuple[int, DateMention] | None = None
    for found in find_dates(scope, published):
        if (
            found.when is None
            or _SINCE.search(scope[: found.start])
            or _SINCE_WORD.match(found.text)
            or _TOLD.search(scope[: found.start])
            or (_THAN.search(scope[: found.start]) and found.start > place and offset)
        ):
            continue
        distance = abs(found.start - place)
        # In the rest of the sentence only what leads it in holds for the number.
        if (
            scope is clause.sentence.text
            and clause.text != scope
            and (found.start >= clause.start or found.start > 30)
        ):
            continue
        if best is None or distance < best[0]:
            best = (distance, found)
    if best is None or best[1].when is None:
        return None
    when = best[1].when
    words = best[1].text
    if future and published and when.is_exact and when.first < published and not re.search(r"20\d\d", words):
        # 'from Sept. 24' of what lies ahead is the next one.
        return f"{when.first.year + 1}{when.text[4:]}" if re.search(r"[A-Z][a-z]+\.? \d", words) else None
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


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan\.?|Feb\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_MONTHS_SPAN = re.compile(
    rf"\b(?P<first>{_MONTH})(?:\s+(?P<year>20\d\d))?(?:\s+(?:to|and|through|until)\s+|\s?[-\u2013]\s?)"
    rf"(?P<last>{_MONTH})(?:\s+(?:period\s+of\s+)?(?P<last_year>20\d\d))?"
)
_MONTH_QUARTER = re.compile(
    rf"\b(?P<month>{_MONTH})[\s-]quarter|\bquarter (?:that )?(?:end(?:ed|ing|s)|to)(?: in)? (?P<ended>{_MONTH})"
)
_THREE_QUARTERS = re.compile(r"\bfirst (?:three quarters|nine months)\b", re.IGNORECASE)


def _span_of_months(scope: str, published: Day | None, future: bool) -> str | None:
    if _THREE_QUARTERS.search(scope) and published:
        return f"{published.year}-01/{published.year}-09"
    found = _MONTHS_SPAN.search(scope)
    if found is None:
        return None
    first, last = (_MONTHS.index(found[key][:3].lower()) + 1 for key in ("first", "last"))
    end = found["last_year"] or found["year"] or _year_of(last, published, future)
    if end is None:
        return None
    start = found["year"] or str(int(end) - (first > last))
    return f"{start}-{first:02d}/{end}-{last:02d}"


def _named_quarter(scope: str, published: Day | None, future: bool) -> str | None:
    """Return the quarter that a month names: 'the September quarter', 'the quarter ended March 26'."""
    found = _MONTH_QUARTER.search(scope)
    if found is None:
        return None
    month = _MONTHS.index((found["month"] or found["ended"])[:3].lower()) + 1
    year = _year_of(month, published, future)
    return f"{year}-Q{(month + 2) // 3}" if year else None


def _year_of(month: int, published: Day | None, future: bool) -> str | None:
    if published is None:
        return None
    return str(published.year - (month > published.month + 3 and not future))


def _half(scope: str, published: Day | None, future: bool) -> str | None:
    found = _HALF.search(scope)
    if found is None or (found["six"] and "first" not in found["six"].lower()):
        return None
    number = 1 if found["six"] else _ORDINALS[found["word"].lower()] if found["word"] else int(found["digit"])
    if found["year"]:
        return f"{found['year']}-H{number}"
    return f"{published.year}-H{number}" if published else None


def _year_before(period: str) -> str | None:
    return f"{int(period[:4]) - 1}{period[4:]}" if "/" not in period and len(period) < 10 else None
