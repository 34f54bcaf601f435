"""Claims about measures: a government adopts, weighs, joins, eases or drops a control."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tidegate.catalog import load_catalog
from tidegate.claims.claim import Claim
from tidegate.claims.extract.act import noun_sorts, wordset
from tidegate.claims.extract.acts import Act, find_acts
from tidegate.claims.extract.attribution import attribute
from tidegate.claims.extract.grammar import clause_of, governor_of, is_infinitive, own_clause
from tidegate.claims.extract.items import items_of, items_of_ids
from tidegate.claims.extract.memory import Memory
from tidegate.claims.extract.roles import actors_of, answered, counterparties_of
from tidegate.claims.extract.spans import span_of
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.extract.subject import instruments_of, with_usual
from tidegate.claims.extract.targets import parties_of, usual_target
from tidegate.claims.extract.timing import date_of
from tidegate.claims.extract.who import names_on

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["find_measures"]


def find_measures(story: Story, memory: Memory) -> list[Claim]:
    """Return the measures a story speaks of, repeats among them."""
    claims: list[Claim] = []
    for sentence in story.sentences:
        acts = [] if len(story.sentences) > _SHORT and _is_heading(sentence) else find_acts(sentence)
        memory.published_rule = _published_rule(story, sentence) or memory.published_rule
        found = [
            (claim, act.sort)
            for act in acts
            for claim in _claims_of(story, sentence, act, memory, len(acts) > 1)
        ]
        claims += [claim for claim, _ in found]
        memory.keep(sentence, found)
    return claims


def _claims_of(story: Story, sentence: Sentence, act: Act, memory: Memory, shares: bool) -> list[Claim]:
    """Return the claims of an act. shares: whether its sentence tells of other acts too."""
    near = _near(act)
    clause = sorted(
        {*near, *own_clause(clause_of(act.carrier))},
        key=lambda token: token.i,
    )
    actors = actors_of(sentence, act, memory)
    if actors is None:
        return []
    if act.verb is None and not _tells(sentence, act, near):
        return []
    if act.sort == "refusal" and not answered("refused", "", actors, (), False, memory):
        return []
    start, end = span_of(story, sentence, act.carrier) if shares else (sentence.start, sentence.end)
    said = attribute(
        story, sentence, near[0].idx + sentence.offset, near[-1].idx + len(near[-1]) + sentence.offset
    )
    counterparty = counterparties_of(sentence, act, actors)
    date = date_of(story, sentence, act.carrier, clause, act.future)
    claims = []
    for instrument, items in instruments_of(sentence, act, near, clause, actors, memory):
        if instrument == "revenue_share" and memory.governments["US"]:
            # 'to pay 15% to the government': of all states only Washington has taken such a share.
            actors = ("US",)
        target, affected = _against(sentence, act, (near, clause), instrument, actors, counterparty, memory)
        is_bare = instrument == "general" and not items and act.sort in ("flow", "control")
        if is_bare and (not target or act.verb is None):
            continue
        if not affected and act.sort == "licence":
            named = [name.id for name in sentence.named("party")]
            affected = tuple(dict.fromkeys(one for one in named if one not in target and _is_hit_firm(one)))
        if not affected and said.source and _is_hit_firm(said.source[-1]):
            affected = (said.source[-1],)
        other = counterparty or answered(act.stage, instrument, actors, target, act.future, memory)
        if instrument == "revenue_share" and affected:
            other = affected
        claims.append(
            Claim(
                kind="measure", sentence=story.text[start:end], start=start, actor=actors, stage=act.stage,
                instrument=instrument, items=with_usual(_named(items, memory), instrument),
                target=target, counterparty=other, affected=affected, date=date, source=said.source,
                certainty=said.certainty, future=act.future,
            )
        )  # fmt: skip
    return [_as_told(claim, act, memory) for claim in claims]


def _against(
    sentence: Sentence,
    act: Act,
    scopes: tuple[Sequence[Token], Sequence[Token]],
    instrument: str,
    actors: tuple[str, ...],
    counterparty: tuple[str, ...],
    memory: Memory,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return whom an act is against and whose business it hits, as the kind of act has them."""
    target, affected = parties_of(sentence, scopes, instrument, actors, counterparty, memory)
    if act.doing == "seize":
        return affected, ()
    if act.doing == "hit":
        firms = (one for one in target if one.endswith("-companies"))
        return usual_target(instrument, actors, memory), tuple(dict.fromkeys((*affected, *firms)))
    return target, affected


def _is_hit_firm(source: str) -> bool:
    """Return whether a speaker is a firm outside China that speaks of its own business."""
    party = load_catalog().parties.get(source)
    return party is not None and party.role != "government body" and party.country not in (None, "CN")


