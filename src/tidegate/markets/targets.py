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
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tidegate.dates import parse_day
from tidegate.errors import BadInputError, TidegateError
from tidegate.markets.design import Design, Model, Window, parse_window
from tidegate.markets.exchanges import exchange_of
from tidegate.markets.models import Estimates, estimate
from tidegate.markets.ranking_targets import is_ranking, ranking_value, read_universe
from tidegate.markets.significance import Clusters, all_tests
from tidegate.sources.prices import Prices
from tidegate.tables import Table

__all__ = ["replicate"]

COLUMNS = ("target_id", "value", "published", "unit", "within", "statistic", "day0", "firms", "why")
NEEDED = ("target_id", "event_date", "ticker", "model", "estimation_window", "event_window", "statistic")

_SCALES = {"basis points": 100.0, "bp": 100.0, "fraction": 0.01, "decimal": 0.01, "share": 0.01}
"""What a value in percent is multiplied with for the unit that a row names."""

USUAL = Design(model="market", estimation=(-260, -11), window=(0, 1), path=(0, 0))
SHORTEST = 40
"""Sessions that an estimation window must have where the row states none and the prices start late."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """What a row asks for, fitted. simple: the t of the row takes no error of prediction."""

    found: Estimates
    clusters: Clusters
    design: Design
    simple: bool

    @property
    def t(self) -> float:
        """Of one share, its CAR over its deviation; of several, the cross-sectional t."""
        if len(self.found.car) > 1:
            return self.test("t_cross")
        if not self.simple:
            return float(self.found.t[0])
        residuals = self.found.residuals[0]
        return float(self.found.car[0] / (np.nanstd(residuals, ddof=1) * np.sqrt(self.design.days)))

    def test(self, name: str) -> float:
        value = all_tests(self.found, self.clusters, self.design)[name].value
        if value is None:
            raise BadInputError(f"the test {name} is not defined for it")
        return value


_STATISTICS: Sequence[tuple[str, Callable[[_Fit], float]]] = (
    (r"median.*\bcar\b|median abnormal", lambda fit: 100 * float(np.median(fit.found.car))),
    (r"\b(caar|acar|mean car|average car)\b", lambda fit: 100 * float(fit.found.car.mean())),
    (r"\bcar\b.*\b(t|t-stat|t-statistic)$", lambda fit: fit.t),
    (
        r"\b(car|ar|abnormal return|cumulative abnormal return)$",
        lambda fit: 100 * float(fit.found.car.mean()),
    ),
    (r"\b(raw|raw return|return|move)$", lambda fit: 100 * float(fit.found.raw_car.mean())),
    (r"patell", lambda fit: fit.test("patell")),
    (r"kolari|\bkp\b|adjusted bmp|adj-?bmp", lambda fit: fit.test("kp")),
    (r"bmp|boehmer|standardi[sz]ed cross", lambda fit: fit.test("bmp")),
    (r"grank|generali[sz]ed rank", lambda fit: fit.test("grank")),
    (r"corrado|rank z|rank test", lambda fit: fit.test("corrado")),
    (r"cross-?sectional|t cross", lambda fit: fit.test("t_cross")),
    (r"time-?series|portfolio|crude|brown", lambda fit: fit.test("t_time")),
    (r"\bbeta\b", lambda fit: float(fit.found.coefficients[0, -1])),
    (r"\balpha\b", lambda fit: 100 * float(fit.found.coefficients[0, 0])),
    (r"share negative|negative share", lambda fit: 100 * float((fit.found.car < 0).mean())),
    (r"residual (standard deviation|sd)|sigma", lambda fit: 100 * float(fit.found.deviation[0])),
    (r"^t$|\bt[- ]?stat(istic)?$|\bt value$", lambda fit: fit.t),
)
"""Words for what is measured, in percent where it is a return; the first that fits counts."""

_MODELS: Sequence[tuple[str, Model]] = (
    (r"market[- ]adjusted|net of market", "adjusted"),
    (r"constant|mean[- ]adjusted|^mean", "mean"),
    (r"market|capm|single[- ]index|risk-adjusted", "market"),
)


def replicate(path: str | Path, prices: Prices) -> Table:
    """Return a row for each target: `value` as we compute it, `published` beside it, and why they differ or
    it is None.

    Raises: BadInputError: if the file cannot be read or lacks a column.
    """
    place = Path(path)
    try:
        reader = csv.DictReader(place.read_text(encoding="utf-8-sig").splitlines(), restval="")
        rows = [
            {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
            for row in reader
        ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInputError(f"{place}: the file cannot be read: {error}. Give a CSV file in UTF-8.") from None
    for column in NEEDED:
        if column not in (reader.fieldnames or ()):
            raise BadInputError(f"{place}:1: column '{column}' is missing. Columns: {', '.join(NEEDED)}.")
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
    published = _number(row.get("value", ""))
    found: dict[str, Any] = {
        "target_id": row["target_id"],
        "value": None,
        "published": published,
        "unit": row.get("unit") or None,
        "within": None,
        "statistic": row["statistic"],
        "day0": None,
        "firms": None,
        "why": "",
    }
    said: list[str] = []
    try:
        if is_ranking(row):
            found["value"] = value = ranking_value(row, prices, universe, said)
        else:
            value, found["day0"], found["firms"] = _value(row, groups, prices, said)
            found["value"] = value = value * _SCALES.get(row.get("unit", "").lower(), 1.0)
    except TidegateError as error:
        found["why"] = f"not computed: {error}"
        return found
    tolerance = _number(row.get("tolerance", ""))
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
    measure = next((how for word, how in _STATISTICS if re.search(word, row["statistic"].lower())), None)
    if measure is None:
        raise BadInputError(
            f"'{row['statistic']}' of '{row['model']}' is no result of an event study of prices"
        )
    if not (row.get("day0") or row["event_date"]):
        raise BadInputError("the row has neither day0 nor event_date, and what it names is no single day")
    tickers = groups.get(row["ticker"], ()) if row["ticker"].startswith("group:") else (row["ticker"],)
    held = tuple(ticker for ticker in tickers if ticker in prices)
    if not held:
        raise BadInputError(f"the price file has none of the shares of '{row['ticker']}'")
    if row["ticker"].startswith("group:"):
        said.append(f"{len(held)} shares that the row names: {' '.join(held)}")
    model = _model(row["model"], said)
    benchmark = _benchmark(row.get("benchmark", ""), held, prices, said) if model != "mean" else ""
    day, design, fit_all = _windows(row, model, said)
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
    fit = _Fit(found, Clusters(of.astype(np.int64), days[first]), design, _is_simple(row.get("how", "")))
    zero = days[0, design.length - design.window[0]] if design.window[0] <= 0 <= design.window[1] else day
    return measure(fit), str(zero), [part[0] for part in kept]


def _padded(values: np.ndarray[Any, Any], length: int) -> np.ndarray[Any, Any]:
    """Values at the end of a longer window, for a share whose prices start late."""
    gap = length - len(values)
    if not gap:
        return values
    empty = np.datetime64("NaT") if values.dtype.kind == "M" else np.nan
    return np.concatenate([np.full((gap, *values.shape[1:]), empty, dtype=values.dtype), values])


def _windows(row: Mapping[str, str], model: Model, said: list[str]) -> tuple[dt.date, Design, bool]:
    """Day 0, windows, and whether the estimation window must be whole, as one that is stated must."""
    window = _window(row["event_window"], USUAL.window, "event window", said)
    stated = bool(row["estimation_window"])
    fit = _window(row["estimation_window"], USUAL.estimation, "estimation window", said)
    day = parse_day(row.get("day0") or row["event_date"])
    how = row.get("how", "")
    if not row.get("day0") and (named := re.search(r"day 0 (?:is )?(\d{4}-\d{2}-\d{2})", how)):
        day = parse_day(named[1])
    is_log = bool(re.search(r"\blog(arithmic)? returns", how.lower()))
    return day, Design(model=model, estimation=fit, window=window, path=window, log=is_log), stated


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
    """The tickers of each group, from the words of `how` of any row that names them."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if row["ticker"].startswith("group:"):
            words = re.findall(
                r"[\^A-Z0-9][A-Z0-9.\-]*", " ".join((row.get("tickers", ""), row.get("how", "")))
            )
            known = tuple(dict.fromkeys(word.rstrip(".") for word in words if word.rstrip(".") in prices))
            # A single capital is a word of the sentence, L, K or N of a formula, before it is a share.
            found[row["ticker"]] = found.get(row["ticker"]) or tuple(word for word in known if len(word) > 1)
    return found


