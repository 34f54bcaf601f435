"""The ledger without hindsight: what of it the public could know by a day."""

from __future__ import annotations

from typing import Any

import msgspec

from tidegate.dates import Day
from tidegate.ledger.ledger import DayLike, Ledger, as_day
from tidegate.ledger.model import Limb, Measure

__all__ = ["ledger_as_known", "measure_as_known"]


def ledger_as_known(ledger: Ledger, day: DayLike) -> Ledger:
    """Return the ledger without what was not public by a day; measures of which nothing was, are not in it.

    For what cannot be asked with `known_by`, as a run of the supply model. A scenario applied to it departs from what
    stood on that day and not from what came. Raises: BadInputError: if the day is none.
    """
    horizon = as_day(day)
    measures = (measure_as_known(measure, horizon) for measure in ledger)
    known = tuple(measure for measure in measures if measure.entries)
    return Ledger(known, ledger.read_to, ledger.scenario, ledger.starts)


def measure_as_known(measure: Measure, horizon: Day) -> Measure:
    """Return the measure without the entries and plans that were not public by then."""

    def known(part: Measure | Limb) -> dict[str, Any]:
        return {
            "history": tuple(entry for entry in part.history if entry.known <= horizon),
            "scheduled": tuple(plan for plan in part.scheduled if plan.known <= horizon),
        }

    limbs = tuple(msgspec.structs.replace(limb, **known(limb)) for limb in measure.limbs)
    return msgspec.structs.replace(measure, **known(measure), limbs=limbs)
