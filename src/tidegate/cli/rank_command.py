"""`tidegate rank`: a monthly ranking of shares with its record."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.options import As, Folders, Format, Json, PriceFile, Scenario, ledger_of
from tidegate.errors import BadInputError

__all__ = ["rank_app"]

rank_app = typer.Typer()


@rank_app.command()
def rank(
    prices: PriceFile = None,
    fundamentals: Annotated[
        list[Path] | None,
        typer.Option(
            "--fundamentals", metavar="FILE",
            help="Company figures with filing days: CSV, Parquet, SEC company facts; repeatable.",
        ),
    ] = None,
    lag_days: Annotated[
        int | None,
        typer.Option("--lag-days", metavar="N", help="For figures without filing days: known N days later."),
    ] = None,
    splits: Annotated[
        str | None,
        typer.Option("--splits", metavar="FILE", help="Splits between share counts and prices, or: none."),
    ] = None,
    exposures: Annotated[
        str | None,
        typer.Option(
            "--exposures", metavar="FILE", help="CSV: ticker, known_by, share of revenue touched; or: ledger."
        ),
    ] = None,
    universe: Annotated[
        str | None,
        typer.Option("--universe", metavar="FILE", help="CSV with ticker and sector, or tickers: A,B."),
    ] = None,
    sectors: Annotated[
        str | None,
        typer.Option("--sectors", metavar="FILE", help="CSV with ticker and sector, or: none."),
    ] = None,
    membership: Annotated[
        Path | None,
        typer.Option("--membership", metavar="FILE", help="Who was a member when: ticker, from, to."),
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="MONTH", help="YYYY-MM (default: last whole month).")
    ] = None,
    factors: Annotated[
        str | None,
        typer.Option(
            "--factors", metavar="F,F", help="momentum, quality, gross, cash, value, book, exposure."
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option("--weights", metavar="F=W,..", help="A weight for each factor (default: equal)."),
    ] = None,
    top: Annotated[
        int | None, typer.Option("--top", metavar="N", help="Names held (default: a tenth, at least 5).")
    ] = None,
    cost: Annotated[
        str, typer.Option("--cost", metavar="BP,BP", help="Basis points of each unit bought or sold.")
    ] = "10,30",
    start: Annotated[
        str | None, typer.Option("--start", metavar="MONTH", help="First month of the record.")
    ] = None,
    end: Annotated[str | None, typer.Option("--end", metavar="MONTH", help="Last month of the record.")] = None,
    benchmark: Annotated[str, typer.Option("--benchmark", metavar="T", help="Shown beside.")] = "SPY",
    holdout: Annotated[
        str | None,
        typer.Option("--holdout", metavar="MONTH", help="Parts the record (default: its middle)."),
    ] = None,
    quantiles: Annotated[
        int, typer.Option("--quantiles", metavar="N", help="Best against worst of so many parts.")
    ] = 5,
    tried: Annotated[
        int, typer.Option("--tried", metavar="N", help="Ways of ranking you tried; p allows for them.")
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Picture of the record: .html, .svg or .png."),
    ] = None,
    ledger: Folders = None,
    scenario: Scenario = None,
    format_: As = Format.TABLE,
    json_: Json = False,
) -> None:  # fmt: skip
    """Rank shares at the end of a month, with the record of that way of ranking. No advice.

    Prices and company figures are files of your own; none are shipped. A month's score rests on prices up to
    its last day and on figures filed before that day.

    Example: tidegate rank --prices prices.csv --fundamentals figures.csv --universe members.csv
    """
    from tidegate.cli.render import show
    from tidegate.cli.render_rank import print_ranking
    from tidegate.markets.factors import Sources
    from tidegate.markets.ranking import rank as make_ranking
    from tidegate.markets.ranking_plan import Plan, parse_numbers, parse_weights
    from tidegate.markets.splits import StatedSplits, read_splits
    from tidegate.markets.stated_exposures import LedgerExposures, read_exposures
    from tidegate.markets.universe import universe_of
    from tidegate.sources.fundamentals import read_fundamentals
    from tidegate.sources.prices import read_prices

    if prices is None:
        raise BadInputError(
            "--prices is missing. Name a file of daily prices; docs/ranking.md says how it may look."
        )
    if out is not None:
        from tidegate.charts import check_ending

        check_ending(out)
    plan = Plan(
        on=on,
        factors=tuple(word.strip() for word in (factors or "").split(",") if word.strip()),
        weights=parse_weights(weights) if weights else None,
        top=top,
        costs=parse_numbers(cost),
        start=start,
        end=end,
        benchmark=benchmark or None,
        holdout=holdout,
        quantiles=quantiles,
        tried=tried,
    )
    read = read_prices(prices)
    names = universe_of(read, universe, sectors, membership)
    sources = Sources(
        read,
        [read_fundamentals(file, lag_days, names.numbers) for file in fundamentals or ()],
        None if splits is None else StatedSplits() if splits == "none" else read_splits(splits),
        None
        if exposures is None
        else LedgerExposures(ledger_of(ledger, scenario))
        if exposures == "ledger"
        else read_exposures(exposures),
    )
    made = make_ranking(names, sources, plan)
    if out is not None:
        from tidegate.markets.ranking_picture import write_picture

        write_picture(made, out)
    if show(made.table(), Format.JSON if json_ else format_):
        if format_ is Format.CSV and not json_:
            print(f"tidegate: {made.verdict[0]}", file=sys.stderr)
        return
    print_ranking(made)
    if out is not None:
        print(f"picture: {out}")
