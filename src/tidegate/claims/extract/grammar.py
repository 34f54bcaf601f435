"""Questions to a parsed sentence: what a verb's subject is, what governs it, which clause a word is in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = [
    "OBJECTS", "SUBJECTS", "agents_of", "clause_of", "conjuncts", "governor_of", "governors", "is_infinitive",
    "is_negated", "is_verb", "lemma_of", "modal_of", "objects_of", "own_clause", "phrase_of", "subjects_of",
]  # fmt: skip

SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj"))
OBJECTS = frozenset(("dobj", "dative", "attr", "oprd", "obj"))
_CLAUSES = frozenset(("ROOT", "ccomp", "advcl", "relcl", "acl", "parataxis"))


def lemma_of(token: Token) -> str:
    """Return a token's base form, with a verb's particle where it has one ('cut off')."""
    lemma = str(token.lemma_).lower()
    if token.pos_ in ("VERB", "AUX"):
        for child in token.children:
            if child.dep_ == "prt" or (
                child.dep_ == "advmod" and child.i == token.i + 1 and child.lower_ in _PARTICLES
            ):
                return f"{lemma} {child.lower_}"
    return lemma


_PARTICLES = frozenset(("back", "up", "off", "out", "down", "away", "forward"))


def is_verb(token: Token) -> bool:
    """Return whether a token is a verb in its place (a participle before a noun is none)."""
    return token.pos_ in ("VERB", "AUX") and token.dep_ not in ("amod", "aux", "auxpass", "compound")


def governor_of(token: Token) -> Token | None:
    """Return the nearest verb above a token; None where there is none."""
    current = token
    while current.head != current:
        current = current.head
        if is_verb(current):
            return current
    return None


def governors(token: Token) -> Iterator[Token]:
    """Yield the verbs whose act a verb's act is the content of, nearest first.

    'is looking to expand' yields 'looking' for 'expand'; a verb joined by 'and' without a subject of its own
    shares the governors of the first.
    """
    current = token
    seen = {token.i}
    while current.head != current:
        up, dep = current.head, current.dep_
        if up.i in seen:
            return
        seen.add(up.i)
        if dep == "conj" and is_verb(current) and is_verb(up):
            if any(child.dep_ in SUBJECTS for child in current.children) or _is_finite(current):
                return
            current = up
            continue
        if dep == "conj" and current != token and current.pos_ in ("NOUN", "PROPN"):
            current = up
            continue
        if dep in ("xcomp", "ccomp", "pcomp", "acomp") or (dep == "prep" and current.children):
            if is_verb(up) or up.pos_ == "ADJ" or (up.pos_ in ("NOUN", "PROPN") and dep in ("pcomp", "prep")):
                yield up
            current = up
            continue
        if (
            dep == "advcl"
            and current.tag_ == "VBG"
            and not any(child.dep_ in (*SUBJECTS, "mark") for child in current.children)
        ):
            yield up
            current = up
            continue
        if dep in ("acl", "advcl") and is_infinitive(current):
            yield up
            current = up
            continue
        if dep in ("dobj", "pobj", "attr", "nsubjpass", "nsubj") and current.pos_ in ("NOUN", "PROPN"):
            if current != token and is_verb(up):
                yield up
            current = up
            if dep in ("nsubj",):
                return
            continue
        return


def _is_finite(token: Token) -> bool:
    return token.tag_ in ("VBD", "VBZ", "VBP") or any(
        child.dep_ in ("aux", "auxpass") and child.tag_ != "TO" for child in token.children
    )


def is_infinitive(verb: Token) -> bool:
    """Return whether a verb stands with 'to'."""
    return any(child.tag_ == "TO" for child in verb.children)


def subjects_of(verb: Token) -> list[Token]:
    """Return a verb's subjects; those of the verb it is joined to or governed by where it has none."""
    current, seen = verb, set()
    while current.i not in seen:
        seen.add(current.i)
        found = [child for child in current.children if child.dep_ in SUBJECTS]
        if found:
            return [token for one in found for token in conjuncts(one)]
        if current.dep_ in ("relcl",):
            return []
        if current.dep_ == "acl" and current.head.pos_ in ("NOUN", "PROPN", "PRON"):
            owned = any(child.dep_ == "poss" for child in current.head.children)
            return [current.head] if owned or not is_infinitive(current) else _above(current.head)
        if current.dep_ in ("conj", "xcomp", "advcl", "pcomp", "ccomp"):
            current = current.head
            if current.pos_ == "ADP":
                current = current.head
            continue
        return []
    return []


def _above(noun: Token) -> list[Token]:
    verb = governor_of(noun)
    return subjects_of(verb) if verb is not None else []


def agents_of(verb: Token) -> list[Token]:
    """Return who does a passive verb's act: 'imposed by the United States'."""
    found = []
    for child in verb.children:
        if child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ == "by"):
            found += [token for one in child.children if one.dep_ == "pobj" for token in conjuncts(one)]
    return found


def objects_of(verb: Token) -> list[Token]:
    """Return a verb's objects, a passive verb's subject among them."""
    found = [child for child in verb.children if child.dep_ in OBJECTS]
    found += [child for child in verb.children if child.dep_ == "nsubjpass"]
    return [token for one in found for token in conjuncts(one)]


def conjuncts(token: Token) -> list[Token]:
    """Return a token and those joined to it by 'and' or 'or'."""
    return [token, *token.conjuncts] if token.dep_ != "conj" else [token]


def is_negated(verb: Token) -> bool:
    """Return whether a verb is denied: 'not', 'never', 'no longer' aside."""
    return any(child.dep_ == "neg" and child.lower_ != "longer" for child in verb.children)


def modal_of(verb: Token) -> str | None:
    """Return the modal verb of a verb ('may', 'would', 'will'); None where it has none."""
    for child in verb.children:
        if child.dep_ == "aux" and child.tag_ == "MD":
            return str(child.lower_)
    if verb.dep_ == "conj" and is_verb(verb.head) and not _is_finite(verb):
        return modal_of(verb.head)
    return None


def clause_of(token: Token) -> Token:
    """Return the head of the clause a token stands in."""
    current = token
    while current.head != current:
        if current.dep_ in _CLAUSES or (
            current.dep_ == "conj" and is_verb(current) and is_verb(current.head)
        ):
            return current
        current = current.head
    return current


def own_clause(head: Token) -> list[Token]:
    """Return the tokens of a clause without those of clauses inside it that have a subject of their own."""
    tokens = []
    stack = [head]
    while stack:
        token = stack.pop()
        tokens.append(token)
        for child in token.children:
            inner = child.dep_ in ("ccomp", "advcl", "parataxis") or (child.dep_ == "conj" and is_verb(child))
            if inner and any(grand.dep_ in SUBJECTS for grand in child.children):
                continue
            stack.append(child)
    return sorted(tokens, key=lambda token: token.i)


def phrase_of(noun: Token) -> list[Token]:
    """Return a noun with what describes it, without relative clauses and other nouns joined to it."""
    tokens = []
    stack = [noun]
    while stack:
        token = stack.pop()
        tokens.append(token)
        stack += [
            child for child in token.children
            if child.dep_ not in ("relcl", "conj", "cc", "appos", "acl", "punct", "advcl", "ccomp", "parataxis")
        ]  # fmt: skip
    return sorted(tokens, key=lambda token: token.i)
