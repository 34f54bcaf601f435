"""Cells of tables that people bring: rows of CSV, days, and what stands for nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import BadInputError

__all__ = ["MISSING", "iso_day", "read_days", "read_lines"]

MISSING = frozenset({"", "nan", "null", "none", "na", "n/a", "-"})
"""What stands for no value, in lower case."""


def read_lines(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV file that are not empty, each with its line; parted by comma, semicolon or tab.

    Raises: BadInputError: if the file cannot be read, is no UTF-8 or no CSV, naming the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(
            f"{path}: the file is not UTF-8 text ({error.reason} at byte {error.start}). Save it so."
        ) from None
    except OSError as error:
        raise BadInputError(f"{path}: the file cannot be read: {error.strerror}. Check the path.") from None
    head = text[: text.find("\n") if "\n" in text else len(text)]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    try:
        return [(reader.line_num, line) for line in reader if line]
    except csv.Error as error:
        raise BadInputError(f"{path}:{reader.line_num}: this is no CSV: {error}. Mend the row.") from None


def read_days(cells: Sequence[str], rows: NDArray[np.int64], path: Path) -> NDArray[np.datetime64]:
    """Return the days of cells: YYYY-MM-DD, with or without an hour behind it, or YYYYMMDD.

    rows: the row of each cell in the file. Raises: BadInputError: naming the first row whose cell is no date.
    """
    written = [iso_day(cell) for cell in cells]
    try:
        if None not in written:
            return np.array(written, dtype="datetime64[D]")
    except ValueError:
        pass
    for cell, day, row in zip(cells, written, rows, strict=True):
        try:
            if day is not None:
                np.datetime64(day, "D")
                continue
        except ValueError:
            pass
        raise BadInputError(f"{path}:{row}: '{cell[:40]}' is not a date. Write YYYY-MM-DD.")
    return np.array(written, dtype="datetime64[D]")


def iso_day(cell: str) -> str | None:
    """Return the day of a cell as YYYY-MM-DD, None where it does not look like one.

    >>> iso_day("20240102"), iso_day("2024-01-02 00:00:00"), iso_day("02/01/2024")
    ('2024-01-02', '2024-01-02', None)
    """
    text = cell.strip()
    if len(text) == 8 and text.isascii() and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    day = text[:10]
    is_day = (
        len(day) == 10
        and day.isascii()
        and (day[:4] + day[5:7] + day[8:]).isdigit()
        and day[4] == day[7] == "-"
    )
    return day if is_day and (len(text) == 10 or text[10] in " T") else None
