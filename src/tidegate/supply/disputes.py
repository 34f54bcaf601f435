"""Where sources disagree about a parameter: what a scenario does by each of them.

The bands of `effects` draw a parameter from one range. For some the literature has values that no range holds
together: the long-run elasticity between suppliers of a chip is 3 by one estimate and 29 by another. So each reading
of `readings.csv` is run by itself, its parameters fixed at its values, all others drawn as they are, in the same draws.
An elasticity of trade is one less than the elasticity of substitution between suppliers (Armington), hence 'plus one'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tidegate.ledger import Ledger
from tidegate.supply.calibration import Calibration, load_calibration
from tidegate.supply.course import START, Course, differing, samples_of
from tidegate.supply.effects import check_span
from tidegate.supply.ensemble import Executor
from tidegate.supply.headlines import label_of
from tidegate.supply.outcomes import parse_outcome
from tidegate.supply.quarters import quarters_between
from tidegate.supply.scale import BAND, scale_of
from tidegate.tables import Table, Tabular

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.network import Network, Parameter

__all__ = ["OWN", "Disputes", "Reading", "disputes_of", "readings"]

OWN = "the ranges of tidegate"
"""The name of the run in which nothing is fixed."""

_OWN_NOTE = "every parameter drawn from its own range"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source says. values, notes: by engine parameter, as `elasticity_long:hbm`."""

    name: str
    values: Mapping[str, float]
    notes: Mapping[str, str]
    verified: bool
    source: str

    def goods(self) -> frozenset[str]:
        """Return the goods it speaks of."""
        return frozenset(name.partition(":")[2] for name in self.values)

    def network(self, network: Network) -> Network:
        """Return a network with the reading's parameters fixed."""
        fixed: dict[str, Parameter] = {}
        for name, value in self.values.items():
            own = network.parameters.get(name) or network.parameters[name.partition(":")[0]]
            fixed[name] = replace(
                own, id=name, low=value, central=value, high=value, source=self.source, note=self.notes[name]
            )
        return replace(network, parameters={**network.parameters, **fixed})


@dataclass(frozen=True)
class Disputes(Tabular):
    """An outcome by each source. rows: a row a reading, the first that in which nothing is fixed.

    goods: those the scenario touches. silent: readings that speak of none of them.
    """

    scenario: str
    against: str
    outcome: str
    label: str
    unit: str
    first: str
    last: str
    draws: int
    seed: int
    goods: tuple[str, ...]
    silent: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]

    def table(self) -> Table:
        """Return a row per reading: the value it gives, the effect with its band, and where it is from."""
        about = {
            "scenario": self.scenario, "against": self.against, "outcome": self.outcome, "label": self.label,
            "unit": self.unit, "from": self.first, "to": self.last, "draws": self.draws, "seed": self.seed,
            "goods": list(self.goods), "silent": list(self.silent), "sentence": self.sentence(),
        }  # fmt: skip
        columns = ("reading", "values", "effect", "low", "high", "verified", "source", "note")
        return Table(self.rows, columns, about, "readings")

    def sentence(self) -> str:
        """Say how far the sources are apart."""
        told = self.rows[1:]
        if not told:
            return f"No source that is on file as disagreeing speaks of {', '.join(self.goods) or 'a good it touches'}."
        least, most = (chosen(self.rows, key=lambda row: float(row["effect"])) for chosen in (min, max))
        wide = max(float(row["high"]) for row in self.rows) - min(float(row["low"]) for row in self.rows)
        own = float(self.rows[0]["high"]) - float(self.rows[0]["low"])
        unit = {"percent": "%", "USD_bn": "bn USD"}.get(self.unit, self.unit)
        so = f"; all bands together are {wide / own:.2g} times as wide as ours" if own > 0 else ""
        return (
            f"By source the median lies between {least['effect']:+.3g} ({least['reading']}) and "
            f"{most['effect']:+.3g} {unit} ({most['reading']}){so}."
        )


