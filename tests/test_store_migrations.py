"""The tables of a store: made from nothing, brought up from each revision, refused where a newer version wrote."""

import subprocess
import sys

import pytest
import sqlalchemy as sa

from readings import AT, reading
from tidegate.claims.store import Store, StoreError
from tidegate.claims.store.address import engine_of, read_address
from tidegate.claims.store.migrate import VERSION_TABLE, migrate, revisions
from tidegate.claims.store.schema import metadata


@pytest.fixture
def engine(address):
    engine = engine_of(read_address(address))
    yield engine
    engine.dispose()


def differences(engine):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


@pytest.mark.parametrize("revision", revisions())
def test_from_each_revision_the_tables_become_those_of_this_version(engine, address, revision):
    migrate(engine, revision)

    with Store.open(address) as store:
        store.put(reading(), version="1", at=AT)
        assert list(store.readings()) == [reading()]
    assert differences(engine) == []


def test_a_store_that_is_up_to_date_is_not_written_to(engine, address, monkeypatch):
    migrate(engine)
    monkeypatch.setattr("tidegate.claims.store.migrate._upgrade", None)

    Store.open(address).close()


def test_a_store_that_a_newer_version_wrote_is_refused_and_left_as_it_is(engine, address):
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))

    with pytest.raises(
        StoreError, match=r"a newer tidegate wrote this store .*pip install --upgrade tidegate"
    ):
        Store.open(address)
    with engine.connect() as connection:
        assert connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() == "9999"


def test_a_database_with_tables_of_another_program_is_refused(engine, address):
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE claims (amount INTEGER)"))

    with pytest.raises(StoreError, match=r"tables of another program \(claims\)"):
        Store.open(address)
    assert sa.inspect(engine).get_table_names() == ["claims"]


def test_a_migration_that_breaks_leaves_nothing_behind(engine, address, monkeypatch):
    from tidegate.claims.store import migrate as module

    whole = module._upgrade

    def broken(connection, target):
        whole(connection, target)
        raise StoreError("the lights went out")

    monkeypatch.setattr(module, "_upgrade", broken)
    with pytest.raises(StoreError, match="lights"):
        Store.open(address)
    assert sa.inspect(engine).get_table_names() == []


def test_processes_that_open_a_new_store_at_once_make_its_tables_once(address):
    code = "import sys; from tidegate.claims.store import Store; Store.open(sys.argv[1]).close()"
    running = [
        subprocess.Popen([sys.executable, "-c", code, address], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    complaints = [process.communicate(timeout=120)[1] for process in running]

    assert complaints == [""] * 4
    with Store.open(address, create=False) as store:
        assert list(store.readings()) == []
