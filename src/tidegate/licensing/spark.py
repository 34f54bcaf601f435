"""The same statement on Spark, for tables that outgrow one machine.

A session is started on this machine unless one is handed over; a session of a cluster is made as Spark's
own documentation says (`SparkSession.builder.remote("sc://...")` or `spark-submit`) and passed as `spark`.
Names are looked up on the driver, each distinct one once; everything else runs in the engine.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError, MissingExtraError
from tidegate.ledger import Ledger
from tidegate.ledger.predicate import columns
from tidegate.licensing.cells import constant
from tidegate.licensing.names import PLACED, resolve
from tidegate.licensing.scope import DAY, Days
from tidegate.licensing.sql import Statement
from tidegate.licensing.table import Decided
from tidegate.licensing.tosql import translate

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["decide_file_on_spark", "decide_on_spark", "local_session"]

_TYPES = {"text": "string", "number": "double", "flag": "boolean", "date": "date"}


def local_session() -> SparkSession:
    """Return a session on this machine. Raises: MissingExtraError: without pyspark."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise MissingExtraError("pyspark is not installed. Run: pip install 'tidegate[spark]'") from None
    builder = SparkSession.builder.master("local[*]").appName("tidegate")
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        # The statement is one long projection: compiled to a single method it would be too large.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        # So long a statement is planned in half the time without looking for what follows from its joins.
        "spark.sql.constraintPropagation.enabled": "false",
        "spark.sql.shuffle.partitions": "8",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def decide_on_spark(
    table: str | Path | DataFrame,
    ledger: Ledger,
    *,
    out: str | Path | None = None,
    known_by: dt.date | None = None,
    spark: SparkSession | None = None,
) -> DataFrame:
    """Return every row of a table with the answer of each government, as a Spark frame.

    table: a CSV or Parquet file or folder, or a Spark frame, with columns of docs/columns.md, `date` among
        them. out: a folder of Parquet files that is written as well. Quotas are not drawn down here.
    Raises: BadInputError: if the table cannot be read or has no `date`.
    """
    session = spark or local_session()
    raw = _read(session, table)
    if "date" not in raw.columns:
        raise BadInputError(f"{table}: no column is called 'date'. Name the day of each row 'date'.")
    raw.selectExpr("monotonically_increasing_id() AS row_id", "*").createOrReplaceTempView("tidegate_raw")
    typed = session.sql(_typed(session, raw.columns)).cache()
    typed.createOrReplaceTempView("tidegate_typed")
    days = session.sql("SELECT min(date) AS first, max(date) AS last FROM tidegate_typed").first()
    first, last = (days["first"], days["last"]) if days else (None, None)
    span = Days(first or dt.date(2018, 1, 1), (last or dt.date(2018, 1, 1)) + DAY)
    given = frozenset(name for name in typed.columns if name in columns())
    statement = Statement(ledger, span, given, "tidegate_typed", ("row_id",), known_by)
    answers = session.sql(translate(statement.sql(), "spark"))
    names = [name for name in raw.columns if name != "row_id"]
    decided = (
        session.table("tidegate_raw")
        .join(typed.select("row_id", "error", "note"), "row_id")
        .join(answers, "row_id", "left")
        .orderBy("row_id")
        .selectExpr(
            *(f"`{name}`" for name in names),
            "error",
            "note",
            *(f"CASE WHEN error IS NULL THEN {name} END AS {name}" for name in statement.columns()),
        )
    )
    if out is not None:
        decided.write.mode("overwrite").parquet(str(out))
    return decided


