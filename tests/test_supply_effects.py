"""What a scenario changes: in the same draws, against the record, with bands."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tidegate.cli.app import app
from tidegate.errors import BadInputError
from tidegate.ledger.scenario import apply_scenario
from tidegate.supply.effects import effects_of

SCENARIOS = Path(__file__).parents[1] / "examples" / "scenarios"


def test_the_match_act_costs_the_scanner_maker_and_helps_chinese_ones(ledger):
    what_if = apply_scenario(ledger, SCENARIOS / "match-act.yaml")
    found = effects_of(
        what_if,
        ledger,
        "2026Q4",
        "2027Q1",
        draws=20,
        outcomes=["sales:asml", "sales:naura", "imports:CN:lithography"],
    )
    rows = {row["outcome"]: row for row in found.table()}

    assert "us-2026-04-match-act" in found.measures
    assert rows["sales:asml"]["high"] < 0
    assert rows["imports:CN:lithography"]["effect"] < rows["sales:asml"]["effect"]
    assert rows["sales:naura"]["effect"] > 0


def test_a_ledger_against_itself_changes_nothing(ledger):
    found = effects_of(ledger, ledger, "2025Q1", "2025Q1", draws=10, outcomes=["sales:asml"])

    assert found.measures == ()
    assert found.rows[0]["effect"] == 0


def test_a_span_before_the_start_of_the_model_is_refused(ledger):
    with pytest.raises(BadInputError, match="starts in 2022Q1, before the first quarter"):
        effects_of(ledger, ledger, "2022Q1", "2023Q1")


def test_two_scenarios_need_compare(tmp_path):
    files = [str(SCENARIOS / f"{name}.yaml") for name in ("match-act", "eda-letters-stay")]
    result = CliRunner().invoke(app, ["simulate", *files])

    assert isinstance(result.exception, BadInputError) or result.exit_code == 2


def test_the_command_says_what_a_scenario_does():
    arguments = ["simulate", str(SCENARIOS / "eda-letters-stay.yaml"), "--from", "2025Q3", "--to", "2025Q3"]
    result = CliRunner().invoke(app, [*arguments, "--draws", "5", "--outcome", "sales:synopsys"])

    assert result.exit_code == 0
    assert "us-2025-05-23-eda-letters" in result.stdout
