"""The commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from tidegate.cli.bargain_command import bargain_app
from tidegate.cli.brief_command import brief_app
from tidegate.cli.check_commands import check_app
from tidegate.cli.exposure_command import exposure_app
from tidegate.cli.ledger_commands import ledger_app
from tidegate.cli.mcp_command import mcp_app
from tidegate.cli.options import (
    As,
    By,
    Folders,
    Format,
    InstrumentName,
    ItemName,
    Json,
    KnownBy,
    On,
    PartyName,
    Scenario,
    StageName,
    Target,
    ledger_of,
    today,
)  # fmt: skip
from tidegate.cli.pull_command import pull_app
from tidegate.cli.rank_command import rank_app
from tidegate.cli.read_commands import read_app
from tidegate.cli.reconcile_commands import reconcile_app
from tidegate.cli.screen_command import screen_app
from tidegate.cli.serve_command import serve_app
from tidegate.cli.study_command import study_app
from tidegate.cli.supply_commands import supply_app
from tidegate.cli.tide_commands import tide_app
from tidegate.cli.token_commands import token_app
from tidegate.cli.watch_command import watch_app

__all__ = ["app"]

app = typer.Typer(
    name="tidegate",
    help="A dated, sourced ledger of chip export controls, and answers computed from it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(ledger_app, name="ledger")
app.add_typer(brief_app)
app.add_typer(check_app)
app.add_typer(screen_app)
app.add_typer(pull_app)
app.add_typer(reconcile_app)
app.add_typer(read_app)
app.add_typer(supply_app)
app.add_typer(study_app)
app.add_typer(rank_app)
app.add_typer(exposure_app)
app.add_typer(bargain_app)
app.add_typer(tide_app)
app.add_typer(serve_app)
app.add_typer(mcp_app)
app.add_typer(watch_app)
app.add_typer(token_app, name="token")


def _version(asked: bool) -> None:
    if asked:
        from tidegate import __version__
        from tidegate.ledger import load_ledger

        print(f"tidegate {__version__}, ledger read to {load_ledger().read_to}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """A dated, sourced ledger of chip export controls, and answers computed from it."""


@app.command()
def status(
    on: On = None, known_by: KnownBy = None, by: By = None, target: Target = None,
    instrument: InstrumentName = None, stage: StageName = None, party: PartyName = None,
    item: ItemName = None, ledger: Folders = None, scenario: Scenario = None,
    format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Show how each measure stands on a day.

    Example: tidegate status --on 2025-06-15 --by US --target CN
    """
    from tidegate.cli.render import footnotes, print_table, show
    from tidegate.ledger.query import Question, filter_regime

    question = Question.of(by, target, instrument, stage, party, item)
    regime = filter_regime(ledger_of(ledger, scenario).on(on or today(), known_by), question)
    table = regime.table()
    if show(table, _format(format_, json_)):
        return
    known = f", as known by {regime.known_by}" if regime.known_by else ""
    rows = [{**row, "until": _until(row), "title": _title(row)} for row in table]
    print_table(
        f"{len(table)} measures on {regime.on}{known}",
        [
            ("measure", "id"),
            ("stage", "stage"),
            ("since", "since"),
            ("until", "until"),
            ("what", "title"),
        ],
        rows,
    )
    footnotes(rows, table.about)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="DATE", help="The earlier day.")],
    after: Annotated[str, typer.Argument(metavar="DATE", help="The later day.")],
    known_by: KnownBy = None, by: By = None, target: Target = None, instrument: InstrumentName = None,
    stage: StageName = None, party: PartyName = None, item: ItemName = None, ledger: Folders = None,
    scenario: Scenario = None, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Show what stands differently on two days.

    Example: tidegate diff 2022-10-06 2022-10-22
    """
    from tidegate.cli.render import footnotes, print_table, show
    from tidegate.ledger import changes
    from tidegate.ledger.query import Question

    question = Question.of(by, target, instrument, stage, party, item)
    table = changes.diff(ledger_of(ledger, scenario), before, after, question, known_by)
    if show(table, _format(format_, json_)):
        return
    rows = [
        {
            **row,
            "before": row["before"] or "not on record",
            "title": _title(row),
            "stage": row["after"],
        }
        for row in table
    ]
    print_table(
        f"{len(table)} measures moved from {before} to {after}",
        [
            ("measure", "id"),
            ("before", "before"),
            ("after", "stage"),
            ("since", "since"),
            ("what", "title"),
        ],
        rows,
    )
    footnotes(rows, {**table.about, "on": after})


@app.command()
def timeline(
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day.")] = None,
    known_by: KnownBy = None, by: By = None, target: Target = None, instrument: InstrumentName = None,
    stage: StageName = None, party: PartyName = None, item: ItemName = None, ledger: Folders = None,
    scenario: Scenario = None, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Show every dated entry, oldest first.

    Example: tidegate timeline --from 2025-05-01 --to 2025-07-31 --item eda_software
    """
    from tidegate.cli.render import footnotes, print_table, show
    from tidegate.ledger import changes
    from tidegate.ledger.query import Question

    question = Question.of(by, target, instrument, stage, party, item)
    table = changes.timeline(ledger_of(ledger, scenario), first, last, question, known_by)
    if show(table, _format(format_, json_)):
        return
    rows = [{**row, "role": "" if row["role"] == "change" else row["role"]} for row in table]
    print_table(
        f"{len(table)} entries",
        [
            ("on", "on"),
            ("measure", "id"),
            ("limb", "limb"),
            ("stage", "stage"),
            ("", "role"),
            ("note", "note"),
        ],
        rows,
    )
    footnotes(rows, table.about)


