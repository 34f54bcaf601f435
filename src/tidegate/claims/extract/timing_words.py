"""The dates of a sentence as its words give them, with the year or week that the clause around them asks for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from tidegate import data
from tidegate.claims.extract.grammar import is_verb
from tidegate.claims.extract.story import Sentence
from tidegate.claims.when import DateMention, find_dates
from tidegate.dates import Day
from tidegate.records import read_yaml_fast

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["Dated", "dates_in", "words_of"]


@cache
def words_of(section: str) -> frozenset[str]:
    """Return the words of one section of the vocabulary of time."""
    words: Mapping[str, list[str]] = read_yaml_fast(data.VOCABULARY / "timing.yaml")
    return frozenset(words[section])


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a sentence.

    iso: to the year, month or day. first: its first token. anchor: the token by which it hangs on the rest of
    the sentence.
    """

    iso: str
    first: Token
    anchor: Token


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_SHORT = {name[:3].lower(): number for number, name in enumerate(_MONTHS, 1)}
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_MORE = re.compile(
    rf"""
    \b(?i:last|this\s+past|this|next)\s+(?P<month>{_MONTH})\b
  | \b(?P<rel>(?i:today|tomorrow|tonight|effective\s+immediately
      | (?:(?:earlier|later|late|early)\s+)?(?:next|the\s+previous)\s+(?:week|month|year)
      | earlier\s+this\s+(?:week|month|year)
      | (?:a|an|one|two|three|four|five|six|ten)\s+(?:days?|weeks?|months?|years?)\s+(?:ago|earlier)))\b
  | \b(?i:early|late|mid|mid-|end\s+of|the\s+end\s+of)[\s-]*(?P<year>20[0-4]\d)\b
  | \b(?i:since|in|until|by|from)\s+(?:(?i:early|late|mid)[\s-]*)?(?P<old>(?:19|20)\d\d)\b
  | \b(?i:from|through|beginning|starting|effective|after|before|this|early|late|mid|over|during)[\s-]+
    (?P<bare>{_MONTH})\b(?!\s+\d)
    """,
    re.VERBOSE,
)


def dates_in(sentence: Sentence, published: Day | None, future: bool = False) -> list[Dated]:
    """Return the dates of a sentence, in order, none inside another.

    future: whether the act asked about lies ahead; a date also lies ahead where its own verb does ('will take
    effect on Aug. 1').
    """
    found: list[tuple[int, int, str, DateMention | None]] = [
        (match.start(), match.end(), match.lastgroup or "", None) for match in _MORE.finditer(sentence.text)
    ]
    found += [
        (known.start, known.end, "", known)
        for known in _mentions(sentence.text, published)
        if known.when is not None
    ]
    kept = [
        one
        for one in found
        if not any(o[0] <= one[0] and one[1] <= o[1] and o[1] - o[0] > one[1] - one[0] for o in found)
    ]
    head = _DATELINE.match(sentence.text) if sentence.index < 3 else None
    line = head.end() if head else 0
    dated: list[Dated] = []
    for start, end, group, known in sorted(kept, key=lambda one: one[0]):
        tokens = [t for t in sentence.span if start <= t.idx + sentence.offset - sentence.start < end]
        if not tokens or any(one.first.i >= tokens[0].i for one in dated):
            continue
        anchor = _anchor(tokens)
        if end <= line or (not future and _is_limit(tokens[0])):
            continue
        told = _is_told(tokens[0])
        ahead = not told and (_is_ahead(anchor) or (future and not _is_past(anchor)))
        words = sentence.text[start:end]
        iso = _known(known, published, ahead) if known is not None else _more(words, group, published, ahead)
        if iso is not None:
            dated.append(Dated(iso, tokens[0], anchor))
    return dated


@lru_cache(maxsize=1024)
def _mentions(text: str, published: Day | None) -> tuple[DateMention, ...]:
    """Return the dates that the common reader finds; kept, as a story's sentences are asked again and again."""
    return find_dates(text, published)


def _anchor(tokens: list[Token]) -> Token:
    """Return the token of a date by which it hangs on a word outside it."""
    numbers = {token.i for token in tokens}
    return next((token for token in tokens if token.head.i not in numbers), tokens[0])


