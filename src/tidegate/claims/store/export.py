"""Claims found, as a file: JSONL, JSON, CSV or Parquet by its ending."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from tidegate.claims.store.rows import as_double
from tidegate.errors import BadInputError, MissingExtraError
from tidegate.files import write_whole
from tidegate.tables import Table

__all__ = ["ENDINGS", "write_claims"]

ENDINGS = (".jsonl", ".json", ".csv", ".parquet")

_LISTS = frozenset(
    ("actor", "items", "target", "counterparty", "affected", "source", "outlets", "documents", "readers")
)


def write_claims(table: Table, path: str | Path) -> Path:
    """Write the rows of `search_claims` to a file, whole or not at all.

    A column of a Parquet file has the same type whatever was found: lists of text, `value` a double,
    `future` a truth value, else text.
    Raises: BadInputError: for another ending, or a file that cannot be written. MissingExtraError: for
        Parquet without pyarrow.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending == ".jsonl":
        lines = (json.dumps(dict(row), ensure_ascii=False) for row in table)
        return write_whole(path, "".join(f"{line}\n" for line in lines))
    if ending == ".json":
        return write_whole(path, table.to_json() + "\n")
    if ending == ".csv":
        return write_whole(path, table.to_csv())
    if ending == ".parquet":
        return write_whole(path, _parquet(table))
    raise BadInputError(f"{path}: the ending names no form of a table. Known: {', '.join(ENDINGS)}.")


def _parquet(table: Table) -> bytes:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        mend = "Run: pip install 'tidegate[tables]'"
        raise MissingExtraError(f"pyarrow is not installed, and Parquet needs it. {mend}") from None

    def column(name: str) -> Any:  # noqa: ANN401
        values = [row[name] for row in table]
        if name == "value":
            return pa.array(map(as_double, values), pa.float64())
        if name == "future":
            return pa.array(values, pa.bool_())
        return pa.array(values, pa.list_(pa.string()) if name in _LISTS else pa.string())

    sink = io.BytesIO()
    pq.write_table(pa.table({name: column(name) for name in table.columns}), sink)
    return sink.getvalue()
