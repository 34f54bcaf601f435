"""Further names of listed parties: those in other scripts, which the lists of the United States leave out.

A name of the catalog goes to an entry that has one of the party's Latin names, word for word but for the legal form. So
华为 finds the Huawei that is listed, and nothing goes to an entry that is only like it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from tidegate import data
from tidegate.catalog import load_catalog
from tidegate.screening.words import words_of
from tidegate.sources.listing import Entry

__all__ = ["catalog_names"]


def catalog_names(entries: Iterable[Entry]) -> dict[str, Sequence[tuple[str, str]]]:
    """Return names in other scripts by the id of the entry that they are for, each with where it is from."""
    known = _by_key()
    found: dict[str, dict[str, str]] = {}
    for entry in entries:
        if entry.kind in ("person", "vessel", "aircraft"):
            continue
        for name in (entry.name, *entry.aliases):
            for text, verified in known.get(_key(name), ()):
                source = "name in the catalog" if verified else "name in the catalog, not verified"
                found.setdefault(entry.id, {}).setdefault(text, source)
    return {entry: tuple(names.items()) for entry, names in found.items()}


@lru_cache(maxsize=1)
def _by_key() -> Mapping[tuple[str, ...], tuple[tuple[str, bool], ...]]:
    found: dict[tuple[str, ...], dict[str, bool]] = {}
    for party in load_catalog().parties.values():
        names = (party.name, *party.aliases)
        foreign = [name for name in names if not name.isascii()]
        for name in names:
            if name.isascii() and foreign and (key := _key(name)):
                found.setdefault(key, {}).update(dict.fromkeys(foreign, party.verified))
    with (data.CATALOG / "foreign_names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name in row["name"].split("|"):
                if key := _key(name):
                    names_of = dict.fromkeys(row["foreign"].split("|"), row["verified"] == "true")
                    found.setdefault(key, {}).update(names_of)
    return {key: tuple(names.items()) for key, names in found.items()}


def _key(name: str) -> tuple[str, ...]:
    return tuple(sorted(word.text for word in words_of(name) if word.kind not in ("form", "stop")))
