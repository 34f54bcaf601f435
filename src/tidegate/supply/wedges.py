"""Measures as wedges: what the law of each quarter does to each flow, found by deciding its lots.

A lot that needs a licence is split: the share that licences set free passes after the time they take, the rest
stops. How much is set free follows from the licence policy, by parameters that are assumptions with a range.
What already bound a lot in the base year is in the base flows and does not bite again.

A measure that does not bind yet raises the perceived hazard on the lots that it would hold, by its stage; those
are the lots it holds once it does bind, or would hold if it were put in force.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tidegate.catalog import load_catalog
from tidegate.dates import Day
from tidegate.ledger import Ledger
from tidegate.ledger.model import Effect, Measure, Stage
from tidegate.supply.calibration import Calibration
from tidegate.supply.cycle import demand_paths, supply_paths
from tidegate.supply.decisions import Held, Hold, decide_lots
from tidegate.supply.hazards import hazard_bites, point
from tidegate.supply.lots import COUNTRY, Lot, lots_of
from tidegate.supply.quarters import middle, months_of_quarter, quarters_between
from tidegate.supply.wedges_model import Bite, Wedges

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BASE_DAY", "Bound", "Grip", "bind", "freed", "wedges_of"]

BASE_DAY = dt.date(2022, 5, 15)
"""The day whose law the base flows already carry."""

_MONTHS_OF_QUARTER = 3
_WINDOW = 11.0
"""Quarters over which an allowance without a year is used: May 2025 to the end of 2027 (90 FR 4544)."""

_WORKING_DAYS, _DAYS = 63.0, 91.0
"""Working days and days in a quarter."""


@dataclass(frozen=True, slots=True)
class Grip:
    """One hold on one lot on a day. eased: whether its record says that licences are being given.

    weight: share of the lot's worth that it holds.
    """

    place: int
    quarter: int
    day: Day
    hold: Hold
    eased: bool
    no_way_round: bool
    weight: float = 1.0


@dataclass(frozen=True)
class Bound:
    """The lots of a calibration under a ledger: how each is held in every month of a span of quarters.

    quarters: the span. lots: in the order of the places in `held`. base: how each is held on BASE_DAY.
    warned: what hazards are found from, kept for the next reading.
    """

    calibration: Calibration
    ledger: Ledger
    quarters: tuple[str, ...]
    lots: tuple[Lot, ...]
    base: Mapping[int, Held]
    held: Mapping[tuple[int, Day], Held]
    warned: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def new_holds(self, place: int, day: Day) -> tuple[Hold, ...]:
        """Return what holds a lot on a day, without what held it in the base year already."""
        return self._new(place, self.held[place, day].holds)

    def _new(self, place: int, holds: Sequence[Hold]) -> tuple[Hold, ...]:
        before = {measure for hold in self.base[place].holds for measure in hold.measures}
        found = []
        for hold in holds:
            own = tuple(measure for measure in hold.measures if measure not in before)
            if own and (not before or own == hold.measures or _stricter(hold, self.base[place].holds)):
                found.append(Hold(hold.government, hold.policy, hold.by_buyer, own))
        return tuple(found)

    def _no_way_round(self, place: int, day: Day, hold: Hold) -> bool:
        """Whether the buyer's own government holds a lot, or the same one holds it on the way to every hub."""
        if hold.by_buyer:
            return True
        lot, columns = self.lots[place], self.calibration.buyer_ids
        hubs = [
            self._places.get((lot.good, lot.supplier, columns.index(hub), lot.part))
            for hub in self.calibration.network.hubs
        ]
        return all(
            hub is not None and any(h.government == hold.government for h in self.held[hub, day].holds)
            for hub in hubs
        )

    @cached_property
    def _places(self) -> Mapping[tuple[str, int, int, str], int]:
        return {(lot.good, lot.supplier, lot.buyer, lot.part): place for place, lot in enumerate(self.lots)}

    @cached_property
    def grips(self) -> tuple[Grip, ...]:
        """Every hold on every lot in every month that the base flows do not carry."""
        eased = {
            day: {s.measure.id for s in self.ledger.on(day) if s.stage is Stage.EASED}
            for days in self.days for day in days
        }  # fmt: skip
        found = []
        for quarter, days in enumerate(self.days):
            for day in days:
                for place in range(len(self.lots)):
                    held = self.held[place, day]
                    # A product cut down to what is allowed leaves the rest of the best one's worth held.
                    for weight, holds in ((held.quality, held.holds), (1 - held.quality, held.beyond)):
                        for hold in self._new(place, holds) if weight > 0 else ():
                            is_eased = not eased[day].isdisjoint(hold.measures)
                            no_way = self._no_way_round(place, day, hold)
                            found.append(Grip(place, quarter, day, hold, is_eased, no_way, weight))
        return tuple(found)

    @property
    def days(self) -> tuple[tuple[Day, ...], ...]:
        """The days on which the law of each quarter is taken: the middle of its months."""
        return tuple(tuple(middle(month) for month in months_of_quarter(q)) for q in self.quarters)

    def open_lots(self) -> tuple[tuple[str, str], ...]:
        """Return the (good, part) of lots of which some answer is unknown; they count as not held there."""
        found = {
            (self.lots[place].good, self.lots[place].part)
            for (place, _), held in self.held.items()
            if held.open
        }
        return tuple(sorted(found))


