"""The ledger without hindsight: what of it the public could know by a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tidegate.dates import Day
from tidegate.ledger.ledger import DayLike, Ledger, as_day
from tidegate.ledger.model import BINDING, Limb, Measure, Stage
from tidegate.ledger.regime import Regime

__all__ = ["ledger_as_known", "ledgers_as_known", "measure_as_known"]


def ledger_as_known(ledger: Ledger, day: DayLike) -> Ledger:
    """Return the ledger without what was not public by a day; measures of which nothing was, are not in it.

    For what cannot be asked with `known_by`, as a run of the supply model. A scenario applied to it departs from what
    stood on that day and not from what came. Raises: BadInputError: if the day is none.
    """
    horizon = as_day(day)
    measures = (measure_as_known(measure, horizon) for measure in ledger)
    known = tuple(measure for measure in measures if measure.entries)
    return Ledger(known, ledger.read_to, ledger.scenario, ledger.starts)


def ledgers_as_known(ledger: Ledger, days: Iterable[Day]) -> tuple[tuple[Ledger, tuple[Day, ...]], ...]:
    """Return ledgers that decide as was known on each of some days, each with the days that it speaks for.

    On most days the public knew all that bound, so that the ledger itself speaks for them: many days can then be asked
    of the law at once, where `known_by` takes one. Only for answers on these very days.
    """
    groups: dict[tuple[str, ...], tuple[Ledger, list[Day]]] = {}
    for day in sorted(set(days)):
        now, then = _deciding(ledger.on(day)), _deciding(ledger.on(day, known_by=day))
        differ = {key[0] for key in now.keys() | then.keys() if now.get(key) != then.get(key)}
        known = {own: measure_as_known(ledger[own], day) for own in sorted(differ)}
        group = tuple(
            f"{own} {measure.history!r} {measure.scheduled!r} {measure.limbs!r}"
            for own, measure in known.items()
        )
        if group not in groups:
            measures = tuple(known.get(measure.id, measure) for measure in ledger)
            kept = tuple(measure for measure in measures if measure.entries)
            made = Ledger(kept, ledger.read_to, ledger.scenario, ledger.starts) if known else ledger
            groups[group] = made, []
        groups[group][1].append(day)
    return tuple((made, tuple(own)) for made, own in groups.values())


def _deciding(regime: Regime) -> Mapping[tuple[str, str | None], bool]:
    """Measures and limbs that may decide something on a day: whether they bind, or it is not known."""
    return {
        (standing.measure.id, part.limb): part.stage in BINDING
        for standing in regime
        for part in standing.limbs or (standing,)
        if part.stage in BINDING or part.stage is Stage.UNKNOWN
    }


def measure_as_known(measure: Measure, horizon: Day) -> Measure:
    """Return the measure without the entries and plans that were not public by then."""

    def known(part: Measure | Limb) -> dict[str, Any]:
        return {
            "history": tuple(entry for entry in part.history if entry.known <= horizon),
            "scheduled": tuple(plan for plan in part.scheduled if plan.known <= horizon),
        }

    limbs = tuple(msgspec.structs.replace(limb, **known(limb)) for limb in measure.limbs)
    return msgspec.structs.replace(measure, **known(measure), limbs=limbs)
