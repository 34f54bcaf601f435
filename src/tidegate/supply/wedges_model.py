"""What a run is told from outside: how measures bite on each flow, quarter by quarter, and the chip cycle.

A measure bites in one or more *channels*. Each bite is kept with the id of its measure, so that a run without
that measure, or without that channel, is the same record with some bites left out: `Wedges.without`.

channel      values (share unless said)                                            several bites on a flow
-----------  ---------------------------------------------------------------------  -----------------------
stop         of the flow that may not be sold; it can go round through a hub         the largest of a part
ban          of the flow that the buyer's own government keeps out; no way round     the largest of a part
licence      of the flow that needs a licence which is given, after `delay`          the largest of a part
delay        quarters from application to licence                                    the longest stands
cap          largest quantity allowed, as a share of the base quantity               the smallest stands
tariff       rate on the price, paid by the buyer to `payee`                         rates add up
revenue_cut  share of the seller's receipts, paid by the seller to `payee`           shares add up
hazard       perceived probability, in this quarter, that the flow is soon cut off   1 - product of (1 - h)
exposure     of the flow of which the hazard speaks; 1 where a good has no such bite   the largest stands
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.network import Network

__all__ = ["CHANNELS", "QUALIFIES", "Bite", "Wedges", "differing_bites", "no_wedges"]

CHANNELS = ("stop", "ban", "licence", "delay", "cap", "tariff", "revenue_cut", "hazard", "exposure")
"""The ways in which a measure can bite."""

QUALIFIES = {"delay": "licence", "exposure": "hazard"}
"""Channels that only qualify another."""

_SHARES = ("stop", "ban", "licence", "revenue_cut", "hazard", "exposure")


@dataclass(frozen=True, slots=True)
class Bite:
    """One measure's hold on the flows of one good, in one channel.

    measure: id of the measure in the ledger. good: id of a good of the network. channel: one of CHANNELS.
    values: float array that broadcasts to (quarters, suppliers of the good, buyers); 0 is 'does not bite', and
        for `cap` infinity is.
    payee: country that receives a tariff or a cut of revenue; None in the other channels.
    part: name of the part of the flow that is held, for `stop`, `ban` and `licence`. Bites on one part overlap, so
        the largest stands; parts are disjoint and add up.
    """

    measure: str
    good: str
    channel: str
    values: NDArray[np.float64]
    payee: str | None = None
    part: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What of the law and of the network it is: measure, good, channel and part."""
        return self.measure, self.good, self.channel, self.part


