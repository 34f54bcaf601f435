"""The factors of a ranking: what each is, how it is worked out at the end of each month, why it is not known.

More of each counts as better; the sign of `exposure` is turned, so that less of it is. The choice, the signs
and the weights were made before any result was seen, from the literature that each names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import BadInputError
from tidegate.markets.as_of import AsOf, as_of
from tidegate.markets.market_value import MarketValue, market_value
from tidegate.markets.momentum import momentum_scores
from tidegate.markets.month_ends import MonthEnds
from tidegate.markets.splits import StatedSplits
from tidegate.markets.stated_exposures import ExposureSource
from tidegate.sources.fundamentals import Fundamentals
from tidegate.sources.prices import Prices

__all__ = ["DEFAULT", "FACTORS", "Definition", "Factor", "Sources", "factor", "missing"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a factor is. over, under: the figures whose ratio it is, where it is one."""

    what: str
    source: str
    over: str | None = None
    under: str | None = None


FACTORS: Mapping[str, Definition] = {
    "momentum": Definition(
        "price one month before over price twelve months before, less 1", "Jegadeesh and Titman 1993"
    ),
    "quality": Definition(
        "net income of twelve months over total assets", "Haugen and Baker 1996", "net_income", "total_assets"
    ),
    "gross": Definition(
        "gross profit of twelve months over total assets", "Novy-Marx 2013", "gross_profit", "total_assets"
    ),
    "cash": Definition(
        "cash flow from operations of twelve months over total assets",
        "Ball and others 2016", "operating_cf", "total_assets",
    ),
    "value": Definition(
        "net income of twelve months over market value (P/E turned over)",
        "Basu 1977", "net_income", "market_value",
    ),
    "book": Definition("equity over market value", "Fama and French 1992", "equity", "market_value"),
    "exposure": Definition("share of revenue that measures touch, less is better", "no published one"),
}  # fmt: skip
"""What can be ranked by."""

DEFAULT = ("momentum", "quality", "value", "exposure")
"""Those taken where none are named, as far as the files allow."""


@dataclass(frozen=True)
class Sources:
    """What factors are worked out from. splits: None where the split basis of share counts is not stated."""

    prices: Prices
    fundamentals: Sequence[Fundamentals] = ()
    splits: StatedSplits | None = None
    exposures: ExposureSource | None = None


@dataclass(frozen=True, eq=False)
class Factor:
    """A factor at the ends of months.

    raw: as defined, shape (tickers, M), NaN where not known. why: the reason for a ticker (row) and month.
    """

    name: str
    raw: Floats
    why: Callable[[int, int], str | None]

    @property
    def better(self) -> Floats:
        """The factor with the sign under which more is better."""
        return -self.raw if self.name == "exposure" else self.raw


def missing(name: str, sources: Sources) -> str | None:
    """Return why a factor cannot be worked out at all from some sources; None where it can.

    Raises: BadInputError: if there is no such factor.
    """
    if name not in FACTORS:
        raise BadInputError(f"There is no factor '{name}'. Factors: {', '.join(FACTORS)}.")
    definition = FACTORS[name]
    if name == "exposure":
        return None if sources.exposures else "no exposures were given (--exposures)"
    if definition.over is None or definition.under is None:
        return None
    if not sources.fundamentals:
        return "no company figures were given (--fundamentals)"
    held = {item for file in sources.fundamentals for item in file.items}
    if definition.over not in held:
        return f"the company figures have no {definition.over}"
    if definition.under != "market_value":
        return None if definition.under in held else f"the company figures have no {definition.under}"
    if "market_value" in held:
        return None
    if "shares_outstanding" not in held:
        return "the company figures have neither market_value nor shares_outstanding, so P/E cannot be worked out"
    if sources.splits is None:
        return (
            "on which split basis the share counts are is not stated (--splits FILE of the splits between them and "
            "the prices, or --splits none)"
        )
    return None


def factor(name: str, sources: Sources, ends: MonthEnds) -> Factor:
    """Return a factor at the ends of months. Raises: BadInputError: if `missing` says why it cannot be."""
    if reason := missing(name, sources):
        raise BadInputError(f"The factor '{name}' cannot be worked out: {reason}.")
    if name == "momentum":
        return Factor(name, momentum_scores(ends.close), _no_prices(ends))
    if name == "exposure" and sources.exposures:
        shares = sources.exposures.at(ends.tickers, ends.days)
        return Factor(
            name,
            shares,
            lambda row, month: None if np.isfinite(shares[row, month]) else "its exposure was not known",
        )
    definition = FACTORS[name]
    over = as_of(sources.fundamentals, str(definition.over), ends.tickers, ends.days)
    under: AsOf | MarketValue
    if definition.under == "market_value":
        under = market_value(sources.fundamentals, sources.splits, sources.prices, ends)
    else:
        under = as_of(sources.fundamentals, str(definition.under), ends.tickers, ends.days)
    divisor = np.where(under.values > 0, under.values, np.nan)

    def why(row: int, month: int) -> str | None:
        if told := over.reason(row, month) or under.reason(row, month):
            return told
        return None if np.isfinite(divisor[row, month]) else f"its {definition.under} is not above 0"

    return Factor(name, over.values / divisor, why)


def _no_prices(ends: MonthEnds) -> Callable[[int, int], str | None]:
    def why(row: int, month: int) -> str | None:
        for back in (12, 1):
            if month - back < 0 or np.isnan(ends.close[row, month - back]):
                return f"no price {back} month{'s' if back > 1 else ''} before"
        return None

    return why
