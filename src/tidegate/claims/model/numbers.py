"""Whether a number stands in the words that are said to carry it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["number_stands_in", "numbers_in", "sign_stands_in", "unit_stands_in"]

_SCALES = {
    "thousand": 1e3, "k": 1e3,
    "million": 1e6, "millions": 1e6, "mn": 1e6, "mln": 1e6, "m": 1e6,
    "billion": 1e9, "billions": 1e9, "bn": 1e9, "bln": 1e9, "b": 1e9,
    "trillion": 1e12, "trillions": 1e12, "tn": 1e12, "trn": 1e12, "t": 1e12,
}  # fmt: skip
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS: dict[str, float] = {word: float(value) for value, word in enumerate(_ONES)}
_WORDS |= {word: 10.0 * value for value, word in enumerate(_TENS, start=2)}
_WORDS |= {"no": 0.0, "none": 0.0, "once": 1.0, "twice": 2.0, "dozen": 12.0, "hundred": 100.0}
# As a percentage; what is halved fell by as much, what is doubled grew by 100 percent.
_PARTS = {
    "half": 50.0, "halved": 50.0, "halves": 50.0, "halving": 50.0, "third": 100 / 3, "two-thirds": 200 / 3,
    "quarter": 25.0, "three-quarters": 75.0, "fifth": 20.0, "tenth": 10.0,
    "double": 100.0, "doubled": 100.0, "doubles": 100.0, "doubling": 100.0,
    "triple": 200.0, "tripled": 200.0, "triples": 200.0, "tripling": 200.0, "threefold": 200.0,
    "quadrupled": 300.0, "fourfold": 300.0,
}  # fmt: skip
# Words that also name a multiple.
_TIMES = {"half": 0.5, "double": 2.0, "doubled": 2.0, "triple": 3.0, "tripled": 3.0, "quarter": 0.25}
_RANGE = re.compile(r"\s*(?:%|per\s?cent)?\s*(?:-|–|—|to)\s*[A-Z]*[$€£¥~]*\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:%|per\s?cent)?\s*and\s*[A-Z]*[$€£¥~]*\s*", re.IGNORECASE)

_scale = "|".join(sorted(_SCALES, key=len, reverse=True))
_spelled = (
    rf"(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_ONES[1:10])})|{'|'.join(sorted(_WORDS, key=len, reverse=True))}"
)
_NUMBER = re.compile(
    # A digit within a name ('H20', 'GB200', 'A-100') is no number of the text's own.
    rf"""
    (?<![\w.])(?<![A-Za-z]-)(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?!\.?\d)
        (?:[\s-]*(?P<scale>{_scale})(?![A-Za-z]))?
  | (?<![\w])(?P<spelled>{_spelled})(?![A-Za-z])
        (?:[\s-]+(?P<more>hundred|dozen)(?![A-Za-z]))?(?:[\s-]+(?P<spelled_scale>{_scale})(?![A-Za-z]))?
  | (?<![\w])(?:RMB|CNY|USD|EUR)(?P<joined>\d[\d,]*(?:\.\d+)?)
        (?:[\s-]*(?P<joined_scale>{_scale})(?![A-Za-z]))?
  | (?<![\w])(?P<part>{"|".join(sorted(_PARTS, key=len, reverse=True))})(?![A-Za-z])
        (?:\s+an?\s+(?P<part_scale>million|billion|trillion))?
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A number as written. bare: without its scale; scale: 1 where none is written."""

    bare: float
    scale: float
    start: int
    end: int

    @property
    def value(self) -> float:
        return self.bare * self.scale


def number_stands_in(value: float, words: str) -> bool:
    """Whether words give a number, in any of the ways in which a story writes one.

    value: in plain units, a percentage as written; its sign is not looked at (`sign_stands_in`).

    >>> number_stands_in(387_000_000_000, "imports of $387 billion"), number_stands_in(50, "half of it")
    (True, True)
    >>> number_stands_in(20, "sales of the H20"), number_stands_in(15, "10 to 20 percent")
    (False, True)
    """
    wanted = abs(float(value))
    return any(
        abs(wanted - number) <= 1e-6 * max(wanted, number) + slack for number, slack in _with_slack(words)
    )


def numbers_in(words: str) -> frozenset[float]:
    """Return every number that words give, a range as its ends and its middle, a part as a percentage."""
    return frozenset(number for number, _ in _with_slack(words))


def _with_slack(words: str) -> Iterator[tuple[float, float]]:
    found = list(_written(words))
    for number in found:
        yield number.value, 0.0
    for left, right in pairwise(found):
        if _is_range(words, left, right):
            # '12 to 15 billion': the scale stands once and is meant for both ends.
            first = left.bare * (right.scale if left.scale == 1 else left.scale)
            yield first, 0.0
            yield (first + right.value) / 2, 0.0
    for match in _NUMBER.finditer(words):
        part = (match["part"] or "").lower()
        if part:
            # A third is written as 33, 33.3 or 33.33.
            yield _PARTS[part], 0.5 if _PARTS[part] % 1 else 0.0
            if part in _TIMES:
                yield _TIMES[part] * _SCALES.get((match["part_scale"] or "").lower(), 1.0), 0.0
        elif (match["spelled"] or "").lower() in ("three", "two", "one", "four"):
            yield from _spelled_parts(words, match)


def _spelled_parts(words: str, match: re.Match[str]) -> Iterator[tuple[float, float]]:
    after = re.match(r"[\s-]+(third|quarter|fifth|tenth)s\b", words[match.end("spelled") :], re.IGNORECASE)
    if after:
        yield _WORDS[match["spelled"].lower()] * _PARTS[after[1].lower()], 0.5


def _written(words: str) -> Iterator[_Found]:
    for match in _NUMBER.finditer(words):
        digits = match["digits"] or match["joined"]
        scale = (match["scale"] or match["joined_scale"] or match["spelled_scale"] or "").lower()
        if digits:
            digits = digits.replace(",", "")
            if len(digits) <= 30:
                yield _Found(float(digits), _SCALES.get(scale, 1.0), match.start(), match.end())
        elif match["spelled"]:
            number = _spelled_value(match["spelled"].lower())
            number *= {"hundred": 100.0, "dozen": 12.0}.get((match["more"] or "").lower(), 1.0)
            yield _Found(number, _SCALES.get(scale, 1.0), match.start(), match.end())


def _is_range(words: str, left: _Found, right: _Found) -> bool:
    before = words[max(0, left.start - 16) : left.start].lower()
    gap = words[left.end : right.start]
    if "between" in before:
        return _BETWEEN.fullmatch(gap) is not None
    # 'from 33 to 20' is a move, not a range.
    return _RANGE.fullmatch(gap) is not None and "from" not in before


def _spelled_value(words: str) -> float:
    return _WORDS[words] if words in _WORDS else sum(_WORDS[word] for word in re.split(r"[- ]", words))


_DOWN = re.compile(
    r"(?:^|[\s(])[-−–]\s?[$€£]?\d|\b(?:down|fell|fall\w*|drop\w*|declin\w*|los[est]\w*|lower\w*|plung\w*|plummet\w*|slid\w*|slip\w*"
    r"|slump\w*|sank|sink\w*|shed\w*|tumbl\w*|retreat\w*|decreas\w*|reduc\w*|cut\w*|shr[aiu]nk\w*|deficit\w*|dip\w*|eas(?:ed|ing)"
    r"|contract(?:ed|ion)|negative|minus|weak\w*|halv\w*|less|fewer|worse\w*|crash\w*|off|wip\w*|div(?:ed|ing)|below|erod\w*|dent\w*)\b",
    re.IGNORECASE,
)


def sign_stands_in(value: float, sentence: str) -> bool:
    """Whether a sentence says that a number is negative, where the number is."""
    return value >= 0 or _DOWN.search(sentence) is not None


_UNITS = {
    "USD": re.compile(r"\$|\bdollars?\b|\bUSD\b", re.IGNORECASE),
    "EUR": re.compile(r"€|\beuros?\b|\bEUR\b", re.IGNORECASE),
    "CNY": re.compile(r"[¥元]|\byuan\b|\brenminbi\b|\bRMB\b|\bCNY\b", re.IGNORECASE),
}


def unit_stands_in(unit: str, text: str) -> bool:
    """Whether a text names a currency, where the unit is one; any other unit needs no words of its own."""
    pattern = _UNITS.get(unit)
    return pattern is None or pattern.search(text) is not None
