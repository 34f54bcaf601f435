"""The customs codes of the catalog's goods, in the Harmonized System and, where surely known, in national tariffs.

A code is where customs book a good, not what a control says: most hold other goods too, and `holds_also` says which.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from tidegate import data
from tidegate.catalog.load import load_catalog
from tidegate.errors import NotFoundError

__all__ = ["HsCode", "HsCodes", "goods_codes", "hs_of"]


@dataclass(frozen=True, slots=True)
class HsCode:
    """A customs code under which an item goes.

    code: digits: 4 or 6 of the Harmonized System, or more of a national tariff. nomenclature: 'HS', or the country of
    the tariff. covers: what of the item is under it. holds_also: what else is; '' where the code is the item's own.
    since: the edition of the HS from which the code has this meaning, where it is not as old as the System.
    verified: whether the row was read in its source.
    """

    item: str
    code: str
    nomenclature: str
    covers: str
    holds_also: str
    since: str | None
    source: str
    verified: bool
    note: str | None

    @property
    def is_basket(self) -> bool:
        """Whether the code holds other goods too."""
        return bool(self.holds_also)


@dataclass(frozen=True, slots=True)
class HsCodes:
    """The codes of an item. why: why there are none, or how they were found where they are not the item's own rows."""

    item: str
    codes: tuple[HsCode, ...]
    why: str | None


def hs_of(item: str) -> HsCodes:
    """Return the customs codes of an item of the catalog.

    Those of its own rows; else of the items within it; else of the nearest class above that has any. Without codes
    `why` begins with 'unknown, because'. Raises: NotFoundError: if the catalog has no such item.
    """
    catalog = load_catalog()
    if item not in catalog.items:
        raise NotFoundError(f"The catalog has no item '{item}'. See docs/catalog.md.")
    rows = _rows()
    if item in rows:
        return _found(item, rows[item], None)
    within = [name for name in sorted(catalog.items_in(item)) if any(row.code for row in rows.get(name, ()))]
    if within:
        return _found(
            item,
            [row for name in within for row in rows[name]],
            f"codes of {', '.join(within)}, which are of it",
        )
    for name in catalog.classes_of(item)[1:]:
        if name in rows:
            wider = [replace(row, holds_also=row.holds_also or f"the rest of {name}") for row in rows[name]]
            return _found(item, wider, f"codes of {name}, of which it is one")
    return HsCodes(item, (), f"unknown, because no customs code of {item} was read")


def goods_codes() -> tuple[str, ...]:
    """Return every code of the Harmonized System that some item of the catalog goes under, sorted, each once."""
    return tuple(
        sorted(
            {row.code for rows in _rows().values() for row in rows if row.code and row.nomenclature == "HS"}
        )
    )


def _found(item: str, rows: Sequence[HsCode], how: str | None) -> HsCodes:
    codes = tuple(row for row in rows if row.code)
    if codes:
        return HsCodes(item, codes, how)
    return HsCodes(item, (), f"unknown, because {rows[0].note}")


@lru_cache(maxsize=1)
def _rows() -> Mapping[str, tuple[HsCode, ...]]:
    """Rows by item. A row without a code says in its note why there is none."""
    found: dict[str, list[HsCode]] = {}
    with (data.CATALOG / "hs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["item"], []).append(
                HsCode(
                    row["item"],
                    row["hs"],
                    row["nomenclature"],
                    row["covers"],
                    row["holds_also"],
                    row["since"] or None,
                    row["source"],
                    row["verified"] == "true",
                    row["note"] or None,
                )
            )
    return {item: tuple(rows) for item, rows in found.items()}
