"""The stories of a store, newest first, with how many of their claims wait for a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import distinct, func, or_, select

from tidegate.claims.store import Store
from tidegate.claims.store.schema import claims, decisions, documents, readings
from tidegate.desk.lay_out import ID_DIGITS, example_story
from tidegate.desk.record import file_name
from tidegate.ledger import Ledger
from tidegate.ledger.ledger import DayLike
from tidegate.tables import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection, Subquery

__all__ = ["COLUMNS", "PAGE", "example_table", "story_table"]

COLUMNS = ("id", "published", "outlet", "title", "name", "claims", "open", "copies", "language", "source")

PAGE = 50
"""Stories of one page."""


def story_table(store: Store, *, words: str | None = None, state: str | None = None, page: int = 1) -> Table:
    """Return stories of a store, newest first, `PAGE` at a time; of copies the one that leads them.

    words: all stand in the title, the outlet or the text. state: `open`: with claims nobody accepted or
    dismissed; `decided`: with claims, none of them open. page: from 1.
    Columns: id, published, outlet, title, name (of the file), claims, open, copies (beside it), language,
    source (its address, where one is known).
    """
    decided = _decided()
    statement = select(documents).where(or_(documents.c.lead.is_(None), documents.c.lead == documents.c.id))
    for word in (words or "").split():
        like = f"%{word.replace('%', '').replace('_', ' ')}%"
        statement = statement.where(
            or_(documents.c.title.ilike(like), documents.c.outlet.ilike(like), documents.c.text.ilike(like))
        )
    of_story = readings.c.document == documents.c.id
    has = select(claims.c.key).join(readings, readings.c.id == claims.c.reading).where(of_story).exists()
    waiting = (
        select(claims.c.key)
        .join(readings, readings.c.id == claims.c.reading)
        .where(of_story, claims.c.id.not_in(select(decided.c.subject)))
        .exists()
    )
    if state == "open":
        statement = statement.where(waiting)
    elif state == "decided":
        statement = statement.where(has, ~waiting)
    with store.connect() as connection:
        total = connection.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
        ordered = statement.order_by(documents.c.published.desc().nulls_last(), documents.c.id.desc())
        found = connection.execute(ordered.limit(PAGE).offset((page - 1) * PAGE)).mappings().all()
        counts = _counts(connection, [row["id"] for row in found], decided)
    rows = tuple(
        {
            "id": row["digest"][:ID_DIGITS],
            "published": row["published"].isoformat() if row["published"] else None,
            **{name: row[name] for name in ("outlet", "title", "language")},
            "name": file_name(row["name"]),
            "source": row["url"],
            **counts[row["id"]],
        }
        for row in found
    )
    about: Mapping[str, Any] = {
        "store": store.address, "words": words, "state": state, "page": page,
        "pages": max(1, -(-total // PAGE)), "stories": total,
    }  # fmt: skip
    return Table(rows, COLUMNS, about, "rows")


def example_table(ledger: Ledger, on: DayLike) -> Table:
    """Return the same of a desk without a store: the shipped story, about which nothing can be decided."""
    story = example_story(ledger, on)
    told = {**story.about(), "claims": len(story.claims), "open": 0, "copies": 0, "source": None}
    about = {"store": None, "words": None, "state": None, "page": 1, "pages": 1, "stories": 1}
    return Table(({name: told[name] for name in COLUMNS},), COLUMNS, about, "rows")


def _decided() -> Subquery:
    """The claims whose last decision is an acceptance or a dismissal."""
    of_claims = decisions.c.about == "claim"
    last = (
        select(func.max(decisions.c.id).label("id")).where(of_claims).group_by(decisions.c.subject).subquery()
    )
    wanted = select(decisions.c.subject).join(last, last.c.id == decisions.c.id)
    return wanted.where(decisions.c.verdict != "edit").subquery()


def _counts(connection: Connection, ids: Sequence[int], decided: Subquery) -> dict[int, dict[str, int]]:
    """Return claims, open claims and copies of documents, by their key."""
    found = {key: {"claims": 0, "open": 0, "copies": 0} for key in ids}
    of_claims = connection.execute(
        select(
            readings.c.document, func.count(distinct(claims.c.id)), func.count(distinct(decided.c.subject))
        )
        .join(claims, claims.c.reading == readings.c.id)
        .outerjoin(decided, decided.c.subject == claims.c.id)
        .where(readings.c.document.in_(ids))
        .group_by(readings.c.document)
    )
    for key, count, done in of_claims:
        found[key] |= {"claims": count, "open": count - done}
    of_copies = connection.execute(
        select(documents.c.lead, func.count())
        .where(documents.c.lead.in_(ids), documents.c.lead != documents.c.id)
        .group_by(documents.c.lead)
    )
    for key, count in of_copies:
        found[key]["copies"] = count
    return found
