"""Who a noun in a story stands for: a state, a firm, firms of a country, or a slug of its own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tidegate import data
from tidegate.catalog import load_catalog
from tidegate.claims.extract.grammar import conjuncts, phrase_of
from tidegate.claims.extract.story import Sentence
from tidegate.claims.mentions import Mention
from tidegate.records import read_yaml_fast

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["Who", "firm_country", "names_on", "slug", "who_of", "whos_of"]


@dataclass(frozen=True, slots=True)
class Who:
    """Someone in a sentence. sort: 'state', 'firm', 'firms', 'speaker', 'pronoun' or 'other'.

    id: ISO code or slug; empty for a pronoun or a noun that leans on what was said before ('the company').
    """

    id: str
    sort: str


@cache
def _nouns() -> Mapping[str, frozenset[str]]:
    words: Mapping[str, list[str]] = read_yaml_fast(data.VOCABULARY / "people.yaml")
    return {key: frozenset(entries) for key, entries in words.items()}


def names_on(sentence: Sentence, tokens: Iterable[Token], kind: str | None = None) -> list[Mention]:
    """Return the catalog's names that stand on some tokens, in order."""
    places = [(token.idx + sentence.offset, token.idx + sentence.offset + len(token)) for token in tokens]
    return [
        name
        for name in sentence.names
        if (kind is None or name.kind == kind) and any(a < name.end and name.start < b for a, b in places)
    ]


def slug(words: str) -> str:
    """Return words as a slug: lower case, joined by hyphens."""
    words = re.sub(r"'s\b", "", words.lower()).replace("u.s.", "us")
    return re.sub(r"[^\w]+", "-", words).strip("-")


def whos_of(sentence: Sentence, tokens: Iterable[Token]) -> list[Who]:
    """Return those whom some nouns stand for, without repeats."""
    found = [who for token in tokens for who in who_of(sentence, token)]
    return list(dict.fromkeys(found))


def who_of(sentence: Sentence, noun: Token) -> list[Who]:
    """Return whom a noun stands for, those in apposition in its place where they have names."""
    for child in noun.children:
        if child.dep_ == "appos":
            named = [
                who
                for one in conjuncts(child)
                for who in _plain(sentence, one)
                if who.sort in ("state", "firm")
            ]
            if named:
                return named
    return _plain(sentence, noun)


def _plain(sentence: Sentence, noun: Token) -> list[Who]:
    lemma = noun.lemma_.lower()
    if noun.pos_ == "PRON" or lemma in ("it", "they", "he", "she", "which", "who", "that"):
        return [Who("", "pronoun")]
    core = [noun, *(token for token in phrase_of(noun) if token.dep_ in _CORE and token.i < noun.i)]
    core += [
        joined
        for token in core
        for joined in token.conjuncts
        if token.dep_ in ("amod", "compound") and joined.i < noun.i
    ]
    on_head = names_on(sentence, [noun])
    for name in on_head:
        if name.kind == "party":
            return [Who(name.id, "firm")]
    nouns = _nouns()
    states = [name.id for name in names_on(sentence, core, "country")]
    firms = [name.id for name in names_on(sentence, core, "party")]
    if lemma in ("ally", "country", "government", "nation", "partner"):
        listed = [name.id for name in names_on(sentence, _listed_under(noun), "country")]
        if listed:
            return [Who(state, "state") for state in dict.fromkeys(listed)]
    if lemma == "ally":
        return [Who("allies", "state")]
    if any(name.kind == "country" for name in on_head) and lemma not in nouns["firm"]:
        return [Who(name.id, "state") for name in on_head if name.kind == "country"]
    if lemma in nouns["speaker"]:
        return [Who("unnamed", "speaker")]
    if lemma in nouns["firm"]:
        if states:
            return [Who(f"{state.lower()}-companies", "firms") for state in states]
        if firms and lemma in ("maker", "giant", "firm", "company", "corporation", "group", "chipmaker"):
            return [Who(firms[-1], "firm")]
        return [Who(_own(noun), "firms")]
    if states and (lemma in nouns["government"] or noun.ent_type_ in ("GPE", "NORP", "ORG", "PERSON")):
        return [Who(state, "state") for state in dict.fromkeys(states)]
    if firms:
        return [Who(firms[0], "firm")]
    if lemma in nouns["government"]:
        return [Who("", "state")]
    return [Who(_own(noun), "other")]


def _listed_under(noun: Token) -> list[Token]:
    """Return the words of a list that spells out a noun: 'countries including Japan and Australia'."""
    return [
        token
        for child in noun.children
        if child.dep_ == "prep" and child.lower_ in ("including", "as", "like") and child.i > noun.i
        for token in child.subtree
    ]


_CORE = frozenset(("compound", "amod", "poss", "nmod", "nummod", "case", "quantmod"))


def _own(noun: Token) -> str:
    """Return a slug of a noun and its describing words; empty where it leans on what was said before."""
    words = [
        token
        for token in noun.children
        if token.dep_ in ("compound", "amod", "nmod", "nummod", "poss") and token.i < noun.i
    ]
    if not words and any(
        child.lower_ in ("the", "its", "their", "both", "these", "this") for child in noun.children
    ):
        return ""
    return slug(" ".join(token.text for token in [*words, noun] if token.lower_ not in _EMPTY))


_EMPTY = frozenset(("its", "their", "his", "her", "some", "several", "many", "certain", "other"))


def firm_country(party: str) -> str | None:
    """Return the country of a firm of the catalog; None for any other slug."""
    known = load_catalog().parties.get(party)
    return known.country if known else None
