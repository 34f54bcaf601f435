"""The US Consolidated Screening List as trade.gov's CSV: the layout with `_id` (from 2020 on) and the one before.

https://data.trade.gov/downloadable_consolidated_screening_list/v1/consolidated.csv. Lists within a cell are joined
by '; '. An identifier is `type, number, country` with `_id` and `country, number, type` without. The CSV has no date
of its own.
"""

from __future__ import annotations

import re
from pathlib import Path

from tidegate.sources.country_names import country_code
from tidegate.sources.csl_fields import (
    FIELDS,
    KINDS,
    after,
    country_of,
    footnotes_of,
    joined,
    list_of,
    sort_identifiers,
)
from tidegate.sources.list_files import (
    ListFile,
    day_of,
    distinct,
    distinct_ids,
    head_text,
    parts,
    read_rows,
    wrong,
)
from tidegate.sources.listing import Entry, PartyList
from tidegate.sources.made_ids import made_ids

__all__ = ["is_csl_csv", "read_csl_csv"]


def is_csl_csv(head: bytes) -> bool:
    """Whether the first bytes of a file are of one of these layouts."""
    first = head_text(head).split("\n", 1)[0]
    return first.count(",") > 5 and {"source", "name", "federal_register_notice"} <= _names(first)


def _names(line: str) -> set[str]:
    return {name.strip().strip('"') for name in line.split(",")}


def read_csl_csv(path: Path) -> PartyList:
    """Return the entries of a file of one of these layouts.

    Raises: BadInputError: if it cannot be read, is cut off or lacks a column; names file, entry and field.
    """
    with ListFile(path) as file:
        rows = list(read_rows(file, FIELDS))
        digest = file.digest
    has_ids = "_id" in rows[0][1]
    codes = [list_of(cells["source"], path, row) for row, cells in rows]
    made = list(
        made_ids((code, cells["name"].strip()) for (code, _), (_, cells) in zip(codes, rows, strict=True))
    )
    ids = distinct_ids(
        cells.get("_id", "").strip() or own for own, (_, cells) in zip(made, rows, strict=True)
    )
    entries = tuple(
        _entry(path, row, cells, code, own, type_first=has_ids)
        for (row, cells), code, own in zip(rows, codes, ids, strict=True)
    )
    return PartyList(
        title="US Consolidated Screening List", layout="csl-csv" if has_ids else "csl-csv-2019",
        entries=entries, digest=digest, path=str(path),
    )  # fmt: skip


def _entry(
    path: Path, row: int, cells: dict[str, str], listed: tuple[str, str], own: str, *, type_first: bool
) -> Entry:
    name = " ".join(cells["name"].split())
    if not name:
        raise wrong(path, "the name is empty", row=row, field="name")
    kind = cells["type"].strip()
    if kind and kind not in KINDS:
        raise wrong(path, f"type '{kind}' is none of {', '.join(KINDS)}", row=row, field="type")
    code, authority = listed
    addresses = joined(cells["addresses"])
    identifiers, told = _identifiers(cells["ids"], type_first=type_first)
    if number := cells["entity_number"].strip():
        identifiers = (("ofac", number), *identifiers)
    if sign := cells.get("call_sign", "").strip():
        identifiers = (*identifiers, ("call-sign", sign))
    requirement = " ".join(cells["license_requirement"].split()) or None
    countries = [country_of(address, code) for address in addresses]
    for column in ("nationalities", "citizenships", "vessel_flag"):
        countries += [country_code(name) for name in parts(cells.get(column))]
    return Entry(
        id=own, list=code, authority=authority, name=name, row=row, kind=KINDS.get(kind),
        aliases=tuple(alias for alias in joined(cells["alt_names"]) if alias != name), addresses=addresses,
        countries=distinct(countries), identifiers=identifiers, programs=parts(cells["programs"]),
        licence_requirement=requirement, licence_policy=" ".join(cells["license_policy"].split()) or None,
        footnotes=footnotes_of(requirement),
        starts=day_of(cells["start_date"], path, row, "start_date"),
        ends=after(day_of(cells["end_date"], path, row, "end_date"), code),
        notice=cells["federal_register_notice"].strip() or None,
        source=cells["source_list_url"].strip() or cells["source_information_url"].strip() or None,
        remarks="; ".join(distinct([cells["remarks"], *told])) or None,
    )  # fmt: skip


def _identifiers(cell: str, *, type_first: bool) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    found: list[tuple[str, str]] = []
    told: list[str] = []
    for text in parts(cell):
        pieces = [piece.strip() for piece in text.split(", ")]
        if type_first:
            kind, rest = pieces[0], pieces[1:]
            country = rest.pop() if len(rest) > 1 and re.fullmatch("[A-Z]{2}", rest[-1]) else None
        else:
            kind, rest = pieces[-1], pieces[:-1]
            country = rest.pop(0) if len(rest) > 1 and re.fullmatch("[A-Z]{2}", rest[0]) else None
        pair, words = sort_identifiers(kind, ", ".join(rest))
        if pair:
            found.append((pair[0], f"{pair[1]} ({country})" if country else pair[1]))
        elif words:
            told.append(words)
    return tuple(dict.fromkeys(found)), told
