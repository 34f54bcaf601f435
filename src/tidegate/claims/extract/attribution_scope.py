"""Which words of a sentence a verb or a phrase of attribution covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.claims.extract.grammar import SUBJECTS, is_verb
from tidegate.claims.extract.story import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = [
    "asides",
    "below",
    "content_of",
    "has_word",
    "is_finite",
    "is_given_out",
    "spoken_of",
    "that_after",
]


def below(token: Token) -> frozenset[int]:
    """Return the numbers of a token and of all that hangs on it."""
    return frozenset(one.i for one in token.subtree)


def spoken_of(token: Token) -> Token:
    """Return the head of the clause that a word of attribution speaks of: the sentence's unless inside one."""
    current = token
    while current.head != current:
        if current != token and (
            current.dep_ == "relcl"
            or (current.dep_ == "acl" and current.i < token.i)
            or (current.dep_ == "advcl" and any(child.dep_ == "mark" for child in current.children))
        ):
            return current
        current = current.head
    return current


def asides(sentence: Sentence) -> frozenset[int]:
    """Return the tokens of the clauses that the outlet puts in (', which accounts for a third of sales,')."""
    return frozenset(
        number
        for token in sentence.span
        if token.dep_ == "relcl" and token.left_edge.i > 0
        and sentence.text[: token.left_edge.idx + sentence.offset - sentence.start].count('"') % 2 == 0
        and token.doc[token.left_edge.i - 1].text == "," and token.left_edge.lower_ in ("which", "whose", "who", "where")
        for number in below(token)
    )  # fmt: skip


def is_finite(verb: Token) -> bool:
    """Return whether a verb or an auxiliary of it has a tense."""
    return verb.tag_ in ("VBD", "VBZ", "VBP") or any(
        child.tag_ in ("VBD", "VBZ", "VBP") for child in verb.children
    )


def is_given_out(verb: Token) -> bool:
    """Return whether a verb of giving out has what is given out: an object, a clause, 'on' something."""
    return verb.dep_ == "relcl" or any(child.dep_ in ("dobj", "ccomp", "prep") for child in verb.children)


def has_word(verb: Token) -> bool:
    """Return whether what a verb says is there: a clause below it, or the one it is put into."""
    return (
        any(
            child.dep_ in ("ccomp", "parataxis")
            or (child.dep_ == "xcomp" and verb.lemma_ in ("expect", "anticipate"))
            or (child.dep_ == "prep" and child.lower_ == "as")
            for child in verb.children
        )
        or (verb.dep_ in ("parataxis", "ccomp") and verb.i > verb.head.i)
        or any(one.lower_ == "that" and one.dep_ == "mark" and one.i > verb.i for one in verb.subtree)
        or that_after(verb) is not None
    )


def that_after(verb: Token) -> int | None:
    """Return the number of the 'that' which opens what a verb says, a date or two words between them."""
    near = verb.doc[verb.i + 1 : verb.i + 7]
    for token in near:
        if token.lower_ == "that" and token.tag_ == "IN":
            return int(token.i)
        if is_verb(token) or token.text in (",", ".", ";"):
            return None
    return None


def content_of(verb: Token) -> frozenset[int]:
    """Return the tokens that a verb of saying covers.

    Not covered: a clause joined by 'and' that has a subject of its own, and a clause of time, reason or
    contrast that belongs to the saying ('While demand holds, the firm said ...'): those are the outlet's.
    """
    if verb.dep_ in ("parataxis", "ccomp") and not any(
        child.dep_ in ("ccomp", "xcomp") for child in verb.children
    ):
        return below(verb.head) - below(verb)
    if verb.dep_ == "advcl" and any(child.lower_ == "as" for child in verb.children):
        return below(verb.head) - below(verb)
    covered = below(verb)
    that = that_after(verb)
    if that is not None and that + 1 not in covered:
        covered |= frozenset(token.i for token in verb.sent if token.i > that)
    clausal = has_word(verb)
    for child in verb.children:
        joined = child.dep_ == "conj" and any(one.dep_ in SUBJECTS for one in child.children)
        framed = child.dep_ == "advcl" and any(one.dep_ == "mark" for one in child.children)
        leading = child.dep_ in ("prep", "advcl") and child.i < verb.i and _has_verb(child)
        apart = child.i < verb.i and any(one.text == ";" for one in verb.doc[child.i : verb.i])
        if joined or apart or leading or (framed and (child.i < verb.i or not clausal)):
            covered -= below(child)
    return covered


def _has_verb(token: Token) -> bool:
    return any(is_verb(one) for one in token.subtree)
