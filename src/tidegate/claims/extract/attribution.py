"""On whose authority a story says something: the chain of sources, and how certain that makes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tidegate import data
from tidegate.claims.extract.grammar import SUBJECTS, conjuncts, is_verb, phrase_of
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.extract.who import names_on, slug, who_of
from tidegate.records import read_yaml_fast

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["Attribution", "attribute"]


@dataclass(frozen=True, slots=True)
class Attribution:
    """source: slugs, outermost first; empty where the outlet itself asserts. certainty: as in Claim."""

    source: tuple[str, ...] = ()
    certainty: str = "stated"


@dataclass(frozen=True, slots=True)
class _Voice:
    """Somebody's word in a sentence. first, last: the tokens it covers, by number."""

    source: tuple[str, ...]
    certainty: str
    first: int
    last: int


_STRENGTH = {"official": 4, "analyst": 3, "unnamed": 2, "reported": 1, "stated": 0}
"""Which of two sources of one sentence is kept; a named outlet gives way to whom it quotes."""


@cache
def _lexicon() -> Mapping[str, frozenset[str]]:
    words: Mapping[str, list[str]] = read_yaml_fast(data.VOCABULARY / "attribution.yaml")
    return {key: frozenset(str(word).lower() for word in entries) for key, entries in words.items()}


@cache
def _names() -> Mapping[str, re.Pattern[str]]:
    words: Mapping[str, list[str]] = read_yaml_fast(data.VOCABULARY / "attribution.yaml")
    return {
        key: re.compile(
            rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, words[key]), key=len, reverse=True))})(?!\w)"
        )
        for key in ("outlets", "houses")
    }


def attribute(story: Story, sentence: Sentence, start: int, end: int) -> Attribution:
    """Return who says the words between two places of a story."""
    first, last = _tokens(sentence, start, end)
    voices = [voice for voice in _voices(story, sentence) if voice.first <= last and first <= voice.last]
    if not voices and (held := _held(story, sentence)) is not None:
        return held
    if not voices:
        return Attribution()
    chain: list[str] = []
    best = "stated"
    for voice in sorted(voices, key=lambda voice: voice.last - voice.first, reverse=True):
        chain += [one for one in voice.source if one not in chain]
        if _STRENGTH[voice.certainty] > _STRENGTH[best]:
            best = voice.certainty
    outlets = [one for one in chain if one in _outlet_slugs()]
    return Attribution(tuple([*outlets, *(one for one in chain if one not in outlets)]), best)


@cache
def _outlet_slugs() -> frozenset[str]:
    return frozenset(slug(name) for name in _lexicon()["outlets"])


