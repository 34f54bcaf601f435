"""Effects as files: a picture, every draw as Arrow or Parquet, or the table as JSON or CSV."""

from __future__ import annotations

import io
from pathlib import Path

from tidegate.errors import BadInputError
from tidegate.files import write_whole
from tidegate.supply.effects import Effects
from tidegate.supply.picture import PICTURES, write_picture
from tidegate.tables import need

__all__ = ["ENDINGS", "arrow_bytes", "check_ending", "write_effects"]

ENDINGS = (*PICTURES, ".arrow", ".parquet", ".json", ".csv")
"""Endings of the files that effects can be written to."""


def check_ending(path: Path) -> None:
    """Raise BadInputError where effects cannot be written to a file of that ending, before they are worked out."""
    if path.suffix.lower() not in ENDINGS:
        raise BadInputError(
            f"{path}: '{path.suffix}' is not written. Give a file that ends in {', '.join(ENDINGS)}."
        )
    if not path.parent.is_dir():
        raise BadInputError(f"{path}: there is no folder {path.parent}. Make it, or give another --out.")


def write_effects(effects: Effects, path: Path) -> Path:
    """Write effects to a file in the form that its ending says, whole or not at all.

    Raises: BadInputError: if the ending is none of ENDINGS or the file cannot be written. MissingExtraError.
    """
    check_ending(path)
    form = path.suffix.lower()
    if form in PICTURES:
        return write_picture(effects, path)
    if form == ".arrow":
        return write_whole(path, arrow_bytes(effects))
    if form == ".parquet":
        out = io.BytesIO()
        need("pyarrow.parquet").write_table(effects.draws_table(), out)
        return write_whole(path, out.getvalue())
    return write_whole(path, effects.to_csv() if form == ".csv" else effects.to_json() + "\n")


def arrow_bytes(effects: Effects) -> bytes:
    """Return every draw as an Arrow stream. Raises: MissingExtraError: if pyarrow is not installed."""
    table, out = effects.draws_table(), io.BytesIO()
    with need("pyarrow.ipc").new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()
