"""When a claim's event was, where the story fixes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tidegate.claims.extract.grammar import SUBJECTS, is_verb
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.extract.timing_events import inherited_date
from tidegate.claims.extract.timing_words import dates_in, words_of

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["date_of"]

_FAR = 2.3
"""The longest way through the sentence between an act and a date that is its own; a plain tie costs 0.1."""


def date_of(
    story: Story, sentence: Sentence, act: Token, clause: Sequence[Token], future: bool, inherit: bool = True
) -> str | None:
    """Return the ISO date of an act to the year, month or day; None where the story does not fix it.

    act: the word that carries the event. clause: the tokens of its clause. future: whether the event lies
    ahead, which moves 'on Monday' and 'in May' on. inherit: whether the date of the event that the story has
    just told may stand in ('The rule also restricts ...').
    """
    best: tuple[float, str] | None = None
    dates = dates_in(sentence, story.published, future)
    for date in dates:
        way = distance(act, date.anchor) + _noun_before(act, date.first)
        if way <= _FAR and (best is None or way < best[0]):
            best = (way, date.iso)
    if best is not None:
        return best[1]
    for date in dates:
        if _is_beside(act, date.first):
            return date.iso
    return inherited_date(story, sentence, act) if inherit and not future else None


def _noun_before(act: Token, date: Token) -> float:
    """Return what it costs that a date stands right after a noun of its own: 'in answer to moves last year'."""
    before = date.doc[date.i - 1] if date.i else date
    own = (
        before.lemma_.lower() in words_of("occasion")
        and before.i != act.i
        and before.head.i != act.i
        and act.i < before.i
    )
    return 1.5 if own and before.dep_ == "pobj" else 0.0


def _is_beside(act: Token, date: Token) -> bool:
    """Return whether a date stands by an act with no other verb between, whatever the parser made of them."""
    low, high = sorted((act.i, date.i))
    between = act.doc[low + 1 : high]
    return high - low <= 12 and not any(
        token.tag_ in ("VBD", "VBZ", "VBP", "MD", "VBG", "VBN")
        or token.lower_ in words_of("apart")
        or token.text in (";", ",")
        for token in between
    )


def distance(act: Token, anchor: Token) -> float:
    """Return how far a date is from an act in the tree of the sentence; infinite over a clause of another act."""
    ups = [act]
    while ups[-1].head != ups[-1]:
        ups.append(ups[-1].head)
    downs = [anchor]
    while downs[-1].head != downs[-1]:
        downs.append(downs[-1].head)
    numbers = {token.i: place for place, token in enumerate(ups)}
    meet = next((place for place, token in enumerate(downs) if token.i in numbers), None)
    if meet is None:
        return float("inf")
    cost = sum(_up(token) for token in ups[: numbers[downs[meet].i]])
    return cost + sum(_down(token, act) for token in downs[:meet])


def _up(token: Token) -> float:
    """Return the cost of the step from a word of the act to the word above it."""
    dep, head = token.dep_, token.head
    if dep in ("xcomp", "aux", "auxpass", "prt", "acomp"):
        return 0.2
    if dep == "ccomp":
        before = any(child.dep_ == "aux" and child.lower_ in ("has", "have") for child in token.children)
        return 3.0 if before or head.lemma_.lower() in words_of("looking_back") else 0.8
    if dep == "advcl":
        marked = any(
            child.dep_ in ("mark", "advmod") and child.lower_ in words_of("apart") for child in token.children
        )
        return 3.0 if marked else 0.5
    if dep in ("relcl", "acl"):
        return 0.6
    if dep == "conj":
        return 0.5 if not any(child.dep_ in SUBJECTS for child in token.children) else 1.8
    if dep == "pcomp":
        return 3.0 if head.lower_ in words_of("apart") else 0.5
    if dep == "prep":
        return 3.0 if token.lower_ in words_of("apart") else 0.2
    if dep in SUBJECTS:
        return 0.6
    return 0.3


def _down(token: Token, act: Token) -> float:
    """Return the cost of the step from a word down to the next on the way to a date."""
    dep = token.dep_
    if dep in ("xcomp", "npadvmod", "advmod", "tmod", "nmod", "compound", "amod", "poss", "nummod"):
        return 0.1
    if dep == "prep" and token.lower_ in words_of("apart") and token.lower_ != "since":
        return 3.0
    if dep in ("prep", "pobj"):
        return 0.1 if token.head.i == act.i or token.head.pos_ == "ADP" or is_verb(token.head) else 0.4
    if dep in ("dobj", "attr", "appos"):
        return 0.5
    if dep in SUBJECTS:
        return 1.1 if _is_dated_noun(token) else 1.9
    if dep == "acl":
        return 0.9 if token.lemma_.lower() in words_of("setting") else 2.5
    if dep == "conj" and not is_verb(token):
        return 0.5
    return 3.0


def _is_dated_noun(noun: Token) -> bool:
    """Return whether a noun is a control that a participle sets in time: 'rules, released in May, ...'."""
    return any(child.dep_ == "acl" and child.lemma_.lower() in words_of("setting") for child in noun.children)
