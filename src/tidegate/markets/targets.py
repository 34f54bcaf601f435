"""Published numbers of event studies, and of momentum rankings, beside ours, each made as its row of the file
says: no number is looked up.

A row says what was measured (`statistic`), of whom (`ticker`, or `group:NAME` whose tickers stand in `how`),
against what (`benchmark`), with which `model`, `estimation_window` and `event_window`, and from which day
(`day0`, or the first session from `event_date` on). Where a row leaves something open, ours says in `why`
what was taken. Days are those on which all of the row's tickers have a price, as the studies count them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tidegate.dates import parse_day
from tidegate.errors import BadInputError, TidegateError
from tidegate.markets.dayzero import day_zero
from tidegate.markets.design import Design, Model
from tidegate.markets.exchanges import exchange_of, sessions_of
from tidegate.markets.known import shipped_events
from tidegate.markets.models import estimate
from tidegate.markets.ranking_targets import is_ranking, ranking_value, read_universe
from tidegate.markets.significance import Clusters
from tidegate.markets.target_statistics import Fitted, statistic_of
from tidegate.markets.target_words import (
    benchmark_of,
    model_of,
    number_of,
    scale_of,
    tickers_of_words,
    window_of,
)
from tidegate.sources.prices import Prices
from tidegate.tables import Table

__all__ = ["replicate"]

COLUMNS = ("target_id", "value", "published", "unit", "within", "statistic", "day0", "firms", "why")
NEEDED = ("target_id", "ticker", "statistic")
COLUMNS_READ = (*NEEDED, "event", "event_date", "day0", "tickers", "benchmark", "model", "estimation_window",
                "event_window", "value", "unit", "tolerance", "how")  # fmt: skip

USUAL = Design(model="market", estimation=(-260, -11), window=(0, 1), path=(0, 0))
SHORTEST = 40
"""Sessions that an estimation window must have where the row states none and the prices start late."""


def replicate(path: str | Path, prices: Prices) -> Table:
    """Return a row for each target: `value` as we compute it, `published` beside it, and why they differ or
    it is None.

    Raises: BadInputError: if the file cannot be read or lacks a column.
    """
    place = Path(path)
    try:
        reader = csv.DictReader(io.StringIO(place.read_text(encoding="utf-8-sig"), newline=""), restval="")
        rows = [
            {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
            for row in reader
        ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInputError(f"{place}: the file cannot be read: {error}. Give a CSV file in UTF-8.") from None
    for column in NEEDED:
        if column not in (reader.fieldnames or ()):
            raise BadInputError(
                f"{place}:1: column '{column}' is missing. Columns: {', '.join(COLUMNS_READ)}."
            )
    rows = [{**dict.fromkeys(COLUMNS_READ, ""), **row} for row in rows]
    groups = _groups(rows, prices)
    universe = read_universe(prices) if any(is_ranking(row) for row in rows) else None
    found = tuple(_target(row, groups, prices, universe) for row in rows)
    return Table(found, COLUMNS, rows_name="targets")


def _target(
    row: Mapping[str, str],
    groups: Mapping[str, tuple[str, ...]],
    prices: Prices,
    universe: Sequence[str] | None,
) -> dict[str, Any]:
    published = number_of(row["value"])
    found: dict[str, Any] = {
        "target_id": row["target_id"],
        "value": None,
        "published": published,
        "unit": row["unit"] or None,
        "within": None,
        "statistic": row["statistic"],
        "day0": None,
        "firms": None,
        "why": "",
    }
    said: list[str] = []
    try:
        if is_ranking(row):
            value = ranking_value(row, prices, universe, said)
        else:
            value, found["day0"], found["firms"] = _value(row, groups, prices, said)
    except TidegateError as error:
        found["why"] = f"not computed: {error}"
        return found
    except (ArithmeticError, LookupError, ValueError, OverflowError) as error:
        # One row that nobody foresaw must not take the others with it.
        found["why"] = f"not computed: the row cannot be read: {error}"
        return found
    if not math.isfinite(value):
        found["why"] = "not computed: the prices leave no finite number"
        return found
    found["value"] = value
    tolerance = number_of(row["tolerance"])
    if published is not None and tolerance is not None:
        found["within"] = abs(value - published) <= tolerance + 1e-9
        if not found["within"]:
            said.append(
                f"{value - published:+.4g} from the published number: prices or a definition differ from its own"
            )
    found["why"] = "; ".join(said)
    return found


def _value(
    row: Mapping[str, str], groups: Mapping[str, tuple[str, ...]], prices: Prices, said: list[str]
) -> tuple[float, str, list[str]]:
    statistic = statistic_of(row["statistic"])
    if statistic is None:
        raise BadInputError(
            f"'{row['statistic']}' of '{row['model']}' is no result of an event study of prices"
        )
    scale = scale_of(row["unit"]) if statistic.is_return else 1.0
    if scale is None:
        raise BadInputError(
            f"'{row['unit']}' is no unit of a return. Write percent, basis points or fraction"
        )
    if not (row["day0"] or row["event_date"] or row["event"] in shipped_events()):
        raise BadInputError("the row has neither day0 nor event_date, and what it names is no single day")
    tickers = groups.get(row["ticker"]) or tuple(re.split(r"[\s;,|+]+", row["ticker"]))
    held = tuple(ticker for ticker in dict.fromkeys(tickers) if ticker in prices)
    if not held:
        raise BadInputError(f"the price file has none of the shares of '{row['ticker']}'")
    if row["ticker"] in groups:
        said.append(f"{len(held)} shares that the row names: {' '.join(held)}")
    elif len(held) < len(tickers):
        missing = [ticker for ticker in tickers if ticker not in prices]
        said.append(f"without {' '.join(missing)}, of which the file has no price")
    model = model_of(row["model"], said)
    benchmark = _benchmark(row["benchmark"], held, prices, said) if model != "mean" else ""
    day = _day(row, held[0], said)
    design, fit_all = _windows(row, model, said)
    parts = [_cut(ticker, benchmark, day, design, prices, fit_all, said) for ticker in held]
    kept = [(ticker, *part) for ticker, part in zip(held, parts, strict=True) if part is not None]
    if not kept:
        raise BadInputError("; ".join(said))
    design = replace(design, estimation=(min(part[3] for part in kept), design.estimation[1]))
    length = design.length + design.days
    returns = np.stack([_padded(part[1], length) for part in kept])
    factors = np.stack([_padded(part[2], length) for part in kept])
    days = np.stack([_padded(part[4], length) for part in kept])
    found = estimate(returns, factors, design)
    _, first, of = np.unique(days[:, -1], return_index=True, return_inverse=True)
    fit = Fitted(found, Clusters(of.astype(np.int64), days[first]), design, _plain_t(row["how"]))
    zero = days[0, design.length - design.window[0]] if design.window[0] <= 0 <= design.window[1] else day
    return statistic.measure(fit) * scale, str(zero), [part[0] for part in kept]


def _padded(values: np.ndarray[Any, Any], length: int) -> np.ndarray[Any, Any]:
    """Values at the end of a longer window, for a share whose prices start late."""
    gap = length - len(values)
    if not gap:
        return values
    empty = np.datetime64("NaT") if values.dtype.kind == "M" else np.nan
    return np.concatenate([np.full((gap, *values.shape[1:]), empty, dtype=values.dtype), values])


def _day(row: Mapping[str, str], ticker: str, said: list[str]) -> dt.date:
    """Day 0, or the day from which on the first session is: as the row states it, else by the hour of a known
    event.
    """
    if row["day0"]:
        return parse_day(row["day0"])
    if named := re.search(r"day 0\s*(?:is|=|:)?\s*(\d{4}-\d{2}-\d{2})", row["how"]):
        return parse_day(named[1])
    event = shipped_events().get(row["event"])
    says_so = re.search(r"first session (on|from|of)|on or after", row["how"])
    if event is None or says_so or (row["event_date"] and parse_day(row["event_date"]) != event.on):
        return parse_day(row["event_date"])
    zero = day_zero(event, sessions_of(exchange_of(ticker).id, event.on.year, event.on.year + 1))
    said.append(f"the row states no day 0: {zero.first}, the first session that could react ({zero.why})")
    if not zero.is_certain:
        raise BadInputError(f"day 0 may be {zero.first} or {zero.last}: {zero.why}. State day0")
    return zero.first


def _windows(row: Mapping[str, str], model: Model, said: list[str]) -> tuple[Design, bool]:
    """The windows, and whether the estimation window must be whole, as one that is stated must."""
    told = row["event_window"]
    if not told and (inside := re.search(r"[(\[]([^)\]]*\d[^)\]]*)[)\]]", row["statistic"])):
        told = inside[1]
    is_day = bool(re.search(r"\ba?ar\b", row["statistic"].lower()))
    window = window_of(told, (0, 0) if is_day else USUAL.window, "event window", said)
    fit = window_of(row["estimation_window"], USUAL.estimation, "estimation window", said)
    words = f"{row['how']} {row['model']}".lower()
    is_log = bool(re.search(r"\blog(arithmic)? (?:price )?(returns|changes)|continuously compounded", words))
    stated = bool(row["estimation_window"])
    return Design(model=model, estimation=fit, window=window, path=window, log=is_log), stated


def _cut(
    ticker: str, benchmark: str, day: dt.date, design: Design, prices: Prices, whole: bool, said: list[str]
) -> tuple[Any, Any, int, Any] | None:
    """Returns, regressors, first session and days of one share, on the days that it and its benchmark have in
    common.
    """
    held = [prices.of_ticker(name) for name in dict.fromkeys((ticker, benchmark)) if name]
    common = ~np.isnan(held).any(axis=0)
    days = prices.days[common]
    lines = [line[common] for line in held]
    at = int(np.searchsorted(days, np.datetime64(day)))
    first, last = at + design.estimation[0], at + design.window[1]
    if at >= len(days) or last >= len(days):
        said.append(
            f"{ticker}: the prices end on {days[-1] if len(days) else 'no day'}, before the event window does"
        )
        return None
    if first < 1:
        late = at + design.estimation[1]
        if whole or late < SHORTEST:
            said.append(
                f"{ticker}: prices start on {days[0] if len(days) else 'no day'}, too late for the estimation window"
            )
            return None
        said.append(f"{ticker}: prices start on {days[0]}, so the model is fitted on {late} sessions")
        first = 1
    changes = [line[1:] / line[:-1] for line in lines]
    returns = [np.log(change) if design.log else change - 1 for change in changes]
    places = np.concatenate(
        [np.arange(first, at + design.estimation[1] + 1), np.arange(at + design.window[0], last + 1)]
    )
    x = returns[-1][places - 1][:, None] if design.model != "mean" else np.empty((len(places), 0))
    return returns[0][places - 1], x, first - at, days[places]


def _groups(rows: Sequence[Mapping[str, str]], prices: Prices) -> dict[str, tuple[str, ...]]:
    """The tickers of each group, from the words of any row that names them."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        name = row["ticker"]
        if name and not found.get(name) and name not in prices:
            listed = row["tickers"] or ("" if re.search(r"[\s;,|+]", name) else row["how"])
            if name.startswith("group:") or row["tickers"]:
                benchmark = benchmark_of(row["benchmark"], prices.places)
                found[name] = tickers_of_words(listed, prices.places, benchmark)
    return found


def _benchmark(named: str, held: Sequence[str], prices: Prices, said: list[str]) -> str:
    if named:
        ticker = benchmark_of(named, prices.places)
        prices.of_ticker(ticker)
        if ticker != named:
            said.append(f"'{named}' was read as {ticker}")
        return ticker
    own = next((name for name in exchange_of(held[0]).benchmarks if name in prices), None)
    if own is None:
        raise BadInputError("the row names no benchmark and the price file has none of its exchange")
    said.append(f"the row names no benchmark: {own} was taken")
    return own


def _plain_t(how: str) -> int | None:
    """What the t of a row takes off the number of residuals where it is CAR over their deviation times the root
    of the window, with no error of prediction; None where it has one.
    """
    words = how.lower()
    without = re.search(r"(no|without)( the| any)? (error of )?prediction", words)
    if ("prediction" in words and not without) or not (
        without or re.search(r"square root|sqrt|√|n ?- ?1", words)
    ):
        return None
    return 2 if re.search(r"n ?- ?2", words) else 1