def _tokens(sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    inside = [token.i for token in sentence.span if start <= token.idx + sentence.offset < end]
    return (inside[0], inside[-1]) if inside else (sentence.span.start, sentence.span.end - 1)


def _voices(story: Story, sentence: Sentence) -> list[_Voice]:
    lexicon = _lexicon()
    found: list[_Voice] = []
    for token in sentence.span:
        lemma = token.lemma_.lower()
        if is_verb(token) and (lemma in lexicon["say"] or lemma in lexicon["publish"]):
            found += _of_verb(story, sentence, token, lemma in lexicon["publish"])
        elif token.lower_ == "according" or token.lower_ in ("citing", "per"):
            speakers = [
                one
                for child in token.subtree
                for one in [child]
                if one.dep_ in ("pobj", "dobj") and one.head in (token, *token.children)
            ]
            for speaker in speakers:
                for one in conjuncts(speaker):
                    source, certainty = _speaker(story, sentence, one)
                    found.append(_Voice(source, certainty, *_reach(sentence, token)))
        elif token.lower_ in ("reportedly", "allegedly"):
            found.append(_Voice((), "reported", *_reach(sentence, token)))
    return [voice for voice in found if voice.certainty != "stated"]


def _reach(sentence: Sentence, token: Token) -> tuple[int, int]:
    """Return the tokens that a sentence's word of attribution covers: its own clause, the whole at the top."""
    current = token
    while current.head != current:
        if current.dep_ in ("relcl", "acl") or (
            current.dep_ == "advcl" and any(c.dep_ == "mark" for c in current.children)
        ):
            return current.left_edge.i, current.right_edge.i
        current = current.head
    return sentence.span.start, sentence.span.end - 1


def _of_verb(story: Story, sentence: Sentence, verb: Token, publishes: bool) -> list[_Voice]:
    subjects = [token for child in verb.children if child.dep_ in SUBJECTS for token in conjuncts(child)]
    if not subjects and verb.dep_ in ("conj", "xcomp", "advcl"):
        subjects = [
            token for child in verb.head.children if child.dep_ == "nsubj" for token in conjuncts(child)
        ]
    passive = any(child.dep_ == "auxpass" for child in verb.children)
    if passive:
        is_it = any(token.lower_ == "it" for token in subjects)
        return (
            [_Voice((), "reported", *_reach(sentence, verb))]
            if verb.lemma_ in ("report", "allege") and is_it
            else []
        )
    follows = any(child.dep_ in ("ccomp", "parataxis", "xcomp") for child in verb.children) or verb.dep_ in (
        "parataxis",
        "ccomp",
    )
    if verb.lemma_.lower() in _lexicon()["only_with_clause"] and not follows:
        return []
    found = []
    told = [
        token for child in verb.children if child.dep_ in ("dobj", "dative") for token in conjuncts(child)
    ]
    for subject in subjects:
        source, certainty = _speaker(story, sentence, subject)
        if publishes and not (certainty == "official" and source and _is_agency(subject)):
            continue
        if (
            verb.lemma_.lower()
            in ("expect", "see", "believe", "think", "estimate", "show", "indicate", "suggest", "point")
            and certainty == "stated"
        ):
            continue
        chain = [slug(name) for one in told for name in [_outlet(sentence, one)] if name]
        first, last = _reach(sentence, verb)
        found.append(_Voice((*chain, *source), certainty, first, last))
    return found


def _is_agency(subject: Token) -> bool:
    words = {token.lemma_.lower() for token in phrase_of(subject)}
    return bool(
        words
        & {
            "ministry",
            "department",
            "bureau",
            "bis",
            "mofcom",
            "office",
            "agency",
            "commission",
            "doj",
            "administration",
        }
    ) or (subject.ent_type_ == "PERSON" or bool(words & _lexicon()["office"]))


def _outlet(sentence: Sentence, token: Token) -> str | None:
    words = sentence.text[
        phrase_of(token)[0].idx + sentence.offset - sentence.start : token.idx
        + len(token)
        + sentence.offset
        - sentence.start
    ]
    match = _names()["outlets"].search(words)
    return match.group() if match else None


def _speaker(story: Story, sentence: Sentence, token: Token) -> tuple[tuple[str, ...], str]:
    """Return the slugs of a speaker and what their word is worth; 'stated' where it is nobody's word."""
    lexicon = _lexicon()
    tokens = phrase_of(token)
    for child in token.children:
        if child.dep_ == "appos":
            tokens = sorted([*tokens, *phrase_of(child)], key=lambda one: one.i)
    words = " ".join(one.text for one in tokens)
    lemmas = {one.lemma_.lower() for one in tokens}
    lemma = token.lemma_.lower()
    if token.lower_ in _PRONOUNS:
        return _antecedent(story, sentence)
    house, outlet = _names()["houses"].search(words), _names()["outlets"].search(words)
    if house and lemma not in ("market",):
        return (slug(house.group()),), "analyst"
    if lemmas & lexicon["unnamed"] and lemma in (
        *lexicon["unnamed"],
        "official",
        "executive",
        "two",
        "other",
        "exporter",
    ):
        return ((slug(outlet.group()),) if outlet else ()) + ("unnamed",), "unnamed"
    if outlet:
        return (slug(outlet.group()),), "reported"
    if lemmas & lexicon["analyst"] and token.ent_type_ != "PERSON":
        return (_plural(lemma),), "analyst"
    if lemma in lexicon["report"] and not names_on(sentence, tokens, "party"):
        last = _last_outlet(story, sentence)
        return ((last,) if last else ()), "reported"
    person = next(
        (one for one in sentence.span.ents if one.label_ == "PERSON" and one.start <= token.i < one.end), None
    )
    firms, states = names_on(sentence, tokens, "party"), names_on(sentence, tokens, "country")
    if person is not None and not firms:
        return (slug(person.text),), "official"
    if firms:
        return (firms[0].id,), "official"
    if lemma in ("official", "aide", "officer", "diplomat", "executive") or (
        lemma in ("spokesman", "spokesperson", "spokeswoman") and not states
    ):
        if lemma.startswith("spokes"):
            return (slug(words),), "official"
        return ("unnamed",), "unnamed"
    if states:
        return (slug(words),), "official"
    if lemma in ("company", "firm", "maker", "chipmaker", "group", "manufacturer", "supplier"):
        return _antecedent(story, sentence)
    if lemmas & lexicon["document"]:
        return (slug(words),), "official"
    if lemma in lexicon["office"] or lemma in (
        "ministry",
        "department",
        "government",
        "agency",
        "bureau",
        "customs",
        "authority",
        "prosecutor",
        "court",
    ):
        return (slug(words),), "official"
    whos = who_of(sentence, token)
    if any(who.sort == "firms" for who in whos):
        return (slug(words),), "official"
    if token.pos_ == "PROPN":
        return (slug(words),), "official"
    return (), "stated"


_PRONOUNS = frozenset(("he", "she", "it", "they", "who", "which"))


def _plural(lemma: str) -> str:
    return lemma if lemma in ("industry", "market") else f"{lemma}s"


def _antecedent(story: Story, sentence: Sentence) -> tuple[tuple[str, ...], str]:
    """Return whom 'he', 'it' or 'the company' speaks for: the last speaker, else the last firm named."""
    for earlier in reversed(story.sentences[max(0, sentence.index - 3) : sentence.index]):
        for voice in reversed(_named_voices(story, earlier)):
            return voice.source, voice.certainty
        firms = earlier.named("party")
        if firms:
            return (firms[-1].id,), "official"
    return (), "stated"


def _named_voices(story: Story, sentence: Sentence) -> list[_Voice]:
    """Return the voices of a sentence that name their speaker; pronouns are not followed further back."""
    found = []
    for token in sentence.span:
        if is_verb(token) and token.lemma_.lower() in _lexicon()["say"]:
            subjects = [
                child for child in token.children if child.dep_ == "nsubj" and child.lower_ not in _PRONOUNS
            ]
            for subject in subjects:
                if subject.lemma_.lower() in ("company", "firm"):
                    continue
                source, certainty = _speaker(story, sentence, subject)
                if certainty != "stated":
                    found.append(_Voice(source, certainty, 0, 0))
    return found


def _last_outlet(story: Story, sentence: Sentence) -> str | None:
    """Return the outlet that 'the report' is by: the last one named before, else the first named after."""
    matches = list(_names()["outlets"].finditer(story.plain))
    before = [match for match in matches if match.start() < sentence.end]
    chosen = before[-1] if before else (matches[0] if matches else None)
    return slug(chosen.group()) if chosen else None


def _held(story: Story, sentence: Sentence) -> Attribution | None:
    """Return the speaker of a sentence that stands in a quotation opened before it."""
    paragraph = [
        one for one in story.sentences if one.paragraph == sentence.paragraph and one.index < sentence.index
    ]
    before = "".join(one.text for one in paragraph)
    if not _is_open(before):
        return None
    for earlier in [*reversed(paragraph), *story.sentences[sentence.index + 1 : sentence.index + 2]]:
        for voice in _voices(story, earlier):
            return Attribution(voice.source, voice.certainty)
    return None


def _is_open(text: str) -> bool:
    return text.count('"') % 2 == 1
