"""The shipped calibration as rows: each file of `data/supply` read with its rules, errors with file, line and field."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.errors import BadInputError

__all__ = ["KINDS", "SCHEMAS", "Column", "Row", "flag", "line_error", "number", "read_rows"]

KINDS = {
    "official": "published by a statistical office, a government or an industry body, and read",
    "company": "published by the firm, and read",
    "measured": "measured, and read",
    "derived": "computed from figures that were read, by the method in the note",
    "estimate": "an estimate in the literature or the press, and read",
    "broker": "an estimate of a broker, and read",
    "reported": "reported by the press, and read",
    "forecast": "a forecast as it was published",
    "memory": "from memory; where it can be checked stands beside it",
    "hindsight": "published after the start of the run, taken over for want of an earlier figure",
    "assumption": "an assumption of this model",
}
"""What a number rests on. A memory, a hindsight and an assumption are never evidence."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file. path, line: where it stands. values: by column; None where the cell is empty."""

    path: str
    line: int
    values: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:  # noqa: ANN401
        return self.values[column]


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is read. required: whether it may be empty."""

    read: Callable[[str], Any]
    required: bool = True


def line_error(path: str, line: int, what: str, mend: str) -> BadInputError:
    """Return the error for one line of a file."""
    return BadInputError(f"{path}:{line}: {what} {mend}")


def number(text: str) -> float:
    """Return a finite number. Raises: ValueError."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"'{text}' is not a finite number")
    return value


def _positive(text: str) -> float:
    value = number(text)
    if value <= 0:
        raise ValueError(f"'{text}' is not above zero")
    return value


def _nonnegative(text: str) -> float:
    value = number(text)
    if value < 0:
        raise ValueError(f"'{text}' is below zero")
    return value


def _percent(text: str) -> float:
    value = number(text)
    if not 0 <= value <= 100:
        raise ValueError(f"'{text}' is not a percentage")
    return value


def flag(text: str) -> bool:
    """Return true or false. Raises: ValueError."""
    if text not in ("true", "false"):
        raise ValueError(f"'{text}' is neither true nor false")
    return text == "true"


def _kind(text: str) -> str:
    if text not in KINDS:
        raise ValueError(f"'{text}' is none of {', '.join(KINDS)}")
    return text


def _source(text: str) -> str:
    if text != "assumption" and not text.startswith(("https://", "http://")):
        raise ValueError(f"'{text}' is no address")
    return text


_TEXT = Column(str)
_NOTE = Column(str, required=False)
_EVIDENCE = {"kind": Column(_kind), "verified": Column(flag), "source": Column(_source), "note": _NOTE}
_RANGE = {"low": Column(number), "central": Column(number), "high": Column(number)}

SCHEMAS: Mapping[str, Mapping[str, Column]] = {
    "goods.csv": {
        "good": _TEXT, "item": _TEXT, "stage": _TEXT, "unit": _NOTE, "tool_of": _NOTE, "trade_code": _NOTE,
        "can_detour": Column(flag), "can_store": Column(flag), "note": _NOTE,
    },
    "buyers.csv": {"buyer": _TEXT, "name": _TEXT, "groups": _TEXT, "note": _NOTE},
    "suppliers.csv": {
        "good": _TEXT, "country": _TEXT, "company": _NOTE, "revenue": Column(_positive),
        "cn_share": Column(_percent, required=False), "cn_low": Column(_percent, required=False),
        "cn_high": Column(_percent, required=False), "period": _TEXT, **_EVIDENCE,
    },
    "demand.csv": {
        "class": _TEXT, "buyer": _TEXT, "value": Column(_nonnegative), "low": Column(_nonnegative),
        "high": Column(_nonnegative), "unit": _TEXT, "period": _TEXT, **_EVIDENCE,
    },
    "parameters.csv": {"parameter": _TEXT, "good": _NOTE, **_RANGE, "unit": _TEXT, **_EVIDENCE},
    "readings.csv": {
        "reading": _TEXT, "parameter": _TEXT, "good": _TEXT, "value": Column(_positive), "unit": _TEXT, **_EVIDENCE,
    },
    "cycle.csv": {
        "path": _TEXT, "class": _TEXT, "period": _TEXT, "growth": Column(number),
        "low": Column(number, required=False), "high": Column(number, required=False), "known_by": _TEXT,
        **_EVIDENCE,
    },
    "anchors.csv": {
        "id": _TEXT, "entity": _TEXT, "item": _TEXT, "geography": _NOTE, "metric": _TEXT, "basis": _NOTE,
        "value": Column(_positive), "low": Column(_positive), "high": Column(_positive), "unit": _TEXT,
        "period": _TEXT, "known_by": _TEXT, **_EVIDENCE,
    },
    "rates.csv": {
        "measure": _TEXT, "good": _TEXT, "country": _TEXT, "company": _NOTE, "buyer": _TEXT, "channel": _TEXT,
        "rate": Column(_positive), "share": Column(_positive, required=False),
        "payee": _TEXT, "source": Column(_source), "verified": Column(flag), "note": _NOTE,
    },
    "history.csv": {
        "entity": _TEXT, "item": _NOTE, "geography": _NOTE, "metric": _TEXT, "basis": _NOTE, "period": _TEXT,
        "value": Column(number), "unit": _TEXT, "verified": Column(flag), "source": Column(_source), "note": _NOTE,
    },
    "fiscal_years.csv": {
        "company": _TEXT, "month": Column(int), "verified": Column(flag), "source": Column(_source), "note": _NOTE,
    },
    "plans.csv": {
        "class": _TEXT, "buyer": _TEXT, "period": _TEXT, "multiplier": Column(_positive), "low": Column(_positive),
        "high": Column(_positive), "known_by": _TEXT, **_EVIDENCE,
    },
    "totals.csv": {
        "id": _TEXT, "class": _TEXT, "goods": _TEXT, "buyer": _TEXT, "value": Column(_positive), "unit": _TEXT,
        "tolerance": Column(_positive), "source": Column(_source), "verified": Column(flag), "note": _NOTE,
    },
}  # fmt: skip


def read_rows(folder: Path, name: str) -> tuple[Row, ...]:
    """Return the rows of one file of the calibration.

    Raises: BadInputError: naming file, line and column, if a column is missing or unknown, a cell is empty
        that must not be, or a value breaks its rule.
    """
    path, schema = folder / name, SCHEMAS[name]
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path}: the file cannot be read: {error}. Check the path.") from None
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != tuple(schema):
        raise line_error(str(path), 1, "The columns are not those of the file.", f"Write {','.join(schema)}.")
    rows = []
    for raw in reader:
        line = reader.line_num
        if None in raw or None in raw.values():
            raise line_error(str(path), line, "The row has too many or too few cells.", "Quote commas.")
        rows.append(Row(str(path), line, {c: _cell(raw[c], schema[c], path, line, c) for c in schema}))
    return tuple(rows)


def _cell(text: str, column: Column, path: Path, line: int, name: str) -> Any:  # noqa: ANN401
    if text == "":
        if column.required:
            raise line_error(str(path), line, f"{name} is empty.", "Give it, or leave the row out.")
        return None
    try:
        return column.read(text)
    except ValueError as error:
        raise line_error(str(path), line, f"{name}: {error}.", "Mend the cell.") from None
