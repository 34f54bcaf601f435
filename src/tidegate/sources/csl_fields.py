"""The fields of the US Consolidated Screening List, which its CSV and its JSON share.

https://www.trade.gov/consolidated-screening-list: one record a party and list; each list keeps its own conventions.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from tidegate.dates import Day
from tidegate.sources.country_names import address_country
from tidegate.sources.list_files import distinct, wrong

__all__ = [
    "DENIED",
    "FIELDS",
    "KINDS",
    "after",
    "country_of",
    "footnotes_of",
    "joined",
    "list_of",
    "sort_identifiers",
]

FIELDS = (
    "source", "entity_number", "type", "programs", "name", "addresses", "federal_register_notice", "start_date",
    "end_date", "license_requirement", "license_policy", "remarks", "source_list_url", "alt_names",
    "source_information_url", "ids",
)  # fmt: skip
"""Fields that every layout has had since 2019, and without which a file is another or has changed."""

KINDS = {"Entity": "entity", "Individual": "person", "Vessel": "vessel", "Aircraft": "aircraft"}

DENIED = "DPL"
"""Code of the Denied Persons List, whose end dates are the last day of an order."""

_SOURCE = re.compile(r".*?\(([^()]+)\).* - (.+)")


def list_of(source: str | None, path: Path, row: int) -> tuple[str, str]:
    """Return code and keeper out of `Entity List (EL) - Bureau of Industry and Security`.

    Raises: BadInputError: if it is not of that form.
    """
    match = _SOURCE.fullmatch((source or "").strip())
    if match is None:
        what = f"'{source or ''}' names no list; 'Entity List (EL) - Bureau ...' is expected"
        raise wrong(path, what, row=row, field="source")
    # 'Menu-Based Sanctions List (NS-MBS List)' is the list NS-MBS.
    return match[1].removesuffix(" List").strip(), match[2].strip()


_AT_SECTION = re.compile(r"734\.9\((?:e|g)\)(?:\(\d\))?,? ?([1-9])\b(?!\.)")
_AT_END = re.compile(r"\bEAR\.?\)?\.? ?([1-9])\b\.?(?=\s|$)")


def footnotes_of(requirement: str | None) -> tuple[str, ...]:
    """Return the footnote numbers that a licence requirement ends in or bears at a section of the EAR.

    They are raised in print and stand as plain digits in the files. Source: 15 CFR 744 Supp. 4, footnotes 1 to 5.

    >>> footnotes_of("For all items subject to the EAR. (See §§ 734.9(e)(2) and 744.11 of the EAR)4")
    ('4',)
    >>> footnotes_of("For all items subject to the EAR. (See §§ 734.9(g),3 746.8(a)(3), and 744.21(b) of the EAR)")
    ('3',)
    """
    text = " ".join((requirement or "").split())
    found = [*_AT_SECTION.findall(text), *_AT_END.findall(text)]
    return tuple(sorted(dict.fromkeys(found)))


def after(end: Day | None, code: str) -> Day | None:
    """Return the first day no longer listed: a denial order binds through the day of its end."""
    return end + dt.timedelta(days=1) if end and code == DENIED else end


def joined(cell: str) -> tuple[str, ...]:
    """Return the parts of a cell of the CSV; the Entity List writes `and` before the last."""
    return distinct(re.sub(r"^and (?=\S)", "", part.strip()) for part in cell.split(";"))


_STATES = frozenset((
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY",
    "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND",
    "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY",
    "DC",
))  # fmt: skip


def country_of(address: str, code: str) -> str | None:
    """Return the country of an address of the CSV, which it ends in.

    The Denied Persons List leaves US out behind a state: there `CA` is no Canada for sure.
    """
    last = address.rpartition(",")[2].strip()
    return None if code == DENIED and last in _STATES else address_country(address)


_ABOUT = re.compile(
    r":$| -$|^(?:gender|additional sanctions information|secondary sanctions risk|.*directive determination"
    r"|transactions prohibited|vessel (?:year|type|flag|owner)|former vessel flag|nationality|title|target type"
    r"|pro?hibited|cmic|listing date|effective date|purchase/sales|issuer name|.*additional information).*",
    re.IGNORECASE,
)
_KEYS = {
    "swift/bic": "swift", "vessel registration identification": "imo", "tax id no.": "tax",
    "registration id": "registration", "registration number": "registration", "email address": "email",
    "website": "website", "passport": "passport", "national id no.": "national-id", "mmsi": "mmsi",
    "legal entity number": "lei", "lei": "lei", "unified social credit code (uscc)": "uscc",
}  # fmt: skip


def sort_identifiers(kind: str, number: str) -> tuple[tuple[str, str] | None, str | None]:
    """Return an identifier as a pair, or, where the line tells something else of the party, its words.

    kind: as the list writes it. A number of a kind that has no short name here keeps the list's name in small letters.
    """
    kind, number = " ".join(kind.split()), " ".join(number.split())
    if not number:
        return None, kind or None
    if not kind or _ABOUT.search(kind):
        return None, f"{kind.rstrip(' :-')}: {number}" if kind else number
    key = _KEYS.get(kind.casefold(), kind.casefold())
    if key == "imo":
        return ("imo", re.sub(r"^IMO\s*", "", number)), None
    return (key, number), None
