"""Revenue at risk: what a company sells in a place, times how much of what it sells there is touched, as a band.

No maker publishes its sales by product and buyer, so the band runs from nothing, or what it stated of a touched
product, to all its revenue in the place. The central value is an assumption: each product on record counts the same,
what is sold beside them and who buys by the shares of `customers.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tidegate.markets.company_facts import WORLD, Statement
from tidegate.markets.revenue import Reading, Sales
from tidegate.markets.touched import Touched

__all__ = ["Band", "Risk", "at_risk"]

_SAME_END = dt.timedelta(days=5)

_NOTHING_ON_RECORD = (
    "no product of this company that was on sale is on record, so what of its sales is touched is not known"
)


@dataclass(frozen=True, slots=True)
class Band:
    """From low to high, with the central estimate between."""

    low: float
    central: float
    high: float


@dataclass(frozen=True, slots=True)
class Risk:
    """Percent of all revenue, and billions of the currency of the revenue. reason: why there is no share."""

    share: Band | None
    amount: Band | None
    narrowed_by: tuple[Statement, ...] = ()
    reason: str | None = None


def at_risk(
    sales: Sales, products: Sequence[Touched], said: Iterable[Statement], measures: Sequence[str] = ()
) -> Risk:
    """Return the revenue at risk. said: what the company stated by then. measures: those asked about, if any.

    Two sorts of statements of its own narrow a band: sales of a product that is touched for every buyer, in the period
    of the revenue (from below), and, where measures are asked about that it names, the share of sales in the place that
    they affect at most (from above).
    """
    if not any(product.item for product in products):
        return Risk(None, None, reason=_NOTHING_ON_RECORD)
    weight = _weight(products)
    if all(product.state == "free" for product in products):
        nothing = Band(0.0, 0.0, 0.0)
        return Risk(nothing, nothing if sales.amount else None)
    told = list(said)
    bands: list[Band | None] = []
    narrowing: dict[Statement, None] = {}
    for reading in (sales.share, sales.amount):
        if reading is None:
            bands.append(None)
            continue
        low, high = 0.0, reading.high
        for statement in told:
            if (own := _sold(statement, reading, products)) is not None and own > low:
                low = min(own, reading.high)
                narrowing[statement] = None
            if (most := _at_most(statement, reading, measures)) is not None and most < high:
                high = most
                narrowing[statement] = None
        central = (reading.low + reading.high) / 2 * weight
        low = min(low, high)
        bands.append(Band(*(round(value, 4) for value in (low, min(max(central, low), high), high))))
    return Risk(bands[0], bands[1], tuple(narrowing), None if bands[0] else sales.reason)


def _weight(products: Sequence[Touched]) -> float:
    """The part of the sales that is touched, by the assumed shares of products and buyers."""
    own = [product.weight for product in products if product.item]
    weight = sum(own) / len(own)
    for beside in products:
        if beside.share is not None:
            weight = (1 - beside.share) * weight + beside.share * beside.weight
    return weight


def _sold(said: Statement, reading: Reading, products: Sequence[Touched]) -> float | None:
    """What the company sold of products that are touched for every buyer, in the unit of the revenue."""
    always = {product.item for product in products if product.state == "always"}
    if (
        said.kind != "product_sales"
        or said.by != "company"
        or said.low is None
        or not said.items
        or not set(said.items) <= always
        or abs(said.ends - reading.ends) > _SAME_END
    ):
        return None
    if reading.unit == said.unit:
        return said.low
    whole = next((f.value for f in reading.facts if f.geography == WORLD and f.unit == said.unit), None)
    return 100 * said.low / whole if whole else None


def _at_most(said: Statement, reading: Reading, measures: Sequence[str]) -> float | None:
    """What a measure affects at most, in the unit of the revenue."""
    about = bool(measures) and set(measures) <= set(said.measures)
    if said.kind != "guidance_sales_affected_share" or said.by != "company" or said.high is None or not about:
        return None
    return reading.high * said.high / 100
