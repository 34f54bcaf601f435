"""Claims held against the ledger: which measure they are about, and whether it bears them out."""

import datetime as dt
from itertools import product

import pytest

from tidegate.claims.claim import CERTAINTIES, STAGES, Claim
from tidegate.claims.documents import Document
from tidegate.claims.reading import Reading
from tidegate.claims.reconcile import LABELS, decide_claims, match_claim, reconcile
from tidegate.claims.reconcile.stages import RUMOUR
from tidegate.claims.reconcile.weights import NEAR_INSTRUMENTS, POINTS, nearness
from tidegate.dates import parse_day
from tidegate.ledger import Ledger
from tidegate.ledger.model import Instrument

EDA = {"actor": "US", "instrument": "software_export", "items": "eda_software", "target": "CN"}
RARE = {"actor": "CN", "instrument": "materials_export", "items": "rare_earths"}
UPKEEP = {"actor": "NL", "instrument": "servicing", "items": "tool_servicing", "target": "CN"}
H20 = {
    "actor": "US",
    "instrument": "chip_export",
    "items": "ai_chips h20",
    "target": "CN",
    "affected": "nvidia",
}
SHARE = {"actor": "US", "instrument": "revenue_share", "items": "ai_chips h20", "target": "CN",
         "affected": "nvidia"}  # fmt: skip


def a_claim(stage, about, words="the words", start=0, **slots):
    lists = {key: tuple(value.split()) if key != "instrument" else value for key, value in about.items()}
    return Claim(slots.pop("kind", "measure"), words, start, stage=stage, **(lists | slots))


def a_reading(*claims, published="2025-06-10", name="story.txt", outlet="Daily", text="the words"):
    day = parse_day(published) if published else None
    return Reading(Document(name, text, published=day, outlet=outlet), claims, day)


def decided(ledger, claim, published):
    day = parse_day(published) if published else None
    return decide_claims([claim], ledger, day)[0]


def known_by(ledger, day):
    """The ledger as somebody kept it who stopped reading on that day."""
    import msgspec

    kept = []
    for measure in ledger:
        entries = tuple(entry for entry in measure.history if entry.known <= parse_day(day))
        if entries:
            kept.append(msgspec.structs.replace(measure, history=entries))
    return Ledger(tuple(kept), parse_day(day))


# --- which measure


def test_the_parts_of_a_candidate_add_up_to_its_score(ledger):
    for candidate in match_claim(a_claim("in_force", EDA), ledger, parse_day("2025-06-10")):
        assert candidate.score == pytest.approx(sum(part.points for part in candidate.parts), abs=0.006)
        assert {part.name for part in candidate.parts} <= set(POINTS)


def test_a_measure_of_another_government_is_never_matched(ledger):
    for stage in ("in_force", "announced", "eased", "lifted"):
        found = match_claim(a_claim(stage, EDA, counterparty=("CN",)), ledger, parse_day("2025-06-10"))
        assert found
        assert {candidate.measure.jurisdiction for candidate in found} == {"US"}


def test_who_is_urged_may_be_the_one_whose_measure_it_would_be(ledger):
    claim = a_claim("urged", UPKEEP | {"actor": "US"}, counterparty=("JP",))
    found = match_claim(claim, ledger, parse_day("2025-02-25"))

    assert found[0].measure.id == "us-2024-04-asml-servicing-pressure"
    assert "jp-servicing-talks" in {candidate.measure.id for candidate in found}


def test_a_product_matches_the_class_that_a_measure_covers(ledger):
    claim = a_claim("in_force", RARE | {"items": "dysprosium"})
    best = match_claim(claim, ledger, parse_day("2025-06-10"))[0]

    assert best.measure.id == "cn-2025-04-04-seven-rare-earths"
    assert ("item_above", "dysprosium < rare_earths") in {(part.name, part.words) for part in best.parts}


def test_a_measure_against_other_firms_is_not_the_one(ledger):
    huawei = {"actor": "US", "instrument": "entity_listing", "target": "huawei"}
    found = match_claim(a_claim("in_force", huawei), ledger, parse_day("2021-10-21"))

    assert found
    assert all("huawei" in measure.parties or not measure.targets for measure in (c.measure for c in found))


def test_a_measure_that_became_public_later_is_not_seen(ledger):
    claim = a_claim("in_force", EDA)
    before = {candidate.measure.id for candidate in match_claim(claim, ledger, parse_day("2025-05-13"))}
    after = {candidate.measure.id for candidate in match_claim(claim, ledger, parse_day("2025-05-14"))}

    assert "us-2025-05-23-eda-letters" not in before
    assert "us-2025-05-23-eda-letters" in after


