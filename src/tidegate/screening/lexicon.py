"""The vocabulary of names: legal forms, words of trades, places and numbers, with the ways in which each is written.

It is data: `data/screening/words.csv` and `places.csv`, from general knowledge of the languages of trade.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from tidegate import data

__all__ = ["Kind", "Lexicon", "lexicon"]

Kind = Literal["form", "generic", "place", "stop", "number", "name"]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The vocabulary.

    phrases: what a run of words reads as; longest: words in the longest run that begins so. han: the same for runs of
    Chinese, Japanese and Korean signs. readings: signs whose first reading is not that of names. single: every one-word
    way of writing, for finding slips of the pen in them. form_words: every word
    of a legal form; form_parts: those of the forms of several words.
    """

    phrases: dict[tuple[str, ...], tuple[Kind, tuple[str, ...]]] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    han: dict[str, tuple[Kind, tuple[str, ...]]] = field(default_factory=dict)
    readings: dict[str, str] = field(default_factory=dict)
    single: dict[str, tuple[Kind, str]] = field(default_factory=dict)
    form_parts: set[str] = field(default_factory=set)
    form_words: set[str] = field(default_factory=set)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the shipped vocabulary."""
    found = Lexicon()
    rows: list[tuple[str, str, str]] = []
    with (data.SCREENING / "words.csv").open(encoding="utf-8", newline="") as file:
        rows += [(row["kind"], row["word"], row["written"]) for row in csv.DictReader(file)]
    with (data.SCREENING / "places.csv").open(encoding="utf-8", newline="") as file:
        rows += [("place", row["place"], row["written"]) for row in csv.DictReader(file)]
    for kind, word, written in rows:
        if kind == "reading":
            found.readings.update(dict.fromkeys(written.split("|"), word))
            continue
        # A phrase may say several words at once (NII: science research institute); a form or a place is one.
        reads = (word.replace(" ", ""),) if kind in ("form", "place", "stop") else tuple(word.split())
        sort: Kind = kind  # type: ignore[assignment]
        for way in (word, *(way for way in written.split("|") if way)):
            if not way.isascii():
                found.han.setdefault(way, (sort, reads))
                continue
            run = tuple(way.split())
            found.phrases.setdefault(run, (sort, reads))
            if kind == "form":
                found.form_parts.update(part for part in run if len(part) > 4 and len(run) > 1)
                found.form_words.update(run)
            found.longest[run[0]] = max(found.longest.get(run[0], 0), len(run))
            if len(run) == 1 and len(reads) == 1:
                found.single.setdefault(way, (sort, reads[0]))
    return found
