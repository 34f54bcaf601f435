"""What was read about one measure: the claims that bear it out, add to it or speak against it."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from tidegate.claims.reconcile import decide_claims
from tidegate.claims.reconcile.rarity import Rarity
from tidegate.claims.store.rows import claims_of
from tidegate.claims.store.schema import documents, readings
from tidegate.ledger.ledger import DayLike, as_day
from tidegate.tables import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping

    from tidegate.claims.store import Store
    from tidegate.ledger import Ledger

__all__ = ["HeldClaims", "claims_about"]

COLUMNS = (
    "label", "published", "outlet", "document", "digest", "stage", "certainty", "words", "why",
)  # fmt: skip

_ORDER = ("contradicts", "updates", "new", "supports")

_READING = (
    readings.c.id, readings.c.version, readings.c.read_at, readings.c.published, documents.c.outlet, documents.c.name,
    documents.c.digest,
)  # fmt: skip

_CHUNK = 5
"""Readings held against the ledger at a time."""

_MOST_KEPT = 50_000
"""Readings kept, the newest: some 50 MB. Of a larger store the answer says how many it rests on."""

_Held = Mapping[str, Sequence[Mapping[str, Any]]]
_Key = tuple[Any, ...]


def claims_about(
    store: Store, ledger: Ledger, measure_id: str, on: DayLike, known_by: DayLike | None = None
) -> Table:
    """Return the claims of a store that are about one measure, those against it first, newest first.

    Every reading of the store is held against the ledger; who asks more than once keeps a `HeldClaims`.
    known_by: leave out stories of a later day, and those of which nobody told the day.
    Columns: label (supports, updates, contradicts, ...), published, outlet, document, digest (of its text), stage,
    certainty, words (of the story), why.
    Raises: NotFoundError: if no measure has that id.
    """
    return HeldClaims(store, ledger, most=None).about(measure_id, on, known_by=known_by)


class HeldClaims:
    """The claims of a store held against a ledger, each reading once; what was read since is added when asked.

    What a claim comes to hangs on its story and on the ledger alone, so a reading is known by its row: one read
    anew, or given a day or an outlet, is held against the ledger again, and one taken out is let go.
    most: readings kept, the newest first; None: all.
    """

    def __init__(self, store: Store, ledger: Ledger, most: int | None = _MOST_KEPT) -> None:
        self._store, self._ledger, self._most = store, ledger, most
        self._rarity = Rarity.of(ledger)
        self._kept: dict[_Key, _Held] = {}
        self._one = threading.Lock()

    def about(
        self, measure_id: str, on: DayLike, seconds: float | None = None, known_by: DayLike | None = None
    ) -> Table:
        """Return the claims about one measure: see `claims_about`.

        seconds: how long to go on holding stories that are new; None: to the end. `about` says how many of how
        many `stories` the answer rests on: `held`.
        Raises: NotFoundError: if no measure has that id.
        """
        measure, day = self._ledger[measure_id], as_day(on)
        horizon = as_day(known_by).isoformat() if known_by else None
        with self._one:
            total = self._advance(seconds)
            own = [row for held in self._kept.values() for row in held.get(measure.id, ())]
            if horizon is not None:
                own = [row for row in own if row["published"] and row["published"] <= horizon]
            about = {"id": measure.id, "on": day.isoformat(), "stories": total, "held": len(self._kept)}
        own.sort(key=lambda row: (row["document"], row["words"]))
        own.sort(key=lambda row: row["published"] or "", reverse=True)
        own.sort(key=lambda row: _ORDER.index(row["label"]) if row["label"] in _ORDER else len(_ORDER))
        return Table(tuple(own), COLUMNS, about, "claims")

    def hold(self, seconds: float) -> bool:
        """Go on holding stories for so many seconds; whether all that are kept have been held."""
        with self._one:
            total = self._advance(seconds)
            return len(self._kept) >= min(total, self._most or total)

    def _advance(self, seconds: float | None) -> int:
        """Hold what is new, newest first, for some seconds; how many readings the store has."""
        end = None if seconds is None else time.monotonic() + seconds
        with self._store.connect() as connection:
            total: int = connection.execute(select(func.count()).select_from(readings)).scalar_one()
            # Stories of one day come together: what the ledger knew by then is looked up once for them.
            statement = select(*_READING).join(documents, documents.c.id == readings.c.document)
            statement = statement.order_by(readings.c.published.desc(), readings.c.id).limit(self._most)
            there = {tuple(row.values()): row for row in connection.execute(statement).mappings()}
            for key in self._kept.keys() - there.keys():
                del self._kept[key]
            new = [key for key in there if key not in self._kept]
            for start in range(0, len(new), _CHUNK):
                if end is not None and time.monotonic() >= end:
                    break
                self._kept.update(
                    self._hold(connection, {key: there[key] for key in new[start : start + _CHUNK]})
                )
        return total

    def _hold(self, connection: Connection, rows: Mapping[_Key, RowMapping]) -> Iterable[tuple[_Key, _Held]]:
        """Yield what each of some readings says, by measure."""
        told = claims_of(connection, [row["id"] for row in rows.values()])
        for key, row in rows.items():
            found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
            claims = [claim for _, claim in told[row["id"]]]
            for each in decide_claims(claims, self._ledger, row["published"], None, self._rarity):
                if each.measure is not None and each.claim.kind == "measure":
                    found[each.measure.id].append(
                        {
                            "label": each.label,
                            "published": row["published"].isoformat() if row["published"] else None,
                            "outlet": row["outlet"],
                            "document": row["name"],
                            "digest": row["digest"],
                            "stage": each.claim.stage,
                            "certainty": each.claim.certainty,
                            "words": " ".join(each.claim.sentence.split()),
                            "why": each.why,
                        }
                    )
            yield key, dict(found)
