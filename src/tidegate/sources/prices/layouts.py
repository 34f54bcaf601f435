"""How a price file is laid out, told from its first lines.

Sources of the layouts: files written by yfinance 0.2 and 1.x with `to_csv` (two header lines, `Price`,
`Ticker`, and a line `Date`; before 0.2.51 one line for a single ticker); stooq.com, 'CSV' of a symbol
(`Date,Open,High,Low,Close,Volume`, the symbol in the file's name) and its bulk files
(`<TICKER>,<PER>,<DATE>,<TIME>,...`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.errors import BadInputError

__all__ = ["Layout", "layout_of", "plain_ticker"]

PRICE_COLUMNS = ("adj_close", "adjclose", "adj. close", "close", "price", "last")
"""Names of the column of prices, the better first: returns need prices adjusted for splits and dividends."""

_TICKER_COLUMNS = ("ticker", "symbol", "ric", "code")
_DATE_COLUMNS = ("date", "day", "datetime", "index", "", "__index_level_0__", "unnamed: 0")
_OTHERS = frozenset(
    {"open", "high", "low", "volume", "vol", "openint", "dividends", "stock splits", "capital gains"}
)
_STOOQ = {"US": "", "JP": ".T", "UK": ".L"}
"""Endings of stooq.com that differ from those of Yahoo, in whose style tickers are written here."""

_PAIR = re.compile(r"""^\(\s*['"](.*?)['"]\s*,\s*['"](.*?)['"]\s*\)$""")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in a table.

    heads: lines before the first row. date: place of the column of days. ticker: place of the column of
    tickers, None in a wide table. prices: tickers with the place of their column; in a tidy table one, under
    ''. column: what the prices are called in the file.
    """

    heads: int
    date: int
    ticker: int | None
    prices: tuple[tuple[str, int], ...]
    column: str
    stooq: bool = False


def layout_of(lines: Sequence[Sequence[str]], path: str, stem: str) -> Layout:
    """Return the layout told by the first three lines. stem: the name of the file, without its ending.

    Raises: BadInputError: naming the columns found and those that are looked for.
    """
    first = [cell.strip() for cell in lines[0]] if lines else []
    names = [_name(cell) for cell in first]
    if not any(names):
        raise BadInputError(f"{path}:1: the file has no header line. {_wanted()}")
    pairs = [_PAIR.match(cell) for cell in first]
    if sum(pair is not None for pair in pairs) >= len(first) - 1 > 0:
        # A frame of pandas with two header lines, written to Parquet: the column of days comes last.
        return _two_lines([(pair[1], pair[2]) if pair else ("", "") for pair in pairs], 1, path)
    if len(lines) > 1 and names[0] in ("price", "ticker", "", "date") and _is_two_lines(first, lines[1]):
        second = [cell.strip() for cell in lines[1]]
        third = _name(lines[2][0]) if len(lines) > 2 and lines[2] else None
        heads = 3 if third in _DATE_COLUMNS and not any(cell.strip() for cell in lines[2][1:]) else 2
        return _two_lines(list(zip(first, second, strict=False)), heads, path)
    if "<ticker>" in (cell.lower() for cell in first):
        names = [name.strip("<>") for name in names]
    date = next((names.index(word) for word in _DATE_COLUMNS if word in names), None)
    if date is None:
        raise BadInputError(f"{path}:1: no column of days among {_list(first)}. {_wanted()}")
    ticker = next((names.index(word) for word in _TICKER_COLUMNS if word in names), None)
    price = next((word for word in PRICE_COLUMNS if word.replace(" ", "_") in names), None)
    if price is not None:
        place = names.index(price.replace(" ", "_"))
        if ticker is not None:
            return Layout(
                1, date, ticker, (("", place),), first[place].strip("<>"), "<ticker>" in first[0].lower()
            )
        # The file of one share: its ticker is the name of the file.
        return Layout(1, date, None, ((plain_ticker(stem, from_stooq=True), place),), first[place])
    if ticker is not None:
        raise BadInputError(f"{path}:1: no column of prices among {_list(first)}. {_wanted()}")
    prices = tuple((cell, place) for place, cell in enumerate(first) if place != date and cell)
    if not prices:
        raise BadInputError(f"{path}:1: there is no column beside '{first[date]}'. {_wanted()}")
    _no_twice([ticker for ticker, _ in prices], path)
    return Layout(1, date, None, prices, "one column a ticker")


def plain_ticker(text: str, *, from_stooq: bool) -> str:
    """Return a ticker in the style of Yahoo. from_stooq: 'nvda.us' and the file name 'nvda_us_d' mean NVDA.

    >>> plain_ticker("nvda_us_d", from_stooq=True), plain_ticker("8035.JP", from_stooq=True)
    ('NVDA', '8035.T')
    """
    word = text.strip()
    if not from_stooq:
        return word
    word = re.sub(r"_[dwm]$", "", word, flags=re.IGNORECASE)
    name, mark, ending = word.replace("_", ".").upper().rpartition(".")
    if not mark:
        return ending
    return name + _STOOQ.get(ending, f".{ending}")


def _two_lines(heads: Sequence[tuple[str, str]], lines: int, path: str) -> Layout:
    """A table whose columns have a field and a ticker, in either order."""
    fields = [{_name(head[0]), _name(head[1])} for head in heads]
    date = next((place for place, found in enumerate(fields) if found <= set(_DATE_COLUMNS)), 0)
    for word in PRICE_COLUMNS:
        name = word.replace(" ", "_")
        prices = [
            (head[1] if _name(head[0]) == name else head[0], place)
            for place, (head, found) in enumerate(zip(heads, fields, strict=True))
            if name in found and place != date
        ]
        if prices:
            _no_twice([ticker for ticker, _ in prices], path)
            return Layout(lines, date, None, tuple(prices), word)
    raise BadInputError(f"{path}:1: no column of prices under its two header lines. {_wanted()}")


def _is_two_lines(first: Sequence[str], second: Sequence[str]) -> bool:
    known = {word.replace(" ", "_") for word in (*PRICE_COLUMNS, *_OTHERS)}
    above, below = ([_name(cell) for cell in line[1:] if cell.strip()] for line in (first, second))
    return len(above) > 0 and len(below) > 0 and (
        (all(name in known for name in above) and not any(_is_number(cell) for cell in below))
        or all(name in known for name in below)
    )  # fmt: skip


def _name(cell: str) -> str:
    return "_".join(cell.strip().lstrip("﻿").lower().split())


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _no_twice(tickers: Sequence[str], path: str) -> None:
    seen: set[str] = set()
    for ticker in tickers:
        if ticker in seen:
            raise BadInputError(f"{path}:1: two columns of prices are named '{ticker}'. Keep one.")
        seen.add(ticker)


def _list(cells: Sequence[str]) -> str:
    shown = ", ".join(f"'{cell[:30]}'" for cell in cells[:8])
    return shown + (f" and {len(cells) - 8} more" if len(cells) > 8 else "")


def _wanted() -> str:
    return (
        "Give 'date', 'ticker' and 'adj_close' (or 'close'), one row a day and ticker; or 'date' and one column a "
        "ticker; or a file as yfinance or Stooq writes it."
    )
