"""Where supply hangs on few: shares of countries and makers in each good, and what a withdrawal would do.

Concentration is Herfindahl's index, the sum of squared shares in percent, from 0 to 10,000; the US guidelines on
mergers of 2023 call a market above 1,800 highly concentrated. What the withdrawal of a country does is that of
`tidegate.supply.power`: the closed form of one quarter, with nothing detoured and no stocks.

>>> found = chokepoints(buyer="CN", draws=20)
>>> [(row["country"], row["maker"]) for row in found.table() if row["good"] == "lithography"]
[('NL', 'asml')]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tidegate.errors import BadInputError
from tidegate.supply.calibration import Calibration, load_calibration
from tidegate.tables import Table, Tabular

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CONCENTRATED", "Chokepoints", "Share", "chokepoints", "herfindahl"]

CONCENTRATED = 1800.0
"""Herfindahl's index above which a market is called highly concentrated.

Source: US Department of Justice and Federal Trade Commission, Merger Guidelines of 18 December 2023, guideline 1,
https://www.justice.gov/atr/merger-guidelines/applying-merger-guidelines/guideline-1
"""

_BAND = (0.1, 0.5, 0.9)
_LEAST = 1e-300


@dataclass(frozen=True, slots=True)
class Share:
    """What one maker sells of a good in the base year, to one buyer or to all.

    maker: a company, None for the rest of a country's firms. value: billion USD a quarter. share: of the good, 0 to 1.
    label: where the flow is from. kind, verified, source: of the maker's sales, as in `supply.shipped`.
    """

    good: str
    country: str
    maker: str | None
    value: float
    share: float
    label: str
    kind: str
    verified: bool
    source: str


@dataclass(frozen=True)
class Chokepoints(Tabular):
    """The goods of the network with their makers, as one buyer or the world meets them.

    buyer: of the network; None: all of them. shares: good -> makers, the largest first. withdrawals: (good, country) ->
    price index of the good for the buyer (of all: for those elsewhere) once the country sells it none, 1 before: low,
    median and high of the band of 80 percent; infinite where nobody else sells it. powers: country -> what the buyer's
    users lose in percent of output if it withdraws everything at once; empty for all buyers.
    """

    calibration: Calibration
    buyer: str | None
    draws: int
    seed: int
    shares: Mapping[str, tuple[Share, ...]]
    withdrawals: Mapping[tuple[str, str], tuple[float, float, float]]
    powers: Mapping[str, tuple[float, float, float]]

    @cached_property
    def countries(self) -> Mapping[str, Mapping[str, float]]:
        """Good -> country -> share, the largest first."""
        found: dict[str, Mapping[str, float]] = {}
        for good, makers in self.shares.items():
            own: dict[str, float] = {}
            for one in makers:
                own[one.country] = own.get(one.country, 0.0) + one.share
            found[good] = dict(sorted(own.items(), key=lambda pair: (-pair[1], pair[0])))
        return found

    def table(self) -> Table:
        """Return a row a good: bought, largest country and maker, concentration, withdrawal of that country."""
        rows = []
        for good in self.calibration.network.goods:
            makers, countries = self.shares[good.id], self.countries[good.id]
            # A country does not withdraw from itself: the largest that could.
            abroad = next((c for c in countries if c != self.buyer), None)
            largest = next((s for s in makers if s.maker is not None), None)
            index = self.withdrawals.get((good.id, abroad)) if abroad else None
            rows.append({
                "good": good.id, "stage": good.stage, "value": sum(s.value for s in makers), "unit": "USD_bn_quarter",
                "country": abroad, "country_share": countries[abroad] if abroad else 0.0,
                "own_share": countries.get(self.buyer, 0.0) if self.buyer else None,
                "maker": largest.maker if largest else None, "maker_share": largest.share if largest else None,
                "herfindahl_countries": herfindahl(countries.values()),
                # Firms that are not told apart would count as one: the index of makers is at least this.
                "herfindahl_makers": herfindahl(s.share for s in makers if s.maker is not None),
                "index_low": _finite(index, 0), "index": _finite(index, 1), "index_high": _finite(index, 2),
                "nobody_else": index is not None and index[0] == float("inf"),
                "verified_share": sum(s.share for s in makers if s.verified),
                "sources": list(dict.fromkeys(s.source for s in makers)),
            })  # fmt: skip
        about = {**self.about(), "makers": [dict(row) for row in self.makers()]}
        return Table(tuple(rows), tuple(rows[0]), about, "goods")

    def makers(self) -> Table:
        """Return a row a good and maker, with source and whether it was read there."""
        columns = ("good", "country", "maker", "value", "share", "label", "kind", "verified", "source")
        rows = tuple(
            {name: getattr(one, name) for name in columns} for own in self.shares.values() for one in own
        )
        return Table(rows, columns, self.about(), "makers")

    def about(self) -> dict[str, Any]:
        """Return what was asked and what it rests on."""
        return {
            "buyer": self.buyer, "base": self.calibration.network.base, "draws": self.draws, "seed": self.seed,
            "concentrated": CONCENTRATED,
            "powers": {c: dict(zip(("low", "median", "high"), p, strict=True)) for c, p in self.powers.items()},
        }  # fmt: skip


def chokepoints(
    calibration: Calibration | None = None, buyer: str | None = None, *, draws: int = 200, seed: int = 0
) -> Chokepoints:
    """Return who makes what in the base year, how concentrated it is, and what withdrawals would do.

    buyer: as in `Calibration.buyer_ids`; without, all together. Raises: BadInputError: for another buyer.
    """
    import numpy as np

    from tidegate.supply.draws import sample_draws
    from tidegate.supply.power import coalition_power, index_without

    own = calibration or load_calibration()
    network, buyers = own.network, own.buyer_ids
    if buyer is not None and buyer not in buyers:
        raise BadInputError(f"buyer '{buyer}' is not in the network. Buyers: {', '.join(buyers)}.")
    labels = {
        (row["good"], row["country"], row["company"]): row["label"]
        for row in own.table()
        if row["buyer"] == (buyer or "CN")
    }
    drawn = sample_draws(network, 0, draws, seed)
    shares, withdrawals = {}, {}
    for good, flow in network.flows.items():
        column = [buyers.index(buyer)] if buyer else list(range(len(buyers)))
        values = flow[:, column].sum(axis=1)
        rows = own.of_good(good)
        shares[good] = tuple(
            sorted(
                (
                    Share(
                        good, row["country"], row["company"], float(value), float(value / max(values.sum(), _LEAST)),
                        labels[good, row["country"], row["company"]] if buyer else "the maker's sales to all",
                        row["kind"], row["verified"], row["source"],
                    )
                    for row, value in zip(rows, values, strict=True)
                ),
                key=lambda one: (-one.share, one.country, one.maker or ""),
            )
        )  # fmt: skip
        for country in {row["country"] for row in rows} - {buyer}:
            elsewhere = [k for k in column if buyers[k] != country]
            bought = flow[:, elsewhere].sum(axis=1)
            if not bought.sum():
                continue
            gone = float(bought[[row["country"] == country for row in rows]].sum() / bought.sum())
            index = index_without(gone, drawn.get("elasticity_short", good))
            withdrawals[good, country] = _band(index)
    powers = {}
    for country in sorted({one.country for makers in shares.values() for one in makers} - {buyer}):
        if buyer:
            loss = 100 * -np.expm1(-coalition_power(network, (country,), buyer, drawn))
            powers[country] = _band(loss)
    return Chokepoints(own, buyer, draws, seed, shares, withdrawals, powers)


def herfindahl(shares: Iterable[float]) -> float:
    """Return Herfindahl's index of some shares from 0 to 1: the sum of their squares in percent, 0 to 10,000."""
    return float(sum((100 * share) ** 2 for share in shares))


def _band(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Quantiles that are values: between two infinite ones there is nothing to interpolate."""
    import numpy as np

    low, middle, high = (float(v) for v in np.quantile(values, _BAND, method="inverted_cdf"))
    return low, middle, high


def _finite(index: tuple[float, float, float] | None, place: int) -> float | None:
    return index[place] if index is not None and index[place] < float("inf") else None
