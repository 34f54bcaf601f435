"""The brief of a day: what changed, who says so, what is ahead; nothing that the day could not know."""

import builtins
import csv
import datetime as dt
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tidegate.brief import day_brief
from tidegate.brief.day import earlier_day
from tidegate.brief.day_changes import decides_shipments
from tidegate.brief.day_page import day_page
from tidegate.brief.spans import plain_text
from tidegate.brief.word import said_in
from tidegate.errors import BadInputError
from tidegate.ledger.changes import RUMOURS, coming, diff
from tidegate.ledger.hindsight import ledger_as_known
from tidegate.ledger.model import Entry
from tidegate.ledger.scenario import apply_scenario_text

DAYS = ("2025-12-09", "2026-10-09")
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def briefs(ledger):
    return {on: day_brief(ledger, on, effects=False) for on in DAYS}


def words_of(day):
    """Every word of the page, a line for each line of it."""
    page = day_page(day.to_dict())
    lines = [page["lead"], *page["warnings"]]
    for section in page["sections"]:
        lines.append(section["title"])
        for group in section["groups"]:
            lines += [group["title"] or "", plain_text(group["notes"])]
            lines += [plain_text([*line["spans"], *line["sub"]]) for line in group["lines"]]
    return "\n".join(lines)


# --- what changed


@pytest.mark.parametrize("on", DAYS)
def test_law_and_talk_together_are_what_stands_differently(briefs, ledger, on):
    day = briefs[on]
    rows = diff(ledger, day.since, on, known_by=on).rows
    law = {row["id"] for row in rows if row["after"] not in {stage.value for stage in RUMOURS}}
    assert {one.id for one in day.moved} == law
    talked = {id_ for one in day.talk for id_ in (one.id, *one.also)}
    assert {row["id"] for row in rows} - law <= talked


def test_the_ninth_of_december_2025_tells_of_the_truce_the_h200_and_the_revocations(briefs):
    day = briefs["2025-12-09"]
    moved = {one.id: (one.before, one.stage) for one in day.moved}
    assert moved["us-2025-09-29-affiliates-rule"] == ("in_force", "suspended")
    assert moved["us-2025-10-30-busan-truce"] == ("announced", "in_force")
    assert moved["us-2025-12-08-h200-statement"] == (None, "announced")
    assert (day.due[0].on, day.due[0].days) == ("2025-12-31", 22)
    assert day.due[0].ids == ("us-2025-08-29-veu-revocations", "us-2025-09-02-veu-tsmc-nanjing")
    assert any(gauge.moved for gauge in day.gauges)


def test_the_ninth_of_october_2026_sees_the_suspensions_run_out(briefs):
    day = briefs["2026-10-09"]
    first = day.due[0]
    assert (first.on, first.days, first.government, first.next_stage, first.by_text) == (
        "2026-11-10", 32, "CN", "unknown", True,
    )  # fmt: skip
    assert "cn-2025-10-09-ann-61" in first.ids
    assert {one.name for one in day.scenarios} >= {"match-act", "allies-match-servicing"}
    assert "us-2026-09-24-washington-summit" in {one.id for one in day.moved}


@pytest.mark.parametrize("on", DAYS)
def test_every_statement_says_on_whose_word_and_every_source_of_the_page_is_one_of_the_record(
    briefs, ledger, on
):
    day = briefs[on]
    known = {
        entry.source
        for measure in ledger
        for part in (measure, *measure.limbs)
        for entry in (*part.history, *part.scheduled)
    }
    for one in (*day.moved, *day.talk, *day.due, *day.announced):
        assert one.said.who
        assert one.said.source in known
    assert all(row["source"] for row in day.table())


@pytest.mark.parametrize("on", DAYS)
def test_dates_are_those_of_coming_with_the_days_left(briefs, ledger, on):
    rows = [row for row in coming(ledger, on, 180) if row["what"] in ("change", "date")]
    told = [(due.on, due.days, id_) for due in briefs[on].due for id_ in due.ids]
    assert sorted(told) == sorted((row["on"], row["days"], row["id"]) for row in rows)


@pytest.mark.parametrize("on", ["2025-02-24", "2026-10-09"])
def test_a_brief_is_the_same_whatever_was_learnt_after_its_day(ledger, on):
    """What a ledger without hindsight gives, the whole ledger gives; but for the count of all that is on record."""
    then = ledger_as_known(ledger, dt.date.fromisoformat(on))
    now, back = (day_brief(each, on, effects=False) for each in (ledger, then))
    assert replace(now, measures_in_ledger=0) == replace(back, measures_in_ledger=0)


def test_a_ledger_without_hindsight_has_nothing_that_became_known_later(ledger):
    horizon = dt.date(2025, 2, 24)
    then = ledger_as_known(ledger, horizon)
    assert 0 < len(then) < len(ledger)
    parts = [part for measure in then for part in (measure, *measure.limbs)]
    assert all(entry.known <= horizon for part in parts for entry in (*part.history, *part.scheduled))
    assert ledger_as_known(ledger, dt.date(2100, 1, 1)).measures == ledger.measures


