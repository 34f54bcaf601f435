"""Lists of Japan and China as a public registry lays them out: a JSON array, one object a name.

Fields: `entity_name`, `aliases`, `addresses` (for Japan: countries), `list_id`, `date_added`, `reason`, `source_url`,
`last_verified`. `country` is that of the list's keeper and says nothing of the party. Where the registry ran a country
and a name into one cell and left the name empty, the two are told apart again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tidegate.sources.country_names import address_country, country_code
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

__all__ = ["CODES", "is_party_registry", "read_party_registry"]

CODES: Mapping[str, tuple[str, str]] = {
    "jp-end-user-list": ("JP-EUL", "Ministry of Economy, Trade and Industry"),
    "cn-export-control-watchlist": ("CN-ECL", "Ministry of Commerce"),
    "cn-attention-list": ("CN-AL", "Ministry of Commerce"),
    "cn-unreliable-entity-list": ("CN-UEL", "Ministry of Commerce"),
}
"""Code and keeper of each list, by its name in the registry."""

_KINDS = {"organization": "entity", "person": "person", "vessel": "vessel"}
_FIELDS = ("entity_name", "aliases", "addresses", "date_added", "entity_type", "id", "list_id", "source_url")


def is_party_registry(head: bytes) -> bool:
    """Whether the first bytes of a file are of this layout."""
    text = head_text(head).lstrip()
    return text.startswith("[") and '"entity_name"' in text and '"list_id"' in text


def read_party_registry(path: Path) -> PartyList:
    """Return the entries of a file of this layout.

    Raises: BadInputError: if it cannot be read, is cut off, or holds other fields or values; names file, entry, field.
    """
    with ListFile(path) as file:
        raw = file.whole()
        digest = file.digest
    try:
        records = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise wrong(path, f"this is no whole JSON: {error}") from None
    if not isinstance(records, list) or not records:
        raise wrong(path, "a list of entries is expected")
    rows = [(row, as_mapping(record, path, row)) for row, record in enumerate(records, 1)]
    for row, record in rows:
        if missing := [field for field in _FIELDS if field not in record]:
            raise wrong(path, "the field is missing", row=row, field=missing[0])
    given = [as_text(record, "id", path, row) or "" for row, record in rows]
    if blank := next((row for row, own in enumerate(given, 1) if not own), None):
        raise wrong(path, "the id is empty", row=blank, field="id")
    ids = distinct_ids(given)
    entries = tuple(_entry(path, row, record, own) for (row, record), own in zip(rows, ids, strict=True))
    days = [day_of(record.get("last_verified"), path, row, "last_verified") for row, record in rows]
    kept = sorted({entry.list for entry in entries})
    return PartyList(
        title="Japan's End User List" if kept == ["JP-EUL"] else f"Lists {', '.join(kept)}",
        layout="party-registry", entries=entries, digest=digest,
        as_of=max((day for day in days if day), default=None), path=str(path),
    )  # fmt: skip


def _entry(path: Path, row: int, record: Mapping[str, Any], own: str) -> Entry:
    named = as_text(record, "list_id", path, row)
    if named is None or named not in CODES:
        raise wrong(path, f"'{named}' is none of {', '.join(CODES)}", row=row, field="list_id")
    code, authority = CODES[named]
    name, aliases = as_text(record, "entity_name", path, row), as_texts(record, "aliases", path, row)
    addresses, told = as_texts(record, "addresses", path, row), None
    if name is None and len(addresses) == 1 and (split := _run_together(addresses[0])):
        told = f"name and country stand in one cell of the registry: {addresses[0]}"
        name, addresses = split[1], (split[0],)
    if name is None:
        raise wrong(path, "the name is empty", row=row, field="entity_name")
    kind = as_text(record, "entity_type", path, row)
    return Entry(
        id=own, list=code, authority=authority, name=name, row=row, kind=_KINDS.get(kind or ""),
        aliases=tuple(alias for alias in aliases if alias != name), addresses=addresses,
        countries=distinct(address_country(address) for address in addresses),
        programs=distinct([as_text(record, "reason", path, row)]),
        starts=day_of(record["date_added"], path, row, "date_added"),
        source=as_text(record, "source_url", path, row), remarks=told,
    )  # fmt: skip


def _run_together(text: str) -> tuple[str, str] | None:
    """Return the longest country that a text begins with, and the rest."""
    words = text.split()
    for count in range(len(words) - 1, 0, -1):
        if country_code(country := " ".join(words[:count])) and len(country) > 2:
            return country, " ".join(words[count:])
    return None
