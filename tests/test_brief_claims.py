"""What a brief says of a story: what it asserts, on whose word, what is new, what the ledger knows better."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readings import any_reading, reading
from tidegate.brief import brief_readings, brief_stories
from tidegate.brief.page import render_page
from tidegate.brief.wording import authority_of, number_words, say, when_of
from tidegate.claims.claim import CERTAINTIES, INSTRUMENTS, METRICS, STAGES, Claim
from tidegate.claims.reconcile.stages import bears_out

ON = "2026-11-21"
TEXT = """Design software back on the table
The Commerce Department required licences for chip design software to China in May, hitting Cadence and Synopsys.
The requirement on design software for China has been lifted.
China will ease its controls on rare earths, Kevin Hassett said.
The Netherlands is weighing caps on AI chips by tiers of countries, Bloomberg reported, citing people familiar.
Cadence has resumed sales of design software in China.
Cadence shares fell 12 percent.
Chips reached China through Singapore."""
LINES = TEXT.splitlines()
EDA = {"actor": ["US"], "instrument": "software_export", "items": ["eda_software"], "target": ["CN"]}
RECORDS = (
    {"kind": "measure", "sentence": LINES[1], **EDA, "stage": "in_force", "affected": ["cadence", "synopsys"],
     "date": "2025-05", "source": ["us-commerce"], "certainty": "official"},
    {"kind": "measure", "sentence": LINES[2], **EDA, "stage": "lifted", "certainty": "stated"},
    {"kind": "measure", "sentence": LINES[3], "actor": ["CN"], "stage": "eased", "future": True,
     "instrument": "materials_export", "items": ["rare_earths"], "source": ["kevin-hassett"],
     "certainty": "official"},
    {"kind": "measure", "sentence": LINES[4], "actor": ["NL"], "stage": "considering", "future": True,
     "instrument": "tiered_cap", "items": ["ai_chips"], "source": ["bloomberg", "unnamed"],
     "certainty": "unnamed"},
    {"kind": "response", "sentence": LINES[5], "actor": ["cadence"], "stage": "resumed",
     "items": ["eda_software"], "target": ["CN"], "certainty": "stated"},
    {"kind": "figure", "sentence": LINES[6], "actor": ["cadence"], "metric": "share_price_change",
     "value": -12, "unit": "percent", "certainty": "stated"},
    {"kind": "evasion", "sentence": LINES[7], "stage": "alleged", "items": ["chips"], "target": ["CN"],
     "counterparty": ["SG"], "certainty": "stated"},
)  # fmt: skip
EDA_LETTERS = "us-2025-05-23-eda-letters"


def made(published="2025-06-10", name="design.txt", text=TEXT, records=RECORDS, outlet="The Post", notes=()):
    return reading(name, text, records, published, outlet, notes=notes)


@pytest.fixture(scope="module")
def brief(ledger):
    return brief_readings([made()], ledger, ON)


@pytest.fixture(scope="module")
def story(brief):
    return brief.stories[0]


def test_a_claim_is_told_in_plain_words_with_its_verbatim_words(story):
    line = story.asserts[0]

    assert line.says == (
        "United States has a control on exports of chip design software in force, aimed at China, "
        "touching Cadence Design Systems and Synopsys; dated 2025-05"
    )
    assert line.quote.words == LINES[1]
    assert TEXT[line.quote.start :].startswith(line.quote.words)


def test_the_authority_is_the_whole_chain_and_says_what_is_not_official(story):
    words = [line.authority for line in story.asserts]

    assert words[0] == "US Department of Commerce: an official source"
    assert words[1] == "the outlet's own voice, no source named"
    assert words[2] == "Kevin Hassett: an official source"
    assert words[3] == "Bloomberg, citing people not named: not official"
    assert [line.is_official for line in story.asserts] == [True, False, True, False]


def test_a_claim_is_past_now_or_ahead_of_the_day_of_its_story(story):
    assert [line.when for line in story.asserts] == ["past", "undated", "ahead", "ahead"]


@pytest.mark.parametrize(
    ("date", "future", "when"),
    [
        ("2025-06-09", False, "past"),
        ("2025-06-10", False, "now"),
        ("2025-06-11", False, "ahead"),
        ("2025-06", False, "now"),
        ("2025-05", False, "past"),
        ("2025", False, "now"),
        (None, False, "undated"),
        (None, True, "ahead"),
    ],
)
def test_the_day_before_the_day_and_the_day_after(date, future, when):
    claim = Claim("measure", "x", 0, stage="in_force", instrument="general", date=date, future=future)

    assert when_of(claim, dt.date(2025, 6, 10)) == when


def test_without_the_day_of_the_story_a_date_is_neither_past_nor_ahead():
    claim = Claim("measure", "x", 0, stage="in_force", instrument="general", date="2025-06-09")

    assert when_of(claim, None) == "undated"


def test_what_the_record_lacks_is_new_and_comes_with_a_proposal(brief, story):
    assert story.new == (3, 4)
    labels = {line.number: line.label for line in story.asserts}
    assert labels == {1: "supports", 2: "contradicts", 3: "updates", 4: "new"}
    for number in story.new:
        proposal = brief.proposal(story.asserts[number - 1].proposal)
        assert "verified: false" in proposal["yaml"]
    assert brief.proposal(story.asserts[2].proposal)["amends"] == "cn-2025-04-04-seven-rare-earths"


def test_what_is_against_the_record_comes_first_with_its_source(story):
    fact = story.better[0]

    assert (fact.kind, fact.measure, fact.claims) == ("contradicts", EDA_LETTERS, (2,))
    assert "the story has lifted, the ledger in_force on 2025-06-10" in fact.text
    assert fact.source.startswith("https://")


def test_what_happened_since_the_story_stands_once_with_day_and_source(story):
    since = [fact for fact in story.better if fact.kind == "since" and fact.measure == EDA_LETTERS]

    assert [(fact.on, fact.stage) for fact in since] == [("2025-07-02", "lifted")]
    assert since[0].claims == (1, 2, 5)
    assert since[0].source


def test_nothing_has_happened_since_for_one_who_asks_on_the_day_before_it(ledger):
    def since(on):
        facts = brief_readings([made()], ledger, on).stories[0].better
        return [fact.on for fact in facts if fact.kind == "since" and fact.measure == EDA_LETTERS]

    assert since("2025-07-01") == []
    assert since("2025-07-02") == ["2025-07-02"]


def test_a_later_stage_that_stood_already_is_told(ledger):
    text = "The Netherlands agreed to limit the upkeep of ASML tools in China."
    record = {"kind": "measure", "sentence": text, "actor": ["NL"], "stage": "agreed", "instrument": "servicing",
              "items": ["tool_servicing"], "target": ["CN"], "affected": ["asml"], "certainty": "stated"}  # fmt: skip

    story = brief_readings([made("2025-02-25", text=text, records=(record,))], ledger, ON).stories[0]

    further = [fact for fact in story.better if fact.kind == "further"]
    assert [(fact.measure, fact.stage, fact.on) for fact in further] == [
        ("nl-2024-handshake-servicing", "refused", "2024-11")
    ]


def test_what_firms_do_is_practice_and_not_law(story):
    line = story.responses[0]

    assert (line.label, line.standing, line.measure) == ("not_about_a_measure", "de_facto", EDA_LETTERS)
    practice = [fact for fact in story.better if fact.kind == "practice"]
    assert practice[0].claims == (5,)
    assert "no official act is on record by 2025-06-10" in practice[0].text


def test_responses_evasions_and_figures_have_lists_of_their_own(story):
    says = [line.says for line in (*story.responses, *story.evasions, *story.figures)]

    assert says == [
        "Cadence Design Systems resumes business (chip design software), concerning China",
        "Alleged: chips reach China around a control, by way of Singapore",
        "Cadence Design Systems, share price change: -12 percent",
    ]


def test_measures_that_claims_are_about_go_before_those_only_named(story):
    assert [line.id for line in story.measures if line.claims] == [
        EDA_LETTERS,
        "cn-2025-04-04-seven-rare-earths",
    ]
    is_named = [not line.claims for line in story.measures]
    assert is_named == sorted(is_named)


def test_the_measure_a_new_claim_comes_near_to_is_not_the_one_it_is_about(story):
    assert 4 not in {number for line in story.measures for number in line.claims}


def test_a_claim_the_record_lacks_points_to_what_its_passage_names(ledger):
    """A claim that the reader takes amiss would else pass for news."""
    words = (
        "The Commerce Department told Cadence and Synopsys that design software for China needs a licence."
    )
    record = {"kind": "measure", "sentence": words, "actor": ["NL"], "stage": "considering",
              "instrument": "tiered_cap", "items": ["ai_chips"], "certainty": "stated"}  # fmt: skip

    line = brief_readings([made(text=words, records=(record,))], ledger, ON).stories[0].asserts[0]

    assert line.label == "new"
    assert EDA_LETTERS in line.named


def test_without_a_day_nothing_is_against_the_record_or_further_than_it(ledger):
    story = brief_readings([made(None)], ledger, ON).stories[0]

    assert story.published is None
    assert story.estimated is not None
    assert {line.label for line in story.asserts} <= {"supports", "unknown", "new"}
    assert any("gives no day" in note for note in story.notes)
    for line in story.asserts:
        if line.label in ("supports", "unknown"):
            assert "estimated" in line.why
    assert all(line.proposal is None for line in story.claims)


def test_an_estimated_day_bears_out_only_what_holds_on_each_of_its_days(ledger):
    story = brief_readings([made(None)], ledger, ON).stories[0]

    assert story.asserts[0].label == "supports"
    assert story.asserts[0].why.startswith("on the estimated days: ")
    assert story.asserts[1].label == "unknown"


def test_what_rests_on_an_estimated_day_is_marked_wherever_it_stands(ledger):
    page = render_page(brief_readings([made(None)], ledger, ON))

    assert "then (estimated day)" in page
    assert "2025-05-29, estimated" in page
    assert "“Since” counts from 2025-05-29" in page
    assert "estimated day" not in render_page(brief_readings([made()], ledger, ON)).partition("<main>")[2]


def test_copies_of_one_wire_story_are_one_brief_with_many_outlets(ledger):
    more = TEXT + "\nJapan refused to follow."
    extra = {"kind": "measure", "sentence": "Japan refused to follow.", "actor": ["JP"], "stage": "refused",
             "instrument": "software_export", "certainty": "stated"}  # fmt: skip
    copy = made("2025-06-11", "copy.txt", more, (*RECORDS, extra), "The Gazette")

    brief = brief_readings([made(), copy], ledger, ON)

    assert len(brief.stories) == 1
    assert brief.stories[0].outlet == "The Post"
    found = brief.stories[0].copies[0]
    assert (found.outlet, found.published) == ("The Gazette", "2025-06-11")
    assert [line.quote.words for line in found.only_here] == ["Japan refused to follow."]
    page = render_page(brief)
    assert "Also printed by The Gazette" in page
    assert "Only in The Gazette" in page


def test_two_stories_that_cannot_both_be_right_stand_side_by_side(ledger):
    one = made("2025-07-03", "one.txt", LINES[2], (RECORDS[1],), "The Post")
    stands = {**RECORDS[0], "sentence": "Design software still needs a licence.", "date": None}
    other = made("2025-07-08", "two.txt", stands["sentence"], (stands,), "The Gazette")

    brief = brief_readings([one, other], ledger, ON)

    assert [each["differs"] for each in brief.disagreements] == ["stage"]
    assert [side["outlet"] for side in brief.disagreements[0]["sides"]] == ["The Post", "The Gazette"]
    assert [side["authority"] for side in brief.disagreements[0]["sides"]] == [
        "the outlet's own voice, no source named",
        "US Department of Commerce: an official source",
    ]
    page = render_page(brief)
    assert page.index("cannot both be right") < page.index('id="story-1"')


def test_two_numbers_for_one_thing_stand_side_by_side(ledger):
    fall = {**RECORDS[5], "sentence": "Cadence shares fell 9 percent.", "value": -9}
    one = made("2025-07-03", "one.txt", LINES[6], (RECORDS[5],), "The Post")
    other = made("2025-07-04", "two.txt", fall["sentence"], (fall,), "The Gazette")

    found = brief_readings([one, other], ledger, ON).disagreements

    assert [each["differs"] for each in found] == ["number"]
    assert "share price change" in found[0]["title"]


def test_a_batch_of_which_nothing_could_be_read_is_an_empty_brief(ledger, tmp_path):
    brief = brief_stories([tmp_path / "none.txt"], ledger, ON)

    assert brief.stories == ()
    assert len(brief.failures) == 1
    assert "Not read:" in render_page(brief)


def test_a_day_before_the_story_is_answered_without_what_came_later(ledger):
    story = brief_readings([made()], ledger, "2025-06-01").stories[0]

    assert story.is_after_day_asked
    assert [fact for fact in story.better if fact.kind == "since"] == []


def test_a_clash_with_the_ledger_stands_with_the_story_and_not_among_the_stories(brief):
    assert brief.disagreements == ()


def test_a_story_in_a_language_that_cannot_be_read_is_named_as_such(ledger, tmp_path):
    path = tmp_path / "notice.txt"
    path.write_text(
        "商务部公布对稀土物项实施出口管制的公告。美国英伟达公司对中国出口芯片受到限制。" * 3, "utf-8"
    )

    brief = brief_stories([path], ledger, ON)

    story = brief.stories[0]
    assert story.unreadable == "written in Chinese (zh): the local reader reads English"
    assert story.claims == ()
    assert "Not read for what it asserts: written in Chinese" in render_page(brief)


def test_a_story_without_a_claim_falls_back_to_what_it_names_and_says_so(ledger):
    text = "Design software from Cadence and Synopsys for China, and the letters of the Commerce Department."

    brief = brief_readings([made(text=text, records=())], ledger, ON)

    assert brief.stories[0].is_named_only
    assert "named, nothing asserted that the reader could tell" in render_page(brief)


def test_what_the_reader_noted_is_told(ledger):
    brief = brief_readings([made(notes=("the model did not answer: read locally",))], ledger, ON)

    assert "the model did not answer: read locally" in render_page(brief)


def test_the_page_marks_the_words_and_shows_each_proposal(brief, story):
    page = render_page(brief)

    assert f"<mark>{LINES[2]}</mark>" in page
    for line in story.asserts:
        assert line.says in page
        if line.proposal:
            assert f"Proposal {line.proposal}" in page


def test_the_words_of_a_story_are_no_markup_wherever_they_stand(ledger):
    bad = "<script>alert(1)</script>"
    text = f"Chips {bad} reached China."
    records = (
        {**RECORDS[6], "sentence": text, "items": ["chips"]},
        {**RECORDS[1], "sentence": text},
        {**RECORDS[5], "sentence": text, "unit": bad},
    )
    brief = brief_readings([replace(made(text=text, records=records, outlet=bad, notes=(bad,)))], ledger, ON)

    assert "<script" not in render_page(brief)


def test_every_word_of_the_vocabulary_has_plain_words():
    for kind, stages in STAGES.items():
        for stage in stages or (None,):
            for instrument in INSTRUMENTS if kind == "measure" else (None,):
                metric = METRICS[0] if kind == "figure" else None
                for future in (False, True):
                    claim = Claim(
                        kind, "x", 0, stage=stage, instrument=instrument, metric=metric, future=future
                    )
                    assert "_" not in say(claim, "x")
                    assert "None" not in say(claim, "x")
    for certainty in CERTAINTIES:
        assert authority_of(Claim("measure", "x", 0, certainty=certainty), "x")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (387_000_000_000, "387 billion"),
        (5_500_000_000, "5.5 billion"),
        (1_234_567_891, "1,234,567,891"),
        (-12, "-12"),
        (0.3, "0.3"),
        (20, "20"),
        (4800, "4,800"),
        (1_000_000, "1 million"),
    ],
)
def test_a_number_keeps_each_of_its_digits(value, words):
    assert number_words(value) == words


def test_a_name_that_is_told_is_not_told_again():
    asked = Claim("measure", "x", 0, ("US",), "urged", "materials_export", ("rare_earths",), ("CN",), ("CN",))
    hit = Claim(
        "measure", "x", 0, ("CN",), "in_force", "purchase_ban", ("h20",), ("nvidia",), (), ("nvidia",)
    )

    assert say(asked, "x") == (
        "United States asks for a control on exports of materials (rare earths) from China"
    )
    assert say(hit, "x") == "China has a stop to purchases (H20 SXM) in force, aimed at Nvidia"


def test_a_name_that_no_catalog_has_is_given_as_the_story_writes_it():
    claim = Claim("response", "x", 0, ("acme-chip-lab",), "opposed", source=("jane-o-neil",))

    assert say(claim, "ACME Chip Lab protested, Jane O'Neil said.") == "ACME Chip Lab opposes the controls"
    assert authority_of(claim, "ACME Chip Lab protested, Jane O'Neil said.").startswith("Jane O'Neil")
    assert say(claim, "Nothing of the kind.") == "Acme chip lab opposes the controls"


def test_what_a_firm_does_is_no_stage_that_a_measure_could_have(ledger):
    entry, measure = ledger["cn-2026-01-14-h200-customs"].entries[0], ledger["cn-2026-01-14-h200-customs"]

    assert not any(bears_out(stage, entry, measure) for stage in ("resumed", "halted", "reduced"))
    assert bears_out(entry.stage, entry, measure)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_reading(), st.booleans())
def test_whatever_a_reader_finds_becomes_a_page(ledger, found, is_dated):
    claims = tuple(
        replace(claim, date=None) if claim.date == "2025-02-31" else claim for claim in found.claims
    )
    found = replace(found, claims=claims, published=found.published if is_dated else None)

    brief = brief_readings([found], ledger, ON)

    assert [line.number for line in brief.stories[0].claims] == list(range(1, len(claims) + 1))
    assert [line.quote.words for line in brief.stories[0].claims] == [claim.sentence for claim in claims]
    assert render_page(brief).count("<article") == 1
    assert json.loads(brief.to_json())["stories"]
