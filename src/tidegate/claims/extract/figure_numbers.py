"""A number as it is written: digits or words, with a currency before it and a scale after it."""

from __future__ import annotations

import re
from functools import cache

from tidegate.claims.extract.figure_words import words

__all__ = ["currency_of", "factor_of", "is_year", "scalar", "tidy", "value_of"]

# Nothing that is counted in this trade has more digits; what has is a code.
_DIGITS = r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?"


@cache
def scalar() -> re.Pattern[str]:
    """A number with what may stand before and after it, unit excepted."""
    signs = "|".join(re.escape(sign) for sign in sorted(words()["currencies"], key=len, reverse=True))
    tens = "|".join(words()["tens"])
    # 'seventeen' before 'seven'.
    ones = "|".join(sorted(words()["ones"], key=len, reverse=True))
    spelled = rf"(?:(?:a|{ones})\s+)?dozens?|(?:{tens})(?:[- ](?:{ones}))?|(?:{ones})"
    spelled += r"|an?(?=\s+(?:hundred|thousand|million|billion))"
    scales = "|".join(words()["scales"])
    letters = "|".join(sorted(words()["scale_letters"], key=len, reverse=True))
    return re.compile(
        rf"(?<![\w.:/$€£¥])(?<![A-Za-z]-)(?<!\d,)(?P<minus>(?<!%)[-\u2212](?=\d))?(?P<sign>(?:{signs})\s?)?"
        rf"(?:(?P<digits>{_DIGITS})|(?P<spelled>(?:{spelled})\b))"
        rf"(?P<hundred>\s+hundred\b)?"
        rf"(?:[\s-]?(?P<scale>{scales})s?\b|\s?(?P<letter>{letters})(?![\w]))?(?![\d,]*\d)",
        re.IGNORECASE,
    )


def value_of(match: re.Match[str]) -> int | float:
    """Return the value of a number with its scale."""
    if match["digits"]:
        base = float(match["digits"].replace(",", ""))
    else:
        spelled = match["spelled"].lower()
        if "dozen" in spelled:
            base = 12.0 * words()["ones"].get(spelled.split()[0], 1)
        elif spelled in ("a", "an"):
            base = 1.0
        else:
            base = float(
                sum(
                    words()["ones"].get(part, words()["tens"].get(part, 0))
                    for part in re.split(r"[-\s]+", spelled)
                )
            )
    if match["hundred"]:
        base *= 100
    if match["scale"]:
        base *= words()["scales"][match["scale"].lower()]
    elif match["letter"]:
        base *= words()["scale_letters"][match["letter"].lower()]
    return tidy(base)


def tidy(value: float) -> int | float:
    """Return a whole number as one, and any other without the dust of binary fractions."""
    # 12.5 * 10**9 is exact, 8.03 * 10**9 is not quite; no figure is written with more than twelve digits.
    rounded = float(f"{value:.12g}")
    return int(rounded) if rounded == int(rounded) else rounded


def factor_of(match: re.Match[str]) -> int:
    """Return the scale of a number: a million for 'million'."""
    if match["scale"]:
        return int(words()["scales"][match["scale"].lower()])
    return int(words()["scale_letters"][match["letter"].lower()]) if match["letter"] else 1


def currency_of(sign: str) -> str:
    """Return the key of the vocabulary for a currency sign in any case."""
    for known in words()["currencies"]:
        if known.lower() == sign.lower():
            return str(known)
    return "$"


def is_year(match: re.Match[str]) -> bool:
    """Whether a number reads as a year: 'in 2024'."""
    digits = match["digits"] or ""
    return bool(re.fullmatch(r"(?:19|20|21)\d\d", digits)) and not match["sign"]
