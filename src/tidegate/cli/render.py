"""Answers as text for people: tables, histories and the line below that says what they rest on."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable
from rich.text import Text

from tidegate.cli.options import Format
from tidegate.tables import Table

__all__ = ["console", "footnotes", "print_table", "show"]

_STAGE_STYLE = {
    "in_force": "bold red",
    "eased": "yellow",
    "suspended": "cyan",
    "announced": "magenta",
    "agreed": "magenta",
    "unknown": "bold yellow",
    "lifted": "green",
    "refused": "green",
}

PIPE_WIDTH = 4000
"""Columns of a table whose reader is no terminal: one row a line, so that it can be searched."""

NARROW = 120
"""A terminal with fewer columns has no room for ids beside words."""


def console() -> Console:
    """Return the console that answers are printed on; wide where the output is piped."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False, soft_wrap=False)


def show(table: Table, format_: Format) -> bool:
    """Print a table as JSON or CSV; return False where it is to be printed for people."""
    if format_ is Format.JSON:
        print(table.to_json())
    elif format_ is Format.CSV:
        print(table.to_csv(), end="")
    else:
        return False
    return True


def print_table(title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows under headings: pairs of heading and key.

    A column in which nothing stands is left out. On a narrow terminal the id goes under the last column,
    so that there is room for words.
    """
    rows, out = list(rows), console()
    shown = [
        (head, key)
        for head, key in columns
        if not rows or any(row.get(key) not in (None, "", [], ()) for row in rows)
    ]
    under = out.width < NARROW and any(key == "id" for _, key in shown)
    if under:
        shown = [(head, key) for head, key in shown if key != "id"]
    grid = RichTable(title=escape(title), title_justify="left", box=None, pad_edge=False, header_style="dim")
    for heading, key in shown:
        grid.add_column(heading, no_wrap=key in ("id", "stage", "since", "on", "days"), overflow="fold")
    for row in rows:
        cells = [_cell(key, row) for _, key in shown]
        if not out.is_terminal:
            cells = [Text(cell.plain.replace("\n", "; ")) for cell in cells]
        if under:
            cells[-1].append(f"\n{row['id']}", style="dim")
        grid.add_row(*cells)
    if out.is_terminal:
        out.print(grid)
        return
    with out.capture() as captured:
        out.print(grid)
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def _cell(key: str, row: Mapping[str, Any]) -> Text:
    value = row.get(key)
    if value is None or value in ([], ()):
        return Text("")
    if key in ("stage", "after", "next_stage", "before"):
        text = Text(str(value), style=_STAGE_STYLE.get(str(value), ""))
        if key == "stage" and row.get("verified") is False:
            text.append(" ?", style="bold")
        return text
    if key == "since" and row.get("certain") is False:
        return Text(f"{value} ~")
    if isinstance(value, list | tuple):
        return Text(", ".join(str(part) for part in value))
    return Text(str(value))


def footnotes(rows: Sequence[Mapping[str, Any]], about: Mapping[str, Any]) -> None:
    """Print what the marks in a table mean and how far the ledger was read."""
    out = console()
    if any(row.get("verified") is False for row in rows):
        out.print("? not verified: from general knowledge, not read in a source", style="dim")
    if any(row.get("certain") is False for row in rows):
        out.print("~ the source leaves the day open and the day asked about lies within it", style="dim")
    read_to, on = about.get("read_to"), about.get("on")
    if read_to and on and on > read_to:
        out.print(
            f"Sources were read to {read_to}: later days show only what was fixed before.",
            style="yellow",
        )
    if about.get("starts") and on and on < about["starts"]:
        out.print(
            f"The ledger starts on {about['starts']}: of earlier days it knows little.",
            style="yellow",
        )
    if about.get("scenario"):
        out.print(f"Scenario: {escape(str(about['scenario']))}. This is not the record.", style="yellow")
    out.print("A record with sources, not legal advice.", style="dim")
