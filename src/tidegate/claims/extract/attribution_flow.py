"""Who speaks in a sentence that names nobody: a quotation that runs on, or a source that governs it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tidegate.claims.extract.attribution_speakers import Speaker
from tidegate.claims.extract.attribution_voices import voices_in
from tidegate.claims.extract.attribution_words import authority_in, body_slug, outlets_in, words_of
from tidegate.claims.extract.grammar import SUBJECTS
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.mentions import find_mentions

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["governing_voice"]


def governing_voice(story: Story, sentence: Sentence) -> Speaker | None:
    """Return whose word some words are though their sentence does not say so; None where the outlet's own."""
    return (
        _quoted(story, sentence)
        or _of_paper(story, sentence)
        or _shared_after(story, sentence)
        or _continued(story, sentence)
        or _of_charge(story, sentence)
    )


def _quoted(story: Story, sentence: Sentence) -> Speaker | None:
    """Return the speaker of a quotation that runs on over the end or the beginning of a sentence."""
    before = [
        one for one in story.sentences if one.paragraph == sentence.paragraph and one.index < sentence.index
    ]
    opened = "".join(one.text for one in before).count('"') % 2 == 1
    runs_on = (opened + sentence.text.count('"')) % 2 == 1
    whole = sentence.text.strip().startswith('"') and sentence.text.strip().endswith('"')
    if runs_on:
        for later in story.sentences[sentence.index + 1 : sentence.index + 4]:
            if later.paragraph != sentence.paragraph:
                break
            for voice in voices_in(story, later):
                return voice.speaker
    if opened or runs_on or whole:
        return _last_voice(story, sentence, 4)
    return None


def _last_voice(story: Story, sentence: Sentence, reach: int) -> Speaker | None:
    """Return the last speaker of the sentences before one, up to a number of them."""
    for earlier in reversed(story.sentences[max(0, sentence.index - reach) : sentence.index]):
        for voice in reversed(voices_in(story, earlier)):
            return voice.speaker
    return None


def _of_paper(story: Story, sentence: Sentence) -> Speaker | None:
    """Return the authority or firm whose own paper the words stand in: its notice, filing or page."""
    outlet = story.outlet or ""
    if outlet and not outlets_in(outlet):
        authority = authority_in(outlet)
        if authority is not None:
            return Speaker((body_slug(authority),), "official", office=True)
        names = [name for name in find_mentions(outlet) if name.kind == "party"]
        if names and names[0].end - names[0].start >= len(outlet.split("(")[0].strip()) / 2:
            return Speaker((names[0].id,), "official", office=True)
    for earlier in reversed(story.sentences[: sentence.index + 1]):
        heading = _NUMBERED.search(earlier.text)
        if heading and authority_in(earlier.text[: heading.start()]) and not _has_finite_verb(earlier):
            return Speaker((body_slug(earlier.text[: heading.start()]),), "official", office=True)
    return None


_NUMBERED = re.compile(r"\b(?:Announcement|Notice|Order|Decree|Circular|Decision)\b,? \(?No\. ?\d+")


def _has_finite_verb(sentence: Sentence) -> bool:
    return any(token.tag_ in ("VBD", "VBZ", "VBP") for token in sentence.span)


def _shared_after(story: Story, sentence: Sentence) -> Speaker | None:
    """Return who 'shared the information' of a sentence, where the next one says so."""
    for later in story.sentences[sentence.index + 1 : sentence.index + 2]:
        if _SHARED.search(later.text):
            return Speaker((*outlets_in(later.text)[:1], "unnamed"), "unnamed")
    return None


_SHARED = re.compile(
    r"\b(?:people|sources|persons?)\b[^.]* (?:shared|provided|disclosed|confirmed) (?:the|this) information"
)


def _continued(story: Story, sentence: Sentence, depth: int = 0) -> Speaker | None:
    """Return the source that a sentence goes on with, by its words: a quoted phrase, 'the rule', a figure."""
    before = _last_voice(story, sentence, 1)
    subject = _subject(sentence)
    lemma = subject.lemma_.lower() if subject is not None else ""
    changes = _OTHER.match(sentence.text) is not None
    if (
        before is not None
        and not changes
        and not voices_in(story, sentence)
        and _PHRASE.search(sentence.text)
    ):
        return before
    counts = any(token.like_num for token in sentence.span)
    if before is None and counts and depth < 3 and sentence.index > 0 and lemma in words_of("series"):
        before = _continued(story, story.sentences[sentence.index - 1], depth + 1)
    if (
        before is not None
        and counts
        and before.certainty in ("analyst", "official")
        and _tells_numbers(story, sentence)
    ):
        if lemma in words_of("series") and not _is_of_shares(subject):
            return before
        if subject is not None and subject.lower_ in ("that", "this", "those", "these"):
            return before
    if counts and _is_projected(sentence):
        return _last_voice(story, sentence, 2)
    if lemma in words_of("rule") or (
        lemma in ("it", "addition", "entity", "company") and _is_listing(sentence)
    ):
        rule = _last_voice(story, sentence, 6)
        if rule is not None and rule.certainty == "official" and _is_agency(rule) and not changes:
            return rule
    return None


_OTHER = re.compile(r"(?:At the same time|Meanwhile|In its latest|Separately|Previously|Earlier)\b")
"""How a sentence begins that turns to something else."""


def _tells_numbers(story: Story, sentence: Sentence) -> bool:
    """Return whether the sentence before has a number: what follows a table is of the table."""
    return sentence.index > 0 and any(token.like_num for token in story.sentences[sentence.index - 1].span)


def _is_of_shares(subject: Token | None) -> bool:
    return subject is not None and any(one.lower_ in ("stock", "share", "shares") for one in subject.subtree)


def _is_projected(sentence: Sentence) -> bool:
    """Return whether a sentence gives a projection without its author ('growth is projected at 53%')."""
    return any(
        token.lemma_.lower() in ("expect", "project", "forecast") and token.tag_ == "VBN"
        and any(child.dep_ == "auxpass" for child in token.children)
        for token in sentence.span
    )  # fmt: skip


_PHRASE = re.compile(r'(?<!so-called )"[^" ]+ [^"]+"')
"""Two words or more between quotation marks: somebody's own, of whom the story has just spoken."""


def _is_listing(sentence: Sentence) -> bool:
    return any(token.lemma_ in ("add", "remove", "list") for token in sentence.span)


def _is_agency(speaker: Speaker) -> bool:
    return any(set(one.split("-")) & words_of("agency") for one in speaker.source)


def _subject(sentence: Sentence) -> Token | None:
    root = sentence.span.root
    return next((child for child in root.children if child.dep_ in SUBJECTS), None)


def _of_charge(story: Story, sentence: Sentence) -> Speaker | None:
    """Return the authority behind a charge that names no accuser ('he is accused of shipping')."""
    for token in sentence.span:
        charged = token.lemma_.lower() in words_of("accuse") and token.tag_ in ("VBN", "JJ")
        if not (charged or token.lower_ in ("alleged", "allegedly")):
            continue
        for earlier in [*reversed(story.sentences[: sentence.index]), *story.sentences[sentence.index + 1 :]]:
            for voice in reversed(voices_in(story, earlier)):
                if voice.speaker.certainty == "official" and _is_accuser(voice.speaker):
                    return voice.speaker
    return None


def _is_accuser(speaker: Speaker) -> bool:
    return any(set(one.split("-")) & words_of("accuser") for one in speaker.source)
