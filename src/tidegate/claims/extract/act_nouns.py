"""Nouns that name a control, a licence, a list, a deal: their class, and the verb that tells their stage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tidegate.claims.extract.act import Act, classes_of, noun_sorts, operators_of, table, wordset
from tidegate.claims.extract.grammar import (
    governor_of,
    governors,
    is_infinitive,
    is_verb,
    lemma_of,
    phrase_of,
)
from tidegate.claims.extract.story import Sentence
from tidegate.claims.extract.who import names_on

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["acts_of_noun", "sort_of", "takes_effect"]


def sort_of(sentence: Sentence, token: Token) -> str | None:
    """Return the class of a noun that speaks of a control; None for any other token."""
    if token.lower_ in ("those", "ones") and _described_by(token)[0] is not None:
        return "control"
    if token.pos_ not in ("NOUN", "PROPN") or token.dep_ == "compound":
        return None
    if any(child.lower_ in ("daily", "speed", "age", "price") for child in token.lefts):
        return None
    lemma = token.lemma_.lower()
    if lemma in ("list", "blacklist"):
        words = " ".join(part.lower_ for part in phrase_of(token))
        if _is_of_goods(token):
            return "control"
        if lemma == "blacklist" or any(word in words for word in wordset("lists")):
            return "list"
        verb, _ = _ruled_by(token)
        is_moved = verb is not None and verb.lemma_.lower() in _MOVING
        return "list" if is_moved and names_on(sentence, sentence.span) else None
    if lemma in ("probe", "investigation", "inquiry", "review"):
        return "probe" if _PROBES.search(" ".join(part.text for part in token.subtree)) else None
    if any(part.lemma_.lower() in wordset("breaches") for part in token.ancestors if part.pos_ == "NOUN"):
        return None
    for sort in noun_sorts(lemma):
        if sort == "talks" and (not _names_states(sentence) or _is_beside(token)):
            continue
        if lemma in ("meeting", "discussion", "consultation", "dialogue") and not _BETWEEN.search(
            sentence.text
        ):
            continue
        if lemma == "act" and not _IN_PARLIAMENT.search(sentence.text):
            continue
        if sort in _NEEDING and not _is_of_the_trade(sentence, token):
            verb = governor_of(token)
            if sort != "licence" or verb is None or not set(classes_of(verb)) & {"grant", "revoke"}:
                continue
        return "control" if sort == "weak" else sort
    return None


def _is_of_goods(noun: Token) -> bool:
    """Return whether a list is one of goods, not of parties: 'adds 23 items to its export control list'."""
    verb, _ = _ruled_by(noun)
    words = list(noun.subtree)
    if verb is not None:
        words += [child for child in verb.children if child.dep_ in ("dobj", "nsubjpass")]
    lemmas = {word.lemma_.lower() for word in words if word != noun}
    return bool(lemmas & {"item", "type", "product", "good", "technology"}) and not lemmas & {
        "entity",
        "company",
        "firm",
    }


def _names_states(sentence: Sentence) -> bool:
    """Return whether a sentence names states, or allies."""
    return bool(sentence.named("country")) or any(token.lemma_.lower() == "ally" for token in sentence.span)


def _is_beside(noun: Token) -> bool:
    """Return whether talks only tell when something else was, or what a source knows of."""
    return noun.head.lower_ in _BESIDE or any(
        up.lemma_.lower() in ("brief", "familiar", "privy") for up in noun.ancestors
    )


_BESIDE = frozenset(("after", "during", "following", "amid", "before", "ahead"))
"""Words after which talks only tell when something else was."""

_BETWEEN = re.compile(r"(?i)\b(?:with|between|delegations|sides|leaders|negotiators)\b")
_IN_PARLIAMENT = re.compile(
    r"(?i)\b(?:bill|legislation|lawmakers?|introduced?|passage|passed|would|senat\w+|congress)\b"
)
_PROBES = re.compile(
    r"(?i)anti-?trust|anti-?dumping|anti-?monopoly|discriminat|security|section \d|cyber|subsid"
)

_NEEDING = frozenset(("weak", "bill", "probe", "subsidy", "licence", "asking"))
"""Classes whose nouns mean a control only beside a word of the trade."""


def _is_of_the_trade(sentence: Sentence, token: Token) -> bool:
    """Return whether a noun's own phrase, or what it is about, names something of the trade."""
    words = phrase_of(token)
    verb, _ = _ruled_by(token)
    if verb is not None and set(classes_of(verb)) & _PUBLISHING:
        words = [
            *words,
            *(one for child in verb.children if child.dep_ in ("prep", "dobj") for one in child.subtree),
        ]
    for child in token.children:
        if child.dep_ in ("acl", "relcl", "appos"):
            words = [*words, *child.subtree]
    if any(word.lemma_.lower() in wordset("trade") for word in words if word != token):
        return True
    if (
        verb is not None
        and set(classes_of(verb)) & {"suspend", "lift"}
        and names_on(sentence, words, "party")
    ):
        return True
    return bool(names_on(sentence, words, "item"))