def _is_ahead(anchor: Token) -> bool:
    """Return whether the verb over a date lies ahead: 'will start', 'is due to expire', 'the curbs start'."""
    current = anchor
    for _ in range(6):
        if current.head == current:
            return False
        current = current.head
        if not is_verb(current):
            continue
        kids = [child for child in current.children if child.dep_ in ("aux", "auxpass")]
        if any(child.lower_ in ("will", "shall", "would", "to", "'ll") for child in kids):
            return True
        if current.lemma_ in words_of("scheduled") and current.tag_ == "VBN":
            return True
        present = current.tag_ in ("VBZ", "VBP", "VBG") and not any(
            child.tag_ in ("VBD", "VBZ", "VBP") for child in kids
        )
        return present and current.lemma_ in words_of("turning")
    return False


_DATELINE = re.compile(
    r"(?:[A-Z][A-Z/ .,]+[A-Z][^()]{0,30}|[A-Z][a-z]+ \d{1,2} )\([A-Z][\w ]+\)\s*[-\u2013\u2014]+"
)
"""The place and day that an agency puts before a story: the day of the report, not of an act."""


def _is_told(first: Token) -> bool:
    """Return whether a date follows a verb of saying in the past: 'said in July it would' speaks of July gone."""
    before = first.doc[max(0, first.i - 2) : first.i]
    return any(token.tag_ == "VBD" and token.lemma_ in words_of("saying") for token in before)


def _is_past(anchor: Token) -> bool:
    """Return whether the verb over a date is past: what 'said in July' that it would do was said in July."""
    current = anchor
    for _ in range(6):
        if current.head == current:
            return False
        current = current.head
        if is_verb(current):
            saying = current.lemma_ in words_of("saying") and current.tag_ == "VBG"
            participle = current.tag_ == "VBN" and current.dep_ == "acl"
            past = any(child.lower_ in ("had", "has", "have", "was", "were") for child in current.children)
            return saying or participle or past or current.tag_ == "VBD"
    return False


def _is_limit(token: Token) -> bool:
    """Return whether a date says how long, not when: 'until 2021', 'through November 10'."""
    before = token.doc[token.i - 1].lower_ if token.i else ""
    return before in words_of("limit") or token.lower_ in words_of("limit")


def _known(mention: DateMention, published: Day | None, ahead: bool) -> str | None:
    """Return a date that the common reader resolved, moved on where it lies ahead."""
    assert mention.when is not None
    text = mention.when.text
    if "/" in text:
        text = text[:7]
    if published is None or not ahead:
        return text
    words = mention.text.lower()
    if words.split()[-1] in _DAYS and "last" not in words:
        on = (_DAYS.index(words.split()[-1]) - published.weekday() - 1) % 7 + 1
        return (published + dt.timedelta(days=on)).isoformat()
    if re.search(r"\d{4}|last|this|yesterday|\bthe\b", words):
        return text
    if (len(text) == 7 and text < f"{published:%Y-%m}") or (len(text) == 10 and text < published.isoformat()):
        return f"{int(text[:4]) + 1}{text[4:]}"
    return text


def _more(words: str, group: str, published: Day | None, ahead: bool) -> str | None:
    lowered = " ".join(words.lower().replace("-", " ").split())
    if group in ("year", "old"):
        return lowered[-4:]
    if published is None:
        return None
    if group in ("month", "bare"):
        number = _SHORT[lowered.split()[-1][:3]]
        year = published.year
        if lowered.startswith("next") or (ahead and number < published.month):
            year += number <= published.month
        elif not ahead and (
            number > published.month or (lowered.startswith("last") and number == published.month)
        ):
            year -= 1
        return f"{year}-{number:02d}"
    if lowered in ("today", "tonight", "effective immediately"):
        return published.isoformat()
    if lowered == "tomorrow":
        return (published + dt.timedelta(days=1)).isoformat()
    if "ago" in lowered or lowered.endswith("earlier"):
        return _ago(lowered, published)
    step = 1 if "next" in lowered else -1 if "previous" in lowered else 0
    if "year" in lowered:
        return str(published.year + step)
    if "month" in lowered:
        return _month(published, step)
    return f"{published + dt.timedelta(weeks=step):%Y-%m}"


def _ago(words: str, published: Day) -> str | None:
    count, unit = _COUNTS[words.split()[0]], words.split()[1].rstrip("s")
    if unit == "day":
        return (published - dt.timedelta(days=count)).isoformat()
    if unit == "week":
        return f"{published - dt.timedelta(weeks=count):%Y-%m}"
    if unit == "month":
        return _month(published, -count)
    return str(published.year - count)


def _month(published: Day, step: int) -> str:
    number = published.year * 12 + published.month - 1 + step
    return f"{number // 12}-{number % 12 + 1:02d}"
