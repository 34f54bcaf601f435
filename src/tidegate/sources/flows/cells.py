"""Cells of a trade file as expressions: text without blanks, numbers, and what is wrong with a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tidegate.errors import BadInputError
from tidegate.tables import need

__all__ = ["Cells", "Rows", "Wrong"]

MISSING = ("", "na", "n/a", "nan", "null", "none", "-", "..")
"""What stands for no number."""

_PERIOD = r"^((?:19|20)\d{2})(?:-?(0[1-9]|1[0-2])(?:-?([0-3]\d)(?:[T ]00:00:00.*)?)?)?$"


class Wrong(NamedTuple):
    """Something that can be wrong with a row. test: when it is. what: the column. cell: what stands there. words: why
    not, and the mend.
    """

    test: Any
    what: str
    cell: Any
    words: str


class Rows(NamedTuple):
    """The columns that all layouts have, as expressions, and what can be wrong with a row, the first first."""

    columns: Mapping[str, Any]
    wrong: Sequence[Wrong]


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

    def has(self, name: str) -> bool:
        """Whether the file has a column."""
        return _plain(name) in self._names

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
        """Return a column as numbers; null where it is empty, says so, or is no number."""
        pl = need("polars")
        if self.has(name) and self._schema[self._names[_plain(name)]].is_numeric():
            return pl.col(self._names[_plain(name)]).cast(pl.Float64).fill_nan(None)
        text = self.text(name)
        return pl.when(~text.str.to_lowercase().is_in(MISSING)).then(text).cast(pl.Float64, strict=False)

    def is_true(self, name: str) -> Any:  # noqa: ANN401
        """Return whether a column says true; false where it is empty."""
        return self.text(name).str.to_lowercase().is_in(["true", "1"]).fill_null(value=False)

    def starts(self, name: str, letter: str) -> Any:  # noqa: ANN401
        """Return whether a column begins with a letter, is empty, or is not in the file."""
        return self.text(name).str.starts_with(letter).fill_null(value=True)

    def columns(
        self,
        *,
        period: Any,  # noqa: ANN401
        reporter: Any,  # noqa: ANN401
        partner: Any,  # noqa: ANN401
        flow: Any,  # noqa: ANN401
        hs: Any,  # noqa: ANN401
        value: tuple[str, float],
        kg: tuple[str, float] | None = None,
        freq: Any = None,  # noqa: ANN401
        valuation: Any = None,  # noqa: ANN401
        estimated: Any = None,  # noqa: ANN401
        currency: Any = None,  # noqa: ANN401
    ) -> Rows:
        """Return the columns that all layouts have, and what can be wrong with a row.

        period: a column or an expression. value, kg: a column with what one of its units is in US dollars or kg.
        The year and month of the period stand in `y` and `m` (null for a year).
        """
        pl = need("polars")
        when = self.text(period) if isinstance(period, str) else period
        parts = when.str.extract_groups(_PERIOD).struct
        year, month, day = (parts.field(group) for group in ("1", "2", "3"))
        if freq is not None:
            month = pl.when(freq.str.to_uppercase().fill_null("M") != "A").then(month)
        code = hs.str.replace_all(r"[.\s]", "")
        amount = self.number(value[0]) * value[1]
        weight = self.number(kg[0]) * kg[1] if kg else pl.lit(None, dtype=pl.Float64)
        wrong = [
            Wrong(year.is_null(), "period", when, "is no month or year. Write YYYY-MM or YYYY"),
            Wrong(day.fill_null("01") != "01", "period", when, "is no first day of a month. Write YYYY-MM"),
            Wrong(reporter.is_null(), "reporter", None, "is missing. Write who reported"),
            Wrong(partner.is_null(), "partner", None, "is missing. Write the partner, or 'World'"),
            Wrong(flow.is_null(), "flow", None, "is none of export, import, reexport, reimport. Write one of them"),
            Wrong(~code.str.contains(r"^\d{2,10}$").fill_null(value=False), "hs", hs,
                  "is no HS code. Write 2 to 10 digits"),
            Wrong(code.str.len_bytes() % 2 == 1, "hs", hs,
                  "has an odd number of digits. Write codes as text, noughts in front too"),
            *self._wrong_numbers(value[0]),
            *(self._wrong_numbers(kg[0]) if kg else ()),
        ]  # fmt: skip
        if currency is not None:
            words = "is not USD. Convert the values to US dollars, at a rate of your own, and say so"
            wrong.append(Wrong(currency.fill_null("") != "USD", "currency", currency, words))
        if valuation is not None:
            words = "is neither FOB nor CIF. Write one, or nothing"
            wrong.append(Wrong(~valuation.is_in(["FOB", "CIF"]), "valuation", valuation, words))
        columns = {
            "y": year.cast(pl.Int32), "m": month.cast(pl.Int8), "reporter": reporter, "partner": partner, "flow": flow,
            "hs": code, "value": amount,
            "kg": pl.when(~((weight == 0) & (amount > 0)).fill_null(value=False)).then(weight),
            "valuation": pl.lit(None, dtype=pl.String) if valuation is None else valuation,
            "estimated": pl.lit(value=False) if estimated is None else estimated,
        }  # fmt: skip
        return Rows(columns, wrong)

    def _wrong_numbers(self, name: str) -> list[Wrong]:
        text, number = self.text(name), self.number(name)
        is_written = ~text.str.to_lowercase().is_in(MISSING).fill_null(value=True)
        unknown = "leave it empty where it is not known"
        return [
            Wrong(
                is_written & number.is_null(),
                name,
                text,
                f"is not a number. Write it as 1234.5, or {unknown}",
            ),
            Wrong(
                (number < 0) | number.is_infinite(), name, text, f"is no amount. It is 0 or more; {unknown}"
            ),
        ]


def _plain(name: str) -> str:
    return name.strip().lower()
