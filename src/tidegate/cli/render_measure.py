"""One measure, one group or one thing of the catalog, as text for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from tidegate.cli.render import console, footnotes, print_table
from tidegate.ledger.dossier import history_rows
from tidegate.ledger.wording import FIELDS, LABELS, PASSIVE

__all__ = ["print_group", "print_groups", "print_measure", "print_thing"]


def print_measure(record: Mapping[str, Any]) -> None:
    """Print the dossier of a measure."""
    out = console()
    measure, standing = record["measure"], record["standing"]
    out.print(f"[bold]{escape(measure['title'])}[/bold]")
    out.print(f"{measure['id']} · {measure['jurisdiction']} · {escape(measure['authority'])}", style="dim")
    known = f", as known by {record['known_by']}" if record["known_by"] else ""
    if standing is None:
        out.print(f"On {record['on']}{known}: not on record yet.")
    else:
        out.print(f"On {record['on']}{known}: [bold]{standing['stage']}[/bold] since {standing['since']}")
        for field in ("condition", "until", "until_announced", "printed"):
            if standing[field]:
                out.print(f"  {LABELS[field]}: {escape(str(standing[field]))}")
        for limb in standing["limbs"]:
            out.print(f"  limb {limb['limb']}: {limb['stage']} since {limb['since']}")
        if standing["next"]:
            following = standing["next"]
            why = f" ({following['condition']})" if following["condition"] else ""
            out.print(f"  next on record: {following['stage']} on {following['on']}{why}")
    out.print()
    for field, label in FIELDS:
        value = measure.get(field)
        if value:
            text = ", ".join(value) if isinstance(value, list) else str(value)
            out.print(Text.assemble((f"{label:<16}", "dim"), text))
    _print_scope(record)
    for name, ids in record["relations"].items():
        out.print(Text.assemble((f"{name:<16}", "dim"), ", ".join(ids)))
    for other in record["pointed_at_by"]:
        out.print(Text.assemble((f"{PASSIVE[other['relation']]:<16}", "dim"), other["id"]))
    print()
    _print_history(record)
    rows = [*measure["history"]]
    footnotes([{"verified": row.get("verified", True)} for row in rows], record)


def _print_scope(record: Mapping[str, Any]) -> None:
    out = console()
    measure = record["measure"]
    if record["scope"]:
        out.print(Text("scope, as SQL over the columns of docs/columns.md", style="dim"))
        out.print(Padding(Text(record["scope"].strip()), (0, 0, 0, 2), expand=False))
    for limb in measure.get("limbs", ()):
        out.print(Text.assemble(("limb            ", "dim"), f"{limb['limb']}: {limb['title']}"))
        if isinstance(limb.get("when"), str):
            out.print(Padding(Text(limb["when"].strip()), (0, 0, 0, 2), expand=False))


def _print_history(record: Mapping[str, Any]) -> None:
    rows = history_rows(record)
    for row in rows:
        row["role"] = "" if row["role"] == "change" else row["role"]
        row["about"] = f"{row['note']}\n{row['source']}" + (
            f"\nread in {row['via']}" if row.get("via") else ""
        )
    print_table("history", [("on", "on"), ("stage", "stage"), ("", "role"), ("limb", "limb"),
                            ("what, and where it was read", "about")], rows)  # fmt: skip


def print_group(record: Mapping[str, Any]) -> None:
    """Print a group with its members on a day."""
    out = console()
    out.print(f"[bold]{escape(record['label'])}[/bold]  {record['id']}")
    members = ", ".join(f"{member['name']} ({member['code']})" for member in record["members"])
    out.print(f"{len(record['members'])} members on {record['on']}: {members or 'none'}")
    if record["defined_by"]:
        defined = record["defined_by"]
        stage = defined["stage"] or "not on record yet"
        printed = f", printed text: {defined['printed']}" if defined["printed"] else ""
        out.print(f"Defined by {defined['id']}: {stage}{printed}", style="yellow")
    for move in record["moves"]:
        bounds = (move["starts"] and f"from {move['starts']}", move["ends"] and f"until {move['ends']}")
        span = " ".join(bound for bound in bounds if bound)
        mark = "" if move["verified"] else " ?"
        out.print(f"  {move['country']} {span}{mark}  {escape(move['source'])}", style="dim")
    if record["note"]:
        out.print(escape(record["note"]))
    out.print(f"As of {record['as_of']}: {escape(record['source'])}", style="dim")
    rows = [{"verified": record["verified"]}, *record["moves"]]
    footnotes(rows, {})


def print_groups(record: Mapping[str, Any]) -> None:
    """Print every group with the number of its members on a day."""
    rows = [{**group, "size": len(group["members"])} for group in record["groups"]]
    print_table(f"{len(rows)} groups on {record['on']}",
                [("group", "id"), ("members", "size"), ("what", "label")], rows)  # fmt: skip


def print_thing(thing: Mapping[str, Any]) -> None:
    """Print a country, an item or a party."""
    out = console()
    out.print(f"[bold]{escape(thing['name'])}[/bold]  {thing['kind']} {thing['id']}")
    for key, value in thing.items():
        if key in ("name", "kind", "id") or value in (None, [], {}, ""):
            continue
        if isinstance(value, dict):
            value = ", ".join(f"{name} {part}" for name, part in value.items())
        text = ", ".join(value) if isinstance(value, list) else str(value)
        out.print(Text.assemble((f"  {key:<14}", "dim"), text))
