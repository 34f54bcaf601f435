"""`tidegate check` and `tidegate sql`: determinations of one shipment, of cases and of tables."""

from __future__ import annotations

import enum
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tidegate.cli.options import (
    As,
    Folders,
    Format,
    Json,
    KnownBy,
    Lists,
    On,
    OwnerFiles,
    Scenario,
    StoreAddress,
    ledger_of,
    parties_of,
    today,
)

if TYPE_CHECKING:
    from tidegate.ledger import Ledger
    from tidegate.licensing.parties import Parties

__all__ = ["check_app"]

check_app = typer.Typer()


class Engine(enum.StrEnum):
    """What decides a table."""

    DUCKDB = "duckdb"
    SPARK = "spark"


def _fact(name: str, metavar: str, about: str) -> Any:  # noqa: ANN401
    return typer.Option(name, metavar=metavar, help=about)


@check_app.command()
def check(
    table: Annotated[
        Path | None, typer.Argument(metavar="[TABLE]", help="A CSV or Parquet file of transactions.")
    ] = None,
    item: Annotated[str | None, _fact("--item", "I", "Item: h20, NXT:1980Di, dysprosium.")] = None,
    to: Annotated[str | None, _fact("--to", "COUNTRY", "Country of ultimate destination.")] = None,
    from_: Annotated[str | None, _fact("--from", "COUNTRY", "Country that it leaves from.")] = None,
    end_user: Annotated[str | None, _fact("--end-user", "P", "Party that will use it.")] = None,
    exporter: Annotated[str | None, _fact("--exporter", "P", "Party that ships it.")] = None,
    origin: Annotated[str | None, _fact("--origin", "COUNTRY", "Country in which it was made.")] = None,
    activity: Annotated[
        str, _fact("--activity", "A", "What is done: export, reexport, servicing, use, purchase, ...")
    ] = "export",
    eccn: Annotated[str | None, _fact("--eccn", "CODE", "Its number on the US control list.")] = None,
    end_use: Annotated[str | None, _fact("--end-use", "WORDS", "What it is for: logic_7nm, telecom.")] = None,
    on: On = None, known_by: KnownBy = None,
    set_: Annotated[
        list[str] | None, _fact("--set", "COLUMN=VALUE", "Any fact of docs/columns.md, or item.tpp=2000.")
    ] = None,
    what_if: Annotated[
        list[str] | None, _fact("--what-if", "COLUMN=VALUE", "Also decide with this fact changed.")
    ] = None,
    nearest: Annotated[
        bool, typer.Option("--nearest/--no-nearest", help="Nearest changes that would loosen it.")
    ] = True,
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="FILE", help="Decide each case of a YAML file.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the answers of TABLE or --cases go.")
    ] = None,
    engine: Annotated[Engine, typer.Option("--engine", help="What decides a TABLE.")] = Engine.DUCKDB,
    ccl: Annotated[
        list[Path] | None,
        typer.Option("--ccl", metavar="FILE", help="US control list from eCFR, for the country chart."),
    ] = None,
    list_: Lists = None, owners: OwnerFiles = None, store: StoreAddress = None,
    ledger: Folders = None, scenario: Scenario = None, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Decide whether this may go to them, there, on that day, and by whose rules.

    What is not told stays unknown. Exit codes: 0 nothing is in the way, 1 a licence is needed or it is
    prohibited, 3 it hangs on facts not told, 2 bad input (or rows and cases that have an error).

    Example: tidegate check --item h20 --from US --to CN --end-user Alibaba --on 2025-05-01
    """
    named = {"item": item, "destination": to, "exporter_country": from_, "end_user": end_user,
             "exporter": exporter, "origin": origin, "eccn": eccn, "end_use": end_use}  # fmt: skip
    one = {name: value for name, value in named.items() if value is not None}
    wanted = Format.JSON if json_ else format_
    _one_question(table, cases, bool(one or set_ or what_if), out, ccl)
    source, parties = ledger_of(ledger, scenario), parties_of(list_, owners, store)
    if table is not None:
        raise typer.Exit(_check_table(table, source, out, engine, known_by, wanted, parties))
    if cases is not None:
        raise typer.Exit(_check_cases(cases, source, out, wanted, parties))
    raise typer.Exit(
        _check_one({**one, "activity": activity}, source, on or today(), known_by, set_ or [], what_if or [],
                   nearest, ccl, wanted, parties)
    )  # fmt: skip


@check_app.command()
def sql(
    dialect: Annotated[
        str, typer.Option("--dialect", metavar="NAME", help="duckdb, spark, snowflake, postgres, ...")
    ] = "duckdb",
    on_days: Annotated[
        tuple[str, str] | None,
        typer.Option("--on-days", metavar="FIRST LAST", help="Days of the rows (default: all covered)."),
    ] = None,
    known_by: KnownBy = None, ledger: Folders = None, scenario: Scenario = None,
) -> None:  # fmt: skip
    """Print the statement that decides a table, for an engine of your own.

    It reads a table `transactions` with every column of docs/columns.md; names in it are ids of the
    catalog. Fewer days make a shorter statement.

    Example: tidegate sql --dialect snowflake --on-days 2025-01-01 2025-12-31
    """
    from tidegate.dates import parse_day
    from tidegate.ledger.ledger import as_days
    from tidegate.ledger.predicate import columns
    from tidegate.licensing.scope import DAY, Days
    from tidegate.licensing.sql import Statement
    from tidegate.licensing.tosql import translate

    source = ledger_of(ledger, scenario)
    first, last = (
        as_days(*on_days) if on_days else (source.starts or parse_day("2018-01-01"), parse_day(today()))
    )
    known = parse_day(known_by) if known_by else None
    statement = Statement(source, Days(first, last + DAY), frozenset(columns()), known_by=known)
    text = translate(statement.sql(), dialect)
    print(f"-- tidegate: the rows of `transactions` dated {first} to {last}; names are ids of the catalog.")
    print(f"{text};")


def _one_question(
    table: Path | None, cases: Path | None, facts: bool, out: Path | None, ccl: list[Path] | None
) -> None:
    from tidegate.errors import BadInputError

    if (table is not None) + (cases is not None) + facts > 1:
        raise BadInputError("Ask one thing: a TABLE, or --cases FILE, or the facts of one shipment.")
    if table is None and cases is None and not facts:
        mend = "Say what goes where: tidegate check --item h20 --to CN, or give a TABLE or --cases."
        raise BadInputError(f"Nothing is asked. {mend}")
    if facts and out is not None:
        raise BadInputError("--out: it takes the answers of a TABLE or of --cases. Leave it out.")
    if ccl and not facts:
        raise BadInputError("--ccl: the country chart is asked for one shipment at a time. Leave it out.")


def _check_one(
    facts: dict[str, Any], ledger: Ledger, on: str, known_by: str | None, settings: list[str],
    changes: list[str], with_nearest: bool, ccl: list[Path] | None, wanted: Format,
    parties: Parties | None,
) -> int:  # fmt: skip
    from tidegate.cli.render_check import print_checked
    from tidegate.licensing.check import check as check_shipment
    from tidegate.licensing.verdict import Outcome
    from tidegate.licensing.whatif import read_setting

    chart = None
    if ccl:
        from tidegate.licensing.chart import load_chart

        chart = load_chart(ccl)
    given = facts | dict(map(read_setting, settings))
    checked = check_shipment(
        given, ledger, on, known_by, dict(map(read_setting, changes)), chart, with_nearest=with_nearest,
        parties=parties,
    )  # fmt: skip
    if wanted is Format.JSON:
        print(checked.to_json())
    elif wanted is Format.CSV:
        print(checked.to_csv(), end="")
    else:
        print_checked(checked)
    return {
        Outcome.UNKNOWN: 3, Outcome.PROHIBITED: 1, Outcome.LICENCE_REQUIRED: 1, Outcome.QUOTA: 1,
    }.get(checked.decision.outcome, 0)  # fmt: skip


def _check_cases(
    path: Path, ledger: Ledger, out: Path | None, wanted: Format, parties: Parties | None
) -> int:
    from tidegate.cli.render_cases import cases_table, print_cases
    from tidegate.licensing.cases import decide_cases, read_cases
    from tidegate.tables import to_json

    answers = list(decide_cases(read_cases(path), ledger, parties))
    text = None
    if wanted is Format.JSON or (out and wanted is Format.TABLE):
        text = to_json([answer.row() for answer in answers]) + "\n"
    elif wanted is Format.CSV:
        text = cases_table(answers).to_csv()
    if out is not None and text is not None:
        out.write_text(text, encoding="utf-8")
    elif text is not None:
        print(text, end="")
    if text is None or (out is not None and wanted is Format.TABLE):
        print_cases(answers, {"read_to": ledger.read_to and ledger.read_to.isoformat(),
                              "scenario": ledger.scenario})  # fmt: skip
    for answer in answers:
        if answer.error:
            print(f"tidegate: {answer.case.id}: {answer.error}", file=sys.stderr)
    return 2 if any(answer.error for answer in answers) else 0


def _check_table(
    path: Path, ledger: Ledger, out: Path | None, engine: Engine, known_by: str | None, wanted: Format,
    parties: Parties | None = None,
) -> int:  # fmt: skip
    if parties is not None:
        from tidegate.licensing.party_table import filled_table

        with filled_table(path, parties) as filled:
            return _check_table(filled, ledger, out, engine, known_by, wanted)
    from tidegate.cli.render_cases import print_decided
    from tidegate.dates import parse_day
    from tidegate.tables import to_json

    day = parse_day(known_by) if known_by else None
    if engine is Engine.SPARK:
        from tidegate.licensing.spark import decide_file_on_spark

        decided = decide_file_on_spark(path, ledger, out=out, known_by=day)
    else:
        from tidegate.licensing.table import decide_table

        decided = decide_table(path, ledger, out=out, known_by=day, progress=_progress)
    if wanted is Format.JSON:
        print(to_json(decided.row()))
    else:
        print_decided(decided.row())
    return 2 if decided.failed else 0


def _progress(what: str, done: float) -> None:
    if sys.stderr.isatty():
        bar = "#" * round(30 * done)
        print(f"\r{what:<38} [{bar:<30}] {done:4.0%}", end="\n" if done >= 1 else "", file=sys.stderr)
