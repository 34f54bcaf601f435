"""On whose data a figure rests, where a sentence names the data rather than a speaker."""

from __future__ import annotations

import re

from tidegate.claims.extract.attribution import Attribution, attribute
from tidegate.claims.extract.figure_clauses import Clause
from tidegate.claims.extract.figure_words import pattern
from tidegate.claims.extract.story import Sentence, Story

__all__ = ["figure_source"]

_TRADE = frozenset(("imports", "exports", "growth", "trade_balance"))
_CUSTOMS = "general-administration-of-customs"


def figure_source(story: Story, clause: Clause, metric: str, start: int, end: int) -> Attribution:
    """Return who says a figure: whoever the words name, else the data its sentence or paragraph rests on.

    A trade figure rests on the customs data that the lines about it name; any other figure only on data named in
    its own sentence.
    """
    said = attribute(story, clause.sentence, start, end)
    own = _data(clause.sentence)
    if own is not None and (said.certainty == "stated" or "customs" in "".join(said.source)):
        return own
    if said.certainty != "stated":
        return said
    if metric in _TRADE:
        index, paragraph = clause.sentence.index, clause.sentence.paragraph
        others = [other for other in story.sentences if pattern("customs_data").search(other.text)]
        # The nearest one governs; one far off only where it opens the story, as data stories do.
        for other in sorted(others, key=lambda other: abs(other.index - index)):
            close = abs(other.paragraph - paragraph) <= 2 or other.paragraph <= 3
            if close and (found := _data(other)) is not None:
                return found
    return said


def _data(sentence: Sentence) -> Attribution | None:
    if pattern("customs_data").search(sentence.text):
        chinese = any(name.kind == "country" and name.id == "CN" for name in sentence.names)
        named = re.search(r"general administration", sentence.text, re.IGNORECASE)
        other = any(name.kind == "country" and name.id != "CN" for name in sentence.names)
        return Attribution((_CUSTOMS if named or chinese or not other else "customs",), "official")
    if pattern("official_data").search(sentence.text):
        return Attribution((), "official")
    found = _PROVIDER.search(sentence.text)
    if found is None:
        return None
    slug = re.sub(r"[^\w]+", "-", found["who"].lower()).strip("-").removesuffix("-s")
    kind = "official" if pattern("official_body").search(found["who"]) else "analyst"
    return Attribution((slug,), kind)


_PROVIDER = re.compile(
    r"\b(?:data|figures|statistics|numbers|estimates|calculations)\s+(?:compiled\s+|released\s+|published\s+|provided\s+)?"
    r"(?:from|by)\s+(?:the\s+)?(?:\w+\s+(?:firm|company|house|agency|group)\s+)?"
    r"(?P<who>[A-Z][\w&.'-]*(?:\s+(?:of\s+|for\s+)?[A-Z][\w&.'-]*){0,5})"
)
