"""One determination with its explanation: what led there, what was tried, what is missing, what is coming."""

import json

import pytest

from tidegate.ledger.scenario import apply_scenario
from tidegate.licensing import Decider, Outcome, decide

H20 = {"item": "h20", "activity": "export", "exporter_country": "US", "origin": "US", "destination": "CN",
       "end_user": "Alibaba", "end_user_us_listed": False, "us_listed_owner_share": 0.0}  # fmt: skip
B200 = {**H20, "item": "b200", "destination": "MY", "end_user": "a data-centre firm"}


def on(ledger, day, **facts):
    return decide({**H20, **facts}, ledger.on(day))


def test_the_answer_carries_the_measure_the_values_compared_and_the_source(ledger):
    [finding] = [
        f
        for f in on(ledger, "2025-05-01")["US"].findings
        if f.provision.id == "us-2025-04-09-h20-is-informed-letter"
    ]
    row = finding.row()

    assert row["applies"] is True
    assert {"column": "destination", "wanted": "in us:d5_macau", "given": "CN", "holds": True} in row[
        "clauses"
    ]
    assert row["source"].startswith("http")
    assert row["since"] == "2025-04-09"


@pytest.mark.parametrize(("day", "outcome"), [("2025-04-08", "none"), ("2025-04-09", "licence_required")])
def test_the_day_before_and_the_day_of_the_letter(ledger, day, outcome):
    assert on(ledger, day)["US"].label == outcome


def test_attributes_of_a_catalog_item_fill_in_and_say_where_they_come_from(ledger):
    decision = on(ledger, "2025-05-01")

    assert decision.transaction.facts["tpp"] == 2368
    assert decision.derived["tpp"] == "catalog, h20"
    assert decision.transaction.given.get("tpp") is None
    assert on(ledger, "2025-05-01", tpp=1.0).transaction.facts["tpp"] == 1.0


def test_a_reading_of_the_facts_is_said_to_be_one(ledger):
    assert any("nvidia" in said for said in on(ledger, "2025-05-01").transaction.assumed)
    assert on(ledger, "2025-05-01", exporter="AMD")["US"].label == "none"


def test_an_exception_that_does_not_apply_says_why(ledger):
    a100 = on(ledger, "2024-06-01", item="a100-sxm-80gb")["US"]
    [nac] = [f for f in a100.tried if f.provision.exception == "NAC"]

    assert a100.outcome is Outcome.LICENCE_REQUIRED
    assert nac.applies is False
    assert any(clause.holds is False for clause in nac.clauses)


def test_an_exception_that_applies_frees_and_names_what_it_frees_from(ledger):
    card = on(ledger, "2023-12-05", item="rtx-4090")["US"]

    assert card.label == "exception:NAC"
    assert any(
        f.provision.id == "us-2023-10-17-advanced-computing" and "us-2023-11-17-nac" in f.lifted_by
        for f in card.findings
    )


def test_what_is_printed_and_not_enforced_stands_beside_the_answer(ledger):
    answer = on(
        ledger, "2026-06-15", item="b200", destination="IN", end_user="a firm", end_user_headquarters="IN"
    )["US"]
    printed = {p.measure: p.printed for p in answer.coming}

    assert answer.outcome is Outcome.NONE
    assert printed["us-2025-01-13-ai-diffusion-chips"] == "in_force"


def test_what_is_only_talked_about_decides_nothing(ledger):
    answer = on(ledger, "2025-09-01")
    assert "us-2025-gain-ai-act" not in answer["US"].measures
    coming = {p.measure: p.stage for p in on(ledger, "2025-10-20")["US"].coming}
    assert coming["us-2025-gain-ai-act"] == "proposed"


def test_the_headquarters_rule_reaches_a_buyer_abroad(ledger):
    abroad = decide({**B200, "end_user_headquarters": "CN"}, ledger.on("2026-06-15"))["US"]
    home = decide({**B200, "end_user_headquarters": "US"}, ledger.on("2026-06-15"))["US"]

    assert (abroad.label, abroad.review.value) == ("licence_required", "presumption_of_denial")
    assert home.label == "none"
    missing = decide(B200, ledger.on("2026-06-15"))["US"]
    assert missing.outcome is Outcome.UNKNOWN
    assert "end_user_headquarters" in missing.unknown


