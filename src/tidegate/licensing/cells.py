"""Cells of a table as values: the rules of `facts.read_value`, said in the SQL of DuckDB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tidegate.dates import YEARS
from tidegate.ledger.predicate import columns

if TYPE_CHECKING:
    import duckdb

__all__ = ["constant", "insert", "typed_cell"]


def typed_cell(name: str, raw: str) -> tuple[str, str]:
    """Return two expressions for a flag, number or day: its value, and what is wrong with it or NULL."""
    column = columns()[name]
    text = f"trim(CAST({raw} AS VARCHAR))"
    given = f"({raw} IS NOT NULL AND {text} <> '')"
    if column.type == "flag":
        value = (
            f"CASE WHEN lower({text}) IN ('true', 'yes', '1') THEN TRUE "
            f"WHEN lower({text}) IN ('false', 'no', '0') THEN FALSE END"
        )
        return value, _problem(
            given, f"({value}) IS NULL", name, "wrong-type", text, "is neither true nor false."
        )
    if column.type == "date":
        day = f"TRY_CAST({text} AS DATE)"
        value = (
            f"CASE WHEN regexp_full_match({text}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}( 00:00:00)?') "
            f"AND year({day}) BETWEEN {YEARS.start} AND {YEARS.stop - 1} THEN {day} END"
        )
        return value, _problem(
            given, f"({value}) IS NULL", name, "bad-date", text, "is no date. Write YYYY-MM-DD."
        )
    number = f"TRY_CAST({text} AS DOUBLE)"
    beyond = f"({number} < 0 OR {number} > 1)" if (column.unit or "").startswith("share") else f"{number} < 0"
    value = f"CASE WHEN isfinite({number}) AND NOT {beyond} THEN {number} END"
    unit = f" ({column.unit})" if column.unit else ""
    # NaN is how a data frame writes a number that is not there.
    there = f"({given} AND lower({text}) <> 'nan')"
    no_number = _problem(
        there,
        f"({number} IS NULL OR NOT isfinite({number}))",
        name,
        "wrong-type",
        text,
        f"is no number{unit}.",
    )
    outside = _problem(there, beyond, name, "out-of-range", text, f"is out of range{unit}.")
    return value, f"coalesce({no_number}, {outside})"


def _problem(given: str, wrong: str, name: str, rule: str, text: str, what: str) -> str:
    before, after = constant(f"{name}: [{rule}] '"), constant(f"' {what}")
    return f"CASE WHEN {given} AND {wrong} THEN {before} || {text} || {after} END"


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Put rows into a table of the connection."""
    if rows:
        parts = ", ".join("unnest(?)" for _ in rows[0])
        connection.execute(
            f"INSERT INTO {table} SELECT {parts}", [list(part) for part in zip(*rows, strict=True)]
        )


def constant(value: object) -> str:
    """Return a value as a constant of SQL."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, int | float):
        return f"{float(value)!r}::DOUBLE"
    return "'" + str(value).replace("'", "''") + "'"
