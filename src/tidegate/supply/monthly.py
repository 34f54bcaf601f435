"""A run read by months: quarters cut into months, months before the start, and licences within a quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from tidegate.ledger import Ledger
from tidegate.supply.calibration import START, Calibration
from tidegate.supply.cycle import cycle_level
from tidegate.supply.draws import sample_draws
from tidegate.supply.network import Parameter
from tidegate.supply.outcomes import parse_outcome, read_outcome
from tidegate.supply.quarters import Month, middle, quarter_of_month
from tidegate.supply.run import run
from tidegate.supply.shipped import Row
from tidegate.supply.wedges import Bound, bind, freed, wedges_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.observables import Observable

__all__ = ["VARIANTS", "Months", "base_level", "months_of_run"]

VARIANTS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Where in their ranges licences and fears are taken; each stands for a fifth of the draws."""

_BLOCK = 100


@dataclass
class Months:
    """An ensemble by outcome. values: outcome -> (draws, quarters). base: outcome -> its level in the base year."""

    calibration: Calibration
    bound: Bound
    values: dict[str, NDArray[np.float64]]
    base: dict[str, float]
    draws: int
    seed: int
    cycle: str
    _levels: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    def total(self, plan: Observable, names: Sequence[str], months: Sequence[Month]) -> NDArray[np.float64]:
        """Return the sum of outcomes over months, shape (draws,); the mean for a stock."""
        parts = [
            self._month(plan, name, month) * self._lumps(plan, name, month)
            for name in names
            for month in months
        ]
        whole: NDArray[np.float64] = sum(parts[1:], parts[0])
        return whole / len(parts) if plan.stock else whole

    def anchor_level(self, anchor: Row) -> NDArray[np.float64]:
        """Return the level of an anchor in each draw, triangular on its range."""
        import numpy as np

        key = str(anchor["id"])
        if key not in self._levels:
            own = np.random.default_rng([self.seed, *key.encode()])
            low, value, high = anchor["low"], anchor["value"], anchor["high"]
            fixed = np.full(self.draws, value)
            self._levels[key] = own.triangular(low, value, high, self.draws) if low < high else fixed
        return self._levels[key]

    def _month(self, plan: Observable, name: str, month: Month) -> NDArray[np.float64]:
        import numpy as np

        quarter = quarter_of_month(month)
        if quarter not in self.bound.quarters:
            # Before the start there are the base flows and the cycle; capacity grew at the rate of the first year.
            level = self._built_before(month) if plan.stock else self._cycle(name, month)
            return np.full(self.draws, self.base[name] * level * (1.0 if plan.stock else 1 / 3))
        if plan.months:
            return self._by_law(name, month)
        place = self.bound.quarters.index(quarter)
        values = self.values[name][:, place]
        if plan.stock:
            return values
        if plan.by_price is not None:
            values = values / self.values[plan.by_price][:, place]
        return values / 3

    def _lumps(self, plan: Observable, name: str, month: Month) -> NDArray[np.float64] | float:
        """What a model of the mean does not have: the unevenness of quarters, and the drift of a flow off its share."""
        import numpy as np

        quarter = quarter_of_month(month)
        if plan.stock or quarter not in self.bound.quarters or name.split(":")[-1] == "*":
            return 1.0
        key = f"{name}@{quarter}"
        if key not in self._levels:
            kind, *parts = name.split(":")
            good = parts[0] if kind == "detour" else parts[1]
            lumps = self._drawn(f"lumpiness:{name}", self.calibration.parameter("lumpiness", good))
            drift = self._drawn(f"drift:{name}", self.calibration.parameter("drift", good))
            own = self._stream(key).standard_normal(self.draws)
            walked = np.zeros(self.draws)
            # Seller and buyer drift apart from the model by steps that do not come back.
            for past in self.bound.quarters[: self.bound.quarters.index(quarter) + 1]:
                walked = walked + self._stream(f"{name}#{past}").standard_normal(self.draws)
            self._levels[key] = np.exp(lumps * own + drift / 2 * walked)
        return self._levels[key]

    def _built_before(self, month: Month) -> float:
        """Capacity in a month before the start against the start, at the rate at which plants were being built."""
        build, wear = (self.calibration.parameter(n).central for n in ("expansion", "decay_serviced"))
        months = (2022 - month[0]) * 12 + 7 - month[1]
        return float((1 + wear * (build - 1)) ** (-months / 3))

    def _cycle(self, name: str, month: Month) -> float:
        good = name.split(":")[2]
        return float(cycle_level(self.calibration, good, [month], self.cycle)[0])

    def _by_law(self, name: str, month: Month) -> NDArray[np.float64]:
        """A flow in a month of which licences let pass a part: base, cycle, and the lots that wait or are refused.

        A quarter of the engine is too coarse for a statistic of a month; and its free lots fill in for the held ones
        by a quarter's elasticity, which within weeks they do not. A lot waits as long as its first licences take.
        """
        import numpy as np

        _, seller, good, buyer = name.split(":")
        bound, day = self.bound, middle(month)
        rows = [
            i for i, s in enumerate(self.calibration.of_good(good)) if seller in (s["country"], s["company"])
        ]
        column = self.calibration.buyer_ids.index(buyer)
        passing = np.ones(self.draws)
        for place, lot in enumerate(bound.lots):
            if lot.good != good or lot.supplier not in rows or lot.buyer != column:
                continue
            grips = [grip for grip in bound.grips if (grip.place, grip.day) == (place, day)]
            if grips:
                since = min(grip.day for grip in bound.grips if grip.place == place)
                wait = self._drawn("licence_days", self.calibration.parameter("licence_days")) * 7 / 5
                grid = (0.0, 0.5, 1.0)
                levels = [min(freed(self.calibration, grip, at) for grip in grips) for at in grid]
                at = self._stream(f"licences:{good}").uniform(size=self.draws)
                given = np.interp(at, grid, levels)
                low, central, high = lot.share
                share = self._stream(f"lot:{good}:{lot.part}").triangular(low, central, high, self.draws)
                # The rule may have begun up to half a month before the day on which the law is taken.
                waited = (day - since).days + 11 >= wait
                passing = passing - share * (1 - np.where(waited, given, 0.0))
        return self.base[name] / 3 * self._cycle(name, month) * np.clip(passing, 0.0, 1.0)

    def _drawn(self, key: str, parameter: Parameter) -> NDArray[np.float64]:
        return self._stream(key).triangular(parameter.low, parameter.central, parameter.high, self.draws)

    def _stream(self, key: str) -> np.random.Generator:
        """A stream of random numbers of its own for each name, the same in every reading."""
        import numpy as np

        return np.random.default_rng([self.seed, *key.encode()])


