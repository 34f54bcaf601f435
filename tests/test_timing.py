"""When the event of a claim was: which date of a sentence is whose, and what it means on the day of the story."""

import datetime as dt

import pytest

from tidegate.claims.documents import Document
from tidegate.claims.extract.story import parse_story
from tidegate.claims.extract.timing import date_of

PUBLISHED = dt.date(2025, 5, 14)  # a Wednesday


def when(text, verb, future=False, published=PUBLISHED):
    """Return the date of the act that a word of a text carries."""
    story = parse_story(Document("story.txt", text, None, published, None), published)
    place = text.index(verb)
    sentence = next(one for one in story.sentences if one.start <= place < one.end)
    act = next(token for token in sentence.span if token.idx + sentence.offset == place)
    return date_of(story, sentence, act, list(sentence.span), future)


@pytest.mark.parametrize(
    ("words", "iso"),
    [
        ("on May 12", "2025-05-12"),
        ("in December 2024", "2024-12"),
        ("on Monday", "2025-05-12"),
        ("on Friday", "2025-05-09"),
        ("yesterday", "2025-05-13"),
        ("today", "2025-05-14"),
        ("last October", "2024-10"),
        ("in November", "2024-11"),
        ("in April", "2025-04"),
        ("earlier this month", "2025-05"),
        ("late last month", "2025-04"),
        ("two months ago", "2025-03"),
        ("a year ago", "2024"),
        ("in 2022", "2022"),
        ("on the 9th", "2025-05-09"),
    ],
)
def test_a_date_of_a_done_act_lies_on_or_before_the_day_of_the_story(words, iso):
    assert when(f"Japan imposed the curbs {words}.", "imposed") == iso


@pytest.mark.parametrize(
    ("words", "iso"),
    [
        ("on Aug. 1", "2025-08-01"),
        ("on Monday", "2025-05-19"),
        ("in January", "2026-01"),
        ("next month", "2025-06"),
    ],
)
def test_a_date_of_an_act_ahead_lies_after_the_day_of_the_story(words, iso):
    assert when(f"Japan will impose the curbs {words}.", "impose", future=True) == iso


def test_a_date_that_leans_on_a_story_without_a_day_is_left_open():
    assert when("Japan imposed the curbs on Monday.", "imposed", published=None) is None


def test_each_act_has_the_date_of_its_own_clause():
    text = "Japan imposed the curbs in March after the United States announced its rule last October."

    assert when(text, "imposed") == "2025-03"
    assert when(text, "announced") == "2024-10"


def test_a_date_in_a_relative_clause_is_not_the_date_of_the_main_act():
    text = "Officials are considering sanctions against Huawei, which has been on a list since 2019."

    assert when(text, "considering") is None


def test_a_rule_has_the_date_at_which_it_was_given_out():
    text = "The rules, released on January 15, 2025, introduced three tiers."

    assert when(text, "introduced") == "2025-01-15"


def test_what_was_announced_has_the_day_of_the_announcement_and_what_was_confirmed_has_not():
    assert when("Japan announced on Monday that it will limit exports.", "limit") == "2025-05-12"
    assert when("Qualcomm confirmed on Monday that Commerce had revoked a licence.", "revoked") is None


def test_how_long_an_act_lasts_is_not_when_it_was():
    assert when("China suspended the controls until November 10, 2026.", "suspended") is None


def test_what_was_said_in_a_month_gone_is_not_moved_ahead():
    text = "The department said in March it would replace the rule."

    assert when(text, "said", future=True) == "2025-03"


def test_a_dateline_is_not_the_date_of_an_act():
    assert when("AMSTERDAM, May 13 (Reuters) - The Netherlands restricts chip tools.", "restricts") is None


def test_what_a_rule_holds_has_the_day_of_the_rule():
    text = "On May 12, BIS issued new export rules. The rules also restrict chip tools."

    assert when(text, "restrict ") == "2025-05-12"


def test_an_earlier_rule_does_not_take_the_date_of_the_new_one():
    text = "On May 12, BIS issued new export rules. The previous rules restrict chip tools."

    assert when(text, "restrict ") is None


def test_the_next_act_of_the_same_actor_has_the_day_of_the_first():
    text = "On May 12, China imposed a ban on gallium. China also added ten firms to its list."

    assert when(text, "added") == "2025-05-12"


def test_another_actors_next_act_has_no_date():
    text = "On May 12, China imposed a ban on gallium. Japan also added ten firms to its list."

    assert when(text, "added") is None


def test_the_next_sentence_may_give_the_day():
    text = "China announced export restrictions on antimony. These restrictions were announced on December 3, 2024."

    assert when(text, "announced") == "2024-12-03"
