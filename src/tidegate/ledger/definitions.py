"""Definitions of law by vintage: list entries by their parameters, and facts that follow from others.

Two files beside the measures. `entries.yaml` says what a control-list entry covers, so that an item
whose number is not given can be placed by its parameters as the entry stood on the day.
`definitions.yaml` says how a column of a transaction follows from other columns (subject to the EAR,
advanced-node facility) where it is not given itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tidegate import data
from tidegate.dates import Day, parse_day
from tidegate.records import read_yaml_fast

__all__ = ["Definition", "Entry", "Version", "definitions", "entries"]


@dataclass(frozen=True, slots=True)
class Version:
    """A predicate from its first day to before its last.

    when: the predicate; 'UNKNOWN' in it stands for a limb that no column can tell.
    source, citation: where the figures were read. verified: False where they were not.
    """

    starts: Day
    ends: Day | None
    when: str
    citation: str
    source: str
    verified: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry or paragraph of a control list. column: that of the list, as `eccn` or `nl_code`."""

    column: str
    code: str
    subject: str
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """How a column follows from others where it is not given.

    versions: for a flag. same_as: the column whose value it takes, with `assumes` in words where that
    is a reading of the facts and not a fact. instead_when: a predicate under which it takes that value
    even where it is given.
    """

    column: str
    about: str
    versions: tuple[Version, ...] = ()
    same_as: str | None = None
    assumes: str | None = None
    instead_when: str | None = None


@lru_cache(maxsize=1)
def entries() -> Mapping[str, Mapping[str, Entry]]:
    """Return the entries of each list: by column, then by code in the order of the file."""
    lists: dict[str, dict[str, Entry]] = {}
    for row in read_yaml_fast(data.LEDGER / "entries.yaml"):
        entry = Entry(row["list"], row["code"], row["subject"], _versions(row["versions"]))
        lists.setdefault(entry.column, {})[entry.code] = entry
    return lists


@lru_cache(maxsize=1)
def definitions() -> tuple[Definition, ...]:
    """Return the definitions in the order in which they are applied."""
    return tuple(
        Definition(
            row["column"],
            row["about"],
            _versions(row.get("versions", ())),
            row.get("same_as"),
            row.get("assumes"),
            row.get("instead_when"),
        )
        for row in read_yaml_fast(data.LEDGER / "definitions.yaml")
    )


def _versions(rows: Any) -> tuple[Version, ...]:  # noqa: ANN401
    return tuple(
        Version(
            parse_day(row["from"]),
            parse_day(row["to"]) if "to" in row else None,
            row["when"],
            row["citation"],
            row["source"],
            row.get("verified", True),
            row.get("note"),
        )
        for row in rows
    )
