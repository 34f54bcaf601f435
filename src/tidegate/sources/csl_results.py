"""The US Consolidated Screening List as trade.gov's JSON: `results`, one object a party and list.

https://data.trade.gov/downloadable_consolidated_screening_list/v1/consolidated.json. The fields are those of the CSV,
with lists and objects where the CSV joins texts: `addresses` and `ids` are lists of objects. Layout after public
programs that read it; no genuine download could be had for the tests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tidegate.dates import Day
from tidegate.sources.country_names import country_code
from tidegate.sources.csl_fields import KINDS, after, footnotes_of, list_of, sort_identifiers
from tidegate.sources.list_files import (
    ListFile,
    as_mapping,
    as_text,
    as_texts,
    day_of,
    distinct,
    distinct_ids,
    head_text,
    wrong,
)
from tidegate.sources.listing import Entry, PartyList
from tidegate.sources.made_ids import made_ids

__all__ = ["is_csl_results", "read_csl_results"]

_PLACE = ("address", "city", "state", "postal_code", "country")


def is_csl_results(head: bytes) -> bool:
    """Whether the first bytes of a file are of this layout."""
    text = head_text(head).lstrip()
    return text.startswith("{") and '"results"' in text and '"listAuthority"' not in text


def read_csl_results(path: Path) -> PartyList:
    """Return the entries of a file of this layout.

    Raises: BadInputError: if it cannot be read, is cut off, holds another number of entries than it says, or values
        of other types; names file, entry and field.
    """
    with ListFile(path) as file:
        raw = file.whole()
        digest = file.digest
    try:
        top = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise wrong(path, f"this is no whole JSON: {error}") from None
    results = top.get("results") if isinstance(top, dict) else None
    if not isinstance(results, list) or not results:
        raise wrong(path, "no list of entries stands under 'results'")
    total = top.get("total")
    if total is not None and total != len(results):
        raise wrong(path, f"'total' says {total} entries, and there are {len(results)}")
    records = [as_mapping(record, path, row) for row, record in enumerate(results, 1)]
    codes = [
        list_of(as_text(record, "source", path, row), path, row) for row, record in enumerate(records, 1)
    ]
    names = [as_text(record, "name", path, row) or "" for row, record in enumerate(records, 1)]
    made = made_ids((code, name) for (code, _), name in zip(codes, names, strict=True))
    ids = distinct_ids(
        as_text(record, "id", path, row) or as_text(record, "_id", path, row) or own
        for row, (record, own) in enumerate(zip(records, made, strict=True), 1)
    )
    entries = tuple(
        _entry(path, row, record, code, own)
        for row, (record, code, own) in enumerate(zip(records, codes, ids, strict=True), 1)
    )
    return PartyList(
        title="US Consolidated Screening List", layout="csl-results", entries=entries, digest=digest,
        as_of=_made_on(top), path=str(path),
    )  # fmt: skip


def _made_on(top: Mapping[str, Any]) -> Day | None:
    for field in ("search_performed_at", "generated_at", "last_updated"):
        try:
            return dt.datetime.fromisoformat(str(top.get(field))).date()
        except ValueError:
            continue
    return None


def _entry(path: Path, row: int, record: Mapping[str, Any], listed: tuple[str, str], own: str) -> Entry:
    def text(field: str) -> str | None:
        return as_text(record, field, path, row)

    name, kind, (code, authority) = text("name"), text("type"), listed
    if not name:
        raise wrong(path, "the name is empty", row=row, field="name")
    if kind and kind not in KINDS:
        raise wrong(path, f"type '{kind}' is none of {', '.join(KINDS)}", row=row, field="type")
    places = [as_mapping(part, path, row, "addresses") for part in _list(record, "addresses", path, row)]
    identifiers, told = _identifiers(record, path, row)
    if number := text("entity_number"):
        identifiers = (("ofac", number), *identifiers)
    if sign := text("call_sign"):
        identifiers = (*identifiers, ("call-sign", sign))
    countries = [country_code(as_text(place, "country", path, row)) for place in places]
    for field in ("nationalities", "citizenships"):
        countries += [country_code(word) for word in as_texts(record, field, path, row)]
    countries += [country_code(text("country")), country_code(text("vessel_flag"))]
    requirement = text("license_requirement")
    return Entry(
        id=own, list=code, authority=authority, name=name, row=row, kind=KINDS.get(kind or ""),
        aliases=tuple(alias for alias in as_texts(record, "alt_names", path, row) if alias != name),
        addresses=distinct(
            ", ".join(distinct(as_text(place, part, path, row) for part in _PLACE)) for place in places
        ),
        countries=distinct(countries), identifiers=identifiers,
        programs=as_texts(record, "programs", path, row),
        licence_requirement=requirement, licence_policy=text("license_policy"),
        footnotes=footnotes_of(requirement),
        starts=day_of(record.get("start_date"), path, row, "start_date"),
        ends=after(day_of(record.get("end_date"), path, row, "end_date"), code),
        notice=text("federal_register_notice"),
        source=text("source_list_url") or text("source_information_url"),
        remarks="; ".join(distinct([text("remarks"), *told])) or None,
    )  # fmt: skip


def _identifiers(
    record: Mapping[str, Any], path: Path, row: int
) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    found: list[tuple[str, str]] = []
    told: list[str] = []
    for part in _list(record, "ids", path, row):
        line = as_mapping(part, path, row, "ids")
        pair, words = sort_identifiers(
            as_text(line, "type", path, row) or "", as_text(line, "number", path, row) or ""
        )
        country = as_text(line, "country", path, row)
        if pair:
            found.append((pair[0], f"{pair[1]} ({country})" if country else pair[1]))
        elif words:
            told.append(words)
    return tuple(dict.fromkeys(found)), told


def _list(record: Mapping[str, Any], field: str, path: Path, row: int) -> list[object]:
    value = record.get(field)
    if value is None:
        return []
    if not isinstance(value, list):
        raise wrong(path, f"a list is expected, not {value!r:.40}", row=row, field=field)
    return value
