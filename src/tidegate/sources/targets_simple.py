"""Parties out of OpenSanctions' `targets.simple.csv`: one row a listed party, lists within a cell joined by ';'.

https://www.opensanctions.org/docs/bulk/csv/. It has no dates of listing: `first_seen` is the day that the collector met
the party.
"""

from __future__ import annotations

import csv
from pathlib import Path

from tidegate.sources.country_names import country_code
from tidegate.sources.list_files import ListFile, distinct, head_text, read_rows, wrong
from tidegate.sources.listing import Entry, PartyList
from tidegate.sources.opensanctions import KINDS, list_code

__all__ = ["is_targets_simple", "read_targets_simple"]

_COLUMNS = (
    "id",
    "schema",
    "name",
    "aliases",
    "countries",
    "addresses",
    "identifiers",
    "sanctions",
    "dataset",
)


def is_targets_simple(head: bytes) -> bool:
    """Whether the first bytes of a file are of this layout."""
    first = [name.strip().strip('"') for name in head_text(head).split("\n", 1)[0].split(",")]
    return set(_COLUMNS) <= set(first)


def read_targets_simple(path: Path) -> PartyList:
    """Return the entries of a file of this layout.

    Raises: BadInputError: if it cannot be read, is cut off, lacks a column, or an id stands twice; names file, row and
        field.
    """
    entries: list[Entry] = []
    met: set[str] = set()
    with ListFile(path) as file:
        for row, cells in read_rows(file, _COLUMNS):
            own, name = cells["id"].strip(), " ".join(cells["name"].split())
            for field, value in (("id", own), ("name", name)):
                if not value:
                    raise wrong(path, f"the {field} is empty", row=row, field=field)
            if own in met:
                raise wrong(path, f"'{own}' stands twice", row=row, field="id")
            met.add(own)
            sets = _values(cells["dataset"])
            entries.append(Entry(
                id=own, list=list_code(sets) or "OPENSANCTIONS", authority="; ".join(sets) or "OpenSanctions",
                name=name, row=row, kind=KINDS.get(cells["schema"].strip()),
                aliases=tuple(alias for alias in _values(cells["aliases"]) if alias != name),
                addresses=_values(cells["addresses"]),
                countries=distinct(country_code(code) for code in _values(cells["countries"])),
                identifiers=tuple(("other", number) for number in _values(cells["identifiers"])),
                programs=_values(cells.get("program_ids", "")) or _values(cells["sanctions"]),
            ))  # fmt: skip
        digest = file.digest
    return PartyList("OpenSanctions targets", "targets-simple", tuple(entries), digest, None, str(path))


def _values(cell: str) -> tuple[str, ...]:
    """The values of a cell; one that holds a ';' stands in quotes."""
    return distinct(next(csv.reader([cell], delimiter=";"), [])) if cell else ()
