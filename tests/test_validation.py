"""One broken record for each rule; the message names file, line, rule and mend."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.errors import LedgerError
from tidegate.ledger import load_ledger
from tidegate.ledger.check import RULES, check_records
from tidegate.ledger.load import check_files
from tidegate.records import YamlRecord

BROKEN = sorted((Path(__file__).parent / "data" / "broken").glob("*.yaml"))
EXPECT = re.compile(r"# expect: ([\w-]+):(\d+)")
ELSEWHERE = {"not-utf8", "too-deep", "too-large", "unreadable", "bad-key"}
"""Rules on whole files, tested in test_records.py."""

EXAMPLE = """\
id: us-2026-01-01-example
title: An example
jurisdiction: US
authority: BIS
instrument: chip_export
legal_form: final rule
effect: require
licence_policy: case_by_case
items: [ai_chips]
destinations: [CN]
when: destination = 'CN' AND tpp >= 4800
history:
  - {on: 2026-01-01, stage: in_force, note: an example, source: "https://example.org/rule"}
"""


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_record_is_refused_with_line_rule_and_mend(path):
    rule, line = EXPECT.match(path.read_text("utf-8")).groups()

    problems = check_files([path]).problems

    found = [problem for problem in problems if (problem.rule, str(problem.line)) == (rule, line)]
    assert found, [str(problem) for problem in problems]
    assert found[0].mend
    assert str(found[0]).startswith(f"{path}:{line}: [{rule}]")


def test_every_rule_has_a_broken_record():
    shown = {EXPECT.match(path.read_text("utf-8")).group(1) for path in BROKEN}

    assert set(RULES) == shown | ELSEWHERE


def test_a_good_record_passes_and_stands_beside_the_shipped_ones(tmp_path):
    (tmp_path / "mine.yaml").write_text(EXAMPLE)

    assert check_files([tmp_path]).problems == ()
    ledger = load_ledger(tmp_path)
    assert len(ledger) == len(load_ledger()) + 1
    assert ledger.standing("us-2026-01-01-example", "2026-01-01").binds


def test_a_broken_folder_loads_nothing_and_names_every_problem(tmp_path):
    (tmp_path / "one.yaml").write_text(EXAMPLE.replace("in_force", "enforced"))
    (tmp_path / "two.yaml").write_text(EXAMPLE.replace("case_by_case", "maybe"))

    with pytest.raises(LedgerError) as caught:
        load_ledger(tmp_path)

    assert {Path(problem.path).name for problem in caught.value.problems} == {
        "one.yaml",
        "two.yaml",
    }
    assert "Did you mean" in str(caught.value)


def test_two_folders_are_read_together_and_may_not_share_an_id(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.yaml").write_text(EXAMPLE)

    with pytest.raises(LedgerError, match="doubled-id"):
        load_ledger(tmp_path / "a", tmp_path / "b")
    with pytest.raises(LedgerError, match="no such path"):
        load_ledger(tmp_path / "c")


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9999) | st.text(max_size=12) | st.sampled_from(
        ["2025-01-01", "US", "in_force", "destination = 'CN'", "us-2026-01-01-example", "world", "https://e.org"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
FIELDS = [
    "id",
    "title",
    "jurisdiction",
    "authority",
    "instrument",
    "legal_form",
    "effect",
    "licence_policy",
    "items",
    "destinations",
    "when",
    "history",
    "limbs",
    "scheduled",
    "supersedes",
    "known_as",
    "binds",
    "nonsense",
]


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), plain, max_size=12))
def test_any_mapping_is_a_measure_or_a_list_of_known_rules(fields):
    base = {
        "id": "us-2026-01-01-example", "title": "x", "jurisdiction": "US", "authority": "BIS",
        "instrument": "general", "legal_form": "rule", "effect": "none", "scope_note": "none",
        "history": [{"on": "2026-01-01", "stage": "in_force", "note": "x", "source": "https://e.org"}],
    }  # fmt: skip

    problems = check_records([YamlRecord("x.yaml", {**base, **fields}, {(): 1})])

    assert all(problem.rule in RULES and problem.mend for problem in problems)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="()'=<>ANDORINtpp 0123456789,.;-*", max_size=40))
def test_any_scope_is_a_predicate_or_a_known_rule(scope):
    base = {
        "id": "us-2026-01-01-example", "title": "x", "jurisdiction": "US", "authority": "BIS",
        "instrument": "general", "legal_form": "rule", "effect": "prohibit", "when": scope,
        "history": [{"on": "2026-01-01", "stage": "in_force", "note": "x", "source": "https://e.org"}],
    }  # fmt: skip

    assert all(problem.rule in RULES for problem in check_records([YamlRecord("x.yaml", base, {(): 1})]))
