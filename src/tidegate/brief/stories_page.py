"""Stories in the layout of `tidegate.brief.day_page`, for the PDF; the HTML page has more of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tidegate.brief.record import Brief, ClaimLine, Fact, StoryBrief
from tidegate.brief.show import FACTS, by_measure, tally
from tidegate.brief.word import host_of, link_of
from tidegate.brief.wording import label_words, when_words

__all__ = ["stories_page"]

Span = dict[str, Any]

READ_BY = (
    "What a story asserts is read by a machine: the plain words are its reading, those in quotation marks are the story’s own."
)


def stories_page(brief: Brief) -> list[dict[str, Any]]:
    """Return a section for each story, and one before them for what could not be read or cannot both be right."""
    groups = []
    if brief.failures:
        lines = [_line([{"text": failure}], []) for failure in brief.failures]
        groups.append(_group("Not read", lines))
    for each in brief.disagreements:
        lines = [
            _line([{"text": str(side["says"]).replace("_", " ")}],
                  [{"text": f"“{side['words']}” ", "kind": ""}, {"text": f"{Path(side['outlet']).name}, {side['authority']}", "kind": "soft"}])
            for side in each["sides"]
        ]  # fmt: skip
        groups.append(_group(f"Cannot both be right: {each['title']}, {each['differs']}", lines))
    head = {
        "id": "stories", "title": f"{len(brief.stories)} {'story' if len(brief.stories) == 1 else 'stories'} held against "
        f"{brief.measures_in_ledger} measures on record", "groups": [*groups, _group(None, [], READ_BY)],
    }  # fmt: skip
    return [head, *(_story(number, story) for number, story in enumerate(brief.stories, 1))]


def _story(number: int, story: StoryBrief) -> dict[str, Any]:
    day = story.published or (
        f"about {story.estimated[0]} to {story.estimated[1]}, estimated" if story.estimated else "day not given"
    )
    notes: list[Span] = [{"text": f"{story.outlet or 'outlet not given'}, {day}: {tally(story)}", "kind": "soft"}]
    if href := link_of(story.url):
        notes.append({"text": f" {host_of(href)}", "href": href, "kind": "soft"})
    for note in (*([story.unreadable] if story.unreadable else []), *story.notes):
        notes.append({"text": f" {note}", "kind": "strong"})
    groups = [{"title": None, "lines": [], "notes": notes}]
    if story.asserts:
        groups.append(_group("What it asserts", [_claim(line) for line in story.asserts]))
        new = [_claim(line) for line in story.asserts if line.number in story.new]
        groups.append(_group("What is new against the ledger", new, None if new else "Nothing."))
        better = [_fact(title, fact) for title, _, _, facts in by_measure(story.better) for fact in facts]
        groups.append(_group("What the ledger knows better", better, None if better else "Nothing."))
    for title, lines in (
        ("Figures", story.figures), ("What firms and others do about it", story.responses),
        ("Ways round the controls", story.evasions),
    ):  # fmt: skip
        if lines:
            groups.append(_group(title, [_claim(line) for line in lines]))
    named = [line for line in story.measures if not line.claims]
    if named:
        names = "; ".join(f"{line.title} ({line.stage_now.replace('_', ' ')})" for line in named)
        groups.append(_group("Only named, nothing asserted that the reader could tell", [], names))
    return {"id": f"story-{number}", "title": story.title or Path(story.name).name, "groups": groups}


def _claim(line: ClaimLine) -> dict[str, Any]:
    verdict: list[Span] = [{"text": label_words(line.label), "kind": "strong"}, {"text": f": {line.why.replace('_', ' ')} "}]
    source = str(line.entry["source"]) if line.entry else None
    if source:
        href = link_of(source)
        verdict.append({"text": host_of(href), "href": href, "kind": "soft"} if href else {"text": source, "kind": "soft"})
    return _line(
        [{"text": f"{line.number}. {line.says}"}, {"text": f" · {line.authority} · {when_words(line.when)}", "kind": "soft"}],
        [{"text": f"“{' '.join(line.quote.words.split())}” "}, *verdict],
    )


def _fact(title: str, fact: Fact) -> dict[str, Any]:
    when = f" {fact.on} {str(fact.stage).replace('_', ' ')}" if fact.kind in ("since", "now") else ""
    href = link_of(fact.source)
    cite: list[Span] = []
    if fact.source:
        cite = [{"text": host_of(href), "href": href, "kind": "soft"} if href else {"text": fact.source, "kind": "soft"}]
    if not fact.verified:
        cite.append({"text": " ? not verified", "kind": "strong"})
    return _line([{"text": title, "kind": "strong"}, {"text": f" {FACTS[fact.kind].lower()}{when}: {fact.text.replace('_', ' ')}"}], cite)


def _line(spans: list[Span], sub: list[Span]) -> dict[str, Any]:
    return {"anchor": None, "spans": spans, "sub": sub}


def _group(title: str | None, lines: list[dict[str, Any]], note: str | None = None) -> dict[str, Any]:
    return {"title": title, "lines": lines, "notes": [{"text": note, "kind": "soft"}] if note else []}
