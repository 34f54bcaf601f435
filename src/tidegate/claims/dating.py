"""When a story that gives no day was written, as far as the measures it names tell.

The estimate is the day on which the measures that the story speaks of had last moved most recently,
among the days that its own words allow: officials it names held office, months it names lie just
behind, 'earlier this month' and 'on the 9th' fall on a day on which one of the measures moved. It is an
estimate and is always shown as one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence

from tidegate.catalog import load_catalog
from tidegate.claims.mentions import Mention
from tidegate.dates import Day
from tidegate.ledger import Measure

__all__ = ["SPAN_DAYS", "estimate_day", "last_move"]

SPAN_DAYS = 30
"""Length of the span that is reported: the estimate and the days behind it."""

_FRESH_DAYS = 30.0
"""A measure that last moved this long before a day counts half for that day."""

_SHARPNESS = 4
"""Power of a measure's score: what the story is most about decides."""


def estimate_day(
    text: str, mentions: Iterable[Mention], weighted: Sequence[tuple[Measure, float]]
) -> tuple[Day, Day] | None:
    """Return the span of days in which the story was most probably written; None if nothing tells.

    weighted: the measures that the story speaks of most, with scores.
    """
    first, last = _terms(mentions)
    moves = {entry.known for measure, _ in weighted for entry in measure.entries}
    candidates = sorted(day for day in moves if first <= day <= last)
    hints = _hints(text)
    best: tuple[float, Day] | None = None
    for day in candidates:
        # Measures that come in bundles (six announcements of one day) count once: the best of each
        # government and instrument.
        bundles: dict[tuple[str, str], float] = {}
        for measure, score in weighted:
            moved = last_move(measure, day)
            if moved is not None:
                key = (measure.jurisdiction, measure.instrument.value)
                weight = score**_SHARPNESS * 0.5 ** ((day - moved).days / _FRESH_DAYS)
                bundles[key] = max(bundles.get(key, 0.0), weight)
        total = sum(bundles.values())
        for hint in hints:
            total *= hint(day, weighted)
        if best is None or total > best[0]:
            best = (total, day)
    return None if best is None else (best[1], best[1] + dt.timedelta(days=SPAN_DAYS))


def last_move(measure: Measure, day: Day) -> Day | None:
    """Return the last day up to `day` on which something public happened around a measure."""
    days = [entry.when.first for entry in measure.entries if entry.known <= day]
    return max((min(first, day) for first in days), default=None)


def _terms(mentions: Iterable[Mention]) -> tuple[Day, Day]:
    """Return the earliest and the latest day that the officials named allow."""
    catalog = load_catalog()
    first, last = dt.date.min, dt.date.min
    named = False
    for text in {mention.text for mention in mentions if mention.kind == "country"}:
        terms = catalog.officials_called(text)
        if terms:
            named = True
            first = max(first, min(term.starts for term in terms))
            last = max(last, max(term.ends or dt.date.max for term in terms))
    return (first, last) if named else (dt.date.min, dt.date.max)


_Hint = Callable[[Day, Sequence[tuple[Measure, float]]], float]
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_MONTH = re.compile(rf"\b(?:in|since|mid-|late|early|of)\s*({'|'.join(_MONTHS)})\b(?!\s+\d)")
_NTH = re.compile(r"\bthe\s+(\d{1,2})(?:st|nd|rd|th)\b")


def _hints(text: str) -> list[_Hint]:
    hints: list[_Hint] = [_month(_MONTHS.index(name) + 1) for name in sorted(set(_MONTH.findall(text)))]
    hints += [_on_the(int(number)) for number in sorted(set(_NTH.findall(text)))]
    if re.search(r"\bearlier this month\b", text, re.IGNORECASE):
        hints.append(_moved(lambda day, moved: moved.replace(day=1) == day.replace(day=1) and moved <= day))
    if re.search(r"\b(?:end of|late) last month\b", text, re.IGNORECASE):
        hints.append(_moved(lambda day, moved: moved.day >= 20 and _months_between(moved, day) == 1))
    years = [int(year) for year in re.findall(r"\bIn (20[12]\d)\b", text)]
    if years:
        hints.append(lambda day, _: 1.0 if 0 <= day.year - max(years) <= 1 else 0.25)
    return hints


def _month(number: int) -> _Hint:
    # A month without a year is most often one of the last few.
    def weigh(day: Day, _: Sequence[tuple[Measure, float]]) -> float:
        behind = (day.month - number) % 12
        return (1.0, 0.9, 0.6)[behind] if behind <= 2 else 0.4 if behind <= 5 else 0.2

    return weigh


def _on_the(number: int) -> _Hint:
    return _moved(lambda day, moved: moved.day == number and 0 <= (day - moved).days <= 14)


def _moved(fits: Callable[[Day, Day], bool]) -> _Hint:
    def weigh(day: Day, weighted: Sequence[tuple[Measure, float]]) -> float:
        return 1.0 if any(
            fits(day, entry.when.first)
            for measure, _ in weighted
            for entry in measure.entries
            if entry.when.is_exact and entry.known <= day
        ) else 0.5  # fmt: skip

    return weigh


def _months_between(earlier: Day, later: Day) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month
