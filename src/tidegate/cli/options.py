"""The options that the commands share, and the ledger they are asked of."""

from __future__ import annotations

import datetime as dt
import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tidegate.ledger import Ledger, load_ledger

if TYPE_CHECKING:
    from tidegate.claims.clearances import Clearances
    from tidegate.licensing.parties import Parties
    from tidegate.markets.brought import Brought
    from tidegate.sources.listing import PartyList
    from tidegate.sources.stakes import OwnerFile

__all__ = [
    "As", "By", "Cache", "FigureFiles", "FlowFiles", "Folders", "Format", "InstrumentName", "ItemName",
    "Json", "KnownBy", "Lists", "On", "OwnerFiles", "PartyName", "PriceFile", "Scenario", "SectorFile",
    "StageName", "StoreAddress", "Target", "brought_of", "clearances_of", "ledger_of", "lists_of", "now",
    "owners_of", "parties_of", "today",
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
Lists = Annotated[
    list[str] | None,
    typer.Option(
        "--list", metavar="LIST", help="A list of parties: a file, or the name of one that was pulled."
    ),
]
OwnerFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--owners", metavar="FILE", help="Who owns whom: CSV, GLEIF records or Open Ownership JSON."
    ),
]
PriceFile = Annotated[
    Path | None,
    typer.Option("--prices", metavar="FILE", help="Daily prices of your own: CSV, Parquet, or a folder."),
]
FlowFiles = Annotated[
    list[Path] | None,
    typer.Option("--flows", metavar="FILE", help="Trade between countries of your own; repeatable."),
]
FigureFiles = Annotated[
    list[Path] | None,
    typer.Option("--fundamentals", metavar="FILE", help="Company figures with filing days; repeatable."),
]
SectorFile = Annotated[
    Path | None, typer.Option("--sectors", metavar="FILE", help="CSV with ticker and sector, for a ranking.")
]
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


def lists_of(names: list[str] | None) -> tuple[PartyList, ...]:
    """Return the lists of some files and names of lists that were pulled; without, the one that ships.

    Raises: BadInputError: naming the one that cannot be read.
    """
    if not names:
        from tidegate.screening.shipped import shipped_list

        return (shipped_list(),)
    from tidegate.sources.pulled import read_named

    return tuple(map(read_named, names))


def owners_of(paths: list[Path] | None) -> tuple[OwnerFile, ...]:
    """Return who owns whom from some files. Raises: BadInputError: naming the file, the row and the mend."""
    from tidegate.sources.owner_files import read_owners

    return tuple(map(read_owners, paths or ()))


def brought_of(
    prices: Path | None,
    flows: list[Path] | None,
    fundamentals: list[Path] | None = None,
    sectors: Path | None = None,
) -> Brought | None:
    """Return what files of prices and trade hold; None where none is given, without importing what reads them.

    Raises: BadInputError: naming the file, the row and the mend.
    """
    if not (prices or flows or fundamentals or sectors):
        return None
    from tidegate.markets.brought import read_brought

    return read_brought(prices, flows or (), fundamentals or (), sectors)


def parties_of(lists: list[str] | None, owners: list[Path] | None, store: str | None) -> Parties | None:
    """Return lists and owners to look parties up in, the list that ships among them; None where none are given.

    store: where people settled hits of screening; None where no store is named and none lies in the working folder.
    """
    if not lists and not owners:
        return None
    from tidegate.licensing.parties import parties_of as look_up_in

    found = look_up_in(lists_of(lists) if lists else (), owners_of(owners))
    known = clearances_of(store) if found else None
    return found.heeding(known.of) if found and known else found


def clearances_of(store: str | None) -> Clearances | None:
    """Return what people decided about hits; None where no store is named and none lies in the working folder."""
    from tidegate.claims.clearances import clearances
    from tidegate.claims.store.address import DEFAULT

    if store is None and not Path(DEFAULT).exists():
        return None
    from tidegate.claims.store import Store

    with Store.open(store or DEFAULT, create=False) as opened:
        return clearances(opened)


def today() -> str:
    """Return today's date in the user's time zone. Only here and in `now` is the clock read."""
    return dt.datetime.now().astimezone().date().isoformat()


def now() -> dt.datetime:
    """Return this moment in UTC."""
    return dt.datetime.now(dt.UTC)
