"""Claims about responses: what firms, and governments by other than a control, do because of the controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from tidegate import data
from tidegate.claims.claim import Claim
from tidegate.claims.extract.attribution import attribute
from tidegate.claims.extract.grammar import (
    agents_of, clause_of, governors, is_negated, is_verb, lemma_of, modal_of, own_clause, subjects_of,
)  # fmt: skip
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.extract.subject import items_of
from tidegate.claims.extract.timing import date_of
from tidegate.claims.extract.who import Who, firm_country, names_on, whos_of
from tidegate.records import read_yaml_fast

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["find_responses"]


@cache
def _lexicon() -> Mapping[str, frozenset[str]]:
    words: Mapping[str, list[str]] = read_yaml_fast(data.VOCABULARY / "responses.yaml")
    return {key: frozenset(map(str, entries)) for key, entries in words.items()}


_STAGES = (
    "withdrew_staff",
    "halted",
    "reduced",
    "resumed",
    "stockpiled",
    "redesigned",
    "complied",
    "opposed",
    "supported",
    "invested",
)


def find_responses(story: Story) -> list[Claim]:
    """Return the responses a story tells of, repeats among them."""
    claims = []
    last: tuple[str, ...] = ()
    for sentence in story.sentences:
        for token in sentence.span:
            if is_verb(token) and not is_negated(token):
                claim = _claim(story, sentence, token, last)
                if claim is not None:
                    claims.append(claim)
                    break
        firms = tuple(dict.fromkeys(name.id for name in sentence.named("party")))
        last = firms or last
    return claims


def _claim(story: Story, sentence: Sentence, verb: Token, last: tuple[str, ...]) -> Claim | None:
    lemma = lemma_of(verb)
    whos = whos_of(sentence, subjects_of(verb))
    if any(child.dep_ == "auxpass" for child in verb.children):
        whos = whos_of(sentence, agents_of(verb))
    clause = own_clause(clause_of(verb))
    for stage in _STAGES:
        if lemma not in _lexicon()[stage] or not _fits(sentence, verb, stage, whos, clause):
            continue
        actors = _actors(whos, last)
        if not actors:
            return None
        start, end = sentence.start, sentence.end
        said = attribute(story, sentence, start, end)
        items = items_of(names_on(sentence, clause))
        if stage == "opposed" and said.certainty == "official" and set(said.source) <= set(actors):
            pass
        return Claim(
            kind="response", sentence=story.text[start:end], start=start, actor=actors, stage=stage, items=items,
            target=_target(sentence, clause, actors, stage), date=date_of(story, sentence, verb, clause, False),
            source=said.source, certainty=said.certainty, future=_is_ahead(verb),
        )  # fmt: skip
    return None


def _fits(sentence: Sentence, verb: Token, stage: str, whos: Sequence[Who], clause: Sequence[Token]) -> bool:
    """Return whether who acts, and on what, make a verb a response of a stage."""
    lexicon = _lexicon()
    below = [
        token
        for child in verb.children
        if child.dep_ not in ("nsubj", "nsubjpass", "advcl", "parataxis", "conj")
        for token in child.subtree
    ]
    lemmas = {token.lemma_.lower() for token in below}
    firms = any(
        who.sort in ("firm", "firms", "pronoun") or (who.sort == "other" and who.id) for who in whos
    ) and not any(who.sort == "state" for who in whos)
    has_item = bool(names_on(sentence, below, "item"))
    if stage == "withdrew_staff":
        return firms and bool(lemmas & lexicon["staff"])
    if stage in ("halted", "reduced", "resumed"):
        return (
            firms
            and (bool(lemmas & lexicon["dealings"]) or has_item)
            and not lemmas & {"share", "stock", "index"}
        )
    if stage == "stockpiled":
        return bool(whos) and (has_item or bool(lemmas & {"chip", "stock", "supply", "order", "inventory"}))
    if stage == "redesigned":
        return (
            firms
            and has_item
            and bool(
                lemmas
                & {
                    "market",
                    "china",
                    "comply",
                    "rule",
                    "restriction",
                    "version",
                    "control",
                    "limit",
                    "meet",
                    "export",
                }
            )
        )
    if stage == "complied":
        return firms and bool(
            lemmas
            & {
                "license",
                "licence",
                "rule",
                "regulation",
                "law",
                "control",
                "requirement",
                "permit",
                "approval",
            }
        )
    if stage == "opposed":
        by_firm_or_state = any(who.sort in ("firm", "firms", "state", "other") for who in whos)
        words = lemmas & lexicon["opposition"]
        return by_firm_or_state and bool(words) and _is_against(verb, lemmas)
    if stage == "supported":
        return firms and bool(lemmas & lexicon["opposition"])
    if stage == "invested":
        ours = any(who.sort in ("firm", "firms", "state") for who in whos)
        return (
            ours
            and bool(lemmas & lexicon["building"])
            and bool(
                lemmas
                & {
                    "domestic",
                    "self-sufficiency",
                    "self-reliance",
                    "local",
                    "own",
                    "billion",
                    "alternative",
                    "homegrown",
                    "independence",
                    "sufficiency",
                    "reliance",
                }
            )
        )
    return False


_PLAIN = frozenset(
    (
        "oppose",
        "slam",
        "criticize",
        "criticise",
        "condemn",
        "protest",
        "denounce",
        "blast",
        "decry",
        "lambast",
        "deplore",
        "object",
        "complain",
        "lobby",
        "rebuke",
    )
)


def _is_against(verb: Token, lemmas: set[str]) -> bool:
    """Return whether a verb that can be neutral is used against something."""
    lemma = verb.lemma_.lower()
    if lemma in _PLAIN:
        return True
    return bool(
        lemmas
        & {
            "concern",
            "dissatisfaction",
            "opposition",
            "hurt",
            "hamper",
            "harm",
            "backfire",
            "damage",
            "sour",
            "countermeasure",
            "abuse",
            "suppression",
            "bullying",
            "discriminatory",
            "unfair",
            "claim",
            "undermine",
            "disrupt",
            "wrong",
            "bully",
            "overstretch",
            "hinder",
            "objection",
            "protest",
            "containment",
            "retaliate",
            "politicize",
            "unilateral",
        }
    )


def _actors(whos: Sequence[Who], last: tuple[str, ...]) -> tuple[str, ...]:
    named = [who.id for who in whos if who.id and who.sort in ("firm", "firms", "state")]
    if named:
        return tuple(dict.fromkeys(named))
    if any(who.sort == "pronoun" or (who.sort in ("firms",) and not who.id) for who in whos):
        return last[:1]
    return tuple(who.id for who in whos if who.id and who.sort == "other")


def _target(
    sentence: Sentence, clause: Sequence[Token], actors: tuple[str, ...], stage: str
) -> tuple[str, ...]:
    countries = [firm_country(actor) or actor for actor in actors]
    firms = [name.id for name in names_on(sentence, clause, "party") if name.id not in actors]
    chinese = [firm for firm in firms if firm_country(firm) == "CN"]
    if chinese and "CN" not in countries:
        return tuple(dict.fromkeys(chinese))
    places = []
    for name in names_on(sentence, clause, "country"):
        if name.id in actors or (name.id in countries and stage not in ("opposed", "supported", "complied")):
            continue
        tokens = [token for token in clause if name.start <= token.idx + sentence.offset < name.end]
        if not tokens:
            continue
        head = tokens[-1]
        whos = whos_of(sentence, [head.head if head.dep_ in ("amod", "compound", "poss") else head])
        places += [who.id for who in whos if who.sort in ("firms",) and who.id] or [name.id]
    return tuple(dict.fromkeys(places))[:1]


def _is_ahead(verb: Token) -> bool:
    chain = [verb, *governors(verb)]
    return any(
        is_verb(one) and modal_of(one) in ("will", "would", "may", "could", "might", "shall") for one in chain
    ) or any(one.lemma_ in ("plan", "intend", "expect", "aim") for one in chain[1:])
