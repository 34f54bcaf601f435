"""Rows that the law cannot tell apart: each column cut into the classes that some test distinguishes.

Every scope is built from comparisons of one column with constants, so two rows whose values fall into
the same class of each column have the same answer. A table of millions holds few such classes of rows.
The classes of a row are packed into one whole number, its key; a key stands for one row to be decided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tidegate.catalog import load_catalog
from tidegate.ledger.predicate import columns
from tidegate.licensing.facts import SEATS, party_seat
from tidegate.licensing.logic import Node, Test, Value, evaluate, walk

__all__ = ["COPIES", "Classes", "ItemFacts", "brought_by", "tests_of"]

COPIES: Mapping[str, tuple[str, ...]] = {
    "maker": ("seller", "exporter", "designer"),
    "nationality": ("destination",),
}
"""Columns that take the value of another by a definition, and bring their tests to it."""

_HALF = 0.5
_FIRST = dt.date(2015, 1, 1)
"""Before any day on which the law of the ledger changes; earlier days are of its class."""


def tests_of(nodes: Iterable[Node]) -> Mapping[str, tuple[Test, ...]]:
    """Return every test in the trees, by column."""
    found: dict[str, dict[Test, None]] = {}
    for node in nodes:
        for test in (part for part in walk(node) if isinstance(part, Test)):
            found.setdefault(test.column, {})[test] = None
    return {column: tuple(tests) for column, tests in found.items()}


@dataclass(frozen=True)
class Classes:
    """The classes of one column.

    column: its name. tests: every test of it. values: the values that occur, for a text column.
    brings: for a text column whose values bring further facts (an item its attributes), what they
    bring, as far as the law tells it apart. Class 0 is a value that is not given; `representatives`
    holds one value of each other class.
    """

    column: str
    tests: tuple[Test, ...]
    values: tuple[str, ...] = ()
    brings: Callable[[str], object] | None = None

    @cached_property
    def representatives(self) -> tuple[Value, ...]:
        """One value of each class, from class 1 on."""
        kind = columns()[self.column].type
        if kind == "flag":
            return (False, True)
        if kind == "text":
            return tuple(dict.fromkeys(self._first.values()))
        points = self._points
        if kind == "date":
            before = points[0] - dt.timedelta(days=1) if points else dt.date(2018, 1, 1)
            return (before, *points)
        cells: list[Value] = []
        for index, point in enumerate(points):
            below = points[index - 1] if index else point - 2
            cells += [(below + point) * _HALF, point]
        return (*cells, points[-1] + 1 if points else 0.0)

    @cached_property
    def class_of(self) -> Mapping[str, int]:
        """The class of each text value that occurs."""
        number = {first: index for index, first in enumerate(self.representatives, 1)}
        return {value: number[first] for value, first in self._first.items()}

    @property
    def size(self) -> int:
        """How many classes there are, that of 'not given' included."""
        return len(self.representatives) + 1

    def sql(self, column: str) -> str:
        """Return the class of a flag, number or day as an SQL expression."""
        kind = columns()[self.column].type
        if kind == "flag":
            return f"CASE WHEN {column} IS NULL THEN 0 WHEN {column} THEN 2 ELSE 1 END"
        if kind == "date":
            first = f"DATE '{_FIRST.isoformat()}'"
            looked_up = f"list_extract({self._calendar}, {column} - {first} + 1)"
            return (
                f"CASE WHEN {column} IS NULL THEN 0 WHEN {column} < {first} THEN 1 "
                f"ELSE coalesce({looked_up}, {self.size - 1}) END"
            )
        steps = []
        for point in self._points:
            steps += [f"({column} >= {point!r})::INT", f"({column} > {point!r})::INT"]
        return f"CASE WHEN {column} IS NULL THEN 0 ELSE {' + '.join(['1', *steps])} END"

    @property
    def _calendar(self) -> str:
        """The class of each day from the first one that matters, to be looked up by its number."""
        points = self._points
        days = (points[-1] - _FIRST).days + 1 if points else 0
        classes, passed = [], 0
        for number in range(days):
            day = _FIRST + dt.timedelta(days=number)
            while passed < len(points) and points[passed] <= day:
                passed += 1
            classes.append(str(passed + 1))
        return f"[{', '.join(classes)}]::SMALLINT[]"

    @cached_property
    def _points(self) -> Sequence:  # type: ignore[type-arg]
        """Where the answer may change: numbers compared with, or first days of a new answer."""
        if columns()[self.column].type == "date":
            day = dt.timedelta(days=1)
            return sorted({t.value + day if t.op in (">", "<=") else t.value for t in self.tests})  # type: ignore[operator]
        return sorted({float(t.value) for t in self.tests if t.op != "given"})  # type: ignore[arg-type]

    @cached_property
    def _first(self) -> Mapping[str, str]:
        """For each value the first one that no test tells from it."""
        first: dict[tuple[object, ...], str] = {}
        return {value: first.setdefault(self._signature(value), value) for value in self.values}

    def _signature(self, value: str) -> tuple[object, ...]:
        own = tuple(evaluate(test, {self.column: value}) for test in self.tests)
        return (*own, self.brings(value) if self.brings else None)


def brought_by(
    column: str, tests: Mapping[str, tuple[Test, ...]], items: ItemFacts
) -> Callable[[str], object] | None:
    """Return what the values of a column bring with them, told apart by the tests of those columns.

    items: what the catalog says of each item, from which day to before which.
    """

    def told(name: str, value: Value) -> tuple[object, ...]:
        outcomes = [evaluate(test, {name: value}) for test in tests.get(name, ())]
        for copy in COPIES.get(name, ()):
            outcomes += [evaluate(test, {copy: value}) for test in tests.get(copy, ())]
        seat = (
            party_seat(load_catalog(), str(value))
            if name in _WITH_SEAT and value in load_catalog().parties
            else None
        )
        return (*outcomes, seat)

    if column in _WITH_SEAT or column in COPIES:
        return lambda value: told(column, value)
    if column not in ("item", "for_item"):
        return None
    rows: dict[str, list[object]] = {}
    for (item, start, end), facts in items:
        brought = tuple(
            sorted(
                (name, told(name, value)) for name, value in facts.items() if name in tests or name == "maker"
            )
        )
        rows.setdefault(item, []).append((start, end, brought))
    return lambda value: tuple(rows.get(value, ()))


ItemFacts = Iterable[tuple[tuple[str, dt.date, dt.date], Mapping[str, Value]]]
_WITH_SEAT = frozenset((*SEATS, "maker"))
"""Columns whose party brings its headquarters."""
