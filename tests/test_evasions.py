"""Evasions of a story: how far the matter has come, who evades, through whom, and which talk is none."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.claims.claim import Claim, problems_of
from tidegate.claims.documents import Document
from tidegate.claims.extract.evasions import find_evasions
from tidegate.claims.extract.story import parse_story

PUBLISHED = dt.date(2025, 8, 11)


def evasions(text: str) -> list[Claim]:
    return find_evasions(parse_story(Document("story.txt", text), PUBLISHED))


def only(text: str) -> Claim:
    found = evasions(text)
    assert len(found) == 1, [(one.stage, one.actor, one.sentence) for one in found]
    return found[0]


@pytest.mark.parametrize(
    ("stage", "actor", "text"),
    [
        ("alleged", "inspur", "Inspur allegedly smuggled AI chips into China."),
        ("investigated", "inspur", "Officials are investigating whether Inspur bought AI chips through third parties in Singapore."),
        ("charged", "two-men", "Prosecutors charged two men with smuggling AI chips to China."),
        ("confirmed", "cadence", "Cadence pleaded guilty to selling design software to a Chinese university."),
    ],
)  # fmt: skip
def test_every_stage_is_told_by_a_plain_sentence(stage: str, actor: str, text: str) -> None:
    claim = only(text)
    assert (claim.stage, claim.actor, claim.target) == (stage, (actor,), ("CN",))


@pytest.mark.parametrize(
    "text",
    [
        "Lawmakers put forward a bill to stop smuggling of AI chips to China.",
        "The rule closes a loophole for chips shipped to China.",
        "BIS hired officers to prevent diversion of chips to China.",
        "Could the chips be smuggled to China?",
        "Had he smuggled the chips into China, he would be rich.",
        "The risk that chips could be diverted to China is low.",
        "Nvidia sold chips through a distributor in Malaysia.",
    ],
)
def test_talk_of_preventing_or_of_what_might_be_is_no_evasion(text: str) -> None:
    assert evasions(text) == []


def test_accused_by_prosecutors_is_charged_and_by_others_alleged() -> None:
    assert (
        only("According to the indictment, two men are accused of smuggling chips to China.").stage
        == "charged"
    )
    assert only("Huawei has been accused of smuggling chips into China.").stage == "alleged"


def test_the_place_passed_through_is_the_counterparty_and_the_end_is_the_target() -> None:
    claim = only("Dealers smuggled Nvidia A100 chips to China via Malaysia.")
    assert claim.counterparty == ("MY",)
    assert claim.target == ("CN",)
    assert claim.items == ("ai_chips", "a100")
    assert "nvidia" not in claim.actor


def test_a_firm_in_which_the_goods_end_is_the_target() -> None:
    assert only("Sophgo illegally shipped AI chips to Huawei.").target == ("huawei",)


def test_an_authority_does_not_evade() -> None:
    claim = only(
        "The Commerce Department is investigating whether AI chips were smuggled to China by Inspur."
    )
    assert claim.actor == ("inspur",)


def test_goods_moved_through_a_place_count_only_in_a_story_of_evasion() -> None:
    moved = "The group moved 400 A100 chips to China through Thailand."
    assert evasions(moved) == []
    both = evasions(f"Prosecutors charged four people with smuggling AI chips to China. {moved}")
    assert [one.stage for one in both] == ["charged", "alleged"]
    assert both[1].actor == ("four-people",)
    assert both[1].counterparty == ("TH",)


_PARTS = st.lists(
    st.sampled_from(
        (
            "Huawei “smuggled” chips",
            "through third parties in Singapore",
            "prosecutors charged two men",
            "to China’s army",
            "a front company",
            "AI chips ended up inside a Huawei server",
            "— it said",
            "(Reuters)",
            "evading export controls",
            "Cadence pleaded guilty to selling software",
            "via Malaysia",
        )
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(_PARTS, st.sampled_from((" ", ", ", ".\n", ". ")))
def test_every_span_is_verbatim_and_every_claim_valid(parts: list[str], joint: str) -> None:
    text = joint.join(parts) + "."
    for claim in evasions(text):
        assert text[claim.start : claim.start + len(claim.sentence)] == claim.sentence != ""
        assert not problems_of(claim.to_dict(), text)
