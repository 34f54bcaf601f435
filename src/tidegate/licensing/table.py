"""A table of transactions decided in DuckDB: streamed, in bounded memory, bad rows kept with their error.

The table is read twice. The first reading finds the classes of rows that the law tells apart
(`tidegate.licensing.classes`); one row of each class is decided by the statement of
`tidegate.licensing.sql`; the second reading writes every row with the answer of its class. What is kept in
memory grows with the number of classes, not of rows.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.errors import BadInputError, MissingExtraError
from tidegate.ledger import Ledger
from tidegate.ledger.predicate import columns
from tidegate.licensing.cells import constant, insert
from tidegate.licensing.classes import Classes, brought_by, tests_of
from tidegate.licensing.names import PLACED
from tidegate.licensing.opening import OpenTable
from tidegate.licensing.quotas import draw
from tidegate.licensing.scope import DAY, Days
from tidegate.licensing.settled import Settled, steady, values_of
from tidegate.licensing.sql import Statement

if TYPE_CHECKING:
    import duckdb
    import pyarrow

__all__ = ["Decided", "Progress", "decide_table"]

Progress = Callable[[str, float], None]
"""Told what is being done and how much of it is done, 0 to 1."""

SLICE = 60_000
"""Classes of rows from which on the days are cut in slices: with fewer measures each, decided side by side."""

_BIGINT = 2**62
_TYPES = {"text": "VARCHAR", "number": "DOUBLE", "flag": "BOOLEAN", "date": "DATE"}


@dataclass(frozen=True)
class Decided:
    """What came of a table.

    rows, failed: how many rows there were and how many have an error. classes: how many rows the law
    tells apart, where that was found. counts: rows by overall outcome. out: where the answers were
    written; without it they are kept here. aside: columns of the table that are none of a transaction, carried along.
    """

    rows: int
    failed: int
    classes: int | None
    counts: Mapping[str, int]
    aside: tuple[str, ...]
    out: Path | None = None
    kept: Any = field(default=None, repr=False)

    def to_arrow(self) -> pyarrow.Table:
        """Return every row with its answer. Raises: BadInputError: if it was written to a file."""
        if self.kept is None:
            raise BadInputError(f"The answers were written to {self.out}. Read them from there.")
        answers: pyarrow.Table = self.kept
        return answers

    def to_polars(self) -> Any:  # noqa: ANN401
        """Return every row with its answer as a Polars frame."""
        import polars

        return polars.from_arrow(self.to_arrow())

    def row(self) -> dict[str, Any]:
        """Return the summary as plain values."""
        return {
            "rows": self.rows, "failed": self.failed, "classes": self.classes, "counts": dict(self.counts),
            "carried_along": list(self.aside), "out": str(self.out) if self.out else None,
        }  # fmt: skip


def decide_table(
    table: Any,  # noqa: ANN401
    ledger: Ledger,
    *,
    out: str | Path | None = None,
    known_by: dt.date | None = None,
    draw_quotas: bool = True,
    ranges: bool = False,
    progress: Progress | None = None,
    memory: str = "2GB",
) -> Decided:
    """Return, or write, every row of a table with the answer of each government.

    table: a CSV or Parquet file, or an Arrow, Polars or pandas table, with columns of docs/columns.md;
        `date` must be one of them. Names may be in anybody's words. Other columns are carried along.
    out: a .parquet or .csv file; it is put in place only when it is whole.
    draw_quotas: whether allowances are drawn down across the rows in the order of their dates.
    ranges: whether to add what each government's answer is at least and at most (`us_at_least`, `us_at_most`).
    memory: what DuckDB may use before it spills to disk.
    Raises: BadInputError: if the table cannot be read or has no `date`. MissingExtraError: without DuckDB.
    """
    connection = _connect(memory)
    try:
        run = _Run(connection, ledger, known_by, progress or (lambda _what, _done: None), ranges=ranges)
        return run.decide(table, Path(out) if out else None, draw_quotas=draw_quotas)
    finally:
        connection.close()


def _connect(memory: str) -> duckdb.DuckDBPyConnection:
    try:
        import duckdb
    except ImportError:
        raise MissingExtraError("duckdb is not installed. Run: pip install 'tidegate[tables]'") from None
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{memory}'")
    connection.execute(f"SET temp_directory = {constant(tempfile.gettempdir())}")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET preserve_insertion_order = true")
    # The small tables of names and answers are looked up; the rows stream past them in their order.
    connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    return connection


class _Run:
    """One table on its way through the engine."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        ledger: Ledger,
        known_by: dt.date | None,
        progress: Progress,
        *,
        ranges: bool,
    ) -> None:
        self.sql, self.ledger, self.known_by, self.progress = connection, ledger, known_by, progress
        self.ranges, self.settled = ranges, Settled({})
        self.table: OpenTable
        self.rows = "typed"

    def decide(self, table: Any, out: Path | None, *, draw_quotas: bool) -> Decided:  # noqa: ANN401
        self.table = OpenTable(self.sql, table, self._telling)
        with self._telling("reading"):
            first, last, rows = self._one("SELECT min(date), max(date), count(*) FROM typed")
        days = Days(first or dt.date(2018, 1, 1), (last or dt.date(2018, 1, 1)) + DAY)
        given = self.table.typed
        if draw_quotas and (filled := draw(self.sql, self.ledger, days, given, self.known_by)):
            given, self.rows = given | filled, "drawn"
        statement = Statement(self.ledger, days, given, known_by=self.known_by, ranges=self.ranges)
        # A large table is not gone through once more for this: its lanes seldom leave a test the same for all rows.
        if self.table.small:
            self.settled = Settled(steady(statement.facts, values_of(self.sql, self.rows, given)))
        statement = replace(statement, settled=self.settled)
        classes = self._classes(statement)
        count = self._distinct(classes)
        answers = self._decide_classes(classes, statement, count)
        kept, counts = self._write(classes, answers, out)
        return Decided(rows, counts.get("error", 0), count, counts, self.table.aside, out, kept)

    # --- classes of rows

    def _classes(self, statement: Statement) -> list[Classes]:
        tests = tests_of(statement.trees())
        found = []
        for name in sorted((statement.used() & statement.given) | {"date"}):
            own = tests.get(name, ())
            if columns()[name].type != "text":
                found.append(Classes(name, own))
                continue
            rows = self.sql.execute(f"SELECT DISTINCT {name} FROM typed WHERE {name} IS NOT NULL ORDER BY 1")
            values = tuple(row[0] for row in rows.fetchall())
            found.append(Classes(name, own, values, brought_by(name, tests, statement.facts.items)))
            self._put_class(found[-1])
        return [classes for classes in found if classes.size > 1]

    def _put_class(self, classes: Classes) -> None:
        """Note the class of each name beside the name, so that a row needs one look-up."""
        name = classes.column
        self.sql.execute(f"CREATE TABLE class_{name} (value VARCHAR, class INTEGER)")
        insert(self.sql, f"class_{name}", list(classes.class_of.items()))
        if name in self.table.given and name not in PLACED:
            self.sql.execute(
                f"UPDATE names_{name} AS n SET class = c.class FROM class_{name} AS c WHERE n.value = c.value"
            )

    def _keyed(self, classes: list[Classes], listed: str = "") -> str:
        """The query of all rows with the key of their class, NULL where a row has an error."""
        parts, joins, radix = [], [], 1
        for c in classes:
            if columns()[c.column].type != "text":
                own = f"({c.sql(f't.{c.column}')})"
            elif self._names_its_class(c.column):
                own = f"coalesce(t.c_{c.column}, 0)"
            else:
                joins.append(
                    f"LEFT JOIN class_{c.column} AS c_{c.column} ON t.{c.column} = c_{c.column}.value"
                )
                own = f"coalesce(c_{c.column}.class, 0)"
            parts.append(f"{own} * {radix}::{'BIGINT' if radix * c.size < _BIGINT else 'HUGEINT'}")
            radix *= c.size
        kind = "BIGINT" if radix < _BIGINT else "HUGEINT"
        key = f"CASE WHEN t.error IS NULL THEN ({' + '.join(parts) or '0'})::{kind} END"
        return f"SELECT {listed}{key} AS key FROM {self.rows} AS t {' '.join(joins)}"

    def _names_its_class(self, column: str) -> bool:
        """Whether the class of a name stands beside the name, where a row that is not kept finds it."""
        own = column in self.table.given and column not in PLACED
        return own and self.rows == "typed" and not self.table.small

    def _distinct(self, classes: list[Classes]) -> int:
        with self._telling("finding what the law tells apart"):
            keyed = self._keyed(classes)
            self.sql.execute(f"CREATE TABLE keys AS SELECT DISTINCT key FROM ({keyed}) WHERE key IS NOT NULL")
        listed, radix = [], 1
        for c in classes:
            values = ", ".join(constant(value) for value in c.representatives)
            digit = f"((key // {radix}::HUGEINT) % {c.size})::INT + 1"
            kind = _TYPES[columns()[c.column].type]
            listed.append(f"list_extract([NULL, {values}]::{kind}[], {digit}) AS {c.column}")
            radix *= c.size
        self.sql.execute(f"CREATE TABLE transactions AS SELECT key, {', '.join(listed)} FROM keys")
        return int(self._one("SELECT count(*) FROM keys")[0])

    def _decide_classes(self, classes: list[Classes], statement: Statement, count: int) -> tuple[str, ...]:
        have = frozenset(c.column for c in classes) | {"date"}
        slices = list(_slices(statement.days, count // SLICE + 1))
        done = 0

        def decide(index: int) -> None:
            nonlocal done
            days, own = slices[index], self.sql.cursor()
            part = Statement(
                self.ledger, days, have, f"slice_{index}", ("key",), self.known_by, self.ranges, self.settled
            )
            own.execute(
                f"CREATE TABLE slice_{index} AS SELECT * FROM transactions "
                f"WHERE date >= {constant(days.starts)} AND date < {constant(days.ends)}"
            )
            # The statement is one long projection: the optimiser takes minutes over it and gains nothing.
            own.execute("PRAGMA disable_optimizer")
            own.execute(f"CREATE TABLE answers_{index} AS {part.sql()}")
            own.execute(f"DROP TABLE slice_{index}")
            own.close()
            done += 1
            self.progress("deciding", done / len(slices))

        # A year is seldom large enough for the engine to use more than one core on it.
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            list(pool.map(decide, range(len(slices))))
        each = " UNION ALL ".join(f"SELECT * FROM answers_{index}" for index in range(len(slices)))
        self.sql.execute(f"CREATE TABLE loose AS {each}")
        words = [name for name in statement.columns() if name != "outcome"]
        self._as_words(("outcome", *words))
        return statement.columns()

    def _as_words(self, names: tuple[str, ...]) -> None:
        """Make `answers` of the loose ones: few words stand in them, so each is kept as a number."""
        parts = []
        for name in names:
            words = [row[0] for row in self.sql.execute(
                f"SELECT DISTINCT {name} FROM loose WHERE {name} IS NOT NULL ORDER BY 1").fetchall()]  # fmt: skip
            if words:
                self.sql.execute(f"CREATE TYPE words_{name} AS ENUM ({', '.join(map(constant, words))})")
            parts.append(f"{name}::{f'words_{name}' if words else 'VARCHAR'} AS {name}")
        self.sql.execute(f"CREATE TABLE answers AS SELECT key, {', '.join(parts)} FROM loose")
        self.sql.execute("DROP TABLE loose")

    # --- writing

    def _write(
        self, classes: list[Classes], names: tuple[str, ...], out: Path | None
    ) -> tuple[Any, dict[str, int]]:
        taken = set(self.table.aside) & {*names, "error", "note"}
        if taken:
            raise BadInputError(f"The table has a column '{min(taken)}', as the answers have. Rename it.")
        own = "".join(f't."o_{name}", ' for name in (*self.table.given, *self.table.aside))
        number = "t.row_id, " if self.rows == "drawn" else ""
        listed = "".join(f'k."o_{name}" AS "{name}", ' for name in (*self.table.given, *self.table.aside))
        query = (
            f"SELECT {listed}k.error, k.note, {', '.join(f'a.{name}' for name in names)} "
            f"FROM ({self._keyed(classes, own + number + 't.error, t.note, ')}) AS k "
            "LEFT JOIN answers AS a ON k.key = a.key" + (" ORDER BY k.row_id" if number else "")
        )
        if out is None:
            kept = self.sql.sql(query).to_arrow_table()
            self.sql.register("decided", kept)
            source = "decided"
        else:
            kept, source = None, self._copy(query, out)
        tally = f"SELECT coalesce(outcome::VARCHAR, 'error'), count(*) FROM {source} GROUP BY 1 ORDER BY 2 DESC, 1"
        return kept, dict(self.sql.execute(tally).fetchall())

    def _copy(self, query: str, out: Path) -> str:
        """Write the answers beside `out` and put them in its place once they are whole."""
        form = {".parquet": "FORMAT parquet", ".csv": "FORMAT csv, HEADER"}.get(out.suffix.lower())
        if form is None:
            raise BadInputError(f"{out}: '{out.suffix}' is not written. Give a .parquet or .csv file.")
        partial = out.with_name(f".{out.name}.partial")
        try:
            with self._telling("writing"):
                self.sql.execute(f"COPY ({query}) TO {constant(str(partial))} ({form})")
            partial.replace(out)
        finally:
            partial.unlink(missing_ok=True)
        return f"{'read_parquet' if out.suffix.lower() == '.parquet' else 'read_csv'}({constant(str(out))})"

    # --- small things

    def _one(self, query: str) -> tuple[Any, ...]:
        [row] = self.sql.execute(query).fetchall()
        return tuple(row)

    @contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        """Tell how far the query within has come, four times a second."""
        done = threading.Event()

        def tell() -> None:
            while not done.wait(0.25):
                self.progress(what, max(0.0, min(1.0, self.sql.query_progress() / 100)))

        teller = threading.Thread(target=tell, daemon=True)
        teller.start()
        try:
            yield
        finally:
            done.set()
            teller.join()
        self.progress(what, 1.0)


def _slices(days: Days, number: int) -> Iterator[Days]:
    """Cut days into so many parts, but into none shorter than a quarter of a year."""
    step = max((days.ends - days.starts) / number, dt.timedelta(days=91))
    start = days.starts
    while start < days.ends:
        end = min(start + step, days.ends)
        yield Days(start, end)
        start = end
