"""Made-up universes: month ends of many names, figures with filing days, and a skill that is planted or not."""

import datetime as dt

import numpy as np

from tidegate.markets.exchanges import sessions_of
from tidegate.markets.universe import Universe
from tidegate.sources.fundamentals import Fact, Fundamentals
from tidegate.sources.prices import Prices

SECTORS = ("Chips", "Tools", "Banks")


def month_days(first=2019, last=2023):
    """The last session of each month in New York."""
    days = sessions_of("XNYS", first, last).days
    months = days.astype("datetime64[M]")
    return days[np.r_[months[1:] != months[:-1], True]]


def names(count):
    return [f"N{number:03d}" for number in range(count)]


def made_universe(count=60):
    return Universe(tuple(names(count)), {name: SECTORS[at % 3] for at, name in enumerate(names(count))})


def made_prices(count=60, seed=1, days=None, skill=0.0, figures=None):
    """Month-end prices and SPY; each month's return is noise, and `skill` times last month's quality beside it.

    figures: quality by name and month, shape (count, months), standard normal.
    """
    days = month_days() if days is None else days
    rng = np.random.default_rng(seed)
    returns = rng.normal(0.01, 0.08, (count, len(days)))
    if figures is not None:
        returns[:, 1:] += 0.08 * skill * figures[:, :-1]
    close = 100 * np.cumprod(1 + np.clip(returns, -0.9, None), axis=1)
    market = 100 * np.cumprod(1 + rng.normal(0.008, 0.04, len(days)))
    return Prices.of([*names(count), "SPY"], days, np.vstack([close, market]), path="made.csv")


def made_figures(quality, days, delay=1):
    """Company figures whose net income over assets is `quality` from each day on: filed `delay` days before it.

    Each is a whole year, so that one filing sets twelve months.
    """
    facts = []
    for name, line in zip(names(len(quality)), quality, strict=True):
        for day, value in zip(days.tolist(), line.tolist(), strict=True):
            ends, filed = day - dt.timedelta(days=40), day - dt.timedelta(days=delay)
            facts.append(Fact(name, "net_income", "year", ends, filed, value))
            facts.append(Fact(name, "total_assets", "instant", ends, filed, 100.0))
    return Fundamentals.of(facts, "figures.csv")
