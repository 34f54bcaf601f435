"""`tidegate token`: who may read or write through the site by a secret of their own."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer

from tidegate.cli.options import As, Format, Json, StoreAddress, now

__all__ = ["token_app"]

token_app = typer.Typer(help="Tokens: who may read or write through the site.", no_args_is_help=True)

TokenName = Annotated[str, typer.Argument(metavar="NAME", help="Whom or what it stands for.")]


@token_app.command()
def new(
    name: TokenName,
    scope: Annotated[
        str, typer.Option("--scope", metavar="SCOPE", help="read, or write, which includes reading.")
    ] = "read",
    store: StoreAddress = None,
    who: Annotated[
        str | None, typer.Option("--who", metavar="NAME", help="Who makes it (default: who you are on this machine).")
    ] = None,
) -> None:  # fmt: skip
    """Make a token. It is shown once, alone on standard output; the store keeps a hash of it.

    Example: tidegate token new laptop --scope write --store tidegate.db
    """
    from tidegate.claims.store import DEFAULT, Actor, Store
    from tidegate.claims.store.tokens import new_token

    with Store.open(store or DEFAULT) as opened:
        made, words = new_token(opened, name, scope, Actor(who or _me(), "command line"), now())
    print(words)
    print(
        f"tidegate: token {made.id} of {made.name}, scope {made.scope}. It is not shown again.",
        file=sys.stderr,
    )


@token_app.command("list")
def list_(store: StoreAddress = None, format_: As = Format.TABLE, json_: Json = False) -> None:
    """List the tokens of a store, without their secrets.

    Example: tidegate token list --store tidegate.db
    """
    from tidegate.claims.store import DEFAULT, Store
    from tidegate.claims.store.tokens import token_table
    from tidegate.cli.render import print_table, show

    with Store.open(store or DEFAULT, create=False) as opened:
        table = token_table(opened)
    if not show(table, Format.JSON if json_ else format_):
        columns = [("name", "name"), ("scope", "scope"), ("id", "id"), ("made by", "made_by"),
                   ("made at", "made_at"), ("revoked at", "revoked_at")]  # fmt: skip
        print_table(f"Tokens of {table.about['store']}", columns, table.rows)


@token_app.command()
def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name or id of a token.")],
    store: StoreAddress = None,
    who: Annotated[
        str | None, typer.Option("--who", metavar="NAME", help="Who revokes it (default: who you are on this machine).")
    ] = None,
) -> None:  # fmt: skip
    """Revoke a token; a site that runs takes it no more from then on.

    Example: tidegate token revoke laptop --store tidegate.db
    """
    from tidegate.claims.store import DEFAULT, Actor, Store
    from tidegate.claims.store.tokens import revoke_token

    with Store.open(store or DEFAULT, create=False) as opened:
        gone = revoke_token(opened, name, Actor(who or _me(), "command line"), now())
    print(f"token {gone.id} of {gone.name} is revoked")


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody on this machine"