def test_a_source_is_named_by_who_stands_behind_it():
    def who(source):
        return said_in(Entry(on="2025-01-01", stage="in_force", note="x", source=source)).who

    assert who("https://www.federalregister.gov/x") == "a government's own page, federalregister.gov"
    assert who("https://www.mofcom.gov.cn/x") == "a government's own page, mofcom.gov.cn"
    assert who("https://www.skadden.com/x") == "skadden.com"
    assert who("https://notagov.gov.example.com/x") == "notagov.gov.example.com"
    assert who("press: Asahi, 2025-02-25") == "press, Asahi, 2025-02-25"
    assert who("note: a memo") == "a note without an address"


# --- the question


@pytest.mark.parametrize(
    ("since", "first"),
    [
        (30, "2025-11-09"),
        ("30", "2025-11-09"),
        ("2025-11-09", "2025-11-09"),
        (dt.date(2025, 11, 9), "2025-11-09"),
    ],
)
def test_the_earlier_day_is_a_day_or_days_back(since, first):
    assert earlier_day(dt.date(2025, 12, 9), since).isoformat() == first


@pytest.mark.parametrize(
    ("since", "words"),
    [(0, "out of range"), ("0", "out of range"), (-3, "out of range"), ("2025-12-09", "the day itself"),
     ("2025-12-10", "earlier day first"), ("last week", "YYYY-MM-DD"), ("9999999", "out of range"), ("", "YYYY-MM-DD")],
)  # fmt: skip
def test_an_earlier_day_that_is_none_is_refused_with_the_mend(since, words):
    with pytest.raises(BadInputError, match=words):
        earlier_day(dt.date(2025, 12, 9), since)


def test_the_record_is_told_the_same_as_values_json_and_rows(briefs):
    day = briefs["2026-10-09"]
    assert json.loads(day.to_json()) == json.loads(json.dumps(day.to_dict()))
    rows = list(csv.DictReader(io.StringIO(day.to_csv())))
    assert [row["id"] for row in rows if row["section"] == "moved"] == [one.id for one in day.moved]


# --- the page


@pytest.mark.parametrize("on", DAYS)
def test_what_a_page_leaves_out_it_counts_and_names_the_command(briefs, on):
    day, words = briefs[on], words_of(briefs[on])
    shown = [line["anchor"] for line in day_page(day.to_dict())["sections"][0]["groups"][0]["lines"]]
    if hidden := len(day.moved) - len(shown):
        assert f"and {hidden} more: tidegate diff {day.since} {on}" in words
    assert shown == [one.id for one in day.moved[: len(shown)]]
    assert "tidegate coming --on" in words


def test_a_page_without_effects_says_so_and_how_to_get_them(briefs):
    assert "Left out: it was not asked for; `tidegate brief --effects` brings it" in words_of(
        briefs["2026-10-09"]
    )


def test_a_scenario_and_a_day_beyond_the_sources_are_said_first(ledger):
    what_if = apply_scenario_text(ledger, "title: A dream\nedits:\n  - drop: jp-servicing-talks\n", "x")
    page = day_page(day_brief(what_if, "2026-11-21", effects=False).to_dict())
    assert page["warnings"][0] == "Scenario: A dream. This is not the record."
    assert page["warnings"][1].startswith(f"Sources were read to {ledger.read_to}.")


def test_a_day_on_which_nothing_moved_says_so(ledger):
    words = words_of(day_brief(ledger, "2018-01-20", 3, effects=False))
    assert "Nothing on record moved." in words


def test_without_tables_the_tide_is_left_out_with_the_mend(ledger, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name.partition(".")[0] == "pyarrow":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr("tidegate.brief.day_changes.TARGETS", ("JP",))
    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setattr("importlib.import_module", lambda name: without(name))
    day = day_brief(ledger, "2019-03-03", effects=False)

    assert day.gauges is None
    assert "pip install" in day.no_gauge
    assert "Left out: " in words_of(day)


def test_a_measure_decides_shipments_by_scope_and_effect(ledger):
    assert decides_shipments(ledger["us-2022-10-07-fab-end-use"])
    assert not decides_shipments(ledger["us-2025-10-30-busan-truce"])
    assert not decides_shipments(ledger["jp-servicing-talks"])


def test_every_anchor_of_an_equation_is_a_heading_of_the_model_page():
    from tidegate.brief.day_effects import EQUATIONS

    text = (ROOT / "docs" / "supply.md").read_text("utf-8")
    headings = {
        re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in text.splitlines()
        if line.startswith("#")
    }
    for kind, (equation, anchor) in EQUATIONS.items():
        assert anchor in headings, kind
        for number in re.findall(r"\((\d+)\)", equation):
            assert f"({number})" in text
    from tidegate.supply.calibration import load_calibration
    from tidegate.supply.headlines import headline_outcomes

    own = load_calibration()
    told = headline_outcomes(own, [row["good"] for row in own.goods])
    assert {name.split(":")[0] for name in told} == set(EQUATIONS)
