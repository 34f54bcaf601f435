"""Countries as trade statistics write them: M49 numbers of UN Comtrade, Schedule C of the US Census, Taiwan's names."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from tidegate import data
from tidegate.sources.country_names import country_code

__all__ = ["Place", "Scheme", "place_of"]

Scheme = Literal["m49", "schedule_c", "taiwan", "any"]
"""How a file writes countries; 'any': codes of two or three letters, M49 numbers or English names."""

Kind = Literal["country", "world", "group", "nes", "unknown"]

_WORLD = frozenset(("world", "wld", "w00", "total", "all countries", "-"))
_GROUPS = frozenset(("eu", "eu27", "eu-27", "eu28", "eu-28", "european union", "asean", "opec"))
_NES = frozenset(("unspecified", "not specified", "others", "other countries", "其他國家", "荷屬安地列斯"))
"""Also in Chinese: other countries, and the Netherlands Antilles, which are no more."""
_NES_ENDINGS = (", nes", " nes", "not elsewhere specified")
_WORDS = {"rep.": "republic", "dem.": "democratic", "isds": "islands"}
_SHORT = re.compile("|".join(map(re.escape, _WORDS)))
"""What UN Comtrade shortens in names."""


class Place(NamedTuple):
    """What a file's word for a partner means. country: code in the catalog, None unless kind is 'country'.

    kind: 'country', 'world', 'group' (its members stand in the file by themselves), 'nes' (an area not specified, or a
    state that is no more), 'unknown'.
    """

    country: str | None
    kind: Kind


def place_of(word: str, scheme: Scheme) -> Place:
    """Return the place that a word or number of a file means.

    >>> place_of("842", "m49").country, place_of("490", "m49").country, place_of("0", "m49").kind
    ('US', 'TW', 'world')
    >>> place_of("5700", "schedule_c").country, place_of("0003", "schedule_c").kind, place_of("7777", "schedule_c").kind
    ('CN', 'group', 'unknown')
    >>> place_of("Rep. of Korea", "any").country, place_of("KOR", "any").country, place_of("410", "any").country
    ('KR', 'KR', 'KR')
    """
    word = word.strip()
    if scheme == "m49":
        return _of_number(word)
    if scheme == "schedule_c":
        return _of_schedule_c(word)
    if scheme == "taiwan":
        return _of_name(word, _taiwan())
    return _of_number(word) if word.isascii() and word.isdigit() else _of_name(word, {})


def _of_number(word: str) -> Place:
    if not (word.isascii() and word.isdigit()):
        return _of_name(word, {})
    number = str(int(word))
    if number in _areas():
        return _areas()[number]
    import iso3166

    found = iso3166.countries_by_numeric.get(number.zfill(3))
    return _in_catalog(found.alpha2) if found else Place(None, "unknown")


def _of_schedule_c(word: str) -> Place:
    if word in ("-", "0000"):
        return Place(None, "world")
    # Groups of countries are numbered from 0001, continents are '1XXX' to '7XXX'.
    if word.startswith("00") or word.upper().endswith("XXX"):
        return Place(None, "group")
    code = _schedule_c().get(word)
    return Place(code, "country") if code else Place(None, "unknown")


def _of_name(word: str, names: Mapping[str, str]) -> Place:
    plain = word.casefold()
    if plain in _WORLD:
        return Place(None, "world")
    if plain in _GROUPS:
        return Place(None, "group")
    if plain.startswith(("other asia", "taiwan")) or plain in ("s19", "twn"):
        return Place("TW", "country")
    if plain in _NES or plain.endswith(_NES_ENDINGS):
        return Place(None, "nes")
    if word in names:
        return Place(names[word], "country")
    if len(word) == 3 and word.isascii() and word.isalpha():
        import iso3166

        if found := iso3166.countries_by_alpha3.get(word.upper()):
            return _in_catalog(found.alpha2)
    code = country_code(word) or country_code(_SHORT.sub(lambda found: _WORDS[found[0]], plain))
    return _in_catalog(code) if code else Place(None, "unknown")


def _in_catalog(code: str) -> Place:
    # Kosovo has a code of its own in some files and none in the catalog.
    return Place(code, "country") if country_code(code) and code not in ("XK", "EU") else Place(None, "nes")


@lru_cache(maxsize=1)
def _areas() -> Mapping[str, Place]:
    with (data.TRADE / "areas.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: Place(row["country"] or None, row["kind"]) for row in csv.DictReader(file)}  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def _schedule_c() -> Mapping[str, str]:
    with (data.TRADE / "schedule_c.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["country"] for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def _taiwan() -> Mapping[str, str]:
    """Names in traditional characters as CLDR has them, and where Taiwan's customs write others, those."""
    from babel import Locale

    found = {
        name: code
        for locale in ("zh_Hans", "zh_Hant_HK", "zh_Hant")
        for code, name in Locale.parse(locale).territories.items()
        if len(code) == 2 and country_code(code)
    }
    with (data.TRADE / "taiwan_names.csv").open(encoding="utf-8", newline="") as file:
        return found | {row["name"]: row["country"] for row in csv.DictReader(file)}
