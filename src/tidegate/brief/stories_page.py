"""Stories in the layout of `tidegate.brief.day_page`, for PDF and text; the HTML page has more of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tidegate.brief.record import Brief, ClaimLine, Fact, StoryBrief
from tidegate.brief.show import FACTS, by_measure, tally
from tidegate.brief.spans import Span, cited, count, plain, soft, strong, text
from tidegate.brief.word import link_of
from tidegate.brief.wording import label_words, when_words

__all__ = ["stories_page"]

READ_BY = (
    "What a story asserts is read by a machine: the plain words are its reading, those in quotation marks are the "
    "story’s own. The HTML page has each passage whole, and the entries proposed."
)


def stories_page(brief: Brief) -> list[dict[str, Any]]:
    """Return a section for each story, and one before them for what could not be read or cannot both be right."""
    groups = (
        [_group("Not read", [_line([text(words)]) for words in brief.failures])] if brief.failures else []
    )
    for each in brief.disagreements:
        sides = [
            _line(
                [text(plain(str(side["says"])))],
                [text(f"“{side['words']}” "), soft(f"{Path(side['outlet']).name}, {side['authority']}")],
            )
            for side in each["sides"]
        ]
        groups.append(_group(f"Cannot both be right: {each['title']}, {each['differs']}", sides))
    stories = "1 story" if len(brief.stories) == 1 else f"{len(brief.stories)} stories"
    title = f"{stories} held against {count(brief.measures_in_ledger, 'measure')} on record"
    head = {"id": "stories", "title": title, "groups": [*groups, _group(None, [], [soft(READ_BY)])]}
    return [head, *(_story(number, story) for number, story in enumerate(brief.stories, 1))]


def _story(number: int, story: StoryBrief) -> dict[str, Any]:
    groups = [_group(None, [], _about(story))]
    if story.asserts:
        new = [_claim(line) for line in story.asserts if line.number in story.new]
        better = [_fact(title, fact) for title, _, _, facts in by_measure(story.better) for fact in facts]
        groups += [
            _group("What it asserts", [_claim(line) for line in story.asserts]),
            _group("What is new against the ledger", new, [] if new else [soft("Nothing.")]),
            _group("What the ledger knows better", better, [] if better else [soft("Nothing.")]),
        ]
    for title, lines in (
        ("Figures", story.figures), ("What firms and others do about it", story.responses),
        ("Ways round the controls", story.evasions),
    ):  # fmt: skip
        if lines:
            groups.append(_group(title, [_claim(line) for line in lines]))
    if named := [line for line in story.measures if not line.claims]:
        names = "; ".join(f"{line.title} ({plain(line.stage_now)})" for line in named)
        groups.append(_group("Only named, nothing asserted that the reader could tell", [], [soft(names)]))
    return {"id": f"story-{number}", "title": story.title or Path(story.name).name, "groups": groups}


def _about(story: StoryBrief) -> list[Span]:
    day = story.published or "day not given"
    if story.estimated:
        day = f"about {story.estimated[0]} to {story.estimated[1]}, estimated"
    told = [soft(f"{story.outlet or 'outlet not given'}, {day}: {tally(story)} ")]
    if link_of(story.url):
        told.append(cited(str(story.url)))
    notes = (*([story.unreadable] if story.unreadable else []), *story.notes)
    return [*told, *(strong(f" {note}") for note in notes)]


def _claim(line: ClaimLine) -> dict[str, Any]:
    about = [strong(label_words(line.label)), text(f": {plain(line.why)} ")]
    if line.entry:
        about.append(cited(str(line.entry["source"])))
    if line.proposal:
        about.append(soft(f"proposal {line.proposal}"))
    words = " ".join(line.quote.words.split())
    return _line(
        [text(f"{line.number}. {line.says}"), soft(f" · {line.authority} · {when_words(line.when)}")],
        [text(f"“{words}” "), *about],
    )


def _fact(title: str, fact: Fact) -> dict[str, Any]:
    when = f" {fact.on} {plain(str(fact.stage))}" if fact.kind in ("since", "now") else ""
    cites = [cited(fact.source)] if fact.source else []
    if not fact.verified:
        cites.append(strong(" ? not verified"))
    return _line([strong(title), text(f" {FACTS[fact.kind].lower()}{when}: {plain(fact.text)}")], cites)


def _line(spans: Sequence[Span], sub: Sequence[Span] = ()) -> dict[str, Any]:
    return {"anchor": None, "spans": list(spans), "sub": list(sub)}


def _group(title: str | None, lines: Sequence[dict[str, Any]], notes: Sequence[Span] = ()) -> dict[str, Any]:
    return {"title": title, "lines": list(lines), "notes": list(notes)}
