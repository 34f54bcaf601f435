"""The tables of the store, as one typed description for SQLite and PostgreSQL.

What is derived (`documents.lead`, `claims.same_as`) is written beside what was read and can be made anew
from it; `decisions` is what people said, `audit` who changed what, and both are only ever added to.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

__all__ = [
    "Moment", "appearances", "audit", "claim_words", "claims", "decisions", "documents", "metadata", "readings",
    "tokens",
]  # fmt: skip


class Moment(TypeDecorator[dt.datetime]):
    """A moment with its time zone: kept as UTC, which SQLite has no type for."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """Return the moment in UTC. Raises: ValueError: for one without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return the moment in UTC, with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    # The SHA-256 of its words: two files with the same words are one document.
    Column("digest", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("title", Text),
    Column("url", Text),
    Column("outlet", Text),
    Column("published", Date),
    Column("language", String(16)),
    Column("text", Text, nullable=False),
    # How the file was read, where that is worth knowing.
    Column("notes", JSON, nullable=False),
    Column("first_read_at", Moment, nullable=False),
    # The document that this one is a copy of, or itself; none until it was compared with the others.
    Column("lead", Integer, ForeignKey("documents.id"), index=True),
)

# Where the words of a document were met: one row for each file, address or outlet.
appearances = Table(
    "appearances",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", Integer, ForeignKey("documents.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text),
    Column("outlet", Text),
    Column("published", Date),
    UniqueConstraint("document", "name"),
)

readings = Table(
    "readings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", Integer, ForeignKey("documents.id"), nullable=False),
    Column("reader", String(200), nullable=False),
    Column("version", String(40), nullable=False),
    # The day that dates in the text were resolved against.
    Column("published", Date, index=True),
    Column("read_at", Moment, nullable=False),
    Column("notes", JSON, nullable=False),
    UniqueConstraint("document", "reader"),
)

claims = Table(
    "claims",
    metadata,
    Column("key", Integer, primary_key=True),
    # Made of the document, the words and the slots: the same claim read again, by anybody, has the same id.
    Column("id", String(16), nullable=False, index=True),
    Column("reading", Integer, ForeignKey("readings.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sentence", Text, nullable=False),
    # Without case and with single spaces, for search.
    Column("folded", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("stage", String(32), index=True),
    Column("instrument", String(32)),
    Column("date", String(10)),
    Column("date_first", Date),
    Column("date_last", Date),
    Column("metric", String(32)),
    # For comparison; the number itself, whose digits a double may not hold, stands beside it as JSON.
    Column("value", Double),
    Column("number", Text),
    Column("unit", Text),
    Column("period", String(21)),
    Column("certainty", String(16), nullable=False),
    Column("future", Boolean, nullable=False),
    # The id of the claim in the leading copy that says the same; none where it speaks for itself.
    Column("same_as", String(16), index=True),
    UniqueConstraint("reading", "ordinal"),
    UniqueConstraint("reading", "id", name="uq_claims_reading_id"),
)

# The slots of a claim that are lists, a row for each word.
claim_words = Table(
    "claim_words",
    metadata,
    Column("claim", Integer, ForeignKey("claims.key"), primary_key=True),
    Column("slot", String(16), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("word", String(255), nullable=False),
    Index("ix_claim_words_word", "word", "slot"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("about", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("why", Text),
    Column("payload", JSON),
    Index("ix_decisions_about", "about", "subject"),
)

# Who may write by a secret of their own. The secret itself is nowhere; `hash` is scrypt of it with `salt`, in hex.
tokens = Table(
    "tokens",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", String(80), nullable=False, index=True),
    Column("scope", String(16), nullable=False),
    Column("salt", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    # How they were known: a proxy, a token, the command line.
    Column("via", Text, nullable=False),
    Column("act", String(32), nullable=False),
    Column("about", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    # none_as_null: nothing before is NULL and not the JSON word.
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Index("ix_audit_about", "about", "subject"),
)
