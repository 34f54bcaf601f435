"""The brief of a day with names of one's own: who came on a list since, who is on one, who was cleared."""

import datetime as dt
from dataclasses import replace

import pytest

from tidegate.brief import day_brief, day_only, write_brief
from tidegate.brief.day_parties import parties_on
from tidegate.claims.clearances import decision_about
from tidegate.claims.store import Store
from tidegate.screening.queries import Query
from tidegate.screening.screen import Lists
from tidegate.screening.shipped import shipped_list
from tidegate.sources.listing import Entry, PartyList

AT = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
OLD = Entry("EL:old", "EL", "BIS", "Jotrin Electronics Ltd.", 1, source="https://example.org/el")
NEW = Entry("EL:new", "EL", "BIS <b>", "Harbour Optics GmbH", 2, starts=dt.date(2026, 10, 1))
NAMES = (Query("Jotrin Elec", 1), Query("Harbour Optics GmbH", 2), Query("Zzyzx Bakery", 3))


@pytest.fixture(scope="module")
def lists():
    return Lists([PartyList("A made list", "made", (OLD, NEW), "0" * 64, dt.date(2026, 10, 2))])


def brief(ledger, lists, **more):
    return day_brief(ledger, "2026-10-09", effects=False, parties=NAMES, lists=lists, **more)


def test_who_came_on_a_list_since_stands_first(ledger, lists):
    held = brief(ledger, lists).parties
    assert [(line.name, line.is_new) for line in held.lines] == [
        ("Harbour Optics GmbH", True),
        ("Jotrin Elec", False),
    ]
    assert held.asked == 3
    assert held.whole
    assert held.lists == ("A made list of 2026-10-02, 7 days old",)


@pytest.mark.parametrize(("starts", "is_new"), [(0, False), (1, True), (8, True)])
def test_a_party_is_new_from_the_day_after_the_earlier_one(starts, is_new):
    first, day = dt.date(2026, 10, 1), dt.date(2026, 10, 9)
    one = replace(NEW, starts=first + dt.timedelta(starts))
    held = parties_on(Lists([PartyList("A made list", "made", (one,), "0" * 64)]), NAMES, first, day)
    assert [line.is_new for line in held.lines] == [is_new]


def test_a_party_that_stood_under_two_entries_is_not_new_when_one_of_them_ends():
    first, day = dt.date(2026, 10, 1), dt.date(2026, 10, 9)
    ended = replace(NEW, id="EL:ended", row=1, starts=None, ends=day)
    still = replace(NEW, row=2, starts=None)
    held = parties_on(Lists([PartyList("A made list", "made", (ended, still), "0" * 64)]), NAMES, first, day)
    assert [(line.id, line.is_new) for line in held.lines] == [("EL:new", False)]


def test_a_hit_that_people_cleared_is_counted_and_not_shown(ledger, lists, tmp_path):
    with Store.open(tmp_path / "team.db") as store:
        found = lists.screen("Jotrin Elec", on=dt.date(2026, 10, 9))
        store.decide(
            decision_about(found, "EL:old", "cleared", who="mb", why="other address", at=AT), via="test"
        )
        held = brief(ledger, lists, store=store).parties
    assert [line.id for line in held.lines] == ["EL:new"]
    assert held.cleared == 1


def test_the_page_shows_them_as_text_and_says_what_a_hit_is(ledger, lists, tmp_path):
    day = brief(ledger, lists)
    page = write_brief(day_only(day), tmp_path / "day.html").read_text("utf-8")
    assert "Your parties on lists" in page
    assert "BIS &lt;b&gt;" in page
    assert "not that the party is the same" in page
    assert "party" in {row["section"] for row in day.table().rows}


def test_the_shipped_list_alone_says_that_it_is_no_whole_copy(ledger, tmp_path):
    day = day_brief(ledger, "2026-10-09", effects=False, parties=NAMES, lists=Lists([shipped_list()]))
    assert day.parties.lines == ()
    text = write_brief(day_only(day), tmp_path / "day.txt").read_text("utf-8")
    assert "no whole copy of any list" in " ".join(text.split())


def test_without_names_there_is_no_such_part(ledger):
    assert day_brief(ledger, "2026-10-09", effects=False).parties is None
