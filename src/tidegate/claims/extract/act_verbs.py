"""Verbs that act on goods, sales or parties themselves: they stop, free, list, ask, seize."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tidegate.claims.extract.act import Act, classes_of, table, wordset
from tidegate.claims.extract.act_nouns import takes_effect
from tidegate.claims.extract.grammar import SUBJECTS, governor_of, is_negated, modal_of, phrase_of
from tidegate.claims.extract.story import Sentence
from tidegate.claims.extract.who import names_on

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["act_of_verb"]


def act_of_verb(sentence: Sentence, verb: Token) -> Act | None:
    """Return the act of a verb that stops or frees goods, sales or parties themselves."""
    classes = classes_of(verb)
    if "refuse" in classes and not any(
        child.dep_ in ("dobj", "xcomp", "prep", "auxpass") for child in verb.children
    ):
        return Act(verb, None, verb, verb, "refused", "refusal", "refuse")
    if _does_the_same(verb):
        return Act(verb, None, verb, verb, "in_force", "same", "impose")
    if verb.lemma_.lower() == "keep" and any(
        child.dep_ == "xcomp" and child.tag_ == "VBG" for child in verb.children
    ):
        return None
    pronoun = any(child.dep_ == "dobj" and child.lower_ in ("them", "it", "these") for child in verb.children)
    if "restrict" in classes and pronoun and sentence.named("item"):
        return Act(verb, None, verb, verb, "in_force", "flow", "restrict")
    if "discourage" in classes and _is_discouraging(sentence, verb):
        return Act(verb, None, verb, verb, "in_force", "flow", "discourage")
    if verb.lemma_.lower() in ("pay", "share", "hand", "give", "surrender", "remit") and _is_a_cut(verb):
        return Act(verb, None, verb, verb, "agreed", "cut", "agree")
    words = {token.lemma_.lower() for token in verb.subtree} if verb.lemma_ in _REVIEWING else set()
    if "presumption" in words:
        return Act(verb, None, verb, verb, "in_force" if "denial" in words else "eased", "flow", "restrict")
    if takes_effect(verb) and any(
        child.dep_ in ("nsubj", "nsubjpass") and child.pos_ == "PRON" for child in verb.children
    ):
        return Act(verb, None, verb, None, "in_force", "effect", "stand", "subject")
    if "seize" in classes and names_on(sentence, verb.subtree, "party"):
        return Act(verb, None, verb, verb, "in_force", "flow", "seize")
    if "hit" in classes and _tells_whom(sentence, verb):
        return Act(verb, None, verb, verb, "in_force", "hit", "hit", "subject")
    if "urge" in classes and _is_asking(sentence, verb):
        return Act(verb, None, verb, verb, "urged", "flow", "urge")
    if (
        verb.lemma_.lower() in ("add", "remove", "delist")
        and any(
            token.lemma_.lower() in ("entity", "company", "firm")
            for child in verb.children
            for token in [child]
            if child.dep_ in ("dobj", "nsubjpass")
        )
        and _LISTED.search(sentence.text)
    ):
        return Act(
            verb, None, verb, verb, "lifted" if verb.lemma_ == "remove" else "in_force", "list", "impose"
        )
    if (
        verb.lemma_.lower() in wordset("shipping")
        and is_negated(verb)
        and modal_of(verb) in ("can", "could", "may")
    ):
        return Act(verb, None, verb, verb, "in_force", "flow", "barred")
    if verb.lemma_.lower() == "cancel" and any(
        child.dep_ in ("dobj", "nsubjpass") and child.lemma_.lower() in wordset("dealings")
        for child in verb.children
    ):
        return Act(verb, None, verb, verb, "in_force", "flow", "restrict")
    for doing in classes:
        if doing == "grant" and verb.lemma_.lower() not in wordset("allowing"):
            continue
        if doing in table("flows") and next(_objects(sentence, verb), None) is not None:
            return Act(verb, None, verb, verb, table("flows")[doing], "flow", doing)
    return None


def _does_the_same(verb: Token) -> bool:
    """Return whether a verb only points to what another did: 'follow suit', 'do the same'."""
    below = {child.lower_ for child in verb.children}
    return (verb.lemma_ == "follow" and "suit" in below) or (verb.lemma_ == "do" and "same" in below)


def _is_a_cut(verb: Token) -> bool:
    """Return whether a share of sales is paid: 'will pay 15% of the revenue'."""
    words = {token.lemma_.lower() for token in verb.subtree}
    return bool(words & {"%", "percent", "cent", "cut"}) and bool(
        words & {"revenue", "sale", "proceeds", "cut"}
    )


_REVIEWING = frozenset(("review", "face", "subject", "process", "handle", "treat", "evaluate"))
"""What is done with applications, under a presumption of denial or of approval."""

_LISTED = re.compile(r"(?i)\b(?:list|entities|blacklist)\b")


def _tells_whom(sentence: Sentence, verb: Token) -> bool:
    """Return whether a verb says which firms a move of a government hits: 'the measure could affect Sony'."""
    subject = next((child for child in verb.children if child.dep_ == "nsubj"), None)
    if subject is None or subject.lemma_.lower() not in wordset("moves"):
        return False
    below = [token for child in verb.children if child.dep_ in ("dobj", "prep") for token in child.subtree]
    return bool(names_on(sentence, below, "party")) or any(
        token.lemma_.lower() in wordset("firms") for token in below
    )


def _is_asking(sentence: Sentence, verb: Token) -> bool:
    """Return whether a government asks another party for something in the trade."""
    if verb.lemma_.lower() not in wordset("asking"):
        return False
    subjects = [child for child in verb.children if child.dep_ == "nsubj"]
    if not subjects or not any(
        name.kind == "country" for name in names_on(sentence, [t for one in subjects for t in phrase_of(one)])
    ):
        return False
    asked = [child for child in verb.children if child.dep_ in ("dobj", "dative")]
    if not names_on(sentence, [t for one in asked for t in one.subtree]) and not any(
        t.lemma_ == "ally" for t in asked
    ):
        return False
    below = list(verb.subtree)
    return any(token.lemma_.lower() in wordset("dealings") for token in below) or bool(
        names_on(sentence, below, "item")
    )


def _is_discouraging(sentence: Sentence, verb: Token) -> bool:
    """Return whether a verb tells firms to leave buying or using something."""
    lemmas = {token.lemma_.lower() for token in verb.subtree}
    return (
        bool(lemmas & wordset("buying"))
        and bool(lemmas & wordset("leaving"))
        and bool(names_on(sentence, verb.subtree, "item"))
    )


def _objects(sentence: Sentence, verb: Token) -> Iterator[Token]:
    """Yield the words a verb acts on that are goods, firms, or dealings in them."""
    for child in verb.subtree:
        if child == verb or child.dep_ in ("punct", "det") or (child.dep_ == "nsubj" and child.head == verb):
            continue
        inner = governor_of(child)
        if inner is not None and inner != verb and _is_other_clause(inner, verb):
            continue
        if child.lemma_.lower() in wordset("dealings") or names_on(sentence, [child], "item"):
            yield child


def _is_other_clause(inner: Token, verb: Token) -> bool:
    """Return whether a verb below another opens a thought of its own."""
    if inner.dep_ == "conj":
        return inner.head == verb and any(child.dep_ in SUBJECTS for child in inner.children)
    return inner.dep_ in ("relcl", "advcl", "ccomp", "parataxis")
