"""Read a price file. Rows that cannot be right are refused with their number; what is merely odd is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import BadInputError
from tidegate.sources.cells import MISSING, read_days, read_lines
from tidegate.sources.prices.layouts import Layout, layout_of, plain_ticker
from tidegate.sources.prices.model import SHARES_FILE, Prices

__all__ = ["read_prices"]

_ADJUSTED = ("adj", "adjusted")


class _Rows(NamedTuple):
    """Prices one by one: days, tickers by number, prices, and the row of the file each is from."""

    days: NDArray[np.datetime64]
    codes: NDArray[np.int64]
    prices: NDArray[np.float64]
    rows: NDArray[np.int64]


def read_prices(path: str | Path) -> Prices:
    """Return the daily closing prices of a CSV or Parquet file, or of a folder with one file a ticker.

    A `tickers.csv` in a folder says what the shares are and is no file of prices.
    An adjusted column is taken before a plain one. Rows may stand in any order. A cell without a price is a
    gap. Raises: BadInputError: naming file, row and mend, where a price is not above 0, a day is no date, or
    a day has two prices for one ticker.
    """
    place = Path(path)
    if place.is_dir():
        return _folder(place)
    ending = place.suffix.lower()
    if ending == ".parquet":
        return _parquet(place)
    if ending in (".csv", ".txt", ".tsv"):
        return _csv(place)
    raise BadInputError(f"{place}: a price file ends in .csv, .txt, .tsv or .parquet. Name the file so.")


def _folder(folder: Path) -> Prices:
    files = sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() in (".csv", ".txt", ".parquet") and file.name != SHARES_FILE
    )
    if not files:
        raise BadInputError(
            f"{folder}: there is no .csv, .txt or .parquet file in this folder. Name one with prices."
        )
    parts = [read_prices(file) for file in files]
    owner: dict[str, str] = {}
    for part in parts:
        for ticker in part.tickers:
            if ticker in owner:
                raise BadInputError(
                    f"{part.path}: '{ticker}' is in {owner[ticker]} too. Keep one of the two."
                )
            owner[ticker] = part.path
    days = np.unique(np.concatenate([part.days for part in parts]))
    tickers = tuple(sorted(owner))
    close = np.full((len(tickers), len(days)), np.nan)
    for part in parts:
        rows = np.asarray([tickers.index(ticker) for ticker in part.tickers])
        close[np.ix_(rows, np.searchsorted(days, part.days))] = part.close
    columns = ", ".join(dict.fromkeys(part.column for part in parts))
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    return Prices(str(folder), tickers, days, close, columns, notes)


def _csv(path: Path) -> Prices:
    lines = read_lines(path)
    layout = layout_of([line for _, line in lines[:3]], str(path), path.stem)
    body = lines[layout.heads :]
    wide = max((place for _, place in layout.prices), default=0)
    needed = max(wide, layout.date, layout.ticker or 0) + 1
    for number, line in body:
        if len(line) < needed:
            raise BadInputError(
                f"{path}:{number}: the row has {len(line)} of {needed} columns. Mend the row."
            )
    numbers = np.array([number for number, _ in body], dtype=np.int64)
    days = read_days([line[layout.date] for _, line in body], numbers, path)
    if layout.ticker is None:
        tickers = [ticker for ticker, _ in layout.prices]
        columns = [
            _numbers([line[place] for _, line in body], numbers, path, layout.column)
            for _, place in layout.prices
        ]
        return _of_columns(path, layout, tickers, days, columns, numbers)
    named = [line[layout.ticker].strip() for _, line in body]
    for number, ticker in zip(numbers, named, strict=True):
        if not ticker:
            raise BadInputError(f"{path}:{number}: the row has no ticker. Give one or take the row out.")
    codes: dict[str, int] = {}
    coded = np.array([codes.setdefault(ticker, len(codes)) for ticker in named], dtype=np.int64)
    prices = _numbers([line[layout.prices[0][1]] for _, line in body], numbers, path, layout.column)
    tickers = [plain_ticker(ticker, from_stooq=layout.stooq) for ticker in codes]
    return _grid(path, layout, tickers, _Rows(days, coded, prices, numbers))


def _parquet(path: Path) -> Prices:
    import duckdb

    try:
        with duckdb.connect() as connection:
            named = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
            columns = [row[0] for row in named]
            layout = replace(layout_of([columns], str(path), path.stem), heads=0)
            if "WITH TIME ZONE" in named[layout.date][1]:
                # Midnight in Tokyo is the day before in UTC, and the file no longer knows where it was midnight.
                raise BadInputError(
                    f"{path}: column '{columns[layout.date]}' has moments with a time zone, so the day is not "
                    "certain. Write plain days: in pandas, index.tz_localize(None) before it is saved."
                )
            return _from_parquet(connection, path, columns, layout)
    except duckdb.Error as error:
        raise BadInputError(
            f"{path}: the file cannot be read as Parquet: {str(error).splitlines()[0]}"
        ) from None


def _from_parquet(connection: Any, path: Path, columns: Sequence[str], layout: Layout) -> Prices:  # noqa: ANN401
    def quoted(place: int) -> str:
        return '"' + columns[place].replace('"', '""') + '"'

    price = ", ".join(
        f"CAST({quoted(place)} AS DOUBLE) AS p{number}" for number, (_, place) in enumerate(layout.prices)
    )
    named = "" if layout.ticker is None else f", CAST({quoted(layout.ticker)} AS VARCHAR) AS ticker"
    connection.execute(
        f"CREATE TABLE given AS SELECT CAST({quoted(layout.date)} AS DATE) AS day{named}, {price} FROM read_parquet(?)",
        [str(path)],
    )
    # A missing day or ticker is told by its row, as in a text file; rows are counted from 1.
    for column, what in (("day", "date"), ("ticker", "ticker")):
        if column == "ticker" and layout.ticker is None:
            continue
        bad = connection.execute(f"SELECT min(rowid) + 1 FROM given WHERE {column} IS NULL").fetchone()[0]
        if bad is not None:
            raise BadInputError(f"{path}: row {bad} has no {what}. Give one or take the row out.")
    if layout.ticker is None:
        found = connection.execute("SELECT * FROM given ORDER BY rowid").fetchnumpy()
        days = np.asarray(found["day"], dtype="datetime64[D]")
        rows = np.arange(1, len(days) + 1)
        lines = [
            _checked(_filled(found[f"p{number}"]), rows, path, layout.column)
            for number in range(len(layout.prices))
        ]
        return _of_columns(path, layout, [ticker for ticker, _ in layout.prices], days, lines, rows)
    tickers = [
        row[0] for row in connection.execute("SELECT DISTINCT ticker FROM given ORDER BY ticker").fetchall()
    ]
    connection.execute(
        "CREATE TABLE named AS SELECT ticker, row_number() OVER (ORDER BY ticker) - 1 AS code "
        "FROM (SELECT DISTINCT ticker FROM given)"
    )
    found = connection.execute(
        "SELECT day, code, p0, given.rowid + 1 AS row FROM given JOIN named USING (ticker) ORDER BY given.rowid"
    ).fetchnumpy()
    rows = np.asarray(found["row"], dtype=np.int64)
    prices = _checked(_filled(found["p0"]), rows, path, layout.column)
    days = np.asarray(found["day"], dtype="datetime64[D]")
    return _grid(path, layout, tickers, _Rows(days, np.asarray(found["code"], dtype=np.int64), prices, rows))


def _filled(values: Any) -> NDArray[np.float64]:  # noqa: ANN401
    return np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)


def _numbers(cells: Sequence[str], rows: NDArray[np.int64], path: Path, column: str) -> NDArray[np.float64]:
    found = np.empty(len(cells))
    for place, cell in enumerate(cells):
        try:
            found[place] = float(cell)
        except ValueError:
            if cell.strip().lower() not in MISSING:
                raise BadInputError(
                    f"{path}:{rows[place]}: {column} '{cell[:40]}' is not a number. Write it as 1234.5, or leave the "
                    "cell empty where there is no price."
                ) from None
            found[place] = np.nan
    return _checked(found, rows, path, column)


def _checked(
    prices: NDArray[np.float64], rows: NDArray[np.int64], path: Path, column: str
) -> NDArray[np.float64]:
    wrong = np.flatnonzero(~np.isnan(prices) & ~((prices > 0) & np.isfinite(prices)))
    if len(wrong):
        more = f" So have {len(wrong) - 1} other rows." if len(wrong) > 1 else ""
        raise BadInputError(
            f"{path}:{rows[wrong[0]]}: {column} is {prices[wrong[0]]:g}, which is no price.{more} A price is above 0: "
            "leave the cell empty on a day without one."
        )
    return prices


def _of_columns(
    path: Path,
    layout: Layout,
    tickers: Sequence[str],
    days: NDArray[np.datetime64],
    columns: Sequence[NDArray[np.float64]],
    rows: NDArray[np.int64],
) -> Prices:
    count = len(days)
    codes = np.repeat(np.arange(len(tickers)), count)
    table = np.concatenate(columns) if columns else np.empty(0)
    return _grid(
        path, layout, tickers, _Rows(np.tile(days, len(tickers)), codes, table, np.tile(rows, len(tickers)))
    )


def _grid(path: Path, layout: Layout, tickers: Sequence[str], given: _Rows) -> Prices:
    held = ~np.isnan(given.prices)
    gaps = int((~held).sum())
    given = _Rows(given.days[held], given.codes[held], given.prices[held], given.rows[held])
    if not len(given.days):
        raise BadInputError(f"{path}: there is no price in the file. Give at least one row with a price.")
    names, merged = np.unique(np.asarray(tickers, dtype=str), return_inverse=True)
    days, at = np.unique(given.days, return_inverse=True)
    cell = merged[given.codes] * len(days) + at
    order = np.argsort(cell, kind="stable")
    again = np.flatnonzero(np.diff(cell[order]) == 0)
    for place in again:
        before, after = order[place], order[place + 1]
        if given.prices[before] != given.prices[after]:
            raise BadInputError(
                f"{path}:{given.rows[after]}: {names[merged[given.codes[after]]]} on {given.days[after]} is "
                f"{given.prices[after]:g}, and {given.prices[before]:g} in row {given.rows[before]}. Keep one of the two."
            )
    close = np.full((len(names), len(days)), np.nan)
    close.reshape(-1)[cell] = given.prices
    return Prices(
        str(path),
        tuple(str(name) for name in names),
        days,
        close,
        layout.column,
        tuple(_notes(layout, gaps, len(again))),
    )


def _notes(layout: Layout, gaps: int, again: int) -> Iterator[str]:
    if again:
        yield f"{again} rows say the same as another row of that day and ticker; each was read once."
    if gaps and layout.ticker is not None:
        yield f"{gaps} rows have no price and were taken as days without one."
    is_wide = layout.column == "one column a ticker"
    if not is_wide and not any(word in layout.column.lower() for word in _ADJUSTED):
        yield (
            f"Prices are from the column '{layout.column}': whether they are adjusted for splits and dividends, the "
            "file does not say."
        )
