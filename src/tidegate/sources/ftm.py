"""Parties out of a FollowTheMoney export (`entities.ftm.json`): one JSON object a line, as OpenSanctions publishes it.

https://www.opensanctions.org/docs/bulk/json/. A party, its sanctions and its papers are objects of their own that point
at the party: the file is gone through once, and what points is kept until the end. Parties that are merely linked to a
listed one are no entries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tidegate.dates import Day
from tidegate.sources.country_names import country_code
from tidegate.sources.csl_fields import footnotes_of
from tidegate.sources.list_files import ListFile, distinct, head_text, wrong
from tidegate.sources.listing import Entry, PartyList
from tidegate.sources.opensanctions import KINDS, list_code

__all__ = ["is_ftm", "read_ftm"]

_TOPICS = ("sanction", "export.control", "debarment", "reg.warn", "reg.action", "mil.cmic")
_NUMBERS = {
    "registrationNumber": "registration", "taxNumber": "tax", "innCode": "inn", "ogrnCode": "ogrn",
    "leiCode": "lei", "uscCode": "uscc", "imoNumber": "imo", "mmsi": "mmsi", "callSign": "call-sign",
    "swiftBic": "swift", "passportNumber": "passport", "idNumber": "national-id", "dunsCode": "duns",
    "cageCode": "cage", "okpoCode": "okpo", "vatCode": "vat", "wikidataId": "wikidata", "website": "website",
}  # fmt: skip


@dataclass(slots=True)
class _Listing:
    """What the objects that point at a party say of it."""

    authorities: list[str] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    requirements: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    starts: list[Day] = field(default_factory=list)
    ends: list[Day | None] = field(default_factory=list)
    papers: list[tuple[str, str]] = field(default_factory=list)


def is_ftm(head: bytes) -> bool:
    """Whether the first bytes of a file are of this layout."""
    first = head_text(head).lstrip().split("\n", 1)[0]
    return first.startswith("{") and '"schema"' in first and '"properties"' in first


def read_ftm(path: Path) -> PartyList:
    """Return the listed parties of an export.

    Raises: BadInputError: if it cannot be read or is cut off within a line, or a line is no object of this layout; names
        file, line and field.
    """
    parties: list[tuple[int, Mapping[str, Any], Mapping[str, tuple[str, ...]]]] = []
    listings: dict[str, _Listing] = {}
    seen: list[Day] = []
    with ListFile(path) as file:
        for row, line in enumerate(file.lines(), 1):
            if not line.strip():
                continue
            try:
                record = msgspec.json.decode(line)
            except (msgspec.DecodeError, RecursionError) as error:
                raise wrong(path, f"this is no whole JSON: {error}", row=row) from None
            if not isinstance(record, dict) or not isinstance(record.get("schema"), str):
                raise wrong(path, "an object with a schema is expected", row=row, field="schema")
            own = record.get("id")
            if not isinstance(own, str) or not own:
                raise wrong(path, "the id is empty", row=row, field="id")
            properties = _properties(record, path, row)
            seen += _days([record.get("last_change")])
            if record["schema"] in ("Sanction", "Passport", "Identification"):
                _keep(record["schema"], properties, listings)
            elif record["schema"] in KINDS:
                parties.append((row, record, properties))
        digest = file.digest
    entries = tuple(
        _entry(path, row, record, properties, listings.get(record["id"], _Listing()))
        for row, record, properties in parties
        if _is_listed(record, properties, record["id"] in listings and bool(listings[record["id"]].ends))
    )
    if not entries:
        raise wrong(path, "no party in it is listed", mend="Is it an export of sanctions or export controls?")
    doubled = len(entries) - len({entry.id for entry in entries})
    if doubled:
        raise wrong(path, f"{doubled} ids stand twice; two exports were joined")
    return PartyList(
        title="OpenSanctions export", layout="ftm", entries=entries, digest=digest,
        as_of=max(seen, default=None), path=str(path),
    )  # fmt: skip


def _properties(record: Mapping[str, Any], path: Path, row: int) -> dict[str, tuple[str, ...]]:
    given = record.get("properties")
    if not isinstance(given, dict):
        raise wrong(path, "an object is expected", row=row, field="properties")
    found = {}
    for name, values in given.items():
        if not isinstance(values, list):
            raise wrong(path, f"a list is expected, not {values!r:.40}", row=row, field=f"properties.{name}")
        # Nested exports hold objects where the flat one has ids.
        found[name] = tuple(
            value
            if isinstance(value, str)
            else str(value.get("id", ""))
            if isinstance(value, dict)
            else str(value)
            for value in values
        )
    return found


def _keep(schema: str, properties: Mapping[str, tuple[str, ...]], listings: dict[str, _Listing]) -> None:
    for party in (*properties.get("entity", ()), *properties.get("holder", ())):
        listing = listings.setdefault(party, _Listing())
        if schema != "Sanction":
            kinds = properties.get("type", ()) or (schema.casefold(),)
            listing.papers += [(kinds[0], number) for number in properties.get("number", ())]
            continue
        listing.authorities += properties.get("authority", ())
        listing.programs += (*properties.get("programId", ()), *properties.get("program", ()))
        listing.policies += properties.get("provisions", ())
        listing.requirements += properties.get("reason", ())
        listing.notices += properties.get("authorityId", ())
        listing.sources += properties.get("sourceUrl", ())
        listing.starts += _days((*properties.get("startDate", ()), *properties.get("listingDate", ())))
        listing.ends.append(max(_days(properties.get("endDate", ())), default=None))


def _is_listed(
    record: Mapping[str, Any], properties: Mapping[str, tuple[str, ...]], sanctioned: bool
) -> bool:
    if isinstance(target := record.get("target"), bool):
        return target
    topics = properties.get("topics", ())
    return sanctioned or any(topic.startswith(_TOPICS) and topic != "sanction.linked" for topic in topics)


def _entry(
    path: Path,
    row: int,
    record: Mapping[str, Any],
    properties: Mapping[str, tuple[str, ...]],
    listing: _Listing,
) -> Entry:
    def values(*names: str) -> tuple[str, ...]:
        return distinct(value for name in names for value in properties.get(name, ()))

    caption = record.get("caption")
    names = distinct(([caption] if isinstance(caption, str) else []) + list(values("name")))
    if not names:
        raise wrong(path, "the party has no name", row=row, field="properties.name")
    sets = record.get("datasets")
    if not isinstance(sets, list) or not all(isinstance(name, str) for name in sets):
        raise wrong(path, "a list of data sets is expected", row=row, field="datasets")
    numbers = [(key, number) for name, key in _NUMBERS.items() for number in values(name)]
    countries = values("country", "jurisdiction", "nationality", "citizenship", "mainCountry", "flag")
    ended = [end for end in listing.ends if end]
    return Entry(
        id=str(record["id"]), list=list_code(_lists(sets, listing)) or "OPENSANCTIONS",
        authority="; ".join(distinct(listing.authorities)) or "OpenSanctions", name=names[0], row=row,
        kind=KINDS[record["schema"]],
        aliases=tuple(n for n in (*names[1:], *values("alias", "weakAlias", "previousName")) if n != names[0]),
        addresses=values("address"), countries=distinct(country_code(code) for code in countries),
        identifiers=tuple(dict.fromkeys([*numbers, *listing.papers])),
        programs=distinct((*listing.programs, *values("programId", "program"))),
        licence_requirement="; ".join(distinct(listing.requirements)) or None,
        licence_policy="; ".join(distinct(listing.policies)) or None,
        footnotes=distinct(number for text in listing.requirements for number in footnotes_of(text)),
        starts=min(listing.starts, default=None),
        # A party stays listed as long as one of its sanctions has no end.
        ends=max(ended) + dt.timedelta(days=1) if ended and len(ended) == len(listing.ends) else None,
        notice="; ".join(distinct(listing.notices)) or None,
        source=next(iter(distinct((*listing.sources, *values("sourceUrl")))), None),
        remarks="; ".join(values("notes", "summary")) or None,
    )  # fmt: skip


def _lists(sets: Iterable[str], listing: _Listing) -> list[str]:
    """Data sets, and in the place of the one that joins lists of the US, the lists that it names."""
    named = [name for name in listing.authorities if "(" in name and " - " in name]
    return [*(name for name in sets if not (named and name == "us_trade_csl")), *named]


def _days(values: Iterable[object]) -> list[Day]:
    """Whole days; a year or a month alone is no day."""
    found = []
    for value in values:
        try:
            found.append(dt.date.fromisoformat(str(value)[:10]))
        except ValueError:
            continue
    return found
