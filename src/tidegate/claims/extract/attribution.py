"""On whose authority a story says something: the chain of sources, and how certain that makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.claims.extract.attribution_flow import governing_voice
from tidegate.claims.extract.attribution_speakers import Speaker
from tidegate.claims.extract.attribution_voices import Voice, voices_in
from tidegate.claims.extract.story import Sentence, Story

__all__ = ["Attribution", "attribute"]


@dataclass(frozen=True, slots=True)
class Attribution:
    """source: slugs, outermost first; empty where the outlet itself asserts. certainty: as in Claim."""

    source: tuple[str, ...] = ()
    certainty: str = "stated"


_STRENGTH = {"official": 4, "analyst": 3, "unnamed": 2, "reported": 1, "stated": 0}
"""Which of two sources of one sentence is kept; a named outlet gives way to whom it quotes."""

_SHARE = 0.5
_SHARE_WITH_VERB = 0.35
"""How much of some words a voice covers where they are its word; less where the verb of saying is among them."""


def attribute(story: Story, sentence: Sentence, start: int, end: int) -> Attribution:
    """Return who says the words between two places of a story.

    The narrower the words, the better the answer: a clause that the outlet adds to a quoted sentence is the
    outlet's own, which a whole sentence cannot show.
    """
    numbers = [
        token.i
        for token in sentence.span
        if start <= token.idx + sentence.offset < end and not token.is_punct and not token.is_space
    ]
    voices = _innermost([voice for voice in voices_in(story, sentence) if _is_its_word(voice, numbers)])
    speakers = [voice.speaker for voice in sorted(voices, key=lambda voice: -len(voice.covers))]
    if not speakers:
        governing = governing_voice(story, sentence)
        speakers = [] if governing is None else [governing]
    return _joined(speakers)


def _is_its_word(voice: Voice, numbers: Sequence[int]) -> bool:
    rest = [number for number in numbers if number not in voice.own]
    if not rest:
        return False
    share = _SHARE_WITH_VERB if voice.own.intersection(numbers) else _SHARE
    return sum(number in voice.covers for number in rest) >= share * len(rest)


def _innermost(voices: Sequence[Voice]) -> list[Voice]:
    """Return voices without those that quote another of them in a clause of its own ('a loss which A puts at')."""
    return [
        one
        for one in voices
        if one.speaker.certainty == "reported"
        or not any(
            other.covers < one.covers and other.own <= one.covers and other.relative for other in voices
        )
    ]


def _joined(speakers: Sequence[Speaker]) -> Attribution:
    certainty = max((one.certainty for one in speakers), key=_STRENGTH.__getitem__, default="stated")
    outlets = [slug for one in speakers if one.certainty == "reported" for slug in one.source]
    rest = [slug for one in speakers if one.certainty != "reported" for slug in one.source]
    return Attribution(tuple(dict.fromkeys([*outlets, *rest])), certainty)
