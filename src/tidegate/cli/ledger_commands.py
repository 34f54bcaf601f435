"""`tidegate ledger ...`: looking after ledger files of one's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["ledger_app"]

ledger_app = typer.Typer(help="Look after ledger files of your own.", no_args_is_help=True)


@ledger_app.command("check")
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILES]", help="Folders or files (default: the shipped ledger)."),
    ] = None,
) -> None:
    """Check ledger files against every rule; one line a problem: file:line, rule, mend.

    Example: tidegate ledger check my-ledger/
    """
    from tidegate.ledger.load import check_files

    report = check_files(files)
    for problem in report.problems:
        print(problem, file=sys.stderr)
    print(f"{report.measures} measures, {report.entries} history entries, {len(report.problems)} problems")
    if report.problems:
        raise typer.Exit(2)


@ledger_app.command("schema")
def schema() -> None:
    """Print the JSON Schema of a measure."""
    from tidegate.ledger.schema import measure_schema
    from tidegate.tables import to_json

    print(to_json(measure_schema()))