@pytest.mark.parametrize(
    ("day", "label"),
    [("2025-09-28", "none"), ("2025-09-29", "licence_required"), ("2025-11-09", "licence_required"),
     ("2025-11-10", "none"), ("2026-11-09", "none"), ("2026-11-10", "unknown")],
)  # fmt: skip
def test_the_affiliates_rule_binds_only_while_it_was_in_force(ledger, day, label):
    """90 FR 47201, suspended from 10 November 2025 for a year; what followed is not on record."""
    part = {"kind": "part", "eccn": "EAR99", "activity": "export", "exporter_country": "US", "origin": "US",
            "destination": "BR", "end_user": "a firm", "end_user_headquarters": "BR", "end_user_us_listed": False,
            "us_listed_owner_share": 0.5}  # fmt: skip

    assert decide(part, ledger.on(day))["US"].label == label
    assert decide({**part, "us_listed_owner_share": 0.4999}, ledger.on(day))["US"].label == "none"


def test_a_policy_that_hangs_on_a_missing_fact_says_on_which(ledger):
    open_ = on(ledger, "2026-02-01", item="h200")["US"]
    eased = on(ledger, "2026-02-01", item="h200", sold_in_us=True)["US"]

    assert (open_.label, open_.review) == ("licence_required", None)
    assert "sold_in_us" in open_.review_unknown
    assert eased.review.value == "case_by_case"


def test_a_conflict_between_governments_is_named(ledger):
    deal = {**H20, "item": "nxt-2000i", "exporter_country": "NL", "origin": "NL", "us_content_share": 0.0}
    told = decide({**deal, "cn_unjustified_measure": True}, ledger.on("2026-05-10"))
    silent = decide(deal, ledger.on("2026-05-10"))

    assert [c.certain for c in told.conflicts if c.complying_with == "NL" and c.breaks_law_of == "CN"] == [
        True
    ]
    assert not any(c.certain for c in silent.conflicts)
    assert decide(deal, ledger.on("2025-05-10")).conflicts == ()


def test_the_strictest_answer_stands_over_all(ledger):
    decision = on(
        ledger, "2025-09-20", item="rtx-pro-6000d", end_user="ByteDance", tpp=1000.0, performance_density=1.0
    )

    assert decision["CN"].label == "prohibited"
    assert decision.outcome is Outcome.PROHIBITED


def test_a_scenario_changes_the_answer_and_is_named(ledger, tmp_path):
    file = tmp_path / "scenario.yaml"
    file.write_text("title: The letter never came\nedits:\n  - drop: us-2025-04-09-h20-is-informed-letter\n")
    decision = decide(H20, apply_scenario(ledger, file).on("2025-05-01"))

    assert decision["US"].label == "none"
    assert decision.scenario == "The letter never came"


def test_with_known_by_the_future_is_not_seen(ledger):
    assert decide(H20, ledger.on("2025-04-10", known_by="2025-04-08"))["US"].label == "none"


def test_an_eu_member_applies_union_law_to_what_leaves_from_it(ledger):
    tool = {"kind": "tool", "activity": "export", "exporter_country": "IT", "destination": "CN", "eu_code": "3B501",
            "end_user": "a plant"}  # fmt: skip
    decision = decide(tool, ledger.on("2026-01-10"))

    assert decision["EU"].label == "licence_required"
    assert decision["IT"].label == "licence_required"
    assert decision["NL"].label == "not_subject"


def test_the_record_to_file_holds_the_question_the_law_and_the_answer(ledger):
    record = json.loads(on(ledger, "2025-05-01").to_json())

    assert record["on"] == "2025-05-01"
    assert record["transaction"]["item"] == "h20"
    assert record["read_to"] == "2026-10-09"
    assert set(record["decisions"]) >= {"US", "CN", "NL", "JP", "KR", "TW", "GB", "EU", "MY"}
    rows = on(ledger, "2025-05-01").table()
    assert rows.rows[0]["government"] == "US"
    assert len(rows.to_arrow()) == len(rows)


def test_one_decider_decides_many(ledger):
    decider = Decider(ledger.on("2025-05-01"))
    asked = {**H20, "end_user": "a firm", "end_user_headquarters": "JP"}

    assert [decider({**asked, "destination": to})["US"].label for to in ("CN", "HK", "MO", "JP")] == [
        "licence_required", "licence_required", "licence_required", "none",
    ]  # fmt: skip