def test_general_is_near_every_control_and_few_kinds_are_near_one_another():
    kinds = {kind.value for kind in Instrument}

    assert all(0 < nearness("general", kind) <= 1 for kind in kinds)
    assert all(nearness(kind, kind) == 1 for kind in kinds)
    assert all(nearness(one, other) == nearness(other, one) for one, other in product(kinds, kinds))
    assert set().union(*NEAR_INSTRUMENTS) <= kinds


# --- labels


def test_a_stage_that_stands_on_the_day_is_borne_out(ledger):
    decision = decided(ledger, a_claim("in_force", EDA), "2025-06-10")

    assert (decision.label, decision.measure.id) == ("supports", "us-2025-05-23-eda-letters")
    assert (decision.then, decision.why) == ("in_force", "the ledger has in_force since 2025-05-23")


def test_a_stage_that_is_over_is_borne_out_as_past(ledger):
    claim = a_claim("in_force", EDA, date="2025-05", affected=("synopsys", "cadence", "siemens"))
    decision = decided(ledger, claim, "2025-07-10")

    assert (decision.label, decision.then) == ("supports", "lifted")


def test_the_ledger_is_held_as_it_was_known_on_the_day_of_the_story(ledger):
    # The letter of 23 May was public on 28 May.
    claim = a_claim("in_force", EDA | {"affected": "synopsys"}, date="2025-05-23")
    decision = decided(ledger, claim, "2025-05-27")

    assert (decision.label, decision.then) == ("supports", None)
    assert "the ledger records it since 2025-05-28, after the story" in decision.why


def test_two_days_for_one_event_are_a_contradiction_and_a_day_apart_is_a_note(ledger):
    far = decided(ledger, a_claim("in_force", RARE, date="2025-04-13"), "2025-04-16")
    near = decided(ledger, a_claim("in_force", RARE, date="2025-04-05"), "2025-04-16")

    assert (far.label, far.differs) == ("contradicts", "date")
    assert far.why == "the story has in_force on 2025-04-13, the ledger on 2025-04-04"
    assert (near.label, near.why) == (
        "supports",
        "the ledger has in_force on 2025-04-04, 1 day from 2025-04-05",
    )


def test_what_is_said_to_be_over_and_stands_on_record_is_a_contradiction(ledger):
    decision = decided(ledger, a_claim("lifted", RARE), "2025-05-20")

    assert (decision.label, decision.differs) == ("contradicts", "stage")
    assert "no proof that nothing happened" in decision.why


def test_after_the_last_day_read_the_same_words_are_an_update(ledger):
    day = ledger.read_to + dt.timedelta(days=10)

    assert decided(ledger, a_claim("lifted", RARE), day.isoformat()).label == "updates"


def test_a_later_stage_than_the_record_is_an_update(ledger):
    kept = known_by(ledger, "2024-09-30")
    decision = decided(kept, a_claim("refused", UPKEEP, counterparty=("US",)), "2025-02-25")

    assert decision.label == "updates"
    assert decision.measure.instrument.value == "servicing"


def test_what_the_ledger_learnt_since_is_not_an_update(ledger):
    decision = decided(ledger, a_claim("refused", UPKEEP, counterparty=("US",)), "2025-02-25")

    assert (decision.label, decision.measure.id) == ("supports", "nl-2024-handshake-servicing")


def test_in_force_against_a_rule_that_never_came_into_force_is_a_contradiction(ledger):
    rule = {"actor": "US", "instrument": "tiered_cap", "items": "ai_chips"}
    decision = decided(ledger, a_claim("in_force", rule, date="2025-01"), "2025-02-25")

    assert (decision.label, decision.differs) == ("contradicts", "stage")
    assert "without that stage" in decision.why


def test_a_measure_of_no_government_on_record_is_new_and_says_so(ledger):
    claim = a_claim("in_force", {"actor": "AU", "instrument": "purchase_ban", "target": "huawei"})
    decision = decided(ledger, claim, "2019-05-16")

    assert (decision.label, decision.measure) == ("new", None)
    assert decision.why == "no measure of AU that is purchase_ban, or near it, was on record"


def test_a_new_measure_names_what_keeps_the_nearest_from_being_it(ledger):
    claim = a_claim("in_force", {"actor": "US", "instrument": "investigation", "items": "rare_earths"})

    assert "the nearest, us-" in decided(ledger, claim, "2025-04-16").why


