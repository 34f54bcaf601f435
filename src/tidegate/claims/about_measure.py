"""What was read about one measure: the claims that bear it out, add to it or speak against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.claims.reconcile import reconcile
from tidegate.ledger.ledger import DayLike, as_day
from tidegate.tables import Table

if TYPE_CHECKING:
    from tidegate.claims.store import Store
    from tidegate.ledger import Ledger

__all__ = ["claims_about"]

COLUMNS = (
    "label", "published", "outlet", "document", "stage", "certainty", "words", "why",
)  # fmt: skip

_ORDER = ("contradicts", "updates", "new", "supports")


def claims_about(store: Store, ledger: Ledger, measure_id: str, on: DayLike) -> Table:
    """Return the claims of a store that are about one measure, those against it first, newest first.

    Every reading of the store is held against the ledger: the time grows with the store.
    Columns: label (supports, updates, contradicts, ...), published, outlet, document, stage, certainty,
    words (of the story), why.
    Raises: NotFoundError: if no measure has that id.
    """
    measure = ledger[measure_id]
    held = reconcile(store.readings(), ledger, as_day(on)).table()
    own = [row for row in held if row["measure"] == measure.id and row["kind"] == "measure"]
    own.sort(key=lambda row: row["published"] or "", reverse=True)
    own.sort(key=lambda row: _ORDER.index(row["label"]) if row["label"] in _ORDER else len(_ORDER))
    rows = tuple({name: row[name] for name in COLUMNS} for row in own)
    return Table(rows, COLUMNS, {"id": measure.id, "on": as_day(on).isoformat()}, "claims")
