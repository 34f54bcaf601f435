"""A table opened: its cells as values of the vocabulary, and what is wrong with each row."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.errors import BadInputError
from tidegate.ledger.predicate import columns
from tidegate.licensing.cells import constant, insert, typed_cell
from tidegate.licensing.names import PLACED, resolve

if TYPE_CHECKING:
    import duckdb

__all__ = ["SMALL", "OpenTable"]

SMALL = 100_000
"""Rows of a table in memory up to which its typed form is kept, so that it is worked out once and not at every look."""


class OpenTable:
    """A table as the view (a small one as the table) `typed` of a connection.

    given: its columns that are those of a transaction. aside: the others, carried along. typed: the
    columns of the view, with what the words of an item's name add. The columns of the table itself
    stand in the view as they came, under "o_" and their name; `error` says what is wrong with a row.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: Any,  # noqa: ANN401
        telling: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self.sql, self.telling = connection, telling
        self.small = False
        self.given: tuple[str, ...] = ()
        self.aside: tuple[str, ...] = ()
        self._open(table)
        self.typed = self._type()

    def _open(self, table: Any) -> None:  # noqa: ANN401
        import duckdb

        if isinstance(table, str | Path):
            path = Path(table)
            if not path.exists():
                raise BadInputError(f"{path}: there is no such file. Give a CSV or Parquet file.")
            reader = {
                ".parquet": f"read_parquet({constant(str(path))})",
                ".csv": f"read_csv({constant(str(path))}, all_varchar = true, header = true)",
            }.get(path.suffix.lower())
            if reader is None:
                raise BadInputError(f"{path}: '{path.suffix}' is not read. Give a .csv or .parquet file.")
        else:
            path, reader = Path("the table"), "given_table"
            self.sql.register("given_table", table)
        try:
            self.sql.execute(f"CREATE VIEW raw AS SELECT * FROM {reader}")
            names = [row[0] for row in self.sql.execute("DESCRIBE raw").fetchall()]
            if reader == "given_table":
                [(rows,)] = self.sql.execute("SELECT count(*) FROM raw").fetchall()
                self.small = rows <= SMALL
        except duckdb.Error as error:
            what = str(error).splitlines()[0]
            raise BadInputError(f"{path}: it cannot be read as a table: {what}. Mend the file.") from None
        self.given = tuple(name for name in names if name in columns())
        self.aside = tuple(name for name in names if name not in columns())
        if "date" not in self.given:
            listed = ", ".join(names[:12])
            raise BadInputError(
                f"{path}: no column is called 'date' (there are: {listed}). Name the day of a row 'date'."
            )

    def _type(self) -> frozenset[str]:
        """Make the view: ids and values in the types of the vocabulary, and what is wrong."""
        joins, errors, classes = [], [], []
        listed: dict[str, str] = {}
        for index, name in enumerate(self.given):
            raw = f'r."{name}"'
            if columns()[name].type == "text":
                self._resolve(name)
                joins.append(
                    f"LEFT JOIN names_{name} AS n{index} ON trim(CAST({raw} AS VARCHAR)) = n{index}.raw"
                )
                listed[name] = f"n{index}.value"
                classes.append(f", n{index}.class AS c_{name}")
                errors.append(f"n{index}.error")
            else:
                listed[name], problem = typed_cell(name, raw)
                errors.append(problem)
        note = "NULL::VARCHAR"
        if "item" in self.given:
            note = f"n{self.given.index('item')}.note"
            # What the words of a name say of an item stands behind what the table says itself.
            for name in PLACED:
                words = f"n{self.given.index('item')}.{name}"
                listed[name] = f"coalesce({listed[name]}, {words})" if name in listed else words
        errors.append(f"CASE WHEN ({listed['date']}) IS NULL THEN 'date: [missing] the row has no day.' END")
        wrong = f"nullif(concat_ws('; ', {', '.join(errors)}), '')"
        facts = ", ".join(f"{value} AS {name}" for name, value in listed.items())
        own = ", ".join(f'r."{name}" AS "o_{name}"' for name in (*self.given, *self.aside))
        kept = "TABLE" if self.small else "VIEW"
        self.sql.execute(
            f"CREATE {kept} typed AS SELECT {facts}{''.join(classes)}, {wrong} AS error, {note} AS note, {own} "
            f"FROM raw AS r {' '.join(joins)}"
        )
        return frozenset(listed)

    def _resolve(self, name: str) -> None:
        text = f'trim(CAST("{name}" AS VARCHAR))'
        with self.telling(f"reading {name}"):
            rows = self.sql.execute(
                f"SELECT DISTINCT {text} FROM raw WHERE {text} <> '' ORDER BY 1"
            ).fetchall()
        parts = ", ".join(f"{part} VARCHAR" for part in ("raw", "value", "error", *PLACED, "note"))
        self.sql.execute(f"CREATE TABLE names_{name} ({parts}, class INTEGER)")
        found = resolve(name, (row[0] for row in rows))
        kept = ("raw", "value", "error", *PLACED, "note")
        insert(self.sql, f"names_{name}", [(*(getattr(r, part) for part in kept), None) for r in found])
