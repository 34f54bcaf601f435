"""Momentum by month: scores, how they rank the next month, and how often the top changes.

A score of month t is the price `skip` months before over the price `span` months before, less 1 ('12-1': 12
and 1), at month ends. No look-ahead: the return it is held against runs from the end of month t to the end of
the next. Source of the definition: Jegadeesh and Titman (1993), with the last month left out.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.markets.month_ends import month_ends
from tidegate.sources.prices import Prices

__all__ = ["Momentum", "momentum", "momentum_scores"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Momentum:
    """Scores by month. months: datetime64[M], shape (M,). scores, ahead: shape (tickers, M), NaN where a
    price lacks.

    ahead: the return of the month that follows.
    """

    tickers: tuple[str, ...]
    months: NDArray[np.datetime64]
    scores: Floats
    ahead: Floats

    def rank_ic(self) -> Floats:
        """Return Spearman's correlation of score and return of the next month, month by month where both
        exist.
        """
        from scipy import stats

        found = []
        for score, ahead in zip(self.scores.T, self.ahead.T, strict=True):
            both = np.isfinite(score) & np.isfinite(ahead)
            if both.sum() > 2:
                found.append(float(stats.spearmanr(score[both], ahead[both]).statistic))
        return np.asarray(found)

    def turnover(self, top: int) -> Floats:
        """Return the share of the `top` best names that were not among them a month before, month by month.

        Only months that have a next one to be held in count.
        """
        chosen = []
        for score, ahead in zip(self.scores.T, self.ahead.T, strict=True):
            if (np.isfinite(score) & np.isfinite(ahead)).any() and np.isfinite(score).sum() >= top:
                chosen.append(
                    set(np.argsort(np.where(np.isnan(score), np.inf, -score), kind="stable")[:top].tolist())
                )
        pairs = itertools.pairwise(chosen)
        return np.asarray([1 - len(before & after) / top for before, after in pairs])

    def excess(self, top: int) -> Floats:
        """Return the next month's mean return of the `top` best names less that of all that have a score, by
        month.
        """
        found = []
        for score, ahead in zip(self.scores.T, self.ahead.T, strict=True):
            both = np.flatnonzero(np.isfinite(score) & np.isfinite(ahead))
            if len(both) >= top:
                best = both[np.argsort(-score[both], kind="stable")[:top]]
                found.append(float(ahead[best].mean() - ahead[both].mean()))
        return np.asarray(found)

    def score(self, ticker: str, month: str) -> float | None:
        """Return the score of a ticker in a month (`2026-03`), None where it has none."""
        at = np.flatnonzero(self.months == np.datetime64(month, "M"))
        if ticker not in self.tickers or not len(at):
            return None
        own = float(self.scores[self.tickers.index(ticker), at[0]])
        return None if np.isnan(own) else own

    def rank(self, ticker: str, month: str) -> int | None:
        """Return the rank of a ticker in a month, 1 the best, None where it has no score."""
        own = self.score(ticker, month)
        if own is None:
            return None
        at = int(np.flatnonzero(self.months == np.datetime64(month, "M"))[0])
        return int((self.scores[:, at] > own).sum()) + 1


def momentum(
    prices: Prices, tickers: Sequence[str], span: int = 12, skip: int = 1, last: dt.date | None = None
) -> Momentum:
    """Return the momentum of some tickers. last: use no price after it."""
    found = month_ends(prices, tickers, last)
    return Momentum(found.tickers, found.months, momentum_scores(found.close, span, skip), found.ahead)


def momentum_scores(close: Floats, span: int = 12, skip: int = 1) -> Floats:
    """Return price `skip` months before over price `span` months before, less 1. close: shape (tickers, M)."""
    scores = np.full(close.shape, np.nan)
    scores[:, span:] = close[:, span - skip : close.shape[1] - skip] / close[:, : close.shape[1] - span] - 1
    return scores
