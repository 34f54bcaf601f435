"""Whose word stands in a sentence, and which of its words it covers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.claims.extract.attribution_speakers import (
    Speaker, houses_in, outlets_in, speaker_of, words_of,
)  # fmt: skip
from tidegate.claims.extract.grammar import SUBJECTS, conjuncts, is_verb
from tidegate.claims.extract.story import Sentence, Story

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["Voice", "voices_in"]


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody's word in a sentence. covers: the numbers of the tokens that are it; own: those that say so."""

    speaker: Speaker
    covers: frozenset[int]
    own: frozenset[int]


def voices_in(story: Story, sentence: Sentence, depth: int = 0) -> list[Voice]:
    """Return the voices of a sentence. depth: how many times a 'he' or 'it' was followed to get here."""
    found: list[Voice] = []
    for token in sentence.span:
        if is_verb(token):
            found += _of_verb(story, sentence, token, depth)
        if token.lower_ in ("according", "citing", "per") and token.dep_ != "pobj":
            found += _of_preposition(story, sentence, token, depth)
        elif token.lower_ == "reportedly":
            clause = _clause(token)
            found.append(Voice(Speaker((), "reported"), _below(clause), frozenset((token.i,))))
    return found


def _is_own(story: Story, noun: Token, speaker: Speaker) -> bool:
    """Return whether a source is the outlet's own arithmetic ('according to Reuters calculations')."""
    return noun.lemma_.lower() in ("calculation", "tally", "count") and (
        not speaker.source or speaker.source[0] in outlets_in(story.outlet or "")
    )


def _below(token: Token) -> frozenset[int]:
    return frozenset(one.i for one in token.subtree)


def _clause(token: Token) -> Token:
    """Return the head of the clause that a word of attribution speaks of: the sentence's unless inside one."""
    current = token
    while current.head != current:
        if current != token and (
            current.dep_ == "relcl"
            or (current.dep_ == "acl" and current.i < token.i)
            or (current.dep_ == "advcl" and any(child.dep_ == "mark" for child in current.children))
        ):
            return current
        current = current.head
    return current


def _of_preposition(story: Story, sentence: Sentence, token: Token, depth: int) -> list[Voice]:
    """Return the voices of 'according to A and B' or 'citing A'."""
    nouns = [
        noun
        for child in token.subtree
        if child.dep_ in ("pobj", "dobj") and child.head in (token, *token.children)
        for noun in conjuncts(child)
    ]
    clause = _clause(token)
    own = _below(token)
    speakers = [_resolved(story, sentence, noun, depth) for noun in nouns]
    return [Voice(one, _below(clause) - own, own) for one in _alike(nouns, speakers)]


def _alike(nouns: Iterable[Token], speakers: Iterable[Speaker | None]) -> list[Speaker]:
    """Return speakers named together; a name that stands beside an outlet's is an outlet's too."""
    kept = [one for one in speakers if one is not None]
    if any(one.certainty == "reported" for one in kept) and len(kept) > 1:
        return [
            Speaker(one.source, "reported") if one.certainty in ("official", "analyst") and not one.leans else one
            for one in kept
        ]
    return kept


def _of_verb(story: Story, sentence: Sentence, verb: Token, depth: int) -> list[Voice]:
    lemma = verb.lemma_.lower()
    says, publishes, gives = (lemma in words_of(key) for key in ("say", "publish", "give"))
    if lemma in words_of("change"):
        gives = any(child.dep_ == "dobj" and child.lemma_.lower() in words_of("prospect") for child in verb.children)
    if not (says or publishes or gives):
        return []
    nouns = _subjects(verb)
    if any(child.dep_ == "auxpass" for child in verb.children):
        return _of_passive(story, sentence, verb, nouns, depth)
    clausal = _has_word(verb)
    found = []
    for one in _alike(nouns, [_resolved(story, sentence, noun, depth) for noun in nouns]):
        if not clausal:
            is_plain = says and lemma not in words_of("only_with_clause")
            given = (publishes or gives) and (one.office or one.certainty == "analyst") and _is_told(verb)
            if not (is_plain or (given and verb.dep_ != "relcl")):
                continue
        told = [
            name
            for child in verb.children
            if child.dep_ in ("dobj", "dative")
            for name in outlets_in(" ".join(token.text for token in child.subtree if token.i < child.i + 1))
        ]
        speaker = Speaker((*told, *one.source), one.certainty, one.leans, one.office) if told else one
        subject = frozenset(i for noun in nouns if noun.head == verb for i in _below(noun))
        found.append(Voice(speaker, _content(verb) - subject, frozenset((verb.i,)) | subject))
    return found


def _is_told(verb: Token) -> bool:
    return any(child.dep_ in ("dobj", "ccomp") for child in verb.children)


