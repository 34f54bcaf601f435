"""The words that carry a claim: the clause where it can stand alone, else the sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.claims.extract.grammar import SUBJECTS, clause_of
from tidegate.claims.extract.story import Sentence, Story

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["span_of"]

_SHORTEST = 5
"""Words of the shortest clause that can stand alone."""


def span_of(story: Story, sentence: Sentence, token: Token) -> tuple[int, int]:
    """Return where the words stand that carry what a token tells, in the story's text.

    The first place in the text where these words stand is the one returned; words that stand earlier too are
    lengthened to the sentence.
    """
    head = clause_of(token)
    while head.head != head and not _stands_alone(head):
        head = clause_of(head.head)
    first, last = head.left_edge, head.right_edge
    while last.i > first.i and (last.is_punct or last.is_space) and last.text not in ('"', "%", ")"):
        last = last.nbor(-1)
    while first.i < last.i and (first.is_punct or first.is_space or first.dep_ in ("cc", "mark")):
        first = first.nbor(1)
    start, end = first.idx + sentence.offset, last.idx + len(last) + sentence.offset
    if not sentence.start <= start < end <= sentence.end or story.text.find(story.text[start:end]) != start:
        return sentence.start, sentence.end
    return start, end


def _stands_alone(head: Token) -> bool:
    """Return whether a clause has a subject of its own and is long enough to be read alone."""
    has_subject = any(child.dep_ in SUBJECTS for child in head.children)
    return has_subject and head.right_edge.i - head.left_edge.i + 1 >= _SHORTEST
