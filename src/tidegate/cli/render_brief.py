"""The brief as a readable summary on the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from tidegate.brief import Brief, MeasureLine, StoryBrief
from tidegate.cli.render import console, footnotes

__all__ = ["print_brief"]


def print_brief(brief: Brief, page: Path) -> None:
    """Print each story's names, the measures it speaks of and where the page is."""
    out = console()
    for story in brief.stories:
        out.print(f"[bold]{escape(story.title or Path(story.name).name)}[/bold]")
        out.print(Text(_day(story), style="dim"))
        for label, rows in (
            ("governments", story.governments),
            ("companies", story.companies),
            ("items", story.items),
        ):
            if rows:
                names = ", ".join(f"{row.name} ({row.words[0]})" for row in rows[:10])
                more = f" and {len(rows) - 10} more" if len(rows) > 10 else ""
                out.print(Text.assemble((f"  {label:<12}", "dim"), names + more))
        if story.dates:
            dates = ", ".join(f"{row['words']} = {row['date'] or '?'}" for row in story.dates)
            out.print(Text.assemble((f"  {'dates':<12}", "dim"), dates))
        if not story.measures:
            out.print(f"  [yellow]Nothing in the ledger matches[/yellow]: {escape(story.why_none or '')}.")
        for line in story.measures:
            _print_line(line, brief.on)
        for item in story.rounds:
            out.print(Padding(Text(f"talks {item.on}: {item.outcome}"), (0, 0, 0, 2), expand=False))
        out.print()
    marks = [{"verified": line.verified_now} for story in brief.stories for line in story.measures]
    footnotes(marks, {"on": brief.on, "read_to": brief.read_to, "scenario": brief.scenario})
    out.print(f"The page: {page.resolve()}", soft_wrap=True, markup=False)


def _day(story: StoryBrief) -> str:
    where = Path(story.name).name if story.title else ""
    if story.published:
        day = f"{story.published} ({'from the story' if story.published_from == 'the story' else 'as given'})"
        day += ", after the day asked" if story.is_after_day_asked else ""
    elif story.estimated:
        first, last = story.estimated
        day = f"day not given; about {first} to {last}, estimated from the measures it names"
    else:
        day = "day not given, and too little is named to tell; give it with --published"
    return "  " + " · ".join(part for part in (where, story.outlet, day) if part)


def _print_line(line: MeasureLine, on: str) -> None:
    out = console()
    condition = f" ({line.condition_now})" if line.condition_now else ""
    printed = f" (printed text: {line.printed_now})" if line.printed_now else ""
    mark = "" if line.verified_now else " ?"
    out.print(Text.assemble("  ", (line.title, "bold"), (f"  {line.id}", "dim")))
    out.print(Text(f"    then: {line.stage_then}; on {on}: {line.stage_now}{mark}{condition}{printed}"))
    if line.quotes:
        words = line.quotes[0].text
        short = words if len(words) <= 220 else words[:217].rsplit(" ", 1)[0] + " ..."
        out.print(Padding(Text(f"“{short}”", style="italic"), (0, 0, 0, 4), expand=False))
    for row in line.changed[-3:]:
        out.print(
            Padding(Text(f"since: {row['on']} {row['stage']}: {row['note']}"), (0, 0, 0, 4), expand=False)
        )
    for row in line.coming:
        stage = f"{row['next_stage']}: " if row["next_stage"] else ""
        text = f"coming: {row['on']} ({row['days']} days) {stage}{row['condition'] or row['note']}"
        out.print(Padding(Text(text, style="yellow"), (0, 0, 0, 4), expand=False))
