"""What the word of a noun is worth: a firm on the record, an office, an analyst, an outlet, someone unnamed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.claims.extract.attribution_words import body_slug, houses_in, outlets_in, words_of
from tidegate.claims.extract.story import Sentence
from tidegate.claims.extract.who import names_on, slug

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["PRONOUNS", "Speaker", "speaker_of"]

PRONOUNS = frozenset(("he", "she", "it", "they", "who", "which", "that"))


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whom a noun names as a source.

    source: slugs, outermost first. certainty: as in Claim. leans: 'person', 'firm', 'report' or 'note' where
    the noun points back at a source named before ('he', 'the company', 'the report', 'the note'). office:
    whether it is a firm, an agency or a named person, whose announcement is its own word. person: whether it
    is a named person, whose plea is his own word.
    """

    source: tuple[str, ...]
    certainty: str
    leans: str = ""
    office: bool = False
    person: bool = False


def speaker_of(sentence: Sentence, token: Token) -> Speaker | None:
    """Return whom a noun names as a source; None where it is nobody's word."""
    lemma = token.lemma_.lower()
    if token.lower_ in PRONOUNS:
        return Speaker((), "", "person")
    inner = _members_of(token)
    if inner is not None:
        return speaker_of(sentence, inner)
    near, far = _near(token), _far(token)
    name, told = _text(near), _text([*near, *far])
    lemmas = {one.lemma_.lower() for one in near} | {one.lower_ for one in near}
    wide = lemmas | {one.lemma_.lower() for one in far}
    person = _person_on(token)
    if person is not None:
        analyst = bool(wide & words_of("think")) or (
            bool(houses_in(told)) and not names_on(sentence, far, "party")
        )
        return Speaker((slug(person),), "analyst" if analyst else "official", office=True, person=True)
    if houses_in(name) and lemma != "market" and not (lemma in words_of("report") and outlets_in(told)):
        return Speaker((houses_in(name)[0],), "analyst")
    if lemma in words_of("unnamed"):
        return Speaker((*outlets_in(told), "unnamed"), "unnamed")
    if outlets_in(name):
        return Speaker((outlets_in(name)[0],), "reported")
    if lemmas & words_of("analyst") and token.ent_type_ != "PERSON":
        return Speaker((houses_in(told)[0] if houses_in(told) else _plural(lemma),), "analyst")
    if lemma in words_of("report") and not (lemma == "paper" and lemmas & words_of("agency")):
        return _of_report(sentence, near, told, lemma)
    if lemma in words_of("document") or lemma == "paper":
        return _of_document(sentence, near, far, told, wide)
    return _of_party(sentence, token, near, far, lemmas, wide)


def _of_report(sentence: Sentence, near: Sequence[Token], told: str, lemma: str) -> Speaker | None:
    if names_on(sentence, near, "party"):
        return Speaker((names_on(sentence, near, "party")[0].id,), "official", office=True)
    if outlets_in(told):
        return Speaker(tuple(outlets_in(told)), "reported")
    if lemma == "note":
        return Speaker((), "analyst", "note")
    described = {one.lower_ for one in near}
    if described & {"annual", "earnings", "quarterly", "financial"}:
        return Speaker((), "official", "firm", office=True)
    if lemma in ("media", "medium") or (
        near[-1].tag_ == "NNS" and not described & {"the", "these", "those", "its"}
    ):
        return Speaker(("media-reports",), "reported")
    return Speaker((), "reported", "report")


def _of_document(
    sentence: Sentence, near: Sequence[Token], far: Sequence[Token], told: str, wide: set[str]
) -> Speaker | None:
    """Return who speaks by a paper or a table: its owner, else the paper itself."""
    head = near[-1]
    owners = names_on(sentence, [*near, *far], "party")
    if wide & words_of("agency") or names_on(sentence, [*near, *far], "country"):
        named = [one for one in far if one.pos_ == "PROPN"]
        return Speaker((body_slug(_text(named) or _text(near)),), "official", office=True)
    if houses_in(told):
        return Speaker((houses_in(told)[0],), "analyst")
    if owners:
        return Speaker((owners[0].id,), "official", office=True)
    if outlets_in(told):
        return Speaker((outlets_in(told)[0],), "reported")
    if head.lemma_.lower() in words_of("figures"):
        owner = [one for one in (*near, *far) if one.pos_ == "PROPN"]
        return Speaker((slug(_text(owner)),), "analyst") if owner else None
    return Speaker((body_slug(_text(near)),), "official", office=True)


