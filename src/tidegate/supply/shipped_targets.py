"""What came after the start of the model, out of the shipped observations: targets for a hindcast of one's own.

These are not the targets that the project holds the model to (docs/hindcast.md): they were looked at while bands were
widened, so they say how far the model was from what came, and not how far it would be from something unseen.
"""

from __future__ import annotations

from tidegate.errors import BadInputError
from tidegate.supply.calibration import Calibration
from tidegate.supply.hindcast import START, Target
from tidegate.supply.observables import NotModelled, observable_of
from tidegate.supply.quarters import months_of_period, months_of_quarter
from tidegate.supply.shipped import Row, read_rows

__all__ = ["TOLERANCES", "shipped_targets"]

TOLERANCES = {"absolute": 5.0, "relative": 0.15}
"""How near counts as near: five points for a share in percent, 15 percent for anything else. An assumption, and round:
the half-widths of the project's own targets lie between 10 and 25 percent."""


def shipped_targets(calibration: Calibration) -> tuple[Target, ...]:
    """Return the verified observations that begin after the start of the model and that it has an answer to."""
    first = months_of_quarter(START)[0]
    found = []
    for row in read_rows(calibration.folder, "history.csv"):
        try:
            months = months_of_period(row["period"])
        except BadInputError:
            continue
        if not row["verified"] or months[0] < first:
            continue
        target = _target(row)
        # Nothing is near a zero in percent.
        if not target.margin:
            continue
        try:
            observable_of(target, calibration)
        except NotModelled:
            continue
        found.append(target)
    return tuple(found)


def _target(row: Row) -> Target:
    kind = "absolute" if row["unit"] == "percent" else "relative"
    words = [row["entity"], row["item"], row["geography"], row["metric"], row["period"]]
    return Target(
        f"history:{row.line}:" + "-".join(word for word in words if word), row["entity"], row["item"] or "",
        row["geography"] or "", row["period"], row["metric"], row["value"], row["unit"], TOLERANCES[kind], kind,
        basis=row["basis"] or "", source=row["source"], note=row["note"] or "",
    )  # fmt: skip