_PUBLISHING = frozenset(("announce", "impose", "lift", "suspend", "propose"))


def acts_of_noun(noun: Token, sort: str) -> list[Act]:
    """Return the acts of a control noun: by the verb that describes it, and by the one that governs it."""
    acts = []
    for verb, relation in dict.fromkeys((_described_by(noun), _ruled_by(noun))):
        classes = classes_of(verb) if verb is not None else ()
        if verb is not None and takes_effect(verb):
            classes = ("effective",)
        stage, doing = _stage(sort, classes, relation)
        if verb is not None and stage is not None:
            acts.append(Act(noun, noun, verb, verb, stage, sort, doing, relation))
    ruler = _ruled_by(noun)[0]
    if (
        sort == "licence"
        and ruler is not None
        and any(child.lower_ == "available" for child in ruler.children)
    ):
        return [Act(noun, noun, ruler, ruler, "eased", sort, "grant", "subject")]
    if (
        sort == "licence"
        and ruler is not None
        and ruler.lemma_ in ("apply", "file", "seek")
        and _is_needed(ruler)
    ):
        return [Act(noun, noun, ruler, ruler, "in_force", sort, "require", "object")]
    if len(acts) == 2 and (acts[1].doing in ("stand", "restrict", acts[0].doing) and not _is_asked(acts[1])):
        acts = acts[:1]
    for token in noun.ancestors if not acts else ():
        if token.dep_ == "pobj" or token.lower_ in ("of", "on", "to"):
            continue
        stage = table("nominal").get(token.lemma_.lower())
        if stage is not None and sort != "licence":
            acts.append(Act(noun, noun, None, governor_of(token), stage, sort))
        break
    if not acts and sort in table("mentioned"):
        acts.append(Act(noun, noun, None, governor_of(noun), table("mentioned")[sort], sort))
    return acts


def _is_needed(verb: Token) -> bool:
    """Return whether something must be done: 'will need to apply for a licence'."""
    return any(up.lemma_ in ("need", "require", "have", "oblige") for up in governors(verb)) or any(
        child.lower_ in ("must", "should") for child in verb.children
    )


def _is_asked(act: Act) -> bool:
    """Return whether an act is only hoped for, asked or weighed."""
    return any(operators_of(verb) for verb in governors(act.carrier))


def _described_by(noun: Token) -> tuple[Token | None, str]:
    """Return the verb that describes a noun: 'restrictions imposed by', 'limits the US has placed'."""
    is_licence = "licence" in noun_sorts(noun.lemma_.lower())
    # The parser hangs 'imposed by Washington' on the goods: 'a tariff on Chinese goods imposed by Washington'.
    below = [
        child
        for prep in noun.children
        if prep.dep_ == "prep"
        for pobj in prep.children
        for child in pobj.children
        if child.dep_ == "acl" and any(one.dep_ == "agent" for one in child.children)
    ]
    for child in (*noun.children, *below):
        if child.dep_ in ("acl", "relcl") and is_verb(child):
            known = set(classes_of(child)) & (_GIVING if is_licence else _DESCRIBING)
            is_to = is_infinitive(child)
            has_subject = any(
                grand.dep_ == "nsubj" and grand.lower_ not in ("that", "which") for grand in child.children
            )
            if known and not is_to and (child.tag_ in ("VBN", "VBD") or has_subject):
                return child, "object"
    return None, ""


