"""An event study: raw and abnormal moves of shares around events, and whether their mean could be chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import BadInputError, MissingExtraError
from tidegate.markets.design import Design
from tidegate.markets.events import Event, with_tickers
from tidegate.markets.models import Estimates, estimate
from tidegate.markets.panel import Panel
from tidegate.markets.significance import DEFAULT, TESTS, Clusters, Outcome, all_tests, correlation
from tidegate.markets.windows import Factors, FirmEvents, Reading, firm_events
from tidegate.sources.prices import Prices
from tidegate.tables import Table, Tabular

__all__ = ["CORRECTIONS", "LEVELS", "Study", "study"]

Level = Literal["event", "group", "ticker", "stage", "all"]
LEVELS: tuple[str, ...] = get_args(Level)

CORRECTIONS = ("holm", "fdr_bh", "fdr_by", "bonferroni", "none")
"""Corrections for asking many questions at once, as statsmodels names them. Holm holds under any
dependence."""

GROUP_COLUMNS = (
    "by",
    "name",
    "day0",
    "reading",
    "firms",
    "dates",
    "raw_percent",
    "caar_percent",
    "low_percent",
    "high_percent",
    "median_car_percent",
    "negative_share",
    "test",
    "statistic",
    "p",
    "p_corrected",
    *(f"{name}{end}" for name in TESTS for end in ("", "_p")),
    "correlation",
    "confounders",
    "why",
)
FIRM_COLUMNS = (
    "event",
    "ticker",
    "exchange",
    "day0",
    "day0_first",
    "day0_last",
    "day0_why",
    "reading",
    "benchmark",
    "raw_percent",
    "car_percent",
    "low_percent",
    "high_percent",
    "t",
    "p",
    "p_corrected",
    "beta",
    "returns",
    "confounders",
)
LEFT_COLUMNS = ("event", "ticker", "reading", "reason")
PATH_COLUMNS = ("by", "name", "reading", "session", "firms", "caar_percent", "low_percent", "high_percent")


@dataclass(frozen=True, eq=False)
class Study(Tabular):
    """What prices did around events.

    groups, firms, left, paths: rows of the tables of the same names. notes: what was odd in the prices or the
    calendars.
    """

    design: Design
    about: Mapping[str, Any]
    groups: tuple[Mapping[str, Any], ...]
    firms: tuple[Mapping[str, Any], ...]
    left: tuple[Mapping[str, Any], ...]
    paths: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...] = field(default=())

    def table(self) -> Table:
        """Return a row for each group: mean moves with their band, and every test."""
        about = {
            **self.about,
            "notes": list(self.notes),
            "firms": [dict(row) for row in self.firms],
            "paths": [dict(row) for row in self.paths],
            "left_out": [dict(row) for row in self.left],
        }
        return Table(self.groups, GROUP_COLUMNS, about, "groups")

    def firm_table(self) -> Table:
        """Return a row for each share and event: raw and abnormal move, and day 0 with its reason."""
        return Table(self.firms, FIRM_COLUMNS, self.about, "firms")

    def path_table(self) -> Table:
        """Return the mean cumulative abnormal return session by session, with its band."""
        return Table(self.paths, PATH_COLUMNS, self.about, "paths")

    def left_table(self) -> Table:
        """Return what was left out, with the reason."""
        return Table(self.left, LEFT_COLUMNS, self.about, "left_out")


def study(
    events: Sequence[Event],
    prices: Prices,
    design: Design | None = None,
    *,
    tickers: Sequence[str] = (),
    groups: Mapping[str, Sequence[str]] | None = None,
    by: Iterable[str] = ("event", "all"),
    test: str = DEFAULT,
    correct: str = "holm",
    level: float = 0.95,
    factors: Factors | None = None,
) -> Study:
    """Return the event study of some events.

    tickers: shares asked about, instead of those of the events. groups: shares by name of a group, for the
    level `group`. by: what means are taken over, of `LEVELS`. test: the test whose p value is corrected and
    from which the band is made. level: of the bands. factors: days and values, shape (days, k), for the model
    `factors`; in the unit of returns. Where the hour of an event leaves two sessions as day 0, the study is
    made with the first and with the last, and rows say which. Raises: BadInputError: if nothing is left to
    study. MissingExtraError: without the extra `markets`.
    """
    design = design or Design()
    wanted = _checked(by, test, correct, design, factors)
    asked = with_tickers(events, tickers) if tickers else list(events)
    if groups and not tickers:
        asked = with_tickers(asked, list(dict.fromkeys(name for names in groups.values() for name in names)))
    if not any(event.tickers for event in asked):
        raise BadInputError("No event names a share. Give tickers, for example --tickers NVDA,AMD.")
    years = [event.on.year for event in asked]
    # A day more: what is known after the last session of a year waits for the first of the next.
    panel = Panel(prices, design.log, (min(years), max(years) + 1))
    first, odd = firm_events(panel, asked, design, "first", factors)
    doubtful = sum(not zero.is_certain for zero in first.zeros.values())
    readings: list[tuple[Reading, FirmEvents]] = [("first", first)]
    if doubtful:
        readings.append(("last", firm_events(panel, asked, design, "last", factors)[0]))
    parts = [
        _Part(reading if doubtful else "only", pairs, wanted, groups or {}, test, level)
        for reading, pairs in readings
    ]
    left = [
        {"event": event, "ticker": ticker, "reading": "", "reason": reason} for event, ticker, reason in odd
    ]
    for part in parts:
        part.run()
        left += part.left
    if not any(part.firms for part in parts):
        reasons = "; ".join(
            f"{row['ticker']} at {row['event']}: {row['reason'].rstrip('.')}" for row in left[:3]
        )
        raise BadInputError(
            f"No share is left to study. {reasons}. Give prices that cover the windows, or shorter windows."
        )
    group_rows = [row for part in parts for row in _corrected(part.groups, correct, ("by", "reading"))]
    firm_rows = [row for part in parts for row in _corrected(part.firms, correct, ("reading",))]
    about = {
        **design.row(),
        "prices": prices.path,
        "price_column": prices.column,
        "events": len(asked),
        "test": test,
        "correction": correct,
        "level": level,
        "doubtful_days": doubtful,
        "benchmarks": {
            exchange.id: name for exchange, name in zip(first.exchanges, first.benchmarks, strict=True)
        },
    }
    return Study(
        design,
        about,
        tuple(group_rows),
        tuple(firm_rows),
        tuple(left),
        tuple(row for part in parts for row in part.paths),
        (*prices.notes, *panel.notes, *_split_notes(prices, first)),
    )


@dataclass(eq=False)
class _Part:
    """A study under one reading of day 0."""

    reading: str
    pairs: FirmEvents
    by: tuple[str, ...]
    named: Mapping[str, Sequence[str]]
    test: str
    level: float
    firms: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    paths: list[dict[str, Any]] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> None:
        """Fit every firm-event once, event by event, then take the means that are asked for."""
        pairs = self.pairs
        placed = np.flatnonzero(pairs.place >= 0)
        self._leave({row: pairs.no_place(row) for row in np.flatnonzero(pairs.place < 0).tolist()})
        kept: list[NDArray[np.int64]] = []
        for rows in _runs(placed, pairs.event):
            cut = pairs.cut(rows)
            thin = pairs.thin(cut)
            self._leave(thin)
            good = np.asarray([row not in thin for row in rows.tolist()])
            if not good.any():
                continue
            rows = rows[good]
            kept.append(rows)
            clusters = Clusters(cut.clusters.of[good], cut.clusters.days)
            found = estimate(cut.returns[good], cut.factors[good], pairs.design)
            self.firms += self._firm_rows(rows, found)
            if "event" in self.by:
                self._group("event", pairs.events[int(pairs.event[rows[0]])].id, rows, found, clusters)
        whole = np.concatenate(kept) if kept else np.empty(0, dtype=np.int64)
        for level, name, rows in self._others(whole):
            cut = pairs.cut(rows)
            self._group(level, name, rows, estimate(cut.returns, cut.factors, pairs.design), cut.clusters)

    def _others(self, rows: NDArray[np.int64]) -> Iterator[tuple[str, str, NDArray[np.int64]]]:
        pairs = self.pairs
        for level in self.by:
            if level == "all" and len(rows):
                yield level, "all", rows
            elif level == "ticker":
                for ticker in np.unique(pairs.ticker[rows]):
                    yield level, pairs.tickers[ticker], rows[pairs.ticker[rows] == ticker]
            elif level == "group" and self.named:
                for name, members in self.named.items():
                    own = np.isin(
                        pairs.ticker[rows],
                        [place for place, one in enumerate(pairs.tickers) if one in members],
                    )
                    if own.any():
                        yield level, name, rows[own]
            elif level in ("group", "stage"):
                labels = np.asarray([getattr(event, level) or "not stated" for event in pairs.events])[
                    pairs.event[rows]
                ]
                for name in np.unique(labels):
                    yield level, str(name), rows[labels == name]

    def _leave(self, reasons: Mapping[int, str]) -> None:
        pairs = self.pairs
        self.left += [
            {
                "event": pairs.events[pairs.event[row]].id,
                "ticker": pairs.tickers[pairs.ticker[row]],
                "reading": self.reading,
                "reason": reason,
            }
            for row, reason in reasons.items()
        ]

    def _firm_rows(self, rows: NDArray[np.int64], found: Estimates) -> list[dict[str, Any]]:
        pairs = self.pairs
        student = _stats().t
        p = 2 * student.sf(np.abs(found.t), found.freedom)
        reach = student.ppf(0.5 + self.level / 2, found.freedom) * found.car_deviation
        sessions = pairs.days[pairs.home[pairs.ticker[rows]], pairs.place[rows]].tolist()
        columns = zip(
            rows.tolist(),
            sessions,
            (100 * found.raw_car).tolist(),
            (100 * found.car).tolist(),
            (100 * (found.car - reach)).tolist(),
            (100 * (found.car + reach)).tolist(),
            found.t.tolist(),
            p.tolist(),
            found.coefficients[:, -1].tolist(),
            np.isfinite(found.residuals).sum(axis=1).tolist(),
            strict=True,
        )
        has_beta = pairs.design.model == "market"
        built = []
        for row, day, raw, car, low, high, t, chance, beta, held in columns:
            event, ticker = pairs.events[pairs.event[row]], pairs.tickers[pairs.ticker[row]]
            home, zero = int(pairs.home[pairs.ticker[row]]), pairs.zero(row)
            built.append(
                {
                    "event": event.id,
                    "ticker": ticker,
                    "exchange": pairs.exchanges[home].id,
                    "day0": str(day),
                    "day0_first": str(zero.first),
                    "day0_last": str(zero.last),
                    "day0_why": zero.why,
                    "reading": self.reading,
                    "benchmark": None
                    if pairs.design.model in ("mean", "factors")
                    else pairs.benchmarks[home],
                    "raw_percent": raw,
                    "car_percent": car,
                    "low_percent": low,
                    "high_percent": high,
                    "t": t,
                    "p": chance,
                    "p_corrected": None,
                    "beta": beta if has_beta else None,
                    "returns": held,
                    "confounders": [told for told in event.confounders if _concerns(told, ticker)]
                    if event.confounders
                    else [],
                }
            )
        return built

    def _group(
        self, level: str, name: str, rows: NDArray[np.int64], found: Estimates, clusters: Clusters
    ) -> None:
        pairs, count = self.pairs, len(rows)
        together = correlation(found, clusters, pairs.design)
        tests = all_tests(found, clusters, pairs.design, together)
        chosen, used = tests[self.test], self.test
        mean = float(found.car.mean())
        if count == 1:
            # One share at one event: Student's t of the share itself is all there is.
            t, freedom = float(found.t[0]), float(found.freedom[0])
            chosen, used = Outcome(t, float(2 * _stats().t.sf(abs(t), freedom))), "t"
        reach = self._reach(found, together)
        days = np.unique(pairs.days[pairs.home[pairs.ticker[rows]], pairs.place[rows]])
        row: dict[str, Any] = {
            "by": level,
            "name": name,
            "reading": self.reading,
            "firms": count,
            "dates": len(days),
            "day0": str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}",
            "raw_percent": 100 * float(found.raw_car.mean()),
            "caar_percent": 100 * mean,
            "low_percent": None if reach is None else 100 * (mean - reach),
            "high_percent": None if reach is None else 100 * (mean + reach),
            "median_car_percent": 100 * float(np.median(found.car)),
            "negative_share": float((found.car < 0).mean()),
            "test": used,
            "statistic": chosen.value,
            "p": chosen.p,
            "p_corrected": None,
            "correlation": together if count > 1 else None,
            "why": chosen.why or None,
            "confounders": sorted(
                {told for place in np.unique(pairs.event[rows]) for told in pairs.events[place].confounders}
            ),
        }
        for one, outcome in tests.items():
            row[one], row[f"{one}_p"] = outcome.value, outcome.p
        self.groups.append(row)
        self._path(level, name, found, together)

    def _reach(self, found: Estimates, together: float) -> float | None:
        """Half the band of a mean CAR: its spread between firm-events, widened for their correlation as in
        `kp`.
        """
        count = len(found.car)
        if count == 1:
            return float(_stats().t.ppf(0.5 + self.level / 2, found.freedom[0]) * found.car_deviation[0])
        wider = (1 + (count - 1) * together) / (1 - together) if together < 1 else -1.0
        if wider <= 0:
            return None
        error = float(found.car.std(ddof=1)) * (wider / count) ** 0.5
        return float(float(_stats().t.ppf(0.5 + self.level / 2, count - 1)) * error)

    def _path(self, level: str, name: str, found: Estimates, together: float) -> None:
        design = self.pairs.design
        start = design.shown[0]
        sums = np.cumsum(found.abnormal[:, design.path[0] - start : design.path[1] - start + 1], axis=1)
        whole = np.isfinite(sums).all(axis=1)
        count = int(whole.sum())
        if not count:
            return
        mean = sums[whole].mean(axis=0)
        inflation = max(1 + (count - 1) * together, 0.0)
        deviation = np.sqrt((found.path_deviation[whole] ** 2).mean(axis=0) / count * inflation)
        reach = float(_stats().norm.ppf(0.5 + self.level / 2)) * deviation
        self.paths += [
            {
                "by": level,
                "name": name,
                "reading": self.reading,
                "session": session,
                "firms": count,
                "caar_percent": 100 * middle,
                "low_percent": 100 * (middle - half),
                "high_percent": 100 * (middle + half),
            }
            for session, middle, half in zip(
                range(design.path[0], design.path[1] + 1), mean.tolist(), reach.tolist(), strict=True
            )
        ]


def _checked(
    by: Iterable[str], test: str, correct: str, design: Design, factors: Factors | None
) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(by))
    for word, known, what in (
        *((one, LEVELS, "level") for one in wanted),
        (test, TESTS, "test"),
        (correct, CORRECTIONS, "correction"),
    ):
        if word not in known:
            raise BadInputError(f"The {what} '{word}' is not known. Write one of: {', '.join(known)}.")
    if design.model == "factors" and factors is None:
        raise BadInputError("The model 'factors' needs factors. Give a file with --factors.")
    return wanted


def _runs(rows: NDArray[np.int64], event: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Rows event by event: they stand in that order."""
    cuts = np.flatnonzero(np.diff(event[rows])) + 1
    return (part for part in np.split(rows, cuts) if len(part))


