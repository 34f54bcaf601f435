"""Where a sentence tells of evasion, and how far the matter has come."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.lexicon import lexicon

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["DESIGNERS", "evading_at", "stage_of", "tells_of_evasion"]

DESIGNERS = frozenset(("cadence", "synopsys", "siemens", "siemens-eda"))
"""Firms whose goods are always design software."""

_BEFORE = 48
"""How many characters before a word of evasion a word of prevention can stand and still govern it."""

_LEANING = re.compile(r"(?i)\b(?:such|the|this|that|these|those)(?: \w+)? $")
_SUSPECTED = re.compile(r"(?i)\b(?:suspected|alleged|alleging|allegedly|reported)\b[^,;]*$")
_SOLD = re.compile(
    r"(?i)\b(?:sell|sold|selling|sales? of|export|exporting|exported|ship|shipping|shipped|supplying|"
    r"shipments (?:of|to))\b"
)

_LAW = re.compile(
    r"(?i)\b(?:pleads?|pleaded|pled|pleading) guilty\b|\bindict\w+|"
    r"\b(?:charged|charges|fined|penalt\w+|settle\w*|convicted|sentenced|arrested)\b"
)
_IF = re.compile(r"(?i)^(?:had|if|should)\b")


def tells_of_evasion(story: Story) -> bool:
    """Return whether a story speaks of evasion in strong words at all."""
    words = lexicon("evasions")
    return any(words["weak"].match(hit.group()) is None for hit in words["evading"].finditer(story.plain))


def evading_at(sentence: Sentence, evasive: bool) -> Token | None:
    """Return the word of a sentence that tells of evasion; None where it tells of none.

    evasive: whether the story tells of evasion in strong words, so that weaker ones count as well.
    """
    words = lexicon("evasions")
    text = sentence.text
    if "?" in text[-3:]:
        return None
    makers = any(name.id in DESIGNERS for name in sentence.named("party"))
    goods = bool(sentence.named("item")) or makers
    known = goods or bool(sentence.named("party")) or bool(sentence.named("country"))
    for hit in words["evading"].finditer(text):
        before = text[max(0, hit.start() - _BEFORE) : hit.start()]
        prevented = words["preventing"].search(before) and not _SUSPECTED.search(before)
        if not known or prevented:
            continue
        if _IF.match(text) or (_LEANING.search(text[: hit.start()]) and not goods):
            continue
        if (
            words["weak"].match(hit.group())
            and not (goods and (evasive or words["investigated"].search(text)))
            and not _says_control(text)
        ):
            continue
        return _token(sentence, hit.start())
    law = _LAW.search(text)
    if law and goods and (sold := _SOLD.search(text, law.end())) and known and not _IF.match(text):
        return _token(sentence, sold.start())
    if evasive and goods and (hit2 := words["moving"].search(text)):
        through = re.search(r"(?i)\b(?:via|through) [A-Z]", text)
        before = text[max(0, hit2.start() - _BEFORE) : hit2.start()]
        if through and not words["preventing"].search(before):
            return _token(sentence, hit2.start())
    return None


def _says_control(text: str) -> bool:
    return (
        re.search(r"(?i)\b(?:restriction|export control|curb|sanction|ban|export rule)s?\b", text) is not None
    )


def _token(sentence: Sentence, place: int) -> Token | None:
    return next(
        (one for one in sentence.span if one.idx + len(one) + sentence.offset - sentence.start > place), None
    )


def stage_of(text: str, source: tuple[str, ...], lawful: bool = False) -> str:
    """Return how far a matter has come: by the words of its sentence and by who says it.

    lawful: whether the story tells of charges, so that who 'is accused' is charged.
    """
    words = lexicon("evasions")
    if words["confirmed"].search(text):
        return "confirmed"
    charged = words["charged"].search(text)
    if charged:
        word = charged.group().lower()
        by_law = words["accusers"].search(text) or any(
            one in ("doj", "indictment", "court-papers", "prosecutors") for one in source
        )
        said_by = re.search(r"(?i)\bprosecutors? (?:say|said|allege)", text)
        if word.startswith("prosecut") and said_by:
            return "alleged"
        if "accused" not in word or by_law or (lawful and re.search(r"(?i)\b(?:is|are) accused", text)):
            return "charged"
        return "alleged"
    return "investigated" if words["investigated"].search(text) else "alleged"
