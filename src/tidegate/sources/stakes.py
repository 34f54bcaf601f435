"""One shape for who owns whom, whatever file it came from: dated shares, exact or as ranges.

A share is of the ownership of the whole, 0 to 1, kept as a fraction so that 16.67 and 33.33 percent add up to 50. What a
file does not say stays open: a share that is not told may be anything from 0 to 1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from tidegate.dates import Day

__all__ = ["BELOW", "Holder", "OwnerFile", "Stake", "key_of", "read_share"]

BELOW = Fraction(1, 10**9)
"""What 'less than' takes off a bound: no register tells shares so finely."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A party of an owner file. key: what stakes call it. kind: person, entity, state or public (a free float);
    None where not told.

    identifiers: pairs of kind and value (`("lei", "5299...")`). country: ISO 3166-1 alpha-2.
    """

    key: str
    name: str
    kind: str | None = None
    country: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Stake:
    """What one party holds of another, from `starts` to before `ends`; None where the file does not say.

    owner, owned: keys of parties. low, high: bounds of the share held directly, 0 to 1.
    kind: shareholding; branch (one legal person); consolidated, ultimate, indirect or unknown interest, of which the
        direct share is not known. source: an address or words; row: where in the file, counted from 1.
    """

    owner: str
    owned: str
    low: Fraction
    high: Fraction
    row: int
    starts: Day | None = None
    ends: Day | None = None
    kind: str = "shareholding"
    source: str | None = None
    note: str | None = None

    def holds(self, on: Day) -> bool:
        """Whether it is held on a day, as far as its dates tell."""
        return (self.starts is None or self.starts <= on) and (self.ends is None or on < self.ends)


@dataclass(frozen=True, slots=True)
class OwnerFile:
    """The stakes of one file, in its order, and its parties by key. notes: what was left out, in words."""

    layout: str
    stakes: tuple[Stake, ...]
    holders: Mapping[str, Holder]
    digest: str
    path: str
    as_of: Day | None = None
    notes: tuple[str, ...] = ()


def key_of(name: str) -> str:
    """Return a name as it is compared: letters and digits of any script, in small letters, with single spaces.

    >>> key_of("Lilliput  Photonics Co., Ltd."), key_of("ＴＤＫ株式会社")
    ('lilliput photonics co ltd', 'tdk株式会社')
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(re.sub(r"[^\w]+|_", " ", folded).split())


_NUMBER = r"(\d{1,3}(?:\.\d{1,12})?|\.\d{1,12})"
_ONE = re.compile(rf"(<=|>=|<|>|)\s*{_NUMBER}\s*(%?)")
_RANGE = re.compile(rf"{_NUMBER}\s*(%?)\s*(?:-|–|to|\.\.)\s*{_NUMBER}\s*(%?)")


def read_share(text: str) -> tuple[Fraction, Fraction] | None:
    """Return the bounds of a share as it is written, `50%`, `0.5`, `25%-50%`, `>=50%`, `<25%`; None if it is none.

    Nothing at all, '?' and 'unknown' may be any share.

    >>> read_share("25-50%"), read_share("50")
    ((Fraction(1, 4), Fraction(1, 2)), None)
    """
    text = text.strip().casefold()
    if text in ("", "?", "unknown"):
        return Fraction(0), Fraction(1)
    if match := _RANGE.fullmatch(text):
        percent = bool(match[4] or match[2])
        low, high = _scaled(match[1], percent), _scaled(match[3], percent)
    elif match := _ONE.fullmatch(text):
        share = _scaled(match[2], bool(match[3]))
        if share is None:
            return None
        low, high = {
            "": (share, share), ">=": (share, Fraction(1)), ">": (min(share + BELOW, Fraction(1)), Fraction(1)),
            "<=": (Fraction(0), share), "<": (Fraction(0), max(share - BELOW, Fraction(0))),
        }[match[1]]  # fmt: skip
    else:
        return None
    return (low, high) if low is not None and high is not None and low <= high else None


def _scaled(text: str, percent: bool) -> Fraction | None:
    share = Fraction(text) / (100 if percent else 1)
    return share if 0 <= share <= 1 else None
