"""What was read about one measure: the same as reconciling the whole store, each story held against it once."""

import datetime as dt

import pytest

from readings import AT, RECORDS, STORY, reading
from tidegate.claims.about_measure import COLUMNS, HeldClaims, claims_about
from tidegate.claims.reconcile import reconcile
from tidegate.claims.store import Store
from tidegate.errors import NotFoundError

TALKS = "jp-servicing-talks"
DAY = "2026-11-21"


def story(number, **more):
    day = (dt.date(2025, 2, 20) + dt.timedelta(days=number)).isoformat()
    return reading(f"story-{number}.txt", f"Story {number}. {STORY}", published=day, **more)


@pytest.fixture
def store(address):
    with Store.open(address) as opened:
        for number in range(12):
            opened.put(story(number), version="1", at=AT)
        yield opened


def test_claims_about_a_measure_are_those_that_reconciling_the_store_gives(store, ledger):
    rows = [
        row
        for row in reconcile(store.readings(), ledger).table()
        if row["measure"] == TALKS and row["kind"] == "measure"
    ]
    found = claims_about(store, ledger, TALKS, DAY)

    digest = {each.document.name: each.document.digest for each in store.readings()}

    def order(row):
        return (row["document"], row["words"])

    assert rows
    assert sorted(found, key=order) == sorted(
        ({name: row.get(name, digest[row["document"]]) for name in COLUMNS} for row in rows), key=order
    )
    assert [row["published"] for row in found] == sorted((row["published"] for row in found), reverse=True)
    assert found.about["held"] == found.about["stories"] == 12


def test_a_story_read_since_is_added_one_read_anew_is_held_anew_and_the_others_are_left(
    store, ledger, monkeypatch
):
    held = HeldClaims(store, ledger)
    before = len(held.about(TALKS, DAY))
    asked = []
    whole = HeldClaims._hold
    monkeypatch.setattr(HeldClaims, "_hold", lambda self, c, rows: asked.extend(rows) or whole(self, c, rows))
    assert len(held.about(TALKS, DAY)) == before
    assert asked == []

    store.put(story(20), version="1", at=AT)
    assert len(held.about(TALKS, DAY)) == before + 1
    store.put(story(3, records=RECORDS[:2]), version="2", at=AT + dt.timedelta(days=1))
    assert len(held.about(TALKS, DAY)) == before
    assert len(asked) == 2
    assert list(held.about(TALKS, DAY)) == list(claims_about(store, ledger, TALKS, DAY))


def test_a_view_that_has_no_time_says_how_many_stories_it_rests_on(store, ledger):
    held = HeldClaims(store, ledger)
    first = held.about(TALKS, DAY, seconds=0)
    assert (len(first), first.about["held"], first.about["stories"]) == (0, 0, 12)
    while not held.hold(0.01):
        pass
    assert held.about(TALKS, DAY, seconds=0).about["held"] == 12


def test_of_a_store_that_is_too_large_the_newest_stories_are_held(store, ledger):
    held = HeldClaims(store, ledger, most=5)
    found = held.about(TALKS, DAY)
    assert (found.about["held"], found.about["stories"]) == (5, 12)
    assert {row["document"] for row in found} == {f"story-{number}.txt" for number in range(7, 12)}
    assert held.hold(0)


def test_as_known_by_a_day_no_later_story_speaks(store, ledger):
    store.put(reading("undated.txt", f"Story 30. {STORY}", published=None), version="1", at=AT)
    found = claims_about(store, ledger, TALKS, DAY, known_by="2025-02-25")
    assert found
    assert {row["published"] for row in found} == {f"2025-02-{day}" for day in range(20, 26)}


def test_a_measure_that_is_not_there_is_told(store, ledger):
    with pytest.raises(NotFoundError, match="No measure has the id"):
        claims_about(store, ledger, "jp-nothing", DAY)
