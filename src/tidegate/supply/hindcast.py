"""The hindcast: a run started in 2022Q3 with what was known then, under the measures as they came, against what was.

Nothing is fitted to a target. The cycle is that foreseen in August 2022, unless the realised one is asked for.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.supply.baselines import known_spans, last_year
from tidegate.supply.calibration import START, Calibration, load_calibration
from tidegate.supply.monthly import Months, months_of_run
from tidegate.supply.observables import NotModelled, Observable, named, observable_of
from tidegate.supply.quarters import Month, calendar_period, months_of_period
from tidegate.supply.scale import BAND
from tidegate.supply.shipped import number
from tidegate.tables import Table, Tabular

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["START", "Answer", "Hindcast", "Target", "hindcast", "read_targets"]

_COLUMNS = (
    "id", "entity", "item", "geography", "period", "metric", "value", "unit", "tolerance", "tolerance_kind", "basis",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """One row of a file of targets. value: what was observed. tolerance: in units, or a share of the value.

    forecast: that of the day, where the file names one.
    """

    id: str
    entity: str
    item: str
    geography: str
    period: str
    metric: str
    value: float
    unit: str
    tolerance: float
    tolerance_kind: str
    basis: str = ""
    group: str = ""
    source: str = ""
    note: str = ""
    forecast: float | None = None

    @property
    def margin(self) -> float:
        """The tolerance in units of the value."""
        return self.tolerance * (abs(self.value) if self.tolerance_kind == "relative" else 1.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """The model's answer to a target. value: the median; band: 10 and 90 percent; None where it is not modelled.

    how: what the value is, or why there is none. last_year, forecast: the two baselines, where there are such.
    """

    target: Target
    value: float | None
    band: tuple[float, float] | None
    how: str
    last_year: float | None = None

    @property
    def inside_tolerance(self) -> bool | None:
        """Whether the value lies within the tolerance of what was observed."""
        return None if self.value is None else abs(self.value - self.target.value) <= self.target.margin

    @property
    def inside_band(self) -> bool | None:
        """Whether what was observed lies in the 80 percent band."""
        return None if self.band is None else self.band[0] <= self.target.value <= self.band[1]

    def skill(self, baseline: float | None) -> float | None:
        """Return 1 less the ratio of errors: 1 is perfect, 0 as good as the baseline; None without a baseline."""
        if self.value is None or baseline is None:
            return None
        own, other = abs(self.value - self.target.value), abs(baseline - self.target.value)
        if other == 0:
            return 0.0 if own == 0 else -float("inf")
        return 1 - own / other

    def row(self) -> dict[str, Any]:
        """Return the answer as plain values."""
        t = self.target
        return {
            "id": t.id, "entity": t.entity, "item": t.item, "geography": t.geography, "period": t.period,
            "metric": t.metric, "unit": t.unit, "modelled": self.value is not None, "value": self.value,
            "band": list(self.band) if self.band else None, "observed": t.value, "tolerance": t.margin,
            "inside_tolerance": self.inside_tolerance, "inside_band": self.inside_band,
            "baselines": {
                "last_year": _baseline(t, self.last_year, self.skill(self.last_year)),
                "forecast": _baseline(t, t.forecast, self.skill(t.forecast)),
            },
            "how": self.how, "source": t.source,
        }  # fmt: skip

    def line(self) -> dict[str, str]:
        """Return the answer in words for a table on a terminal."""
        t = self.target
        inside = [
            word for word, yes in (("tolerance", self.inside_tolerance), ("band", self.inside_band)) if yes
        ]
        return {
            "id": t.id, "of": " ".join(part for part in (t.entity, t.item, t.geography, t.metric) if part),
            "period": t.period, "observed": f"{t.value:g} {t.unit}",
            "model": "not modelled" if self.value is None else f"{self.value:.4g}",
            "band": f"{self.band[0]:.4g} to {self.band[1]:.4g}" if self.band else "",
            "inside": ", ".join(inside), "before": "" if self.last_year is None else f"{self.last_year:g}",
        }  # fmt: skip


def _baseline(target: Target, value: float | None, skill: float | None) -> dict[str, Any] | None:
    if value is None:
        return None
    finite = skill if skill is not None and skill != -float("inf") else None
    return {"value": value, "inside_tolerance": abs(value - target.value) <= target.margin, "skill": finite}


@dataclass(frozen=True)
class Hindcast(Tabular):
    """The answers to all targets. cycle: 'known' or 'realised'. draws, seed: of the ensemble."""

    answers: tuple[Answer, ...]
    cycle: str
    draws: int
    seed: int

    def summary(self) -> dict[str, Any]:
        """Return counts, coverage and skill over the targets that are modelled."""
        own = [a for a in self.answers if a.value is not None]
        return {
            "targets": len(self.answers), "modelled": len(own),
            "inside_tolerance": sum(bool(a.inside_tolerance) for a in own),
            "inside_band": sum(bool(a.inside_band) for a in own),
            "last_year": _against(own, [a.last_year for a in own]),
            "forecast": _against(own, [a.target.forecast for a in own]),
        }  # fmt: skip

    def about(self) -> dict[str, Any]:
        """Return what was asked and what the answer rests on."""
        return {
            "start": START, "cycle": self.cycle, "draws": self.draws, "seed": self.seed, "summary": self.summary(),
            "rests_on": "no parameter is fitted to a target; a run on the realised cycle knows more than was known",
        }  # fmt: skip

    def table(self) -> Table:
        """Return one row for each target."""
        rows = tuple(answer.row() for answer in self.answers)
        return Table(rows, tuple(rows[0]) if rows else ("id",), self.about(), "targets")


def _against(answers: Sequence[Answer], values: Sequence[float | None]) -> dict[str, Any] | None:
    """The skill against a baseline: errors in units of the tolerance, each at most ten, added up over targets."""
    pairs = [(a, v) for a, v in zip(answers, values, strict=True) if v is not None]
    if not pairs:
        return None
    own = sum(min(10.0, abs((a.value or 0.0) - a.target.value) / a.target.margin) for a, _ in pairs)
    other = sum(min(10.0, abs(v - a.target.value) / a.target.margin) for a, v in pairs)
    inside = sum(abs(v - a.target.value) <= a.target.margin for a, v in pairs)
    better = sum(abs((a.value or 0.0) - a.target.value) < abs(v - a.target.value) for a, v in pairs)
    return {
        "targets": len(pairs), "inside_tolerance": inside, "better": better,
        "own_inside_tolerance": sum(bool(a.inside_tolerance) for a, _ in pairs),
        "skill": 1 - own / other if other else None,
    }  # fmt: skip


def read_targets(path: str | Path) -> tuple[Target, ...]:
    """Return the targets of a CSV file. Raises: BadInputError: naming file, line, column and mend."""
    file = Path(path)
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{file}: the file cannot be read: {error}. Give a CSV file.") from None
    reader = csv.DictReader(lines)
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise BadInputError(
            f"{file}:1: column '{missing[0]}' is missing. Targets have {', '.join(_COLUMNS)}."
        )
    return tuple(_target(raw, f"{file}:{reader.line_num}") for raw in reader)


def _target(raw: Mapping[str, str], where: str) -> Target:
    def read(column: str) -> float:
        try:
            return number(raw[column])
        except (TypeError, ValueError):
            raise BadInputError(f"{where}: {column} '{raw[column]}' is no number. Write one.") from None

    if raw["tolerance_kind"] not in ("relative", "absolute"):
        raise BadInputError(
            f"{where}: tolerance_kind is '{raw['tolerance_kind']}'. Write relative or absolute."
        )
    words = {name: raw.get(name) or "" for name in ("basis", "group", "source", "note")}
    return Target(
        raw["id"], raw["entity"], raw["item"], raw["geography"] or "", raw["period"], raw["metric"], read("value"),
        raw["unit"], read("tolerance"), raw["tolerance_kind"], **words,
        forecast=read("forecast") if raw.get("forecast") else None,
    )  # fmt: skip


def hindcast(
    targets: Sequence[Target] | str | Path,
    ledger: Ledger,
    *,
    calibration: Calibration | None = None,
    draws: int = 1000,
    seed: int = 0,
    cycle: str = "known",
) -> Hindcast:
    """Return the model's answers to targets, from a run started in 2022Q3 under the measures as they came.

    targets: a CSV file in the layout of docs/supply.md, or its rows. draws: of the ensemble. cycle: 'known' in
        August 2022, or 'realised', which only shows how much of the errors is the cycle's.
    Raises: BadInputError: if the file or an option cannot be used.
    """
    own = calibration or load_calibration()
    rows = tuple(
        _in_months(target, own)
        for target in (read_targets(targets) if isinstance(targets, str | Path) else targets)
    )
    plans: dict[str, Observable | str] = {}
    for target in rows:
        try:
            months_of_period(target.period)
            plans[target.id] = observable_of(target, own)
        except (NotModelled, BadInputError) as reason:
            plans[target.id] = f"not modelled, because {reason}"
    known = [p for p in plans.values() if isinstance(p, Observable)]
    last = max(
        (months_of_period(t.period)[-1] for t in rows if isinstance(plans[t.id], Observable)), default=None
    )
    run = months_of_run(own, ledger, known, last, draws, seed, cycle) if last else None
    answers = [_answer(target, plans[target.id], run, own, rows) for target in rows]
    return Hindcast(tuple(answers), cycle, draws, seed)


def _in_months(target: Target, calibration: Calibration) -> Target:
    """A target with a fiscal period put into calendar months, as far as the firm's year is known."""
    firm = named(target.entity)
    try:
        return replace(
            target, period=calendar_period(target.period, calibration.fiscal_years.get(firm), firm)
        )
    except BadInputError:
        return target


