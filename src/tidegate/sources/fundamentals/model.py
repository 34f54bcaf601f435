"""Figures of companies: of a quarter, a year or a day, each with the day from which on it could be known."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from tidegate import data
from tidegate.errors import BadInputError

__all__ = ["Fact", "Fundamentals", "Item", "Span", "known_items"]

Span = Literal["quarter", "year", "instant"]


@dataclass(frozen=True, slots=True)
class Item:
    """A figure that the program uses.

    kind: `flow` (of a quarter or year) or `instant` (of a day). columns: names of its column or item in
    files, in lower case. tags: its XBRL concepts, the better first.
    """

    id: str
    kind: Literal["flow", "instant"]
    what: str
    columns: tuple[str, ...]
    tags: tuple[str, ...]


@lru_cache(maxsize=1)
def known_items() -> Mapping[str, Item]:
    """Return the shipped items by id."""
    with (data.MARKETS / "fundamental_items.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["item"]: Item(
                row["item"],
                "flow" if row["kind"] == "flow" else "instant",
                row["what"],
                tuple(row["columns"].split("|")),
                tuple(word for word in row["tags"].split("|") if word),
            )
            for row in csv.DictReader(file)
        }


class Fact(NamedTuple):
    """One figure.

    ends: last day of the quarter or year, or the day itself. available: the day from which on it could be
    known: of its filing. value: in the unit of the file, NaN where the file contradicts itself. row: where it
    stands in the file; 0 where it was worked out from others.
    """

    ticker: str
    item: str
    span: Span
    ends: dt.date
    available: dt.date
    value: float
    row: int = 0


def _twice(path: str, found: Sequence[tuple[Fact, Fact]]) -> str:
    first, second = found[0]
    return (
        f"{len(found)} figures stand twice in {path} with different values and are unknown, the first: {first.item} of "
        f"{first.ticker} for {first.ends}, {first.value:g} in row {first.row} and {second.value:g} in row {second.row}."
    )


@dataclass(frozen=True, eq=False)
class Fundamentals:
    """The figures of one file.

    facts: in order of ticker, item, available and ends; none twice. lag_days: the days after the end of a
    period from which on its figures are taken as known, where the file has no filing days; None where it
    has them. notes: what was odd.
    """

    path: str
    facts: tuple[Fact, ...]
    lag_days: int | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        facts: Iterable[Fact],
        path: str = "fundamentals",
        lag_days: int | None = None,
        notes: Iterable[str] = (),
    ) -> Fundamentals:
        """Return figures in order; one that stands there with two values is unknown, and told.

        Raises: BadInputError: if there is none.
        """
        ordered = sorted(facts, key=lambda fact: (*fact[:2], fact.available, fact.ends, fact.span, fact.row))
        kept: list[Fact] = []
        twice: list[tuple[Fact, Fact]] = []
        for fact in ordered:
            if kept and kept[-1][:5] == fact[:5]:
                if fact.value != kept[-1].value and not math.isnan(kept[-1].value):
                    twice.append((kept[-1], fact))
                    kept[-1] = fact._replace(value=math.nan)
                continue
            kept.append(fact)
        if not kept:
            raise BadInputError(
                f"{path}: there is no figure in the file that the program uses. It knows: {', '.join(known_items())}."
            )
        told = [_twice(path, twice)] if twice else []
        return cls(path, tuple(kept), lag_days, (*notes, *told))

    @property
    def items(self) -> tuple[str, ...]:
        """The items that the file has, in order of the alphabet."""
        return tuple(sorted({fact.item for fact in self.facts}))
