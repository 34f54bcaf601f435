"""The columns of lists and owners for every row of a table, in DuckDB: each name is looked up once.

What is told of a party changes on few days (a listing, a stake that begins or ends), so that it is worked out once for
each stretch of days between them and not for each row.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tidegate.errors import BadInputError, MissingExtraError
from tidegate.licensing.cells import constant, insert
from tidegate.licensing.parties import FLAGS, Filled, Parties
from tidegate.screening.ownership import BIS_AFFILIATES, CN_AFFILIATES

__all__ = ["OPEN", "filled_table"]

COLUMNS = (*FLAGS, "end_user_us_footnote", str(BIS_AFFILIATES.column), str(CN_AFFILIATES.column))

OPEN = "parties_open"
"""Column that says which of the columns stay NULL, and why."""


@contextmanager
def filled_table(path: Path, parties: Parties) -> Iterator[Path]:
    """Give a table with what lists and owners tell of the end users, as a Parquet file that goes away afterwards.

    A cell that holds a value stays. Rows without a day or an end user are left as they are.
    Raises: BadInputError: if the table cannot be read or has no `date` or `end_user`. MissingExtraError: without DuckDB.
    """
    try:
        import duckdb
    except ImportError:
        raise MissingExtraError("duckdb is not installed. Run: pip install 'tidegate[tables]'") from None
    reader = {
        ".parquet": f"read_parquet({constant(str(path))})",
        ".csv": f"read_csv({constant(str(path))}, all_varchar = true, header = true)",
    }.get(path.suffix.lower())
    if not path.exists() or reader is None:
        raise BadInputError(f"{path}: there is no such .csv or .parquet file.")
    with tempfile.TemporaryDirectory(prefix="tidegate-") as folder:
        connection = duckdb.connect()
        try:
            connection.execute(f"CREATE VIEW raw AS SELECT * FROM {reader}")
            names = [row[0] for row in connection.execute("DESCRIBE raw").fetchall()]
            for needed in ("date", "end_user"):
                if needed not in names:
                    raise BadInputError(
                        f"{path}: no column is called '{needed}'. Lists and owners are asked by it."
                    )
            out = Path(folder) / "filled.parquet"
            _fill(connection, parties, names, out)
        except duckdb.Error as error:
            what = str(error).splitlines()[0]
            raise BadInputError(f"{path}: it cannot be read as a table: {what}. Mend the file.") from None
        finally:
            connection.close()
        yield out


def _fill(connection: Any, parties: Parties, names: list[str], out: Path) -> None:  # noqa: ANN401
    who, day = "trim(CAST(end_user AS VARCHAR))", "TRY_CAST(CAST(date AS VARCHAR) AS DATE)"
    pairs = connection.execute(
        f"SELECT {who} AS who, list_sort(list(DISTINCT {day})) FROM raw "
        f"WHERE {who} <> '' AND {day} IS NOT NULL GROUP BY 1"
    ).fetchall()
    told = ", ".join(f"{name} VARCHAR" for name in (*COLUMNS, OPEN))
    connection.execute(f"CREATE TABLE told (who VARCHAR, day DATE, {told})")
    for name, days in sorted(pairs):
        insert(connection, "told", list(_rows(parties, name, days)))
    told_of = {name: f"t.{name}" for name in (*COLUMNS, OPEN)}
    if "end_user_us_listed" in names:
        # Who is not listed, by the user's word, bears no footnote.
        no = "lower(trim(CAST(r.end_user_us_listed AS VARCHAR))) IN ('false', 'no', '0')"
        told_of["end_user_us_footnote"] = f"CASE WHEN {no} THEN NULL ELSE t.end_user_us_footnote END"
    listed = []
    for name in names:
        own = f'r."{name}"'
        if name in COLUMNS:
            own = f"coalesce(nullif(trim(CAST({own} AS VARCHAR)), ''), {told_of[name]})"
        listed.append(f'{own} AS "{name}"')
    listed += [f"{value} AS {name}" for name, value in told_of.items() if name not in names]
    joined = (
        f"SELECT {', '.join(listed)} FROM raw AS r LEFT JOIN told AS t ON trim(CAST(r.end_user AS VARCHAR)) = t.who "
        "AND TRY_CAST(CAST(r.date AS VARCHAR) AS DATE) = t.day"
    )
    connection.execute("SET preserve_insertion_order = true")
    connection.execute(f"COPY ({joined}) TO {constant(str(out))} (FORMAT PARQUET)")


def _rows(parties: Parties, name: str, days: list[dt.date]) -> Iterator[tuple[object, ...]]:
    breaks = parties.breaks(name)
    kept: dict[int, Filled] = {}
    for day in days:
        at = bisect_right(breaks, day)
        if at not in kept:
            kept[at] = parties.fill({"end_user": name}, day)
        yield (name, day, *_cells(kept[at]))


def _cells(filled: Filled) -> Iterator[str | None]:
    for column in COLUMNS:
        value = filled.facts.get(column)
        yield None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    yield "; ".join(f"{column}: {why}" for column, why in filled.open.items()) or None
