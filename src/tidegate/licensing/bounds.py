"""The numbers that the law compares a column with: between two of them no test can tell values apart."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from tidegate.ledger.definitions import definitions, entries
from tidegate.ledger.model import Limb, Measure, Scope

__all__ = ["Bounds", "bounds_of", "one_for_all"]

Bounds = Mapping[str, tuple[float, ...]]

_COMPARISON = re.compile(r"\b([a-z][a-z0-9_]*)\s*(?:<=|>=|<>|=|<|>)\s*(-?\d[\d.]*(?:e\d+)?)")
_BETWEEN = re.compile(r"\b([a-z][a-z0-9_]*)\s+BETWEEN\s+(-?[\d.e]+)\s+AND\s+(-?[\d.e]+)")


def bounds_of(measures: Iterable[Measure]) -> Bounds:
    """Return, by column, every number that measures, entries and definitions compare it with, sorted."""
    found: dict[str, set[float]] = {}
    for text in _texts(measures):
        for column, numbers in _compared(text):
            found.setdefault(column, set()).update(numbers)
    return {column: tuple(sorted(numbers)) for column, numbers in found.items()}


def one_for_all(values: Iterable[float], bounds: tuple[float, ...]) -> float | None:
    """Return the least of some values if no bound lies at or between them; None if one does.

    >>> one_for_all([12104.0, 15832.0], (1600.0, 4800.0)), one_for_all([2368.0, 15832.0], (1600.0, 4800.0))
    (12104.0, None)
    """
    numbers = sorted(values)
    if not numbers:
        return None
    low, high = numbers[0], numbers[-1]
    return low if low == high or bisect_left(bounds, low) == bisect_right(bounds, high) else None


@lru_cache(maxsize=4096)
def _compared(text: str) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """Each comparison of a scope: its column and its numbers."""
    plain = ((column, (float(number),)) for column, number in _COMPARISON.findall(text))
    between = ((column, (float(low), float(high))) for column, low, high in _BETWEEN.findall(text))
    return (*plain, *between)


def _texts(measures: Iterable[Measure]) -> Iterator[str]:
    for measure in measures:
        parts: list[Measure | Limb] = [measure, *measure.limbs]
        for part in parts:
            yield from _of(part.when)
            for review in part.reviews:
                yield from _of(review.when)
    for codes in entries().values():
        yield from (version.when for entry in codes.values() for version in entry.versions)
    yield from (version.when for definition in definitions() for version in definition.versions)


def _of(scope: Scope | None) -> Iterator[str]:
    if isinstance(scope, str):
        yield scope
    elif scope:
        yield from scope.values()
