"""Read a file of company figures. A row that cannot be right is refused with its number.

Layouts: a row for each ticker and quarter with a column for each figure; a row for each figure (`item`,
`value`, `span`); the company facts of the SEC (`data.sec.gov/api/xbrl/companyfacts/CIK##########.json`), one
file or a folder of them.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np

from tidegate.errors import BadInputError
from tidegate.sources.cells import MISSING, read_days, read_lines
from tidegate.sources.fundamentals.companyfacts import read_companyfacts
from tidegate.sources.fundamentals.model import Fact, Fundamentals, Span, known_items

__all__ = ["read_fundamentals"]

_TICKER = ("ticker", "symbol")
_ENDS = ("period_end", "period", "fiscal_period_end", "report_date")
_AVAILABLE = ("available_date", "available", "filed", "filing_date", "file_date")
_SPANS: Mapping[str, Span] = {
    "quarter": "quarter", "q": "quarter", "year": "year", "annual": "year", "fy": "year", "instant": "instant",
}  # fmt: skip
ROUNDED = 31
"""Days by which a filing may lie before the end of its period: where the end was rounded to that of the month."""


class _Sheet(NamedTuple):
    """A table of text. rows: with the number of each in the file."""

    header: list[str]
    rows: list[tuple[int, Sequence[str]]]


def read_fundamentals(
    path: str | Path, lag_days: int | None = None, tickers: Mapping[int, str] | None = None
) -> Fundamentals:
    """Return the figures of a CSV, Parquet or JSON file, or of a folder of JSON files.

    lag_days: for a file without filing days, how many days after the end of a period its figures are taken
    as known. tickers: tickers by SEC number, for company facts whose file is not named by its ticker.

    Raises: BadInputError: naming file, row and mend; also where the file has no filing days and no lag is given.
    """
    place = Path(path)
    ending = place.suffix.lower()
    if lag_days is not None and not 0 <= lag_days <= 1000:
        raise BadInputError(f"A lag of {lag_days} days is none. Give 0 to 1000, such as 90.")
    if place.is_dir() or ending == ".json":
        return read_companyfacts(place, tickers or {})
    if ending == ".parquet":
        sheet = _parquet(place)
    elif ending in (".csv", ".txt", ".tsv"):
        sheet = _csv(place)
    else:
        raise BadInputError(
            f"{place}: company figures end in .csv, .txt, .tsv, .parquet or .json, or are a folder of .json files. "
            "Name the file so."
        )
    return _of_sheet(place, sheet, lag_days)


def _of_sheet(path: Path, sheet: _Sheet, lag_days: int | None) -> Fundamentals:
    names = [cell.strip().lstrip("﻿").lower() for cell in sheet.header]
    twice = next((name for place, name in enumerate(names) if name and name in names[:place]), None)
    if twice is not None:
        raise BadInputError(f"{path}:1: two columns are named '{twice}'. Keep one.")
    ticker, ends = _place(names, _TICKER), _place(names, _ENDS)
    if ticker is None or ends is None:
        raise BadInputError(
            f"{path}:1: no column '{'ticker' if ticker is None else 'period_end'}' among {', '.join(names[:10])}. "
            "Give ticker, period_end, available_date and a column for each figure, or item and value."
        )
    available = _place(names, _AVAILABLE)
    if available is None and lag_days is None:
        raise BadInputError(
            f"{path}:1: the file does not say when its figures were filed, so what was known on a day is not known. "
            "Add a column available_date, or say with --lag-days after how many days they are taken as known (90)."
        )
    notes = []
    held = [(row, line) for row, line in sheet.rows if line[ticker].strip().lower() not in MISSING - {"na"}]
    if len(held) < len(sheet.rows):
        first = next(row for row, line in sheet.rows if line[ticker].strip().lower() in MISSING - {"na"})
        notes.append(
            f"{len(sheet.rows) - len(held)} rows have no ticker and were left out, the first in row {first}."
        )
    rows = np.array([row for row, _ in held], dtype=np.int64)
    ended = read_days([line[ends] for _, line in held], rows, path).tolist()
    if available is None:
        known = [day + dt.timedelta(days=cast("int", lag_days)) for day in ended]
        notes.append(
            f"{path} has no filing days: figures are taken as known {lag_days} days after the end of their period."
        )
    else:
        known = read_days([line[available] for _, line in held], rows, path).tolist()
        notes.extend(_check_order(path, rows.tolist(), ended, known))
    none: list[int] = []
    facts = list(_facts(path, names, held, ticker, ended, known, none))
    if none:
        notes.append(
            f"{len(none)} counts of shares or market values are 0 and taken as not known, the first in row {none[0]}."
        )
    if "span" not in names and any(known_items()[fact.item].kind == "flow" for fact in facts):
        notes.append(f"{path} has no column 'span': flows are read as those of single quarters.")
    return Fundamentals.of(facts, str(path), lag_days if available is None else None, notes)


def _facts(
    path: Path,
    names: Sequence[str],
    held: Sequence[tuple[int, Sequence[str]]],
    ticker: int,
    ended: Sequence[dt.date],
    known: Sequence[dt.date],
    none: list[int],
) -> Iterator[Fact]:
    of_column = {column: item for item in known_items().values() for column in item.columns}
    span, item_at, value_at = (_place(names, (word,)) for word in ("span", "item", "value"))
    columns = [(place, of_column[name]) for place, name in enumerate(names) if name in of_column]
    is_long = item_at is not None and value_at is not None
    if not is_long and not columns:
        raise BadInputError(
            f"{path}:1: no column of figures. The program uses: {', '.join(sorted(of_column))}; or item and value."
        )
    for (row, line), ends, available in zip(held, ended, known, strict=True):
        if is_long:
            word = line[cast("int", item_at)].strip().lower()
            # `netIncome` and `net_income` are one name.
            item = of_column.get(word) or _PLAIN.get(word.replace("_", ""))
            pairs = [(cast("int", value_at), item)] if item else []
        else:
            pairs = [(place, item) for place, item in columns]
        for place, item in pairs:
            cell = line[place].strip()
            if cell.lower() in MISSING:
                continue
            value = _number(cell, path, row, names[place])
            if item.id in ("shares_outstanding", "market_value") and value == 0:
                none.append(row)
                continue
            if item.id in ("shares_outstanding", "market_value") and value < 0:
                raise BadInputError(
                    f"{path}:{row}: {names[place]} is {value:g}. It is above 0: leave the cell empty where it is not "
                    "known."
                )
            kind = _span(line[span] if span is not None else "", path, row)
            if item.kind == "instant":
                kind = "instant"
            elif kind == "instant":
                raise BadInputError(
                    f"{path}:{row}: {item.id} is of a quarter or a year, not of a day. Mend span."
                )
            yield Fact(line[ticker].strip(), item.id, kind, ends, available, value, row)


_PLAIN = {
    column.replace("_", ""): item for item in known_items().values() for column in (item.id, *item.columns)
}


def _span(cell: str, path: Path, row: int) -> Span:
    word = cell.strip().lower()
    if word in MISSING:
        return "quarter"
    if word not in _SPANS:
        raise BadInputError(
            f"{path}:{row}: the span '{cell[:20]}' is not known. Write quarter, year or instant."
        )
    return _SPANS[word]


def _check_order(
    path: Path, rows: Sequence[int], ended: Sequence[dt.date], known: Sequence[dt.date]
) -> Iterator[str]:
    early = 0
    for row, ends, day in zip(rows, ended, known, strict=True):
        if (ends - day).days > ROUNDED:
            raise BadInputError(
                f"{path}:{row}: filed on {day}, {(ends - day).days} days before its period ended on {ends}. Mend one "
                "of the two."
            )
        early += day < ends
    if early:
        yield (
            f"{early} rows of {path} were filed up to {ROUNDED} days before the end of their period: the end is "
            "rounded; the filing day counts."
        )


def _number(cell: str, path: Path, row: int, column: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInputError(
            f"{path}:{row}: {column} '{cell[:40]}' is not a number. Write it as 1234.5, or leave the cell empty where "
            "it is not known."
        )
    return value


def _place(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(word) for word in wanted if word in names), None)


def _csv(path: Path) -> _Sheet:
    lines = read_lines(path)
    if not lines:
        raise BadInputError(f"{path}:1: the file is empty. Give a header line and rows.")
    header = lines[0][1]
    for row, line in lines[1:]:
        if len(line) != len(header):
            raise BadInputError(
                f"{path}:{row}: the row has {len(line)} cells, the header {len(header)}. Mend the row."
            )
    return _Sheet(header, [(row, line) for row, line in lines[1:]])


def _parquet(path: Path) -> _Sheet:
    import duckdb

    try:
        with duckdb.connect() as connection:
            named = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
            header = [row[0] for row in named]
            cells = ", ".join(
                'coalesce(CAST("' + name.replace('"', '""') + "\" AS VARCHAR), '')" for name in header
            )
            rows = connection.execute(f"SELECT {cells} FROM read_parquet(?)", [str(path)]).fetchall()
    except duckdb.Error as error:
        raise BadInputError(
            f"{path}: the file cannot be read as Parquet: {str(error).splitlines()[0]}"
        ) from None
    return _Sheet(header, list(enumerate(rows, start=1)))
