"""`tidegate read` and `tidegate claims`: stories in, claims out, kept and searched."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tidegate.cli.options import As, Format, Json, StoreAddress, now

if TYPE_CHECKING:
    from tidegate.claims.store import Progress

__all__ = ["read_app"]

read_app = typer.Typer()

STOPPED = 130
"""The exit code of a command that Ctrl-C ended."""


@read_app.command()
def read(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Stories, mails, feeds, dumps, or folders of them.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write one JSON file a document.")
    ] = None,
    store: StoreAddress = None,
    published: Annotated[
        str | None, typer.Option("--published", metavar="DATE", help="Day of the stories that give none.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", help="Ask a language model of yours.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Read also what the store has.")] = False,
    json_: Json = False,
) -> None:  # fmt: skip
    """Read stories: what they assert, by whom, on whose authority, in which words.

    With a store, what it has is skipped: stop with Ctrl-C and run the same command to go on. Exit codes: 0
    everything was read, 1 something could not be, 2 bad input, 130 stopped.

    Example: tidegate read examples/stories --store tidegate.db
    """
    from tidegate.claims.store import LOCAL_READER, Store, model_reader, read_into
    from tidegate.cli.render_claims import Batch, print_batch
    from tidegate.dates import parse_day

    day = parse_day(published) if published else None
    reader, meter = LOCAL_READER, None
    if model is not None:
        from tidegate.claims.model import Meter

        meter = Meter()
        reader = model_reader(model, meter)
    batch = Batch(store=None, out=str(out) if out else None)
    with Store.open(store) if store else nullcontext() as opened, _stoppable() as stop:
        batch.store = opened.address if opened else None
        events = read_into(
            paths, now=now, store=opened, out=out, reader=reader, published=day, again=again, stop=stop
        )
        for event in _shown(events):
            batch.add(event)
        batch.stopped = stop()
    batch.cost = f"the model {model}: {meter.usage.line()}" if meter else None
    print_batch(batch, as_json=json_)
    for failure in batch.failures:
        print(f"tidegate: {failure}", file=sys.stderr)
    if batch.stopped:
        raise typer.Exit(STOPPED)
    if batch.failures:
        raise typer.Exit(1)


@read_app.command()
def claims(
    store: StoreAddress = None,
    about: Annotated[
        str | None, typer.Option("--about", metavar="X", help="Country, item, party, instrument, or words.")
    ] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Stories from this day.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Stories to this day.")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="K", help="measure, response, evasion, figure (comma: any).")
    ] = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="S", help="considering, refused, ... (comma: any).")
    ] = None,
    instrument: Annotated[
        str | None, typer.Option("--instrument", metavar="I", help="chip_export, servicing, ... (comma: any).")
    ] = None,
    certainty: Annotated[
        str | None,
        typer.Option("--certainty", metavar="C", help="official, stated, reported, unnamed, analyst."),
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="X", help="Who does it.")] = None,
    source: Annotated[str | None, typer.Option("--source", metavar="X", help="Who says it.")] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="WORDS", help="Words that all stand in the sentence.")
    ] = None,
    reader: Annotated[
        str | None, typer.Option("--reader", metavar="NAME", help="local, or the model that read it.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", help="The newest N only.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="A .jsonl, .json, .csv or .parquet file.")
    ] = None,
    format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Search the claims in a store (default: tidegate.db): one row a claim, with its outlets.

    Example: tidegate claims --store tidegate.db --about 'the Dutch' --stage considering,refused
    """
    from tidegate.claims.search import search_claims
    from tidegate.claims.store import DEFAULT, Store
    from tidegate.claims.store.export import write_claims
    from tidegate.cli.render import show
    from tidegate.cli.render_claims import print_found

    with Store.open(store or DEFAULT, create=False) as opened:
        table = search_claims(
            opened, about=about, text=text, since=since, until=until, kind=kind, stage=stage,
            instrument=instrument, certainty=certainty, by=by, source=source, reader=reader, limit=limit,
        )  # fmt: skip
    if out is not None:
        write_claims(table, out)
        print(f"{len(table)} claim{'' if len(table) == 1 else 's'} written to {out}")
    elif not show(table, Format.JSON if json_ else format_):
        print_found(table)
    if out is not None or format_ is Format.CSV:
        for note in table.about["notes"]:
            print(f"tidegate: {note}", file=sys.stderr)


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Give a question whether Ctrl-C was pressed; a second press ends the program at once."""
    pressed: list[int] = []

    def press(_number: int, _frame: object) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(1)
        print("\ntidegate: stopping after this document", file=sys.stderr, flush=True)

    before: Any = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


def _shown(events: Iterator[Progress]) -> Iterator[Progress]:
    """Pass events on, with a bar on a terminal."""
    if not sys.stderr.isatty():
        yield from events
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        for event in events:
            bar.update(task, completed=event.done, total=event.total, description=escape(event.name[-50:]))
            yield event
