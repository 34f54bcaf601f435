"""Who evades, through whom, and where the goods end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tidegate.claims.extract.grammar import agents_of, conjuncts, objects_of, subjects_of
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.extract.who import Who, firm_country, names_on, slug, who_of
from tidegate.claims.lexicon import lexicon

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["end_of", "evaders_of", "through_of"]

_ACCUSING = frozenset(
    (
        "charge",
        "indict",
        "arrest",
        "accuse",
        "investigate",
        "probe",
        "detain",
        "sentence",
        "fine",
        "convict",
        "prosecute",
    )
)
_AUTHORITIES = frozenset(("bis", "us-commerce", "mofcom"))
_PEOPLE = frozenset(
    ("man", "woman", "people", "person", "citizen", "national", "individual", "resident", "executive", "businessman",
     "smuggler",
     "trader", "dealer", "businesswoman", "employee", "suspect", "engineer", "men", "broker", "distributor", "reseller")
)  # fmt: skip


def evaders_of(sentence: Sentence, word: Token, stage: str, last: tuple[str, ...]) -> tuple[str, ...]:
    """Return who is said to evade: the accused, else who does it, else the Chinese firm named.

    last: those a sentence before said to evade, for 'the group' and 'they'.
    """
    for verb in sentence.span:
        if verb.lemma_.lower() in _ACCUSING and verb.pos_ == "VERB":
            found = _slugs(sentence, objects_of(verb), last)
            if not found and verb.dep_ == "acl":
                found = _slugs(sentence, [verb.head], last)
            if found:
                return found
    doer = _of_noun(sentence, word, last)
    verb = word
    while not doer:
        doer = _slugs(sentence, agents_of(verb) or subjects_of(verb), last)
        if verb.head == verb:
            break
        verb = verb.head
        doer = doer or (_of_noun(sentence, verb, last) if verb.pos_ == "NOUN" else ())
    if doer:
        return doer
    chinese = [name.id for name in sentence.named("party") if firm_country(name.id) == "CN"]
    if chinese and stage != "alleged":
        return tuple(dict.fromkeys(chinese))
    if any(token.lower_ in ("group", "they", "suspect", "defendants") for token in sentence.span):
        return last
    return ()


def _of_noun(sentence: Sentence, word: Token, last: tuple[str, ...]) -> tuple[str, ...]:
    """Return who stands with a noun of evasion: 'smuggling by X', 'for X to evade', 'X's evasion'."""
    found: list[Token] = []
    for child in word.children:
        if child.dep_ == "poss":
            found.append(child)
        if child.dep_ in ("prep", "agent") and child.lower_ == "by":
            found += [one for below in child.children if below.dep_ == "pobj" for one in conjuncts(below)]
    if word.lemma_.lower() == "smuggler":
        return ("smugglers",)
    return _slugs(sentence, found, last)


def _slugs(sentence: Sentence, nouns: Sequence[Token], last: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for noun in nouns:
        if noun.lower_ in ("they", "it", "he", "she", "group", "defendants", "suspects") or (
            noun.lower_ in ("company", "firm", "suspect")
            and any(child.lower_ == "the" for child in noun.children)
        ):
            found += last
            continue
        if noun.lemma_.lower() in _PEOPLE and noun.pos_ == "NOUN":
            found.append(_people(noun))
            continue
        found += [who.id for who in who_of(sentence, noun) if _may_evade(sentence, who, noun)]
    return tuple(dict.fromkeys(one for one in found if one))


def _may_evade(sentence: Sentence, who: Who, noun: Token) -> bool:
    if who.sort == "state":
        if noun.lower_ in ("country", "regime", "government") and who.id == "":
            return False
        return who.id not in ("US", "allies") and noun.lemma_.lower() not in (
            "official",
            "authority",
            "prosecutor",
            "department",
            "customs",
            "lawmaker",
        )
    if who.id in _AUTHORITIES:
        return False
    if who.sort == "firm":
        # 'Nvidia chips' do not evade.
        return bool(names_on(sentence, [noun], "party")) or noun.lemma_.lower() in (
            "company",
            "firm",
            "subsidiary",
            "giant",
        )
    return who.sort == "firms" or (
        who.sort == "other" and noun.pos_ == "PROPN" and noun.ent_type_ in ("PERSON", "ORG")
    )


def _people(noun: Token) -> str:
    """Return people as a slug of their number and kind: 'two-us-citizens'."""
    words = [
        child
        for child in noun.lefts
        if child.dep_ in ("nummod", "amod", "compound", "nmod") and child.lower_ not in ("several", "alleged")
    ]
    return slug(" ".join([*(one.text for one in words), noun.text]).replace(".", ""))


def through_of(sentence: Sentence, ends: tuple[str, ...], evaders: tuple[str, ...]) -> tuple[str, ...]:
    """Return the places and parties that goods go through."""
    found: list[str] = []
    for token in sentence.span:
        if token.dep_ in ("prep", "agent") and token.lower_ in (
            "through",
            "via",
            "in",
            "from",
            "using",
            "for",
        ):
            below = list(token.subtree)
            if token.lower_ != "for":
                found += [
                    name.id for name in names_on(sentence, below, "country") if name.id not in ("CN", "US")
                ]
            if token.lower_ in ("through", "via", "for"):
                found += [name.id for name in names_on(sentence, below, "party")]
    for hit in lexicon("evasions")["between"].finditer(sentence.text):
        word = slug(hit.group())
        plural = {
            "third-country": "third-countries",
            "front-company": "front-companies",
            "shell-company": "shell-companies",
        }
        if not found:
            found.append(plural.get(word, word))
    return tuple(one for one in dict.fromkeys(found) if one not in ends and one not in evaders)


def end_of(story: Story, sentence: Sentence, evaders: tuple[str, ...]) -> tuple[str, ...]:
    """Return where the goods end: the firm or place named after 'to', else China where the story names it."""
    firms: list[str] = []
    places: list[str] = []
    for token in sentence.span:
        if token.dep_ in ("prep", "dative") and token.lower_ in ("to", "into", "with", "inside", "in"):
            below = [one for child in token.children if child.dep_ == "pobj" for one in child.subtree]
            firms += [
                name.id for name in names_on(sentence, below, "party")
                if firm_country(name.id) == "CN" and name.id not in evaders and token.lower_ != "in"
            ]  # fmt: skip
            if token.lower_ in ("to", "into"):
                places += [name.id for name in names_on(sentence, below[:4], "country") if name.id != "US"]
    if firms:
        return tuple(dict.fromkeys(firms))
    if places and places[0] in ("RU", "IR", "KP"):
        return (places[0],)
    if any(firm_country(one) == "CN" for one in evaders):
        return ("CN",)
    return ("CN",) if any(name.id == "CN" for name in story.names) else tuple(dict.fromkeys(places))[:1]