def months_of_run(
    calibration: Calibration,
    ledger: Ledger,
    plans: Sequence[Observable],
    last: Month,
    draws: int,
    seed: int,
    cycle: str,
) -> Months:
    """Return the ensemble of a run from 2022Q3 to a month, with all outcomes that the plans need."""
    import numpy as np

    network = calibration.network
    end = max(quarter_of_month(last), "2022Q4")
    bound = bind(calibration, ledger, START, end)
    names = list(
        dict.fromkeys(
            n
            for plan in plans
            for n in (*plan.outcomes, *plan.of, *([plan.by_price] if plan.by_price else []))
        )
    )
    wanted = [parse_outcome(name, network) for name in names]
    values = {name: np.empty((draws, len(bound.quarters))) for name in names}
    # Blocks of one reading share its wedges.
    wedges = cache(lambda at: wedges_of(bound, at=at, cycle=cycle))
    for first, variant in _blocks(draws):
        size = min(_BLOCK, draws - first)
        path = run(network, wedges(variant), sample_draws(network, first, size, seed))
        for name, outcome in zip(names, wanted, strict=True):
            values[name][first : first + size] = read_outcome(path, outcome)
    return Months(
        calibration,
        bound,
        values,
        {name: base_level(calibration, name) for name in names},
        draws,
        seed,
        cycle,
    )


def _blocks(draws: int) -> list[tuple[int, float]]:
    """The first draw of each block with its variant: blocks take turns, so that each variant has its fifth."""
    return [(first, VARIANTS[(first // _BLOCK) % len(VARIANTS)]) for first in range(0, draws, _BLOCK)]


def base_level(calibration: Calibration, name: str) -> float:
    """Return the level of an outcome in the base year."""
    import numpy as np

    network = calibration.network
    kind, *parts = name.split(":")
    if kind in ("price", "capacity"):
        return 1.0
    if kind == "detour":
        return 0.0
    seller, good, buyer = (
        (parts[2], parts[1], parts[0]) if kind == "imports" else (parts[0], parts[1], parts[2])
    )
    flow = network.flows[good]
    rows = np.array([
        seller in ("*", s.country, s.company) and not (kind == "imports" and s.country == buyer)
        for s in network.suppliers[good]
    ])  # fmt: skip
    columns = np.array([buyer in ("*", b) for b in network.buyers])
    return float(flow[rows][:, columns].sum())
