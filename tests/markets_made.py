"""Made-up prices on real sessions: shares that follow a market, and what is planted into them."""

import datetime as dt

import numpy as np

from tidegate.markets.exchanges import sessions_of
from tidegate.sources.prices import Prices


def sessions(exchange="XNYS", first=2021, last=2024):
    return sessions_of(exchange, first, last).days


def made_prices(tickers=("AAA", "BBB", "CCC"), seed=1, days=None, common=0.0, noise=0.01, plant=None):
    """Prices of shares with betas about 1, a benchmark SPY, and a common shock of deviation `common` beside it.

    plant: returns added on top, by ticker and day.
    """
    days = sessions() if days is None else days
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0003, 0.01, len(days))
    shared = rng.normal(0, 1, len(days)) * common
    beta = rng.uniform(0.7, 1.5, len(tickers))
    returns = beta[:, None] * market + shared + rng.normal(0, 1, (len(tickers), len(days))) * noise
    for (ticker, day), size in (plant or {}).items():
        returns[tickers.index(ticker), np.searchsorted(days, np.datetime64(day))] += size
    table = np.concatenate([returns, market[None, :]])
    close = 100 * np.cumprod(1 + table, axis=1)
    return Prices.of([*tickers, "SPY"], days, close, path="made.csv")


def at(year, month, day):
    return dt.date(year, month, day)