_GIVING = frozenset(("grant", "revoke", "suspend"))
_DESCRIBING = frozenset(
    ("impose", "announce", "restrict", "lift", "ease", "suspend", "propose", "agree", "grant")
)


def _ruled_by(noun: Token) -> tuple[Token | None, str]:
    """Return the verb whose subject or object a noun is, and which."""
    found = _climbed(noun)
    if found[0] is None and noun.lemma_.lower() in ("list", "blacklist"):
        # 'added A and B to a list': the parser often hangs the list on B.
        moving = [token for token in noun.sent if token.i < noun.i and token.lemma_.lower() in _MOVING]
        return (moving[-1], "object") if moving else found
    return found


_MOVING = frozenset(("add", "place", "put", "remove", "include"))


def _climbed(noun: Token) -> tuple[Token | None, str]:
    current = noun
    while current.head != current:
        up, dep = current.head, current.dep_
        if is_verb(up):
            if dep in ("nsubj", "csubj"):
                # 'had their licences revoked': the participle has the noun for its object.
                return up, ("object" if up.tag_ == "VBN" and not _has_auxiliary(up) else "subject")
            return (None, "") if dep in ("advcl", "ccomp") else (up, "object")
        if dep in ("relcl", "acl"):
            return None, ""
        if up.pos_ in ("NOUN", "PROPN") and dep == "prep" and up.lemma_.lower() not in wordset("carriers"):
            return None, ""
        if dep == "prep" and up.pos_ not in ("NOUN", "PROPN", "ADP", "NUM", "PRON", "DET"):
            return None, ""
        current = up
    return None, ""


def _has_auxiliary(verb: Token) -> bool:
    return any(child.dep_ in ("aux", "auxpass") for child in verb.children)


def _stage(sort: str, classes: tuple[str, ...], relation: str) -> tuple[str | None, str | None]:
    """Return the stage of a noun with its verb, and the class of the verb that gives it."""
    pairs = table("pairs")
    if sort == "list":
        doing = next((name for name in classes if relation == "object" and name in table("on_list")), None)
        return (table("on_list")[doing], doing) if doing else (None, None)
    if sort == "talks":
        return ("considering", "consider") if relation else (None, None)
    if sort in ("probe", "subsidy"):
        return "in_force", "impose"
    if sort == "bill":
        return "proposed", "propose"
    if sort == "asking":
        return ("refused", "refuse") if "refuse" in classes else ("urged", "urge")
    if relation == "subject" and "effective" in classes:
        return "in_force", "stand"
    if relation == "subject":
        return (pairs["stand"].get(sort), "stand") if "stand" in classes else (None, None)
    order = ("require", "revoke", "grant", "ease", "lift") if sort == "licence" else ()
    for doing in (*(name for name in order if name in classes), *classes):
        stage = pairs.get(doing, {}).get(sort)
        if stage is not None and doing != "stand":
            return stage, doing
    return None, None


def takes_effect(verb: Token) -> bool:
    """Return whether a verb says that something begins to bind: 'took effect', 'is effective', 'kicks in'."""
    if lemma_of(verb) == "kick in" or (
        verb.lemma_ == "kick" and any(child.lower_ == "in" for child in verb.children)
    ):
        return True
    words = {child.lower_ for child in verb.children} | {
        one.lower_ for child in verb.children if child.dep_ == "prep" for one in child.children
    }
    return verb.lemma_ in ("take", "be", "become", "come", "enter", "go") and bool(
        words & {"effect", "effective", "force"}
    )
