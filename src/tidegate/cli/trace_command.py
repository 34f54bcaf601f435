"""`tidegate trace`: whether trade flows round a control through third countries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.options import As, Folders, Format, Json, KnownBy, Scenario, ledger_of

__all__ = ["trace_app"]

trace_app = typer.Typer()


@trace_app.command()
def trace(
    flows: Annotated[
        list[Path], typer.Argument(metavar="FLOWS...", help="Trade files, or folders of them: docs/flows.md.")
    ],
    control: Annotated[
        str | None, typer.Option("--control", metavar="ID", help="The measure of the ledger.")
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            "--target", metavar="C,C", help="Whom the control keeps the good from (default: its own)."
        ),
    ] = None,
    controller: Annotated[
        str | None,
        typer.Option("--controller", metavar="C,C", help="Whose exports it binds (default: its government)."),
    ] = None,
    hs: Annotated[
        str | None,
        typer.Option("--hs", metavar="H,H", help="Codes, or what they begin with (default: the measure's)."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Day of the control (default: first day in force)."),
    ] = None,
    window: Annotated[
        int, typer.Option("--window", metavar="N", help="Months after, from the first whole one.")
    ] = 12,
    before: Annotated[
        int,
        typer.Option("--before", metavar="N", help="Months the expectation rests on, before it was known."),
    ] = 12,
    hub: Annotated[
        str | None, typer.Option("--hub", metavar="C,C", help="Only these third countries.")
    ] = None,
    model: Annotated[
        str, typer.Option("--model", metavar="M", help="auto, share, gravity or synthetic.")
    ] = "auto",
    correct: Annotated[
        str, typer.Option("--correct", metavar="C", help="adafilter, fdr_bh or fdr_by.")
    ] = "adafilter",
    fdr: Annotated[
        float, typer.Option("--fdr", metavar="RATE", help="False among the countries named.")
    ] = 0.05,
    reporter: Annotated[
        str | None,
        typer.Option("--reporter", metavar="C", help="Who reported, where a file has no such column."),
    ] = None,
    flow: Annotated[
        str | None,
        typer.Option("--flow", metavar="F", help="export or import, where a file has no such column."),
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="USD", help="Of values, where a file does not say.")
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option("--unit", metavar="U", help="Of weights, where a file does not say: kg or t."),
    ] = None,
    lists_all: Annotated[
        bool,
        typer.Option("--lists-all", help="The files list every flow: a missing row is none, not unknown."),
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Picture of the routes: .html, .svg or .png.")
    ] = None,
    known_by: KnownBy = None,
    ledger: Folders = None,
    scenario: Scenario = None,
    format_: As = Format.TABLE,
    json_: Json = False,
) -> None:
    """Find third countries whose trade rises beyond expectation on both legs of a detour round a control.

    Flows are files of your own. A rise is a pattern, no finding about a shipment.

    Example: tidegate trace examples/flows/made-up.csv --control us-2022-10-07-advanced-computing --hs 854231
    """
    from tidegate.charts import check_ending
    from tidegate.cli.render import show
    from tidegate.cli.render_trace import print_trace
    from tidegate.diversion import trace_files

    if out is not None:
        check_ending(out)
    wanted = Format.JSON if json_ else format_
    made = trace_files(
        ledger_of(ledger, scenario),
        flows,
        control,
        controller=_words(controller),
        target=_words(target),
        hs=_words(hs),
        hubs=_words(hub),
        since=since,
        known_by=known_by,
        reporter=reporter,
        flow=flow,
        currency=currency,
        unit=unit,
        lists_all=lists_all,
        window=window,
        before=before,
        model=model,
        correct=correct,
        fdr=fdr,
    )
    if out is not None:
        from tidegate.diversion.picture import write_picture

        write_picture(made, out)
    if show(made.table(), wanted):
        return
    print_trace(made)
    if out is not None:
        print(f"picture: {out}")


def _words(text: str | None) -> list[str]:
    return [word.strip() for word in (text or "").split(",") if word.strip()]
