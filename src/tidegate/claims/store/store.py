"""The store of what was read: documents, readings, claims, and what people decided about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from sqlalchemy import insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from tidegate.claims.reading import Reading
from tidegate.claims.store.address import connect, engine_of, read_address, shown
from tidegate.claims.store.audit import Actor, note_change
from tidegate.claims.store.decisions import VERDICTS, Decision, add_decision, decisions_about
from tidegate.claims.store.errors import StoreDownError, StoreError
from tidegate.claims.store.identity import claim_ids, storable
from tidegate.claims.store.linking import group_documents, link_group
from tidegate.claims.store.migrate import lock, migrate
from tidegate.claims.store.rows import as_stored, document_values, drop_claims, insert_claims, reading_of
from tidegate.claims.store.schema import appearances, documents, readings
from tidegate.dates import Day

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, RowMapping

    from tidegate.claims.documents import Document

__all__ = ["VERDICTS", "Decision", "Store", "Stored"]


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a reading: `new`, `replaced` (an earlier reading by the same reader) or `same`.

    claims: the ids of its claims, in order.
    """

    outcome: Literal["new", "replaced", "same"]
    claims: tuple[str, ...]


class Store:
    """A database of what was read. Open it with `Store.open`, close it when done, or use `with`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, address: str | Path, *, create: bool = True) -> Store:
        """Return the store at an address, its tables brought up to this version.

        address: a path, `sqlite:///FILE` or `postgresql://USER@HOST/DATABASE`. create: whether a file that
            is not there is made; otherwise it is an error.
        Raises: StoreError: if it cannot be opened, or a newer tidegate wrote it. MissingExtraError: for
            PostgreSQL without its driver.
        """
        url = read_address(address)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
            _check_place(Path(url.database or ""), create)
        engine = engine_of(url)
        try:
            with _errors(engine, "opened"):
                migrate(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    @property
    def address(self) -> str:
        """Where the store is, without a password."""
        return shown(self._engine.url)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Give a connection that reads one state of the store. Raises: StoreError: if that fails."""
        with (
            _errors(self._engine, "read"),
            connect(self._engine, write=False) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection that is alone in writing until it is done: all of it is kept, or nothing.

        Raises: StoreError: if that fails.
        """
        with (
            _errors(self._engine, "written"),
            connect(self._engine, write=True) as connection,
            connection.begin(),
        ):
            lock(connection)
            yield connection

    def put(self, reading: Reading, *, version: str, at: dt.datetime, actor: Actor | None = None) -> Stored:
        """Write a reading, whole or not at all; when this returns, it is on disk.

        The same words read again by the same reader of the same version change nothing; by another version
        the reading is replaced. Decisions stay with the claims whose words and slots are the same.
        version: of the reader. at: the moment of reading, with its time zone. actor: whoever brought the
            story, where a row of `audit` is to say so.
        Raises: StoreError: if it cannot be written. BadInputError: for a word that is longer than any is.
        """
        reading = as_stored(reading)
        ids = claim_ids(reading)
        with self.write() as connection:
            document = _document_row(connection, reading.document, at)
            _appear(connection, document["id"], reading.document)
            old = _reading_row(connection, document["id"], reading.reader)
            values = {"version": version, "published": reading.published, "notes": list(reading.notes)}
            if old is not None:
                if all(old[name] == value for name, value in values.items()):
                    stored = reading_of(connection, old)
                    if claim_ids(stored) == ids:
                        return Stored("same", ids)
                key = old["id"]
                drop_claims(connection, key)
                connection.execute(update(readings).where(readings.c.id == key).values(**values, read_at=at))
            else:
                statement = insert(readings).values(
                    **values, read_at=at, document=document["id"], reader=reading.reader
                )
                key = connection.execute(statement.returning(readings.c.id)).scalar_one()
            insert_claims(connection, key, reading, document["text"])
            if document["lead"] is not None:
                link_group(connection, document["lead"])
            if actor is not None:
                what = {"name": document["name"], "reader": reading.reader, "claims": len(ids)}
                note_change(connection, actor, at, "read", "document", document["digest"], after=what)
        return Stored("replaced" if old is not None else "new", ids)

    def is_read(self, document: Document, reader: str, version: str, published: Day | None) -> bool:
        """Whether a document was read by this version of a reader; where it was met is noted, if new.

        A document without a day that is now given one counts as unread: its dates can be resolved.
        """
        with self.connect() as connection:
            row = _reading_of(connection, document, reader)
        if row is None or row["version"] != version or (row["published"] is None and published is not None):
            return False
        with self.connect() as connection:
            known = _appearance(connection, row["document"], document)
        if not known:
            with self.write() as connection:
                _appear(connection, row["document"], document)
        return True

    def reading(self, document: Document, reader: str) -> Reading | None:
        """Return what a reader read in a document; None where it did not read it."""
        with self.connect() as connection:
            row = _reading_of(connection, document, reader)
            return reading_of(connection, row) if row is not None else None

    def readings(self, reader: str | None = None) -> Iterator[Reading]:
        """Yield every reading, or those of one reader, in the order they were first stored."""
        with self.connect() as connection:
            statement = select(readings).order_by(readings.c.id)
            if reader is not None:
                statement = statement.where(readings.c.reader == reader)
            for row in connection.execute(statement).mappings().all():
                yield reading_of(connection, row)

    def group_copies(self) -> None:
        """Find the copies among the documents and link their claims, if documents came in since the last time."""
        group_documents(self.connect, self.write)

    def decide(self, decision: Decision, *, via: str = "library", seen: int | None = None) -> None:
        """Add what a person decided; a later decision about the same thing overrules it, none is rewritten.

        When this returns, it is on disk, and so is the row of `audit` that tells of it.
        via: how the person is known, for that row. seen: how many decisions about the thing they had seen;
            None: whatever was decided meanwhile does not matter.
        Raises: StoreError: for a verdict that is none of `VERDICTS`, or nobody's. OvertakenError: if there
            are others than those seen; then nothing is written.
        """
        with self.write() as connection:
            add_decision(connection, decision, via, seen)

    def decisions(self, about: str | None = None, subject: str | None = None) -> tuple[Decision, ...]:
        """Return the decisions about a sort of thing, or about one thing, oldest first."""
        with self.connect() as connection:
            return decisions_about(connection, about, subject)


def _document_row(connection: Connection, document: Document, at: dt.datetime) -> RowMapping:
    """Return the row of a document; made if there is none, and what it did not say so far is filled in."""
    statement = select(documents).where(documents.c.digest == document.digest)
    row = connection.execute(statement).mappings().one_or_none()
    values = document_values(document)
    if row is None:
        connection.execute(insert(documents), [values | {"digest": document.digest, "first_read_at": at}])
    elif missing := {
        name: value for name, value in values.items() if row[name] is None and value is not None
    }:
        # Its day says which of its copies leads, so they are compared anew.
        lead = {"lead": None} if "published" in missing else {}
        connection.execute(update(documents).where(documents.c.id == row["id"]).values(**missing, **lead))
    else:
        return row
    return connection.execute(statement).mappings().one()


def _reading_row(connection: Connection, document: int, reader: str) -> RowMapping | None:
    statement = select(readings).where(readings.c.document == document, readings.c.reader == reader)
    return connection.execute(statement).mappings().one_or_none()


def _reading_of(connection: Connection, document: Document, reader: str) -> RowMapping | None:
    digest = replace(document, text=storable(document.text)).digest
    statement = (
        select(readings)
        .join(documents, documents.c.id == readings.c.document)
        .where(documents.c.digest == digest, readings.c.reader == reader)
    )
    return connection.execute(statement).mappings().one_or_none()


def _appearance(connection: Connection, document_id: int, document: Document) -> RowMapping | None:
    name = document_values(document)["name"]
    statement = select(appearances).where(appearances.c.document == document_id, appearances.c.name == name)
    return connection.execute(statement).mappings().one_or_none()


def _appear(connection: Connection, document_id: int, document: Document) -> None:
    if _appearance(connection, document_id, document) is None:
        values = document_values(document)
        kept = {name: values[name] for name in ("name", "url", "outlet", "published")}
        connection.execute(insert(appearances), [kept | {"document": document_id}])


def _check_place(path: Path, create: bool) -> None:
    if not create:
        mend = f"Read something into it first: tidegate read FILE --store {path}"
        raise StoreError(f"{path}: there is no store. {mend}")
    if not path.absolute().parent.is_dir():
        raise StoreError(f"{path}: there is no folder {path.parent}. Make it, or give another --store.")


@contextmanager
def _errors(engine: Engine, done: str) -> Iterator[None]:
    """Turn what a database says into one line that names the store and never its password."""
    import sqlite3

    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        if password := engine.url.password:
            reason = reason.replace(str(password), "***")
        raise StoreDownError(f"{shown(engine.url)}: the store cannot be {done}: {reason}.") from None
