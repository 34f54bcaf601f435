"""Edits that give another ledger and leave the record alone."""

import pytest

from tidegate.errors import LedgerError
from tidegate.ledger.scenario import apply_scenario


def scenario(tmp_path, edits):
    file = tmp_path / "s.yaml"
    file.write_text(f"title: A test\nedits:\n{edits}")
    return file


def test_set_gives_a_stage_from_a_day_and_sets_later_changes_aside(ledger, tmp_path):
    file = scenario(tmp_path, "  - set: us-2025-05-23-eda-letters\n    stage: in_force\n    on: 2025-06-01\n")

    what_if = apply_scenario(ledger, file)

    assert what_if.standing("us-2025-05-23-eda-letters", "2026-01-01").stage == "in_force"
    assert ledger.standing("us-2025-05-23-eda-letters", "2026-01-01").stage == "lifted"
    assert what_if.scenario == "A test"


def test_move_puts_a_recorded_stage_on_another_day(ledger, tmp_path):
    file = scenario(tmp_path, "  - move: us-2025-05-23-eda-letters\n    stage: lifted\n    on: 2025-09-01\n")

    what_if = apply_scenario(ledger, file)

    assert what_if.standing("us-2025-05-23-eda-letters", "2025-08-31").stage == "in_force"
    assert what_if.standing("us-2025-05-23-eda-letters", "2025-09-01").stage == "lifted"


def test_move_to_never_takes_the_stage_out(ledger, tmp_path):
    file = scenario(tmp_path, "  - move: us-2025-05-23-eda-letters\n    stage: lifted\n    on: never\n")

    assert (
        apply_scenario(ledger, file).standing("us-2025-05-23-eda-letters", "2026-11-01").stage == "in_force"
    )


def test_mirror_makes_the_measure_anothers_law(ledger, tmp_path):
    file = scenario(tmp_path, "  - mirror: us-2022-10-07-us-persons\n    by: Japan\n    on: 2025-06-01\n")

    mirror = apply_scenario(ledger, file)["jp-mirror-of-us-2022-10-07-us-persons"]

    assert mirror.jurisdiction == "JP"
    assert mirror.mirrors == ("us-2022-10-07-us-persons",)
    scopes = [part.when for part in (mirror, *mirror.limbs) if part.when]
    assert scopes
    for scope in scopes:
        assert "exporter_country = 'JP'" in scope
        assert "AND us_person" not in scope


def test_drop_makes_it_as_if_it_had_never_been(ledger, tmp_path):
    file = scenario(tmp_path, "  - drop: us-2024-12-02-hbm\n")

    assert "us-2024-12-02-hbm" not in apply_scenario(ledger, file)
    assert "us-2024-12-02-hbm" in ledger


def test_add_brings_a_whole_measure(ledger, tmp_path):
    file = scenario(
        tmp_path,
        """\
  - add:
      id: kr-2027-01-01-example
      title: Korea acts
      jurisdiction: KR
      authority: MOTIR
      instrument: servicing
      legal_form: notice
      effect: prohibit
      when: activity = 'servicing' AND exporter_country = 'KR'
      history:
        - {on: 2027-01-01, stage: in_force, note: assumed, source: "note: a what-if"}
""",
    )

    assert apply_scenario(ledger, file).standing("kr-2027-01-01-example", "2027-01-01").binds


def test_shipped_scenarios_apply(ledger):
    from pathlib import Path

    files = sorted((Path(__file__).parents[1] / "examples" / "scenarios").glob("*.yaml"))
    assert files
    for file in files:
        assert apply_scenario(ledger, file).scenario


@pytest.mark.parametrize(
    ("edits", "line", "rule"),
    [
        (
            "  - set: us-2025-05-23-eda-leters\n    stage: lifted\n    on: 2025-06-01\n",
            3,
            "unknown-measure",
        ),
        (
            "  - set: us-2025-05-23-eda-letters\n    stage: lifted\n    on: 2025-05-22\n",
            5,
            "before-the-measure",
        ),
        (
            "  - set: us-2025-05-23-eda-letters\n    stage: gone\n    on: 2025-06-01\n",
            4,
            "bad-word",
        ),
        ("  - set: us-2025-05-23-eda-letters\n    stage: lifted\n    on: soon\n", 5, "bad-date"),
        ("  - set: us-2025-05-23-eda-letters\n    stage: lifted\n", 3, "missing-key"),
        (
            "  - set: us-2025-05-23-eda-letters\n    stge: lifted\n    on: 2025-06-01\n",
            4,
            "unknown-key",
        ),
        (
            "  - move: us-2025-05-23-eda-letters\n    stage: suspended\n    on: 2025-06-01\n",
            4,
            "no-such-stage",
        ),
        (
            "  - move: us-2024-12-02-hbm\n    stage: in_force\n    on: 2024-01-01\n",
            5,
            "before-the-measure",
        ),
        (
            "  - mirror: us-2024-12-02-hbm\n    by: Atlantis\n    on: 2025-06-01\n",
            4,
            "unknown-place",
        ),
        ("  - mirror: us-2024-12-02-hbm\n    by: US\n    on: 2025-06-01\n", 4, "mirrors-itself"),
        (
            "  - mirror: us-2024-12-02-hbm\n    by: JP\n    on: 2020-06-01\n",
            5,
            "before-the-measure",
        ),
        ("  - lift: us-2024-12-02-hbm\n", 3, "not-an-edit"),
        ("  - text\n", 3, "not-an-edit"),
        ("  - add: {id: us-2027-01-01-x}\n", 3, "missing-key"),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused_with_its_line(ledger, tmp_path, edits, line, rule):
    with pytest.raises(LedgerError) as caught:
        apply_scenario(ledger, scenario(tmp_path, edits))

    assert (line, rule) in {(problem.line, problem.rule) for problem in caught.value.problems}
    assert all(problem.mend for problem in caught.value.problems)


def test_a_file_that_is_no_scenario_is_refused(ledger, tmp_path):
    file = tmp_path / "s.yaml"
    for text in ("title: x\n", "edits: []\n", "title: x\nedits: []\nmore: 1\n", "- a\n- b\n"):
        file.write_text(text)
        with pytest.raises(LedgerError):
            apply_scenario(ledger, file)