def _benchmark(named: str, held: Sequence[str], prices: Prices, said: list[str]) -> str:
    if named:
        prices.of_ticker(named)
        return named
    own = next((name for name in exchange_of(held[0]).benchmarks if name in prices), None)
    if own is None:
        raise BadInputError("the row names no benchmark and the price file has none of its exchange")
    said.append(f"the row names no benchmark: {own} was taken")
    return own


def _model(named: str, said: list[str]) -> Model:
    for word, model in _MODELS:
        if re.search(word, named.lower()):
            if not re.fullmatch(
                r"market|market[- ]model|market-adjusted|constant[- ]mean|mean[- ]adjusted", named.lower()
            ):
                said.append(f"'{named}' was read as the {model} model")
            return model
    if named:
        raise BadInputError(f"the model '{named}' is not one that an event study here knows")
    said.append("the row names no model: the market model was taken")
    return "market"


def _window(text: str, usual: Window, what: str, said: list[str]) -> Window:
    if text:
        return parse_window(text.strip("[]() "))
    said.append(f"the row states no {what}: {usual[0]}..{usual[1]} was taken")
    return usual


def _is_simple(how: str) -> bool:
    """Whether the t of a row is CAR over the residuals' deviation times the root of the window, with no error
    of prediction.
    """
    return "prediction" not in how.lower() and bool(re.search(r"square root|sqrt|n-1", how.lower()))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
