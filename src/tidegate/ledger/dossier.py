"""Everything the ledger holds on one measure or one country group, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from tidegate.catalog import load_catalog
from tidegate.catalog.model import Group
from tidegate.dates import Day
from tidegate.ledger.changes import timeline
from tidegate.ledger.hindsight import measure_as_known
from tidegate.ledger.ledger import DayLike, Ledger, as_day
from tidegate.ledger.model import Relation
from tidegate.tables import Table

__all__ = ["dossier", "group_dossier", "history_rows", "history_table"]


def dossier(ledger: Ledger, measure_id: str, on: DayLike, known_by: DayLike | None = None) -> dict[str, Any]:
    """Return one measure: its record, its standing on a day, and who points at it.

    `standing` is None where the measure is not yet on record that day; entries and plans that
    were not public by `known_by` are left out, and so are measures of which nothing was.
    Raises: NotFoundError: if no measure has that id.
    """
    day = as_day(on)
    horizon = as_day(known_by) if known_by else None
    measure = ledger[measure_id]
    standing = ledger.standing(measure_id, day, horizon)
    shown = measure if horizon is None else measure_as_known(measure, horizon)
    record: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(shown))
    own = {
        relation.value: [name for name in measure.related(relation) if _is_known(ledger, name, horizon)]
        for relation in Relation
    }
    return {
        "on": day.isoformat(),
        "known_by": horizon.isoformat() if horizon else None,
        "read_to": ledger.read_to.isoformat() if ledger.read_to else None,
        "scenario": ledger.scenario,
        "standing": standing.row(day) if standing else None,
        "measure": record,
        "scope": measure.scope_on(day) if not measure.limbs else None,
        "relations": {name: ids for name, ids in own.items() if ids},
        "pointed_at_by": [
            {"relation": relation.value, "id": other}
            for relation, other in ledger.related_to(measure_id)
            if _is_known(ledger, other, horizon)
        ],
    }


def _is_known(ledger: Ledger, name: str, horizon: Day | None) -> bool:
    """Whether something of a measure, or of the limb that a name means, was public by a day."""
    name = name.partition("/")[0]
    if horizon is None or name not in ledger:
        return True
    measure = ledger[name]
    entries = (*measure.history, *(entry for limb in measure.limbs for entry in limb.history))
    return any(entry.known <= horizon for entry in entries)


def history_rows(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the entries and the fixed dates of a dossier, oldest first, each with its limb and role.

    record: as `dossier` gives it. role: change, talk, report, or scheduled for a date fixed beforehand.
    """
    measure = record["measure"]
    rows = []
    for part in (measure, *measure.get("limbs", ())):
        limb = part.get("limb", "")
        rows += [{"role": "change", **entry, "limb": limb} for entry in part.get("history", ())]
        rows += [{**plan, "limb": limb, "role": "scheduled"} for plan in part.get("scheduled", ())]
    return sorted(rows, key=lambda row: row["on"])


def history_table(ledger: Ledger, measure_id: str, known_by: DayLike | None = None) -> Table:
    """Return the dated entries of one measure, oldest first, those of its limbs among them.

    Raises: NotFoundError: if no measure has that id.
    """
    measure = ledger[measure_id]
    table = timeline(Ledger((measure,), ledger.read_to, ledger.scenario), known_by=known_by)
    return replace(table, about={"id": measure.id, "title": measure.title, **table.about})


def group_dossier(ledger: Ledger, name: str | None, on: DayLike) -> dict[str, Any]:
    """Return a group with its members on a day, or all groups where no name is given.

    `defined_by` tells how the measure that makes the group stands: a group of a rule that never
    applied exists on paper only.
    Raises: NotFoundError: if there is no such group.
    """
    catalog, day = load_catalog(), as_day(on)
    if name is None:
        groups = [_group(ledger, group, day) for group in catalog.groups.values()]
        return {"on": day.isoformat(), "groups": groups}
    return _group(ledger, catalog.groups[catalog.find(name, "group")], day)


def _group(ledger: Ledger, group: Group, day: Day) -> dict[str, Any]:
    catalog = load_catalog()
    members = catalog.members(group.id, day)
    defined: dict[str, Any] | None = None
    if group.defined_by and group.defined_by in ledger:
        standing = ledger.standing(group.defined_by, day)
        defined = {
            "id": group.defined_by,
            "stage": standing.stage.value if standing else None,
            "printed": standing.printed.value if standing and standing.printed else None,
        }
    return {
        "id": group.id,
        "label": group.label,
        "on": day.isoformat(),
        "members": [{"code": code, "name": catalog.countries[code].name} for code in sorted(members)],
        "defined_by": defined,
        "moves": [
            {
                "country": spell.country,
                "starts": spell.starts.isoformat() if spell.starts else None,
                "ends": spell.ends.isoformat() if spell.ends else None,
                "source": spell.source,
                "verified": spell.verified,
                "note": spell.note,
            }
            for spell in group.spells
        ],
        "includes": list(group.includes),
        "as_of": group.as_of.isoformat(),
        "source": group.source,
        "verified": group.verified,
        "note": group.note,
    }
