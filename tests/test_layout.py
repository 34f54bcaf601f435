"""A determination put in order and in words: what to ask next, and scopes that a person can read."""

import pytest
from sqlglot import exp

from tidegate.ledger.predicate import parse_predicate, predicate_names
from tidegate.licensing.check import check
from tidegate.licensing.layout import lay_out, next_fact
from tidegate.licensing.scope_words import in_words

H20 = {"item": "h20", "destination": "CN"}


def test_the_country_that_it_leaves_from_is_asked_for_first_where_most_answers_hang_on_it(ledger):
    checked = check(H20, ledger, "2026-11-21")
    assert next_fact(checked.decision) == "exporter_country"
    assert len(lay_out(checked.decision).waiting) > 5


def test_telling_what_is_asked_for_leaves_fewer_answers_open(ledger):
    facts = dict(H20)
    open_before = 99
    for value in ("US", "Alibaba"):
        asked = next_fact(check(facts, ledger, "2026-11-21").decision)
        facts[asked] = value
        left = sum(
            bool(own.unknown) for own in check(facts, ledger, "2026-11-21").decision.by_government.values()
        )
        assert left < open_before
        open_before = left
    assert set(facts) == {"item", "destination", "exporter_country", "end_user"}


def test_nothing_is_asked_for_where_nothing_is_open(ledger):
    facts = {**H20, "exporter_country": "US", "end_user": "Alibaba", "end_user_us_listed": False}
    decision = check(facts, ledger, "2025-05-01").decision
    assert next_fact(decision) is None


def test_every_government_stands_in_one_place_of_the_layout(ledger):
    for facts in (H20, {**H20, "exporter_country": "NL"}, {"kind": "tool", "destination": "IN"}):
        decision = check(facts, ledger, "2025-05-01").decision
        laid = lay_out(decision)
        places = [
            own.government
            for part in (laid.answering, laid.waiting, laid.quiet, laid.outside)
            for own in part
        ]
        assert sorted(places) == sorted(decision.by_government)


def test_an_activity_that_is_not_told_is_export_and_words_of_an_end_use_become_facts(ledger):
    decision = check({**H20, "end_use": "logic_7nm"}, ledger, "2025-05-01").decision
    assert decision.transaction.facts["activity"] == "export"
    assert decision.transaction.facts["facility_logic_node_nm"] == 7


def texts(words):
    return [words.text] if words.joint is None else [text for part in words.parts for text in texts(part)]


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("kind = 'chip'", "kind is chip"),
        ("tpp >= 4800", "tpp at least 4,800 TOPS x bit length"),
        ("NOT tpp < 4800", "tpp not below 4,800 TOPS x bit length"),
        ("kind <> 'chip'", "kind is not chip"),
        ("NOT kind = 'chip'", "kind is not chip"),
        ("NOT kind <> 'chip'", "kind is chip"),
        ("eccn IS NULL", "eccn is not given"),
        ("eccn IS NOT NULL", "eccn is given"),
        ("end_user_us_listed", "end user us listed: yes"),
        ("NOT end_user_us_listed", "end user us listed: no"),
        ("item IN CLASS('ai_chips')", "item among AI chips"),
        ("destination NOT IN ('US', 'NL')", "destination not one of US, NL"),
        ("NULL", "a condition that no fact of the columns settles"),
    ],
)
def test_a_test_is_said_in_words(scope, said):
    assert in_words(scope).text == said


def test_a_denied_conjunction_is_one_of_denials():
    words = in_words("NOT (kind = 'chip' AND destination = 'CN')")
    assert words.joint == "any"
    assert texts(words) == ["kind is not chip", "destination is not CN"]


def test_every_scope_of_the_ledger_has_words_that_name_all_it_tests(ledger):
    for measure in ledger:
        for part in (measure, *measure.limbs):
            scopes = part.when.values() if isinstance(part.when, dict) else [part.when] if part.when else []
            for scope in scopes:
                said = " ".join(texts(in_words(scope)))
                tree = parse_predicate(scope)
                for column in {node.name for node in tree.find_all(exp.Column)}:
                    assert column.replace("_", " ") in said
                for function, _, name in predicate_names(tree):
                    assert function == "CLASS" or name in said
