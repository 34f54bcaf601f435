"""A place in a YAML file: what stands there, taken as what it must be, or an error with its line and the mend."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.errors import LedgerError, Problem
from tidegate.records import YamlRecord

__all__ = ["Place"]

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
LARGEST = 1e9
MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the file: what stands there and how to complain of it."""

    record: YamlRecord
    at: tuple[str | int, ...]
    value: Any

    def into(self, *keys: str | int) -> Place:
        """Return a place within, by keys and indices."""
        value = self.value
        for key in keys:
            value = value[key]
        return Place(self.record, (*self.at, *keys), value)

    def error(self, rule: str, message: str, mend: str, *keys: str | int) -> LedgerError:
        """Return the error of this place, or of what stands in it under some keys."""
        line = self.record.line(*self.at, *keys)
        return LedgerError([Problem(self.record.path, line, rule, message, mend)])

    def mapping(
        self, needed: Collection[str] = (), allowed: Collection[str] | None = None
    ) -> Mapping[str, Any]:
        """Return the `key: value` lines that stand here. needed, allowed: keys; allowed None: any."""
        what = self.at[-1] if self.at else "the game"
        if not isinstance(self.value, dict):
            raise self.error("wrong-type", f"'{what}' is not `key: value` lines.", "Write it as such.")
        for key in self.value:
            if allowed is not None and key not in {*needed, *allowed}:
                mend = f"Fields: {', '.join(sorted({*needed, *allowed}))}."
                raise self.error("unknown-key", f"'{key}' is no field of '{what}'.", mend, key)
        for key in needed:
            if key not in self.value:
                raise self.error("missing-key", f"'{what}' needs '{key}'.", f"Add {key}.")
        return self.value

    def items(self, most: int, what: str) -> list[tuple[str, Place]]:
        """Return the named parts of what stands here, one at least. what: what they are."""
        found = self.mapping()
        if not 1 <= len(found) <= most:
            raise self.error("wrong-number", f"There are {len(found)} {what}.", f"Give 1 to {most}.")
        for name in found:
            if not NAME.fullmatch(name):
                mend = "Use letters, digits and _, 40 at most, and begin with a letter."
                raise self.error("bad-name", f"'{name}' is no name.", mend, name)
        return [(name, self.into(name)) for name in found]

    def sequence(self, most: int) -> list[Place]:
        """Return the entries of the list that stands here, one at least."""
        if not isinstance(self.value, list) or not 1 <= len(self.value) <= most:
            raise self.error(
                "wrong-type", f"'{self.at[-1]}' is not a list of 1 to {most}.", "Write `- ` lines."
            )
        return [self.into(place) for place in range(len(self.value))]

    def text(self, default: str | None = None) -> str:
        """Return the words that stand here."""
        if self.value is None and default is not None:
            return default
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.error(
                "wrong-type", f"{self.value!r} is not text.", "Write words, in quotes if need be."
            )
        return self.value.strip()

    def number(self) -> float:
        """Return the number that stands here."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.error("wrong-type", f"{value!r} is not a number.", "Write one like 2 or -0.5.")
        if abs(value) > LARGEST:
            raise self.error("wrong-number", f"{value!r} is too large.", f"Stay within {LARGEST:g}.")
        return float(value)

    def one_of(self, words: Collection[str], what: str) -> str:
        """Return the word that stands here, which must be one of some. what: what the words are."""
        if self.value not in words or not isinstance(self.value, str):
            mend = f"There are: {', '.join(words)}."
            raise self.error("bad-word", f"'{self.value}' is no {what}.", mend)
        return self.value

    def some_of(self, words: Collection[str], what: str) -> tuple[str, ...]:
        """Return the list of such words that stands here, none twice."""
        found = tuple(one.one_of(words, what) for one in self.sequence(MOST_WORDS))
        if len(set(found)) < len(found):
            raise self.error("doubled", f"One {what} stands twice.", "Keep one of the two.")
        return found

    def has(self, key: str) -> bool:
        """Whether there is something under a key."""
        return key in self.value and self.value[key] is not None
