"""What people decided about claims and other things: added, signed, never rewritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from tidegate.claims.store.audit import Actor, note_change
from tidegate.claims.store.errors import OvertakenError, StoreError
from tidegate.claims.store.schema import decisions

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["VERDICTS", "Decision", "add_decision", "decisions_about"]

VERDICTS = ("accept", "dismiss", "edit")
"""What a person may decide about something."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a claim, or about something else that has an id.

    about: the sort of thing ('claim'). subject: its id. at: the moment. payload: what was edited or made.
    """

    about: str
    subject: str
    verdict: str
    who: str
    at: dt.datetime
    why: str | None = None
    payload: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the decision as plain values."""
        return {name: getattr(self, name) for name in _COLUMNS} | {"at": self.at.isoformat()}


_COLUMNS = ("about", "subject", "verdict", "who", "at", "why", "payload")


def add_decision(connection: Connection, decision: Decision, via: str, seen: int | None) -> None:
    """Add a decision and the row that tells of the change. See `Store.decide`."""
    if decision.verdict not in VERDICTS:
        raise StoreError(f"verdict: '{decision.verdict}' is none of {', '.join(VERDICTS)}")
    if not decision.who.strip():
        raise StoreError("who: a decision has somebody who made it. Give a name.")
    earlier = decisions_about(connection, decision.about, decision.subject)
    if seen is not None and seen != len(earlier):
        last = f" {earlier[-1].who} said {earlier[-1].verdict}." if earlier else ""
        raise OvertakenError(
            f"Somebody decided about this {decision.about} since the page was opened.{last} Look again, then decide."
        )
    connection.execute(insert(decisions), [{name: getattr(decision, name) for name in _COLUMNS}])
    note_change(
        connection, Actor(decision.who, via), decision.at, decision.verdict, decision.about, decision.subject,
        before=_said(earlier[-1]) if earlier else None, after=_said(decision),
    )  # fmt: skip


def decisions_about(
    connection: Connection, about: str | None = None, subject: str | None = None
) -> tuple[Decision, ...]:
    """Return the decisions about a sort of thing, or about one thing, oldest first."""
    statement = select(decisions).order_by(decisions.c.id)
    if about is not None:
        statement = statement.where(decisions.c.about == about)
    if subject is not None:
        statement = statement.where(decisions.c.subject == subject)
    rows = connection.execute(statement).mappings().all()
    return tuple(Decision(**{name: row[name] for name in _COLUMNS}) for row in rows)


def _said(decision: Decision) -> dict[str, Any]:
    return {name: value for name, value in decision.to_dict().items() if name not in ("about", "subject")}
