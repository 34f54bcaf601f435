"""Where a store is, in the forms people write, and the engine that reaches it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tidegate.claims.store.errors import StoreError
from tidegate.errors import MissingExtraError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

__all__ = ["BUSY_SECONDS", "DEFAULT", "connect", "engine_of", "read_address", "shown"]

DEFAULT = "tidegate.db"
"""The store that is meant where none is named: a file in the working folder."""

BUSY_SECONDS = 60
"""How long a process waits while another one writes; a write takes milliseconds."""

_WRITE = "tidegate_write"

_SERVERS = ("postgresql", "postgresql+psycopg", "postgres")


def read_address(address: str | Path) -> URL:
    """Return the URL of a store: a path, `sqlite:///FILE` or `postgresql://USER@HOST/DATABASE`.

    Raises: StoreError: for an address in no such form; the message shows no password.
    """
    from sqlalchemy import URL, make_url
    from sqlalchemy.exc import ArgumentError

    text = str(address)
    forms = f"Give a path ({DEFAULT}), sqlite:///FILE or postgresql://USER@HOST/DATABASE"
    if not text.strip():
        raise StoreError(f"The store has no address. {forms}.")
    if "://" not in text and not text.startswith("sqlite:"):
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # What does not parse may have a password anywhere in it, so it is not shown.
        raise StoreError(f"The address of the store cannot be read. {forms}.") from None
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        if not url.database or url.database == ":memory:":
            raise StoreError(f"{shown(url)}: a store in memory is gone when the command ends. {forms}.")
        return url.set(drivername="sqlite")
    if url.drivername in _SERVERS:
        if not url.database:
            raise StoreError(f"{shown(url)}: no database is named. {forms}.")
        return url.set(drivername="postgresql+psycopg")
    raise StoreError(f"{shown(url)}: a store in '{url.drivername}' is not known. {forms}.")


def shown(url: URL) -> str:
    """Return an address for people: the path of a file; a server without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "sqlite://"
    plain = url.set(drivername=url.get_backend_name())
    secret = [key for key in plain.query if "password" in key.lower() or "secret" in key.lower()]
    return plain.difference_update_query(secret).render_as_string(hide_password=True)


def engine_of(url: URL) -> Engine:
    """Return the engine of a store.

    A write begins as one, so that two writers wait for each other instead of failing midway.
    Raises: MissingExtraError: if the driver of PostgreSQL is not installed.
    """
    from sqlalchemy import create_engine, event

    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine
    try:
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 15})
    except ImportError:
        mend = "Run: pip install 'tidegate[postgres]'"
        raise MissingExtraError(f"{shown(url)}: psycopg is not installed. {mend}") from None


def connect(engine: Engine, *, write: bool) -> Connection:
    """Return a connection that reads one state of the store, or one that writes and reads the latest."""
    connection = engine.connect()
    if engine.dialect.name == "sqlite":
        return connection.execution_options(**{_WRITE: write})
    # Said, as the default of a server may be another: a writer has to see what came in while it waited.
    return connection.execution_options(isolation_level="READ COMMITTED" if write else "REPEATABLE READ")


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions at a moment of its own; `_begin` does it instead.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    for _ in range(BUSY_SECONDS * 10):
        if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
            return
        # The switch does not wait for another process that opens the new file at the same moment.
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode=WAL")
            continue
        time.sleep(0.1)
    raise sqlite3.OperationalError("another process keeps the file locked, or it lies where none can write")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
