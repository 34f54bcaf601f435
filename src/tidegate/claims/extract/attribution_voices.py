"""Whose word stands in a sentence, and which of its words it covers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tidegate.claims.extract.attribution_scope import (
    asides,
    below,
    content_of,
    has_word,
    is_finite,
    is_given_out,
    spoken_of,
    that_after,
)
from tidegate.claims.extract.attribution_speakers import Speaker, speaker_of
from tidegate.claims.extract.attribution_words import houses_in, outlets_in, words_of
from tidegate.claims.extract.grammar import SUBJECTS, conjuncts, is_verb
from tidegate.claims.extract.story import Sentence, Story

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["Voice", "voices_in"]


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody's word in a sentence.

    covers: the numbers of the tokens that are it. own: those that say so. relative: whether they stand in a
    relative clause.
    """

    speaker: Speaker
    covers: frozenset[int]
    own: frozenset[int]
    relative: bool = False


def voices_in(story: Story, sentence: Sentence, depth: int = 0) -> list[Voice]:
    """Return the voices of a sentence. depth: how many times a 'he' or 'it' was followed to get here."""
    found: list[Voice] = []
    for token in sentence.span:
        if is_verb(token):
            found += _of_verb(story, sentence, token, depth)
        if token.lower_ in ("according", "citing", "per") and token.dep_ != "pobj":
            found += _of_preposition(story, sentence, token, depth)
        elif token.lower_ == "reportedly":
            clause = spoken_of(token)
            found.append(Voice(Speaker((), "reported"), below(clause), frozenset((token.i,))))
        elif token.pos_ == "NOUN":
            found += _of_noun(token)
    added = asides(sentence)
    return [
        replace(one, covers=one.covers - added) if not one.relative and not one.own & added else one
        for one in [*found, *_at_the_end(story, sentence, depth)]
    ]


def _of_noun(noun: Token) -> list[Voice]:
    """Return the voice in 'reports that A is ready' and 'analysts' estimate of 3 billion'."""
    lemma = noun.lemma_.lower()
    if lemma == "report" and noun.tag_ == "NNS":
        after = [token for token in noun.sent if noun.i < token.i]
        opening = next((token.i for token in after[:7] if token.lower_ in _OPENING), None)
        if opening is not None and not any(
            token.tag_ in ("VBD", "VBZ", "VBP") for token in after if token.i < opening
        ):
            covered = frozenset(token.i for token in after if token.i > opening)
            return [Voice(Speaker(("media-reports",), "reported"), covered, frozenset((noun.i,)), True)]
    if lemma in ("estimate", "projection", "forecast", "expectation", "consensus"):
        words = [one for one in noun.subtree if one.dep_ in ("poss", "compound", "amod") and one.i < noun.i]
        house = houses_in(noun.doc[noun.left_edge.i : noun.right_edge.i + 1].text)
        if house or any(one.lemma_.lower() in ("analyst", "consensus", "street") for one in words):
            covered = below(noun) | ({noun.head.i} if noun.head.dep_ == "prep" else set())
            speaker = Speaker((house[0] if house else "analysts",), "analyst")
            return [Voice(speaker, frozenset(covered), frozenset((noun.i,)), True)]
    return []


_OPENING = frozenset(("that", "indicating", "suggesting", "saying", "claiming", "alleging"))


def _at_the_end(story: Story, sentence: Sentence, depth: int) -> list[Voice]:
    """Return the voice of ', the ministry announced on Friday', however the parser took it."""
    tokens = [token for token in sentence.span if not token.is_space]
    verbs = [
        token for token in tokens[-8:] if token.tag_ in ("VBD", "VBZ") and token.lemma_.lower() in _ENDING
    ]
    if not verbs or any(token.dep_ in ("dobj", "nsubj") for token in tokens if token.i > verbs[-1].i):
        return []
    verb = verbs[-1]
    commas = [token for token in tokens if token.text == "," and token.i < verb.i]
    if not commas or verb.i - commas[-1].i > 9 or verb.i - commas[-1].i < 2:
        return []
    noun = verb.doc[verb.i - 1]
    while noun.head.i > commas[-1].i and noun.head.i < noun.i and noun.dep_ in ("pobj", "prep", "appos"):
        noun = noun.head
    speaker = _resolved(story, sentence, noun, depth) if noun.pos_ in ("NOUN", "PROPN", "PRON") else None
    if speaker is None:
        return []
    covered = frozenset(token.i for token in tokens if token.i < commas[-1].i)
    return [Voice(speaker, covered, frozenset(range(commas[-1].i, verb.i + 1)))]


_ENDING = frozenset(("say", "announce", "report", "show", "add", "state", "confirm", "tell", "note", "write"))


