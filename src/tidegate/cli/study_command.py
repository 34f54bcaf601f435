"""`tidegate study`: what prices did around measures and other events."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.options import (
    As,
    Folders,
    Format,
    InstrumentName,
    Json,
    KnownBy,
    PriceFile,
    Scenario,
    StageName,
    ledger_of,
)
from tidegate.errors import BadInputError

__all__ = ["study_app"]

study_app = typer.Typer()


@study_app.command()
def study(
    events: Annotated[
        Path | None,
        typer.Argument(metavar="EVENTS", help="A CSV file of events: event_id, date, time and zone, ticker."),
    ] = None,
    prices: PriceFile = None,
    measure: Annotated[
        str | None,
        typer.Option("--measure", metavar="ID", help="Each change of stage of a measure of the ledger."),
    ] = None,
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="ID", help="A shipped event; repeatable, 'all' for each of them."),
    ] = None,
    stage: StageName = None,
    instrument: InstrumentName = None,
    tickers: Annotated[
        str | None,
        typer.Option("--tickers", metavar="T,T", help="Shares asked about, instead of those of the events."),
    ] = None,
    groups: Annotated[
        Path | None,
        typer.Option("--groups", metavar="FILE", help="CSV of shares by group: columns group and ticker."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="LEVEL", help="event, group, ticker, stage or all; repeatable."),
    ] = None,
    model: Annotated[
        str, typer.Option("--model", metavar="M", help="market, adjusted, mean or factors.")
    ] = "market",
    benchmark: Annotated[
        str | None,
        typer.Option("--benchmark", metavar="T", help="One for all (default: that of each exchange)."),
    ] = None,
    factors: Annotated[
        Path | None,
        typer.Option("--factors", metavar="FILE", help="CSV of factors: date and a column each, as returns."),
    ] = None,
    estimation: Annotated[
        str, typer.Option("--estimation", metavar="A..B", help="Sessions the model is fitted on.")
    ] = "-260..-11",
    window: Annotated[
        str,
        typer.Option("--window", metavar="A..B", help="Sessions the return is added up over; day 0 is 0."),
    ] = "0..+2",
    path: Annotated[str, typer.Option("--path", metavar="A..B", help="Sessions of the picture.")] = "-5..+10",
    log: Annotated[bool, typer.Option("--log", help="Logarithmic instead of simple returns.")] = False,
    without_events: Annotated[
        bool,
        typer.Option(
            "--without-events",
            help="Keep sessions of known events, shipped ones too, out of estimation windows.",
        ),
    ] = False,
    known_events: Annotated[
        Path | None,
        typer.Option("--known-events", metavar="FILE", help="More events for --without-events, a CSV file."),
    ] = None,
    least: Annotated[
        float,
        typer.Option("--least", metavar="SHARE", help="Of the estimation window that must have returns."),
    ] = 0.8,
    test: Annotated[
        str, typer.Option("--test", metavar="T", help="t_cross, t_time, patell, bmp, kp, corrado or grank.")
    ] = "kp",
    correct: Annotated[
        str,
        typer.Option(
            "--correct", metavar="C", help="For many questions: holm, bonferroni, fdr_bh, fdr_by or none."
        ),
    ] = "holm",
    firms: Annotated[
        bool, typer.Option("--firms", help="A row for each share and event, with day 0 and its reason.")
    ] = False,
    targets: Annotated[
        Path | None,
        typer.Option(
            "--targets", metavar="FILE", help="Published numbers to compute anew, each as its row says."
        ),
    ] = None,
    moves: Annotated[
        str | None,
        typer.Option("--moves", metavar="FILE", help="Moves that stories state beside ours; 'shipped': 140."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Picture of the paths: .html, .svg or .png.")
    ] = None,
    known_by: KnownBy = None,
    ledger: Folders = None,
    scenario: Scenario = None,
    format_: As = Format.TABLE,
    json_: Json = False,
) -> None:
    """Show what share prices did around events, raw and abnormal, and whether it could be chance.

    Prices are a file of your own; none are shipped. Day 0 is the first session of each exchange that could
    react.

    Example: tidegate study --measure us-2025-05-23-eda-letters --prices prices.csv --benchmark SPY
    """
    from tidegate.cli.render import print_table, show
    from tidegate.cli.render_study import print_firms, print_study
    from tidegate.sources.prices import read_prices

    wanted = Format.JSON if json_ else format_
    if prices is None:
        raise BadInputError(
            "--prices is missing. Name a file of daily prices; docs/study.md says how it may look."
        )
    if targets is not None:
        from tidegate.markets.targets import replicate

        table = replicate(targets, read_prices(prices))
        if not show(table, wanted):
            columns = [
                ("target", "target_id"),
                ("published", "published"),
                ("ours", "value"),
                ("unit", "unit"),
                ("within", "within"),
                ("why", "why"),
            ]
            print_table(f"{len(table)} published numbers", columns, table.rows)
        return
    if moves is not None:
        from tidegate.cli.render_study import print_moves
        from tidegate.markets.moves import compare_moves, read_moves

        compared = compare_moves(read_moves(moves), read_prices(prices), benchmark)
        if not show(compared.table(), wanted):
            print_moves(compared)
        return
    from tidegate.markets import Design, StudyQuestion, answer_study
    from tidegate.markets.inputs import read_factors

    question = StudyQuestion(
        measure=measure,
        stage=stage,
        instrument=instrument,
        event=event or (),
        events=events,
        known_events=known_events,
        known_by=known_by,
        tickers=[word for word in (tickers or "").split(",") if word],
        groups=groups,
        by=by or ["event", "all"],
        test=test,
        correct=correct,
        design=Design.of(
            model=model,
            estimation=estimation,
            window=window,
            path=path,
            log=log,
            benchmark=benchmark,
            least=least,
            without_events=without_events,
        ),
    )
    answer = answer_study(
        question, ledger_of(ledger, scenario), read_prices(prices), read_factors(factors) if factors else None
    )
    for reason in answer.unread:
        print(f"tidegate: left out: {reason}", file=sys.stderr)
    made = answer.study
    if out is not None:
        from tidegate.markets.picture import write_picture

        write_picture(made, out)
    if show(made.firm_table() if firms and wanted is not Format.JSON else answer.table(), wanted):
        return
    print_firms(made) if firms else print_study(made)
    if out is not None:
        print(f"picture: {out}")
