"""`tidegate serve`: the site on this machine."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from tidegate.cli.options import Cache, Folders, On, Scenario, ledger_of, today

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
    store: Annotated[
        str | None, typer.Option("--store", metavar="STORE", help="Show also what was read into this store.")
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="A name of this machine that browsers may ask for."),
    ] = None,
    on: On = None, cache: Cache = True, ledger: Folders = None, scenario: Scenario = None,
) -> None:  # fmt: skip
    """Serve the pages, their JSON and CSV twins and the API on this machine. Stop it with Ctrl-C.

    Nothing is asked of the network. --on fixes the day for questions that name none.

    Example: tidegate serve --port 8642
    """
    from tidegate.dates import parse_day
    from tidegate.web.serve import run_site

    fixed = parse_day(on) if on else None

    def day() -> dt.date:
        return fixed or parse_day(today())

    run_site(
        ledger_of(ledger, scenario), day, host=host, port=port, store=store, cache=cache,
        allow_hosts=allow_host or (), tell=_tell,
    )  # fmt: skip


def _tell(address: str, ready: str) -> None:
    print(f"tidegate: {address}\ntidegate: {ready}", flush=True)
