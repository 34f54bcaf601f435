"""`tidegate brief`: one day, and stories if there are any, on one page."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tidegate.cli.options import (
    Cache,
    FlowFiles,
    Folders,
    Json,
    Lists,
    On,
    PriceFile,
    Scenario,
    brought_of,
    ledger_of,
    lists_of,
    today,
)  # fmt: skip

if TYPE_CHECKING:
    from tidegate.brief import DayBrief
    from tidegate.brief.day import Tell
    from tidegate.ledger import Ledger
    from tidegate.markets.brought import Brought
    from tidegate.screening.queries import Query
    from tidegate.screening.screen import Lists as Screened

__all__ = ["brief_app"]

brief_app = typer.Typer()


@brief_app.command()
def brief(
    stories: Annotated[
        list[Path] | None, typer.Argument(metavar="STORY", help="Stories, feeds, dumps, or folders of them.")
    ] = None,
    on: On = None,
    since: Annotated[
        str, typer.Option("--since", metavar="DATE|DAYS", help="Changes since a day, or of so many days before.")
    ] = "30",
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where the page goes: .html, .pdf or .txt.")
    ] = Path("brief.html"),
    published: Annotated[
        str | None, typer.Option("--published", metavar="DATE", help="Day of the stories that give none.")
    ] = None,
    effects: Annotated[
        bool | None,
        typer.Option(
            "--effects/--no-effects",
            help="Ask the supply model who is hit (default: yes, without stories).", show_default=False,
        ),
    ] = None,
    store: Annotated[
        str | None, typer.Option("--store", metavar="STORE", help="Tell also what was read into it in these days.")
    ] = None,
    parties: Annotated[
        Path | None,
        typer.Option("--parties", metavar="FILE", help="Names of your own to hold against lists, as for `screen`."),
    ] = None,
    list_: Lists = None,
    prices: PriceFile = None, flows: FlowFiles = None,
    ledger: Folders = None, scenario: Scenario = None, cache: Cache = True,
    json_: Json = False,
) -> None:  # fmt: skip
    """Put one day on one page: what changed, who says so, who is hit and by how much, what to watch.

    With stories: also what they assert, on whose word, what is new, what the ledger knows better.

    Example: tidegate brief --on 2026-10-09 --out brief.pdf
    """
    from tidegate.brief import brief_stories, check_out, day_only, write_brief
    from tidegate.errors import BadInputError
    from tidegate.screening.queries import QueryFile

    check_out(out)
    if list_ and parties is None:
        raise BadInputError("--list: it is for the names of --parties. Give a file of them, or leave it out.")
    names = QueryFile(parties) if parties else None
    law, day = ledger_of(ledger, scenario), on or today()
    asked = effects if effects is not None else not stories
    lists = _screened(list_) if names else None
    brought = brought_of(prices, flows)
    told = _brief_day(law, day, since, store, asked, cache, names or (), lists, brought)
    if stories:
        given = [("--ledger", folder) for folder in ledger or ()] + (
            [("--scenario", scenario)] if scenario else []
        )
        read = brief_stories(
            stories, law, day, published=published, progress=_progress,
            asked_with=[str(word) for pair in given for word in pair],
        )  # fmt: skip
        report = replace(read, day=told)
    else:
        report = day_only(told)
    write_brief(report, out)
    if json_:
        print(report.to_json())
    else:
        from tidegate.cli.render_brief import print_brief

        print_brief(report, out)
    for failure in report.failures:
        print(f"tidegate: {failure}", file=sys.stderr)
    if report.failures:
        raise typer.Exit(2)


def _screened(names: list[str] | None) -> Screened:
    from tidegate.screening.screen import Lists as Screened

    return Screened(lists_of(names))


def _brief_day(
    law: Ledger, on: str, since: str, store: str | None, effects: bool, cache: bool, names: Iterable[Query],
    lists: Screened | None, brought: Brought | None,
) -> DayBrief:  # fmt: skip
    from tidegate.brief import day_brief
    from tidegate.kept import cache_file, keeping

    with keeping(cache_file() if cache else None), _telling() as tell:
        own = partial(
            day_brief, law, on, since, effects=effects, tell=tell, parties=names, lists=lists,
            prices=brought.prices if brought else None, flows=brought.flows if brought else None,
        )  # fmt: skip
        if store is None:
            return own()
        from tidegate.claims.store import Store

        with Store.open(store, create=False) as opened:
            return own(store=opened)


@contextmanager
def _telling() -> Iterator[Tell]:
    """Yield a function that shows on a terminal's stderr what is being worked out."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} of {task.total}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading the record", total=None)

        def tell(doing: str, done: int, whole: int, so_far: Mapping[str, Any] | None) -> None:
            bar.update(task, description=doing, completed=done, total=whole or None)

        yield tell


def _progress(done: int, total: int, name: str) -> None:
    if total > 5 and sys.stderr.isatty():
        print(f"\r{done}/{total} {name[:60]:<60}", end="\n" if done == total else "", file=sys.stderr)
