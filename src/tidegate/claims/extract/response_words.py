"""The words by which responses are told, kept as data."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from tidegate import data
from tidegate.claims.extract.grammar import SUBJECTS, is_verb
from tidegate.records import read_yaml_fast

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["lemmas_of", "scope_of", "words"]


@cache
def words(key: str) -> frozenset[str]:
    """Return the base forms under a key of `data/vocabulary/responses.yaml`."""
    return frozenset(map(str, read_yaml_fast(data.VOCABULARY / "responses.yaml")[key]))


def lemmas_of(tokens: Iterable[Token]) -> set[str]:
    """Return the base forms of some tokens, hyphenated words whole as well ('self-sufficiency')."""
    found: set[str] = set()
    for token in tokens:
        found.add(token.lemma_.lower())
        if token.i + 2 < len(token.doc) and token.nbor(1).text == "-":
            found.add(f"{token.lower_}-{token.nbor(2).lemma_.lower()}")
    return found


def scope_of(head: Token) -> list[Token]:
    """Return what a verb or noun says of its object: the words below it, without its subject, clauses
    that hang on it loosely and verbs joined to it.
    """
    tokens = []
    stack = [head]
    while stack:
        token = stack.pop()
        tokens.append(token)
        for child in token.children:
            loose = child.dep_ == "parataxis" or (
                child.dep_ == "advcl" and any(one.dep_ in (*SUBJECTS, "mark") for one in child.children)
            )
            joined = child.dep_ == "conj" and is_verb(child)
            if not (loose or joined or (token == head and child.dep_ in SUBJECTS)):
                stack.append(child)
    return sorted(tokens, key=lambda token: token.i)