def _of_party(
    sentence: Sentence,
    token: Token,
    near: Sequence[Token],
    far: Sequence[Token],
    lemmas: set[str],
    wide: set[str],
) -> Speaker | None:
    lemma, name = token.lemma_.lower(), _text(near)
    firms, states = names_on(sentence, near, "party"), names_on(sentence, near, "country")
    is_firm_noun = lemma in words_of("firm")
    if firms and not (is_firm_noun and token.tag_ == "NNS"):
        return Speaker((firms[0].id,), "official", office=True)
    if lemma in words_of("anonymous"):
        is_body = bool(states or lemmas & words_of("agency")) and token.tag_ in ("NNS", "NNPS")
        if is_body and not lemmas & words_of("veiled"):
            return Speaker((body_slug(name),), "official")
        return Speaker((*outlets_in(_text([*near, *far])), "unnamed"), "unnamed")
    if lemma in words_of("office"):
        return _of_office(sentence, near, far)
    if is_firm_noun:
        if token.tag_ in ("NNS", "NNPS"):
            return None
        if lemmas & {"the", "its", "this"}:
            return Speaker((), "official", "firm", office=True)
        return Speaker((slug(name),), "unnamed")
    if lemma == "agency" and lemmas & {"price", "pricing", "rating", "research", "data"}:
        return Speaker((slug(name),), "analyst")
    if lemmas & words_of("agency"):
        state = "administration" in lemmas or "government" in lemmas
        return Speaker((body_slug(name),), "official", office=not state)
    if states:
        return Speaker((body_slug(name),), "official")
    if token.pos_ == "PROPN" and lemma not in words_of("not_speaking"):
        return Speaker((slug(name),), "analyst" if wide & words_of("think") else "official", office=True)
    return None


def _of_office(sentence: Sentence, near: Sequence[Token], far: Sequence[Token]) -> Speaker:
    """Return the word of a spokesman or a chief: unnamed where he speaks for a firm that is kept back."""
    masked = any(one.lemma_.lower() in words_of("firm") for one in far) and not any(
        one.pos_ == "PROPN" and not names_on(sentence, [one], "country") for one in (*near, *far)
    )
    if masked and any(one.lower_ in ("a", "an", "one") for one in far):
        return Speaker((slug(_text(far)),), "unnamed")
    firms = names_on(sentence, [*near, *far], "party")
    return Speaker((firms[0].id if firms else body_slug(_text(near)),), "official", office=True)


def _members_of(token: Token) -> Token | None:
    """Return whom 'one of the people' is taken from."""
    if token.lemma_.lower() not in (
        "one",
        "two",
        "some",
        "three",
        "several",
        "both",
        "most",
        "group",
        "number",
    ):
        return None
    for child in token.children:
        if child.lower_ == "of":
            return next((one for one in child.children if one.dep_ == "pobj"), None)
    return None


_LEFT = frozenset(
    ("compound", "amod", "poss", "nmod", "nummod", "det", "case", "quantmod", "advmod", "punct", "dep")
)
_TIES = frozenset(("of", "at", "from", "for", "by", "with"))


def _near(token: Token) -> list[Token]:
    """Return a noun with the words before it that describe it."""
    tokens, stack = [], [token]
    while stack:
        one = stack.pop()
        tokens.append(one)
        stack += [child for child in one.children if child.i < one.i and child.dep_ in _LEFT]
    return sorted((one for one in tokens if not one.is_punct), key=lambda one: one.i)


def _far(token: Token) -> list[Token]:
    """Return what a noun is of, at or from, and what stands in apposition to it."""
    found: list[Token] = []
    for child in token.children:
        if child.dep_ == "appos":
            found += _near(child)
            found += [one for tie in child.children if tie.lower_ in _TIES for one in tie.subtree]
        elif child.dep_ == "prep" and child.lower_ in _TIES and child.i > token.i:
            found += [one for one in child.subtree if one.i != child.i]
    return sorted(found, key=lambda one: one.i)


def _text(tokens: Sequence[Token]) -> str:
    """Return tokens as they stand in the text, those far apart joined by one space."""
    text = ""
    for number, token in enumerate(tokens):
        gap = tokens[number - 1].whitespace_ if number and tokens[number - 1].i == token.i - 1 else " "
        text += (gap if number else "") + token.text
    return text


def _person_on(token: Token) -> str | None:
    for one in token.doc.ents:
        if one.label_ == "PERSON" and one.start <= token.i < one.end:
            return str(one.text) if token.pos_ == "PROPN" else None
    return None


def _plural(lemma: str) -> str:
    return lemma if lemma in ("industry", "market") else f"{lemma}s"
