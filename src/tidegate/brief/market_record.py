"""What markets make of a day as plain values: who is exposed, what prices did, whether trade flows round a control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["DayMarkets", "Exposed", "ExposedCompany", "PriceLine", "RouteLine", "market_rows"]


@dataclass(frozen=True, slots=True)
class ExposedCompany:
    """A company and how much of all its revenue is at risk, percent: the least, an estimate, the most.

    period: of the revenue. source: where that was read; verified: whether it was.
    """

    company: str
    name: str
    low: float
    central: float
    high: float
    period: str | None
    source: str | None
    verified: bool


@dataclass(frozen=True, slots=True)
class Exposed:
    """Who is exposed to a measure alone: the most exposed companies. more: others that are touched.

    unknown: companies that are touched, of which too little is known. tickers: of all that are touched.
    """

    id: str
    title: str
    companies: tuple[ExposedCompany, ...]
    tickers: tuple[str, ...]
    more: int
    unknown: int


@dataclass(frozen=True, slots=True)
class PriceLine:
    """What prices did around one event: percent, raw and abnormal, with the band of the latter.

    firms: shares in the mean. p: by the test, corrected by Holm for `asked` events of these days; level: of the band.
    doubtful: whether another session may be day 0. others: other news of the day. source: of the event.
    """

    id: str
    title: str
    stage: str
    day0: str
    shares: tuple[str, ...]
    firms: int
    window: str
    raw: float
    abnormal: float
    low: float | None
    high: float | None
    test: str
    p: float | None
    asked: int
    level: float
    doubtful: bool
    others: int
    source: str | None


@dataclass(frozen=True, slots=True)
class RouteLine:
    """Whether trade flows round one control. tested: countries and codes; named: those that rise on both legs.

    hub, hs, money, low, high, q: of the first of them, in US dollars over the months from `first` to `last`; None where
    there is none. files: that the flows are from.
    """

    id: str
    title: str
    since: str
    tested: int
    named: int
    hub: str | None
    hs: str | None
    money: float | None
    low: float | None
    high: float | None
    q: float | None
    first: str
    last: str
    fdr: float
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayMarkets:
    """What markets make of a day. prices, routes: None where no file of them was given.

    notes: what was left out of each of the three, and why.
    """

    exposed: tuple[Exposed, ...]
    prices: tuple[PriceLine, ...] | None
    routes: tuple[RouteLine, ...] | None
    is_exposure_told: bool = True
    notes: tuple[tuple[str, str], ...] = ()


def market_rows(markets: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each number, with its band and its source. markets: a `DayMarkets` as plain values."""
    for one in markets["exposed"]:
        for each in one["companies"]:
            yield {
                "section": "exposed", "id": one["id"], "says": f"{each['name']}: revenue at risk, of all its revenue",
                "value": each["central"], "low": each["low"], "high": each["high"], "unit": "percent",
                "source": each["source"], "verified": each["verified"],
            }  # fmt: skip
    for one in markets["prices"] or ():
        yield {
            "section": "prices", "id": one["id"], "on": one["day0"], "stage": one["stage"],
            "says": f"mean abnormal return of {', '.join(one['shares'])} over sessions {one['window']}; raw "
            f"{one['raw']:+.1f}",
            "value": one["abnormal"], "low": one["low"], "high": one["high"], "unit": "percent", "source": one["source"],
        }  # fmt: skip
    for one in markets["routes"] or ():
        yield {
            "section": "routes", "id": one["id"], "on": one["since"],
            "says": f"{one['named']} of {one['tested']} countries and codes rise on both legs, {one['first']} to "
            f"{one['last']}" + (f"; first {one['hub']} {one['hs']}" if one["hub"] else ""),
            "value": one["money"], "low": one["low"], "high": one["high"], "unit": "USD",
            "source": "; ".join(one["files"]),
        }  # fmt: skip
