"""Answers to a screening as text for people."""

from __future__ import annotations

from collections.abc import Iterable

from rich.markup import escape

from tidegate.cli.render import console, print_table
from tidegate.screening.answer import Hit, ListAge, Screening
from tidegate.tables import Table

__all__ = ["print_log", "print_screening", "print_screenings"]

MOST_ROWS = 500
"""Rows of a table for people; beyond it is told how to get the others."""


def print_screening(answer: Screening) -> None:
    """Print the hits of one name, why each is one, and how old the lists are."""
    hits = len(answer.hits) + answer.more
    of = f", from {answer.country}" if answer.country else ""
    many = "1 hit" if hits == 1 else f"{hits or 'no'} hits"
    print_table(
        f"{many} for '{answer.query}'{of} on {answer.on}, from score {answer.threshold:.2f}",
        [("score", "score"), ("list", "list"), ("name", "name"), ("countries", "countries"), ("cleared", "cleared"),
         ("why", "why"), ("id", "id")],
        [_row(hit) for hit in answer.hits],
    )  # fmt: skip
    if answer.note:
        console().print(answer.note, style="yellow")
    if answer.more:
        console().print(f"{answer.more} more below these: --all shows them.", style="yellow")
    _ages(answer.ages)


def print_screenings(answers: Iterable[Screening]) -> None:
    """Print the hits of many names, a row each."""
    rows: list[dict[str, object]] = []
    asked = met = hits = 0
    ages: tuple[ListAge, ...] = ()
    for answer in answers:
        asked, met, hits = asked + 1, met + bool(answer.hits), hits + len(answer.hits)
        ages = answer.ages
        if len(rows) < MOST_ROWS:
            rows += [{"query": answer.query} | _row(hit) for hit in answer.hits]
    print_table(
        f"{met} of {asked} names have {hits} hits",
        [("query", "query"), ("score", "score"), ("list", "list"), ("name", "name"), ("cleared", "cleared"),
         ("why", "why"), ("id", "id")],
        rows[:MOST_ROWS],
    )  # fmt: skip
    if hits > MOST_ROWS:
        console().print(f"The first {MOST_ROWS} of {hits} hits: --format csv gives all.", style="yellow")
    _ages(ages)


def print_log(table: Table) -> None:
    """Print what was decided about hits, oldest first."""
    print_table(
        f"{len(table)} decisions in {table.about['store']}",
        [("at", "at"), ("who", "who"), ("said", "verdict"), ("query", "query"), ("listed", "name"), ("why", "why"),
         ("id", "id")],
        table.rows,
    )  # fmt: skip


def _row(hit: Hit) -> dict[str, object]:
    said = hit.cleared
    words = None
    if said is not None:
        words = f"{said.verdict} by {said.who} on {said.at.date()}" + (
            ": changed since" if said.changed else ""
        )
    return {"score": f"{hit.score:.2f}", "list": hit.entry.list, "name": hit.entry.name,
            "countries": list(hit.entry.countries), "cleared": words, "why": hit.why, "id": hit.entry.id}  # fmt: skip


def _ages(ages: tuple[ListAge, ...]) -> None:
    out = console()
    for age in ages:
        out.print(escape(f"{age.says}, {age.entries} entries."), style="dim")
    out.print(
        "A hit says that a name is alike, not that the party is the same. Not legal advice.", style="dim"
    )
