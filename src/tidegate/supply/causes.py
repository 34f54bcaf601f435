"""Which measures, channels and mechanisms carry what a scenario changes.

Explained is the difference between the run of a scenario and that of the record, draw by draw, as `effects` tells it.
The players are the measures (or the channels) in which the two differ. A measure that has joined bites as in the
scenario, one that has not as in the record; each gets Shapley's value, so that the parts add up to the effect, as
`explain` says. A mechanism is switched off in both runs, and its part is what of the effect then goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.supply.calibration import Calibration, load_calibration
from tidegate.supply.course import Course, shares_of
from tidegate.supply.effects import causes_of, check_span
from tidegate.supply.ensemble import Case, Executor, sweep
from tidegate.supply.explain import BY, TOGETHER, coalitions, shapley
from tidegate.supply.headlines import label_of
from tidegate.supply.monthly import VARIANTS
from tidegate.supply.outcomes import parse_outcome
from tidegate.supply.run import MECHANISMS
from tidegate.supply.scale import BAND, scale_of
from tidegate.supply.wedges_model import CHANNELS, QUALIFIES, Bite, Wedges, differing_bites
from tidegate.tables import Table, Tabular

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CHANNEL_WORDS", "Cause", "Causes", "explain_effect"]

CHANNEL_WORDS = {
    "stop": "denied sales",
    "ban": "denied sales with no way round",
    "licence": "licences",
    "delay": "waiting for licences",
    "cap": "allowances",
    "tariff": "tariffs",
    "revenue_cut": "cuts of revenue",
    "hazard": "fear of a cut-off",
    "exposure": "fear of a cut-off",
}
"""The channels of `wedges_model` in words."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What one player carries of an effect: median over draws, and the band of 80 percent.

    name: id of a measure, channel or mechanism. channels: in which a measure differs. source: of a measure.
    """

    name: str
    title: str
    channels: tuple[str, ...]
    source: str | None
    effect: float
    low: float
    high: float


@dataclass(frozen=True)
class Causes(Tabular):
    """An effect and what carries it, the largest part first. whole: the effect itself. runs: of the model."""

    scenario: str
    against: str
    outcome: str
    label: str
    unit: str
    first: str
    last: str
    by: str
    method: str
    whole: Cause
    parts: tuple[Cause, ...]
    runs: int
    samples: dict[str, NDArray[np.float64]]

    def table(self) -> Table:
        """Return a row per part, and the whole effect last."""
        rows = tuple(
            {
                self.by: part.name, "title": part.title, "channels": list(part.channels), "effect": part.effect,
                "low": part.low, "high": part.high, "source": part.source,
            }
            for part in (*self.parts, self.whole)
        )  # fmt: skip
        about = {
            "scenario": self.scenario, "against": self.against, "outcome": self.outcome, "label": self.label,
            "unit": self.unit, "from": self.first, "to": self.last, "method": self.method, "runs": self.runs,
            "sentence": self.sentence(),
        }  # fmt: skip
        return Table(rows, (self.by, "title", "channels", "effect", "low", "high", "source"), about, "parts")

    def sentence(self) -> str:
        """Return the answer as a sentence."""
        unit = {"percent": " %", "USD_bn": " billion USD"}.get(self.unit, f" {self.unit}")
        whole = f"{_number(self.whole.effect)}{unit} of {self.outcome} ({self.label})"
        if not self.parts:
            return f"Nothing carries the {whole}: {self.scenario} and {self.against} hold every flow alike."
        told, own = [], [part for part in self.parts if part.name != TOGETHER]
        for part in own[:3]:
            ways = ", ".join(dict.fromkeys(CHANNEL_WORDS[channel] for channel in part.channels))
            if self.by == "measure":
                told.append(f"{part.name} carries {_number(part.effect)} ({ways})")
            else:
                told.append(f"{part.title} {_number(part.effect)}")
        told += [f"{len(own) - 3} more the rest"] if len(own) > 3 else []
        text = f"Of the {whole}: {', '.join(told)}."
        for part in self.parts:
            if part.name == TOGETHER:
                text += f" {_number(part.effect)} is what more than two of them do only together."
        if self.by == "mechanism":
            text += " Mechanisms are switched off one at a time: their parts need not add up."
        return text


def _number(value: float) -> str:
    return f"{value:+.1f}" if abs(value) >= 1 else f"{value:+.2g}"


def explain_effect(
    scenario: Ledger,
    against: Ledger,
    outcome: str,
    first: str,
    last: str,
    *,
    by: str = "measure",
    draws: int = 100,
    seed: int = 0,
    calibration: Calibration | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Causes:
    """Return what carries the effect of a scenario on an outcome over some quarters.

    The whole is the effect that `effects.effects_of` gives for the same draws and seed. by: 'measure', 'channel' or
    'mechanism'. Raises: BadInputError: for an unknown outcome, span or `by`.
    """
    import numpy as np

    if by not in BY:
        raise BadInputError(f"by '{by}': an effect can be shared out by {', '.join(BY)}.")
    span = check_span(first, last)
    own = calibration or load_calibration()
    unit, label = parse_outcome(outcome, own.network).unit, label_of(own, outcome)
    one, other = Course(own, against, last), Course(own, scenario, last)
    readings = {at: (one.wedges(at), other.wedges(at)) for _, at, _ in shares_of(draws)}
    changed = _changed(readings.values())
    players = _players(changed, by)
    sets = coalitions(players) if by != "mechanism" else [frozenset[str](), frozenset(players)]
    without = [(), *((name,) for name in players)] if by == "mechanism" else [()]
    worlds = [(present, off) for off in without for present in sets]
    cases = [
        Case(_mixed(*readings[at], present, by), count, seed * len(VARIANTS) + variant, off)
        for present, off in worlds
        for variant, at, count in shares_of(draws)
    ]
    found = sweep(own.network, cases, [outcome], executor=executor, progress=progress)
    parts, places = len(shares_of(draws)), [one.quarters.index(quarter) for quarter in span]
    values = {
        world: np.concatenate(found[index * parts : (index + 1) * parts], axis=1)[0][:, places]
        for index, world in enumerate(worlds)
    }
    none, everyone = sets[0], sets[-1]
    scale = scale_of(unit, values[none, ()])
    told = {world: scale.of(value - values[none, ()]) for world, value in values.items()}
    whole = told[everyone, ()]
    if by == "mechanism":
        method = "one at a time"
        samples = {
            name: whole - scale.of(values[everyone, (name,)] - values[none, (name,)]) for name in players
        }
    else:
        method, samples = shapley(players, lambda present: told[present, ()])
    rows = sorted((_cause(name, values, by, changed, scenario, against) for name, values in samples.items()),
                  key=lambda part: -abs(part.effect))  # fmt: skip
    return Causes(
        scenario.scenario or "the record", against.scenario or "the record", outcome, label, scale.unit, first, last, by,
        method, _cause("effect", whole, "", changed, scenario, against), tuple(rows), len(worlds), samples,
    )  # fmt: skip


_Changed = dict[str, tuple[str, ...]]
"""Measure -> the channels in which its hold differs."""


def _changed(readings: Any) -> _Changed:  # noqa: ANN401
    found: dict[str, set[str]] = {}
    for before, after in readings:
        for measure, _, channel, _ in differing_bites(before, after):
            found.setdefault(measure, set()).add(channel)
    return {measure: tuple(c for c in CHANNELS if c in found[measure]) for measure in sorted(found)}


def _players(changed: _Changed, by: str) -> tuple[str, ...]:
    if by == "mechanism":
        return MECHANISMS
    if by == "measure":
        return tuple(changed)
    used = {QUALIFIES.get(channel, channel) for channels in changed.values() for channel in channels}
    return tuple(channel for channel in CHANNELS if channel in used)


def _mixed(before: Wedges, after: Wedges, present: frozenset[str], by: str) -> Wedges:
    """Wedges in which the players present bite as afterwards and all others as before."""
    if by == "mechanism":
        return after if present else before

    def has_joined(bite: Bite) -> bool:
        return (bite.measure if by == "measure" else QUALIFIES.get(bite.channel, bite.channel)) in present

    # In the order in which bites stand there, so that the ends are the two runs themselves to the last bit.
    bites = {b.key: b for b in before.bites if not has_joined(b)} | {
        b.key: b for b in after.bites if has_joined(b)
    }
    order = dict.fromkeys(b.key for b in (*after.bites, *before.bites))
    return replace(after if present else before, bites=tuple(bites[key] for key in order if key in bites))


def _cause(name: str, values: NDArray[np.float64], by: str, changed: _Changed, *ledgers: Ledger) -> Cause:
    import numpy as np

    low, middle, high = (float(value) for value in np.quantile(values, BAND))
    if by == "measure" and name != TOGETHER:
        (about,) = causes_of([name], *ledgers)
        return Cause(name, about["title"], changed[name], about["source"], middle, low, high)
    title = {
        "effect": "the whole effect", TOGETHER: "what more than two of them do only together", **CHANNEL_WORDS,
    }.get(name, name)  # fmt: skip
    return Cause(name, title, (), None, middle, low, high)
