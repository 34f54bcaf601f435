"""Two-letter codes of countries as official lists name them; None where a name is none that is known."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from tidegate import data

__all__ = ["address_country", "country_code", "leading_country"]

_FORMS = re.compile(
    r"\b(?:the|state|states|republic|islamic|democratic|people s|peoples|arab|kingdom|federation|union|united"
    r"|federal|socialist|bolivarian|plurinational|commonwealth|principality|sultanate|grand duchy|of|and)\b"
)

_OTHER: Mapping[str, str] = {
    # Official long forms and spellings of the lists that neither the catalog's names nor their forms give.
    "russian federation": "RU", "syrian arab republic": "SY", "democratic peoples republic of korea": "KP",
    "democratic people s republic of korea": "KP", "korea north": "KP", "republic of korea": "KR",
    "korea south": "KR", "korea republic of": "KR", "china people s republic of": "CN", "china": "CN",
    "peoples republic of china": "CN", "people s republic of china": "CN", "mainland china": "CN",
    "china hong kong sar": "HK", "china macao sar": "MO", "brunei darussalam": "BN",
    "taiwan": "TW", "taiwan province of china": "TW", "hong kong": "HK", "macau": "MO", "macao": "MO",
    "burma": "MM", "myanmar": "MM", "lao people s democratic republic": "LA", "laos": "LA", "viet nam": "VN",
    "vietnam": "VN", "czech republic": "CZ", "czechia": "CZ", "turkiye": "TR", "turkey": "TR", "congo democratic"
    " republic of the": "CD", "democratic republic of the congo": "CD", "republic of the congo": "CG",
    "cote d ivoire": "CI", "ivory coast": "CI", "cape verde": "CV", "cabo verde": "CV", "swaziland": "SZ",
    "eswatini": "SZ", "macedonia": "MK", "north macedonia": "MK", "moldova": "MD", "republic of moldova": "MD",
    "tanzania": "TZ", "united republic of tanzania": "TZ", "united states of america": "US",
    "united states": "US", "united kingdom of great britain and northern ireland": "GB", "united kingdom": "GB",
    "great britain": "GB", "england": "GB", "palestinian": "PS", "palestine": "PS", "west bank": "PS",
    "gaza": "PS", "kosovo": "XK", "crimea region of ukraine": "UA", "crimea": "UA", "iran": "IR", "syria": "SY",
    "russia": "RU", "bahamas": "BS", "gambia": "GM", "virgin islands british": "VG",
    "british virgin islands": "VG", "uae": "AE", "united arab emirates": "AE", "south korea": "KR",
    "north korea": "KP", "brunei": "BN", "bolivia": "BO", "venezuela": "VE", "curacao": "CW",
    "saint kitts and nevis": "KN", "sao tome and principe": "ST", "vatican": "VA", "holy see": "VA",
    "中国": "CN", "香港": "HK", "台湾": "TW", "台灣": "TW", "日本": "JP", "美国": "US", "中国台湾": "TW",
}  # fmt: skip


def country_code(name: str | None) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country's name, or of a code.

    >>> country_code("Islamic Republic of Iran"), country_code("CHINA, PEOPLE'S REPUBLIC OF"), country_code("cn")
    ('IR', 'CN', 'CN')
    >>> country_code("Lilliput") is None
    True
    """
    if not name:
        return None
    text = name.strip()
    if re.fullmatch("[A-Za-z]{2}", text):
        code = text.upper()
        return code if code in _codes() else None
    folded = _fold(text)
    return _names().get(folded) or _bare().get(_strip(folded))


def address_country(text: str) -> str | None:
    """Return the code of the country of an address: its last part, or what it begins with.

    >>> address_country("Tian Wang te Zi #1, Xian, China, CN"), address_country("日本东京都港区虎之门1-7-12")
    ('CN', 'JP')
    """
    last = re.sub(r"[(（][^)）]*[)）]\s*$", "", text).rpartition(",")[2].strip()
    return country_code(last) or leading_country(text)


def leading_country(text: str) -> str | None:
    """Return the code of the country that a text begins with: an address, or a cell run into the next."""
    words = text.split()
    for count in range(min(len(words), 6), 0, -1):
        if code := country_code(" ".join(words[:count])):
            # 'Republic' alone, or two letters of an address, is no country.
            return code if len(words[0]) > 2 or count > 1 else None
    han = re.match(r"[一-鿿]{2,4}", text)
    for size in range(len(han.group()) if han else 0, 1, -1):
        if code := _names().get(text[:size]):
            return code
    return None


def _fold(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]+", " ", plain.casefold().replace("_", " ")).split())


def _strip(folded: str) -> str:
    return " ".join(_FORMS.sub(" ", folded).split())


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[str, str], ...]:
    with (data.CATALOG / "countries.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["code"], row["name"]) for row in csv.DictReader(file))


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(code for code, _ in _rows()) | {"XK"}


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    return {_fold(name): code for code, name in _rows()} | dict(_OTHER)


@lru_cache(maxsize=1)
def _bare() -> Mapping[str, str]:
    """Names without the words of their form; one that fits two countries (Congo, Korea, Guinea) fits none."""
    found: dict[str, set[str]] = {}
    for folded, code in _names().items():
        if bare := _strip(folded):
            found.setdefault(bare, set()).add(code)
    return {bare: next(iter(codes)) for bare, codes in found.items() if len(codes) == 1}