@dataclass(frozen=True, slots=True)
class Wedges:
    """All bites over a span of quarters, and the exogenous paths that are not measures.

    quarters: labels, oldest first, as '2022Q3'. bites: in any order.
    age: good -> quarters for which the good had been under control before the first quarter of the run.
    demand: good -> multiplier of base outlays, broadcasts to (quarters, buyers): the chip cycle, investment plans.
    supply: good -> multiplier of base capacity, broadcasts to (quarters, suppliers): announced building elsewhere.
    enforcement: hub -> added cost of going through it, in units of the price, shape (quarters,).
    """

    quarters: tuple[str, ...]
    bites: tuple[Bite, ...] = ()
    age: Mapping[str, int] = field(default_factory=dict)
    demand: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    supply: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    enforcement: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def measures(self) -> tuple[str, ...]:
        """Return the ids of the measures that bite anywhere, in alphabetical order."""
        return tuple(sorted({bite.measure for bite in self.bites}))

    @property
    def channels(self) -> tuple[str, ...]:
        """Return the channels used, in the order of CHANNELS; without those that only qualify another."""
        used = {bite.channel for bite in self.bites if bite.channel not in QUALIFIES}
        return tuple(channel for channel in CHANNELS if channel in used)

    def without(self, *, measures: Iterable[str] = (), channels: Iterable[str] = ()) -> Wedges:
        """Return the same record with the bites of these measures, and those in these channels, left out.

        What qualifies a channel goes with it: delay with licence, exposure with hazard.
        """
        gone, closed = frozenset(measures), set(channels)
        closed |= {name for name, of in QUALIFIES.items() if of in closed}
        kept = tuple(b for b in self.bites if b.measure not in gone and b.channel not in closed)
        return replace(self, bites=kept)

    def place(self, quarter: str | None) -> int:
        """Return the place of a quarter, of the last for None. Raises: BadInputError: if it is not among them."""
        if quarter is None:
            return len(self.quarters) - 1
        if quarter not in self.quarters:
            raise BadInputError(
                f"quarter '{quarter}' is not simulated: {self.quarters[0]} to {self.quarters[-1]}."
            )
        return self.quarters.index(quarter)

    def until(self, place: int) -> Wedges:
        """Return the record up to the quarter at a place: what comes after does not bear on it."""
        stop, span = place + 1, len(self.quarters)

        def cut(values: NDArray[np.float64], axes: int) -> NDArray[np.float64]:
            return values[:stop] if values.ndim == axes and values.shape[0] == span else values

        return replace(
            self,
            quarters=self.quarters[:stop],
            bites=tuple(replace(bite, values=cut(bite.values, 3)) for bite in self.bites),
            demand={good: cut(path, 2) for good, path in self.demand.items()},
            supply={good: cut(path, 2) for good, path in self.supply.items()},
            enforcement={hub: path[:stop] for hub, path in self.enforcement.items()},
        )

    def check(self, network: Network) -> None:
        """Raise BadInputError where a bite or a path does not fit the network."""
        import numpy as np

        goods = {good.id for good in network.goods}
        for bite in self.bites:
            where = f"bite of {bite.measure} on {bite.good}"
            if bite.channel not in CHANNELS:
                raise BadInputError(f"{where}: channel '{bite.channel}' is not one of {', '.join(CHANNELS)}.")
            if bite.good not in goods:
                raise BadInputError(
                    f"{where}: the network has no such good. It has {', '.join(sorted(goods))}."
                )
            _check_shape(where, bite.values, self._shape(network, bite.good))
            top = 1.0 if bite.channel in _SHARES else np.inf
            if np.isnan(bite.values).any() or (bite.values < 0).any() or (bite.values > top).any():
                raise BadInputError(f"{where}, channel {bite.channel}: values run from 0 to {top:g}.")
            if (bite.payee is not None) != (bite.channel in ("tariff", "revenue_cut")):
                raise BadInputError(f"{where}: tariff and revenue_cut name a payee, the other channels none.")
        for name, paths, axis in (("demand", self.demand, 2), ("supply", self.supply, 1)):
            for good, path in paths.items():
                if good not in goods:
                    raise BadInputError(f"{name} path: the network has no good '{good}'.")
                shape = self._shape(network, good)
                _check_shape(f"{name} path of {good}", path, (shape[0], shape[axis]))
                if not np.isfinite(path).all() or (path <= 0).any():
                    raise BadInputError(f"{name} path of {good}: a multiplier is a positive number.")
        for hub, cost in self.enforcement.items():
            if hub not in network.hubs:
                raise BadInputError(
                    f"enforcement at '{hub}': not a hub of the network ({', '.join(network.hubs)})."
                )
            _check_shape(f"enforcement at {hub}", cost, (len(self.quarters),))

    def _shape(self, network: Network, good: str) -> tuple[int, int, int]:
        return len(self.quarters), len(network.suppliers[good]), len(network.buyers)


def differing_bites(one: Wedges, other: Wedges) -> set[tuple[str, str, str, str]]:
    """Return the keys of the bites that only one of two records has, or that differ between them."""
    before, after = ({bite.key: bite.values.tobytes() for bite in wedges.bites} for wedges in (one, other))
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def no_wedges(wedges: Wedges) -> Wedges:
    """Return the record of the same quarters and cycle in which no measure bites."""
    return replace(wedges, bites=(), age={}, enforcement={})


def _check_shape(where: str, values: NDArray[np.float64], shape: tuple[int, ...]) -> None:
    import numpy as np

    try:
        fits = np.broadcast_shapes(values.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise BadInputError(f"{where}: an array of shape {values.shape} does not broadcast to {shape}.")
