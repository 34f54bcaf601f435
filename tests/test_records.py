"""YAML without its traps."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.errors import LedgerError
from tidegate.records import read_yaml, read_yaml_records, read_yaml_text


def test_scalars_stay_what_a_lawyer_wrote(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text(
        "country: NO\non: 2025-02-25\ncode: 3E001\ntime: 1:30\nflag: true\nnothing:\nn: 12\nf: 1.5\n"
    )

    data, _ = read_yaml(file)

    assert data == {
        "country": "NO", "on": "2025-02-25", "code": "3E001", "time": "1:30", "flag": True, "nothing": None,
        "n": 12, "f": 1.5,
    }  # fmt: skip


def test_every_value_knows_its_line(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("id: x\nhistory:\n  - on: 2025\n    stage: a\n  - on: 2026\n    stage: b\n")

    record = read_yaml_records(file)[0]

    assert record.line("history", 1, "stage") == 6
    assert record.line("history", 1, "missing") == 5
    assert record.line("id") == 1


def test_a_doubled_key_is_an_error_with_its_line(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("a: 1\nb: 2\na: 3\n")

    with pytest.raises(LedgerError, match=r"a\.yaml:3: \[doubled-key\]"):
        read_yaml(file)


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"a: \xff\xfe", "not-utf8"),
        (b"a: \x00", "not-yaml"),
        (b"a: *x", "not-yaml"),
        (b"&x a: &y [*y]", "not-yaml"),
        (b"{[a]: 1}", "bad-key"),
        (b"[" * 3000, "not-yaml"),
        (b"[" * 200 + b"]" * 200, "too-deep"),
        (b"a: !!python/object/apply:os.system ['true']", "not-yaml"),
    ],
)
def test_hostile_files_are_refused(tmp_path, raw, rule):
    file = tmp_path / "a.yaml"
    file.write_bytes(raw)

    with pytest.raises(LedgerError) as caught:
        read_yaml_records(file)

    assert caught.value.problems[0].rule in (rule, "too-deep")


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(LedgerError, match="cannot be read"):
        read_yaml_records(tmp_path / "none.yaml")


def test_a_huge_file_is_refused_unread(tmp_path):
    file = tmp_path / "a.yaml"
    with file.open("wb") as out:
        out.truncate(17 * 2**20)

    with pytest.raises(LedgerError, match="too-large"):
        read_yaml_records(file)


@settings(max_examples=300)
@given(st.text(max_size=200))
def test_any_text_is_data_or_a_problem_with_a_line(text):
    try:
        read_yaml_text(text, "x.yaml")
    except LedgerError as error:
        assert all(problem.line >= 1 for problem in error.problems)
