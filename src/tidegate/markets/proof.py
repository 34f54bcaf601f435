"""Whether a ranking would have been any good: rank correlation with the next month, returns after costs, by months.

Information coefficients, quantiles and their turnover are those of alphalens, drawdowns those of empyrical.
Every factor is held against the score on the same names and months.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import BadInputError, MissingExtraError
from tidegate.markets.books import Book, best, hold
from tidegate.markets.correction import corrected
from tidegate.markets.estimates import Estimate, estimate
from tidegate.markets.scores import Scores

__all__ = ["LEAST_NAMES", "SCORE", "Line", "Proof", "prove"]

Floats = NDArray[np.float64]

SCORE = "score"
LEAST_NAMES = 10
"""Names a month must have to be counted; assumption."""


@dataclass(frozen=True, eq=False)
class Line:
    """The record of the score, of one factor alone, or of a benchmark.

    ic: rank information coefficient by month, NaN where there is none; its mean with the band in `skill`, and
    the p value corrected for all that was asked. spread: return of the best less that of the worst quantile.
    net: returns after costs by cost in basis points; excess: the same less those of the equal-weighted names, with the
    corrected p value of that at the first cost.
    """

    name: str
    ic: Floats
    skill: Estimate
    p_corrected: float | None
    spread: Estimate
    quantile_turnover: float | None
    book: Book | None
    net: Mapping[float, Floats] = field(default_factory=dict)
    excess: Mapping[float, Estimate] = field(default_factory=dict)
    excess_p_corrected: float | None = None


@dataclass(frozen=True, eq=False)
class Proof:
    """The record of a ranking.

    months: datetime64[M], those at whose end names were ranked. names: how many each month. lines: the score first,
    then each factor alone. equal: the equal-weighted ranked names. benchmark: returns of the benchmark, by its name.
    tried: questions the p values are corrected for.
    """

    months: NDArray[np.datetime64]
    names: NDArray[np.int64]
    lines: tuple[Line, ...]
    equal: Line
    benchmark: tuple[str, Floats] | None
    top: int
    costs: tuple[float, ...]
    level: float
    quantiles: int
    tried: int

    @property
    def score(self) -> Line:
        """The line of the score."""
        return self.lines[0]


def prove(
    scores: Scores,
    months: NDArray[np.intp],
    top: int,
    costs: Sequence[float],
    *,
    quantiles: int = 5,
    level: float = 0.95,
    tried: int = 0,
    benchmark: tuple[str, Floats] | None = None,
) -> Proof:
    """Return the record of some scores.

    months: columns of the scores to look at; those without a next month, or with fewer than `LEAST_NAMES` names,
    are left out. top: how many names are held. costs: in basis points of each unit bought or sold. tried: ways
    of ranking that the user tried; p values are corrected for so many questions, at least for those asked here.
    benchmark: its name and its return of the following month by column. Raises: BadInputError: if no month is left.
    """
    ahead = scores.ends.ahead
    both = np.isfinite(scores.total) & np.isfinite(ahead)
    kept = np.array([month for month in months if both[:, month].sum() >= LEAST_NAMES], dtype=int)
    if not len(kept):
        raise BadInputError(
            f"In no month do {LEAST_NAMES} names have a score and a return of the next month. Give more names, "
            "longer prices, or fewer factors."
        )
    mask = np.isfinite(scores.total[:, kept])
    returns = ahead[:, kept]
    tables = {SCORE: scores.total[:, kept]}
    if len(scores.factors) > 1:
        tables |= {one.name: np.where(mask, scores.z[one.name][:, kept], np.nan) for one in scores.factors}
    measured = {name: _alphalens(scores, kept, table, returns, quantiles) for name, table in tables.items()}
    skill = {name: estimate(found[0], level) for name, found in measured.items()}
    asked = max(tried, len(tables))
    right = _corrected(skill, asked)
    everybody = hold(mask, returns)
    equal_net = {cost: everybody.net(cost) for cost in costs}
    lines = []
    for name, table in tables.items():
        ic, spread, turnover = measured[name]
        book = hold(best(table, top), returns)
        net = {cost: book.net(cost) for cost in costs}
        excess = {cost: estimate(net[cost] - equal_net[cost], level) for cost in costs}
        lines.append(
            Line(name, ic, skill[name], right[name], estimate(spread, level), turnover, book, net, excess)
        )
    first = _corrected({line.name: line.excess[costs[0]] for line in lines}, asked)
    lines = [replace(line, excess_p_corrected=first[line.name]) for line in lines]
    nothing = np.full(len(kept), np.nan)
    equal = Line(
        "equal weight", nothing, estimate(nothing), None, estimate(nothing), None, everybody, equal_net
    )
    held = None if benchmark is None else (benchmark[0], benchmark[1][kept])
    return Proof(
        scores.ends.months[kept], both[:, kept].sum(axis=0), tuple(lines), equal, held, top, tuple(costs), level,
        quantiles, asked,
    )  # fmt: skip


def _corrected(found: Mapping[str, Estimate], asked: int) -> dict[str, float | None]:
    """P values corrected for so many questions; those not asked here, tried before, found nothing."""
    chances = [one.p for one in found.values() if one.p is not None]
    told = iter(corrected(np.array([*chances, *[1.0] * (asked - len(chances))]), "holm"))
    return {name: float(next(told)) if one.p is not None else None for name, one in found.items()}


def _alphalens(
    scores: Scores, kept: NDArray[np.intp], table: Floats, returns: Floats, quantiles: int
) -> tuple[Floats, Floats, float | None]:
    """Information coefficient and spread by month, and the share of the best quantile that is new each month."""
    library, pandas = _library()
    months, rows = np.nonzero((np.isfinite(table) & np.isfinite(returns)).T)
    index = pandas.MultiIndex.from_arrays(
        [scores.ends.days[kept][months].astype("datetime64[ns]"), np.asarray(scores.ends.tickers)[rows]],
        names=["date", "asset"],
    )
    # The label is the one that the library finds returns by; they are those of a month.
    data = pandas.DataFrame({"1D": returns[rows, months], "factor": table[rows, months]}, index=index)
    with warnings.catch_warnings():
        # The library uses what newer releases of pandas warn of; that is nothing its caller can mend.
        warnings.simplefilter("ignore")
        # Quantiles of ranks: equal values, as of names without exposure, would leave edges that coincide.
        order = data.groupby(level="date")["factor"].rank(method="first")
        data["factor_quantile"] = library.utils.quantize_factor(
            pandas.DataFrame({"factor": order}), quantiles=quantiles
        )
        ic = library.performance.factor_information_coefficient(data)["1D"]
        means, _ = library.performance.mean_return_by_quantile(data, by_date=True, demeaned=False)
        turnover = library.performance.quantile_turnover(data["factor_quantile"], quantiles)
    spread = means["1D"].xs(quantiles) - means["1D"].xs(1)
    mean = float(turnover.mean())
    return ic.to_numpy(dtype=float), spread.to_numpy(dtype=float), None if np.isnan(mean) else mean


def _library() -> tuple[Any, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import alphalens
            import pandas
    except ImportError:
        raise MissingExtraError(
            "alphalens-reloaded is not installed. Run: pip install 'tidegate[ranking]'"
        ) from None
    return alphalens, pandas
