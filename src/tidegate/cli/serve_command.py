"""`tidegate serve`: the site on this machine."""

from __future__ import annotations

import datetime as dt
import os
from typing import Annotated

import typer

from tidegate.cli.options import (
    Cache,
    FigureFiles,
    FlowFiles,
    Folders,
    Lists,
    On,
    OwnerFiles,
    PriceFile,
    Scenario,
    SectorFile,
    StoreAddress,
    brought_of,
    ledger_of,
    lists_of,
    now,
    owners_of,
    today,
)  # fmt: skip

__all__ = ["serve_app"]

serve_app = typer.Typer()


@serve_app.command()
def serve(
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Where it listens; 0.0.0.0: for other machines.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="0: any that is free.")
    ] = 8642,
    store: StoreAddress = None,
    list_: Lists = None,
    owners: OwnerFiles = None,
    prices: PriceFile = None,
    flows: FlowFiles = None,
    fundamentals: FigureFiles = None,
    sectors: SectorFile = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="A name of this machine that browsers may ask for."),
    ] = None,
    trust_header: Annotated[
        str | None,
        typer.Option("--trust-header", metavar="NAME", help="Header in which a reverse proxy names the person."),
    ] = None,
    trust_proxy: Annotated[
        list[str] | None,
        typer.Option("--trust-proxy", metavar="ADDRESS", help="Who may send it: the only peers it is believed from."),
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option("--origin", metavar="URL", help="Where people see the site: https://desk.example.org."),
    ] = None,
    private: Annotated[
        bool, typer.Option("--private", help="Reading too is for those only who are known.")
    ] = False,
    on: On = None, cache: Cache = True, ledger: Folders = None, scenario: Scenario = None,
) -> None:  # fmt: skip
    """Serve the pages, their JSON and CSV twins and the API on this machine. Stop it with Ctrl-C.

    Nothing is asked of the network. --on fixes the day for questions that name none. It is read-only for all
    but those who are known, by a token (`tidegate token`) or a proxy; docs/team.md. TIDEGATE_SECRET keeps
    sessions over a restart.

    Example: tidegate serve --port 8642
    """
    from tidegate.dates import parse_day
    from tidegate.web.serve import run_site

    fixed = parse_day(on) if on else None

    def day() -> dt.date:
        return fixed or parse_day(today())

    run_site(
        ledger_of(ledger, scenario), day, host=host, port=port, store=store,
        lists=lists_of(list_) if list_ else (), owners=owners_of(owners),
        brought=brought_of(prices, flows, fundamentals, sectors), cache=cache, now=now,
        allow_hosts=allow_host or (), trust_header=trust_header, trust_proxy=trust_proxy or (), private=private,
        origin=origin, secret=os.environ.get("TIDEGATE_SECRET"), tell=_tell,
    )  # fmt: skip


def _tell(address: str, ready: str) -> None:
    print(f"tidegate: {address}\ntidegate: {ready}", flush=True)