def test_what_may_come_is_held_against_talk(ledger):
    decision = decided(ledger, a_claim("lifted", EDA, future=True), "2025-06-10")

    assert (decision.label, decision.entry.stage) == ("supports", "agreed")


@pytest.mark.parametrize("kind", ["response", "evasion", "figure"])
def test_what_is_no_measure_is_about_none(ledger, kind):
    stage = STAGES[kind][0] if STAGES[kind] else None
    claim = Claim(kind, "words", 0, actor=("nvidia",), stage=stage, metric="revenue" if not stage else None)

    assert decided(ledger, claim, "2025-06-10").label == "not_about_a_measure"


# --- no day


def test_without_a_day_of_the_story_nothing_is_called_an_update(ledger):
    for stage in STAGES["measure"]:
        decision = decided(ledger, a_claim(stage, EDA), None)
        assert decision.label in ("unknown", "not_about_a_measure")
        assert "because the story gives no day" in decision.why


def test_a_date_in_the_claim_can_be_borne_out_without_a_day_of_the_story(ledger):
    assert decided(ledger, a_claim("lifted", EDA, date="2025-07-02"), None).label == "supports"


def test_a_report_says_which_labels_cannot_be_given(ledger):
    story = reconcile([a_reading(a_claim("lifted", EDA), published=None)], ledger).stories[0]

    assert "'updates' and 'contradicts' cannot be given" in story.notes[0]
    assert story.proposals == (None,)


# --- practice and law


def test_firms_that_resume_do_not_move_the_law(ledger):
    claim = Claim("response", "normalised", 0, actor=("cadence", "synopsys"), stage="resumed",
                  items=("eda_software",), certainty="unnamed")  # fmt: skip
    decision = decided(ledger, claim, "2025-06-10")

    assert (decision.label, decision.standing) == ("not_about_a_measure", "de_facto")
    assert decision.measure.id == "us-2025-05-23-eda-letters"
    assert "firms say resumed; no official act is on record by 2025-06-10" in decision.why


def test_what_the_trade_calls_eased_does_not_move_the_law(ledger):
    reading = a_reading(a_claim("eased", EDA, certainty="analyst"))
    report = reconcile([reading], ledger)
    decision = report.stories[0].decisions[0]

    assert (decision.label, decision.standing, report.proposals) == ("not_about_a_measure", "de_facto", {})
    assert "the ledger has lifted on 2025-07-02" in decision.why


# --- figures


@pytest.mark.parametrize(("rate", "label"), [(15, "supports"), (25, "contradicts")])
def test_a_rate_is_held_against_that_of_the_measure(ledger, rate, label):
    measure = a_claim("agreed", SHARE, words="agreed to pay")
    figure = Claim(
        "figure", f"{rate}%", 20, actor=("nvidia",), metric="revenue_share", value=rate, unit="percent"
    )
    decision = decide_claims([measure, figure], ledger, parse_day("2025-08-11"))[1]

    assert (label, "us-2025-08-10-revenue-share-15") == (decision.label, decision.measure.id)


def test_a_number_far_from_the_words_on_a_measure_is_about_none(ledger):
    measure = a_claim("agreed", SHARE, words="agreed to pay")
    figure = Claim("figure", "20%", 5000, actor=("nvidia",), metric="revenue_share", value=20, unit="percent")

    assert decide_claims([measure, figure], ledger, parse_day("2025-08-11"))[1].label == "not_about_a_measure"


# --- the two rules that must never break


@pytest.mark.parametrize("about", [EDA, RARE, UPKEEP, H20, {"actor": "MY", "instrument": "chip_export",
                                                           "items": "ai_chips", "target": "CN"}])  # fmt: skip
def test_rumour_is_never_proposed_as_more_than_talk(ledger, about):
    kept = known_by(ledger, "2024-12-31")
    for stage, certainty, future in product(STAGES["measure"], CERTAINTIES, (False, True)):
        claim = a_claim(stage, about, certainty=certainty, future=future)
        for proposal in reconcile([a_reading(claim)], kept).proposals.values():
            entry = proposal.record["history"][0]
            if future or certainty not in ("official", "stated"):
                assert entry["stage"] in RUMOUR
            assert entry["verified"] is False
            assert proposal.record["effect"] == "none"
            assert "when" not in proposal.record


def test_every_label_is_one_of_six_and_has_a_reason(ledger):
    for stage, certainty, date in product(STAGES["measure"], CERTAINTIES, (None, "2025", "2025-04-20")):
        for published in ("2025-06-10", None):
            decision = decided(ledger, a_claim(stage, RARE, certainty=certainty, date=date), published)
            assert decision.label in LABELS
            assert decision.why
