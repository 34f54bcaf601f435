"""Runs of stages over a stretch of days, one day at a glance, and the digest of a record."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.errors import BadInputError
from tidegate.ledger import Ledger, load_ledger
from tidegate.ledger.digest import ledger_digest
from tidegate.ledger.lanes import lanes
from tidegate.ledger.overview import overview
from tidegate.ledger.query import Question

DAYS = st.dates(dt.date(2018, 1, 1), dt.date(2027, 6, 1))


@settings(max_examples=25, deadline=None)
@given(first=DAYS, length=st.integers(0, 900), offset=st.integers(0, 900))
def test_on_each_day_the_run_says_what_the_regime_says(first, length, offset):
    ledger = load_ledger()
    last = first + dt.timedelta(days=length)
    day = first + dt.timedelta(days=min(offset, length))
    shown = {
        run["id"]: run["stage"]
        for run in lanes(ledger, first, last)
        if run["from"] <= day.isoformat() <= run["to"]
    }
    assert shown == {s.measure.id: s.stage.value for s in ledger.on(day)}


def test_runs_follow_each_other_without_gap_and_change_stage(ledger):
    by_measure = {}
    for run in lanes(ledger, None, "2026-11-21"):
        by_measure.setdefault(run["id"], []).append(run)
    for own in by_measure.values():
        for before, after in pairwise(own):
            gap = dt.date.fromisoformat(after["from"]) - dt.date.fromisoformat(before["to"])
            assert gap.days == 1
            assert before["stage"] != after["stage"]


def test_a_stage_keeps_the_measures_that_were_ever_on_it(ledger):
    table = lanes(ledger, None, "2026-11-21", Question.of(stage="suspended"))
    assert table.rows
    for key in {run["id"] for run in table}:
        assert "suspended" in {run["stage"] for run in table if run["id"] == key}


def test_runs_as_known_by_a_day_hold_nothing_that_was_learnt_later(ledger):
    last = [
        run
        for run in lanes(ledger, "2025-01-01", "2025-12-31", known_by="2025-02-24")
        if run["to"] == "2025-12-31"
    ]
    known = ledger.on("2025-12-31", "2025-02-24")
    assert {run["id"]: run["stage"] for run in last} == {s.measure.id: s.stage.value for s in known}
    assert len(known) < len(ledger.on("2025-12-31"))


def test_a_stretch_that_ends_before_it_starts_is_refused(ledger):
    with pytest.raises(BadInputError, match="Give the earlier day first"):
        lanes(ledger, "2025-02-01", "2025-01-01")


def test_an_overview_counts_each_binding_measure_once(ledger):
    day = overview(ledger, "2026-11-21")
    assert sum(row["binding"] for row in day.counts) == len(day.binding) == len(day.table())
    assert {s.measure.id for s in day.binding} == {s.measure.id for s in ledger.on("2026-11-21") if s.binds}


def test_an_overview_puts_the_talk_that_has_come_furthest_first(ledger):
    stages = [row["stage"] for row in overview(ledger, "2026-11-21").rumours]
    assert stages == sorted(stages, key=["proposed", "urged", "considering"].index)
    assert {"proposed", "urged", "considering"} == set(stages)


def test_a_look_back_sees_no_future(ledger):
    day = overview(ledger, "2025-06-01")
    assert all(row["known_by"] <= "2025-06-01" for row in (*day.dated, *day.announced, *day.rumours))


def test_a_digest_is_that_of_the_record_and_of_nothing_else(ledger):
    again = load_ledger()
    assert ledger_digest(again) == ledger_digest(ledger)
    assert ledger_digest(Ledger(ledger.measures[1:], ledger.read_to, None, ledger.starts)) != ledger_digest(
        ledger
    )
    assert ledger_digest(
        Ledger(ledger.measures, ledger.read_to, "a scenario", ledger.starts)
    ) != ledger_digest(ledger)
