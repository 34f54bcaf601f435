"""A claim: one proposition of a story about the system of controls, with the words that carry it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from tidegate import data
from tidegate.errors import BadInputError
from tidegate.ledger.model import Instrument
from tidegate.records import read_yaml_fast

__all__ = ["CERTAINTIES", "INSTRUMENTS", "KINDS", "LISTS", "METRICS", "STAGES", "Claim", "problems_of"]


@cache
def _vocabulary() -> Mapping[str, Any]:
    words: Mapping[str, Any] = read_yaml_fast(data.VOCABULARY / "claims.yaml")
    return words


STAGES: Mapping[str, tuple[str, ...]] = {
    kind: tuple(stages) for kind, stages in _vocabulary()["stages"].items()
}
KINDS: tuple[str, ...] = tuple(STAGES)
METRICS: tuple[str, ...] = tuple(_vocabulary()["metrics"])
CERTAINTIES: tuple[str, ...] = tuple(_vocabulary()["certainties"])
INSTRUMENTS: tuple[str, ...] = tuple(instrument.value for instrument in Instrument)
LISTS = ("actor", "items", "target", "counterparty", "affected", "source")


@dataclass(frozen=True, slots=True)
class Claim:
    """One proposition about a measure, a response, an evasion or a figure.

    sentence: the verbatim words that carry it. start: where they begin in the document's text.
    actor: who does it; for a figure, whom the number is about. target: against whom, or whose custom it
    concerns. counterparty: who is asked, agrees or refuses; for an evasion, the way it goes. affected: whose
    business it says is hit. Countries are ISO codes, everything else slugs.
    date: ISO, to the year, month or day, where the text fixes it. value: in plain units, a percentage as
    written. period: what time a figure speaks of. source: outermost first; empty where the outlet itself
    asserts. future: it may or will happen.
    """

    kind: str
    sentence: str
    start: int
    actor: tuple[str, ...] = ()
    stage: str | None = None
    instrument: str | None = None
    items: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    counterparty: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    date: str | None = None
    metric: str | None = None
    value: int | float | None = None
    unit: str | None = None
    period: str | None = None
    source: tuple[str, ...] = ()
    certainty: str = "stated"
    future: bool = False

    @property
    def end(self) -> int:
        """The first character after the words."""
        return self.start + len(self.sentence)

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as plain values, every slot in it; those that are not filled empty or None."""
        return {
            field.name: list(value) if isinstance(value := getattr(self, field.name), tuple) else value
            for field in fields(self)
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any], text: str) -> Claim:
        """Return the claim of a record whose words stand in a text.

        Raises: BadInputError: naming every slot that is not in the vocabulary, a span that is not in the
            text, or a slot of the wrong type.
        """
        problems = problems_of(record, text)
        if problems:
            raise BadInputError("; ".join(problems))
        start = record.get("start")
        sentence = record["sentence"]
        if not isinstance(start, int) or text[start : start + len(sentence)] != sentence:
            start = text.find(sentence)
        known = {field.name for field in fields(cls)} - {"start"}
        slots: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list | tuple) else value
            for key, value in record.items()
            if key in known and value is not None
        }
        return cls(**slots, start=start)


_DAY = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
_DATES = {"date": re.compile(_DAY), "period": re.compile(rf"\d{{4}}-[QH]\d|{_DAY}(?:/{_DAY})?")}
_SLUG = re.compile(r"\w[\w.&+-]*")


def problems_of(record: Mapping[str, Any], text: str) -> list[str]:
    """Return what keeps a record from being a claim of a text, one line for each; empty if nothing does."""
    kind: Any = record.get("kind")
    if kind not in STAGES:
        return [f"kind: {kind!r} is none of {', '.join(KINDS)}"]
    found = []
    sentence = record.get("sentence")
    if not isinstance(sentence, str) or not sentence.strip():
        found.append("sentence: no words are given that carry the claim")
    elif sentence not in text:
        found.append(f"sentence: these words do not stand in the text: {sentence[:80]!r}")
    allowed: dict[str, Iterable[Any]] = {"certainty": CERTAINTIES}
    if kind == "figure":
        allowed["metric"] = METRICS
    else:
        allowed["stage"] = STAGES[kind]
        if kind == "measure":
            allowed["instrument"] = INSTRUMENTS
    for slot, words in allowed.items():
        if record.get(slot) not in words:
            found.append(f"{slot}: {record.get(slot)!r} is none of {', '.join(words)}")
    for slot in LISTS:
        value = record.get(slot) or []
        if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
            found.append(f"{slot}: {value!r} is not a list of words")
        else:
            found += [f"{slot}: {word!r} is not a slug" for word in value if not _SLUG.fullmatch(word)]
    for slot, form in _DATES.items():
        value = record.get(slot)
        if value is not None and not (isinstance(value, str) and form.fullmatch(value)):
            found.append(f"{slot}: {value!r} is not a date as in 2025, 2025-02 or 2025-02-25")
        elif value is not None and not _is_in_calendar(value):
            found.append(f"{slot}: {value!r} is no day of the calendar")
    value = record.get("value")
    if value is not None and not _is_number(value):
        found.append(f"value: {value!r} is not a number")
    if not isinstance(record.get("future", False), bool):
        found.append(f"future: {record['future']!r} is neither true nor false")
    return found


def _is_number(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_in_calendar(value: str) -> bool:
    """Return whether the days of a date, or of both ends of a span, exist."""
    for day in re.findall(r"\d{4}-\d{2}-\d{2}", value):
        try:
            dt.date.fromisoformat(day)
        except ValueError:
            return False
    return True
