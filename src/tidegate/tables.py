"""Answers as tables: one shape that becomes JSON, CSV, Arrow, Polars, pandas or text."""

from __future__ import annotations

import csv
import importlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any, TextIO

from tidegate.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Table", "Tabular", "csv_writer", "need", "to_json"]

_FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r\n]")
"""What a cell begins with that a spreadsheet works out, or strips and then works out. Source: OWASP, CSV Injection."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain values under named columns, with what was asked.

    rows: one mapping per row; values are text, numbers, truth values, None, or lists and mappings of
        those (lists are joined with ';' in CSV, mappings stand there as JSON).
    columns: the columns, in order; every row has every one of them.
    about: what was asked and what the answer rests on; stands beside the rows in JSON.
    rows_name: the key of the rows in JSON.
    """

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    about: Mapping[str, Any] = field(default_factory=dict)
    rows_name: str = "rows"

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON shows: the question, then the rows."""
        return {**self.about, self.rows_name: [dict(row) for row in self.rows]}

    def to_json(self) -> str:
        """Return the table as JSON text."""
        return to_json(self.to_dict())

    def to_csv(self) -> str:
        """Return the rows as CSV text with a header line; no text in it is a formula (`csv_writer`)."""
        out = io.StringIO()
        write = csv_writer(out, self.columns)
        for row in self.rows:
            write({name: _cell(row[name]) for name in self.columns})
        return out.getvalue()

    def to_arrow(self) -> pyarrow.Table:
        """Return the rows as an Arrow table; nested values become JSON text.

        Raises: MissingExtraError: if pyarrow is not installed.
        """
        arrow = need("pyarrow")
        table: pyarrow.Table = arrow.table({name: self._column(name) for name in self.columns})
        return table

    def to_polars(self) -> polars.DataFrame:
        """Return the rows as a Polars frame. Raises: MissingExtraError: if it is not installed."""
        frame: polars.DataFrame = need("polars").from_arrow(self.to_arrow())
        return frame

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a pandas frame. Raises: MissingExtraError: if it is not installed."""
        need("pandas")
        return self.to_arrow().to_pandas()

    def _column(self, name: str) -> Any:  # noqa: ANN401
        arrow = need("pyarrow")
        values = [row[name] for row in self.rows]
        if any(isinstance(value, Mapping) for value in values) or any(
            isinstance(value, Sequence) and any(isinstance(part, Mapping) for part in value)
            for value in values
        ):
            return arrow.array([_json_or_none(value) for value in values], arrow.string())
        if any(isinstance(value, tuple | list) for value in values):
            lists = [None if value is None else list(value) for value in values]
            return arrow.array(lists, arrow.list_(arrow.string()))
        if all(value is None or isinstance(value, str) for value in values):
            return arrow.array(values, arrow.string())
        return arrow.array(values)

    def _repr_html_(self) -> str:
        """Show the rows as an HTML table in a notebook."""
        from tidegate.notebook import html_table

        return html_table(self.rows, self.columns, self.about)


class Tabular:
    """Something whose natural form is a table: gives it in every form a table has."""

    __slots__ = ()

    def table(self) -> Table:
        """Return the rows."""
        raise NotImplementedError

    def to_json(self) -> str:
        """Return the table as JSON text."""
        return self.table().to_json()

    def to_csv(self) -> str:
        """Return the rows as CSV text with a header line."""
        return self.table().to_csv()

    def to_arrow(self) -> pyarrow.Table:
        """Return the rows as an Arrow table. Raises: MissingExtraError: if pyarrow is not installed."""
        return self.table().to_arrow()

    def to_polars(self) -> polars.DataFrame:
        """Return the rows as a Polars frame. Raises: MissingExtraError: if it is not installed."""
        return self.table().to_polars()

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a pandas frame. Raises: MissingExtraError: if it is not installed."""
        return self.table().to_pandas()

    def _repr_html_(self) -> str:
        """Show the rows as an HTML table in a notebook."""
        return self.table()._repr_html_()


def to_json(value: object) -> str:
    """Return JSON text of plain values: stable key order, readable in every script."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def csv_writer(out: TextIO, columns: Sequence[str]) -> Callable[[Row], None]:
    """Return what writes a row of CSV for people; the header line is written at once.

    Names and stories come from strangers: `=HYPERLINK(...)` has to be read and not run. Text that a spreadsheet would
    work out gets an apostrophe before it; numbers stay numbers, as text too (`-5`). JSON and Parquet are for programs
    and hold every text as it is.
    """
    # What a row may end with is quoted where it stands in a cell.
    writer = csv.DictWriter(_Lines(out), columns, lineterminator="\r\n")
    writer.writeheader()

    def write(row: Row) -> None:
        writer.writerow({name: _as_text(row[name]) for name in columns})

    return write


class _Lines:
    """Rows as they come from a writer, ended by a line feed alone."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, row: str) -> int:
        return self._out.write(row.removesuffix("\r\n") + "\n")


def _as_text(cell: object) -> object:
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _json_or_none(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        if any(isinstance(part, Mapping) for part in value):
            return json.dumps(value, ensure_ascii=False, default=str)
        return ";".join(str(part) for part in value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value


def need(library: str) -> ModuleType:
    """Return a library of the extra `tables`. Raises: MissingExtraError: if it is not installed."""
    try:
        return importlib.import_module(library)
    except ImportError:
        raise MissingExtraError(f"{library} is not installed. Run: pip install 'tidegate[tables]'") from None
