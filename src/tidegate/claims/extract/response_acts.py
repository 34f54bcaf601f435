"""Acts that may be responses: a verb or a noun, what it is done to, and who does it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.claims.extract.grammar import (
    SUBJECTS,
    agents_of,
    conjuncts,
    governor_of,
    governors,
    is_infinitive,
    is_negated,
    is_verb,
    lemma_of,
    modal_of,
    objects_of,
    subjects_of,
)  # fmt: skip
from tidegate.claims.extract.response_cast import heads_of
from tidegate.claims.extract.response_words import lemmas_of, scope_of, words
from tidegate.claims.extract.story import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["ReAct", "acts_in"]

_BY = ("by", "from", "of", "among")


@dataclass(frozen=True, slots=True)
class ReAct:
    """An act: its word, the stages its word can be (the first that fits counts), what is said of the object,
    the nouns of who acts, and whether it did not happen ('has not shipped').
    """

    word: Token
    stages: tuple[str, ...]
    scope: tuple[Token, ...]
    whos: tuple[Token, ...]
    denied: bool = False
    flows: bool = False

    @property
    def lemmas(self) -> set[str]:
        """The base forms of what is said of the object."""
        return lemmas_of(token for token in self.scope if token.i != self.word.i)


_OF_VERBS = (
    "withdrew_staff", "halted", "reduced", "resumed", "stockpiled", "redesigned", "complied", "opposed", "supported",
    "invested",
)  # fmt: skip
_OF_NOUNS = ("stockpiled", "halted", "resumed", "withdrew_staff", "opposed", "invested")
_OTHERS = (("moving", "moved"), ("denying", "denied"), ("reconsidering", "dealings"))
_DUTIES = frozenset(("must", "shall", "should", "ought"))
_DOUBTS = frozenset(("if", "unless", "whether", "lest"))


def acts_in(sentence: Sentence) -> Iterator[ReAct]:
    """Yield the acts of a sentence, in the order of its words."""
    for token in sentence.span:
        act = None
        if is_verb(token):
            act = _by_verb(sentence, token)
        elif token.pos_ == "NOUN":
            act = _by_noun(token)
        if act is not None:
            yield act


def _by_verb(sentence: Sentence, verb: Token) -> ReAct | None:
    lemma = lemma_of(verb)
    bare = verb.lemma_.lower()
    denied = _is_denied(verb)
    stages = tuple(
        stage
        for stage in _OF_VERBS
        if lemma in words(stage) or (stage == "opposed" and lemma in words("opposed_by_words"))
    )
    if any(bare in words(key) for key, _ in _OTHERS):
        stages = (*stages, "other")
    if denied:
        never = any(child.lower_ == "never" for child in verb.children)
        stages = ("halted",) if bare in ("ship", "sell", "buy", "purchase", "deliver") and not never else ()
        stages = ("other",) if bare in ("see", "find") else stages
    elif _is_unable(verb) and bare in ("ship", "sell", "buy", "purchase", "obtain", "deliver"):
        stages = ("halted",)
    moves = bare in words("moving") and modal_of(verb.head) in ("may", "could", "might")
    if not stages or (_is_duty(verb) and not moves) or _is_doubted(verb):
        return None
    passive = any(child.dep_ in ("auxpass", "nsubjpass") for child in verb.children)
    scope = scope_of(verb)
    flows = False
    if passive or (verb.dep_ == "acl" and verb.tag_ == "VBN"):
        whos = agents_of(verb)
        undergoing = [
            one for one in objects_of(verb) if one.dep_ == "nsubjpass" or one.head.dep_ == "nsubjpass"
        ]
        if verb.dep_ in ("acl", "relcl"):
            undergoing.append(verb.head)
        scope += [token for one in undergoing for token in one.subtree if token not in scope]
        whos = whos or [one for under in undergoing for one in heads_of(under, ("by", "from", "of"))]
        flows = not agents_of(verb)
    else:
        whos = _doers(sentence, verb)
        moving = [who for who in whos if who.lemma_.lower() in words("flows") and who.pos_ == "NOUN"]
        if moving and len(moving) == len(whos):
            flows = True
            scope += [token for one in moving for token in one.subtree if token not in scope]
            whos = [one for under in moving for one in _owners(under)]
    if verb.dep_ == "relcl":
        # 'chips which the firm made': what is made stands above.
        scope += [token for token in verb.head.subtree if token.i < verb.left_edge.i and token not in scope]
    return ReAct(verb, stages, tuple(sorted(scope, key=lambda token: token.i)), tuple(whos), denied, flows)


def _owners(noun: Token) -> list[Token]:
    """Return whose inquiries or purchases a noun of dealings is about."""
    found = heads_of(noun, ("by", "from"))
    return found or [
        child
        for child in noun.children
        if child.dep_ in ("compound", "amod") and child.pos_ in ("PROPN", "NOUN")
    ]


def _doers(sentence: Sentence, verb: Token) -> list[Token]:
    """Return the subjects of a verb; the firm that tells its own people to do it in their place."""
    whos = subjects_of(verb) or (subjects_of(verb.head.head) if _is_unable(verb) else [])
    up = governor_of(verb)
    if verb.dep_ in ("xcomp", "ccomp") and up is not None and up.lemma_.lower() in words("prompting"):
        made = [child for child in up.children if child.dep_ in ("dobj", "nsubjpass")]
        made = [child for child in verb.children if child.dep_ in SUBJECTS] or made
        if made:
            return [one for child in made for one in conjuncts(child)]
    if (
        verb.dep_ in ("xcomp", "ccomp", "advcl")
        and up is not None
        and up.lemma_.lower() in words("instructing")
    ):
        told = [who for who in objects_of(up) if who.lemma_.lower() in words("staff")]
        if told:
            return subjects_of(up)
    if (
        verb.dep_ == "acl"
        and verb.tag_ == "VBG"
        and verb.head.lemma_.lower() in words("efforts")
        and up is not None
    ):
        return subjects_of(up)
    if whos and whos[0].i > verb.i and whos[0].head != verb:
        return []
    return whos


def _by_noun(noun: Token) -> ReAct | None:
    lemma = noun.lemma_.lower()
    stages = tuple(stage for stage in _OF_NOUNS if lemma in words(f"noun_{stage}"))
    if not stages or noun.dep_ in ("compound", "nmod"):
        return None
    whos = heads_of(noun, ("by", "from", "of", "among") if stages[0] == "opposed" else ("by", "from"))
    if not whos and stages[0] in ("invested", "opposed"):
        whos = [
            child
            for child in noun.children
            if child.dep_ in ("amod", "compound") and child.ent_type_ in ("GPE", "NORP")
        ]
    if stages == ("stockpiled",) and not whos:
        whos = heads_of(noun, ("of",))
    up = governor_of(noun)
    if not whos or (up is not None and (is_negated(up) or lemma_of(up) in words("hindering"))):
        return None
    return ReAct(noun, stages, tuple(noun.subtree), tuple(whos))


def _is_denied(verb: Token) -> bool:
    return is_negated(verb) or any(
        child.lower_ in ("never", "no") and child.dep_ == "neg" for child in verb.children
    )


def _is_unable(verb: Token) -> bool:
    return verb.dep_ == "xcomp" and verb.head.lemma_.lower() in ("unable", "impossible")


def _is_duty(verb: Token) -> bool:
    """Return whether an act is what somebody must do, or what a state makes or lets others do."""
    up = [verb, *governors(verb)]
    if any(is_verb(one) and modal_of(one) in _DUTIES for one in up[:2]):
        return True
    for number, one in enumerate(up[1:], start=1):
        lemma = one.lemma_.lower()
        if lemma == "have" and lemma_of(verb) in words("halted"):
            return False
        if lemma in ("have", "need", "require", "oblige", "force") and up[number - 1].dep_ == "xcomp":
            return lemma != "force"
        if lemma in words("hoping") and lemma_of(verb) not in words("complied"):
            return True
        if lemma in words("ordering") and _is_bare(up[number - 1]):
            told = [child for child in one.children if child.dep_ in ("dobj", "nsubjpass", "dative")]
            inner = [child for child in up[number - 1].children if child.dep_ in SUBJECTS]
            if (told or inner) and not any(who.lemma_.lower() in words("staff") for who in told):
                return True
    return False


def _is_bare(verb: Token) -> bool:
    """Return whether a verb stands without a tense: what is asked or allowed, not what is told."""
    return verb.dep_ in ("xcomp", "pcomp", "prep") or (verb.dep_ == "ccomp" and is_infinitive(verb))


def _is_doubted(verb: Token) -> bool:
    """Return whether an act stands under 'if' or in a question."""
    current = verb
    while True:
        if any(child.dep_ == "mark" and child.lower_ in _DOUBTS for child in current.children):
            return True
        if current.head == current:
            return any(token.text == "?" for token in current.rights)
        current = current.head