def _is_own(story: Story, noun: Token, speaker: Speaker) -> bool:
    """Return whether a source is the outlet's own arithmetic ('according to Reuters calculations')."""
    return noun.lemma_.lower() in ("calculation", "tally", "count") and (
        not speaker.source or speaker.source[0] in outlets_in(story.outlet or "")
    )


def _of_preposition(story: Story, sentence: Sentence, token: Token, depth: int) -> list[Voice]:
    """Return the voices of 'according to A and B' or 'citing A'."""
    nouns = [
        noun
        for child in token.subtree
        if child.dep_ in ("pobj", "dobj") and child.head in (token, *token.children)
        for noun in conjuncts(child)
    ]
    clause = spoken_of(token)
    own = below(token)
    speakers = [_resolved(story, sentence, noun, depth) for noun in nouns]
    return [Voice(one, below(clause) - own, own) for one in _alike(nouns, speakers)]


def _alike(nouns: Iterable[Token], speakers: Iterable[Speaker | None]) -> list[Speaker]:
    """Return speakers named together; a name that stands beside an outlet's is an outlet's too."""
    kept = [one for one in speakers if one is not None]
    if any(one.certainty == "reported" for one in kept) and len(kept) > 1:
        return [
            Speaker(one.source, "reported")
            if one.certainty in ("official", "analyst") and not one.leans
            else one
            for one in kept
        ]
    return kept


def _of_verb(story: Story, sentence: Sentence, verb: Token, depth: int) -> list[Voice]:
    lemma = verb.lemma_.lower()
    says, publishes, gives = (lemma in words_of(key) for key in ("say", "publish", "give"))
    pleads = lemma in words_of("plead")
    says = says or (
        lemma == "make" and any(token.lower_ == "clear" for token in verb.doc[verb.i : verb.i + 4])
    )
    if lemma in words_of("change"):
        gives = any(
            child.dep_ == "dobj" and child.lemma_.lower() in words_of("prospect") for child in verb.children
        )
    if not (says or publishes or gives or pleads):
        return []
    nouns = _subjects(verb)
    if any(child.dep_ == "auxpass" for child in verb.children):
        return _of_passive(story, sentence, verb, nouns, depth)
    clausal = has_word(verb)
    found = []
    for one in _alike(nouns, [_resolved(story, sentence, noun, depth) for noun in nouns]):
        if not clausal:
            if pleads and not says and not (one.person and is_finite(verb)):
                continue
            is_plain = pleads or lemma == "say"
            given = (
                (publishes or gives)
                and (one.office or one.certainty in ("analyst", "reported"))
                and is_given_out(verb)
            )
            past = verb.dep_ == "relcl" and lemma not in ("deny", "attribute", "reject")
            if not (is_plain or (given and not past)):
                continue
        told = [
            name
            for child in verb.children
            if child.dep_ in ("dobj", "dative")
            for name in outlets_in(" ".join(token.text for token in child.subtree if token.i < child.i + 1))
        ]
        speaker = (
            Speaker((*told, *one.source), one.certainty, one.leans, one.office, one.person) if told else one
        )
        subject = frozenset(i for noun in nouns if noun.head == verb for i in below(noun))
        found.append(
            Voice(speaker, content_of(verb) - subject, frozenset((verb.i,)) | subject, verb.dep_ == "relcl")
        )
    return found


def _of_passive(story: Story, sentence: Sentence, verb: Token, nouns: list[Token], depth: int) -> list[Voice]:
    """Return the voice of 'it is reported that' and of 'Jerome was quoted as saying by the newspaper'."""
    lemma = verb.lemma_.lower()
    if lemma == "report" and any(noun.lower_ == "it" for noun in nouns):
        return [Voice(Speaker((), "reported"), below(verb), frozenset((verb.i,)))]
    if lemma in ("quote", "cite"):
        return [
            Voice(one, content_of(verb), frozenset((verb.i,)))
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
        if current.dep_ == "acl" and current.tag_ in ("VBG", "VBN", "VBD"):
            return [current.head] if current.tag_ == "VBG" or that_after(current) is not None else []
        if (
            current.dep_ == "pcomp"
            and current.head.lower_ == "as"
            and current.head.head.lemma_ in ("quote", "cite")
        ):
            return [child for child in current.head.head.children if child.dep_ == "dobj"]
        if current.dep_ not in ("conj", "xcomp", "advcl", "pcomp") or not is_verb(current):
            return []
        current = current.head if is_verb(current.head) or current.dep_ != "pcomp" else current.head.head
        if not is_verb(current):
            return []
        seen += 1
    return []


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
    if (leans == "firm" or noun.lower_ == "it") and here:
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
