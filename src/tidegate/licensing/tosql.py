"""Trees of logic as boolean expressions of SQL, in the dialect of DuckDB."""

from __future__ import annotations

import datetime as dt

from tidegate.errors import BadInputError
from tidegate.ledger.predicate import columns
from tidegate.licensing.logic import (
    FALSE,
    TRUE,
    UNKNOWN,
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
    negate,
)

__all__ = ["SQL_TYPES", "cast_to", "guarded", "literal", "narrow", "to_sql", "translate"]

SQL_TYPES = {"text": "VARCHAR", "number": "DOUBLE", "flag": "BOOLEAN", "date": "DATE"}
_NULL = "CAST(NULL AS BOOLEAN)"
_LONG = 40
"""Constants in a list from which on a test is no longer cheap."""


def translate(sql: str, dialect: str) -> str:
    """Return a statement of DuckDB in another dialect.

    Raises: BadInputError: if there is no such dialect.
    """
    import sqlglot
    from sqlglot.dialects.dialect import Dialect

    try:
        Dialect.get_or_raise(dialect)
    except ValueError:
        known = ", ".join(sorted(name for name in sqlglot.Dialects._value2member_map_ if name))
        raise BadInputError(f"'{dialect}' is no SQL dialect. Dialects: {known}.") from None
    return sqlglot.transpile(sql, read="duckdb", write=dialect, pretty=True)[0]


def narrow(node: Node, present: frozenset[str]) -> Node:
    """Return a tree for rows that have only these columns: all others are NULL."""
    if isinstance(node, Test):
        if node.column in present:
            return node
        return FALSE if node.op == "given" else UNKNOWN
    if isinstance(node, And):
        return all_of(*(narrow(part, present) for part in node.parts))
    if isinstance(node, Or):
        return any_of(*(narrow(part, present) for part in node.parts))
    if isinstance(node, Not):
        return negate(narrow(node.part, present))
    if isinstance(node, Known):
        part = narrow(node.part, present)
        return Known(part) if not isinstance(part, Const) else TRUE if part == TRUE else FALSE
    return node


def to_sql(node: Node, prefix: str = "") -> str:
    """Return a tree as a boolean expression in the dialect of DuckDB."""
    if isinstance(node, Const):
        return _NULL if node.value is None else str(node.value).upper()
    if isinstance(node, And):
        return "(" + " AND ".join(to_sql(part, prefix) for part in node.parts) + ")"
    if isinstance(node, Or):
        return "(" + " OR ".join(to_sql(part, prefix) for part in node.parts) + ")"
    if isinstance(node, Not):
        return f"(NOT {to_sql(node.part, prefix)})"
    if isinstance(node, Known):
        return f"COALESCE({to_sql(node.part, prefix)}, FALSE)"
    column = f"{prefix}{node.column}"
    if node.op == "given":
        return f"({column} IS NOT NULL)"
    if node.op == "flag":
        return column
    if isinstance(node.value, frozenset):
        return f"{column} IN ({', '.join(literal(value) for value in sorted(node.value))})"
    if isinstance(node.value, tuple):
        tests = (f"{column} = {literal(c)} OR {column} LIKE {literal(f'{c}.%')}" for c in node.value)
        return f"({' OR '.join(tests)})"
    assert node.value is not None
    return f"{column} {node.op} {literal(node.value)}"


def guarded(node: Node) -> str:
    """A scope in which the rest is looked at only where its cheap tests leave it open."""
    cheap = [part for part in node.parts if _is_cheap(part)] if isinstance(node, And) else []
    if not cheap or len(cheap) == len(node.parts):  # type: ignore[union-attr]
        return to_sql(node)
    return f"CASE WHEN ({to_sql(all_of(*cheap))}) = FALSE THEN FALSE ELSE {to_sql(node)} END"


def _is_cheap(node: Node) -> bool:
    if isinstance(node, Known):
        node = node.part
    return isinstance(node, Test) and not (
        isinstance(node.value, frozenset | tuple) and len(node.value) > _LONG
    )


def literal(value: Value) -> str:
    """Return a value as a constant."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float | int):
        return repr(float(value))
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'"


def cast_to(value: Value | None, column: str) -> str:
    """Return a value as a constant of the type of its column."""
    kind = SQL_TYPES[columns()[column].type]
    return f"CAST({'NULL' if value is None else literal(value)} AS {kind})"
