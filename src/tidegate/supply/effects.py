"""What a scenario changes: its run beside that of the record, in the same draws, with bands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.supply.calibration import Calibration, load_calibration
from tidegate.supply.course import START, Course, differing, samples_of
from tidegate.supply.ensemble import Executor
from tidegate.supply.headlines import headline_outcomes, label_of
from tidegate.supply.outcomes import parse_outcome
from tidegate.supply.quarters import quarters_between
from tidegate.supply.scale import BAND, in_order, scale_of, shown_of
from tidegate.tables import Table, Tabular

if TYPE_CHECKING:
    import numpy as np
    import pyarrow
    from numpy.typing import NDArray

__all__ = ["START", "Effects", "causes_of", "check_span", "effects_of", "effects_of_each"]

_BEFORE = 4
"""Quarters before the span that paths show beside it."""


@dataclass(frozen=True)
class Effects(Tabular):
    """The effect of a scenario over a span: one row for each outcome.

    scenario, against: titles. measures: ids whose hold on a flow differs between the two; causes: the same with
    title and source. rows: as in `table`. samples: outcome -> (draws,) effects, in the unit of its row.
    quarters: of the paths: the span, and up to a year before it. baseline, levels: outcome -> (draws, quarters), the
    level of the outcome under the other ledger and under the scenario, in its own unit.
    unchanged: why nothing changes, where nothing does.
    """

    scenario: str
    against: str
    first: str
    last: str
    draws: int
    seed: int
    measures: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    samples: Mapping[str, NDArray[np.float64]]
    quarters: tuple[str, ...]
    baseline: Mapping[str, NDArray[np.float64]]
    levels: Mapping[str, NDArray[np.float64]]
    units: Mapping[str, str]
    causes: tuple[dict[str, Any], ...] = ()
    unchanged: str | None = None

    def table(self) -> Table:
        """Return the outcomes, the largest effect first; beside them the causes and, by outcome, the paths."""
        about = {
            "scenario": self.scenario, "against": self.against, "from": self.first, "to": self.last,
            "draws": self.draws, "seed": self.seed, "unchanged": self.unchanged, "measures": list(self.causes),
            "quarters": list(self.quarters), "paths": self._paths(),
        }  # fmt: skip
        return Table(
            self.rows, ("outcome", "label", "unit", "effect", "low", "high", "baseline"), about, "effects"
        )

    def paths(self) -> Table:
        """Return low, median and high of each outcome by quarter, under the other ledger and under the scenario."""
        rows = []
        for row, path in zip(self.rows, self._paths(), strict=True):
            for run in ("baseline", "scenario"):
                for place, quarter in enumerate(self.quarters):
                    bands = {name: path[run][name][place] for name in ("low", "median", "high")}
                    rows.append({
                        "outcome": row["outcome"], "label": row["label"], "unit": path["unit"], "run": run,
                        "quarter": quarter, **bands,
                    })  # fmt: skip
        columns = ("outcome", "label", "unit", "run", "quarter", "low", "median", "high")
        about = {"scenario": self.scenario, "against": self.against}
        return Table(tuple(rows), columns, about, "paths")

    def draws_table(self) -> pyarrow.Table:
        """Return every draw as an Arrow table: outcome, unit, draw, quarter, baseline, scenario.

        Raises: MissingExtraError: if pyarrow is not installed.
        """
        import numpy as np

        from tidegate.tables import need

        arrow, names = need("pyarrow"), [row["outcome"] for row in self.rows]
        size, span = self.draws, len(self.quarters)
        words = arrow.DictionaryArray.from_arrays
        each = np.repeat(np.arange(len(names), dtype=np.int32), size * span)
        quarter = np.tile(np.arange(span, dtype=np.int32), len(names) * size)
        flat = {
            run: np.concatenate([values[name].ravel() for name in names] or [np.empty(0)])
            for run, values in (("baseline", self.baseline), ("scenario", self.levels))
        }
        table: pyarrow.Table = arrow.table({
            "outcome": words(arrow.array(each), arrow.array(names, arrow.string())),
            "unit": words(arrow.array(each), arrow.array([self.units[name] for name in names], arrow.string())),
            "draw": arrow.array(np.tile(np.repeat(np.arange(size, dtype=np.int32), span), len(names))),
            "quarter": words(arrow.array(quarter), arrow.array(self.quarters, arrow.string())),
            **{run: arrow.array(values) for run, values in flat.items()},
        })  # fmt: skip
        return table

    def _paths(self) -> list[dict[str, Any]]:
        return [
            {
                "outcome": row["outcome"],
                "unit": self.units[row["outcome"]],
                "baseline": _bands(self.baseline[row["outcome"]]),
                "scenario": _bands(self.levels[row["outcome"]]),
            }
            for row in self.rows
        ]


def effects_of(scenario: Ledger, against: Ledger, first: str, last: str, **how: Any) -> Effects:  # noqa: ANN401
    """Return what a scenario changes against another ledger, over the quarters from `first` to `last`.

    how: as in `effects_of_each`. Raises: BadInputError: if the span starts before the run, or an outcome is not known.
    """
    return effects_of_each([scenario], against, first, last, **how)[0]


def effects_of_each(
    scenarios: Sequence[Ledger],
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
) -> tuple[Effects, ...]:
    """Return what each of some scenarios changes against one ledger, all in the same draws.

    The effect on a value in USD is the change of its sum in percent; on an index or a share the mean change.
    outcomes: names as in `supply.outcomes`; without, those of the goods that any of the scenarios touches.
    executor: anything with an order-keeping `map`. progress: called with the draws done and those in all.
    Raises: BadInputError: if the span starts before the run, or an outcome is not known.
    """
    check_span(first, last)
    own = calibration or load_calibration()
    record, courses = Course(own, against, last), [Course(own, ledger, last) for ledger in scenarios]
    for name in outcomes or ():
        parse_outcome(name, own.network)
    changed = [differing(record, course) for course in courses]
    names = tuple(outcomes or headline_outcomes(own, {good for pairs in changed for _, good in pairs}))
    before, *after = samples_of([record, *courses], names, draws, seed, executor=executor, progress=progress)
    return tuple(
        _effects(own, ledger, against, (first, last), (draws, seed), names, pairs, before, values)
        for ledger, pairs, values in zip(scenarios, changed, after, strict=True)
    )


def check_span(first: str, last: str) -> tuple[str, ...]:
    """Return the quarters of a span. Raises: BadInputError: if it is none, or starts before the model does."""
    quarters = quarters_between(first, last)
    if first < START:
        raise BadInputError(
            f"The span starts in {first}, before the first quarter of the model. Take {START} or later."
        )
    return quarters


def causes_of(ids: Sequence[str], *ledgers: Ledger) -> tuple[dict[str, Any], ...]:
    """Return the title, the government and a source of each of some measures, from the first ledger that has it."""
    rows = []
    for name in ids:
        measure = next(ledger[name] for ledger in ledgers if name in ledger)
        links = [measure.official_url, *(entry.source for entry in reversed(measure.entries))]
        source = next((link for link in links if link and link.startswith("http")), links[-1])
        rows.append({"measure": name, "title": measure.title, "by": measure.jurisdiction, "source": source})
    return tuple(rows)


def _effects(
    own: Calibration, scenario: Ledger, against: Ledger, span: tuple[str, str], ensemble: tuple[int, int],
    names: Sequence[str], changed: Sequence[tuple[str, str]], before: NDArray[np.float64], after: NDArray[np.float64],
) -> Effects:  # fmt: skip
    import numpy as np

    whole = quarters_between(START, span[1])
    places = [whole.index(quarter) for quarter in quarters_between(*span)]
    shown = list(range(max(0, places[0] - _BEFORE), len(whole)))
    rows: list[dict[str, Any]] = []
    samples, units = {}, {}
    for place, name in enumerate(names):
        unit = units[name] = parse_outcome(name, own.network).unit
        scale = scale_of(unit, before[place][:, places])
        values = samples[name] = scale.of(after[place][:, places] - before[place][:, places])
        base = before[place][:, places]
        level = base.sum(axis=1) if scale.is_sum else shown_of(unit) * base.mean(axis=1)
        low, middle, high = (float(v) for v in np.quantile(values, BAND))
        rows.append({
            "outcome": name, "label": label_of(own, name), "unit": scale.unit, "effect": middle, "low": low,
            "high": high, "baseline": float(np.median(level)),
        })  # fmt: skip
    rows.sort(key=in_order)
    measures = tuple(sorted({measure for measure, _ in changed}))
    return Effects(
        scenario=scenario.scenario or "the record", against=against.scenario or "the record", first=span[0],
        last=span[1], draws=ensemble[0], seed=ensemble[1], measures=measures, rows=tuple(rows), samples=samples,
        quarters=tuple(whole[place] for place in shown),
        baseline={name: before[place][:, shown] for place, name in enumerate(names)},
        levels={name: after[place][:, shown] for place, name in enumerate(names)}, units=units,
        causes=causes_of(measures, scenario, against),
        unchanged=_why_unchanged(scenario, against, span[1], measures, samples),
    )  # fmt: skip


_NOTHING = 1e-9
"""Largest effect, in any unit, that is no more than rounding."""


def _why_unchanged(
    scenario: Ledger,
    against: Ledger,
    last: str,
    measures: Sequence[str],
    samples: Mapping[str, NDArray[np.float64]],
) -> str | None:
    """Why a scenario changes nothing that the model sees; None where something changes."""
    if measures:
        if any(abs(values).max() > _NOTHING for values in samples.values()):
            return None
        return (
            f"other measures hold as strictly what {', '.join(measures)} {'holds' if len(measures) == 1 else 'hold'}, or "
            "it has no bearing on the outcomes asked for"
        )
    edited = sorted(
        {m.id for m in scenario if m.id not in against or m != against[m.id]}
        | {m.id for m in against if m.id not in scenario}
    )
    if not edited:
        return "its edits leave the ledger as it is"
    have = "has" if len(edited) == 1 else "have"
    return (
        f"{', '.join(edited)} {have} the same hold on every flow of the model from {START} to {last}: the change comes "
        "later, concerns goods, firms or countries that the model does not have (tidegate simulate --list-outcomes names "
        "those it has), or is of a measure without a scope on record"
    )


def _bands(values: NDArray[np.float64]) -> dict[str, list[float]]:
    """Quantiles over draws by quarter. values: (draws, quarters)."""
    import numpy as np

    found = np.quantile(values, BAND, axis=0)
    return {name: [float(v) for v in found[k]] for k, name in enumerate(("low", "median", "high"))}
