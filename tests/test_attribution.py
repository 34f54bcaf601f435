"""On whose authority a story says something: who is believed, and for which of its words."""

import pytest

from tidegate.claims.documents import Document
from tidegate.claims.extract.attribution import Attribution, attribute
from tidegate.claims.extract.story import parse_story


def said(text, words, outlet=None):
    """Return who says some words of a text."""
    story = parse_story(Document("story.txt", text, None, None, outlet), None)
    start = text.index(words)
    sentence = next(one for one in story.sentences if one.start <= start < one.end)
    return attribute(story, sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("The chips were blocked, Nvidia said.", "official"),
        ("The chips were blocked, according to the Commerce Department.", "official"),
        ("Exports rose 32%, customs data showed.", "official"),
        ("Exports rose 32%, according to data from the General Administration of Customs.", "official"),
        ("Prices rose 32%, according to Asian Metal.", "analyst"),
        ("Prices rose 32%, analysts at Jefferies said.", "analyst"),
        ("Prices rose 32%, people familiar with the matter said.", "unnamed"),
        ("Prices rose 32%, according to Reuters.", "reported"),
        ("Prices rose 32%, the Halifax Gazette reported.", "reported"),
        ("Prices rose 32% on Monday.", "stated"),
    ],
)
def test_the_worth_of_a_word_follows_from_who_gives_it(text, certainty):
    assert said(text, text.split(",")[0]).certainty == certainty


def test_the_innermost_source_decides_and_the_outlet_stands_first():
    text = "Sources told Bloomberg that the United States may block the chips."

    assert said(text, "the United States may block the chips") == Attribution(
        ("bloomberg", "unnamed"), "unnamed"
    )


def test_a_paper_that_cites_unnamed_people_is_as_good_as_they_are():
    text = "Citing two people, the Financial Times said the deal was a condition for the licences."

    assert said(text, "the deal was a condition for the licences").certainty == "unnamed"


def test_a_verb_of_saying_in_a_relative_clause_covers_that_clause_only():
    text = "Washington tightened the rule, which Nvidia said would hurt sales."

    assert said(text, "Washington tightened the rule").certainty == "stated"
    assert said(text, "would hurt sales").certainty == "official"


def test_what_the_outlet_puts_in_between_is_its_own():
    text = "Revenue from China, which accounts for a third of sales, will fall next year, Lam Research said."

    assert said(text, "which accounts for a third of sales").certainty == "stated"
    assert said(text, "will fall next year").certainty == "official"


def test_the_ground_on_which_a_word_stands_is_not_part_of_it():
    text = (
        "With China already accounting for 40% of spending, Jefferies argued that easing would help demand."
    )

    assert said(text, "China already accounting for 40% of spending").certainty == "stated"
    assert said(text, "easing would help demand").certainty == "analyst"


def test_a_ministry_that_announces_a_ban_speaks_and_a_state_that_does_so_acts():
    ministry = "The Commerce Ministry announced a ban on exports of gallium."
    state = "China announced a ban on exports of gallium."

    assert said(ministry, "a ban on exports of gallium").certainty == "official"
    assert said(state, "a ban on exports of gallium").certainty == "stated"


def test_an_act_of_an_agency_is_not_its_word():
    text = "The Bureau of Industry and Security added 140 companies to the list."

    assert said(text, text).certainty == "stated"


def test_officials_who_are_kept_back_are_unnamed_and_those_of_a_state_together_are_not():
    assert said("A senior US official said the rule will bite.", "the rule will bite").certainty == "unnamed"
    assert said("Chinese officials said the rule will bite.", "the rule will bite").certainty == "official"


def test_a_spokesman_of_a_firm_that_is_not_named_is_unnamed():
    text = "A representative for one Chinese magnet maker said a few licences had come."

    assert said(text, "a few licences had come").certainty == "unnamed"


def test_he_and_the_company_speak_for_whom_the_story_named_last():
    text = "Jensen Huang said sales fell. He added that they will fall again."

    assert said(text, "they will fall again") == Attribution(("jensen-huang",), "official")


def test_a_quotation_that_runs_on_has_one_speaker():
    text = '"We were talking to allies. They all know it," Alan Estevez said. "We expect a deal soon."'

    assert said(text, "We were talking to allies").certainty == "official"
    assert said(text, "We expect a deal soon").certainty == "official"


def test_the_rows_of_a_table_share_its_source_and_the_next_subject_does_not():
    text = "China's exports rose 32% in June, customs data showed. Exports were 60% above June 2024. Nvidia shares fell 3%."

    assert said(text, "Exports were 60% above June 2024").certainty == "official"
    assert said(text, "Nvidia shares fell 3%").certainty == "stated"


def test_what_a_rule_holds_is_the_word_of_the_agency_just_quoted():
    text = (
        "BIS added 27 firms to the Entity List, the agency said. One rule adds 10 Chinese firms. Shares fell."
    )

    assert said(text, "One rule adds 10 Chinese firms").certainty == "official"
    assert said(text, "Shares fell").certainty == "stated"


def test_the_page_of_an_authority_is_its_own_word_and_that_of_a_paper_is_not():
    text = "Gallium exports need a licence from August."

    assert said(text, text, outlet="Ministry of Commerce of China").certainty == "official"
    assert said(text, text, outlet="South China Morning Post").certainty == "stated"


def test_an_outlets_own_arithmetic_is_its_own_voice():
    text = "The firm shed $50 billion, according to CNBC calculations."

    assert said(text, "The firm shed $50 billion", outlet="CNBC").certainty == "stated"


def test_a_charge_without_an_accuser_has_the_authority_that_the_story_names():
    text = "Prosecutors said 400 chips went to China. The alleged scheme used a front company."

    assert said(text, "scheme used a front company").certainty == "official"


def test_an_outlet_named_only_in_passing_is_nothing():
    text = "Nvidia shares fell 3% after the Reuters event in London."

    assert said(text, text) == Attribution()
