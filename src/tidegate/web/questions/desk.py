"""The reading desk: the stories of the store, and one story with its claims, what is known and what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from tidegate.brief.wording import label_words, when_words
from tidegate.claims.claim import CERTAINTIES, INSTRUMENTS, METRICS, STAGES
from tidegate.desk import EXAMPLE, DeskStory, example_table, find_story, mark_passages, story_table
from tidegate.desk.deciding import MOST_WORDS, SLOTS
from tidegate.tables import Table
from tidegate.watch import Course, MeasuresCourse
from tidegate.web.parameters import Day, Name, day_field
from tidegate.web.question import Asked, Site, question
from tidegate.web.story_upload import ENDINGS, MOST_BYTES

_OF_FIGURES = frozenset(("metric", "value", "unit", "period"))
_OF_EVENTS = frozenset(("stage", "instrument", "counterparty", "affected", "date"))


class Stories(Asked):
    """Which stories of the store."""

    words: Annotated[
        Name | None, Field(description="Words that stand in the title, the outlet or the text.")
    ] = None
    state: Annotated[
        Literal["open", "decided"] | None,
        Field(description="open: with claims nobody accepted or dismissed; decided: with none of those."),
    ] = None
    page: Annotated[int, Field(ge=1, le=100_000, description="Page, from 1: the newest stories first.")] = 1


class OneStory(Asked):
    """A story on the desk."""

    document: Annotated[
        str,
        Field(pattern="^([0-9a-f]{12,64}|example)$", description="Id of the story, as the desk lists it."),
    ]
    on: Day = day_field("Day for which the stage now is told.")
    reader: Annotated[Name | None, Field(description="Whose reading: local, or a model.")] = None


def lists(site: Site, asked: Stories, answer: Table) -> Mapping[str, Any]:
    """Return what the form for a story takes."""
    return {"endings": ENDINGS, "most": MOST_BYTES // 2**20}


def shown(site: Site, asked: OneStory, answer: DeskStory) -> Mapping[str, Any]:
    """Return the story cut into pieces, and what an edit may choose from."""
    return {**desk_values(answer), "can_decide": site.store is not None and answer.id != EXAMPLE}


def desk_values(story: DeskStory) -> dict[str, Any]:
    """Return what the page of a story shows besides the story."""
    return {
        "story": story,
        "passages": mark_passages(story.document, [each.read for each in story.claims]),
        "labels": {each.id: each.line.label for each in story.claims},
        "label_words": label_words,
        "when_words": when_words,
        "slots": {
            kind: [slot for slot in SLOTS if slot not in (_OF_EVENTS if kind == "figure" else _OF_FIGURES)]
            for kind in STAGES
        },
        "choices": {"instrument": INSTRUMENTS, "certainty": CERTAINTIES, "metric": METRICS, "stage": STAGES},
        "most_words": MOST_WORDS,
    }


def course(site: Site, asked: OneStory) -> Course:
    """Return what the Atom twin follows: the measures that the claims of the story are about."""
    return _about(site, [story.answer(site, asked)])


def courses(site: Site, asked: Stories) -> Course:
    """Return what the Atom twin follows: the measures that the stories of the list speak of."""
    listed = [row["id"] for row in desk.answer(site, asked)]
    return _about(site, [find_story(site.store, site.ledger, each, site.today()) for each in listed])


def _about(site: Site, stories: Iterable[DeskStory]) -> Course:
    told = {claim.line.measure for each in stories for claim in each.claims} - {None}
    return MeasuresCourse(site.ledger, ids=frozenset(measure for measure in told if measure))


@question(
    "/desk", title="Desk", shows=lists, follows=courses, reads_store=True, personal=True,
    examples=({"state": "open"},),
)  # fmt: skip
def desk(site: Site, asked: Stories) -> Table:
    """Stories that were read, with how many of their claims wait for somebody to accept or dismiss them."""
    if site.store is None:
        return example_table(site.ledger, site.today())
    table = story_table(site.store, words=asked.words, state=asked.state, page=asked.page)
    # Where the store lies is for those who may write: /audit.
    return replace(table, about={**table.about, "store": True})


@question(
    "/desk/{document}", title="A story", shows=shown, follows=course, in_menu=False, reads_store=True, personal=True,
    examples=({"document": EXAMPLE, "on": "2026-11-21"},),
)  # fmt: skip
def story(site: Site, asked: OneStory) -> DeskStory:
    """One story with its claims: what the ledger knows of each, and what people decided about it."""
    return find_story(site.store, site.ledger, asked.document, asked.on, asked.reader)
