"""Scores at the ends of months: factors made comparable within sectors, weighted, and why a name has none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import BadInputError
from tidegate.markets.factors import DEFAULT, Factor, Sources, factor, missing
from tidegate.markets.month_ends import MonthEnds, last_whole_month, month_ends
from tidegate.markets.standardize import LEAST, z_scores
from tidegate.markets.universe import Universe

__all__ = ["FRESH", "Scores", "chosen_factors", "score"]

Floats = NDArray[np.float64]

FRESH = 10
"""Days before the end of a month within which a name must have traded to be ranked; assumption: a week and a
holiday."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of names at the ends of months; more is better.

    factors: in the order asked for. z: by factor, shape (tickers, M). total: the weighted mean of the z, NaN
    where one of them is not known. member: who was in the universe. skipped: factors left out, with the reason.
    """

    ends: MonthEnds
    universe: Universe
    factors: tuple[Factor, ...]
    weights: Mapping[str, float]
    z: Mapping[str, Floats]
    total: Floats
    member: NDArray[np.bool_]
    skipped: tuple[str, ...] = ()

    @property
    def sectors(self) -> list[str]:
        """The sector of each ticker."""
        return [self.universe.sector(ticker) for ticker in self.ends.tickers]

    def ranks(self, month: int) -> NDArray[np.int64]:
        """Return the rows of a month that have a score, the best first; ties in order of the alphabet."""
        own = self.total[:, month]
        held = np.flatnonzero(np.isfinite(own))
        return held[np.argsort(-own[held], kind="stable")]

    def absent(self, month: int) -> list[str]:
        """Return the members of a month that the price file does not have."""
        others = [ticker for ticker in self.universe.tickers if ticker not in set(self.ends.tickers)]
        held = self.universe.members(others, self.ends.days[month : month + 1])
        return [ticker for ticker, own in zip(others, held, strict=True) if own[0]]

    def why_not(self, row: int, month: int) -> list[str]:
        """Return why a member has no score in a month."""
        stale = _stale(self.ends, row, month)
        if stale:
            return [stale]
        found = []
        for one in self.factors:
            if np.isfinite(self.z[one.name][row, month]):
                continue
            reason = one.why(row, month)
            if reason is None:
                sector = self.universe.sector(self.ends.tickers[row])
                reason = f"fewer than {LEAST} names of sector '{sector}' have one, or all have the same"
            found.append(f"{one.name}: {reason}")
        return found


def chosen_factors(wanted: Sequence[str], sources: Sources) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the factors to rank by and, of the defaults, those that the files do not allow, with the reason.

    Raises: BadInputError: if a factor was asked for that the files do not allow.
    """
    if wanted:
        if len(set(wanted)) < len(wanted):
            raise BadInputError("A factor is named twice. Name each once.")
        for name in wanted:
            if reason := missing(name, sources):
                raise BadInputError(f"The factor '{name}' cannot be worked out: {reason}.")
        return tuple(wanted), ()
    told = {name: missing(name, sources) for name in DEFAULT}
    return (
        tuple(name for name, reason in told.items() if reason is None),
        tuple(f"{name} is left out: {reason}" for name, reason in told.items() if reason),
    )


def score(
    universe: Universe,
    sources: Sources,
    factors: Sequence[str] = (),
    weights: Mapping[str, float] | None = None,
    last: dt.date | None = None,
) -> Scores:
    """Return the scores of a universe at the end of every whole month of the prices.

    factors: those of `FACTORS` to rank by; without, the defaults that the sources allow. weights: by factor,
    above 0; without, equal ones. last: use no price after it.
    A score of a month rests on prices up to its last day and on figures filed before that day.
    Raises: BadInputError: if a factor cannot be worked out, a weight does not fit, or nobody has prices.
    """
    names, skipped = chosen_factors(factors, sources)
    shares = _weights(names, weights)
    held = [ticker for ticker in universe.tickers if ticker in sources.prices]
    if not held:
        raise BadInputError(
            f"{sources.prices.path} has none of the {len(universe.tickers)} names of {universe.path}. Name the "
            "universe by tickers of the price file."
        )
    ends = _whole(month_ends(sources.prices, held, last))
    _no_gap(ends, sources.prices.path)
    member = universe.members(ends.tickers, ends.days)
    with np.errstate(invalid="ignore"):
        age = (ends.days[None, :] - ends.seen).astype("timedelta64[D]")
    compared = member & ~np.isnat(ends.seen) & (age <= np.timedelta64(FRESH, "D"))
    found = [factor(name, sources, ends) for name in names]
    sectors = [universe.sector(ticker) for ticker in ends.tickers]
    z = {one.name: z_scores(one.better, sectors, compared) for one in found}
    total = np.zeros(ends.close.shape)
    for name in names:
        total += shares[name] * z[name]
    return Scores(ends, universe, tuple(found), shares, z, total, member, skipped)


def _weights(names: Sequence[str], weights: Mapping[str, float] | None) -> dict[str, float]:
    if weights is None:
        return {name: 1 / len(names) for name in names}
    if set(weights) != set(names) or not all(0 < weight < np.inf for weight in weights.values()):
        raise BadInputError(
            f"Weights are needed for exactly {', '.join(names)}, each above 0: "
            f"--weights {','.join(f'{name}=1' for name in names)}."
        )
    whole = sum(weights.values())
    return {name: weights[name] / whole for name in names}


def _whole(ends: MonthEnds) -> MonthEnds:
    """The months that are over."""
    count = int(np.searchsorted(ends.months, last_whole_month(ends), side="right"))
    return MonthEnds(
        ends.tickers, ends.months[:count], ends.days[:count], ends.close[:, :count], ends.seen[:, :count]
    )


def _no_gap(ends: MonthEnds, path: str) -> None:
    gaps = np.flatnonzero(np.diff(ends.months.astype(int)) != 1)
    if len(gaps):
        before, after = ends.months[gaps[0]], ends.months[gaps[0] + 1]
        raise BadInputError(
            f"{path}: there is no day between {before} and {after}, so twelve months back cannot be told. Give prices "
            "of every month, or only those after the gap."
        )


def _stale(ends: MonthEnds, row: int, month: int) -> str | None:
    seen = ends.seen[row, month]
    if np.isnat(seen):
        return "no price in the month"
    if ends.days[month] - seen > np.timedelta64(FRESH, "D"):
        return f"its last price of the month is of {seen}"
    return None
