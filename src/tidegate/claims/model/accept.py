"""Which claims of a model are taken: only what the text itself bears out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.claims.claim import LISTS, Claim, problems_of
from tidegate.claims.model.chunks import Chunk
from tidegate.claims.model.locate import Place
from tidegate.claims.model.numbers import number_stands_in, sign_stands_in, unit_stands_in
from tidegate.claims.model.schema import SLOTS
from tidegate.claims.model.support import Support, canonical
from tidegate.claims.when import find_dates
from tidegate.errors import BadInputError

__all__ = ["MOST_CLAIMS", "Acceptor"]

MOST_CLAIMS = 500
"""Claims of one part that are looked at: a part of ten thousand characters holds some fifty."""

_LONGEST_SPAN = 1000
_MOST_WORDS = 60
_LONGEST_WORD = 80
_UNITS = {
    "%": "percent",
    "per cent": "percent",
    "$": "USD",
    "us$": "USD",
    "usd": "USD",
    "eur": "EUR",
    "cny": "CNY",
}
_LARGEST = 1e18
_CONTEXT = 600
"""Characters of its paragraph on each side that may say of a number that it fell, or its currency."""

_WORDED = ("kind", "stage", "instrument", "metric", "certainty")
_ONLY_FIGURE = ("metric", "value", "unit", "period")

_PLURALS = {
    "claim that is no object": "claims that are no objects",
    "span not in the text": "spans not in the text",
    "span of a single word": "spans of a single word",
    "span too long to be one claim": "spans too long to be one claim",
    "span that gives orders to the reader": "spans that give orders to the reader",
    "figure without a number": "figures without a number",
    "number not in the span": "numbers not in the span",
    "fall that the text does not speak of": "falls that the text does not speak of",
    "actor that the text does not name": "actors that the text does not name",
    "claim too many for one part": "claims too many for one part",
}


class _RejectedError(Exception):
    """A claim is not taken; the argument is the reason, as counted."""


@dataclass
class Acceptor:
    """Checks the claims of one document, counts what is refused and what is left out of the rest."""

    support: Support
    proposed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    unnamed: Counter[str] = field(default_factory=Counter)
    undated: int = 0
    units: int = 0

    def accept(self, records: list[Any], chunk: Chunk) -> list[Claim]:
        """Return the claims of one part that the text bears out, in the order in which they were given."""
        place = Place(chunk)
        taken: list[Claim] = []
        after = chunk.start
        self.proposed += len(records)
        for index, record in enumerate(records):
            try:
                if index >= MOST_CLAIMS:
                    raise _RejectedError("claim too many for one part")
                if not isinstance(record, Mapping):
                    raise _RejectedError("claim that is no object")
                span = self._span(record.get("sentence"), place, after)
                after = span[0]
                taken.append(self._claim(record, span))
            except _RejectedError as error:
                self.reasons[str(error)] += 1
        return taken

    def notes(self) -> list[str]:
        """Return what was refused and left out, one line each."""
        lines = []
        if self.reasons:
            counted = ", ".join(
                f"{count} {reason if count == 1 else _plural(reason)}"
                for reason, count in self.reasons.most_common()
            )
            lines.append(f"{self.reasons.total()} of {self.proposed} claims rejected: {counted}")
        left_out = []
        if self.unnamed:
            named = ", ".join(word for word, _ in self.unnamed.most_common(5))
            more = ", …" if len(self.unnamed) > 5 else ""
            left_out.append(
                f"{_count(self.unnamed.total(), 'name')} that the text does not mention ({named}{more})"
            )
        if self.undated:
            left_out.append(f"{_count(self.undated, 'date')} that it does not give as exactly")
        if self.units:
            left_out.append(f"{_count(self.units, 'unit')} that it does not name")
        if left_out:
            lines.append(f"left out of the claims taken: {', '.join(left_out)}")
        if self.support.orders:
            start, end = self.support.orders[0]
            words = " ".join(self.support.text[start:end].split())
            quoted = words if len(words) <= 80 else words[:79] + "…"
            lines.append(f'the text gives orders to its reader, and nothing was taken from there: "{quoted}"')
        return lines

    def _span(self, words: object, place: Place, after: int) -> tuple[int, int]:
        span = place.find(words, after) if isinstance(words, str) else None
        if span is None:
            raise _RejectedError("span not in the text")
        start, end = span
        if end - start > _LONGEST_SPAN:
            raise _RejectedError("span too long to be one claim")
        if any(start < order_end and order_start < end for order_start, order_end in self.support.orders):
            raise _RejectedError("span that gives orders to the reader")
        text = self.support.text[start:end]
        # Chinese and Japanese write many words without a blank.
        if len(re.findall(r"\w+", text)) < 2 and text.isascii():
            raise _RejectedError("span of a single word")
        return span

    def _claim(self, given: Mapping[str, Any], span: tuple[int, int]) -> Claim:
        start, end = span
        text = self.support.text
        record = {slot: given.get(slot) for slot in SLOTS} | {"sentence": text[start:end], "start": start}
        if record["kind"] == "figure":
            record |= {"stage": None, "instrument": None}
        else:
            record |= dict.fromkeys(_ONLY_FIGURE)
        if record["kind"] != "measure":
            record["instrument"] = None
        dates = self._dates(record)
        for slot in LISTS:
            record[slot] = _words(record[slot])
        # What cannot be hashed cannot be looked up either.
        problems = problems_of(record, text) if isinstance(record["kind"], str) else ["kind: no word"]
        if problems:
            slot = problems[0].partition(":")[0]
            raise _RejectedError(
                f"{slot} not in the vocabulary" if slot in _WORDED else f"wrong type of {slot}"
            )
        unit = self._figure(record, span) if record["kind"] == "figure" else 0
        dropped = self._drop_unsupported(record)
        try:
            claim = Claim.from_dict(record, text)
        except BadInputError as error:  # pragma: no cover - whatever problems_of says was said above
            raise _RejectedError(str(error)) from None
        # Counted only now: what was left out of a claim that is refused is of no interest.
        self.unnamed.update(dropped)
        self.undated += dates
        self.units += unit
        return claim

    def _dates(self, record: dict[str, Any]) -> int:
        days = self.support.days
        changed = 0
        for slot, fix in (("date", days.fixes), ("period", days.fixes_period)):
            given = record[slot]
            if given is not None:
                record[slot] = fix(given) if isinstance(given, str) and _ISO.fullmatch(given) else None
                changed += record[slot] != given
        return changed

    def _figure(self, record: dict[str, Any], span: tuple[int, int]) -> int:
        """Check a figure's number, sign and unit; return how many units were left out."""
        value = record["value"]
        if value is None or not -_LARGEST < value < _LARGEST:
            raise _RejectedError("figure without a number")
        words = record["sentence"]
        for date in reversed(find_dates(words)):
            # The 9 of 'April 9' is no figure.
            words = words[: date.start] + " " * (date.end - date.start) + words[date.end :]
        if not number_stands_in(value, words):
            raise _RejectedError("number not in the span")
        paragraph = self._paragraph(span)
        if not sign_stands_in(value, paragraph):
            raise _RejectedError("fall that the text does not speak of")
        if isinstance(value, float) and value.is_integer():
            record["value"] = int(value)
        unit = record["unit"]
        if isinstance(unit, str):
            unit = _UNITS.get(unit.strip().lower(), unit.strip())
        record["unit"] = unit
        if unit is None:
            return 0
        if not (isinstance(unit, str) and _UNIT.fullmatch(unit) and unit_stands_in(unit, paragraph)):
            record["unit"] = None
            return 1
        return 0

    def _paragraph(self, span: tuple[int, int]) -> str:
        text = self.support.text
        before = text[max(0, span[0] - _CONTEXT) : span[0]].rpartition("\n")[2]
        return before + text[span[0] : span[1]] + text[span[1] : span[1] + _CONTEXT].partition("\n")[0]

    def _drop_unsupported(self, record: dict[str, Any]) -> list[str]:
        dropped: list[str] = []
        for slot in LISTS:
            kept = [word for word in record[slot] if self.support.names(word)]
            dropped += [word for word in record[slot] if word not in kept]
            if slot == "actor" and record[slot] and not kept:
                raise _RejectedError("actor that the text does not name")
            record[slot] = kept
        return dropped


_ISO = re.compile(r"\d{4}(?:-(?:Q[1-4]|H[12])|(?:-\d{2}){0,2}(?:/\d{4}(?:-\d{2}){0,2})?)", re.ASCII)
_WRONG: tuple[None] = (None,)
_UNIT = re.compile(r"USD|EUR|CNY|[a-z][a-z0-9_/-]{0,39}")


def _words(given: object) -> list[str] | tuple[None]:
    """Return the words of a list as the catalog spells them, each once; anything else as no list of words."""
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > _MOST_WORDS:
        return _WRONG
    if not all(isinstance(word, str) and len(word) <= _LONGEST_WORD for word in given):
        return _WRONG
    return list(dict.fromkeys(word for word in map(canonical, given) if word))


def _plural(reason: str) -> str:
    if reason in _PLURALS:
        return _PLURALS[reason]
    slot, _, rest = reason.partition(" not in")
    if not rest:
        return reason.replace("wrong type", "wrong types")
    return f"{slot[:-1] + 'ies' if slot.endswith('y') else slot + 's'} not in{rest}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
