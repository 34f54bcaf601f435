"""The facts of a transaction: read, checked, filled from the catalog, and what follows from them.

A transaction is one flat row over the columns of docs/columns.md. A fact that is not given stays
unknown. Four things are added, each of them traceable: attributes of a catalog item, the headquarters
of a catalog party, what a definition of the ledger derives, and readings that are marked as assumed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.catalog import Catalog, load_catalog
from tidegate.catalog.catalog import Kind
from tidegate.dates import Day, parse_day, parse_when
from tidegate.errors import BadInputError, NotFoundError
from tidegate.ledger.definitions import definitions, entries
from tidegate.ledger.predicate import Column, columns
from tidegate.licensing.bounds import Bounds, one_for_all
from tidegate.licensing.logic import Value, evaluate
from tidegate.licensing.scope import Days, expand

__all__ = ["FieldError", "Transaction", "by_words", "complete", "is_country", "item_attributes", "item_changes", "party_seat", "read_value"]

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

_YES, _NO = frozenset(("true", "yes", "1")), frozenset(("false", "no", "0"))


class FieldError(BadInputError):
    """One field of a transaction is not usable: `.field` names it, `.rule` the rule it breaks."""

    def __init__(self, field_name: str, rule: str, message: str) -> None:
        self.field, self.rule = field_name, rule
        super().__init__(f"{field_name}: [{rule}] {message}")


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


def read_value(name: str, raw: Any, unlisted: list[str] | None = None) -> Value | None:  # noqa: ANN401
    """Return a value of a column as its type has it; None where it is not given.

    unlisted: names that the catalog does not know are added here.
    Raises: FieldError: naming the field and the rule.
    """
    column = columns().get(name)
    if column is None:
        from rapidfuzz import process

        near = process.extractOne(name, list(columns()))
        raise FieldError(name, "unknown-column", f"There is no such column. Did you mean '{near[0]}'?")
    if raw is None or (isinstance(raw, str) and not raw.strip()) or (isinstance(raw, float) and math.isnan(raw)):
        return None
    if column.type == "flag":
        return _flag(column, raw)
    if column.type == "number":
        return _number(column, raw)
    if column.type == "date":
        return _date(column, raw)
    if not isinstance(raw, str):
        raise FieldError(name, "wrong-type", f"{raw!r} is no text. Quote it.")
    return _text(column, raw.strip(), unlisted if unlisted is not None else [])


def is_country(name: str) -> bool:
    """Whether a column holds a country."""
    return columns()[name].unit == "ISO 3166-1 alpha-2"


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
        days |= {v.starts for code, e in entries()["eccn"].items() if eccn and (code == eccn or code.startswith(f"{eccn}."))
                 for v in e.versions[:1]}  # fmt: skip
    return tuple(sorted(days))


def party_seat(catalog: Catalog, party_id: str) -> str | None:
    """The headquarters of the ultimate parent: 15 CFR 742.6(a)(6)(iii) asks for either."""
    seen: set[str] = set()
    while (parent := catalog.parties[party_id].parent) in catalog.parties and parent not in seen:
        seen.add(party_id)
        party_id = str(parent)
    return catalog.parties[party_id].country


def _flag(column: Column, raw: Any) -> bool:  # noqa: ANN401
    if isinstance(raw, bool):
        return raw
    text = str(raw).strip().casefold()
    if text in _YES or text in _NO:
        return text in _YES
    raise FieldError(column.name, "wrong-type", f"{raw!r} is neither true nor false.")


def _number(column: Column, raw: Any) -> float:  # noqa: ANN401
    try:
        number = float(raw)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(raw, bool) or not math.isfinite(number):
        unit = f" ({column.unit})" if column.unit else ""
        raise FieldError(column.name, "wrong-type", f"{raw!r} is no number{unit}.")
    if number < 0:
        raise FieldError(column.name, "out-of-range", f"{raw!r} is below zero.")
    if (column.unit or "").startswith("share") and number > 1:
        raise FieldError(column.name, "out-of-range", f"{raw!r} is above 1. Give a share, 0.25 for 25 percent.")
    return number


def _date(column: Column, raw: Any) -> Day:  # noqa: ANN401
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    try:
        return parse_day(str(raw))
    except BadInputError as error:
        raise FieldError(column.name, "bad-date", str(error)) from None


def _text(column: Column, text: str, unlisted: list[str]) -> str | None:
    name = column.name
    if column.values:
        if text not in column.values:
            words = ", ".join(column.values)
            raise FieldError(name, "unknown-word", f"'{text}' is no {name}. Words: {words}.")
        return text
    if is_country(name):
        return _found(name, text, "country")
    if column.unit in ("item id", "item class"):
        return _found(name, text, "item", unlisted)
    if column.unit == "party id":
        # A name that is none of the catalog's is known to be none of the parties that scopes name.
        return _found(name, text, "party", unlisted) or text
    return text


def _found(name: str, text: str, kind: Kind, unlisted: list[str] | None = None) -> str | None:
    """The id of a name; None where the catalog does not know it, which is noted."""
    catalog = load_catalog()
    found = catalog.find_all(text, kind)
    if len(found) == 1:
        return found[0].id
    if found:
        choices = ", ".join(sorted(match.id for match in found))
        raise FieldError(name, "ambiguous-name", f"'{text}' may be any of {choices}. Give the id.")
    if unlisted is None:
        try:
            catalog.find(text, kind)
        except NotFoundError as error:
            raise FieldError(name, f"unknown-{kind}", str(error)) from None
    else:
        unlisted.append(f"{name} '{text}'")
    return None
