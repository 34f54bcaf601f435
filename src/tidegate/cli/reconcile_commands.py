"""`tidegate reconcile`: stories held against the ledger, and what a person accepts of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tidegate.cli.options import As, Folders, Format, Json, On, Scenario, ledger_of, today

if TYPE_CHECKING:
    from tidegate.claims.reconcile import Reconciliation

__all__ = ["reconcile_app"]

reconcile_app = typer.Typer()


@reconcile_app.command()
def reconcile(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Stories; or JSON of claims as `tidegate read --out` writes it."
        ),
    ],
    on: On = None,
    published: Annotated[
        str | None, typer.Option("--published", metavar="DATE", help="Day of the stories that give none.")
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", metavar="ID", help="Write this proposal (several times).")
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="DIR", help="Folder of your own that takes it.")
    ] = None,
    who: Annotated[str | None, typer.Option("--who", metavar="NAME", help="Who accepts.")] = None,
    why: Annotated[str | None, typer.Option("--why", metavar="WORDS", help="On what grounds.")] = None,
    ledger: Folders = None, scenario: Scenario = None, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Hold stories against the ledger: what they bear out, add and contradict; accept what they add.

    Example: tidegate reconcile examples/stories/2025-02-servicing-talks.md
    """
    from tidegate.claims.reconcile import load_readings, reconcile
    from tidegate.cli.render_reconcile import print_reconciliation
    from tidegate.dates import parse_day
    from tidegate.errors import BadInputError
    from tidegate.tables import to_json

    if bool(accept) != (into is not None):
        raise BadInputError(
            "--accept and --into stand together: which proposal, and the folder that takes it."
        )
    if accept and not (who and why):
        raise BadInputError("--accept: an acceptance says who and why. Add --who NAME --why WORDS.")
    read, failures = load_readings(files, parse_day(published) if published else None)
    day = parse_day(on or today())
    report = reconcile(read, ledger_of(ledger, scenario), day)
    wanted = Format.JSON if json_ else format_
    if accept and into is not None:
        refused = _accept(report, accept, into, str(who), str(why), ledger or ())
        raise typer.Exit(2 if refused or failures else 0)
    if wanted is Format.JSON:
        print(to_json({**report.to_dict(), "failures": list(failures)}))
    elif wanted is Format.CSV:
        print(report.to_csv(), end="")
    else:
        print_reconciliation(report)
    for failure in failures:
        print(f"tidegate: {failure}", file=sys.stderr)
    if failures:
        raise typer.Exit(2)


def _accept(
    report: Reconciliation, ids: Sequence[str], into: Path, who: str, why: str, beside: Sequence[Path]
) -> int:
    """Write the proposals and say what came of each; return how many were refused."""
    from tidegate.claims.reconcile import accept, accepted
    from tidegate.errors import BadInputError

    # With the folder given as --ledger too, what was accepted is on record and proposed no more.
    before = {each: path for each, path in accepted(into).items() if each not in report.proposals}
    wanted = dict.fromkeys(ids)
    refused = 0
    for each in [each for each in wanted if each in before]:
        print(f"tidegate: {before[each]}: proposal {each} was accepted before.", file=sys.stderr)
        refused += 1
    for proposal in [report.proposal(each) for each in wanted if each not in before]:
        try:
            path = accept(proposal, into, who=who, why=why, day=today(), beside=beside)
        except BadInputError as error:
            print(f"tidegate: {error}", file=sys.stderr)
            refused += 1
        else:
            print(f"{proposal.id}: written to {path}")
    return refused
