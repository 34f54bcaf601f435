"""The ledger as the public could know it by a day: what came later is as if it had not been written."""

from __future__ import annotations

import msgspec

from tidegate.ledger.ledger import DayLike, Ledger, as_day

__all__ = ["as_known"]


def as_known(ledger: Ledger, day: DayLike) -> Ledger:
    """Return the ledger with only the entries that the public knew by a day; measures without one are gone.

    Any day of it is the regime that `ledger.on(day, known_by=...)` gives. A scenario applied to it departs from what
    stood on that day and not from what came. Raises: BadInputError: if the day is not written YYYY-MM-DD.
    """
    last, kept = as_day(day), []
    for measure in ledger:
        history = tuple(entry for entry in measure.history if entry.known <= last)
        limbs = tuple(
            msgspec.structs.replace(
                limb,
                history=tuple(entry for entry in limb.history if entry.known <= last),
                scheduled=tuple(plan for plan in limb.scheduled if plan.known <= last),
            )
            for limb in measure.limbs
        )
        if history or any(limb.history for limb in limbs):
            scheduled = tuple(plan for plan in measure.scheduled if plan.known <= last)
            kept.append(msgspec.structs.replace(measure, history=history, limbs=limbs, scheduled=scheduled))
    return Ledger(tuple(kept), last, ledger.scenario, ledger.starts)
