"""Claims found, as a file: JSONL, JSON, CSV or Parquet by its ending."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from tidegate.claims.store.files import write_whole
from tidegate.errors import BadInputError
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
    arrow = table.to_arrow()  # says how to install pyarrow where it is not
    import pyarrow as pa
    import pyarrow.parquet as pq

    def kind(name: str) -> Any:  # noqa: ANN401
        if name in _LISTS:
            return pa.list_(pa.string())
        return {"value": pa.float64(), "future": pa.bool_()}.get(name, pa.string())

    columns = {name: pa.array([row[name] for row in table], kind(name)) for name in arrow.column_names}
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()
