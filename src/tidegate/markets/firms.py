"""What came of each share at each event: columns as arrays, and rows made of them when somebody looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tidegate.markets.correction import corrected
from tidegate.markets.models import Estimates
from tidegate.markets.windows import FirmEvents

__all__ = ["FIRM_COLUMNS", "Firms"]

Floats = NDArray[np.float64]

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


@dataclass(eq=False)
class Firms:
    """The firm-events of one reading of day 0, each fitted on its own.

    pairs: what they are. correct, level: of p values and bands. news: what else moved the shares, by place
    of the firm-event.
    """

    pairs: FirmEvents
    reading: str
    correct: str
    level: float
    news: Mapping[int, Sequence[str]] = field(default_factory=dict)
    _rows: list[NDArray[np.int64]] = field(default_factory=list)
    _parts: list[tuple[Floats, ...]] = field(default_factory=list)

    def add(self, rows: NDArray[np.int64], found: Estimates) -> None:
        """Take over what was fitted for some firm-events."""
        held = np.isfinite(found.residuals).sum(axis=1)
        self._rows.append(rows)
        self._parts.append(
            (found.car, found.raw_car, found.car_deviation, found.freedom, found.coefficients[:, -1], held)
        )

    def __len__(self) -> int:
        return sum(len(rows) for rows in self._rows)

    @cached_property
    def row(self) -> NDArray[np.int64]:
        """Which firm-events of `pairs`, shape (F,)."""
        return np.concatenate(self._rows) if self._rows else np.empty(0, dtype=np.int64)

    @cached_property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """The results as arrays of shape (F,): car, raw, deviation, t, p, p_corrected, low, high, freedom,
        beta, returns.

        Returns are shares: 0.01 is one percent.
        """
        names = ("car", "raw", "deviation", "freedom", "beta", "returns")
        parts = [np.concatenate(column) for column in zip(*self._parts, strict=True)]
        found: dict[str, NDArray[Any]] = dict(zip(names, parts, strict=True))
        found["t"] = found["car"] / found["deviation"]
        found["p"] = 2 * special.stdtr(found["freedom"], -np.abs(found["t"]))
        found["p_corrected"] = corrected(found["p"], self.correct)
        reach = special.stdtrit(found["freedom"], 0.5 + self.level / 2) * found["deviation"]
        found["low"], found["high"] = found["car"] - reach, found["car"] + reach
        return found

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows of the table of firms."""
        if not len(self):
            return []
        pairs, arrays = self.pairs, self.arrays
        places = pairs.place[self.row]
        homes = pairs.home[pairs.ticker[self.row]]
        days = pairs.days[homes, places].astype(str).tolist()
        percent = {name: (100 * arrays[name]).tolist() for name in ("raw", "car", "low", "high")}
        plain = {name: arrays[name].tolist() for name in ("t", "p", "p_corrected", "beta", "returns")}
        is_market, is_measured = pairs.design.model == "market", pairs.design.model in ("market", "adjusted")
        built = []
        for number, row in enumerate(self.row.tolist()):
            event, ticker = pairs.events[pairs.event[row]], pairs.tickers[pairs.ticker[row]]
            zero, home = pairs.zero(row), int(homes[number])
            built.append(
                {
                    "event": event.id,
                    "ticker": ticker,
                    "exchange": pairs.exchanges[home].id,
                    "day0": days[number],
                    "day0_first": str(zero.first),
                    "day0_last": str(zero.last),
                    "day0_why": zero.why,
                    "reading": self.reading,
                    "benchmark": pairs.benchmarks[home] if is_measured else None,
                    **{f"{name}_percent": values[number] for name, values in percent.items()},
                    **{name: values[number] for name, values in plain.items() if name != "beta"},
                    "beta": plain["beta"][number] if is_market else None,
                    "confounders": [*_concerning(event.confounders, ticker), *self.news.get(row, ())],
                }
            )
        return built


def _concerning(told: Sequence[str], ticker: str) -> list[str]:
    """Other news of the day that concern a share: `NVDA: own results` does not concern others."""
    found = []
    for one in told:
        named, colon, _ = one.partition(":")
        if not colon or not named.strip() or ticker in [part.strip() for part in named.split(",")]:
            found.append(one)
    return found
