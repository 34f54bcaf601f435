"""The option that names lists of parties: files, or lists that were pulled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tidegate.sources.listing import PartyList

__all__ = ["ListsOption", "lists_of"]

ListsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--list", metavar="LIST", help="A list of parties: a file, or the name of one that was pulled; repeatable."
    ),
]  # fmt: skip


def lists_of(names: list[str] | None) -> tuple[PartyList, ...]:
    """Return the lists of some files and names. Raises: BadInputError: naming the one that cannot be read."""
    if not names:
        return ()
    from tidegate.sources.pulled import read_named

    return tuple(read_named(name) for name in names)
