"""Reading the shipped catalog."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from tidegate import data
from tidegate.catalog.catalog import Catalog
from tidegate.catalog.model import Country, Group, Item, Official, Party, Spell
from tidegate.dates import parse_day
from tidegate.records import read_yaml_fast

__all__ = ["load_catalog"]

_NUMBERS = frozenset((
    "tpp", "dense_tops_at_best", "die_area_mm2", "performance_density", "memory_gb", "memory_bandwidth_gb_s",
    "memory_bandwidth_density", "interconnect_gb_s", "logic_node_nm", "wavelength_nm", "resolution_nm",
    "dco_nm",
))  # fmt: skip
_FLAGS = frozenset(("data_center", "china_market"))
_NOT_ATTRIBUTES = frozenset((
    "id", "name", "kind", "vendor", "maker", "class", "source", "verified", "not_verified", "note",
))  # fmt: skip


@lru_cache(maxsize=1)
def load_catalog() -> Catalog:
    """Return the shipped countries, groups, items and parties."""
    countries = {row["code"]: _country(row) for row in _rows("countries.csv")}
    groups = {row["id"]: _group(row) for row in read_yaml_fast(data.CATALOG / "groups.yaml")}
    products = {
        row["id"]: row for table in ("chips.csv", "tools.csv", "materials.csv") for row in _rows(table)
    }
    items = {row["id"]: _item(row, products.get(row["id"])) for row in _rows("items.csv")}
    parties = {row["id"]: _party(row) for row in _rows("parties.csv")}
    officials = tuple(_official(row) for row in _rows("officials.csv"))
    return Catalog(countries, groups, items, parties, officials)


def _rows(name: str) -> Iterator[dict[str, str]]:
    path: Path = data.CATALOG / name
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _country(row: dict[str, str]) -> Country:
    return Country(row["code"], row["name"], _split(row["aliases"]), row["source"])


def _party(row: dict[str, str]) -> Party:
    return Party(
        row["id"],
        row["name"],
        _split(row["aliases"]),
        row["country"] or None,
        row["parent"] or None,
        row["role"],
        row["ticker"] or None,
        row["source"],
        parse_day(row["as_of"]),
        row["verified"] == "true",
        row["note"] or None,
    )


def _official(row: dict[str, str]) -> Official:
    return Official(
        row["name"],
        _split(row["aliases"]),
        row["country"],
        row["office"],
        parse_day(row["starts"]),
        parse_day(row["ends"]) if row["ends"] else None,
        row["source"],
        row["verified"] == "true",
    )


def _item(row: dict[str, str], product: dict[str, str] | None) -> Item:
    common = (row["id"], row["name"], row["kind"], _split(row["aliases"]), row["parent"] or None)
    sort = "product" if product else row["defined_in"]
    if product is None:
        return Item(*common, sort_of_entry=sort)
    return Item(
        *common,
        maker=product.get("vendor") or product.get("maker") or None,
        attributes={
            key: _value(key, text) for key, text in product.items() if text and key not in _NOT_ATTRIBUTES
        },
        source=product["source"],
        verified=product["verified"] == "true",
        not_verified=frozenset(_split(product["not_verified"])),
        note=product["note"] or None,
        sort_of_entry=sort,
    )


def _value(column: str, text: str) -> str | float | bool:
    if column in _FLAGS:
        return text == "true"
    return float(text) if column in _NUMBERS else text


def _group(row: dict[str, Any]) -> Group:
    return Group(
        id=row["id"],
        label=row["label"],
        source=row["source"],
        as_of=parse_day(row["as_of"]),
        members=tuple(row.get("members", ())),
        includes=tuple(row.get("includes", ())),
        all_but=tuple(row.get("all_but", ())),
        spells=tuple(_spell(spell) for spell in row.get("spells", ())),
        starts=parse_day(row["starts"]) if "starts" in row else None,
        defined_by=row.get("defined_by"),
        verified=row.get("verified", True),
        note=row.get("note"),
    )


def _spell(row: dict[str, Any]) -> Spell:
    return Spell(
        row["country"],
        parse_day(row["starts"]) if "starts" in row else None,
        parse_day(row["ends"]) if "ends" in row else None,
        row["source"],
        row.get("verified", True),
        row.get("note"),
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)
