"""The options that the commands share, and the ledger they are asked of."""

from __future__ import annotations

import datetime as dt
import enum
from pathlib import Path
from typing import Annotated

import typer

from tidegate.ledger import Ledger, load_ledger

__all__ = [
    "As", "By", "Cache", "Folders", "Format", "InstrumentName", "ItemName", "Json", "KnownBy", "On", "PartyName",
    "Scenario", "StageName", "StoreAddress", "Target", "ledger_of", "now", "today",
]  # fmt: skip


class Format(enum.StrEnum):
    """How an answer is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


On = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="Legal day asked about (default: today).")
]
KnownBy = Annotated[
    str | None,
    typer.Option("--known-by", metavar="DATE", help="Leave out what was not public by this day."),
]
By = Annotated[
    str | None, typer.Option("--by", metavar="GOV", help="Government: US, 'the Dutch', Beijing (comma: any).")
]
Target = Annotated[
    str | None, typer.Option("--target", metavar="X", help="Country reached, or party aimed at.")
]
InstrumentName = Annotated[
    str | None,
    typer.Option("--instrument", metavar="I", help="chip_export, servicing, ... (comma: any)."),
]
StageName = Annotated[
    str | None,
    typer.Option("--stage", metavar="S", help="in_force, suspended, ... or binding (comma: any)."),
]
PartyName = Annotated[str | None, typer.Option("--party", metavar="P", help="Party named in any role.")]
ItemName = Annotated[
    str | None, typer.Option("--item", metavar="I", help="Item or class: h20, duv, rare earths.")
]
Folders = Annotated[
    list[Path] | None,
    typer.Option("--ledger", metavar="PATH", help="Further measures kept beside the shipped ones."),
]
Scenario = Annotated[
    Path | None,
    typer.Option("--scenario", metavar="FILE", help="Apply the edits of a scenario file."),
]
StoreAddress = Annotated[
    str | None,
    typer.Option(
        "--store", metavar="STORE", envvar="TIDEGATE_STORE",
        help="File, or postgresql://USER@HOST/DATABASE.",
    ),
]  # fmt: skip
As = Annotated[Format, typer.Option("--format", help="How to print the answer.")]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
Cache = Annotated[
    bool,
    typer.Option(
        "--cache/--no-cache", help="Keep what was worked out for the next run, and use what was kept."
    ),
]


def ledger_of(folders: list[Path] | None, scenario: Path | None = None) -> Ledger:
    """Return the shipped ledger with the user's own measures and, if given, a scenario applied."""
    ledger = load_ledger(*(folders or ()))
    if scenario is None:
        return ledger
    from tidegate.ledger.scenario import apply_scenario

    return apply_scenario(ledger, scenario)


def today() -> str:
    """Return today's date in the user's time zone. Only here and in `now` is the clock read."""
    return dt.datetime.now().astimezone().date().isoformat()


def now() -> dt.datetime:
    """Return this moment in UTC."""
    return dt.datetime.now(dt.UTC)
