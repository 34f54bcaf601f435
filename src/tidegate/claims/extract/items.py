"""The items of a clause in the guideline's words, and the instrument that each kind of item is under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from tidegate.catalog import load_catalog
from tidegate.claims.mentions import Mention

__all__ = ["CLASSES", "by_instrument", "instrument_of", "items_of", "items_of_ids", "words_of"]

CLASSES = frozenset(
    ("ai_chips", "logic_chips", "memory_chips", "hbm", "chips", "lithography", "euv", "duv", "metrology",
     "etch_deposition", "wafer_fab_equipment", "tool_servicing", "eda_software", "rare_earths",
     "gallium_germanium", "graphite", "magnets", "jet_engine_parts", "chemicals", "nuclear_materials",
     "computing_systems")
)  # fmt: skip
"""The item words of the guideline; a product stands beside its class."""

_RENAMED = {"general_dual_use": "dual-use-items", "all_goods": "", "general": ""}

_FAMILIES: Mapping[str, tuple[str, ...]] = {
    "servicing": ("tool_servicing",),
    "chip_export": ("ai_chips", "logic_chips", "memory_chips", "hbm", "chips", "computing_systems", "legacy_chips"),
    "equipment_export": ("lithography", "euv", "duv", "metrology", "etch_deposition", "wafer_fab_equipment"),
    "software_export": ("eda_software",),
    "materials_export": ("rare_earths", "gallium_germanium", "graphite", "magnets", "antimony", "tungsten",
                         "superhard_materials", "critical-minerals", "batteries", "chemicals", "silver", "indium",
                         "bismuth", "tellurium", "molybdenum"),
}  # fmt: skip


def items_of(names: Iterable[Mention]) -> tuple[str, ...]:
    """Return the item words that some names stand for: class and product, in the order of the text."""
    found: list[str] = []
    for name in names:
        if name.kind == "item":
            # 'Nvidia chips' are not said to be chips for AI.
            found += ("chips",) if name.text.startswith("Nvidia chip") else words_of(name.id)
    found = list(dict.fromkeys(word for word in found if word))
    # 'AI chips' are chips: the wider word is left out where it is the same mention that says both.
    if "chips" in found and any(word in found for word in ("ai_chips", "memory_chips", "logic_chips", "hbm")):
        found.remove("chips")
    return tuple(found)


def items_of_ids(ids: Iterable[str]) -> list[str]:
    """Return the first item word of each of some catalog items, repeats among them."""
    return [words[0] for one in ids if (words := words_of(one)) and words[0]]


@cache
def words_of(item: str) -> tuple[str, ...]:
    """Return the item words of a catalog item: its class and, for a product, itself."""
    catalog = load_catalog()
    if item in _RENAMED:
        return (_RENAMED[item],)
    if item in CLASSES:
        above = [one for one in catalog.classes_of(item) if one in CLASSES and one != item]
        return (item, "lithography") if "lithography" in above else (item,)
    entry = catalog.items.get(item)
    above = [one for one in catalog.classes_of(item) if one in CLASSES] if entry else []
    if above and above[0] in ("duv", "euv"):
        return ("lithography", above[0], item)
    if above and _is_material(item):
        return (above[0],)
    return (above[0], item) if above else (item,)


def _is_material(item: str) -> bool:
    entry = load_catalog().items[item]
    return entry.kind == "material"


def by_instrument(items: Sequence[str]) -> dict[str, list[str]]:
    """Return items by the instrument that controls their kind, in the order of the text."""
    groups: dict[str, list[str]] = {}
    for item in items:
        groups.setdefault(instrument_of(item), []).append(item)
    return groups


_OF_KIND = {
    "material": "materials_export",
    "tool": "equipment_export",
    "chip": "chip_export",
    "memory": "chip_export",
    "software": "software_export",
    "technology": "technology_export",
}


@cache
def instrument_of(item: str) -> str:
    """Return the instrument that controls an item; 'general' where its kind tells none."""
    for instrument, family in _FAMILIES.items():
        if item in family:
            return instrument
    catalog = load_catalog()
    if item in catalog.items:
        for above in catalog.classes_of(item):
            for instrument, family in _FAMILIES.items():
                if above in family:
                    return instrument
        kind = catalog.items[item].kind
        return _OF_KIND.get(kind, "general")
    return "general"
