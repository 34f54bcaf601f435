"""Cases a lawyer can read: facts, day, government and the answer with its source."""

import contextlib
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.errors import BadInputError
from tidegate.licensing.cases import decide_cases, facts_of_end_use, read_cases
from tidegate.licensing.facts import Transaction
from tidegate.licensing.values import FieldError
from tidegate.licensing.verdict import Outcome

OWN = sorted((Path(__file__).parent / "data" / "determinations").glob("*.yaml"))
SHARED = Path(__file__).parents[2] / "shared" / "facts" / "determinations.yaml"

ARGUED = {
    # The rule itself (744.23(d)) states how fabs of allied firms are judged, which the press source does not.
    ("samsung-xian-2026-02", "US"): ("licence_required", {"case_by_case", "presumption_of_approval"}),
}
"""Answers of the shared cases that are more exact than their source bears."""


def answer(decision, government):
    own = decision.by_government[government]
    if (
        own.outcome is Outcome.LICENCE_REQUIRED
        and own.review
        and own.review.value != "presumption_of_approval"
    ):
        return own.review.value
    return own.label


def told(path):
    from tidegate.ledger import load_ledger

    for found in decide_cases(read_cases(path), load_ledger()):
        for government, expected in (found.case.expected or {}).items():
            yield found, government, expected


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_a_golden_case_is_decided_as_its_source_has_it(path):
    wrong = []
    for found, government, expected in told(path):
        assert found.error is None
        assert found.case.ignored == ()
        got = answer(found.decision, government)
        exact = found.decision.by_government[government]
        if expected == "presumption_of_approval":
            got = exact.review.value if exact.review else got
        if got != expected:
            wrong.append((found.case.id, government, expected, got))

    assert wrong == []


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not beside this checkout")
def test_the_shared_cases_are_decided_as_expected_but_for_those_argued():
    wrong = {}
    for found, government, expected in told(SHARED):
        got = answer(found.decision, government)
        own = found.decision.by_government[government]
        if got != expected:
            wrong[found.case.id, government] = (expected, own.review.value if own.review else got)

    assert set(wrong) <= set(ARGUED)
    for key, (expected, got) in wrong.items():
        assert expected == ARGUED[key][0]
        assert got in ARGUED[key][1]


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not beside this checkout")
def test_an_unknown_answer_names_the_facts_that_decide():
    for found, government, expected in told(SHARED):
        if expected == "unknown":
            row = found.row()["decisions"][government]
            assert row["unknown"]
            assert set(row["unknown"]) <= {"item.tpp", "item.performance_density"}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("logic_7nm", {"end_use_fab": True, "facility_product": "logic", "facility_logic_node_nm": "7"}),
        ("nand_128_layers", {"end_use_fab": True, "facility_product": "nand", "facility_nand_layers": "128"}),
        ("dram_17nm", {"end_use_fab": True, "facility_product": "dram", "facility_dram_half_pitch_nm": "17"}),
        ("exascale supercomputer", {"end_use_supercomputer": True}),
        ("military_intelligence", {"end_use_wmd_or_intelligence": True}),
        ("gaming", {}),
    ],
)
def test_the_words_of_an_end_use_say_what_they_say_of_the_facility(text, facts):
    assert facts_of_end_use(text) == facts


def test_a_bad_case_does_not_stop_the_others(tmp_path, ledger):
    path = tmp_path / "cases.yaml"
    path.write_text(
        "- {id: good, date: 2025-05-01, activity: export, exporter_country: US, destination: JP, item: {id: h20}}\n"
        "- {id: no-day, destination: JP}\n"
        "- {id: bad-country, date: 2025-05-01, destination: Atlantis}\n"
        "- {id: odd, date: 2025-05-01, item: {colour: red}}\n"
        "- just words\n"
    )
    answers = list(decide_cases(read_cases(path), ledger))

    assert [a.error is None for a in answers] == [True, False, False, True, False]
    assert "destination" in answers[2].error
    assert answers[3].case.ignored == ("item.colour",)


@settings(max_examples=150, deadline=None)
@given(st.one_of(
    st.text(max_size=200),
    st.lists(st.dictionaries(
        st.sampled_from(["id", "date", "item", "origin", "end_user", "actor", "destination", "activity", "end_use", "expected", "x"]),
        st.one_of(st.none(), st.text(max_size=12), st.integers(), st.booleans(), st.lists(st.integers(), max_size=2),
                  st.dictionaries(st.sampled_from(["id", "tpp", "kind", "name", "listed", "work", "designer", "country", "y"]),
                                  st.one_of(st.none(), st.text(max_size=8), st.integers(), st.booleans()), max_size=4)),
        max_size=6), max_size=3).map(json.dumps),
))  # fmt: skip
def test_no_case_file_whatever_it_holds_breaks_the_reader(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.yaml"
        path.write_text(text, encoding="utf-8", errors="replace")
        try:
            cases = read_cases(path)
        except BadInputError as error:
            assert str(path) in str(error)
            return
        for case in cases:
            assert case.id
            if case.error is None:
                with contextlib.suppress(FieldError):
                    Transaction.of(case.facts, case.on)
