"""The store: what is put in comes out, once, and what people decided stays; on both databases."""

import dataclasses
import datetime as dt
import sqlite3

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from readings import AT, RECORDS, STORY, any_reading, reading
from tidegate.claims.store import Decision, Store, StoreError, claim_ids
from tidegate.errors import BadInputError


@pytest.fixture
def store(address):
    with Store.open(address) as store:
        yield store


def content(store):
    """What a store holds, without the moments and the keys of rows."""
    return sorted((repr(item), claim_ids(item)) for item in store.readings())


def test_a_reading_comes_out_as_it_went_in(store):
    put = reading(notes=("one passage in Dutch was not read",))

    stored = store.put(put, version="1", at=AT)

    assert list(store.readings()) == [put]
    assert store.reading(put.document, "local") == put
    assert stored.outcome == "new"
    assert stored.claims == claim_ids(put)


def test_the_same_words_read_twice_are_one_reading(store):
    first = store.put(reading(), version="1", at=AT)
    again = store.put(reading(), version="1", at=AT)

    assert again.outcome == "same"
    assert again.claims == first.claims
    assert len(list(store.readings())) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(item=any_reading())
def test_any_reading_comes_out_the_same_and_goes_in_once(store, item):
    first = store.put(item, version="1", at=AT)
    before = content(store)
    again = store.put(item, version="1", at=AT)

    assert again == dataclasses.replace(first, outcome="same")
    assert content(store) == before
    out = store.reading(item.document, "local")
    # What no database keeps stands there as the sign for it, in the same place.
    gone = str.maketrans(dict.fromkeys("\x00", "\ufffd"))
    assert out.document.text.split() == item.document.text.translate(gone).split()
    if out.document.text == item.document.text.translate(gone):
        # Else the same words came before, spaced otherwise, and the claims point into that text.
        assert [claim.start for claim in out.claims] == [claim.start for claim in item.claims]
    assert claim_ids(out) == first.claims
    for claim in out.claims:
        assert out.document.text[claim.start : claim.end] == claim.sentence


def test_a_new_version_of_a_reader_replaces_what_the_old_one_read(store):
    store.put(reading(), version="1", at=AT)
    newer = reading(records=RECORDS[:1])

    stored = store.put(newer, version="2", at=AT)

    assert stored.outcome == "replaced"
    assert list(store.readings()) == [newer]
    assert store.is_read(newer.document, "local", "2", None)
    assert not store.is_read(newer.document, "local", "1", None)


@pytest.mark.parametrize(
    "value",
    [10**26, 1e26, 4800, 5.92, -12, 0, 10**400, -(10**400), 2**53 + 1, 0.1],
    ids=lambda value: repr(value)[:20],
)
def test_a_number_keeps_every_digit(store, value):
    put = reading(records=({**RECORDS[1], "value": value},))
    store.put(put, version="1", at=AT)

    (out,) = store.readings()
    assert repr(out.claims[0].value) == repr(value)
    assert store.put(put, version="1", at=AT).outcome == "same"


@pytest.mark.parametrize("slot", ["actor", "period"])
def test_a_word_longer_than_any_is_refused_on_every_database_and_nothing_is_stored(store, slot):
    claim = reading().claims[0]
    wrong = ("x" * 256,) if slot == "actor" else "2025" * 10
    broken = dataclasses.replace(reading(), claims=(dataclasses.replace(claim, **{slot: wrong}),))

    with pytest.raises(
        BadInputError, match=f"dutch.txt: the {slot} of a claim has .* Nothing of it was stored"
    ):
        store.put(broken, version="1", at=AT)
    assert list(store.readings()) == []


def test_a_decision_stays_with_its_claim_when_the_story_is_read_again(store):
    ids = store.put(reading(), version="1", at=AT).claims
    decision = Decision("claim", ids[2], "accept", "mb", AT, "read the letter", {"measure": "jp-x"})
    store.decide(decision)

    # The new version sees one claim less and puts another first; the third is what it was.
    after = store.put(reading(records=(RECORDS[2], RECORDS[0])), version="2", at=AT).claims

    assert after == (ids[2], ids[0])
    assert store.decisions("claim", after[0]) == (decision,)


def test_a_claim_that_says_something_else_is_another_claim():
    one = reading()
    other = reading(records=({**RECORDS[0], "stage": "proposed"}, *RECORDS[1:]))

    assert claim_ids(one)[0] != claim_ids(other)[0]
    assert claim_ids(one)[1:] == claim_ids(other)[1:]


def test_the_day_the_reader_and_the_spacing_do_not_change_who_a_claim_is():
    spaced = STORY.replace("\n", "\n\n   ")

    assert claim_ids(reading()) == claim_ids(reading("b.txt", spaced, published=None, reader="gpt"))


def test_the_same_words_spaced_otherwise_are_one_document_and_their_claims_point_into_it(store):
    store.put(reading(), version="1", at=AT)
    split = STORY.replace("is considering limits", "is\n  considering  limits")
    records = [
        {
            **RECORDS[0],
            "sentence": RECORDS[0]["sentence"].replace("is considering limits", "is\n  considering  limits"),
        }
    ]
    store.put(reading("other.txt", split, records, reader="gpt"), version="1", at=AT)

    local, model = store.readings()
    assert model.document == local.document
    claim = model.claims[0]
    assert claim.sentence == RECORDS[0]["sentence"]
    assert model.document.text[claim.start : claim.end] == claim.sentence


def test_a_story_without_a_day_is_read_again_once_it_is_given_one(store):
    undated = reading(published=None)
    store.put(undated, version="1", at=AT)

    assert store.is_read(undated.document, "local", "1", None)
    assert not store.is_read(undated.document, "local", "1", dt.date(2025, 2, 25))


