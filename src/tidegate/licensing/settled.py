"""Tests that come out the same for every row of a table, put in before the table is decided.

A table of few lanes has few values in most of its columns: one destination, two exporters. A test that holds of all of
them, or of none, is a constant for this table, and what hangs on it folds away: the statement that is left is that
of the law which can matter to these rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tidegate.ledger.definitions import definitions
from tidegate.licensing.facts import SEATS
from tidegate.licensing.logic import (
    And,
    Const,
    Known,
    Node,
    Not,
    Or,
    Test,
    Value,
    all_of,
    any_of,
    evaluate,
    negate,
)

if TYPE_CHECKING:
    import duckdb

    from tidegate.licensing.layers import FactLayers

__all__ = ["MOST", "Settled", "steady", "values_of"]

MOST = 64
"""Values of a column up to which its tests are tried on each; a column of more is left to the engine."""

Values = Mapping[str, frozenset[Value | None]]


class Settled:
    """The tests of a table's columns whose values are known.

    values: every value that a column has in the table, None among them where a row does not give it.
    """

    def __init__(self, values: Values) -> None:
        self.values = values
        self._seen: dict[Test, Node] = {}

    def __call__(self, node: Node) -> Node:
        """Return a tree with what every row agrees on put in."""
        if not self.values or isinstance(node, Const):
            return node
        if isinstance(node, Test):
            return self._test(node)
        if isinstance(node, And):
            return all_of(*(self(part) for part in node.parts))
        if isinstance(node, Or):
            return any_of(*(self(part) for part in node.parts))
        if isinstance(node, Not):
            return negate(self(node.part))
        part = self(node.part)
        return Const(part.value is True) if isinstance(part, Const) else Known(part)

    def _test(self, test: Test) -> Node:
        values = self.values.get(test.column)
        if values is None:
            return test
        if test not in self._seen:
            truths = {evaluate(test, {test.column: value}) for value in values}
            self._seen[test] = Const(truths.pop()) if len(truths) == 1 else test
        return self._seen[test]


def values_of(connection: duckdb.DuckDBPyConnection, rows: str, given: Iterable[str]) -> Values:
    """Return every value of each column that has few of them, None where some row does not give it.

    rows: name of a small table, of which all values are gathered; its rows with an `error` do not count. The day is
        left out: the law changes with it.
    """
    names = sorted(set(given) - {"date"})
    if not names:
        return {}
    listed = ", ".join(f"list(DISTINCT {name}), count({name})" for name in names)
    [(total, *cells)] = connection.execute(
        f"SELECT count(*), {listed} FROM {rows} WHERE error IS NULL"
    ).fetchall()
    found: dict[str, frozenset[Value | None]] = {}
    for name, values, count in zip(names, cells[::2], cells[1::2], strict=True):
        if total and len(values or ()) <= MOST:
            found[name] = frozenset((*(values or ()), *((None,) if count < total else ())))
    return found


def steady(layers: FactLayers, values: Values) -> Values:
    """Return the columns whose values stay as they are given when the facts of the table are filled and derived."""
    present = layers.present
    filled = {name for _, row in layers.items for name in row} if present & {"item", "for_item"} else set()
    filled |= {
        seat for who, seat in SEATS.items() if who in present or (who == "designer" and "maker" in present)
    }
    replaced = set()
    for definition in definitions():
        filled.add(definition.column)
        if definition.instead_when and definition.same_as in present:
            replaced.add(definition.column)
    return {
        name: found
        for name, found in values.items()
        if name not in replaced and (None not in found or name not in filled)
    }
