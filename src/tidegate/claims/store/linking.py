"""Copies of one story among the documents of a store, and the claims that say the same in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select, update

from tidegate.claims.claim import Claim
from tidegate.claims.copies import group_copies
from tidegate.claims.documents import Document
from tidegate.claims.store.identity import plain_number
from tidegate.claims.store.rows import claims_of, document_of
from tidegate.claims.store.schema import claims, documents, readings

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["group_documents", "link_group"]

SAME_WORDS = 85.0
"""How alike, of 100, the words of two claims with the same slots are that count as one. An assumption: wire
copies differ by an editor's cut or a changed dateline, two claims of one story by more."""

TRIES = 3
"""How often grouping starts over because documents came in; then the process that added them does it."""

_Connect = Callable[[], AbstractContextManager["Connection"]]


def group_documents(read: _Connect, write: _Connect) -> None:
    """Find the copies among all documents and link their claims; nothing happens where all are grouped.

    The comparison holds no lock; its outcome is written only if no document came in meanwhile.
    """
    for _ in range(TRIES):
        with read() as connection:
            if not connection.execute(
                select(documents.c.id).where(documents.c.lead.is_(None)).limit(1)
            ).first():
                return
            count = _count(connection)
            rows = connection.execute(select(documents).order_by(documents.c.digest)).mappings().all()
        leads = _leads([(row["id"], document_of(row)) for row in rows])
        before = {row["id"]: row["lead"] for row in rows}
        with write() as connection:
            if _count(connection) != count:
                continue
            moved = [key for key, lead in leads.items() if before[key] != lead]
            _set_leads(connection, {key: leads[key] for key in moved})
            sizes = Counter(leads.values())
            # A new story that stands alone has nothing to link.
            touched = {leads[key] for key in moved if sizes[leads[key]] > 1 or before[key] is not None}
            touched |= {before[key] for key in moved} - {None}
            for lead in sorted(touched):
                link_group(connection, lead)
            return


def link_group(connection: Connection, lead: int) -> None:
    """Link each claim of a story's copies to the first one, the lead's if it has it, that says the same."""
    rows = connection.execute(
        select(readings.c.id, readings.c.document)
        .join(documents, documents.c.id == readings.c.document)
        .where(or_(documents.c.lead == lead, documents.c.id == lead))
        .order_by(documents.c.id != lead, documents.c.published, documents.c.digest, readings.c.reader)
    ).all()
    by_reading = claims_of(connection, [reading for reading, _ in rows])
    said: dict[tuple[Any, ...], list[tuple[int, str, str]]] = {}
    for reading, document in rows:
        for row, claim in by_reading[reading]:
            others = said.setdefault(_slots(claim), [])
            same = _same(row["folded"], [other for other in others if other[0] != document])
            if same is None:
                others.append((document, row["id"], row["folded"]))
            if same != row["same_as"]:
                connection.execute(update(claims).where(claims.c.key == row["key"]).values(same_as=same))


def _same(words: str, others: Sequence[tuple[int, str, str]]) -> str | None:
    from rapidfuzz import fuzz, process

    found = process.extractOne(
        words, [other[2] for other in others], scorer=fuzz.ratio, score_cutoff=SAME_WORDS
    )
    return others[found[2]][1] if found else None


def _slots(claim: Claim) -> tuple[Any, ...]:
    """Return what two copies of a claim have in common; a date may lean on the day of each copy."""
    return (
        claim.kind, claim.stage, claim.instrument, claim.metric, plain_number(claim.value), claim.unit,
        frozenset(claim.actor), frozenset(claim.target), frozenset(claim.counterparty), claim.future,
    )  # fmt: skip


def _set_leads(connection: Connection, leads: Mapping[int, int]) -> None:
    if leads:
        connection.execute(
            update(documents).where(documents.c.id == bindparam("key")).values(lead=bindparam("its_lead")),
            [{"key": key, "its_lead": lead} for key, lead in leads.items()],
        )


def _count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(documents)).scalar_one()


def _leads(rows: Sequence[tuple[int, Document]]) -> dict[int, int]:
    """Return the leading document of each document, by id; its own where it stands alone."""
    leads = {key: key for key, _ in rows}
    for group in group_copies([document for _, document in rows]):
        leads |= {rows[index][0]: rows[group.lead][0] for index in group.indexes}
    return leads