def _named(items: tuple[str, ...], memory: Memory) -> tuple[str, ...]:
    """Return the items with plain 'chips' as those for AI where the story is about these."""
    if items in (("chips",), ("logic_chips",)):
        chips = [
            item
            for item in items_of_ids(memory.items)
            if item in ("ai_chips", "chips", "memory_chips", "hbm")
        ]
        if chips.count("ai_chips") >= 2 and chips.count("ai_chips") >= 0.4 * len(chips):
            return ("ai_chips",)
    return items


def _as_told(claim: Claim, act: Act, memory: Memory) -> Claim:
    """Return a claim with the stage that what it describes has: 'the rule bars' tells of the rule announced."""
    subject = next(
        (child for child in (act.verb.children if act.verb is not None else ()) if child.dep_ == "nsubj"),
        None,
    )
    if claim.stage == "announced" and (
        _AT_ONCE.search(claim.sentence) or (claim.instrument == "entity_listing" and act.doing == "announce")
    ):
        claim = replace(claim, stage="in_force")
    if subject is None or claim.stage != "in_force":
        return claim
    lemma = subject.lemma_.lower()
    if lemma in ("bill", "act", "legislation", "proposal"):
        return replace(claim, stage="proposed", future=True)
    if lemma in ("rule", "regulation", "measure", "restriction", "package", "control", "curb"):
        last = next(
            (
                one
                for one in reversed(memory.measures)
                if one.actor == claim.actor and one.stage in ("announced", "proposed")
            ),
            None,
        )
        if last is not None:
            return replace(claim, stage=last.stage, date=claim.date or last.date, future=last.future)
        if memory.published_rule:
            return replace(claim, stage="announced", date=claim.date or memory.published_rule, future=False)
    return claim


_SHORT = 3
"""Sentences of a text that is read whole, headings and all."""

_HEADING = 16
"""Words of the longest line without an end that is taken for a heading: what it says comes again below."""


def _is_heading(sentence: Sentence) -> bool:
    text = sentence.text.strip()
    return text[-1:].isalnum() and len(text.split()) <= _HEADING


def _published_rule(story: Story, sentence: Sentence) -> str | None:
    """Return the day on which 'the new rules, announced on Tuesday' were published; None where none is told."""
    for noun in sentence.span:
        if noun.lemma_.lower() not in (
            "rule",
            "regulation",
            "measure",
            "restriction",
            "package",
            "control",
            "curb",
        ):
            continue
        for verb in noun.children:
            if verb.dep_ == "acl" and verb.lemma_.lower() in (
                "announce",
                "unveil",
                "publish",
                "release",
                "issue",
            ):
                return date_of(story, sentence, verb, list(verb.subtree), False)
    return None


_AT_ONCE = re.compile(
    r"(?i)\b(?:effective immediately|with immediate effect|takes? effect immediately|took effect)\b"
)


def _near(act: Act) -> list[Token]:
    """Return the tokens of an act itself: its noun with all that describes it, or its verb with its objects."""
    head = act.core
    tokens = set(head.subtree)
    for child in head.children if act.noun is not None else ():
        if child.dep_ == "conj" and noun_sorts(child.lemma_.lower()):
            tokens -= set(child.subtree)
    if act.noun is None:
        for child in head.children:
            outer = child.dep_ in ("nsubj", "parataxis") or (
                child.dep_ == "conj" and child.pos_ in ("VERB", "AUX")
            )
            outer = outer or (child.dep_ == "advcl" and not is_infinitive(child))
            if outer:
                tokens -= set(child.subtree)
    return sorted(tokens, key=lambda token: token.i)


def _tells(sentence: Sentence, act: Act, near: Sequence[Token]) -> bool:
    """Return whether a control that is merely mentioned is told of, not only leaned on."""
    assert act.noun is not None
    governor = governor_of(act.noun)
    if governor is not None and governor.lemma_.lower() in wordset("leaning"):
        return False
    if any(child.lower_ in ("their", "respective") for child in act.noun.lefts):
        return False
    if act.sort == "list":
        return bool(sentence.named("party") or sentence.named("country"))
    if act.noun.lemma_.lower() in ("tariff", "duty", "levy"):
        return bool(names_on(sentence, near, "country"))
    items, states = items_of(names_on(sentence, near)), names_on(sentence, near, "country")
    firms = names_on(sentence, near, "party")
    if act.sort == "deal":
        return len({name.id for name in states}) > 1 or bool(items)
    if act.sort in ("bill", "asking"):
        return bool(states or items)
    is_export = any(child.lemma_.lower() == "export" for child in act.noun.lefts)
    return (bool(items or firms or is_export) and bool(states)) or (bool(items) and is_export)