def bind(calibration: Calibration, ledger: Ledger, first: str, last: str) -> Bound:
    """Return every lot decided under the law of every month from one quarter to another."""
    lots = lots_of(calibration)
    quarters = quarters_between(first, last)
    days = [middle(month) for quarter in quarters for month in months_of_quarter(quarter)]
    exponent = calibration.parameter("quality_exponent").central
    held = decide_lots(lots, ledger, [BASE_DAY, *days], exponent=exponent)
    base = {place: held[place, BASE_DAY] for place in range(len(lots))}
    return Bound(calibration, ledger, quarters, lots, base, held)


def wedges_of(bound: Bound, *, at: float = 0.5, cycle: str = "known") -> Wedges:
    """Return what the measures do to the flows of the network, by quarter.

    at: where in their ranges the shares of lots and of licences are taken: 0 the low end of what bites, 0.5 the
        central values, 1 the high end. cycle: the path of demand, 'known' in 2022Q3 or 'realised'.
    """
    bites = (*_held_bites(bound, at), *_rate_bites(bound), *_cap_bites(bound), *hazard_bites(bound, at))
    demand = demand_paths(bound.calibration, bound.quarters, cycle)
    supply = supply_paths(bound.calibration, bound.quarters, cycle)
    return Wedges(bound.quarters, bites, demand=demand, supply=supply)


def freed(calibration: Calibration, grip: Grip, at: float) -> float:
    """Return the share of a held lot that passes: by the policy, more where licences are said to be given."""
    policy = grip.hold.policy
    if policy == "prohibited":
        return 0.0
    # What is set free is turned round: `at` runs from what bites least to what bites most.
    given = calibration.parameter(f"freed_{policy}")
    share = point(given.high, given.central, given.low, at)
    if grip.eased and policy in ("not_stated", "case_by_case"):
        eased = calibration.parameter("freed_eased")
        share = max(share, point(eased.high, eased.central, eased.low, at))
    return share


def _stricter(hold: Hold, before: Sequence[Hold]) -> bool:
    order = (
        "presumption_of_approval",
        "case_by_case",
        "discouraged",
        "not_stated",
        "presumption_of_denial",
        "denial",
    )
    rank = {policy: place for place, policy in enumerate(order)} | {"prohibited": len(order)}
    return rank[hold.policy] > max(
        (rank[h.policy] for h in before if h.government == hold.government), default=-1
    )


def _shape(bound: Bound, good: str) -> tuple[int, int, int]:
    return len(bound.quarters), len(bound.calibration.of_good(good)), len(bound.calibration.buyer_ids)


def _held_bites(bound: Bound, at: float) -> list[Bite]:
    """Licences, prohibitions and the word of the buyer's government, lot by lot."""
    import numpy as np

    values: dict[tuple[str, str, str, str], NDArray[np.float64]] = {}
    by_lot: dict[tuple[int, int, Day], dict[tuple[str, str, float | str], float]] = {}
    for grip in bound.grips:
        found = by_lot.setdefault((grip.place, grip.quarter, grip.day), {})
        for (measure, channel), value in _of_grip(bound, grip, at).items():
            # A union's rule is its own and that of the member that exports: it holds the lot once.
            own = (measure, channel, "" if channel == "delay" else grip.weight)
            found[own] = max(found.get(own, 0.0), value)
    for (place, quarter, _), found in by_lot.items():
        lot = bound.lots[place]
        cell = (quarter, lot.supplier, lot.buyer)
        for (measure, channel, _weight), value in found.items():
            name = (measure, lot.good, channel, lot.part if channel != "delay" else "")
            if name not in values:
                values[name] = np.zeros(_shape(bound, lot.good))
            array = values[name]
            array[cell] = (
                max(array[cell], value) if channel == "delay" else array[cell] + value / _MONTHS_OF_QUARTER
            )
    return [
        Bite(measure, good, channel, np.minimum(array, 1.0) if channel != "delay" else array, part=part)
        for (measure, good, channel, part), array in sorted(values.items(), key=lambda item: item[0])
    ]


