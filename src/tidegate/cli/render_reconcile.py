"""Stories held against the ledger as text: the claims, what is proposed, who disagrees."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable
from rich.text import Text

from tidegate.claims.reconcile import Disagreement, Reconciliation, Side, Story
from tidegate.cli.render import console, footnotes, print_table

__all__ = ["print_reconciliation"]

MOST_WORDS = 160
"""Characters of a claim's words in the table; JSON has them whole."""

_LABEL_STYLE = {
    "supports": "green",
    "updates": "bold magenta",
    "contradicts": "bold red",
    "new": "bold cyan",
    "unknown": "bold yellow",
}


def print_reconciliation(report: Reconciliation) -> None:
    """Print what stories bear out, add and contradict."""
    out = console()
    for story in report.stories:
        _print_story(out, story)
    counts = ", ".join(
        f"{number} {label.replace('_', ' ')}" for label, number in report.counts.items() if number
    )
    out.print(f"Claims: {escape(counts) or 'none'}")
    _print_proposals(out, report)
    _print_disagreements(out, report)
    footnotes((), report.about())


def _print_story(out: Console, story: Story) -> None:
    document, published = story.reading.document, story.reading.published
    rows = [_row(record) for record in story.to_dict()["claims"]]
    title = f"{document.name}: {document.outlet or 'outlet not given'}, {published or 'day not given'}"
    if out.is_terminal:
        _print_cards(out, title, rows)
    else:
        columns = [("claim", "words"), ("label", "label"), ("measure", "measure"), ("then", "then"),
                   ("now", "now"), ("on whose word", "certainty"), ("proposal", "proposal"), ("why", "why"),
                   ("also", "also")]  # fmt: skip
        print_table(title, columns, rows)
    for note in story.reading.notes + story.notes:
        out.print(f"  {escape(note)}", style="yellow")
    out.print()


def _row(record: dict[str, Any]) -> dict[str, Any]:
    claim = record["claim"]
    words = " ".join(claim["sentence"].split())
    label = record["label"].replace("_", " ")
    return {
        **{key: record[key] for key in ("measure", "then", "now", "proposal", "why", "also")},
        "words": words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS].rsplit(' ', 1)[0]} ...",
        "label": f"{label} (de facto)" if record["standing"] == "de_facto" else label,
        "style": _LABEL_STYLE.get(record["label"], "dim"),
        "certainty": ", ".join((claim["certainty"], *claim["source"]))
        + (", ahead" if claim["future"] else ""),
    }


def _print_cards(out: Console, title: str, rows: list[dict[str, Any]]) -> None:
    # A terminal has no room for nine columns: words and what comes of them stand side by side.
    grid = RichTable(title=escape(title), title_justify="left", box=None, pad_edge=False, header_style="dim")
    grid.add_column("claim", ratio=1)
    grid.add_column("against the ledger", ratio=1)
    for row in rows:
        verdict = Text(row["label"], style=row["style"])
        if row["measure"]:
            verdict.append(f"  {row['measure']}", style="bold")
            verdict.append(f" (then {row['then'] or 'not on record'}, now {row['now'] or 'not on record'})")
        verdict.append(f"\n{row['why']}", style="")
        if row["proposal"]:
            verdict.append(f"\nproposal {row['proposal']}", style="bold")
        grid.add_row(Text(f"{row['words']}\n").append(row["certainty"], style="dim"), verdict)
    out.print(grid)


def _print_proposals(out: Console, report: Reconciliation) -> None:
    if not report.proposals:
        return
    out.print()
    out.print(f"{len(report.proposals)} proposals; accept with --accept ID --into DIR --who NAME --why WORDS")
    for proposal in report.proposals.values():
        about = f"amends {proposal.amends}" if proposal.amends else "new to the ledger"
        out.print(f"\n{proposal.id}: {escape(about)}", style="bold")
        for note in proposal.notes:
            out.print(f"  {escape(note)}", style="yellow")
        for line in proposal.yaml().splitlines():
            out.print(f"  {line}", markup=False, soft_wrap=True)


def _print_disagreements(out: Console, report: Reconciliation) -> None:
    if not report.disagreements:
        return
    out.print()
    out.print(f"{len(report.disagreements)} disagreements")
    for each in report.disagreements:
        out.print(_beside(each))


def _beside(disagreement: Disagreement) -> RichTable:
    title = f"{disagreement.topic}: {disagreement.differs}"
    grid = RichTable(
        title=escape(title), title_justify="left", box=None, pad_edge=False, padding=(0, 4, 0, 0)
    )
    for side in disagreement.sides:
        grid.add_column(_head(side), ratio=1, overflow="fold")
    grid.add_row(*(Text(side.says, style="bold") for side in disagreement.sides))
    grid.add_row(*(Text(f"“{side.words}”" if side.certainty else side.words) for side in disagreement.sides))
    grid.add_row(*(Text(_authority(side), style="dim") for side in disagreement.sides))
    return grid


def _head(side: Side) -> Text:
    return Text(f"{side.outlet}{f', {side.published}' if side.published else ''}")


def _authority(side: Side) -> str:
    parts = [part for part in (side.certainty, ", ".join(side.source)) if part]
    if side.copies:
        parts.append(f"the same text in {', '.join(side.copies)}")
    return "; ".join(parts)
