"""Who is hit: the model asked about what changed, what comes and what is talked about, by what moves a flow of it."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.brief import day_brief
from tidegate.brief.day_changes import announced_without_a_day, moved_between, talk_around
from tidegate.brief.day_effects import effects_on, span_after
from tidegate.brief.day_record import DayBrief
from tidegate.brief.day_watch import due_after
from tidegate.brief.day_whatifs import (
    NO_SCOPE,
    NO_SHIPMENT,
    SORTS,
    Question,
    choose,
    next_quarter,
    questions_of,
)
from tidegate.kept import cache_file, keeping
from tidegate.ledger.hindsight import ledger_as_known
from tidegate.ledger.scenario import apply_scenario_text
from tidegate.supply.calibration import load_calibration
from tidegate.supply.effects import effects_of

pytest.importorskip("pyarrow", reason="tidegate[tables] is not installed")

ON, SINCE = dt.date(2025, 12, 9), dt.date(2025, 11, 9)
TALK = "us-2025-08-10-revenue-share-15"
VEU = ("us-2025-08-29-veu-revocations", "us-2025-09-02-veu-tsmc-nanjing")


@pytest.fixture(scope="module")
def asked(ledger):
    """What of the ninth of December 2025 the model is asked here: the law is asked anew for each change."""
    moved = [one for one in moved_between(ledger, SINCE, ON) if one.id == "us-2025-10-30-busan-truce"]
    due = [one for one in due_after(ledger, ON, 180) if set(one.ids) & set(VEU)]
    return moved, due, [one for one in announced_without_a_day(ledger, ON) if one.id == TALK]


@pytest.fixture(scope="module")
def effects(ledger, asked):
    told = []
    with keeping(cache_file()):
        found = effects_on(ledger, SINCE, ON, *asked, draws=10, seed=0, tell=lambda *each: told.append(each))
    assert ("weighing changes", 2, 2) in told
    return found


def test_each_sort_is_told_by_its_own_words_and_against_what_it_is_held(effects):
    by_sort = {one.sort: one for one in effects.what_ifs}
    assert by_sort["coming"].measures == VEU
    assert by_sort["coming"].in_record
    assert "2025-12-31" in by_sort["coming"].label
    assert by_sort["talk"].measures == (TALK,)
    assert by_sort["talk"].against == "the record"
    assert "in force" in by_sort["talk"].text
    assert (effects.first, effects.last) == ("2026Q1", "2026Q4")


def test_numbers_are_those_of_the_supply_model_on_the_ledger_of_that_day(ledger, effects):
    [talk] = [one for one in effects.what_ifs if one.sort == "talk"]
    then = ledger_as_known(ledger, ON)
    with keeping(cache_file()):
        run = effects_of(
            apply_scenario_text(then, talk.text, "x"), then, "2026Q1", "2026Q4", draws=10,
            outcomes=[line.outcome for line in talk.lines],
        )  # fmt: skip
    rows = {row["outcome"]: row for row in run.rows}
    assert talk.lines
    for line in talk.lines:
        row = rows[line.outcome]
        assert (line.effect, line.low, line.high) == pytest.approx((row["effect"], row["low"], row["high"]))


def test_what_has_a_date_in_the_record_is_told_as_what_it_does(ledger, effects):
    """Ending the validated status of plants takes sales from makers of tools: the sign is that of the event."""
    [coming] = [one for one in effects.what_ifs if one.sort == "coming"]
    firms = [line for line in coming.lines if line.kind == "companies"]
    assert firms
    assert all(line.high < 0 for line in firms)


def test_every_number_has_a_band_an_equation_and_what_it_rests_on(effects):
    for one in effects.what_ifs:
        assert one.lots > 0
        assert one.trade > 0
        assert {line.kind for line in one.lines} <= {"companies", "countries", "goods"}
        for line in one.lines:
            assert line.low <= line.effect <= line.high
            assert line.equation
            assert line.rests_on
            assert line.source is None or line.source.startswith("http")


def test_what_decides_no_shipment_is_named_with_the_reason(effects):
    assert [(one.id, one.why) for one in effects.not_modelled] == [("us-2025-10-30-busan-truce", NO_SHIPMENT)]


def test_how_far_the_model_was_stands_beside(effects):
    record = effects.record
    assert 0 < record["inside_band"] < record["modelled"]


def test_before_the_model_starts_it_is_left_out_with_the_reason(ledger):
    found = effects_on(
        ledger, dt.date(2021, 5, 1), dt.date(2021, 6, 1), (), (), (), draws=5, seed=0, tell=print
    )
    assert found.left_out == "the supply model runs from 2022Q3 to the year 2032"
    assert not found.what_ifs


# --- what is asked


def test_a_rumour_without_a_scope_is_named_as_such(ledger):
    then = ledger_as_known(ledger, ON)
    talk = talk_around(ledger, SINCE, ON)
    asked, not_asked = questions_of(then, load_calibration(), SINCE, ON, (), (), talk)
    assert {one.why for one in not_asked} <= {NO_SCOPE, NO_SHIPMENT}
    assert "jp-servicing-talks" in {one.id for one in not_asked}
    assert {one.sort for one in asked} == {"talk"}


@pytest.mark.parametrize("on", ["2023-11-01", "2024-12-20", "2025-06-01", "2025-12-09", "2026-10-09"])
def test_every_scenario_that_is_asked_makes_sense_and_differs_from_the_record(ledger, on):
    day = dt.date.fromisoformat(on)
    since, then = day - dt.timedelta(days=60), ledger_as_known(ledger, day)
    asked, _ = questions_of(
        then, load_calibration(), since, day, moved_between(ledger, since, day), due_after(ledger, day, 180),
        talk_around(ledger, since, day),
    )  # fmt: skip
    assert asked
    for one in asked:
        what_if = apply_scenario_text(then, one.text, "x")
        assert what_if.measures != then.measures
        if one.sort == "changed":
            # Taken back, it stands on the day as it stood before.
            [id_] = one.measures
            before, after = then.standing(id_, since), what_if.standing(id_, day) if id_ in what_if else None
            assert (before and before.stage) == (after and after.stage)


def question(sort, rank, trade, name):
    return Question(sort, name, "", False, (name,), (name,), "", ON, rank, 1, trade)


@given(
    st.lists(
        st.builds(
            question, st.sampled_from(SORTS), st.integers(0, 4), st.floats(0.01, 50), st.uuids().map(str)
        ),
        max_size=12,
    ),
    st.integers(1, 5),
)
@settings(max_examples=60, deadline=None)
def test_the_choice_is_bounded_has_each_sort_and_takes_nothing_before_what_goes_further(reach, most):
    chosen = choose(reach, most)
    assert len(chosen) == min(most, len(reach))
    if most >= len(SORTS):
        assert {one.sort for one in chosen} == {one.sort for one in reach}
    assert [SORTS.index(one.sort) for one in chosen] == sorted(SORTS.index(one.sort) for one in chosen)
    for one in reach:
        ahead = [
            own for own in chosen if own.sort == one.sort and (own.rank, -own.trade) > (one.rank, -one.trade)
        ]
        assert one in chosen or not ahead


@pytest.mark.parametrize(
    ("on", "quarter", "span"),
    [("2026-01-01", "2026-04-01", ("2026Q2", "2027Q1")), ("2026-03-31", "2026-04-01", ("2026Q2", "2027Q1")),
     ("2026-10-09", "2027-01-01", ("2027Q1", "2027Q4")), ("2026-12-31", "2027-01-01", ("2027Q1", "2027Q4"))],
)  # fmt: skip
def test_effects_are_told_over_the_four_quarters_after_that_of_the_day(on, quarter, span):
    day = dt.date.fromisoformat(on)
    assert next_quarter(day).isoformat() == quarter
    assert span_after(day) == span


def test_a_brief_with_effects_has_them_as_rows(ledger, effects):
    day = replace(day_brief(ledger, ON, SINCE, effects=False), effects=effects)
    assert isinstance(day, DayBrief)
    rows = [row for row in day.table() if row["section"].startswith("effect")]
    assert len(rows) == sum(len(one.lines) for one in effects.what_ifs)
    assert all("docs/supply.md#" in row["source"] for row in rows)
