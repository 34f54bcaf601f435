"""Which parameters an effect hangs on: its variance over their ranges shared out, and what of it rests on assumptions.

Sobol indices (`sensitivity`) of the effect of a scenario, as `effects` tells it, over every parameter of the engine that
has a range, and over the reading of licences and fears (`course`). The noise of demand is left out: it has no cause
that anyone could learn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.supply.calibration import Calibration, load_calibration
from tidegate.supply.course import Course
from tidegate.supply.draws import ENGINE_PARAMETERS, draws_from_uniforms, varying
from tidegate.supply.effects import check_span
from tidegate.supply.ensemble import Executor, mapped
from tidegate.supply.headlines import label_of
from tidegate.supply.monthly import VARIANTS
from tidegate.supply.network import Network
from tidegate.supply.outcomes import Outcome, parse_outcome, read_outcome
from tidegate.supply.run import run
from tidegate.supply.scale import scale_of
from tidegate.supply.sensitivity import Index, share_out
from tidegate.supply.wedges_model import Wedges
from tidegate.tables import Table, Tabular

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["READING", "Drivers", "drivers_of", "runs_of"]

READING = "licences_and_fears"
"""The factor beside the parameters: how many licences are given and how much a rumour is feared."""

_BLOCK = 256
_NOISE = "demand_noise"

_GROUP_SIZE = 4
"""The two groups have few columns: they can have so many times the sample."""


@dataclass(frozen=True)
class Drivers(Tabular):
    """The parameters that an effect hangs on, the strongest first. unit: of the effect.

    variance: of the effect, over all ranges. groups: the same for all assumptions at once and for all parameters with a
    source; what both do only together is in neither's first-order index. runs: pairs of runs behind it.
    about: parameter -> (kind, verified, source, what it is).
    """

    scenario: str
    against: str
    outcome: str
    label: str
    unit: str
    first: str
    last: str
    variance: float
    runs: int
    indices: tuple[Index, ...]
    groups: tuple[Index, ...]
    about: Mapping[str, tuple[str, bool, str, str]]

    def table(self) -> Table:
        """Return a row per parameter: first-order and total index, each with half its 95 percent interval."""
        rows = []
        for index in self.indices:
            kind, verified, source, what = self.about[index.parameter]
            rows.append({
                "parameter": index.parameter, "first": index.first, "first_doubt": index.first_doubt,
                "total": index.total, "total_doubt": index.total_doubt, "kind": kind, "verified": verified,
                "what": what, "source": source,
            })  # fmt: skip
        groups = [
            {"group": g.parameter, "first": g.first, "first_doubt": g.first_doubt, "total": g.total,
             "total_doubt": g.total_doubt} for g in self.groups
        ]  # fmt: skip
        about = {
            "scenario": self.scenario, "against": self.against, "outcome": self.outcome, "label": self.label,
            "unit": self.unit, "from": self.first, "to": self.last, "variance": self.variance, "runs": self.runs,
            "groups": groups, "sentence": self.sentence(),
        }  # fmt: skip
        columns = (
            "parameter",
            "first",
            "first_doubt",
            "total",
            "total_doubt",
            "kind",
            "verified",
            "what",
            "source",
        )
        return Table(tuple(rows), columns, about, "drivers")

    def sentence(self) -> str:
        """Return what of the variance rests on assumptions, as a sentence."""
        what = f"the effect on {self.outcome} ({self.label})"
        if not self.indices:
            return f"No parameter moves {what}: it is the same over all their ranges."
        deviation = self.variance**0.5
        told = {group.parameter: group for group in self.groups}
        text = f"Over the ranges of all parameters {what} has a standard deviation of {deviation:.2g} {self.unit}."
        if "assumption" in told:
            share = told["assumption"]
            text += (
                f" Assumptions alone account for {share.first:.0%} of its variance (±{share.first_doubt:.0%})"
            )
            rest = told.get("sourced")
            text += (
                f", parameters with a source for {rest.first:.0%} (±{rest.first_doubt:.0%})." if rest else "."
            )
        return text


@dataclass(frozen=True)
class _Task:
    """One block of the sample: all rows under one reading."""

    network: Network
    wedges: tuple[Wedges, Wedges]
    outcome: Outcome
    places: tuple[int, ...]
    names: tuple[str, ...]
    uniforms: Any


def runs_of(calibration: Calibration, size: int) -> int:
    """Return how many pairs of runs `drivers_of` makes."""
    return size * (len(_names(calibration)) + 3) + _GROUP_SIZE * size * 4


def drivers_of(
    scenario: Ledger,
    against: Ledger,
    outcome: str,
    first: str,
    last: str,
    *,
    size: int = 64,
    seed: int = 0,
    calibration: Calibration | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Drivers:
    """Return which parameters the effect of a scenario on an outcome hangs on.

    size: base sample, a power of two; the doubt of an index falls with its root. progress: called with the pairs of
    runs done and those in all.
    Raises: BadInputError: for an unknown outcome, span or size. MissingExtraError: if SALib is not installed.
    """
    span = check_span(first, last)
    own = calibration or load_calibration()
    wanted, label = parse_outcome(outcome, own.network), label_of(own, outcome)
    if size < 2 or size & (size - 1):
        raise BadInputError(f"size {size}: a Sobol sample has a power of two, as 64.")
    one, other = Course(own, against, last), Course(own, scenario, last)
    places = tuple(one.quarters.index(quarter) for quarter in span)
    readings = [(one.wedges(at), other.wedges(at)) for at in VARIANTS]
    names = _names(own)
    done, whole, unit = 0, runs_of(own, size), "percent"

    def values(uniforms: NDArray[np.float64]) -> NDArray[np.float64]:
        """Effects, (n,), for quantiles of the reading and the parameters, (n, 1 + parameters)."""
        nonlocal done, unit
        import numpy as np

        reading = np.minimum((uniforms[:, 0] * len(VARIANTS)).astype(int), len(VARIANTS) - 1)
        blocks = [
            rows[start : start + _BLOCK]
            for place in range(len(VARIANTS))
            for rows in [np.flatnonzero(reading == place)]
            for start in range(0, len(rows), _BLOCK)
        ]
        tasks = [
            _Task(own.network, readings[reading[rows[0]]], wanted, places, names, uniforms[rows, 1:])
            for rows in blocks
        ]
        before, after = np.empty((len(uniforms), len(places))), np.empty((len(uniforms), len(places)))
        for rows, (low, high) in zip(blocks, mapped(executor, _run_task, tasks), strict=True):
            before[rows], after[rows] = low, high
            done += len(rows)
            if progress is not None:
                progress(min(done, whole), whole)
        scale = scale_of(wanted.unit, before)
        unit = scale.unit
        return scale.of(after - before)

    factors = (READING, *names)
    about = {READING: _READING_ABOUT} | {name: _about(own, name) for name in names}
    variance, runs, indices = share_out(factors, values, size=size, seed=seed)
    groups: tuple[Index, ...] = ()
    sides = ["assumption" if about[name][0] in ("assumption", "memory") else "sourced" for name in factors]
    if indices and len(set(sides)) > 1:
        _, more, groups = share_out(factors, values, size=_GROUP_SIZE * size, seed=seed, groups=sides)
        runs += more
    return Drivers(
        scenario.scenario or "the record", against.scenario or "the record", outcome, label, unit, first, last,
        variance, runs, indices, groups, about,
    )  # fmt: skip


_READING_ABOUT = (
    "assumption", False, "assumption", "where in their ranges the shares of licences given and the fears of talk lie"
)  # fmt: skip


def _names(calibration: Calibration) -> tuple[str, ...]:
    return tuple(name for name in varying(calibration.network) if not name.startswith(_NOISE))


def _about(calibration: Calibration, name: str) -> tuple[str, bool, str, str]:
    parameter = calibration.network.parameters[name]
    base, _, good = name.partition(":")
    row = next((r for r in calibration.parameters if (r["parameter"], r["good"] or "") == (base, good)), None)
    verified = bool(row["verified"]) if row is not None else False
    return parameter.kind, verified, parameter.source, ENGINE_PARAMETERS[base][0]


def _run_task(task: _Task) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The outcome before and after in the quarters of the span, each (n, quarters)."""
    cut = max(task.places)
    draws = draws_from_uniforms(task.network, task.names, task.uniforms)

    def read(wedges: Wedges) -> NDArray[np.float64]:
        path = run(task.network, wedges.until(cut), draws, detail=task.outcome.needs_detail)
        return read_outcome(path, task.outcome)[:, list(task.places)]

    before, after = task.wedges
    return read(before), read(after)
