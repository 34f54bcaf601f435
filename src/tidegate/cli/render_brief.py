"""The brief as a readable summary on the terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from tidegate.brief import Brief, ClaimLine, MeasureLine, StoryBrief
from tidegate.brief.show import FACTS, by_measure, tally
from tidegate.brief.text import render_text
from tidegate.brief.wording import label_words, when_words
from tidegate.cli.render import console, footnotes

__all__ = ["print_brief"]

MOST_WORDS = 220
"""Characters of a quotation on the terminal; the page and JSON have it whole."""

_STYLE = {
    "supports": "green",
    "updates": "bold magenta",
    "contradicts": "bold red",
    "new": "bold cyan",
    "unknown": "bold yellow",
    "not_about_a_measure": "dim",
}


def print_brief(brief: Brief, page: Path) -> None:
    """Print the day, what each story asserts, what is new, what the ledger knows better, and where the page is."""
    out = console()
    if brief.day:
        print(render_text(replace(brief, stories=(), failures=(), disagreements=())))
    for story in brief.stories:
        _print_story(out, story, brief)
    _print_disagreements(out, brief)
    marks = [{"verified": line.verified_now} for story in brief.stories for line in story.measures]
    footnotes(marks, {"on": brief.on, "read_to": brief.read_to, "scenario": brief.scenario})
    if brief.stories:
        out.print(
            "What a story asserts is read by a machine: trust its words before the reading.", style="dim"
        )
    out.print(f"The page: {page.resolve()}", soft_wrap=True, markup=False)


def _print_story(out: Console, story: StoryBrief, brief: Brief) -> None:
    out.print(f"[bold]{escape(story.title or Path(story.name).name)}[/bold]")
    out.print(Text(f"  {_day(story)}", style="dim"))
    if story.copies:
        names = ", ".join(copy.outlet or Path(copy.name).name for copy in story.copies)
        out.print(Text(f"  the same text in {names}", style="dim"))
    if story.unreadable:
        out.print(Text(f"  not read for what it asserts: {story.unreadable}", style="yellow"))
    for note in story.notes:
        _put(out, note, 2, "yellow")
    if story.asserts:
        _print_claims(out, story, brief)
    elif not story.unreadable:
        out.print(Text("  no claim about a measure was found in it", style="yellow"))
    if not story.measures:
        out.print(f"  [yellow]Nothing in the ledger matches[/yellow]: {escape(story.why_none or '')}.")
    for title, lines in (
        ("figures", story.figures), ("responses", story.responses), ("ways round", story.evasions),
        *((f"only in {copy.outlet or Path(copy.name).name}", copy.only_here) for copy in story.copies),
    ):  # fmt: skip
        if lines:
            _head(out, title)
        for line in lines:
            why = f"; {line.why}" if line.standing == "de_facto" and line.measure else ""
            _put(out, f"{line.number}. {line.says} ({line.authority}){why}", 4)
    _print_measures(out, story, brief.on)
    for talks in story.rounds:
        _put(out, f"talks {talks.on}: {talks.outcome}", 2)
    out.print()


def _print_claims(out: Console, story: StoryBrief, brief: Brief) -> None:
    _head(out, f"asserts: {tally(story)}")
    for line in story.asserts:
        _put(out, f"{line.number}. {line.says}", 4, "bold")
        _put(out, f"“{_short(line.quote.words)}”", 7, "italic")
        _put(out, f"{line.authority} · {when_words(line.when)}", 7, "dim")
        verdict = Text(label_words(line.label), style=_STYLE[line.label])
        verdict.append(f": {line.why.replace('_', ' ')}", style="default not bold")
        if line.measure and line.label != "new":
            verdict.append(f" ({line.measure})", style="dim not bold")
        out.print(Padding(verdict, (0, 0, 0, 7), expand=False))
    if story.new:
        _head(out, "new against the ledger")
    for line in story.asserts:
        if line.number in story.new:
            _put(out, f"{line.number}. {line.says}", 4)
            if line.named:
                _put(out, f"its passage names {', '.join(line.named)}", 7)
            _print_proposal(out, line, brief)
    _head(out, "the ledger knows better" if story.better else "the ledger knows nothing later or against it")
    for title, measure, older, facts in by_measure(story.better):
        _put(out, f"{title} ({measure}){f', {len(older)} earlier entries on the page' if older else ''}", 4)
        for fact in facts:
            when = f" {fact.on} {str(fact.stage).replace('_', ' ')}" if fact.kind in ("since", "now") else ""
            text = f"{FACTS[fact.kind].lower()}{when}: {fact.text}"
            _put(out, f"{text} [{fact.source}]" if fact.source else text, 7)
    if story.better and story.estimated:
        _put(out, f"since counts from {story.estimated[0]}, an estimated day", 4, "dim")


def _print_proposal(out: Console, line: ClaimLine, brief: Brief) -> None:
    if line.proposal is None:
        if line.no_proposal:
            _put(out, line.no_proposal, 7, "dim")
        return
    proposal = brief.proposal(line.proposal)
    about = f"amends {proposal['amends']}" if proposal["amends"] else "a new measure"
    how = proposal["accept"] or "save the story as a file of its own, then tidegate reconcile FILE --accept"
    out.print(Padding(Text(f"proposal {line.proposal}, {about}"), (0, 0, 0, 7), expand=False))
    # A command that is folded cannot be copied.
    out.print(f"       {how}", style="dim", soft_wrap=True, markup=False)


def _print_measures(out: Console, story: StoryBrief, on: str) -> None:
    claimed = [line for line in story.measures if line.claims]
    named = [line for line in story.measures if not line.claims]
    for title, lines in (
        ("measures it makes claims about", claimed),
        ("only named, nothing asserted that the reader could tell", named),
    ):
        if lines:
            _head(out, title)
        for line in lines:
            _print_line(out, line, on, "then (estimated day)" if story.estimated else "then")


def _print_line(out: Console, line: MeasureLine, on: str, then: str) -> None:
    condition = f" ({line.condition_now})" if line.condition_now else ""
    printed = f" (printed text: {line.printed_now})" if line.printed_now else ""
    mark = "" if line.verified_now else " ?"
    out.print(Padding(Text.assemble(line.title, (f"  {line.id}", "dim")), (0, 0, 0, 4), expand=False))
    _put(out, f"{then}: {line.stage_then}; on {on}: {line.stage_now}{mark}{condition}{printed}", 7)
    for row in line.coming:
        stage = f"{row['next_stage']}: " if row["next_stage"] else ""
        text = f"coming: {row['on']} ({row['days']} days) {stage}{row['condition'] or row['note']}"
        _put(out, text, 7, "yellow")


def _print_disagreements(out: Console, brief: Brief) -> None:
    for each in brief.disagreements:
        out.print(Text(f"Cannot both be right: {each['title']}, {each['differs']}", style="bold red"))
        for side in each["sides"]:
            day = f", {side['published']}" if side["published"] else ""
            copies = f" (the same text in {', '.join(side['copies'])})" if side["copies"] else ""
            _put(out, f"{Path(side['outlet']).name}{day}{copies}: {side['says'].replace('_', ' ')}", 2)
            _put(out, f"“{_short(side['words'])}”", 4, "italic")
            _put(out, side["authority"], 4, "dim")
        out.print()


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
    return " · ".join(part for part in (where, story.outlet or "outlet not given", day) if part)


def _head(out: Console, words: str) -> None:
    out.print(Text(f"  {words}", style="underline"))


def _put(out: Console, words: str, indent: int, style: str = "") -> None:
    out.print(Padding(Text(words, style=style), (0, 0, 0, indent), expand=False))


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 3].rsplit(" ", 1)[0] + " ..."
