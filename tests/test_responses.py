"""Responses of a story: which acts are responses, who acts, on what, at whom, and which talk is none."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.claims.claim import Claim, problems_of
from tidegate.claims.documents import Document
from tidegate.claims.extract.responses import find_responses
from tidegate.claims.extract.story import parse_story

PUBLISHED = dt.date(2025, 8, 11)


def responses(text: str) -> list[Claim]:
    return find_responses(parse_story(Document("story.txt", text), PUBLISHED))


def only(text: str) -> Claim:
    found = responses(text)
    assert len(found) == 1, [(one.stage, one.actor, one.sentence) for one in found]
    return found[0]


@pytest.mark.parametrize(
    ("stage", "actor", "text"),
    [
        ("halted", "kla", "KLA stopped servicing machines at Chinese fabs last week."),
        ("reduced", "cn-companies", "Chinese companies have cut orders for H20 chips."),
        ("resumed", "synopsys", "Synopsys has restored access to its software for Chinese customers."),
        ("withdrew_staff", "lam-research", "Lam Research has withdrawn its engineers from YMTC."),
        ("stockpiled", "cn-companies", "Chinese companies stockpiled lithography machines before the rules."),
        ("redesigned", "nvidia", "Nvidia designed the H20 chip to comply with the export rules on China."),
        ("invested", "CN", "China is speeding up its efforts to build domestic semiconductor production."),
        ("opposed", "nvidia", "Nvidia criticized the new export rule."),
        ("supported", "micron", "Micron welcomed the new export restrictions."),
        ("complied", "intel", "Intel will comply with the export rules."),
        ("other", "nvidia", "Nvidia denied allegations that its chips hold a backdoor."),
    ],
)
def test_every_stage_is_told_by_a_plain_sentence(stage: str, actor: str, text: str) -> None:
    claim = only(text)
    assert claim.stage == stage
    assert claim.actor == (actor,)


@pytest.mark.parametrize(
    "text",
    [
        "The United States must stop the export of chips to China.",  # what a state should do
        "Washington ordered Nvidia to stop selling H20 chips to China.",  # a state's order is a measure
        "Exporters must apply for a licence to sell magnets.",  # a duty
        "Will Nvidia stop selling chips to China?",  # a question
        "If Nvidia halts shipments of H20 chips, rivals will gain.",  # a condition
        "Nvidia did not criticize the export rule.",  # denied
        "ASML has never sold EUV machines to customers in China.",  # never begun, so not halted
        "Washington wants to stop China's drive to build its own chip industry.",  # hindered by another
        "The Commerce Department is lobbying allies to join the export controls.",  # urging is a measure
        "Nvidia cut its forecast for the quarter.",  # a figure's business
    ],
)
def test_what_others_order_ask_fear_or_deny_is_no_response(text: str) -> None:
    assert responses(text) == []


def test_two_responses_of_a_sentence_have_a_clause_each() -> None:
    text = "Intel halted shipments of chips to Huawei, and Qualcomm criticized the new rule."
    first, second = responses(text)
    assert (first.stage, first.actor, first.target) == ("halted", ("intel",), ("huawei",))
    assert (second.stage, second.actor, second.target) == ("opposed", ("qualcomm",), ("US",))
    assert "Qualcomm" not in first.sentence
    assert "Intel" not in second.sentence


def test_it_and_the_company_lean_on_the_firm_named_before() -> None:
    text = "ASML reported its results. The company has suspended shipments of its machines to China."
    assert only(text).actor == ("asml",)


def test_a_count_of_firms_is_resolved_only_where_they_were_just_named() -> None:
    named = "Lam Research, KLA and Applied Materials fell. The three U.S. firms have pulled their staff from YMTC."
    assert set(only(named).actor) == {"lam-research", "kla", "applied-materials"}
    assert only("Three U.S. firms have pulled their staff from YMTC.").actor == ("us-companies",)


def test_firms_given_as_examples_stand_for_the_common_noun() -> None:
    text = "Software developers such as Cadence and Synopsys ceased providing services to Chinese clients."
    claim = only(text)
    assert claim.actor == ("cadence", "synopsys")
    assert claim.items == ("eda_software",)
    assert claim.target == ("cn-companies",)


def test_who_is_prompted_to_act_is_the_one_who_acts() -> None:
    text = "The guidance has prompted Chinese companies to reconsider orders of H20 chips."
    claim = only(text)
    assert (claim.actor, claim.stage, claim.target) == (("cn-companies",), "other", ("nvidia",))


def test_a_rush_by_buyers_is_a_response_without_a_verb() -> None:
    claim = only("A rush by overseas buyers for Chinese gallium lifted prices.")
    assert (claim.stage, claim.actor, claim.items) == (
        "stockpiled",
        ("overseas-buyers",),
        ("gallium_germanium",),
    )


def test_opposition_drawn_from_firms_is_theirs() -> None:
    claim = only("The rule drew opposition from Nvidia and Intel.")
    assert (claim.stage, claim.actor, claim.target) == ("opposed", ("nvidia", "intel"), ("US",))


def test_a_state_is_opposed_by_the_one_whose_act_it_decries() -> None:
    claim = only("China condemned the Dutch decision to expand the export controls.")
    assert (claim.actor, claim.target) == (("CN",), ("NL",))


def test_what_still_lies_ahead_is_future() -> None:
    assert only("Nvidia will resume sales of H20 chips to China.").future
    assert not only("Nvidia has resumed sales of H20 chips to China.").future


def test_a_firm_not_able_to_buy_has_halted() -> None:
    assert only("Lynas has been unable to purchase germanium for months.").stage == "halted"


_PARTS = st.lists(
    st.sampled_from(
        (
            "Nvidia “halted” shipments of the H20 to China",
            "ASML’s staff, it said, left",
            "which Huawei criticized",
            "and Beijing condemned the rule",
            "a rush by buyers for gallium",
            "they stopped",
            "to comply with the law",
            "(Reuters)",
            "—",
            "because Intel withdrew its engineers",
            "said on Monday",
            "China's drive to build its own chips",
        )
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(_PARTS, st.sampled_from((" ", ", ", ".\n", ". ")))
def test_every_span_is_verbatim_and_every_claim_valid(parts: list[str], joint: str) -> None:
    text = joint.join(parts) + "."
    for claim in responses(text):
        assert text[claim.start : claim.start + len(claim.sentence)] == claim.sentence != ""
        assert not problems_of(claim.to_dict(), text)
