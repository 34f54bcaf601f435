"""One measure: history, sources, scope, what it answers and what answered it, claims about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from markupsafe import Markup
from pydantic import Field

from tidegate.brief.markup import cited
from tidegate.catalog import load_catalog
from tidegate.desk.lay_out import ID_DIGITS
from tidegate.desk.record import file_name
from tidegate.ledger.dossier import dossier, history_rows, history_table
from tidegate.ledger.lanes import lanes
from tidegate.ledger.ledger import Ledger
from tidegate.ledger.wording import FIELDS, PASSIVE
from tidegate.licensing.scope_words import in_words
from tidegate.tables import Table
from tidegate.watch import MeasuresCourse
from tidegate.web.lanes_picture import draw_lanes
from tidegate.web.parameters import Day, KnownBy, day_field
from tidegate.web.question import Asked, Site, question

SECONDS = 0.1
"""How long a view goes on holding new stories against the record; the rest is done besides, and the page says so."""


class OneMeasure(Asked):
    """A measure on a day."""

    id: Annotated[str, Field(min_length=1, max_length=120, description="Id of the measure.")]
    on: Day = day_field("Legal day asked about.")
    known_by: KnownBy = None


def history(site: Site, asked: OneMeasure) -> Table:
    """Return the dated entries: the CSV twin."""
    return history_table(site.ledger, asked.id, asked.known_by)


def page(site: Site, asked: OneMeasure, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the picture of its stages, its scope in words and the titles of what it is tied to."""
    one = site.ledger[asked.id]
    only = Ledger((one,), site.ledger.read_to, site.ledger.scenario, site.ledger.starts)
    scopes = [("", one.title, one.scope_on(asked.on))] if not one.limbs else [
        (limb.limb, limb.title, one.scope_on(asked.on, limb.limb)) for limb in one.limbs
    ]  # fmt: skip
    others = {
        *(i for ids in answer["relations"].values() for i in ids),
        *(o["id"] for o in answer["pointed_at_by"]),
    }
    seen: set[str] = set()
    entries = [
        {
            "verified": True,
            "stage": None,
            "via": None,
            "known_by": None,
            **row,
            "first": _is_new(row["on"], seen),
        }
        for row in history_rows(answer)
    ]
    record = answer["measure"]
    pointing: dict[str, list[str]] = {}
    for other in answer["pointed_at_by"]:
        pointing.setdefault(PASSIVE[other["relation"]], []).append(other["id"])
    standing = site.ledger.standing(asked.id, asked.on, asked.known_by)
    return {
        "entry": standing.entry.on if standing else None,
        "history": entries,
        "facts": [(label, _told(name, record[name])) for name, label in FIELDS if record.get(name)],
        "pointing": list(pointing.items()),
        "drawn": draw_lanes(lanes(only, None, asked.on, known_by=asked.known_by)),
        "scopes": [(limb, title, sql, in_words(sql) if sql else None) for limb, title, sql in scopes],
        "titles": {key: site.ledger[key].title for key in others if key in site.ledger},
    }


def _is_new(day: str, seen: set[str]) -> bool:
    """Whether a day comes up for the first time: its entry then has the day for an anchor."""
    return day not in seen and not seen.add(day)  # type: ignore[func-returns-value]


def _told(name: str, value: Any) -> str | Markup:  # noqa: ANN401
    """Return a field of the record as a reader would write it."""
    if name == "official_url":
        return cited(value)
    if isinstance(value, list):
        catalog = load_catalog()
        known: Mapping[str, Any] = {
            "items": catalog.items,
            "destinations": {**catalog.countries, **catalog.groups},
            **dict.fromkeys(("binds", "targets", "names"), catalog.parties),
        }.get(name, {})
        return ", ".join(_name(each, known) for each in value)
    return str(value).replace("_", " ") if name in ("instrument", "effect", "licence_policy") else str(value)


def _name(key: str, known: Mapping[str, Any]) -> str:
    bare = key.removeprefix("!")
    name = known[bare].name if bare in known else bare.replace("_", " ")
    return f"not {name}" if key.startswith("!") else name


def course(site: Site, asked: OneMeasure) -> MeasuresCourse:
    """Return what the Atom twin follows: the measure and its dates; claims of a store are not in it."""
    return MeasuresCourse(site.ledger, ids=frozenset((site.ledger[asked.id].id,)))


@question(
    "/measure/{id}", title="A measure", table=history, shows=page, follows=course, in_menu=False, reads_store=True,
    examples=({"id": "cn-2025-10-09-ann-61", "on": "2026-11-21"},),
)  # fmt: skip
def measure(site: Site, asked: OneMeasure) -> Mapping[str, Any]:
    """One measure: its history with sources, its scope, what it answers and what answered it."""
    found = dossier(site.ledger, asked.id, asked.on, asked.known_by)
    claims = site.claims.about(asked.id, asked.on, SECONDS, asked.known_by) if site.claims else None
    if claims is not None:
        # A story by its place on the desk; where its file lay is nobody's business.
        rows = [
            {**row, "document": file_name(row["document"]), "story": row["digest"][:ID_DIGITS]}
            for row in claims
        ]
        claims = replace(claims, rows=tuple(rows))
    return {**found, "claims": claims.to_dict() if claims is not None else None}
