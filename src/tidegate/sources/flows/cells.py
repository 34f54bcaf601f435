"""Cells of a trade file as expressions: text without blanks, and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.errors import BadInputError
from tidegate.tables import need

__all__ = ["MISSING", "NUMBERS", "WORDS", "Cells"]

WORDS = ("period", "freq", "reporter", "partner", "flow", "hs", "valuation", "currency")
"""Columns of text that all layouts have."""

NUMBERS = ("value", "kg")

MISSING = ("", "na", "n/a", "nan", "null", "none", "-", "..")
"""What stands for no number."""


class Cells:
    """The columns of one file, by name in any case; a column that is not there is empty.

    columns, schema: names and Polars types. name: the file, for messages.
    """

    def __init__(self, columns: Sequence[str], schema: Mapping[str, Any], name: str) -> None:
        self.name = name
        self._schema = schema
        self._names: dict[str, str] = {}
        for column in columns:
            if self._names.setdefault(_plain(column), column) != column:
                raise BadInputError(f"{name}:1: two columns are named '{column.strip()}'. Keep one.")
        self._columns = tuple(columns)
        self.numbers: dict[str, str] = {}

    def has(self, name: str) -> bool:
        """Whether the file has a column."""
        return bool(name) and _plain(name) in self._names

    def shown(self) -> str:
        """Return the names of the columns, for a message."""
        cells = [f"'{column[:30]}'" for column in self._columns if column]
        return ", ".join(cells[:8]) + (f" and {len(cells) - 8} more" if len(cells) > 8 else "")

    def text(self, name: str) -> Any:  # noqa: ANN401
        """Return a column as text without blanks around it; null where it is empty or not there."""
        pl = need("polars")
        if not self.has(name):
            return pl.lit(None, dtype=pl.String)
        column = self._names[_plain(name)]
        expr, dtype = pl.col(column), self._schema[column]
        if dtype.is_temporal():
            return expr.cast(pl.Datetime).dt.strftime("%Y-%m-%dT%H:%M:%S")
        if dtype.is_float():
            # A code that a library took for a number: 854231.0.
            whole = expr.cast(pl.Int64, strict=False)
            return (
                pl.when(whole.cast(pl.Float64) == expr)
                .then(whole.cast(pl.String))
                .otherwise(expr.cast(pl.String))
            )
        if dtype.is_nested() or dtype == pl.Binary:
            raise BadInputError(
                f"{self.name}: column '{column}' holds no plain values. Write it as text or number."
            )
        plain = expr.cast(pl.String).str.strip_chars()
        return pl.when(plain != "").then(plain)

    def number(self, name: str) -> Any:  # noqa: ANN401
        """Return a column as numbers; null where it is empty or no number."""
        pl = need("polars")
        if self.has(name) and self._schema[self._names[_plain(name)]].is_numeric():
            return pl.col(self._names[_plain(name)]).cast(pl.Float64).fill_nan(None)
        # A word that stands for no number is none either way; which words may stand there is checked afterwards.
        return self.text(name).cast(pl.Float64, strict=False).fill_nan(None)

    def is_true(self, name: str) -> Any:  # noqa: ANN401
        """Return whether a column says true; false where it is empty."""
        return self.text(name).str.to_lowercase().is_in(["true", "1"]).fill_null(value=False)

    def starts(self, name: str, letter: str) -> Any:  # noqa: ANN401
        """Return whether a column begins with a letter, is empty, or is not in the file."""
        return self.text(name).str.starts_with(letter).fill_null(value=True)

    def rows(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return the columns that all layouts have, as the file writes them: the rest is told from their few values.

        given: expressions, or names of columns, of period, reporter, partner, flow and hs; where the file has them of
        freq, valuation, currency and estimated. value, kg: a column with what one of its units is in US dollars or
        kg; beside the number stands its text, as `value_text` and `kg_text`.
        """
        pl = need("polars")
        found = {}
        for name in WORDS:
            expr = given.get(name)
            found[name] = self.text(expr or "") if expr is None or isinstance(expr, str) else expr
        found["estimated"] = given.get("estimated", pl.lit(value=False))
        for name in NUMBERS:
            column, factor = given.get(name) or ("", 1)
            if column:
                self.numbers[name] = column
            found[name], found[f"{name}_text"] = self.number(column) * factor, self.text(column)
        return found


def _plain(name: str) -> str:
    return name.strip().lower()
