"""What an answer comes to on a day, as facts that can be held against those of another day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tidegate.dates import Day

__all__ = ["Answer", "Change", "Fact", "Word", "changes_between"]


@dataclass(frozen=True, slots=True)
class Word:
    """On whose word something stands: the entry of the record, with its source.

    measure: the id, or that of a bargaining round. stage, since: how it stands, and since when, as the source
    writes the date. source: an address, or a citation. verified: whether the entry was read in its source.
    """

    measure: str
    title: str
    stage: str
    since: str
    source: str
    note: str
    verified: bool

    def __str__(self) -> str:
        doubt = "" if self.verified else " (not read in the source)"
        stage = f"{self.stage.replace('_', ' ')} " if self.stage else ""
        return f"{self.title} ({self.measure}), {stage}since {self.since}: {self.note}{doubt} {self.source}"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that an answer says.

    key: the same on every day. state: what is compared; the answer has changed where it differs. An empty state
    is as if the fact were not there. text: the state in words. measures: ids of those it rests on; words: how they
    stand. expires: the day on which it goes by itself, without any news in that.
    """

    key: str
    title: str
    state: str
    text: str
    measures: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()
    expires: Day | None = None

    def kept(self) -> dict[str, Any]:
        """Return what is needed to hold a later answer against it, as plain values."""
        return {
            "key": self.key, "title": self.title, "state": self.state, "text": self.text,
            "measures": list(self.measures), "expires": self.expires.isoformat() if self.expires else None,
        }  # fmt: skip

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Fact:
        """Return a fact that was kept. Raises: KeyError, TypeError, ValueError: if it is none."""
        expires = kept["expires"]
        return cls(
            str(kept["key"]), str(kept["title"]), str(kept["state"]), str(kept["text"]),
            tuple(str(each) for each in kept["measures"]), (), dt.date.fromisoformat(expires) if expires else None,
        )  # fmt: skip


def _unknown(_: str) -> Word | None:
    return None


@dataclass(frozen=True)
class Answer:
    """What is answered on a day: facts by key, and how a measure stands on that day (`word_of`)."""

    day: Day
    facts: Mapping[str, Fact]
    word_of: Callable[[str], Word | None] = field(default=_unknown, compare=False)


@dataclass(frozen=True, slots=True)
class Change:
    """What is answered otherwise than before.

    day: the first on which it is. was, now: in words; None where there was, or is, no such fact.
    words: the entries behind the change.
    """

    day: Day
    key: str
    title: str
    was: str | None
    now: str | None
    state: str
    words: tuple[Word, ...]

    @property
    def since(self) -> str:
        """Since when, as the source writes it; without one, the first day on which the answer is another."""
        return self.words[0].since if self.words else self.day.isoformat()

    def row(self) -> dict[str, Any]:
        """Return the change as plain values."""
        return {
            "day": self.day.isoformat(), "title": self.title, "was": self.was, "now": self.now,
            "since": self.since, "words": [asdict(word) for word in self.words],
        }  # fmt: skip

    def __str__(self) -> str:
        if self.was is None:
            return f"{self.title}: {self.now}"
        return f"{self.title}: {self.now or 'no longer on record'}; before: {self.was}"


_MOST_WORDS = 8
"""Entries that one change names; a determination may rest on dozens."""


def changes_between(before: Mapping[str, Fact], after: Answer) -> tuple[Change, ...]:
    """Return what an answer says otherwise than the facts of an earlier day, in the order of its facts."""
    found = []
    for key, fact in after.facts.items():
        old = before.get(key)
        if (old.state if old else "") != fact.state:
            was = old.text if old and old.state else None
            found.append(
                Change(after.day, key, fact.title, was, fact.text, fact.state, _behind(old, fact, after))
            )
    for key, old in before.items():
        expired = old.expires is not None and old.expires <= after.day
        if key not in after.facts and old.state and not expired:
            words = _behind(old, None, after)
            found.append(Change(after.day, key, old.title, old.text, None, "", words))
    return tuple(found)


def _behind(old: Fact | None, new: Fact | None, answer: Answer) -> tuple[Word, ...]:
    """The entries behind a change: of the measures that it rested on or rests on, those that moved last."""
    words = {word.measure: word for word in new.words} if new else {}
    for measure in old.measures if old else ():
        if measure not in words and (word := answer.word_of(measure)) is not None:
            words[measure] = word
    # A measure that answers on both sides did not make the difference, unless nothing else did.
    both = set(old.measures) & set(new.measures) if old and new else set()
    telling = [word for key, word in words.items() if key not in both] or list(words.values())
    telling.sort(key=lambda word: word.since, reverse=True)
    return tuple(telling[:_MOST_WORDS])
