"""Moves that stories state beside the moves of prices: close to close, abnormal, and why they differ.

A story's number is often a snapshot: 'down 1 percent' at noon may close at -2.8. So a stated move carries its
window, and only one from close to close is held against ours. `data/markets/moves.csv` ships 140 stated moves,
each with its source; prices are the user's own.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tidegate import data
from tidegate.dates import parse_day
from tidegate.errors import BadInputError
from tidegate.markets.design import Design
from tidegate.markets.event_study import study
from tidegate.markets.events import Event
from tidegate.markets.target_words import number_of
from tidegate.sources.prices import Prices
from tidegate.tables import Table, Tabular

__all__ = ["MOVE_COLUMNS", "SHIPPED", "WINDOWS", "Move", "Moves", "compare_moves", "read_moves"]

SHIPPED = "shipped"
"""The name under which the shipped moves are asked for."""

WINDOWS: Mapping[str, str] = {
    "close_to_close": "",
    "intraday": "stated during the session; ours is its close",
    "premarket": "stated before the session; ours is its close",
    "after_hours": "stated after the close; ours is the close of the session after it",
    "unclear": "the story does not say over what; ours is from close to close",
}
"""Words for the window of a stated move, and what sets it apart from a move from close to close."""

_SINCE = re.compile(r"cumulative_from_(\d{4}-\d{2}-\d{2})_close")
_RECOVERED = re.compile(r"points_of_(\d{4}-\d{2}-\d{2})_close_since_low")

NEAR = 0.2
"""Points within which two moves are called the same: sources round, and adjusted prices differ a little."""

MOVE_COLUMNS = ("event", "ticker", "date", "window", "stated_percent", "ours_percent", "abnormal_percent", "benchmark",
                "difference", "near", "why", "source")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Move:
    """A stated move. percent: as stated. window: of `WINDOWS`, or over several sessions. event, source, note:
    as the file has them.
    """

    ticker: str
    day: dt.date
    percent: float
    window: str
    event: str | None = None
    source: str | None = None
    note: str = ""


@dataclass(frozen=True, eq=False)
class Moves(Tabular):
    """Stated moves beside ours. rows: of `MOVE_COLUMNS`. about: prices, and how many are near."""

    rows: tuple[Mapping[str, Any], ...]
    about: Mapping[str, Any]

    def table(self) -> Table:
        """Return a row for each stated move."""
        return Table(self.rows, MOVE_COLUMNS, self.about, "moves")


def read_moves(path: str | Path) -> list[Move]:
    """Return the stated moves of a CSV file; `shipped` are those that ship.

    Columns: `ticker`, `date` (or `move_date`), `stated_move_pct`, and `window` (a word of `WINDOWS`,
    `cumulative_from_DATE_close` or `points_of_DATE_close_since_low`; empty is unclear); `event_id`, `source`,
    `note`. Rows that state no move, or one of a group, are passed over. Raises: BadInputError: naming the row
    and the mend.
    """
    place = data.MARKETS / "moves.csv" if str(path) == SHIPPED else Path(path)
    try:
        reader = csv.DictReader(io.StringIO(place.read_text(encoding="utf-8-sig"), newline=""), restval="")
        rows = [
            (reader.line_num, {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)})
            for row in reader
        ]  # fmt: skip
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInputError(f"{place}: the file cannot be read: {error}. Give a CSV file in UTF-8.") from None
    names = reader.fieldnames or ()
    if not {"ticker", "stated_move_pct"} <= set(names) or not {"date", "move_date"} & set(names):
        raise BadInputError(f"{place}:1: columns ticker, date and stated_move_pct are needed. Give them.")
    found = []
    for number, row in rows:
        if not row["stated_move_pct"] or row["ticker"].startswith("group:"):
            continue
        percent, window = number_of(row["stated_move_pct"]), row.get("window") or "unclear"
        if percent is None or not -100 <= percent < 10_000:
            raise BadInputError(
                f"{place}:{number}: '{row['stated_move_pct']}' is no move in percent. Write -4.5."
            )
        if not row["ticker"]:
            raise BadInputError(f"{place}:{number}: the row has no ticker. Give one.")
        if window not in WINDOWS and not _SINCE.fullmatch(window) and not _RECOVERED.fullmatch(window):
            raise BadInputError(
                f"{place}:{number}: window '{window}' is not known. Write one of: {', '.join(WINDOWS)}, "
                "cumulative_from_2025-05-27_close, points_of_2025-05-27_close_since_low."
            )
        try:
            day = parse_day(row.get("move_date") or row.get("date", ""))
            if base := (_SINCE.fullmatch(window) or _RECOVERED.fullmatch(window)):
                parse_day(base[1])
        except BadInputError as error:
            raise BadInputError(f"{place}:{number}: {error}") from None
        found.append(
            Move(
                row["ticker"],
                day,
                percent,
                window,
                row.get("event_id") or None,
                row.get("source") or None,
                row.get("note", ""),
            )
        )
    if not found:
        raise BadInputError(f"{place}: no row states a move. Give at least one.")
    return found


def compare_moves(moves: Sequence[Move], prices: Prices, benchmark: str | None = None) -> Moves:
    """Return each stated move beside that of the prices, raw and abnormal, with the reason where they differ.

    benchmark: one for all abnormal moves; None takes that of each exchange (market model, sessions -260..-11).
    """
    abnormal, notes = _abnormal(moves, prices, benchmark)
    rows = tuple(_row(move, prices, abnormal.get((str(move.day), move.ticker))) for move in moves)
    held = [row for row in rows if row["window"] == "close_to_close" and row["ours_percent"] is not None]
    near = sum(row["near"] is True for row in held)
    about = {
        "prices": prices.path,
        "near_within": NEAR,
        "close_to_close": len(held),
        "close_to_close_near": near,
        "notes": notes,
    }
    return Moves(rows, about)


def _abnormal(
    moves: Sequence[Move], prices: Prices, benchmark: str | None
) -> tuple[dict[tuple[str, str], Mapping[str, Any]], list[str]]:
    """The abnormal move of each share on each session, by day and ticker."""
    by_day: dict[dt.date, dict[str, None]] = {}
    for move in moves:
        if move.window in WINDOWS:
            by_day.setdefault(move.day, {})[move.ticker] = None
    events = [
        Event.at(str(day), day, given={"all": day}, tickers=tuple(tickers))
        for day, tickers in sorted(by_day.items())
    ]
    if not events:
        return {}, []
    try:
        made = study(events, prices, Design(window=(0, 0), path=(0, 0), benchmark=benchmark), by=())
    except BadInputError as error:
        return {}, [f"no abnormal move: {error}"]
    return {(row["event"], row["ticker"]): row for row in made.firms}, []


def _row(move: Move, prices: Prices, abnormal: Mapping[str, Any] | None) -> dict[str, Any]:
    ours, why = _ours(move, prices)
    difference = None if ours is None else move.percent - ours
    near = None if difference is None else abs(difference) <= NEAR
    is_close = move.window == "close_to_close"
    said = [] if is_close or (near and move.window in WINDOWS) else [why]
    if ours is None:
        said = [why]
    elif near is False and is_close:
        said.append("the source rounds" if re.search(r'over|nearly|more than|about', move.note) else
                    "another line, hour or adjustment of the price than ours")  # fmt: skip
    if move.note:
        said.append(move.note)
    on_close = ours is not None and move.window in WINDOWS and move.window != "after_hours"
    kept = abnormal if on_close else None
    return {
        "event": move.event,
        "ticker": move.ticker,
        "date": str(move.day),
        "window": move.window,
        "stated_percent": move.percent,
        "ours_percent": ours,
        "abnormal_percent": kept["car_percent"] if kept else None,
        "benchmark": kept["benchmark"] if kept else None,
        "difference": difference,
        "near": near if is_close or move.window not in WINDOWS else None,
        "why": "; ".join(part for part in said if part),
        "source": move.source,
    }


def _ours(move: Move, prices: Prices) -> tuple[float | None, str]:
    """The move of the prices over the window of a stated one, in percent, and what sets it apart."""
    if move.ticker not in prices:
        return None, "the price file does not have it"
    line = prices.of_ticker(move.ticker)
    held = ~np.isnan(line)
    days, line = prices.days[held], line[held]
    at = int(np.searchsorted(days, np.datetime64(move.day)))
    if at == len(days) or days[at] != np.datetime64(move.day):
        return None, f"the file has no price of it on {move.day}"
    base = _SINCE.fullmatch(move.window) or _RECOVERED.fullmatch(move.window)
    if base:
        start = int(np.searchsorted(days, np.datetime64(base[1])))
        if start >= at or days[start] != np.datetime64(base[1]):
            return None, f"the file has no price of it on {base[1]}, before {move.day}"
        if _SINCE.fullmatch(move.window):
            return _percent(line[at], line[start]), f"from the close of {base[1]}"
        low = line[start + 1 : at + 1].min()
        return 100 * float(
            (line[at] - low) / line[start]
        ), f"since the low close after {base[1]}, in points of it"
    if move.window == "after_hours":
        at += 1
        if at == len(days):
            return None, f"the file has no session after {move.day}"
    if not at:
        return None, f"the file has no price of it before {move.day}"
    return _percent(line[at], line[at - 1]), WINDOWS[move.window]


def _percent(new: float, old: float) -> float:
    return 100 * (float(new) / float(old) - 1)