def test_what_a_document_did_not_say_so_far_is_filled_in(store):
    bare = reading(published=None, outlet=None)
    store.put(bare, version="1", at=AT)
    store.put(reading(), version="2", at=AT)
    store.put(reading("copy.txt", published="2025-03-01", outlet="The Times"), version="3", at=AT)

    (kept,) = store.readings()
    assert (kept.document.published, kept.document.outlet) == (dt.date(2025, 2, 25), "The Post")
    assert kept.document.name == bare.document.name


def test_a_search_sees_one_state_of_the_store_while_another_process_writes(store, address):
    from tidegate.claims.store.schema import claims

    count = sa.select(sa.func.count()).select_from(claims)
    store.put(reading(), version="1", at=AT)
    with store.connect() as connection:
        before = connection.execute(count).scalar()
        with Store.open(address) as other:
            other.put(reading(records=RECORDS[:1]), version="2", at=AT)
        during = connection.execute(count).scalar()
    with store.connect() as connection:
        after = connection.execute(count).scalar()

    assert (before, during, after) == (3, 3, 1)


def test_a_later_decision_is_added_and_none_is_rewritten(store, address):
    first = Decision("claim", "abc", "accept", "mb", AT)
    second = Decision("claim", "abc", "dismiss", "kl", AT + dt.timedelta(hours=1), "a copy of an old story")
    store.decide(first)
    store.decide(second)

    assert store.decisions("claim", "abc") == (first, second)
    assert store.decisions("screening hit") == ()
    engine = sa.create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    for statement in ("UPDATE decisions SET verdict = 'accept'", "DELETE FROM decisions"):
        with pytest.raises(sa.exc.DBAPIError, match="only added to"), engine.begin() as connection:
            connection.execute(sa.text(statement))
    engine.dispose()
    assert store.decisions() == (first, second)


@pytest.mark.parametrize(
    ("slot", "value", "message"), [("verdict", "maybe", "accept, dismiss, edit"), ("who", " ", "somebody")]
)
def test_a_decision_has_a_verdict_that_is_known_and_somebody_who_made_it(tmp_path, slot, value, message):
    with Store.open(tmp_path / "a.db") as store, pytest.raises(StoreError, match=message):
        store.decide(dataclasses.replace(Decision("claim", "abc", "accept", "mb", AT), **{slot: value}))


def test_moments_keep_their_zone_and_one_without_is_refused(store):
    there = dt.datetime(2026, 11, 21, 18, 30, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    store.decide(Decision("claim", "abc", "accept", "mb", there))

    assert store.decisions()[0].at == AT
    with pytest.raises(BadInputError, match="no time zone"):
        store.decide(Decision("claim", "abc", "accept", "mb", dt.datetime(2026, 11, 21)))  # noqa: DTZ001


def test_a_sqlite_store_is_on_disk_when_a_reading_is_reported_as_stored(tmp_path):
    with Store.open(tmp_path / "a.db") as store, store.connect() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_path_and_its_url_are_the_same_store(tmp_path):
    with Store.open(tmp_path / "a.db") as store:
        store.put(reading(), version="1", at=AT)
    with Store.open(f"sqlite:///{tmp_path / 'a.db'}", create=False) as store:
        assert len(list(store.readings())) == 1
        assert store.address == str(tmp_path / "a.db")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("", "has no address"),
        ("sqlite://", "gone when the command ends"),
        ("sqlite:///:memory:", "gone when the command ends"),
        ("mysql://u:geheim@h/d", "'mysql' is not known"),
        ("postgresql://u:geheim@h", "no database is named"),
        ("postgresql://u:geheim@h:port/d", "cannot be read"),
        (
            "postgresql://u:geheim@127.0.0.1:1/d?sslpassword=geheim",
            "127.0.0.1:1/d: the store cannot be opened",
        ),
        ("postgresql://u@127.0.0.1:1/d?password=geheim", "cannot be opened"),
        ("there/is/no/folder/a.db", "no folder there/is/no/folder"),
    ],
)
def test_an_address_that_is_none_says_what_one_looks_like_and_no_password(address, message):
    with pytest.raises(StoreError, match=message) as caught:
        Store.open(address)

    assert "geheim" not in str(caught.value)


def test_a_wrong_password_is_not_shown(request):
    from databases import PASSWORD, new_database

    address = new_database()
    with pytest.raises(StoreError, match="password authentication failed") as caught:
        Store.open(address.replace(PASSWORD, "geheim"))

    assert "geheim" not in str(caught.value)
    with Store.open(address) as store:
        assert PASSWORD not in store.address


def test_without_the_driver_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)

    with pytest.raises(ImportError, match=r"pip install 'tidegate\[postgres\]'"):
        Store.open("postgresql://u@127.0.0.1:1/d")


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path):
    file = tmp_path / "story.txt"
    file.write_text(STORY * 50)

    with pytest.raises(StoreError, match="not a database"):
        Store.open(file)
    assert file.read_text() == STORY * 50


def test_a_store_that_is_not_there_is_made_only_where_that_is_wanted(tmp_path):
    with pytest.raises(StoreError, match="tidegate read FILE --store"):
        Store.open(tmp_path / "a.db", create=False)
    assert not (tmp_path / "a.db").exists()


def test_a_reading_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    from tidegate.claims.store import store as module

    with Store.open(tmp_path / "a.db") as store:
        store.put(reading(), version="1", at=AT)
        before = content(store)

        def full(*_args):
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr(module, "insert_claims", full)
        with pytest.raises(StoreError, match="disk is full"):
            store.put(reading(records=RECORDS[:1]), version="2", at=AT)
        assert content(store) == before
