"""What is talked about, proposed or announced: the fear of a cut-off on the lots that a measure would hold."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tidegate.catalog import load_catalog
from tidegate.dates import Day
from tidegate.ledger.model import Effect, Instrument, Measure, Stage
from tidegate.ledger.scenario import apply_scenario
from tidegate.supply.decisions import decide_lots
from tidegate.supply.wedges_model import Bite

if TYPE_CHECKING:
    from tidegate.ledger import Ledger
    from tidegate.supply.wedges import Bound

__all__ = ["EARLY", "hazard_bites", "point", "would_hold"]

EARLY = (Stage.CONSIDERING, Stage.URGED, Stage.PROPOSED, Stage.AGREED, Stage.ANNOUNCED)
"""Stages that bind nobody and warn."""

_EXPORT = frozenset(
    Instrument(word)
    for word in (
        "chip_export",
        "equipment_export",
        "servicing",
        "software_export",
        "technology_export",
        "materials_export",
    )
)
_RESTRICTS = (Effect.REQUIRE, Effect.PROHIBIT, Effect.DISCOURAGE)


def hazard_bites(bound: Bound, at: float = 0.5) -> list[Bite]:
    """Return the perceived hazard of every measure that does not bind yet, on the flows that it would hold.

    at: where in its range the hazard of a stage is taken, 0 to 1. `exposure` says of which part of the flow.
    """
    import numpy as np

    if not bound.warned:
        found = _stages(bound)
        new = {talk: _new_law(bound, bound.ledger[talk]) for talk in found if _is_talk(bound, talk)}
        bound.warned.update(stages=found, covered=would_hold(bound, found), new=new)
    stages, covered = bound.warned["stages"], bound.warned["covered"]
    bites = _talk_bites(bound, stages, at)
    for measure, by_day in sorted(stages.items()):
        by_flow: dict[str, dict[tuple[int, int], float]] = {}
        for place in covered.get(measure, ()):
            lot = bound.lots[place]
            # Whoever is told by his own government to buy less does not lay up a stock.
            if bound.ledger[measure].jurisdiction == bound.calibration.buyer_ids[lot.buyer]:
                continue
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


def _talk_bites(bound: Bound, stages: Mapping[str, Mapping[Day, Stage]], at: float) -> list[Bite]:
    """Hazard of a control that governments talk of and that has no scope yet: on what its record names.

    It ends when the same government puts a control of that kind in force: the talk has then become law.
    """
    import numpy as np

    exposure = bound.calibration.parameter("talk_exposure")
    part_of_flow = point(exposure.low, exposure.central, exposure.high, at)
    buyers, bites = bound.calibration.buyer_ids, []
    for name, by_day in sorted(stages.items()):
        measure = bound.ledger[name]
        if not _is_talk(bound, name):
            continue
        ends = min((d for d in bound.warned["new"][name] if d > min(by_day)), default=Day.max)
        columns = [column for column, buyer in enumerate(buyers) if buyer in measure.destinations]
        for good in bound.calibration.goods:
            if not _speaks_of(measure, good["item"]):
                continue
            rows = [
                i
                for i, s in enumerate(bound.calibration.of_good(good["good"]))
                if s["country"] == measure.jurisdiction
            ]
            values = np.zeros(
                (len(bound.quarters), len(bound.calibration.of_good(good["good"])), len(buyers))
            )
            for quarter, days in enumerate(bound.days):
                hazards = [_hazard(bound, by_day[day], at) for day in days if day in by_day and day < ends]
                values[np.ix_([quarter], rows, columns)] = sum(hazards) / len(days)
            if values.any():
                part = np.where(values > 0, part_of_flow, 0.0)
                bites += [
                    Bite(name, good["good"], "hazard", values),
                    Bite(name, good["good"], "exposure", part),
                ]
    return bites


def _is_talk(bound: Bound, name: str) -> bool:
    """Whether a record is of talks about export controls and holds no shipment."""
    measure = bound.ledger[name]
    return measure.effect is Effect.NONE and measure.instrument in _EXPORT and not _has_scope(bound, name)


def _new_law(bound: Bound, talk: Measure) -> list[Day]:
    """Days on which a control of the same government and kind is seen to bind that did not on the first day."""
    first, found = bound.days[0][0], []
    old = {s.measure.id for s in bound.ledger.on(first) if s.binds}
    for days in bound.days:
        for day in days:
            for standing in bound.ledger.on(day):
                own = standing.measure
                alike = own.jurisdiction == talk.jurisdiction and own.instrument is talk.instrument
                if alike and standing.binds and own.id not in old and own.effect in _RESTRICTS:
                    found.append(day)
    return found


def _speaks_of(measure: Measure, item: str) -> bool:
    """Whether a record names an item, a class it belongs to, or something that belongs to it."""
    classes = load_catalog().classes_of
    return any(item in classes(own) or own in classes(item) for own in measure.items)


def would_hold(bound: Bound, stages: Mapping[str, Mapping[Day, Stage]]) -> dict[str, set[int]]:
    """Return, by measure, the places of the lots that it holds once it binds, or would hold in force.

    A measure that comes to bind in the span is taken as it then does. One that never does is put in force, and
    asked on the last day of the span.
    """
    found: dict[str, set[int]] = {}
    days = sorted({day for _, day in bound.held})
    # Judged on the first day after: what a framework comes to hold later, it holds by another measure.
    first = {m: next((d for d in days if d > max(by_day)), None) for m, by_day in stages.items()}
    for (place, day), held in bound.held.items():
        for hold in held.holds:
            for measure in hold.measures:
                if measure in first and day == first[measure]:
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
    return point(p.low, p.central, p.high, at)


def point(low: float, central: float, high: float, at: float) -> float:
    """Return the point of a range: 0 is low, 0.5 central, 1 high, and in a straight line between."""
    return low + (central - low) * at * 2 if at <= 0.5 else central + (high - central) * (at - 0.5) * 2


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
    return own.when is not None or any(limb.when is not None for limb in own.limbs)


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
