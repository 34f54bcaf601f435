"""What the verbs above an act make of it: wished, asked, planned, denied, ahead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tidegate.claims.extract.act import Act, operators_of, wordset
from tidegate.claims.extract.grammar import SUBJECTS, governors, is_negated, is_verb, modal_of, subjects_of
from tidegate.claims.extract.story import Sentence
from tidegate.claims.extract.who import whos_of

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["governed"]


def governed(sentence: Sentence, act: Act) -> Act | None:
    """Return an act with the stage that the verbs above it give; None where the story denies or only asks it."""
    inner = act.carrier
    stage, future, top, asked = act.stage, False, act.top, None
    describes = act.noun is not None and act.verb is not None and act.verb.head == act.noun
    chain = [] if describes else list(governors(inner))
    if any(up.lemma_.lower() in ("deny", "dismiss", "refute") for up in inner.ancestors):
        return None
    done = [verb for verb in (act.verb, *chain) if verb is not None and is_verb(verb)]
    if any(is_negated(verb) for verb in done):
        barred = act.doing == "barred" or (
            act.doing in ("ease", "grant")
            and act.verb is not None
            and act.verb.lemma_.lower() in wordset("allowing")
        )
        refused = (
            act.sort == "licence" and act.doing == "grant" and act.verb is not None and is_negated(act.verb)
        )
        if not barred and not refused:
            return None
        ahead = any(modal_of(verb) in ("will", "wo", "would") for verb in done)
        return replace(act, stage="in_force", doing="barred", future=ahead)
    if (
        any(
            child.lower_ in ("whether", "if") and child.dep_ == "mark"
            for verb in done
            for child in verb.children
        )
        and stage != "considering"
    ):
        stage, future = "considering", True
    if any(verb.lemma_.lower() in wordset("purposes") and _is_passive(verb) for verb in chain):
        return None
    below = inner
    for verb in chain:
        lemma = verb.lemma_.lower()
        for operator in operators_of(verb):
            if operator == "ahead":
                future = True
            elif operator == "urged" and not _is_governments(sentence, verb):
                return None
            elif operator != "announced" or not any(child.dep_ in SUBJECTS for child in below.children):
                stage = operator
                asked = verb if operator == "urged" else asked
        if lemma in ("want", "seek", "expect", "get", "push") and _others_act(sentence, verb, below):
            stage, asked, future = "urged", verb, False
        if is_verb(verb) and lemma not in wordset("saying"):
            top = verb
        below = verb
    if act.doing == "urge":
        asked = act.verb
    modals = {modal for verb in done if (modal := modal_of(verb))} if act.verb is not None else set()
    if (
        act.sort == "licence"
        and act.doing == "grant"
        and (modals & {"must", "should"} or any(verb.lemma_ in ("need", "require", "have") for verb in chain))
    ):
        stage = "in_force"
    elif act.relation == "subject" and modals:
        future = True
    elif modals & {"may", "might", "could"} and stage not in ("urged", "considering", "proposed"):
        stage, future = "considering", True
    elif "would" in modals and stage == "in_force" and any(_has_had(verb) for verb in done):
        # 'would have capped': what was published and never came.
        stage, future = "announced", False
    elif modals & {"will", "would", "shall", "'ll", "wo"}:
        future = stage not in ("urged", "refused", "announced")
        if stage == "in_force" and any(
            verb.lemma_ in ("say", "announce", "state", "confirm") for verb in chain
        ):
            # What an authority says that it will do is announced by its saying so.
            stage, future = "announced", False
    if stage in ("considering", "proposed"):
        future = not any(
            child.lemma_ == "have" and child.tag_ == "VBD" for verb in done for child in verb.children
        )
    return replace(act, stage=stage, future=future, top=top, asked=asked)


def _has_had(verb: Token) -> bool:
    return any(child.dep_ == "aux" and child.lower_ == "have" for child in verb.children)


def _others_act(sentence: Sentence, verb: Token, below: Token) -> bool:
    """Return whether what a state wants is that another state acts: 'officials want Seoul to restrict'."""
    wanted = [
        child
        for child in (*below.children, *verb.children)
        if child.dep_ in ("nsubj", "dobj") and child.head in (below, verb)
    ]
    others = {
        who.id
        for who in whos_of(sentence, [one for one in wanted if one.head == below or one.dep_ == "dobj"])
        if who.sort == "state"
    }
    mine = {
        who.id
        for who in whos_of(sentence, [child for child in verb.children if child.dep_ == "nsubj"])
        if who.sort == "state"
    }
    return bool(mine and others - mine)


def _is_passive(verb: Token) -> bool:
    return verb.tag_ == "VBN" and not any(child.lemma_ == "have" for child in verb.children)


def _is_governments(sentence: Sentence, verb: Token) -> bool:
    """Return whether a state asks: firms that ask for something oppose or support."""
    subjects = [token for token in subjects_of(verb) if token.pos_ != "PRON"]
    if not subjects:
        return True
    return any(who.sort == "state" for who in whos_of(sentence, subjects))