def _of_grip(bound: Bound, grip: Grip, at: float) -> dict[tuple[str, str], float]:
    """What each measure of a hold does, as a share of the whole flow; the delay in quarters."""
    hold, share = grip.hold, bound.lots[grip.place].share[1] * grip.weight
    if hold.policy == "quota" or share <= 0:
        return {}
    passes = freed(bound.calibration, grip, at)
    own = {"ban" if grip.no_way_round else "stop": share * (1 - passes)}
    if passes > 0 and not hold.by_buyer:
        china = hold.government == "CN"
        days = bound.calibration.parameter("licence_days" if china else "licence_days_us").central
        own |= {"licence": share * passes, "delay": days / (_WORKING_DAYS if china else _DAYS)}
    return {
        (measure, channel): value for measure in hold.measures for channel, value in own.items() if value > 0
    }


def _rate_bites(bound: Bound) -> list[Bite]:
    """Duties and cuts of revenue whose rate stands beside the record, while the measure binds."""
    import numpy as np

    from tidegate.supply.shipped import read_rows

    bites = []
    for row in read_rows(bound.calibration.folder, "rates.csv"):
        if row["measure"] not in bound.ledger:
            continue
        binding = np.array([
            sum((s := bound.ledger.on(day).get(row["measure"])) is not None and s.binds for day in days) / len(days)
            for days in bound.days
        ])  # fmt: skip
        if not binding.any():
            continue
        array = np.zeros(_shape(bound, row["good"]))
        column = bound.calibration.buyer_ids.index(row["buyer"])
        for index, supplier in enumerate(bound.calibration.of_good(row["good"])):
            if supplier["country"] == row["country"] and row["company"] in (None, supplier["company"]):
                array[:, index, column] = binding * row["rate"] * (row["share"] or 1.0)
        bites.append(Bite(row["measure"], row["good"], row["channel"], array, row["payee"]))
    return bites


def _cap_bites(bound: Bound) -> list[Bite]:
    """Allowances of computing power for a country: what they are worth beside the base flow of the country.

    A deal within the allowance passes; how many do follows from the sum, which no single lot shows.
    """
    import numpy as np

    price = bound.calibration.parameter("usd_per_tpp").central
    flows, buyers = bound.calibration.network.flows["ai_chips"], bound.calibration.buyer_ids
    bites = []
    for measure in bound.ledger:
        quota = measure.quota
        # Only an allowance by country in a unit that has a price can be set beside a flow.
        if (
            measure.effect is not Effect.CAP
            or quota is None
            or quota.amount != "tpp"
            or quota.window != "all"
            or tuple(quota.per) != ("destination",)
        ):
            continue
        array = np.full(_shape(bound, "ai_chips"), np.inf)
        rows = [
            i
            for i, s in enumerate(bound.calibration.of_good("ai_chips"))
            if s["country"] == measure.jurisdiction
        ]
        for quarter, days in enumerate(bound.days):
            standing = bound.ledger.on(days[1]).get(measure.id)
            if standing is None or not standing.binds:
                continue
            for column, buyer in enumerate(buyers):
                if (
                    _is_destination(measure, COUNTRY.get(buyer, buyer), days[1])
                    and flows[rows, column].sum() > 0
                ):
                    allowed = float(quota.limit) * price / 1e9 / _WINDOW
                    array[quarter, rows, column] = allowed / flows[rows, column].sum()
        if np.isfinite(array).any():
            bites.append(Bite(measure.id, "ai_chips", "cap", array))
    return bites


def _is_destination(measure: Measure, country: str, day: Day) -> bool:
    catalog = load_catalog()
    return any(
        country == place or (":" in place and country in catalog.members(place, day))
        for place in measure.destinations
        if not place.startswith("!")
    )
