"""Groups of shares and factors from CSV files of the user."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from pathlib import Path

import numpy as np

from tidegate.dates import parse_day
from tidegate.errors import BadInputError
from tidegate.markets.windows import Factors

__all__ = ["read_factors", "read_groups", "read_rows"]


def read_groups(path: str | Path) -> dict[str, tuple[str, ...]]:
    """Return shares by group from a file with the columns `group` and `ticker`. Raises: BadInputError: naming
    the row.
    """
    found: dict[str, list[str]] = {}
    for number, row in read_rows(Path(path), ("group", "ticker")):
        if not row["group"] or not row["ticker"]:
            raise BadInputError(f"{path}:{number}: a row needs a group and a ticker. Give both.")
        found.setdefault(row["group"], []).append(row["ticker"])
    if not found:
        raise BadInputError(f"{path}: there is no group in the file. Give at least one row.")
    return {name: tuple(dict.fromkeys(tickers)) for name, tickers in found.items()}


def read_factors(path: str | Path) -> Factors:
    """Return the days, rising, and values of factors from a file with `date` and one column for each, as
    returns: 0.01 is one percent.

    The first of them is usually the market. Raises: BadInputError: naming the row and the mend.
    """
    place = Path(path)
    rows = read_rows(place, ("date",))
    names = [name for name in (rows[0][1] if rows else {}) if name != "date"]
    if not names:
        raise BadInputError(f"{place}:1: there is no factor beside 'date'. Give a column for each.")
    values: dict[dt.date, list[float]] = {}
    for number, row in rows:
        try:
            day = parse_day(row["date"])
            line = [float(row[name]) for name in names]
        except (BadInputError, ValueError) as error:
            raise BadInputError(
                f"{place}:{number}: {error}. Write YYYY-MM-DD and numbers such as 0.0123."
            ) from None
        if day in values or not all(math.isfinite(value) and abs(value) < 1 for value in line):
            what = (
                "the day stands twice" if day in values else "a factor is not a return; 0.01 is one percent"
            )
            raise BadInputError(f"{place}:{number}: {what}. Mend the row.")
        values[day] = line
    days = sorted(values)
    return np.asarray(days, dtype="datetime64[D]"), np.asarray([values[day] for day in days])


def read_rows(place: Path, needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a CSV file, each with its number. Raises: BadInputError: if a column lacks."""
    try:
        reader = csv.DictReader(io.StringIO(place.read_text(encoding="utf-8-sig"), newline=""), restval="")
        rows = [(reader.line_num, {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)})
                for row in reader]  # fmt: skip
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInputError(f"{place}: the file cannot be read: {error}. Give a CSV file in UTF-8.") from None
    for column in needed:
        if column not in (reader.fieldnames or ()):
            raise BadInputError(
                f"{place}:1: column '{column}' is missing. Columns needed: {', '.join(needed)}."
            )
    return rows
