"""One shipment checked: its facts as people give them, the decision, and what would change it.

>>> from tidegate.ledger import load_ledger
>>> checked = check({"item": "h20", "destination": "CN", "exporter_country": "US"}, load_ledger(), "2025-05-01")
>>> checked.decision["US"].label
'licence_required'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidegate.ledger import Ledger, Regime
from tidegate.ledger.ledger import DayLike
from tidegate.licensing.cases import facts_of_end_use
from tidegate.licensing.decide import decide
from tidegate.licensing.decision import Decision
from tidegate.licensing.nearest import Nearest, nearest
from tidegate.licensing.whatif import WhatIf, describe, what_if
from tidegate.tables import Table, Tabular, to_json

if TYPE_CHECKING:
    from tidegate.licensing.parties import Filled, Parties
    from tidegate.sources.ecfr import ControlList

__all__ = ["Checked", "check"]


@dataclass(frozen=True)
class Checked(Tabular):
    """A decision, the regime that it was made under, and what would change it.

    changed: the decision with facts changed, where that was asked. near: the nearest changes that loosen it.
    parties: what lists and owners told, where they were given.
    """

    decision: Decision
    regime: Regime
    changed: WhatIf | None
    near: tuple[Nearest, ...]
    parties: Filled | None = None

    def table(self) -> Table:
        """Return one row a government, the strictest first."""
        return self.decision.table()

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON shows: the decision, and what would change it."""
        return {
            **self.decision.about(),
            "decisions": {key: own.row() for key, own in self.decision.by_government.items()},
            "what_if": self.changed.row() if self.changed else None,
            "nearest": [change.row() for change in self.near],
            **({"parties": self.parties.row()} if self.parties else {}),
        }

    def to_json(self) -> str:
        """Return it as JSON text."""
        return to_json(self.to_dict())


def check(
    facts: Mapping[str, Any],
    ledger: Ledger,
    on: DayLike,
    known_by: DayLike | None = None,
    changes: Mapping[str, Any] | None = None,
    chart: ControlList | None = None,
    *,
    with_nearest: bool = True,
    parties: Parties | None = None,
) -> Checked:
    """Return what each government's law says of a shipment on a day, and what would change it.

    facts: by column of docs/columns.md, names in anybody's words; what is not given stays unknown, but for
        the activity, which is export. `end_use` may be words such as 'logic_7nm'. changes: facts to change for
        a second decision. chart: the US control list, where the user has its files. parties: lists and owners
        that the end user is looked up in.
    Raises: FieldError: naming the field that is not usable and the rule it breaks. BadInputError: for a
        day that is none.
    """
    facts = {"activity": "export", **facts}
    if isinstance(use := facts.get("end_use"), str):
        facts = {**facts_of_end_use(use), **facts}
    describe(facts)
    regime = ledger.on(on, known_by)
    filled = parties.fill(facts, regime.on) if parties else None
    if filled:
        facts = {**facts, **filled.facts}
    decision = decide(facts, regime, chart)
    changed = what_if(facts, regime, changes, chart) if changes else None
    near = nearest(facts, ledger, on, known_by, chart) if with_nearest else ()
    return Checked(decision, regime, changed, near, filled)
