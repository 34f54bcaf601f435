"""The facts of a transaction: read, checked, filled from the catalog, and what follows from them.

A transaction is one flat row over the columns of docs/columns.md. A fact that is not given stays
unknown. Four things are added, each of them traceable: attributes of a catalog item, the headquarters
of a catalog party, what a definition of the ledger derives, and readings that are marked as assumed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.catalog import Catalog, load_catalog
from tidegate.dates import Day, parse_day, parse_when
from tidegate.ledger.definitions import definitions, entries
from tidegate.ledger.predicate import columns
from tidegate.licensing.bounds import Bounds, one_for_all
from tidegate.licensing.logic import Value, evaluate
from tidegate.licensing.scope import Days, expand
from tidegate.licensing.values import FieldError, read_value

__all__ = ["SEATS", "Transaction", "by_words", "complete", "item_attributes", "item_changes", "party_seat"]

_ECCN = re.compile(r"\d[A-E]\d{3}(\.\w+)*")
_DUTCH = re.compile(r"NL (\d[A-E]\d{3}(?:\.\w+)*)")
_EUROPEAN = re.compile(r"EU (\d[A-E]\d{3}(?:\.\w+)*) from (\d{4}-\d{2}-\d{2})")

SEATS = {
    "end_user": "end_user_headquarters",
    "designer": "designer_headquarters",
    "exporter": "exporter_headquarters",
}
"""The columns that the catalog fills with the headquarters of a party."""

_CODES = ("eccn", "nl_code", "jp_code", "eu_code")


@dataclass(frozen=True, slots=True)
class Transaction:
    """What is known of a transaction.

    given: the facts as given, by column. facts: those and what was added. origins: for each added
    fact, where it comes from, in words. assumed: readings that are not facts. unlisted: names that the
    catalog does not know.
    """

    given: Mapping[str, Value]
    facts: Mapping[str, Value]
    origins: Mapping[str, str] = field(default_factory=dict)
    assumed: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, Any], on: Day, bounds: Bounds | None = None) -> Transaction:
        """Return the transaction of a row, complete for a day.

        given: values by column; names of items, parties and countries in anybody's words; None and
            empty text are facts that are not given. bounds: see `item_attributes`.
        Raises: FieldError: naming the field and the rule that it breaks.
        """
        unlisted: list[str] = []
        facts: dict[str, Value] = {}
        placed: dict[str, Value] = {}
        for name, raw in given.items():
            value = read_value(name, raw, unlisted)
            if value is not None:
                facts[name] = value
            elif name == "item" and isinstance(raw, str):
                placed |= by_words(raw)
        if facts.setdefault("date", on) != on:
            raise FieldError("date", "other-day", f"The row is of {facts['date']}, the regime of {on}.")
        return complete(facts, tuple(unlisted), placed, bounds)


def by_words(name: str) -> dict[str, Value]:
    """Return where the words of a name that is not in the catalog place an item.

    'dysprosium-magnet' is a magnet of dysprosium, 'micron-dram' memory made by Micron.
    """
    catalog = load_catalog()
    placed: dict[str, Value] = {}
    for word in name.replace("_", "-").replace(" ", "-").casefold().split("-"):
        for match in catalog.find_all(word, "item", "party") if len(word) > 2 else ():
            if match.kind == "party":
                placed.setdefault("maker", match.id)
                continue
            item = catalog.items[match.id]
            if "element" in item.attributes:
                placed["element"] = item.attributes["element"]
                placed.setdefault("item_class", str(item.parent))
            elif item.sort_of_entry == "class":
                placed["item_class"] = item.id
    if "item_class" in placed:
        placed["kind"] = catalog.items[str(placed["item_class"])].kind
    return placed


def complete(
    given: Mapping[str, Value],
    unlisted: tuple[str, ...] = (),
    placed: Mapping[str, Value] | None = None,
    bounds: Bounds | None = None,
) -> Transaction:
    """Return a transaction with what the catalog and the definitions of the ledger add.

    given: checked values, `date` among them. placed: where the words of its name place the item.
    bounds: see `item_attributes`.
    """
    catalog = load_catalog()
    facts: dict[str, Value] = dict(given)
    origins: dict[str, str] = {}
    assumed: list[str] = []
    for name, value in (placed or {}).items():
        if name not in facts:
            facts[name] = value
            origins[name] = "words of its name"
            assumed.append(f"The item is not in the catalog; by the words of its name {name} is {value}.")
    day = given["date"]
    assert isinstance(day, dt.date)
    for source in ("item", "for_item"):
        if (item := facts.get(source)) is not None:
            # A part stands in the columns of the tool it is for; its own kind and maker stay its own.
            for name, value in item_attributes(catalog, str(item), day, bounds).items():
                if name not in facts and not (source == "for_item" and name in ("kind", "eccn", "maker")):
                    facts[name] = value
                    origins[name] = f"catalog, {item}"
    for who, column in SEATS.items():
        if who == "designer" and who not in facts and "maker" in facts:
            facts["designer"] = facts["maker"]
            origins["designer"] = "as maker"
        party = catalog.parties.get(str(facts.get(who)))
        if party and column not in facts and (seat := party_seat(catalog, party.id)):
            facts[column] = seat
            origins[column] = f"catalog, {party.id} or its ultimate parent"
    days = Days.of(day)
    for definition in definitions():
        instead = definition.instead_when and evaluate(expand(definition.instead_when, days), facts)
        if definition.column in facts and not instead:
            continue
        if definition.same_as:
            if (same := facts.get(definition.same_as)) is not None:
                facts[definition.column] = same
                origins[definition.column] = f"as {definition.same_as}"
                if definition.assumes:
                    assumed.append(definition.assumes.format(same))
            continue
        version = next((v for v in reversed(definition.versions) if v.starts <= day), None)
        if version and (holds := evaluate(expand(version.when, days), facts)) is not None:
            facts[definition.column] = holds
            origins[definition.column] = version.citation
    return Transaction(given, facts, origins, tuple(assumed), unlisted)


def item_attributes(
    catalog: Catalog, item_id: str, day: Day, bounds: Bounds | None = None
) -> Mapping[str, Value]:
    """Return what the catalog says of an item, by column; of a family, what holds of all its versions.

    bounds: the numbers that the law compares with; a number in which versions of a family differ is given
        by the least of them where no bound lies between, since the law cannot tell them apart then.
    """
    item = catalog.items.get(item_id)
    if item is None:
        return {}
    versions = [key for key in catalog.items_in(item_id) if catalog.items[key].sort_of_entry == "product"]
    if item.sort_of_entry not in ("product", "family") and len(versions) != 1:
        # Of a class as a whole the catalog says no more than its kind.
        return {"kind": item.kind}
    rows = [_attributes(catalog, version, day) for version in sorted(versions)]
    shared: dict[str, Value] = {"kind": item.kind}
    for name in rows[0] if rows else ():
        values = [row.get(name) for row in rows]
        if all(value == values[0] for value in values):
            shared[name] = values[0]  # type: ignore[assignment]
        elif bounds is not None and all(isinstance(v, float) for v in values):
            one = one_for_all(values, bounds.get(name, ()))  # type: ignore[arg-type]
            if one is not None:
                shared[name] = one
    return shared


def _attributes(catalog: Catalog, item_id: str, day: Day) -> dict[str, Value]:
    item = catalog.items[item_id]
    vocabulary = columns()
    row: dict[str, Value] = {"kind": item.kind}
    row |= {name: value for name, value in item.attributes.items() if name in vocabulary
            and name not in _CODES}  # fmt: skip
    row |= _codes(item.attributes, day)
    if item.maker:
        row["maker"] = item.maker
    return row


def _codes(attributes: Mapping[str, Value], day: Day) -> dict[str, Value]:
    """The control-list numbers of a tool that hold on a day, out of the words of its table row.

    A number holds from the start of the control, but not before the entry of that number existed.
    """
    row: dict[str, Value] = {}
    eccn = str(attributes.get("us_eccn", ""))
    if _ECCN.fullmatch(eccn) and _since(attributes.get("us_control_since")) <= day:
        entry = entries()["eccn"].get(eccn) or next(
            (e for code, e in entries()["eccn"].items() if code.startswith(f"{eccn}.")), None
        )
        if entry is None or entry.versions[0].starts <= day:
            row["eccn"] = eccn
    dutch = str(attributes.get("nl_code", ""))
    if dutch and _since(attributes.get("nl_control_since")) <= day:
        if match := _DUTCH.search(dutch):
            row["nl_code"] = match[1]
        elif dutch.startswith("NL annex"):
            row["nl_measuring"] = True
        elif _ECCN.fullmatch(dutch):
            row["eu_code"] = dutch
    if (match := _EUROPEAN.search(dutch)) and parse_day(match[2]) <= day:
        row["eu_code"] = match[1]
    if "jp_code" in attributes and _since(attributes.get("jp_control_since")) <= day:
        row["jp_code"] = attributes["jp_code"]
    return row


def _since(text: Value | None) -> Day:
    """The first day of a control; 'before 2019' is before anything the ledger covers."""
    return dt.date.min if text is None or str(text).startswith("before") else parse_when(str(text)).last


def item_changes(catalog: Catalog, item_id: str) -> tuple[Day, ...]:
    """Return the days on which what the catalog says of an item may change."""
    days: set[Day] = set()
    for key in catalog.items_in(item_id):
        attributes = catalog.items[key].attributes
        for name in ("us_control_since", "nl_control_since", "jp_control_since"):
            since = _since(attributes.get(name))
            days |= {since} if since > dt.date.min else set()
        if match := _EUROPEAN.search(str(attributes.get("nl_code", ""))):
            days.add(parse_day(match[2]))
        eccn = str(attributes.get("us_eccn", ""))
        for code, entry in entries()["eccn"].items():
            if eccn and (code == eccn or code.startswith(f"{eccn}.")):
                days |= {version.starts for version in entry.versions[:1]}
    return tuple(sorted(days))


def party_seat(catalog: Catalog, party_id: str) -> str | None:
    """The headquarters of the ultimate parent: 15 CFR 742.6(a)(6)(iii) asks for either."""
    seen: set[str] = set()
    while (parent := catalog.parties[party_id].parent) in catalog.parties and parent not in seen:
        seen.add(party_id)
        party_id = str(parent)
    return catalog.parties[party_id].country
