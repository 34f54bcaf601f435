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
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tidegate.catalog import load_catalog
from tidegate.dates import Day
from tidegate.ledger import Ledger
from tidegate.ledger.model import Effect, Measure, Stage
from tidegate.supply.calibration import Calibration
from tidegate.supply.cycle import demand_paths
from tidegate.supply.decisions import Held, Hold, decide_lots
from tidegate.supply.hazards import hazard_bites, point
from tidegate.supply.lots import COUNTRY, Lot, lots_of
from tidegate.supply.quarters import middle, months_of_quarter, quarters_between
from tidegate.supply.wedges_model import Bite, Wedges

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BASE_DAY", "Bound", "bind", "wedges_of"]

BASE_DAY = dt.date(2022, 5, 15)
"""The day whose law the base flows already carry."""

_MONTHS_OF_QUARTER = 3
_WINDOW = 11.0
"""Quarters over which an allowance without a year is used: May 2025 to the end of 2027 (90 FR 4544)."""

_WORKING_DAYS, _DAYS = 63.0, 91.0
"""Working days and days in a quarter."""


@dataclass(frozen=True)
class Bound:
    """The lots of a calibration under a ledger: how each is held in every month of a span of quarters.

    quarters: the span. lots: in the order of the places in `held`. base: how each is held on BASE_DAY.
    """

    calibration: Calibration
    ledger: Ledger
    quarters: tuple[str, ...]
    lots: tuple[Lot, ...]
    base: Mapping[int, Held]
    held: Mapping[tuple[int, Day], Held]

    def new_holds(self, place: int, day: Day) -> tuple[Hold, ...]:
        """Return what holds a lot on a day, without what held it in the base year already."""
        before = {measure for hold in self.base[place].holds for measure in hold.measures}
        found = []
        for hold in self.held[place, day].holds:
            own = tuple(measure for measure in hold.measures if measure not in before)
            if own and (not before or own == hold.measures or _stricter(hold, self.base[place].holds)):
                found.append(Hold(hold.government, hold.policy, hold.by_buyer, own))
        return tuple(found)

    def holds_hubs(self, place: int, day: Day, hold: Hold) -> bool:
        """Whether the same government holds the same lot on the way to every hub: then there is no way round."""
        lot, columns = self.lots[place], self.calibration.buyer_ids
        hubs = [
            self._places.get((lot.good, lot.supplier, columns.index(hub), lot.part))
            for hub in self.calibration.network.hubs
        ]
        return all(
            hub is not None and any(h.government == hold.government for h in self.held[hub, day].holds) for hub in hubs
        )

    @cached_property
    def _places(self) -> Mapping[tuple[str, int, int, str], int]:
        return {(lot.good, lot.supplier, lot.buyer, lot.part): place for place, lot in enumerate(self.lots)}

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
    held = decide_lots(lots, ledger, [BASE_DAY, *days])
    base = {place: held[place, BASE_DAY] for place in range(len(lots))}
    return Bound(calibration, ledger, quarters, lots, base, held)


def wedges_of(bound: Bound, *, at: float = 0.5, cycle: str = "known") -> Wedges:
    """Return what the measures do to the flows of the network, by quarter.

    at: where in their ranges the shares of lots and of licences are taken: 0 the low end of what bites, 0.5 the
        central values, 1 the high end. cycle: the path of demand, 'known' in 2022Q3 or 'realised'.
    """
    bites = (*_held_bites(bound, at), *_rate_bites(bound), *_cap_bites(bound), *hazard_bites(bound, at))
    demand = demand_paths(bound.calibration, bound.quarters, cycle)
    # What is not made in fabs grows with the cycle: else the trend itself would read as a shortage.
    supply = {row["good"]: demand[row["good"]] for row in bound.calibration.goods if row["stage"] != "chip"}
    return Wedges(bound.quarters, bites, demand=demand, supply=supply)


def freed(calibration: Calibration, ledger: Ledger, hold: Hold, day: Day, at: float) -> float:
    """Return the share of a held lot that passes: by the policy, more where licences are said to be given."""
    if hold.policy == "prohibited":
        return 0.0
    given = calibration.parameter(f"freed_{hold.policy}")
    share = point(given.high, given.central, given.low, at)
    if hold.policy in ("not_stated", "case_by_case"):
        regime = ledger.on(day)
        if any((s := regime.get(m)) is not None and s.stage is Stage.EASED for m in hold.measures):
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
    for place, lot in enumerate(bound.lots):
        for quarter, days in enumerate(bound.days) if lot.share[1] > 0 else ():
            for day in days:
                for (measure, channel), value in _of_lot(bound, place, day, at).items():
                    key = (measure, lot.good, channel, lot.part if channel != "delay" else "")
                    array = values.setdefault(key, np.zeros(_shape(bound, lot.good)))
                    cell = (quarter, lot.supplier, lot.buyer)
                    if channel == "delay":
                        array[cell] = max(array[cell], value)
                    else:
                        array[cell] += value / _MONTHS_OF_QUARTER
    return [
        Bite(measure, good, channel, np.minimum(array, 1.0) if channel != "delay" else array, part=part)
        for (measure, good, channel, part), array in sorted(values.items(), key=lambda item: item[0])
    ]


def _of_lot(bound: Bound, place: int, day: Day, at: float) -> dict[tuple[str, str], float]:
    """What each measure does to a lot on a day, as a share of the whole flow; the delay in quarters."""
    found: dict[tuple[str, str], float] = {}
    share = bound.lots[place].share[1]
    for hold in bound.new_holds(place, day):
        if hold.policy == "quota":
            continue
        passes = freed(bound.calibration, bound.ledger, hold, day, at)
        no_way_round = hold.by_buyer or bound.holds_hubs(place, day, hold)
        own = {"ban" if no_way_round else "stop": share * (1 - passes)}
        if passes > 0 and not hold.by_buyer:
            china = hold.government == "CN"
            days = bound.calibration.parameter("licence_days" if china else "licence_days_us").central
            own |= {"licence": share * passes, "delay": days / (_WORKING_DAYS if china else _DAYS)}
        for measure in hold.measures:
            for channel, value in own.items():
                # A union's rule is its own and that of the member that exports: it holds the lot once.
                found[measure, channel] = max(found.get((measure, channel), 0.0), value)
    return {key: value for key, value in found.items() if value > 0}


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
        if measure.effect is not Effect.CAP or quota is None or quota.amount != "tpp" or quota.window != "all" or "destination" not in quota.per:
            continue
        array = np.full(_shape(bound, "ai_chips"), np.inf)
        rows = [i for i, s in enumerate(bound.calibration.of_good("ai_chips")) if s["country"] == measure.jurisdiction]
        for quarter, days in enumerate(bound.days):
            standing = bound.ledger.on(days[1]).get(measure.id)
            if standing is None or not standing.binds:
                continue
            for column, buyer in enumerate(buyers):
                if _is_destination(measure, COUNTRY.get(buyer, buyer), days[1]) and flows[rows, column].sum() > 0:
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
