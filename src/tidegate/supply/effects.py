"""What a scenario changes: its run beside that of the record, in the same draws, with bands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.supply.calibration import Calibration, load_calibration
from tidegate.supply.ensemble import Executor, simulate
from tidegate.supply.monthly import VARIANTS
from tidegate.supply.quarters import quarters_between
from tidegate.supply.wedges import Bound, bind, wedges_of
from tidegate.supply.wedges_model import Wedges
from tidegate.tables import Table, Tabular

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["START", "Effects", "effects_of", "headline_outcomes"]

START = "2022Q3"
"""Every run starts here: the base flows are those of the year before."""

_BAND = (0.1, 0.5, 0.9)
_UNITS = {"log": 100.0, "index": 1.0, "share": 100.0}


@dataclass(frozen=True)
class Effects(Tabular):
    """The effect of a scenario over a span: one row for each outcome.

    scenario, against: titles. measures: ids whose hold on a flow differs between the two. samples: outcome ->
    (draws,) effects, in the unit of its row.
    """

    scenario: str
    against: str
    first: str
    last: str
    draws: int
    seed: int
    measures: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    samples: dict[str, NDArray[np.float64]]

    def table(self) -> Table:
        """Return the outcomes, the largest effect first."""
        about = {
            "scenario": self.scenario, "against": self.against, "from": self.first, "to": self.last,
            "draws": self.draws, "seed": self.seed, "measures": list(self.measures),
        }  # fmt: skip
        return Table(self.rows, ("outcome", "unit", "effect", "low", "high", "baseline"), about, "effects")


def effects_of(
    scenario: Ledger,
    against: Ledger,
    first: str,
    last: str,
    *,
    draws: int = 500,
    seed: int = 0,
    outcomes: Sequence[str] | None = None,
    calibration: Calibration | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Effects:
    """Return what a scenario changes against another ledger, over the quarters from `first` to `last`.

    The effect on a value in USD is the change of its sum in percent; on an index or a share the mean change.
    outcomes: names as in `supply.outcomes`; without, those of the goods that the scenario touches.
    Raises: BadInputError: if the span starts before the run, or an outcome is not known.
    """
    quarters = quarters_between(first, last)
    if first < START:
        raise BadInputError(
            f"The span starts in {first}, before the first quarter of the model. Take {START} or later."
        )
    own = calibration or load_calibration()
    bounds = bind(own, against, START, last), bind(own, scenario, START, last)
    changed = _changed(*bounds)
    names = tuple(outcomes or headline_outcomes(own, {good for _, good in changed}))
    before, after = (_ensemble(own, bound, names, draws, seed, executor, progress) for bound in bounds)
    places = [bounds[0].quarters.index(quarter) for quarter in quarters]
    rows, samples = [], {}
    for place, name in enumerate(names):
        row, values = _effect(own, name, before[place][:, places], after[place][:, places])
        rows.append(row)
        samples[name] = values
    rows.sort(key=lambda row: -abs(row["effect"]))
    return Effects(
        scenario.scenario or "the record", against.scenario or "the record", first, last, draws, seed,
        tuple(sorted({measure for measure, _ in changed})), tuple(rows), samples,
    )  # fmt: skip


def headline_outcomes(calibration: Calibration, goods: set[str]) -> tuple[str, ...]:
    """Return the outcomes that tell of some goods: trade, makers' sales, users, plants and stocks."""
    names = [f"output:{buyer}" for buyer in ("CN", "US", "JP", "EU", "KR", "TW")] + ["capacity:CN"]
    for good in sorted(goods):
        names += [
            f"imports:CN:{good}",
            f"domestic:CN:{good}",
            f"stock:{good}:CN",
            f"detour:{good}:CN",
            f"sales:CN:{good}",
        ]
        firms = {row["company"] for row in calibration.of_good(good) if row["company"]}
        names += [f"sales:{firm}" for firm in sorted(firms)]
    return tuple(dict.fromkeys(names))


def _ensemble(
    calibration: Calibration, bound: Bound, names: Sequence[str], draws: int, seed: int,
    executor: Executor | None, progress: Callable[[int, int], None] | None,
) -> NDArray[np.float64]:  # fmt: skip
    """Samples (outcomes, draws, quarters): a fifth of the draws under each reading of licences and fears."""
    import numpy as np

    parts = []
    for place, variant in enumerate(VARIANTS):
        share = draws // len(VARIANTS) + (place < draws % len(VARIANTS))
        if share:
            found = simulate(
                calibration.network, wedges_of(bound, at=variant), names, draws=share,
                seed=seed * len(VARIANTS) + place, keep="samples", executor=executor,
            )  # fmt: skip
            assert found.samples is not None
            parts.append(found.samples)
        if progress is not None:
            progress(sum(part.shape[1] for part in parts), draws)
    return np.concatenate(parts, axis=1)


def _effect(
    calibration: Calibration, name: str, before: NDArray[np.float64], after: NDArray[np.float64]
) -> tuple[dict[str, Any], NDArray[np.float64]]:
    import numpy as np

    from tidegate.supply.outcomes import parse_outcome

    unit = parse_outcome(name, calibration.network).unit
    if unit == "USD_bn":
        base = before.sum(axis=1)
        moved = after.sum(axis=1) - base
        # From nothing there is no percentage: a detour that did not exist is told in USD.
        zero = np.abs(np.median(base)) < 1e-6
        values, shown = (moved, "USD_bn") if zero else (100 * moved / base, "percent")
        level = float(np.median(base))
    else:
        scale = _UNITS.get(unit, 1.0)
        values = scale * (after - before).mean(axis=1)
        shown = {"log": "percent", "share": "points", "index": "index"}.get(unit, unit)
        level = float(np.median(scale * before.mean(axis=1)))
    low, middle, high = (float(v) for v in np.quantile(values, _BAND))
    return {
        "outcome": name,
        "unit": shown,
        "effect": middle,
        "low": low,
        "high": high,
        "baseline": level,
    }, values


def _changed(before: Bound, after: Bound) -> set[tuple[str, str]]:
    """The (measure, good) pairs whose bites differ."""

    def bites(wedges: Wedges) -> dict[tuple[str, str, str, str], bytes]:
        return {(b.measure, b.good, b.channel, b.part): b.values.tobytes() for b in wedges.bites}

    one, other = bites(wedges_of(before)), bites(wedges_of(after))
    return {key[:2] for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
