"""What the XML and the CSV of the EU's consolidated financial sanctions list share.

https://data.europa.eu/data/datasets/consolidated-list-of-persons-groups-and-entities-subject-to-eu-financial-sanctions,
schema http://eu.europa.ec/fpi/fsd/export, version 1.1. Kept by the Commission (DG FISMA).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tidegate.dates import Day
from tidegate.sources.list_files import distinct, distinct_ids, wrong
from tidegate.sources.listing import Entry

__all__ = ["AUTHORITY", "KINDS", "TITLE", "Gathered", "address_text", "eu_entry", "made_on", "with_ids"]

TITLE = "EU consolidated financial sanctions list"
AUTHORITY = "European Commission"
KINDS = {"person": "person", "enterprise": "entity", "p": "person", "e": "entity"}


@dataclass(slots=True)
class Gathered:
    """What a file says of one listed party, gathered from its elements or rows."""

    id: str
    row: int
    kind: str | None = None
    names: list[str | None] = field(default_factory=list)
    addresses: list[str | None] = field(default_factory=list)
    countries: list[str | None] = field(default_factory=list)
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    programs: list[str | None] = field(default_factory=list)
    notices: list[str | None] = field(default_factory=list)
    sources: list[str | None] = field(default_factory=list)
    starts: list[Day | None] = field(default_factory=list)
    remarks: list[str | None] = field(default_factory=list)


def eu_entry(path: Path, found: Gathered) -> Entry:
    """Return the entry of a party. Raises: BadInputError: if it has no name."""
    names = distinct(found.names)
    if not names:
        raise wrong(path, f"'{found.id}' has no name", row=found.row, field="wholeName")
    days = [day for day in found.starts if day]
    return Entry(
        id=found.id, list="EU-FSF", authority=AUTHORITY, name=names[0], row=found.row, kind=found.kind,
        aliases=names[1:], addresses=distinct(found.addresses), countries=distinct(found.countries),
        identifiers=tuple(dict.fromkeys(found.identifiers)), programs=distinct(found.programs),
        # A later act amends the entry; the first one listed the party.
        starts=min(days) if days else None, notice="; ".join(distinct(found.notices)) or None,
        source=next(iter(distinct(found.sources)), None), remarks="; ".join(distinct(found.remarks)) or None,
    )  # fmt: skip


def with_ids(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return entries with ids of which none stands twice."""
    kept = list(entries)
    ids = distinct_ids(entry.id for entry in kept)
    return tuple(replace(entry, id=own) for entry, own in zip(kept, ids, strict=True))


def made_on(text: str | None) -> Day | None:
    """Return the day of `2026-09-22T10:05:36.338+02:00`, `2026-09-22` or `22/09/2026`; None for anything else."""
    text = (text or "").strip()
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        text = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None


def address_text(cells: Iterable[str | None]) -> str | None:
    """Return the parts of an address joined, without those that say that nothing is known."""
    return ", ".join(distinct(c for c in cells if c and c.strip().upper() not in ("UNKNOWN", "00"))) or None
