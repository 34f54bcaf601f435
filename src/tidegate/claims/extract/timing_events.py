"""Dated events that a story has told, for what it goes on to say about them without a date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.claims.extract.grammar import agents_of, is_verb, modal_of, subjects_of
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.extract.timing_words import dates_in, words_of
from tidegate.claims.extract.who import whos_of

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["inherited_date"]


@dataclass(frozen=True, slots=True)
class Event:
    """A dated act that a story tells. sentence: its number. actors: those who do it, by id."""

    sentence: int
    paragraph: int
    iso: str
    actors: frozenset[str]


def inherited_date(story: Story, sentence: Sentence, act: Token) -> str | None:
    """Return the date of the event that a sentence without a date goes on about; None where it starts afresh.

    It goes on where its subject points back at a control ('the rules', 'the latest curbs'), or where the same
    actor does a next thing ('The agency also added ...').
    """
    verb = act if is_verb(act) else _verb_above(act)
    if verb is None:
        return None
    subjects = subjects_of(verb)
    last = _last_event(story, sentence, 6)
    after = _told_next(story, sentence, verb)
    if after is not None:
        return after
    if (
        last is not None
        and verb.lemma_.lower() in words_of("describing")
        and any(_points_back(noun) for noun in subjects)
    ):
        return last.iso
    goes_on = any(child.lower_ in words_of("going_on") for child in verb.children)
    actors = {who.id for who in whos_of(sentence, subjects) if who.id}
    if (
        last is not None
        and goes_on
        and actors & last.actors
        and sentence.index - last.sentence <= 3
        and _is_done(verb)
    ):
        return last.iso
    return None


def _told_next(story: Story, sentence: Sentence, verb: Token) -> str | None:
    """Return the date that the next sentence gives: 'These restrictions were announced on December 3.'"""
    if sentence.index + 1 >= len(story.sentences) or verb.dep_ == "relcl" or not _is_done(verb):
        return None
    later = story.sentences[sentence.index + 1]
    subjects = [token for token in later.span.root.children if token.dep_ in ("nsubj", "nsubjpass")]
    passive = any(child.dep_ == "auxpass" for child in later.span.root.children)
    if later.paragraph == sentence.paragraph and passive and any(_points_back(noun) for noun in subjects):
        events = _events_in(story, later)
        return events[0].iso if events else None
    return None


def _verb_above(token: Token) -> Token | None:
    current = token
    while current.head != current:
        current = current.head
        if is_verb(current):
            return current
    return None


def _points_back(noun: Token) -> bool:
    words = {child.lower_ for child in noun.children}
    return (
        noun.lemma_.lower() in words_of("control")
        and bool(words & words_of("pointing"))
        and not words & words_of("elsewhen")
    )


def _is_done(verb: Token) -> bool:
    return verb.tag_ in ("VBD", "VBN") and modal_of(verb) is None


def _last_event(story: Story, sentence: Sentence, reach: int) -> Event | None:
    for earlier in reversed(story.sentences[max(0, sentence.index - reach) : sentence.index]):
        events = _events_in(story, earlier)
        if events:
            return events[0]
    return None


def _events_in(story: Story, sentence: Sentence) -> list[Event]:
    """Return the dated acts of a sentence, done ones only."""
    found = []
    for date in dates_in(sentence, story.published):
        verb = _verb_above(date.anchor)
        if (
            verb is None
            or len(date.iso) < 7
            or verb.lemma_.lower() not in words_of("event")
            or verb.dep_ in ("relcl", "advcl")
        ):
            continue
        if modal_of(verb) is not None:
            continue
        doers = (
            agents_of(verb) if any(child.dep_ == "auxpass" for child in verb.children) else subjects_of(verb)
        )
        actors = frozenset(who.id for who in whos_of(sentence, doers) if who.id)
        found.append(Event(sentence.index, sentence.paragraph, date.iso, actors))
    return found