def readings(calibration: Calibration | None = None) -> tuple[Reading, ...]:
    """Return what is on file of sources that disagree, by name.

    Raises: BadInputError: naming file and line, for a parameter or good that the calibration does not have.
    """
    from tidegate.supply.draws import ENGINE_PARAMETERS
    from tidegate.supply.shipped import line_error, read_rows

    own = calibration or load_calibration()
    stages = {row["good"]: row["stage"] for row in own.goods}
    values: dict[str, dict[str, float]] = {}
    notes: dict[str, dict[str, str]] = {}
    lines: dict[str, list[Any]] = {}
    for row in read_rows(own.folder, "readings.csv"):
        goods = [good for good, stage in stages.items() if row["good"] in (good, stage)]
        if not goods:
            raise line_error(
                row.path, row.line, f"good '{row['good']}' is no good or stage.", "See goods.csv."
            )
        if row["parameter"] not in ENGINE_PARAMETERS:
            raise line_error(
                row.path, row.line, f"parameter '{row['parameter']}' is not one of the engine.", "See parameters.csv."
            )  # fmt: skip
        if row["verified"] and row["kind"] in ("memory", "assumption"):
            raise line_error(
                row.path, row.line, f"A number by {row['kind']} is not verified.", "Write false."
            )
        values.setdefault(row["reading"], {}).update({f"{row['parameter']}:{g}": row["value"] for g in goods})
        notes.setdefault(row["reading"], {}).update({f"{row['parameter']}:{g}": row["note"] for g in goods})
        lines.setdefault(row["reading"], []).append(row)
    return tuple(
        Reading(
            name, found, notes[name], all(row["verified"] for row in lines[name]), lines[name][0]["source"],
        )
        for name, found in sorted(values.items())
    )  # fmt: skip


def disputes_of(
    scenario: Ledger, against: Ledger, outcome: str, first: str, last: str, *, draws: int = 200, seed: int = 0,
    calibration: Calibration | None = None, executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Disputes:  # fmt: skip
    """Return the effect of a scenario on one outcome by each source that speaks of a good it touches.

    As `effects.effects_of` tells it, in the same draws. Raises: BadInputError: for a span or outcome that is not known.
    """
    check_span(first, last)
    own = calibration or load_calibration()
    unit = parse_outcome(outcome, own.network).unit
    courses = Course(own, against, last), Course(own, scenario, last)
    goods = tuple(sorted({good for _, good in differing(*courses)}))
    on_file = readings(own)
    told = [reading for reading in on_file if reading.goods() & set(goods)]
    runs: list[Reading | None] = [None, *told]
    rows, done = [], 0

    def tell(some: int, each: int) -> None:
        if progress is not None:
            progress(done * each + some, len(runs) * each)

    for done, reading in enumerate(runs):  # noqa: B007 (progress counts from it)
        network = reading.network(own.network) if reading else None
        before, after = samples_of(
            courses, (outcome,), draws, seed, network=network, executor=executor, progress=tell
        )
        rows.append(_row(reading, goods, unit, before[0], after[0], first, last))
    return Disputes(
        scenario.scenario or "the record", against.scenario or "the record", outcome, label_of(own, outcome),
        rows[0]["unit"], first, last, draws, seed, goods, tuple(r.name for r in on_file if r not in told), tuple(rows),
    )  # fmt: skip


def _row(
    reading: Reading | None, goods: Sequence[str], unit: str, before: NDArray[np.float64], after: NDArray[np.float64],
    first: str, last: str,
) -> dict[str, Any]:  # fmt: skip
    import numpy as np

    whole = quarters_between(START, last)
    places = [whole.index(quarter) for quarter in quarters_between(first, last)]
    scale = scale_of(unit, before[:, places])
    low, middle, high = (float(v) for v in np.quantile(scale.of(after[:, places] - before[:, places]), BAND))
    values = {
        name: v for name, v in (reading.values if reading else {}).items() if name.partition(":")[2] in goods
    }
    return {
        "reading": reading.name if reading else OWN, "values": values, "effect": middle, "low": low, "high": high,
        "unit": scale.unit, "verified": reading.verified if reading else None,
        "source": reading.source if reading else "data/supply/parameters.csv",
        "note": "; ".join(dict.fromkeys(reading.notes[name] for name in values)) if reading else _OWN_NOTE,
    }  # fmt: skip
