"""When a claim's event was, where the story fixes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.when import find_dates

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["date_of"]


def date_of(
    story: Story, sentence: Sentence, act: Token, clause: Sequence[Token], future: bool
) -> str | None:
    """Return the ISO date of an act to the year, month or day; None where the story does not fix it."""
    place = act.idx + sentence.offset - sentence.start
    low = min(token.idx for token in clause) + sentence.offset - sentence.start
    high = max(token.idx + len(token) for token in clause) + sentence.offset - sentence.start
    best: tuple[int, str] | None = None
    for date in find_dates(sentence.text, story.published):
        if date.when is None or not low <= date.start < high:
            continue
        far = abs(date.start - place)
        text = date.when.text
        if "/" in text:
            text = text[:7]
        if best is None or far < best[0]:
            best = (far, text)
    return best[1] if best else None
