"""Made-up trade: flows by gravity with slow noise of each pair, and a diversion of known size on top."""

import datetime as dt

import numpy as np

from tidegate.diversion.legs import Cube


def months(first, count):
    year, month = first.year, first.month
    return tuple(
        dt.date(year + (month - 1 + step) // 12, (month - 1 + step) % 12 + 1, 1) for step in range(count)
    )


def walk(rng, size, periods, weight=0.9):
    """Slow noise of variance 1 along the last axis."""
    steps = rng.normal(size=(*size, periods))
    found = np.empty_like(steps)
    found[..., 0] = steps[..., 0]
    for period in range(1, periods):
        found[..., period] = weight * found[..., period - 1] + np.sqrt(1 - weight**2) * steps[..., period]
    return found


def made_values(countries, periods, seed, drift=0.25, noise=0.2, weight=0.9):
    """Flows in USD, shape (origins, destinations, periods): no pair is drawn to any other."""
    rng = np.random.default_rng(seed)
    shape = (countries, countries, periods)

    season = 0.1 * np.sin(2 * np.pi * np.arange(periods) / 12)
    level = (
        14
        + rng.normal(0, 0.8, (countries, 1, 1))
        + rng.normal(0, 0.8, (1, countries, 1))
        + rng.normal(0, 0.6, shape[:2])[..., None]
    )
    moving = (
        0.2 * walk(rng, (countries,), periods, weight)[:, None, :]
        + 0.2 * walk(rng, (countries,), periods, weight)[None, :, :]
    )
    flows = np.exp(level + season + moving + drift * walk(rng, shape[:2], periods, weight)) * rng.gamma(
        1 / noise**2, noise**2, shape
    )
    flows[np.arange(countries), np.arange(countries)] = 0
    return np.round(flows)


def made_cube(values, places, first=dt.date(2019, 1, 1), hs="854231"):
    """A cube in which exporters report everything and importers nothing."""
    unknown = np.full(values.shape, np.nan)
    return Cube(hs, tuple(places), months(first, values.shape[2]), values, unknown, values / 1000, unknown)


def divert(values, controller, target, hub, start, share, length=12, before=12, lag=1):
    """Add to both legs a share of what the hub's smaller leg carried a month in the months before."""
    found = values.copy()
    amount = share * min(
        values[controller, hub, start - before : start].mean(),
        values[hub, target, start - before : start].mean(),
    )
    found[controller, hub, start : start + length] += amount
    found[hub, target, start + lag : start + length] += amount
    return found


EXAMPLE_SEED = 17
EXAMPLE_PLACES = ("US", "CN", "AT", "BE", "CH", "CL", "DK", "FI", "IE", "IL", "NO", "NZ", "PT")
EXAMPLE_HUB = "NZ"
EXAMPLE_SHARE = 3.0


def made_example():
    """The file examples/flows/made-up.csv: a country gets a detour after October 2022, by hand."""
    periods = 58
    values = made_values(len(EXAMPLE_PLACES), periods, EXAMPLE_SEED, drift=0.15)
    start = 46  # November 2022, counted from January 2019
    values[0, 1, start - 1 :] *= 0.4
    values = divert(values, 0, 1, EXAMPLE_PLACES.index(EXAMPLE_HUB), start, EXAMPLE_SHARE, lag=2).round()
    lines = ["period,reporter,partner,flow,hs,value_usd,made_up"]
    for at, period in enumerate(months(dt.date(2019, 1, 1), periods)):
        for origin, reporter in enumerate(EXAMPLE_PLACES):
            for destination, partner in enumerate(EXAMPLE_PLACES):
                if origin != destination and reporter != "CN":
                    value = values[origin, destination, at]
                    lines.append(
                        f"{period:%Y-%m},{reporter},{partner},export,854231,{value:.0f},seed {EXAMPLE_SEED}"
                    )
    return "\n".join(lines) + "\n"
