"""The list that ships: what the ledger's measures put on lists, and nothing else."""

import datetime as dt

import pytest

from tidegate.catalog import load_catalog
from tidegate.ledger import load_ledger
from tidegate.ledger.listed import listed_parties
from tidegate.screening.finding import ExactFinder
from tidegate.screening.shipped import shipped_list


def on_lists(party, day):
    day = dt.date.fromisoformat(day)
    return {
        entry.list
        for entry in shipped_list().entries
        if ("tidegate", party) in entry.identifiers
        and entry.starts <= day
        and (entry.ends is None or day < entry.ends)
    }


def test_the_list_is_what_the_ledger_gives():
    rows = listed_parties(load_ledger()).rows

    assert [(row["id"], row["starts"]) for row in rows] == [
        (entry.id, entry.starts.isoformat()) for entry in shipped_list().entries
    ]


def test_every_entry_has_a_source_a_measure_and_a_party_of_the_catalog():
    ledger, catalog = load_ledger(), load_catalog()
    for entry in shipped_list().entries:
        measure, _, party = entry.id.partition("/")
        assert measure in ledger
        assert party in catalog.parties
        assert entry.source
        assert entry.name == catalog.parties[party].name
    assert shipped_list().as_of == ledger.read_to


@pytest.mark.parametrize(
    ("party", "day", "lists"),
    [
        ("huawei", "2019-05-15", set()), ("huawei", "2019-05-16", {"EL"}), ("huawei", "2025-06-10", {"EL", "TW-SHTC"}),
        ("zte", "2018-07-12", {"DPL"}), ("zte", "2018-07-13", set()), ("tdk", "2026-02-24", {"CN-AL"}),
        ("smic-research", "2024-12-01", set()), ("smic-research", "2024-12-02", {"EL"}),
        ("techinsights", "2025-10-09", {"CN-UEL"}), ("cxmt", "2025-02-28", {"1260H"}), ("alibaba", "2026-11-21", set()),
    ],
)  # fmt: skip
def test_a_party_is_on_its_lists_from_the_day_of_the_measure(party, day, lists):
    assert on_lists(party, day) == lists


def test_a_proposal_lists_nobody():
    assert not [entry for entry in shipped_list().entries if "proposal" in entry.id]


def test_a_party_that_a_scope_leaves_out_is_not_listed_by_it():
    # The batch of January 2025 leaves to later records the parties that its scope excepts.
    assert not [e for e in shipped_list().entries if e.id == "cn-2025-01-02-control-list-28/leidos"]


def test_a_suspended_listing_says_so():
    [entry] = [e for e in shipped_list().entries if e.id == "cn-2025-03-04-lists/leidos"]

    assert "suspended from 2025-11-10" in entry.remarks


def test_footnote_four_stands_with_the_measure_that_gave_it():
    found = {entry.id: entry for entry in shipped_list().entries if "sensetime" in entry.id}

    assert [entry.footnotes for entry in found.values()] == [("4",)]


def test_the_list_is_no_whole_copy_of_any():
    assert ExactFinder([shipped_list()]).covers == {}


def test_names_in_other_scripts_are_found():
    assert {hit.entry.list for hit in ExactFinder([shipped_list()])(["中芯国际"])} >= {"EL"}
