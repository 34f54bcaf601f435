"""What is talked about, proposed or announced: the fear of a cut-off on the lots that a measure would hold."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tidegate.dates import Day
from tidegate.ledger.model import Effect, Stage
from tidegate.ledger.scenario import apply_scenario
from tidegate.supply.decisions import decide_lots
from tidegate.supply.wedges_model import Bite

if TYPE_CHECKING:
    from tidegate.ledger import Ledger
    from tidegate.supply.wedges import Bound

__all__ = ["EARLY", "hazard_bites", "would_hold"]

EARLY = (Stage.CONSIDERING, Stage.URGED, Stage.PROPOSED, Stage.AGREED, Stage.ANNOUNCED)
"""Stages that bind nobody and warn."""

_RESTRICTS = (Effect.REQUIRE, Effect.PROHIBIT, Effect.DISCOURAGE)


def hazard_bites(bound: Bound, at: float = 0.5) -> list[Bite]:
    """Return the perceived hazard of every measure that does not bind yet, on the flows that it would hold.

    at: where in its range the hazard of a stage is taken, 0 to 1. `exposure` says of which part of the flow.
    """
    import numpy as np

    stages = _stages(bound)
    covered = would_hold(bound, stages)
    bites = []
    for measure, by_day in sorted(stages.items()):
        by_flow: dict[str, dict[tuple[int, int], float]] = {}
        for place in covered.get(measure, ()):
            lot = bound.lots[place]
            flow = by_flow.setdefault(lot.good, {})
            flow[lot.supplier, lot.buyer] = flow.get((lot.supplier, lot.buyer), 0.0) + lot.share[1]
        for good, flow in by_flow.items():
            values = np.zeros(
                (len(bound.quarters), len(bound.calibration.of_good(good)), len(bound.calibration.buyer_ids))
            )
            part = np.zeros_like(values)
            for quarter, days in enumerate(bound.days):
                hazards = [_hazard(bound, by_day[day], at) for day in days if day in by_day]
                for (supplier, buyer), share in flow.items():
                    values[quarter, supplier, buyer] = sum(hazards) / len(days)
                    part[quarter, supplier, buyer] = min(1.0, share) if hazards else 0.0
            if values.any():
                bites += [Bite(measure, good, "hazard", values), Bite(measure, good, "exposure", part)]
    return bites


def would_hold(bound: Bound, stages: Mapping[str, Mapping[Day, Stage]]) -> dict[str, set[int]]:
    """Return, by measure, the places of the lots that it holds once it binds, or would hold in force.

    A measure that comes to bind in the span is taken as it then does. One that never does is put in force, and
    asked on the last day of the span.
    """
    found: dict[str, set[int]] = {}
    for (place, day), held in bound.held.items():
        for hold in held.holds:
            for measure in hold.measures:
                if measure in stages and day > max(stages[measure]):
                    found.setdefault(measure, set()).add(place)
    never = [
        m for m in stages if m not in found and bound.ledger[m].effect in _RESTRICTS and _has_scope(bound, m)
    ]
    if never:
        last = bound.days[-1][-1]
        what_if = _in_force(bound.ledger, {m: max(stages[m]) for m in never})
        for (place, _), held in decide_lots(bound.lots, what_if, [last]).items():
            for hold in held.holds:
                for measure in set(hold.measures) & set(never):
                    found.setdefault(measure, set()).add(place)
    return found


def _hazard(bound: Bound, stage: Stage, at: float) -> float:
    p = bound.calibration.parameter(f"hazard_{stage.value}")
    return (
        p.low + (p.central - p.low) * at * 2
        if at <= 0.5
        else p.central + (p.high - p.central) * (at - 0.5) * 2
    )


def _stages(bound: Bound) -> dict[str, dict[Day, Stage]]:
    """The stage of each measure on the days on which it was early, as the public then knew it."""
    found: dict[str, dict[Day, Stage]] = {}
    bound_already: set[str] = set()
    for days in bound.days:
        for day in days:
            for standing in bound.ledger.on(day):
                if standing.binds:
                    bound_already.add(standing.measure.id)
                elif standing.stage in EARLY and standing.measure.id not in bound_already:
                    found.setdefault(standing.measure.id, {})[day] = standing.stage
    return found


def _has_scope(bound: Bound, measure: str) -> bool:
    own = bound.ledger[measure]
    return any(part.when is not None for part in (own, *own.limbs))


def _in_force(ledger: Ledger, since: Mapping[str, Day]) -> Ledger:
    """The ledger in which some measures are in force from a day of theirs."""
    edits = "".join(
        f"  - set: {measure}\n    stage: in_force\n    on: {day.isoformat()}\n"
        for measure, day in sorted(since.items())
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "in-force.yaml"
        file.write_text(f"title: if it came\nedits:\n{edits}", encoding="utf-8")
        return apply_scenario(ledger, file)
