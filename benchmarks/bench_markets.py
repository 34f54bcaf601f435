"""500 shares by 500 events, CAR and t alone and with every test of a study, beside plain NumPy and two packages.

Peers are timed on some firm-events of the same panel, market model, and scaled: they do one at a time, and give CAR and t.
So does plain NumPy, all shares of an event at once by sums: no test of a mean, no calendar, no gap. All must agree on the CARs.

    pip install --target peers eventstudy ffjr-eventstudies     # GPL and abandoned: not among our own
    OMP_NUM_THREADS=1 PYTHONPATH=peers python benchmarks/bench_markets.py [SHARES] [EVENTS]
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from tidegate.markets import Design, Event, study
from tidegate.markets.exchanges import sessions_of
from tidegate.sources.prices import Prices

DESIGN = Design(estimation=(-260, -11), window=(-5, 5), path=(-5, 5), benchmark="SPY")
PEER_ROWS = 300


def made(shares: int, events: int) -> tuple[Prices, list[Event], np.ndarray]:
    """Prices of shares that follow a market and have a shock in common, and days of events."""
    rng = np.random.default_rng(1)
    days = sessions_of("XNYS", 2014, 2024).days
    market = rng.normal(0.0003, 0.01, len(days))
    shared = rng.normal(0, 0.005, len(days))
    beta = rng.uniform(0.7, 1.5, (shares, 1))
    returns = np.vstack([beta * market + shared + rng.normal(0, 0.015, (shares, len(days))), market])
    names = [f"T{number:03d}" for number in range(shares)]
    prices = Prices.of([*names, "SPY"], days, 100 * np.cumprod(1 + returns, axis=1))
    places = np.sort(rng.choice(np.arange(300, len(days) - 20), events, replace=False))
    moments = [dt.datetime.combine(days[place].item(), dt.time(15), dt.UTC) for place in places]
    asked = [Event(f"e{n}", m.date(), m, m, tickers=tuple(names)) for n, m in enumerate(moments)]
    return prices, asked, places


def returns_of(prices: Prices) -> np.ndarray:
    """Returns of the shares, and of the market as the last row, shape (shares + 1, sessions)."""
    order = [row for row, name in enumerate(prices.tickers) if name != "SPY"] + [prices.places["SPY"]]
    return (prices.close[:, 1:] / prices.close[:, :-1] - 1)[order]


def windows(returns: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns of shares by events, shape (events, shares, sessions), and of the market, the last row of `returns`."""
    at = places[:, None] + np.r_[-260:-10, -5:6] - 1
    return returns[:-1, at].transpose(1, 0, 2), returns[-1, at]


def plain_numpy(prices: Prices, places: np.ndarray) -> np.ndarray:
    """CAR over its deviation and CAR, an event at a time, shape (2, events, shares)."""
    found = []
    returns = returns_of(prices)
    for place in places:
        own, market = windows(returns, place[None])
        own, market = own[0], market[0]
        fit, seen = market[:250], market[250:]
        centred = fit - fit.mean()
        beta = own[:, :250] @ centred / (centred @ centred)
        alpha = own[:, :250].mean(axis=1) - beta * fit.mean()
        residuals = own - alpha[:, None] - beta[:, None] * market
        variance = (residuals[:, :250] ** 2).sum(axis=1) / 248
        error = 11 + 121 / 250 + (seen - fit.mean()).sum() ** 2 / (centred @ centred)
        car = residuals[:, 250:].sum(axis=1)
        found.append([car / np.sqrt(variance * error), car])
    return np.asarray(found).transpose(1, 0, 2)


def peers() -> dict[str, Callable[[np.ndarray, np.ndarray], float]]:
    """CAR of one firm-event by each package that is installed."""
    found: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {}
    try:
        from eventstudy import Single
        from eventstudy.models import market_model

        found["eventstudy"] = lambda own, market: Single(
            market_model, {"security_returns": own, "market_returns": market},
            event_window=(-5, 5), estimation_size=250, buffer_size=0,
        ).CAR[-1]  # fmt: skip
    except ImportError as error:
        print(f"eventstudy: not installed ({error})")
    try:
        from eventstudies import SingleEvent
        from eventstudies.models import MarketModel

        found["ffjr-eventstudies"] = lambda own, market: SingleEvent(
            MarketModel,
            {"daily_ret": own, "daily_mkt": market},
            event_window=(-5, 5),
            est_size=250,
            buffer_size=0,
        ).CAR[-1]
    except ImportError as error:
        print(f"ffjr-eventstudies: not installed ({error})")
    return found


def spent(run: Callable[[], object]) -> float:
    """Seconds of processor time of one run."""
    start = time.process_time()
    run()
    return time.process_time() - start


def main() -> None:
    shares, events = (int(word) for word in (sys.argv[1:] + ["500", "500"][len(sys.argv) - 1 :]))
    prices, asked, places = made(shares, events)
    rows = shares * events
    print(
        f"{shares} shares by {events} events = {rows} firm-events, 250 + 11 sessions; seconds of one processor"
    )
    study(asked[:3], prices, DESIGN, by=["event"])
    plain = min(spent(lambda: plain_numpy(prices, places)) for _ in range(3))
    alone = min(spent(lambda: study(asked, prices, DESIGN, by=[])) for _ in range(3))
    wall = time.perf_counter()
    start = time.process_time()
    ours = study(asked, prices, DESIGN, by=["event"])
    seconds, wall = time.process_time() - start, time.perf_counter() - wall
    seconds = min(seconds, *(spent(lambda: study(asked, prices, DESIGN, by=["event"])) for _ in range(2)))
    print(f"plain NumPy, CAR and t alone                   {plain:8.2f} s")
    print(
        f"tidegate, CAR and t alone, day 0, left out     {alone:8.2f} s   {alone / plain:.1f} times plain NumPy"
    )
    print(
        f"tidegate, seven tests an event and paths too   {seconds:8.2f} s   {seconds / plain:.1f} times, {wall:.2f} s by the clock"
    )
    cars = plain_numpy(prices, places)[1].ravel()
    gap = float(np.abs(ours.by_reading[0].arrays["car"] - cars).max())
    print(f"largest difference of a CAR                    {gap:.1e}")
    own, market = windows(returns_of(prices), places[: max(1, PEER_ROWS // shares + 1)])
    own = own.reshape(-1, own.shape[2])[:PEER_ROWS]
    for name, run in peers().items():
        start = time.process_time()
        found = [run(line, market[number // shares]) for number, line in enumerate(own)]
        scaled = (time.process_time() - start) / len(own) * rows
        gap = float(np.abs(np.asarray(found) - cars[: len(own)]).max())
        print(f"{name:<46} {scaled:8.1f} s   ratio {scaled / seconds:6.1f}, CARs apart by at most {gap:.1e}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
