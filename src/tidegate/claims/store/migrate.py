"""Bring a store to the tables of this version, under a lock, or say why that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tidegate.claims.store.address import connect, shown
from tidegate.claims.store.errors import StoreError
from tidegate.claims.store.schema import metadata

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

__all__ = ["LOCK", "VERSION_TABLE", "migrate", "revisions"]

VERSION_TABLE = "tidegate_version"
"""Not Alembic's usual name: a team's database may hold another program's tables as well."""

LOCK = 0x71DE_6A7E
"""The key of the advisory lock that every writer of a store on PostgreSQL takes."""


def revisions() -> tuple[str, ...]:
    """Return the revisions of the tables that this version knows, oldest first."""
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(reversed([step.revision for step in steps]))


def migrate(engine: Engine, to: str = "head") -> None:
    """Bring the tables to a revision; nothing happens where they are there already.

    Raises: StoreError: if a newer tidegate wrote the store, or its tables are somebody else's.
    """
    known = revisions()
    target = known[-1] if to == "head" else to
    with engine.connect() as connection:
        if _revision(connection) == target:
            return
    with connect(engine, write=True) as connection, connection.begin():
        lock(connection)
        current = _revision(connection)
        name = shown(engine.url)
        if current is not None and current not in known:
            raise StoreError(
                f"{name}: a newer tidegate wrote this store (tables {current}; this version knows them up to "
                f"{known[-1]}). Run: pip install --upgrade tidegate"
            )
        if current is None and (taken := _tables(connection) & set(metadata.tables)):
            raise StoreError(
                f"{name}: this database has tables of another program ({', '.join(sorted(taken))}). "
                "Give a database of its own."
            )
        if current is None or known.index(current) < known.index(target):
            _upgrade(connection, target)


def lock(connection: Connection) -> None:
    """Wait until no other writer is at work; ends with the transaction. On SQLite the file itself is locked."""
    from sqlalchemy import text

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def _upgrade(connection: Connection, target: str) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def _revision(connection: Connection) -> str | None:
    from alembic.migration import MigrationContext

    options: Mapping[str, str] = {"version_table": VERSION_TABLE}
    revision: str | None = MigrationContext.configure(connection, opts=dict(options)).get_current_revision()
    return revision


def _tables(connection: Connection) -> set[str]:
    from sqlalchemy import inspect

    return set(inspect(connection).get_table_names())


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    # A '%' in the path of an installation would be read as an interpolation.
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
