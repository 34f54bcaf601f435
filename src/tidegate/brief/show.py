"""How the record is put in order for people: the same for the page and the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from tidegate.brief.record import ClaimLine, ClaimQuote, Fact, StoryBrief
from tidegate.brief.wording import label_words
from tidegate.claims.reconcile import LABELS

__all__ = ["FACTS", "by_measure", "by_words", "label_counts", "tally"]

FACTS = {
    "contradicts": "Against the story",
    "further": "Already then",
    "practice": "Practice, not law",
    "since": "Since",
    "now": "As it stands, since",
}
"""What each kind of fact that the ledger knows better is called."""


MOST_SINCE = 4
"""Later entries of one measure that are shown at once."""


def by_words(lines: Sequence[ClaimLine]) -> list[tuple[ClaimQuote, list[ClaimLine]]]:
    """Return neighbouring claims together that rest on the same words of the story."""
    grouped = groupby(lines, key=lambda line: line.quote)
    return [(quote, list(together)) for quote, together in grouped]


def by_measure(facts: Sequence[Fact]) -> list[tuple[str, str, list[Fact], list[Fact]]]:
    """Return facts by measure: title, id, older facts to fold away, and those to show.

    The measures stand in the order in which they come first.
    """
    found: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        found.setdefault((fact.title, fact.measure), []).append(fact)
    return [(title, measure, *_folded(together)) for (title, measure), together in found.items()]


def _folded(facts: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Return the older of many later entries, and the facts that remain."""
    since = [fact for fact in facts if fact.kind == "since"]
    older = since[:-MOST_SINCE] if len(since) > MOST_SINCE + 1 else []
    return older, [fact for fact in facts if fact not in older]


def label_counts(story: StoryBrief) -> list[tuple[str, int]]:
    """Return how many claims about measures have each label, those that need a person first."""
    found = Counter(line.label for line in story.asserts)
    order = ("contradicts", "updates", "new", "unknown", "supports", "not_about_a_measure")
    assert set(order) == set(LABELS)
    return [(label, found[label]) for label in order if found[label]]


def tally(story: StoryBrief) -> str:
    """Return what came of a story, in a line."""
    if story.unreadable:
        return "not read for what it asserts"
    if not story.asserts:
        return "measures only named" if story.measures else "nothing in the ledger matches"
    return ", ".join(f"{count} {label_words(label)}" for label, count in label_counts(story))
