"""The words of a response: the clause that can stand alone, verbatim and in one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.claims.extract.grammar import SUBJECTS, clause_of, is_verb
from tidegate.claims.extract.response_acts import ReAct
from tidegate.claims.extract.story import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["span_of"]

_LEAST = 5
"""Words that a clause must have to stand alone; a shorter one gives way to its sentence."""


def span_of(sentence: Sentence, act: ReAct) -> tuple[int, int]:
    """Return where the words of an act start and end in the story."""
    head = clause_of(act.word)
    tokens = _clause(head)
    if head.dep_ in ("advcl", "ccomp") and not any(child.dep_ in SUBJECTS for child in head.children):
        # 'came to protest': the clause has its subject above.
        above = clause_of(head.head)
        tokens = sorted({*(one for one in _clause(above) if one.i < head.i), *tokens}, key=lambda one: one.i)
    if head.dep_ in ("acl", "relcl"):
        tokens = sorted({*_left_of(head), *tokens}, key=lambda token: token.i)
    tokens = [token for token in tokens if not token.is_space]
    while tokens and (
        (tokens[0].is_punct and tokens[0].text not in "\"'([") or tokens[0].dep_ in ("cc", "mark")
    ):
        tokens.pop(0)
    while tokens and tokens[-1].is_punct and tokens[-1].text in ",;:-":
        tokens.pop()
    if sum(not token.is_punct for token in tokens) < _LEAST:
        return _trimmed(sentence, sentence.start, sentence.end)
    first, last = tokens[0], tokens[-1]
    return _trimmed(sentence, first.idx + sentence.offset, last.idx + len(last) + sentence.offset)


def _clause(head: Token) -> list[Token]:
    """Return the words from a clause's first to its last, without clauses joined to it at its ends."""
    joined = {
        token.i
        for child in head.children
        if (child.dep_ == "conj" and is_verb(child)) or child.dep_ in ("parataxis", "cc")
        for token in child.subtree
    }
    if head.dep_ == "conj":
        joined = set()
    tokens = [token for token in head.subtree if token.i not in joined]
    if head.dep_ != "conj" and any(child.dep_ == "conj" and is_verb(child) for child in head.children):
        # Words after a joined clause belong to it or to both: keep those before it.
        first = min(joined)
        before = [token for token in tokens if token.i < first]
        return before if any(token.i == head.i for token in before) else tokens
    return tokens


def _left_of(head: Token) -> list[Token]:
    noun = head.head
    return [token for token in noun.subtree if token.i < head.i]


def _trimmed(sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    text = sentence.text[start - sentence.start : end - sentence.start]
    return start + len(text) - len(text.lstrip()), end - (len(text) - len(text.rstrip()))
