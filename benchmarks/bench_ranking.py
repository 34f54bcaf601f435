"""A ranking with its record, beside alphalens alone and plain pandas.

All three are given scores and month-end prices of the same made-up panel. `alphalens` does what its manual shows:
clean data from factor and prices, then information coefficients, returns and turnover by quantile. Plain pandas does
the coefficient and the mean of each quantile, month by month. tidegate works the scores out of prices and company
figures as they were filed, then the same for the score and each factor, with bands, costs, drawdowns and reasons.

    OMP_NUM_THREADS=1 python benchmarks/bench_ranking.py [MONTHS] [NAMES]
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

from tidegate.markets.exchanges import sessions_of
from tidegate.markets.factors import Sources
from tidegate.markets.ranking import rank
from tidegate.markets.ranking_plan import Plan
from tidegate.markets.universe import Universe
from tidegate.sources.fundamentals import Fact, Fundamentals
from tidegate.sources.prices import Prices

SECTORS = 11


def made(months: int, names: int) -> tuple[Universe, Sources]:
    """Daily prices and four quarters a year of company figures."""
    rng = np.random.default_rng(1)
    days = sessions_of("XNYS", 2016, 2016 + (months + 12) // 12 + 1).days
    ends = np.flatnonzero(np.diff(days.astype("datetime64[M]").astype(int)))
    days = days[: ends[months + 12] + 1]
    tickers = [f"N{number:04d}" for number in range(names)]
    close = 100 * np.cumprod(1 + rng.normal(0.0004, 0.02, (names, len(days))), axis=1)
    facts = []
    for ticker in tickers:
        for year in range(2014, 2018 + months // 12):
            for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)):
                end = dt.date(year, month, day)
                filed = end + dt.timedelta(days=int(rng.integers(25, 60)))
                facts.append(Fact(ticker, "net_income", "quarter", end, filed, float(rng.normal(5, 5))))
                facts.append(
                    Fact(ticker, "total_assets", "instant", end, filed, float(rng.uniform(100, 200)))
                )
    universe = Universe(tuple(tickers), {ticker: str(at % SECTORS) for at, ticker in enumerate(tickers)})
    return universe, Sources(Prices.of(tickers, days, close), [Fundamentals.of(facts)])


def alphalens_alone(score: pd.Series, prices: pd.DataFrame) -> np.ndarray:
    """Information coefficients by month, with what else the library's manual asks of it."""
    import alphalens

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = alphalens.utils.get_clean_factor_and_forward_returns(
            score, prices, quantiles=5, periods=(1,), max_loss=1
        )
        column = alphalens.utils.get_forward_returns_columns(data.columns)[0]
        alphalens.performance.mean_return_by_quantile(data, by_date=True, demeaned=False)
        alphalens.performance.quantile_turnover(data["factor_quantile"], 5)
        found = alphalens.performance.factor_information_coefficient(data)[column]
    return found.dropna().to_numpy()


def plain_pandas(score: pd.Series, prices: pd.DataFrame) -> np.ndarray:
    """Information coefficients by month, and means by quantile."""
    ahead = prices.pct_change(fill_method=None).shift(-1).stack()
    both = pd.DataFrame({"score": score, "ahead": ahead.reindex(score.index)}).dropna()
    found = []
    for _, part in both.groupby(level=0):
        found.append(part["score"].corr(part["ahead"], method="spearman"))
        part["ahead"].groupby(pd.qcut(part["score"], 5, labels=False)).mean()
    return np.asarray(found)


def spent(run: Callable[[], object]) -> tuple[float, object]:
    """Seconds of processor time of one run, and what it gave."""
    start = time.process_time()
    found = run()
    return time.process_time() - start, found


def main() -> None:
    months, names = (int(word) for word in (sys.argv[1:] + ["90", "500"][len(sys.argv) - 1 :]))
    universe, sources = made(months, names)
    plan = Plan(factors=("momentum", "quality"), top=50, benchmark=None)
    rank(universe, sources, plan)  # the libraries are loaded once
    wall = time.perf_counter()
    ours, made_ranking = spent(lambda: rank(universe, sources, plan))
    wall = time.perf_counter() - wall
    scores = made_ranking.scores
    table = pd.DataFrame(
        scores.total.T, index=pd.DatetimeIndex(scores.ends.days, name="date"), columns=scores.ends.tickers
    )
    prices = pd.DataFrame(scores.ends.close.T, index=table.index, columns=table.columns)
    score = table.stack().rename("factor").rename_axis(["date", "asset"])
    lines = len(made_ranking.proof.lines)
    print(
        f"{len(made_ranking.proof.months)} months x {names} names, score and {lines - 1} factors; seconds of one processor"
    )
    print(f"tidegate, from prices and figures          {ours:8.2f} s   ({wall:.2f} s by the clock)")
    for name, run in (
        ("alphalens alone", lambda: alphalens_alone(score, prices)),
        ("plain pandas", lambda: plain_pandas(score, prices)),
    ):
        seconds, found = spent(run)
        gap = float(
            np.abs(np.asarray(found)[: len(made_ranking.proof.months)] - made_ranking.proof.score.ic).max()
        )
        print(
            f"{name + ', times ' + str(lines):<42} {seconds * lines:8.2f} s   tidegate takes {ours / seconds / lines:.1f} "
            f"times; coefficients apart by at most {gap:.1e}"
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