@app.command()
def coming(
    on: On = None,
    days: Annotated[int, typer.Option("--days", metavar="N", help="How far to look ahead.")] = 90,
    known_by: KnownBy = None, by: By = None, target: Target = None, instrument: InstrumentName = None,
    stage: StageName = None, party: PartyName = None, item: ItemName = None, ledger: Folders = None,
    scenario: Scenario = None, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Show scheduled changes and expiries of the next days, and rumours still open.

    Looks back honestly: what was not public on the day is left out unless --known-by says otherwise.

    Example: tidegate coming --on 2026-11-21 --days 60
    """
    from tidegate.cli.render import footnotes, print_table, show
    from tidegate.ledger import changes
    from tidegate.ledger.query import Question

    question = Question.of(by, target, instrument, stage, party, item)
    table = changes.coming(ledger_of(ledger, scenario), on or today(), days, question, known_by)
    if show(table, _format(format_, json_)):
        return
    dated = [{**row, "title": _title(row)} for row in table if row["on"]]
    print_table(
        f"{len(dated)} dates within {days} days of {table.about['on']}",
        [("on", "on"), ("days", "days"), ("measure", "id"), ("now", "stage"), ("then", "next_stage"),
         ("what", "title"), ("note", "note")],
        dated,
    )  # fmt: skip
    for what, heading in (
        ("announced", "announced, no day on record"),
        ("rumour", "talked about, still open"),
    ):
        rows = [row for row in table if row["what"] == what]
        if rows:
            print()
            print_table(f"{len(rows)} {heading}",
                        [("measure", "id"), ("stage", "stage"), ("what", "title"), ("last word", "note")],
                        rows)  # fmt: skip
    footnotes(table.rows, table.about)


@app.command()
def show(
    measure: Annotated[str, typer.Argument(metavar="MEASURE", help="Id of a measure.")],
    on: On = None, known_by: KnownBy = None, ledger: Folders = None, scenario: Scenario = None,
    format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Show one measure: history with sources, scope, and what it supersedes or answers.

    As CSV: its history.

    Example: tidegate show cn-2025-10-09-ann-61 --on 2026-11-21
    """
    from tidegate.cli.render_measure import print_measure
    from tidegate.ledger.dossier import dossier, history_table
    from tidegate.tables import to_json

    source = ledger_of(ledger, scenario)
    wanted = _format(format_, json_)
    if wanted is Format.CSV:
        print(history_table(source, measure, known_by).to_csv(), end="")
    elif wanted is Format.JSON:
        print(to_json(dossier(source, measure, on or today(), known_by)))
    else:
        print_measure(dossier(source, measure, on or today(), known_by))


@app.command()
def rounds(
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day.")] = None,
    by: By = None, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Show bargaining rounds: talks, threats, truces and what was tied to what.

    Example: tidegate rounds --from 2025-04-01 --to 2025-07-31
    """
    from tidegate.cli.render import print_table
    from tidegate.cli.render import show as print_as
    from tidegate.ledger.bargains import rounds_between

    table = rounds_between(first, last, by)
    if print_as(table, _format(format_, json_)):
        return
    print_table(f"{len(table)} rounds",
                [("on", "on"), ("kind", "kind"), ("mover", "mover"), ("parties", "parties"),
                 ("tied together", "linked"), ("outcome", "outcome"), ("held", "held")],
                table.rows)  # fmt: skip


@app.command()
def group(
    name: Annotated[
        str | None, typer.Argument(metavar="GROUP", help="A group: D:5, us:tier1, eu:members.")
    ] = None,
    on: On = None, json_: Json = False,
) -> None:  # fmt: skip
    """Show who is in a country group on a day, or every group.

    Example: tidegate group D:5 --on 2022-10-07
    """
    from tidegate.cli.render_measure import print_group, print_groups
    from tidegate.ledger.dossier import group_dossier
    from tidegate.tables import to_json

    record = group_dossier(ledger_of(None), name, on or today())
    if json_:
        print(to_json(record))
    elif name is None:
        print_groups(record)
    else:
        print_group(record)


@app.command()
def lookup(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Any name: 'the Dutch', 中芯国际, H20.")],
    json_: Json = False,
) -> None:
    """Find a country, an item or a party by any of its names.

    Example: tidegate lookup 中芯国际
    """
    from tidegate.catalog import load_catalog
    from tidegate.cli.render_measure import print_thing
    from tidegate.tables import to_json

    catalog = load_catalog()
    found = catalog.find_all(name)
    if not found:
        catalog.find(name)  # raises, and says what is near
    things = [catalog.describe(match) for match in found]
    if json_:
        print(to_json({"name": name, "found": things}))
    else:
        for thing in things:
            print_thing(thing)


def _format(format_: Format, json_: bool) -> Format:
    return Format.JSON if json_ else format_


def _until(row: Mapping[str, Any]) -> str | None:
    until, announced = row["until"], row["until_announced"]
    return f"{until}\nsaid: {announced}" if until and announced else until


def _title(row: Mapping[str, Any]) -> str:
    text = str(row["title"])
    if row.get("condition"):
        text += f" [{row['condition']}]"
    if row.get("printed"):
        text += f" [printed text: {row['printed']}]"
    for limb in row.get("limbs") or ():
        text += f"\n  {limb['limb']}: {limb['stage']}" if isinstance(limb, dict) else f"\n  {limb}"
    return text
