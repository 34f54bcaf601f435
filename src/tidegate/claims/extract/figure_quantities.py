"""A number with its unit, and the numbers that are a word: half of, doubled, three-tier."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from tidegate.claims.extract.figure_words import words

__all__ = ["Quantity", "find_parts"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit.

    start, end: where it stands in the sentence, with sign, scale and unit. value: in plain units; the
    middle of a range; without the sign that a verb gives it. unit: a unit or the plural noun that is
    counted. sort: money, percent, points, weight, limit, capacity, goods, count, multiple or bare (a number
    that leans on the unit of the one before it). rate: 'a kilogram' after an amount.
    """

    start: int
    end: int
    value: int | float
    unit: str
    sort: str
    rate: bool = False


_HALF_OF_YEAR = re.compile(
    r"\b(?:first|second|latter|lower|upper|top|bottom|other|1st|2nd|next|previous)[\s-]+$", re.IGNORECASE
)


@cache
def _parts() -> re.Pattern[str]:
    fractions = "|".join(sorted(words()["fractions"], key=len, reverse=True))
    multiples = "|".join(words()["multiples"])
    # 'half its supply', 'a third of output', 'by half'; not 'the first half', 'half pitch', 'a third party'.
    return re.compile(
        rf"(?<!\w)(?:(?P<by>(?:by|in)\s+)?(?P<part>{fractions})(?(by)(?![\w-])|(?=\s+(?:of|its|their|the|all|the|global|world|\w+'s)\b"
        rf"(?!\s+(?:the\s+)?(?:\d{{4}}|year|month|day|week|decade|century|quarter)\b)))|(?P<multiple>{multiples})\b|"
        rf"(?P<tiers>\b(?:{'|'.join(words()['ones'])}|\d))-tier(?:ed)?\b)",
        re.IGNORECASE,
    )


def find_parts(text: str, found: list[Quantity]) -> list[Quantity]:
    """Return the shares and multiples that are written as a word, where no number stands already."""
    more = []
    for match in _parts().finditer(text):
        if any(match.start() < other.end and other.start < match.end() for other in found):
            continue
        start, end = match.span()
        if match["part"]:
            if _HALF_OF_YEAR.search(text[max(0, start - 24) : start]):
                continue
            share = words()["fractions"][match["part"].lower()]
            more.append(Quantity(start, end, share, "percent", "percent"))
        elif match["multiple"]:
            more.append(
                Quantity(start, end, words()["multiples"][match["multiple"].lower()], "percent", "multiple")
            )
        else:
            spelled = match["tiers"].lower()
            value = int(spelled) if spelled.isdigit() else words()["ones"][spelled]
            more.append(Quantity(start, end, value, "tiers", "count"))
    return more
