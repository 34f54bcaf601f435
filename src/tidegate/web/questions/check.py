"""May this go to them, there, on that day, and by whose rules: a form, an answer, a record to file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema, create_model

from tidegate.catalog import load_catalog
from tidegate.ledger.predicate import Column, columns
from tidegate.licensing import wording
from tidegate.licensing.check import Checked
from tidegate.licensing.check import check as check_shipment
from tidegate.licensing.layout import deciding, lay_out, next_fact
from tidegate.licensing.logic import show
from tidegate.licensing.values import FieldError, is_country
from tidegate.licensing.whatif import read_setting
from tidegate.watch import ShipmentCourse
from tidegate.web.parameters import Day, KnownBy, day_field
from tidegate.web.question import Asked, Site, question
from tidegate.web.upload import MOST_BYTES

FIRST = ("item", "destination", "exporter_country", "end_user", "activity")
"""What anybody can say of a shipment: the fields that the form always shows."""

FURTHER = ("origin", "exporter", "eccn", "end_use", "value_usd", "quantity")

LABELS = {
    "item": "What", "destination": "To", "exporter_country": "Leaves from", "end_user": "For whom",
    "activity": "What is done", "origin": "Made in", "exporter": "Shipped by", "eccn": "Number on the US list",
    "end_use": "What it is for", "value_usd": "Value, US dollars", "quantity": "Pieces",
}  # fmt: skip
"""Columns by the words of everyday; the others go by their name."""

HINTS = {
    "item": "A chip, a tool, software, a material: h20, NXT:1980Di, dysprosium.",
    "destination": "Country of the last user.",
    "exporter_country": "Country that it is shipped or given from.",
    "end_user": "The party that will use it; for a purchase, the buyer.",
    "activity": "Shipped, served, bought, invested in.",
}
"""How to fill the first fields; the others say what their column is."""

_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number", "minimum": 0},
    "flag": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}


class Shipment(Asked):
    """What is told of a shipment. Any column of docs/columns.md is a parameter; what is not told stays unknown."""

    on: Day = day_field("Legal day asked about.")
    known_by: KnownBy = None

    def facts(self) -> dict[str, Any]:
        """Return the facts told, by column."""
        told = self.model_dump(exclude_none=True, exclude={"on", "known_by"})
        return dict(read_setting(f"{name}={value}") for name, value in told.items())


def _parameter(column: Column) -> tuple[Any, Any]:
    def readable(text: str) -> str:
        try:
            read_setting(f"{column.name}={text}")
        except FieldError as error:
            raise ValueError(str(error)) from None
        return text

    schema: dict[str, Any] = dict(_TYPES[column.type])
    if column.values:
        schema["enum"] = list(column.values)
    kind = Annotated[str, AfterValidator(readable), WithJsonSchema(schema)]
    unit = f" ({column.unit})" if column.unit else ""
    return kind | None, Field(default=None, description=f"{column.about}{unit}")


# `date` is the day asked about; every other column may be told.
_COLUMNS: Any = {name: _parameter(column) for name, column in columns().items() if name != "date"}
AnyShipment: Any = create_model("AnyShipment", __base__=Shipment, **_COLUMNS)
AnyShipment.__doc__ = Shipment.__doc__


def page(site: Site, asked: Shipment, answer: Checked | None) -> Mapping[str, Any]:
    """Return the fields of the form, what a field may hold, and the answer in reading order."""
    told = asked.values()
    following = next_fact(answer.decision) if answer else None
    extra = [name for name in told if name not in (*FIRST, *FURTHER, "on", "known_by")]
    return {
        "told": told,
        "first": FIRST,
        "further": FURTHER,
        "extra": [name for name in extra if name != following],
        "following": following if following not in told else None,
        "columns": columns(),
        "names": dict(_names()),
        "upload_limit": MOST_BYTES // 2**20,
        "labels": LABELS,
        "hints": HINTS,
        "countries": [name for name in columns() if is_country(name)],
        "laid": lay_out(answer.decision) if answer else None,
        "deciding": deciding,
        "wording": wording,
        "sources": _sources(answer) if answer else (),
        "shown": show,
    }


def _names() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    catalog = load_catalog()
    yield "country", sorted(((c.code, c.name) for c in catalog.countries.values()), key=lambda pair: pair[1])
    yield "item", sorted(((i.id, i.name) for i in catalog.items.values()), key=lambda pair: pair[1])
    yield "party", sorted(((p.id, p.name) for p in catalog.parties.values()), key=lambda pair: pair[1])


def _sources(answer: Checked) -> list[tuple[str, str, str]]:
    """The measures that decide, each with the entry that put it where it stands: id, title, source."""
    found = {
        f.provision.measure.id: (f.provision.measure.title, f.entry.source)
        for own in answer.decision.by_government.values()
        for f in deciding(own)
    }
    return [(key, title, source) for key, (title, source) in sorted(found.items())]


def course(site: Site, asked: Shipment) -> ShipmentCourse | None:
    """Return what the Atom twin follows: each government's answer, and dates of the measures behind it."""
    facts = asked.facts()
    return ShipmentCourse(site.ledger, facts) if facts else None


@question(
    "/check", title="Check", shows=page, follows=course, reads_store=True, least=FIRST,
    examples=(
        {"item": "h20", "exporter_country": "US", "destination": "CN", "end_user": "Alibaba", "on": "2025-05-01"},
        {"item": "nxt-1980di", "exporter_country": "NL", "destination": "CN", "on": "2024-10-10"},
    ),
)  # fmt: skip
def check(site: Site, asked: AnyShipment) -> Checked | None:
    """Whether this may go to them, there, on that day, by whose rules, and what would change the answer."""
    facts = asked.facts()
    if not facts:
        return None
    return check_shipment(facts, site.ledger, asked.on, asked.known_by, parties=site.parties())
