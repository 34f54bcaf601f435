"""Who changed what in a store, when, and what stood there before: rows that are only ever added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from tidegate.claims.store.schema import audit
from tidegate.tables import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tidegate.claims.store.store import Store

__all__ = ["COLUMNS", "Actor", "changes", "note_change"]

COLUMNS = ("id", "at", "who", "via", "act", "about", "subject", "before", "after")


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who changes a store. via: how they are known: 'proxy', 'token NAME', 'command line'."""

    who: str
    via: str


def note_change(
    connection: Connection, actor: Actor, at: dt.datetime, act: str, about: str, subject: str, *,
    before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Add a row in the transaction of the change itself, so that there is neither without the other."""
    values = {"at": at, "who": actor.who, "via": actor.via, "act": act, "about": about, "subject": subject,
              "before": before, "after": after}  # fmt: skip
    connection.execute(insert(audit), [values])


def changes(
    store: Store, *, before_id: int | None = None, limit: int | None = 200, who: str | None = None,
    subject: str | None = None,
) -> Table:  # fmt: skip
    """Return the changes of a store, newest first, one row each.

    before_id: only those older than this row. limit: at most so many; None: all. who, subject: only theirs.
    Columns: id, at (ISO 8601, UTC), who, via, act, about, subject, before, after (mappings, or None).
    """
    statement = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if before_id is not None:
        statement = statement.where(audit.c.id < before_id)
    if who is not None:
        statement = statement.where(audit.c.who == who)
    if subject is not None:
        statement = statement.where(audit.c.subject == subject)
    with store.connect() as connection:
        found = connection.execute(statement).mappings().all()
    rows = tuple({**{name: row[name] for name in COLUMNS}, "at": row["at"].isoformat()} for row in found)
    about = {"store": store.address, "who": who, "subject": subject, "limit": limit}
    return Table(rows, COLUMNS, about, "changes")