def _concerns(told: str, ticker: str) -> bool:
    named, colon, _ = told.partition(":")
    return not colon or not named.strip() or ticker in [part.strip() for part in named.split(",")]


def _corrected(rows: list[dict[str, Any]], correct: str, within: Sequence[str]) -> list[dict[str, Any]]:
    """Set p_corrected of the rows that answer one question together."""
    families: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        if row["p"] is not None:
            families.setdefault(tuple(row[name] for name in within), []).append(row)
    for family in families.values():
        chances = [row["p"] for row in family]
        for row, chance in zip(family, _correct(chances, correct), strict=True):
            row["p_corrected"] = chance
    return rows


def _correct(chances: list[float], correct: str) -> list[float]:
    if correct == "none" or len(chances) < 2:
        return chances
    try:
        from statsmodels.stats.multitest import multipletests
    except ImportError:
        raise MissingExtraError(
            "statsmodels is not installed. Run: pip install 'tidegate[markets]'"
        ) from None
    found: list[float] = multipletests(chances, method=correct)[1].tolist()
    return found


def _split_notes(prices: Prices, pairs: FirmEvents) -> list[str]:
    studied = {*pairs.tickers, *(name for name in pairs.benchmarks if name)}
    return [str(split) for split in prices.splits() if split.ticker in studied]


def _stats() -> Any:  # noqa: ANN401
    from scipy import stats

    return stats
