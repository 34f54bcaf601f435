"""Numbers in a sentence, with their units: amounts, percentages, weights, limits and counts.

The small statistical models mark amounts unreliably ('10.6 per cent' as money, 'A100' as a number), so
numbers are read by rule; the parse only says whose they are.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from tidegate.claims.extract.figure_numbers import currency_of, factor_of, is_year, scalar, tidy, value_of
from tidegate.claims.extract.figure_quantities import Quantity, find_parts
from tidegate.claims.extract.figure_words import words

__all__ = ["Quantity", "find_quantities"]


@cache
def _units() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    compiled = [
        (re.compile(rf"\+?[\s-]?(?:{unit['words']})(?![\w])", re.IGNORECASE), unit["unit"], unit["sort"])
        for unit in words()["units"]
    ]
    compiled += [
        (re.compile(rf"\+?[\s-]?(?:{spelled})(?!\w)", re.IGNORECASE), code, "money")
        for spelled, code in words()["currency_words"].items()
    ]
    return tuple(compiled)


@cache
def _noun() -> re.Pattern[str]:
    """What is counted, after at most five words that describe it."""
    banned = words()["no_modifier"]
    return re.compile(
        rf"\+?(?:\s+(?!(?:{banned})\b)[\"\w'&/.\u2011-]+,?){{0,5}}?[\s-]+"
        rf"(?:(?P<goods>{words()['goods']})|(?P<counted>{words()['counted']}))(?![\w-])",
        re.IGNORECASE,
    )


@cache
def _duration() -> re.Pattern[str]:
    return re.compile(rf"[\s-]({words()['durations']})(?![\w])", re.IGNORECASE)


_ISO_DAY = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")
_RATE = re.compile(rf"\s?,?\s?(?:{words()['rates']})(?!\w)", re.IGNORECASE)
_JOIN = re.compile(
    r"\s?[-\u2013\u2014]\s?|\s+(?:to|and|or)\s+(?:(?:nearly|about|almost|around|roughly|over)\s+)?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    r"\d|\b(?:" + "|".join((*words()["ones"], *words()["tens"], "dozen", "hundred", "thousand", "million"))
    + r")\b|half|third|quarter|fifth|tenth|doubl|tripl|trebl|quadrupl|halv",
    re.IGNORECASE,
)  # fmt: skip


def find_quantities(text: str) -> list[Quantity]:
    """Return the numbers of a sentence that have a unit or count something, in order."""
    if not _NUMERIC.search(text):
        return []
    matches = list(scalar().finditer(text))
    found: list[Quantity] = []
    days = [range(*day.span()) for day in _ISO_DAY.finditer(text)]
    skip = -1
    for index, match in enumerate(matches):
        if match.start() < skip or any(match.start() in day for day in days):
            continue
        following = matches[index + 1] if index + 1 < len(matches) else None
        quantity = _read(text, match, following)
        if quantity is None:
            continue
        skip = quantity.end
        found.append(quantity)
    found += find_parts(text, found)
    found.sort(key=lambda quantity: quantity.start)
    found = _lean(found)
    return _without_equivalents(text, found)


def _lean(found: list[Quantity]) -> list[Quantity]:
    """Give a bare number the unit of the one before it, else of the one after it; without one it is none."""
    leaned: list[Quantity] = []
    for index, quantity in enumerate(found):
        if quantity.sort == "bare":
            beside = [*reversed(leaned), *(other for other in found[index + 1 :] if other.sort != "bare")]
            if not beside:
                continue
            unit, sort = beside[0].unit, beside[0].sort
            if sort in ("percent", "points", "multiple", "count"):
                continue
            quantity = replace(quantity, unit=unit, sort=sort, rate=beside[0].rate)
        leaned.append(quantity)
    return leaned


def _read(text: str, match: re.Match[str], following: re.Match[str] | None) -> Quantity | None:
    value = value_of(match)
    unit = _unit(text, match)
    if following is not None and (both := _range(text, match, following, unit)) is not None:
        return both
    if unit is None:
        # 'up from 5,864.6 in May' leans on the unit before it.
        before = text[max(0, match.start() - 20) : match.start()]
        if match["digits"] and _LEANING.search(before) and not is_year(match):
            return Quantity(match.start(), match.end(), value, "", "bare")
        return None
    if match["minus"]:
        value = -value
    return replace(unit, value=value)


_LEANING = re.compile(
    r"\b(?:up|down|versus|vs\.?|against|compared (?:with|to)|from)\s+(?:from\s+)?(?:about\s+|around\s+)?$",
    re.IGNORECASE,
)


def _unit(text: str, match: re.Match[str]) -> Quantity | None:
    """Return the quantity that a number with its unit makes; None where it has no unit."""
    start, end = match.start(), match.end()
    if match["sign"]:
        rate = _RATE.match(text, end)
        code = words()["currencies"][currency_of(match["sign"].strip())]
        return Quantity(start, rate.end() if rate else end, value_of(match), code, "money", rate is not None)
    if match["letter"]:
        # 'the 910B chips', '5G', '3m shares': a letter without a currency is mostly part of a name.
        if match["letter"].lower() not in ("k", "m", "bn", "mn", "t"):
            return None
        if match["letter"].lower() == "t":
            return Quantity(
                start,
                end,
                float(match["digits"].replace(",", "")) if match["digits"] else 0,
                "tonnes",
                "weight",
            )
    if (
        match["spelled"]
        and match["spelled"].lower() in ("a", "an")
        and not match["scale"]
        and not match["hundred"]
    ):
        return None
    for unit, name, sort in _units():
        if found := unit.match(text, end):
            if sort == "money":
                rate = _RATE.match(text, found.end())
                return Quantity(
                    start, rate.end() if rate else found.end(), value_of(match), name, sort, rate is not None
                )
            if name == "layers" and match["spelled"]:
                return None
            return Quantity(start, found.end(), value_of(match), name, sort)
    if time := _duration().match(text, end):
        return Quantity(start, time.end(), value_of(match), _plural(time[1].lower()), "time")
    noun = _noun().match(text, end)
    if noun is None or is_year(match) or _is_model(text, start):
        return None
    if noun["goods"]:
        if noun["goods"].lower() == "wafers" and re.search(r"\bmonth", text, re.IGNORECASE):
            return Quantity(start, noun.end(), value_of(match), "wafers_per_month", "capacity")
        return Quantity(start, noun.end(), value_of(match), "units", "goods")
    return Quantity(start, noun.end(), value_of(match), _plural(noun["counted"].lower()), "count")


def _plural(noun: str) -> str:
    noun = noun.replace("license", "licence").replace("organiz", "organis")
    if noun in ("firm", "firms"):
        return "companies"
    if noun.endswith("s"):
        return noun
    return f"{noun[:-1]}ies" if re.search(r"[^aeiou]y$", noun) else f"{noun}s"


def _is_model(text: str, start: int) -> bool:
    """Whether the number is part of a name: 'RTX 5090 GPUs', 'Section 301 companies', 'the 17 May'."""
    before = re.search(r"([\w'.]+)\s$", text[max(0, start - 40) : start])
    if before is None or len(before.group()) == start:
        return False
    word = before[1]
    return word[0].isupper() and not word.endswith(("'s", ".")) and word.lower() not in _ALSO_CAPITAL


_ALSO_CAPITAL = frozenset(
    ("about", "some", "around", "nearly", "over", "the", "chinese", "china", "bis", "us", "u.s.")
)


def _range(
    text: str, match: re.Match[str], following: re.Match[str], unit: Quantity | None
) -> Quantity | None:
    """Return one quantity, the middle of both, where two numbers are the ends of a range."""
    own_end = unit.end if unit is not None and unit.end <= following.start() else match.end()
    gap = text[own_end : following.start()]
    if not _JOIN.fullmatch(gap):
        return None
    word = gap.strip().lower().partition(" ")[0]
    before = text[max(0, match.start() - 30) : match.start()].lower()
    # 'rose from 5% to 10%' and 'of 16 nm or 14 nm' are two numbers.
    if (
        word == "or"
        or (word == "and" and not _BETWEEN.search(before))
        or (word == "to" and _FROM.search(before) and not _RANGING.search(before))
    ):
        return None
    upper = _unit(text, following)
    if match["sign"]:
        if upper is not None and upper.sort != "money":
            return None
        rate = _RATE.match(text, following.end())
        end = rate.end() if rate else following.end()
        code = words()["currencies"][currency_of(match["sign"].strip())]
        upper = Quantity(match.start(), end, 0, code, "money", rate is not None)
    elif upper is None or (unit is not None and unit.unit != upper.unit):
        return None
    # '$6 to 7 billion': the scale of the upper end is that of both.
    low = value_of(match) * (1 if match["scale"] or match["letter"] else factor_of(following))
    high = value_of(following)
    if low > high:
        return None
    return replace(upper, start=match.start(), value=tidy((low + high) / 2))


_BETWEEN = re.compile(r"\bbetween\s+(?:about\s+|around\s+|roughly\s+)?$")
_FROM = re.compile(r"\bfrom\s+(?:about\s+|around\s+)?$")
_RANGING = re.compile(r"\brang\w+\s+from\s+(?:about\s+|around\s+)?$")


_OPEN = re.compile(
    r"\s?\((?:or\s+|about\s+|around\s+|~\s?|some\s+|approximately\s+|roughly\s+)*$", re.IGNORECASE
)


def _without_equivalents(text: str, found: list[Quantity]) -> list[Quantity]:
    """Leave out what restates the number before it: '23 metric tons (25 tons)', '€1bn ($1.1bn)', '(+185%)'."""
    kept: list[Quantity] = []
    aside = 0
    for quantity in found:
        if quantity.start < aside:
            continue
        if text[max(0, quantity.start - 2) : quantity.start].rstrip().endswith("+") or (
            re.search(r"\(\s?[+-]?$", text[max(0, quantity.start - 4) : quantity.start])
            and quantity.sort == "percent"
            and re.match(r"\s?\)", text[quantity.end :])
            and text[quantity.start - 1] in "+-"
        ):
            continue
        if kept and _OPEN.fullmatch(text[kept[-1].end : quantity.start]) and quantity.sort == kept[-1].sort:
            aside = text.find(")", quantity.end)
            continue
        kept.append(quantity)
    return kept
