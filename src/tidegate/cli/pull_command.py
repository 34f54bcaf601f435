"""`tidegate pull`: lists of parties from their publishers, and what changed in them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tidegate.cli.options import As, Format, Json, now

__all__ = ["pull_app"]

pull_app = typer.Typer()

_SHOWN = 40
"""Changes shown on a terminal; --json and --format csv have all."""


@pull_app.command()
def pull(
    name: Annotated[
        str | None, typer.Argument(metavar="[LIST]", help="The list to bring; without it, those there are.")
    ] = None,
    address: Annotated[
        str | None, typer.Option("--from", metavar="URL", help="Another place of the same file, a mirror.")
    ] = None,
    may_lose: Annotated[
        float, typer.Option("--may-lose", metavar="SHARE", min=0, max=1, help="Share of its entries it may have lost.")
    ] = 0.2,
    format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Bring an official list of parties, check it, and show what changed; or show the lists and their age.

    The list in use stays until the new one has come whole, reads and has not shrunk. Exit code 2: it was not
    taken.

    Example: tidegate pull us-csl
    """
    from tidegate.cli.render import print_table, show
    from tidegate.sources.pulled import pulled_table

    wanted = Format.JSON if json_ else format_
    if name is None:
        table = pulled_table(now())
        if not show(table, wanted):
            rows = [{**row, "age": _age(row["age_days"])} for row in table]
            print_table("Lists that can be pulled", [
                ("list", "name"), ("what", "title"), ("MiB", "size_mib"), ("entries", "entries"), ("of", "as_of"),
                ("age", "age"), ("address", "address"), ("note", "note"),
            ], rows)  # fmt: skip
            print(f"Kept in {table.about['folder']}")
        return
    from tidegate.sources.pull import pull as pull_list

    result = pull_list(name, now=now(), address=address, may_lose=may_lose, progress=_progress)
    changes = result.changes.table() if result.changes else None
    if wanted is Format.JSON:
        from tidegate.tables import to_json

        state = {part: getattr(result.pulled, part) for part in result.pulled.__slots__}
        print(to_json({"state": result.state, "path": str(result.path), **state,
                       **(changes.to_dict() if changes else {"changes": []})}))  # fmt: skip
        return
    if wanted is Format.CSV:
        print(changes.to_csv() if changes else "", end="")
        return
    print(f"{name}: {_WORDS[result.state]}, {result.pulled.entries} entries in {result.path}")
    if changes and result.state == "new":
        about = changes.about
        title = f"{about['added']} added, {about['removed']} removed, {about['changed']} changed"
        print_table(title, [("", "what"), ("list", "list"), ("name", "name"), ("id", "id"), ("fields", "fields")],
                    changes.rows[:_SHOWN])  # fmt: skip
        if len(changes) > _SHOWN:
            print(f"and {len(changes) - _SHOWN} more; --json has all")


_WORDS = {
    "first": "pulled for the first time",
    "new": "a new copy",
    "unchanged": "unchanged since the last time",
}


def _age(days: float | None) -> str:
    return "not pulled" if days is None else "today" if days < 1 else f"{days:.0f} days"


def _progress(came: int, whole: int | None) -> None:
    if sys.stderr.isatty():
        of = f" of {whole / 2**20:.1f}" if whole else ""
        print(f"\r{came / 2**20:.1f}{of} MiB", end="\n" if came == whole else "", file=sys.stderr)