def decide_file_on_spark(
    table: str | Path,
    ledger: Ledger,
    *,
    out: str | Path | None = None,
    known_by: dt.date | None = None,
    spark: SparkSession | None = None,
) -> Decided:
    """Return what came of a table, as `decide_table` does; `out` is a folder of Parquet files.

    Raises: BadInputError: if the table cannot be read, or `out` names a file.
    """
    if out is not None and Path(out).suffix:
        raise BadInputError(
            f"{out}: Spark writes a folder of Parquet files. Give a name without '{Path(out).suffix}'."
        )
    session = spark or local_session()
    frame = decide_on_spark(table, ledger, out=out, known_by=known_by, spark=session)
    kept = None if out is not None else frame.toArrow()
    answers = session.read.parquet(str(out)) if out is not None else session.createDataFrame(kept)
    tally = answers.selectExpr("coalesce(outcome, 'error') AS outcome").groupBy("outcome").count().collect()
    counts = dict(sorted(((row["outcome"], row["count"]) for row in tally), key=lambda pair: -pair[1]))
    aside = tuple(name for name in _read(session, table).columns if name not in columns())
    return Decided(
        sum(counts.values()), counts.get("error", 0), None, counts, aside, Path(out) if out else None, kept
    )


def _read(session: SparkSession, table: str | Path | DataFrame) -> DataFrame:
    if not isinstance(table, str | Path):
        return table
    if not Path(table).exists() and "://" not in str(table):
        raise BadInputError(f"{table}: there is no such file. Give a CSV or Parquet file.")
    if str(table).endswith(".csv"):
        return session.read.csv(str(table), header=True)
    return session.read.parquet(str(table))


def _typed(session: SparkSession, names: list[str]) -> str:
    """The query that puts cells into the types of the vocabulary and names into ids."""
    listed, joins, errors = ["r.row_id"], [], []
    note = "CAST(NULL AS string)"
    given = [name for name in names if name in columns()]
    said = _words(session, [name for name in given if columns()[name].type == "text"])
    for index, name in enumerate(given):
        kind, text = columns()[name].type, f"trim(CAST(r.`{name}` AS string))"
        if kind == "text":
            found = resolve(name, sorted(said[name]))
            parts = ("raw", "value", "error", *PLACED, "note")
            values = [tuple(getattr(f, part) for part in parts) for f in found]
            schema = ", ".join(f"{part} string" for part in parts)
            session.createDataFrame(values, schema).createOrReplaceTempView(f"tidegate_names_{name}")
            joins.append(f"LEFT JOIN tidegate_names_{name} AS n{index} ON {text} = n{index}.raw")
            listed.append(f"n{index}.value AS {name}")
            errors.append(f"n{index}.error")
            if name == "item":
                note = f"n{index}.note"
                listed += [f"n{index}.{part} AS {part}" for part in PLACED if part not in given]
            continue
        value = f"try_cast({text} AS {_TYPES[kind]})"
        listed.append(f"{value} AS {name}")
        wrong = f"{text} <> '' AND {value} IS NULL"
        errors.append(f"CASE WHEN {wrong} THEN {constant(f'{name}: [wrong-type] it is no {kind}.')} END")
        if kind == "number":
            top = f" OR {value} > 1" if (columns()[name].unit or "").startswith("share") else ""
            errors.append(f"CASE WHEN {value} < 0{top} THEN {constant(f'{name}: [out-of-range]')} END")
        if name == "date":
            errors.append(f"CASE WHEN {value} IS NULL THEN 'date: [missing] the row has no day.' END")
    wrong = f"nullif(concat_ws('; ', {', '.join(errors)}), '')"
    return f"SELECT {', '.join(listed)}, {wrong} AS error, {note} AS note FROM tidegate_raw AS r {' '.join(joins)}"


def _words(session: SparkSession, names: list[str]) -> dict[str, list[str]]:
    """The different words of some columns, by one pass over the table."""
    found: dict[str, list[str]] = {name: [] for name in names}
    if not names:
        return found
    cells = ", ".join(f"'{name}', trim(CAST(`{name}` AS string))" for name in names)
    rows = session.sql(f"SELECT DISTINCT stack({len(names)}, {cells}) AS (name, word) FROM tidegate_raw")
    for row in rows.collect():
        if row["word"]:
            found[row["name"]].append(row["word"])
    return found
