"""What would change an answer: facts changed by hand, and the nearest changes that pass."""

import datetime as dt
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.licensing import FieldError, Outcome, decide
from tidegate.licensing.whatif import describe, nearest, read_setting, what_if

LEVEL = {outcome: level for level, outcome in enumerate(Outcome)}
CHIP = {"kind": "chip", "data_center": True, "activity": "export", "exporter_country": "US", "origin": "US",
        "destination": "CN", "end_user": "Some Firm", "end_user_us_listed": False,
        "end_user_headquarters": "CN"}  # fmt: skip
SCANNER = {"item": "NXT:1980Di", "activity": "export", "exporter_country": "NL", "destination": "CN"}


def decided_again(ask, ledger, on, near):
    changes = dict(near.changes)
    day = changes.pop("date", on)
    return decide({**ask, **changes}, ledger.on(day))[near.government].outcome


def test_a_what_if_leaves_the_first_answer_beside_the_second(ledger):
    ask = {**CHIP, "tpp": 6000, "performance_density": 7}

    answer = what_if(ask, ledger.on("2024-06-01"), dict([read_setting("item.tpp=1000")]))

    assert answer.before["US"].outcome is Outcome.LICENCE_REQUIRED
    assert answer.after["US"].outcome is Outcome.NONE
    assert answer.differs == ("US",)
    assert answer.row()["differs"]["US"] == {
        "before": "licence_required:presumption_of_denial", "after": "none"
    }  # fmt: skip


def test_a_fact_can_be_taken_away(ledger):
    answer = what_if(CHIP | {"tpp": 6000}, ledger.on("2024-06-01"), dict([read_setting("tpp=")]))

    assert answer.after["US"].outcome is Outcome.UNKNOWN


def test_a_what_if_keeps_its_day(ledger):
    with pytest.raises(FieldError, match="--on another day"):
        what_if(CHIP, ledger.on("2024-06-01"), {"date": "2025-01-01"})


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("tpp=2000", "tpp", 2000.0),
        ("item.memory_bw_gb_s=4000", "memory_bandwidth_gb_s", 4000.0),
        ("origin.country=US", "origin", "US"),
        ("end_user.listed=no", "end_user_us_listed", False),
        ("end_user=中芯国际", "end_user", "中芯国际"),
        ("tpp=", "tpp", None),
    ],
)
def test_a_setting_names_a_column_or_a_field_of_a_case_file(text, column, value):
    assert read_setting(text) == (column, value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tpp", "Write tpp=2000"),
        ("tpp=much", "'much' is no number"),
        ("itm.tpp=1", "Groups: item, origin, end_user, actor"),
        ("item.tp=1", "Did you mean 'tpp'"),
        ("activity=sell", "Words: export"),
    ],
)
def test_a_wrong_setting_names_the_field_and_the_mend(text, words):
    with pytest.raises(FieldError, match=words):
        read_setting(text)


def test_an_item_nobody_knows_is_an_error_unless_it_is_described():
    with pytest.raises(FieldError, match=r"Ids that are near: .*h20"):
        describe({"item": "h21"})
    describe({"item": "h21", "kind": "chip"})
    describe({"item": "dysprosium-magnet"})


def test_the_figure_just_below_the_threshold_passes_and_the_threshold_does_not(ledger):
    ask = {**CHIP, "tpp": 5000, "performance_density": 1}
    (tpp,) = [n for n in nearest(ask, ledger, "2024-06-01") if set(n.changes) == {"tpp"}]

    assert tpp.words == "tpp below 4800 TPP"
    assert tpp.changes["tpp"] == math.nextafter(4800, 0)
    assert tpp.outcome is Outcome.NONE
    assert decide({**ask, "tpp": 4800}, ledger.on("2024-06-01"))["US"].outcome is Outcome.LICENCE_REQUIRED


def test_the_overlay_just_above_the_limit_passes_and_the_limit_does_not(ledger):
    (overlay,) = [n for n in nearest(SCANNER, ledger, "2024-10-10") if "dco_nm" in n.changes]

    assert (overlay.government, overlay.words) == ("NL", "dco_nm above 2.4 nm")
    assert overlay.changes["dco_nm"] == math.nextafter(2.4, 3)
    regime = ledger.on("2024-10-10")
    assert decide({**SCANNER, "dco_nm": 2.4}, regime)["NL"].outcome is Outcome.LICENCE_REQUIRED


