"""`tidegate screen` and `tidegate clearances`: names against lists, and who cleared which hit."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tidegate.cli.options import As, Format, Json, On, StoreAddress, clearances_of, lists_of, now, today
from tidegate.cli.options import Lists as ListNames

if TYPE_CHECKING:
    from tidegate.screening.answer import Screening
    from tidegate.screening.queries import QueryFile
    from tidegate.screening.screen import Lists

__all__ = ["screen_app"]

screen_app = typer.Typer()

VIA = "command line"
"""How the person who decides is known, for the audit."""


@screen_app.command()
def screen(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Name of a party, in any script.")] = None,
    queries: Annotated[
        Path | None,
        typer.Option("--queries", metavar="FILE", help="Names: a CSV with a column query or name, or one a line."),
    ] = None,
    list_: ListNames = None,
    country: Annotated[
        str | None, typer.Option("--country", metavar="CC", help="Country of the party: counts for and against.")
    ] = None,
    identifier: Annotated[
        list[str] | None,
        typer.Option("--identifier", metavar="N", help="IMO, registration or tax number, LEI: an equal one decides."),
    ] = None,
    on: On = None,
    threshold: Annotated[
        float | None, typer.Option("--threshold", metavar="S", help="Score from which on a name is a hit, 0 to 1.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Give every hit, not the best ten.")] = False,
    clear: Annotated[
        str | None, typer.Option("--clear", metavar="ID", help="Log that this hit is another party.")
    ] = None,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="ID", help="Log that this hit is the party.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="WHO", help="Who decides, for --clear.")] = None,
    why: Annotated[str | None, typer.Option("--why", metavar="WORDS", help="On what grounds, for --clear.")] = None,
    store: StoreAddress = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the answers to --queries: .json or .csv.")
    ] = None,
    format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Hold a name, or a file of names, against lists of parties: who may be meant, how surely, and why.

    Hits that were cleared are shown as such, with who and when. Exit codes of one name: 0 no hit, or all of them
    cleared, 1 a hit, 2 bad input; of a file: 0 answered, 2 bad input.

    Example: tidegate screen 'Semiconductor Manufacturing Intl (Beijing)' --country CN
    """
    from tidegate.errors import BadInputError

    if (name is None) == (queries is None):
        raise BadInputError("Give one name, or --queries with a file of them: tidegate screen 'Jotrin Elec'.")
    if queries is not None and (clear or confirm or country or identifier):
        raise BadInputError(
            "--queries: country and identifier stand in the columns of the file; clear one name at a time."
        )
    if out is not None and queries is None:
        raise BadInputError("--out: it takes the answers to --queries. Leave it out.")
    wanted = Format.JSON if json_ else format_
    lists = _lists(list_, threshold)
    most = None if every else 10
    if queries is not None:
        _many(queries, lists, on or today(), most, store, out, wanted)
        return
    raise typer.Exit(_one(str(name), lists, on or today(), most, store, wanted, country, identifier,
                          clear, confirm, by, why))  # fmt: skip


@screen_app.command()
def clearances(
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Of this name only.")] = None,
    entry: Annotated[str | None, typer.Option("--entry", metavar="ID", help="Of this entry only.")] = None,
    store: StoreAddress = None, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Show who cleared or confirmed which hit of a screening, when and why, oldest first.

    Example: tidegate clearances --store tidegate.db
    """
    from tidegate.claims.clearances import log
    from tidegate.claims.store import DEFAULT, Store
    from tidegate.cli.render import show
    from tidegate.cli.render_screen import print_log

    with Store.open(store or DEFAULT, create=False) as opened:
        table = log(opened, name, entry)
    if not show(table, Format.JSON if json_ else format_):
        print_log(table)


def _lists(names: list[str] | None, threshold: float | None) -> Lists:
    from tidegate.screening.screen import Lists
    from tidegate.screening.screener import THRESHOLD

    return Lists(lists_of(names), threshold=THRESHOLD if threshold is None else threshold)


def _one(
    name: str, lists: Lists, on: str, most: int | None, store: str | None, wanted: Format, country: str | None,
    identifiers: list[str] | None, clear: str | None, confirm: str | None, by: str | None, why: str | None,
) -> int:  # fmt: skip
    from tidegate.cli.render import show
    from tidegate.cli.render_screen import print_screening
    from tidegate.dates import parse_day
    from tidegate.errors import BadInputError
    from tidegate.screening.country import country_code

    if clear and confirm:
        raise BadInputError("--clear and --confirm: a hit is one or the other. Give one.")
    if not (clear or confirm) and (by or why):
        raise BadInputError(
            "--by and --why: they go with --clear ID or --confirm ID. Say which hit is meant."
        )
    answer = lists.screen(name, on=parse_day(on), country=country_code(country) if country else None,
                          identifiers=identifiers or (), most=most)  # fmt: skip
    if clear or confirm:
        answer = _decided(answer, str(clear or confirm), "cleared" if clear else "confirmed", by, why, store)
    else:
        known = clearances_of(store)
        answer = known.mark(answer) if known else answer
    if wanted is Format.JSON:
        print(answer.to_json())
    elif not show(answer.table(), wanted):
        print_screening(answer)
    return 1 if answer.is_open else 0


def _decided(
    answer: Screening, entry: str, verdict: str, by: str | None, why: str | None, store: str | None
) -> Screening:
    from tidegate.claims.clearances import clearances as read_clearances
    from tidegate.claims.clearances import decision_about
    from tidegate.claims.store import DEFAULT, Store

    decision = decision_about(answer, entry, verdict, who=by or "", why=why or "", at=now())
    with Store.open(store or DEFAULT) as opened:
        opened.decide(decision, via=VIA)
        return read_clearances(opened).mark(answer)


def _many(
    path: Path, lists: Lists, on: str, most: int | None, store: str | None, out: Path | None, wanted: Format
) -> None:
    from tidegate.cli.render_screen import print_screenings
    from tidegate.dates import parse_day
    from tidegate.files import writing_whole
    from tidegate.screening.queries import QueryFile
    from tidegate.screening.written import as_csv, as_json

    lists.prepare()
    file, day, known = QueryFile(path), parse_day(on), clearances_of(store)

    def answers() -> Iterator[Screening]:
        asked = ((query.name, query.country, query.identifiers) for query in _shown(file))
        for answer in lists.screen_all(asked, on=day, most=most):
            yield known.mark(answer) if known else answer

    if out is not None and wanted is Format.TABLE:
        wanted = Format.JSON if out.suffix.lower() == ".json" else Format.CSV
    if wanted is Format.TABLE:
        print_screenings(answers())
        return
    pieces = as_json(answers()) if wanted is Format.JSON else as_csv(answers())
    if out is None:
        for piece in pieces:
            sys.stdout.write(piece)
        return
    with writing_whole(out) as target:
        for piece in pieces:
            target.write(piece.encode())


def _shown(file: QueryFile) -> Iterator:  # type: ignore[type-arg]
    """Pass queries on, with a bar on a terminal."""
    if not sys.stderr.isatty():
        yield from file
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("screening", total=file.bytes)
        for query in file:
            bar.update(task, completed=file.done, description=f"{query.row} names")
            yield query