def _of_passive(story: Story, sentence: Sentence, verb: Token, nouns: list[Token], depth: int) -> list[Voice]:
    """Return the voice of 'it is reported that' and of 'Jerome was quoted as saying by the newspaper'."""
    lemma = verb.lemma_.lower()
    if lemma == "report" and any(noun.lower_ == "it" for noun in nouns):
        return [Voice(Speaker((), "reported"), _below(verb), frozenset((verb.i,)))]
    if lemma in ("quote", "cite"):
        return [
            Voice(one, _content(verb), frozenset((verb.i,)))
            for one in (_resolved(story, sentence, noun, depth) for noun in nouns)
            if one is not None
        ]
    return []


def _subjects(verb: Token) -> list[Token]:
    current, seen = verb, 0
    while seen < 4:
        found = [child for child in current.children if child.dep_ in SUBJECTS]
        if found:
            if current.dep_ == "relcl" and found[0].lower_ in ("who", "which", "that"):
                return [current.head]
            return [noun for one in found for noun in conjuncts(one)]
        if current.dep_ == "acl" and current.tag_ in ("VBG", "VBN"):
            return [current.head] if current.tag_ == "VBG" else []
        if current.dep_ == "pcomp" and current.head.lower_ == "as" and current.head.head.lemma_ in ("quote", "cite"):
            return [child for child in current.head.head.children if child.dep_ == "dobj"]
        if current.dep_ not in ("conj", "xcomp", "advcl", "pcomp") or not is_verb(current):
            return []
        current = current.head if is_verb(current.head) or current.dep_ != "pcomp" else current.head.head
        if not is_verb(current):
            return []
        seen += 1
    return []


def _has_word(verb: Token) -> bool:
    """Return whether what a verb says is there: a clause below it, or the one it is put into."""
    return any(
        child.dep_ in ("ccomp", "parataxis")
        or (child.dep_ == "xcomp" and verb.lemma_ in ("expect", "anticipate"))
        or (child.dep_ == "prep" and child.lower_ == "as")
        for child in verb.children
    ) or (verb.dep_ in ("parataxis", "ccomp") and verb.i > verb.head.i)


def _content(verb: Token) -> frozenset[int]:
    """Return the tokens that a verb of saying covers.

    Not covered: a clause joined by 'and' that has a subject of its own, and a clause of time, reason or
    contrast that belongs to the saying ('While demand holds, the firm said ...'): those are the outlet's.
    """
    if verb.dep_ in ("parataxis", "ccomp") and not any(
        child.dep_ in ("ccomp", "xcomp") for child in verb.children
    ):
        return _below(verb.head) - _below(verb)
    if verb.dep_ == "advcl" and any(child.lower_ == "as" for child in verb.children):
        return _below(verb.head) - _below(verb)
    covered = _below(verb)
    for child in verb.children:
        joined = child.dep_ == "conj" and any(one.dep_ in SUBJECTS for one in child.children)
        framed = child.dep_ == "advcl" and any(one.dep_ == "mark" for one in child.children)
        leading = child.dep_ in ("prep", "advcl") and child.i < verb.i and _has_verb(child)
        if joined or (framed and child.i < verb.i) or leading:
            covered -= _below(child)
    return covered


def _has_verb(token: Token) -> bool:
    return any(is_verb(one) for one in token.subtree)


def _resolved(story: Story, sentence: Sentence, noun: Token, depth: int) -> Speaker | None:
    """Return a noun's speaker, those that point back resolved."""
    one = speaker_of(sentence, noun)
    if one is None or _is_own(story, noun, one):
        return None
    if not one.leans:
        return one
    if depth >= 3:
        return None
    if one.leans == "report":
        return _report_before(story, sentence) or one
    if one.leans == "note":
        houses = houses_in(story.plain[: sentence.end])
        return Speaker((houses[-1],), "analyst") if houses else None
    return _antecedent(story, sentence, noun, one.leans, depth)


def _antecedent(story: Story, sentence: Sentence, noun: Token, leans: str, depth: int) -> Speaker | None:
    """Return whom 'he', 'it' or 'the company' speaks for: the last speaker, else the last firm named."""
    here = [name for name in sentence.named("party") if name.end - sentence.offset <= noun.idx]
    if leans == "firm" or noun.lower_ == "it":
        if here:
            return Speaker((here[-1].id,), "official", office=True)
    for earlier in reversed(story.sentences[max(0, sentence.index - 3) : sentence.index]):
        voices = [one.speaker for one in voices_in(story, earlier, depth + 1) if one.speaker.certainty]
        for speaker in reversed(voices):
            if leans == "firm" and speaker.certainty != "official":
                continue
            return speaker
        firms = earlier.named("party")
        if firms and noun.lower_ not in ("he", "she"):
            subjects = [
                name for name in firms if any(
                    token.dep_ in SUBJECTS and name.start <= token.idx + earlier.offset < name.end
                    for token in earlier.span
                )
            ]  # fmt: skip
            return Speaker(((subjects or list(firms))[0].id,), "official", office=True)
    return Speaker((), "official", office=True) if leans == "firm" else None


def _report_before(story: Story, sentence: Sentence) -> Speaker | None:
    """Return the outlet or house that 'the report' is by: the last named before, else the first after."""
    named = outlets_in(story.plain[: sentence.end]) or outlets_in(story.plain)[:1]
    return Speaker((named[-1],), "reported") if named else None