def test_the_day_before_a_measure_passes(ledger):
    days = [n for n in nearest(SCANNER, ledger, "2024-10-10") if "date" in n.changes]

    assert [(n.words, n.changes["date"]) for n in days] == [("before 2024-09-07", dt.date(2024, 9, 6))]


def test_the_day_from_which_another_rule_counts_passes(ledger):
    ask = {**SCANNER, "exporter_country": "US", "origin": "US", "end_user": "Some Firm",
           "end_user_us_listed": False, "end_user_headquarters": "CN"}  # fmt: skip
    (later,) = [n for n in nearest(ask, ledger, "2024-06-01") if n.words.startswith("from")]

    assert (later.words, later.outcome) == ("from 2024-12-02", Outcome.NONE)
    assert decide(ask, ledger.on("2024-12-01"))["US"].outcome is Outcome.LICENCE_REQUIRED


def test_a_chinese_headquarters_abroad_is_what_holds_the_chip_back(ledger):
    ask = {**CHIP, "item": "b200", "destination": "MY"}
    words = [n.words for n in nearest(ask, ledger, "2026-06-15") if n.government == "US"]

    assert "if the end user were not headquartered in CN or elsewhere in us:d5_macau" in words


def test_place_and_headquarters_are_changed_together_where_neither_is_enough(ledger):
    ask = {**CHIP, "item": "h100-sxm", "exporter_country": "NL", "origin": "NL"}
    (pair,) = [n for n in nearest(ask, ledger, "2025-06-10") if "date" not in n.changes]

    assert set(pair.changes) == {"destination", "end_user_headquarters"}
    assert "another shipment" in pair.words


def test_what_the_end_user_is_taken_for_is_said_where_nobody_told(ledger):
    ask = {name: value for name, value in CHIP.items() if name != "end_user_us_listed"}
    found = nearest({**ask, "item": "b200", "destination": "MY"}, ledger, "2026-06-15")

    assert found
    assert all(n.words.endswith("provided the end user is on no list") for n in found)
    assert all(n.changes["end_user_us_listed"] is False for n in found)


def test_a_listing_is_changed_only_with_the_end_user(ledger):
    ask = {"kind": "part", "eccn": "EAR99", "activity": "export", "exporter_country": "US", "destination": "CN",
           "end_user": "Huawei", "end_user_us_listed": True}  # fmt: skip
    found = nearest(ask, ledger, "2024-06-01")

    assert [n.words for n in found if "end_user_us_listed" in n.changes] == ["another end user, on no list"]
    assert all("end_user" in n.changes for n in found if "end_user_us_listed" in n.changes)


def test_nothing_is_offered_where_nothing_holds_the_shipment_back(ledger):
    assert nearest({**CHIP, "tpp": 100}, ledger, "2024-06-01") == ()


shipments = st.fixed_dictionaries(
    {
        "activity": st.sampled_from(["export", "reexport", "software_download", "servicing"]),
        "exporter_country": st.sampled_from(["US", "NL", "JP", "CN", "TW"]),
        "destination": st.sampled_from(["CN", "HK", "MY", "JP", "RU", "US"]),
    },
    optional={
        "item": st.sampled_from(
            ["h20", "h100", "nxt-1980di", "dysprosium", "gallium", "rtx-4090", "eda_software"]
        ),
        "kind": st.sampled_from(["chip", "tool"]),
        "tpp": st.sampled_from([1000, 2400, 4800, 6000]),
        "performance_density": st.sampled_from([1.0, 3.2, 5.92, 9.0]),
        "end_user": st.sampled_from(["Some Firm", "Huawei", "SMIC"]),
        "end_user_us_listed": st.booleans(),
        "end_user_headquarters": st.sampled_from(["CN", "FR"]),
        "origin": st.sampled_from(["US", "TW"]),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ask=shipments, on=st.sampled_from(["2022-12-01", "2024-01-15", "2025-06-10", "2026-02-15", "2026-10-01"])
)
def test_every_change_offered_loosens_the_answer_when_it_is_decided_again(ledger, ask, on):
    now = decide(ask, ledger.on(on))
    found = nearest(ask, ledger, on)

    assert found == nearest(ask, ledger, on)
    for near in found:
        then = decided_again(ask, ledger, on, near)
        assert then is near.outcome
        assert near.was is now[near.government].outcome
        assert LEVEL[then] < LEVEL[near.was] < LEVEL[Outcome.UNKNOWN]
