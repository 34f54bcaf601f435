"""`tidegate mcp`: the questions as tools for assistants."""

from __future__ import annotations

import datetime as dt

import typer

from tidegate.cli.options import (
    FigureFiles,
    FlowFiles,
    Folders,
    Lists,
    On,
    PriceFile,
    Scenario,
    SectorFile,
    StoreAddress,
    brought_of,
    ledger_of,
    lists_of,
    today,
)  # fmt: skip

__all__ = ["mcp_app"]

mcp_app = typer.Typer()


@mcp_app.command()
def mcp(
    store: StoreAddress = None,
    list_: Lists = None, prices: PriceFile = None,
    flows: FlowFiles = None, fundamentals: FigureFiles = None, sectors: SectorFile = None,
    on: On = None, ledger: Folders = None, scenario: Scenario = None,
) -> None:  # fmt: skip
    """Serve the questions as tools of the Model Context Protocol, over standard input and output.

    A client starts it; docs/mcp.md says how. `tidegate serve` offers the same tools over HTTP at /mcp.

    Example: tidegate mcp --on 2026-11-21 < /dev/null
    """
    from tidegate.dates import parse_day
    from tidegate.web.serve import run_mcp

    fixed = parse_day(on) if on else None

    def day() -> dt.date:
        return fixed or parse_day(today())

    run_mcp(
        ledger_of(ledger, scenario),
        day,
        store=store,
        lists=lists_of(list_) if list_ else (),
        brought=brought_of(prices, flows, fundamentals, sectors),
    )