def _answer(
    target: Target,
    plan: Observable | str,
    run: Months | None,
    calibration: Calibration,
    rows: Sequence[Target],
) -> Answer:
    import numpy as np

    if isinstance(plan, str) or run is None:
        return Answer(target, None, None, str(plan))
    before = last_year(target, rows, calibration)
    values = read_off(plan, run, target.period, known_spans(target, calibration))
    low, middle, high = (float(v) for v in np.quantile(values, BAND))
    return Answer(target, middle, (low, high), plan.how, before)


def read_off(
    plan: Observable, run: Months, period: str, known: Sequence[tuple[tuple[Month, ...], float]] = ()
) -> NDArray[np.float64]:
    """Return the values of an observable in a period, one for each draw.

    known: parts of the period with values that were out before the start, in the unit of the target.
    """
    import numpy as np

    printed = {month for months, _ in known for month in months} if not plan.of else set()
    months = tuple(month for month in months_of_period(period) if month not in printed)
    told = sum(value for _, value in known) if not plan.of else 0.0
    if not months:
        return np.full(run.draws, told)
    if plan.stock:
        months = months[-1:]
    values = run.total(plan, plan.outcomes, months)
    if plan.of:
        whole = run.total(plan, plan.of, months)
        return np.asarray(plan.scale * values / whole)
    if plan.anchor is None:
        return np.asarray(told + plan.scale * values)
    then = months_of_period(plan.anchor["period"])
    base = run.total(plan, plan.outcomes, then[-1:] if plan.stock else then)
    return np.asarray(told + plan.scale * run.anchor_level(plan.anchor) * values / base)
