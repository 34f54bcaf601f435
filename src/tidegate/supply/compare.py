"""Two scenarios side by side: each against the record, and one against the other, in the same draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidegate.ledger import Ledger
from tidegate.supply.effects import Effects, effects_of_each
from tidegate.supply.scale import BAND, in_order
from tidegate.tables import Table, Tabular

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Comparison", "compare"]

_COLUMNS = (
    "outcome", "label", "unit", "first", "first_low", "first_high", "second", "second_low", "second_high",
    "difference", "difference_low", "difference_high", "baseline",
)  # fmt: skip


@dataclass(frozen=True)
class Comparison(Tabular):
    """Two scenarios against one ledger. samples: outcome -> (draws,) second less first, in the unit of its row."""

    first: Effects
    second: Effects
    rows: tuple[dict[str, Any], ...]
    samples: Mapping[str, NDArray[np.float64]]

    def table(self) -> Table:
        """Return a row per outcome, the largest difference first."""
        about = {
            "first": self.first.scenario, "second": self.second.scenario, "against": self.first.against,
            "from": self.first.first, "to": self.first.last, "draws": self.first.draws, "seed": self.first.seed,
            "first_measures": list(self.first.causes), "second_measures": list(self.second.causes),
        }  # fmt: skip
        return Table(self.rows, _COLUMNS, about, "outcomes")


def compare(first: Ledger, second: Ledger, against: Ledger, start: str, last: str, **how: Any) -> Comparison:  # noqa: ANN401
    """Return what each of two scenarios changes against a ledger, and what the second changes beside the first.

    how: as in `effects.effects_of_each`; the run of the ledger is shared. Raises: BadInputError.
    """
    import numpy as np

    one, other = effects_of_each([first, second], against, start, last, **how)
    by_name, rows, samples = {row["outcome"]: row for row in other.rows}, [], {}
    for row in one.rows:
        name = row["outcome"]
        beside = by_name[name]
        samples[name] = other.samples[name] - one.samples[name]
        low, middle, high = (float(value) for value in np.quantile(samples[name], BAND))
        rows.append({
            "outcome": name, "label": row["label"], "unit": row["unit"],
            "first": row["effect"], "first_low": row["low"], "first_high": row["high"],
            "second": beside["effect"], "second_low": beside["low"], "second_high": beside["high"],
            "difference": middle, "difference_low": low, "difference_high": high, "baseline": row["baseline"],
        })  # fmt: skip
    rows.sort(key=lambda row: in_order(row, "difference"))
    return Comparison(one, other, tuple(rows), samples)
