"""Where sources disagree about a parameter: each is run by itself, in the same draws."""

import csv
import shutil

import pytest

from tidegate.data import SUPPLY
from tidegate.errors import BadInputError
from tidegate.ledger.scenario import apply_scenario_text
from tidegate.ledger.shipped_scenarios import shipped_scenarios
from tidegate.supply.calibration import load_calibration
from tidegate.supply.disputes import OWN, disputes_of, readings
from tidegate.supply.effects import effects_of


@pytest.fixture(scope="module")
def match_act(ledger):
    return apply_scenario_text(ledger, shipped_scenarios()["match-act"].text, "match-act")


@pytest.fixture(scope="module")
def disputed(ledger, match_act):
    return disputes_of(match_act, ledger, "imports:CN:lithography", "2026Q4", "2027Q1", draws=20, seed=3)


def test_each_reading_on_file_has_an_address_and_one_by_memory_is_not_verified():
    for reading in readings():
        assert reading.source.startswith("http"), reading.name
        assert all(value > 1 for value in reading.values.values()), reading.name
    with (SUPPLY / "readings.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [r["reading"] for r in rows] == sorted(r["reading"] for r in rows)
    assert all(r["verified"] == "false" for r in rows if r["kind"] == "memory")


def test_the_run_without_a_source_is_the_effect_of_the_scenario(ledger, match_act, disputed):
    own = effects_of(
        match_act, ledger, "2026Q4", "2027Q1", draws=20, seed=3, outcomes=["imports:CN:lithography"]
    )
    assert disputed.rows[0]["reading"] == OWN
    assert disputed.rows[0]["effect"] == own.rows[0]["effect"]
    assert (disputed.rows[0]["low"], disputed.rows[0]["high"]) == (own.rows[0]["low"], own.rows[0]["high"])


def test_the_easier_one_supplier_takes_the_place_of_another_the_less_a_control_bites(disputed):
    by_value = sorted((row for row in disputed.rows[1:]), key=lambda row: max(row["values"].values()))
    assert len(by_value) >= 2
    effects = [abs(row["effect"]) for row in by_value]
    assert effects == sorted(effects, reverse=True)


def test_a_source_that_speaks_of_none_of_the_goods_is_named_and_not_run(disputed):
    assert "GTAP" in disputed.silent
    assert "GTAP" not in {row["reading"] for row in disputed.rows}
    assert "GTAP" in disputed.table().to_dict()["silent"]


def test_a_scenario_no_source_disagrees_about_says_so(ledger):
    letters = apply_scenario_text(ledger, shipped_scenarios()["eda-letters-stay"].text, "letters")
    found = disputes_of(letters, ledger, "imports:CN:eda_software", "2025Q3", "2025Q4", draws=5)
    assert len(found.rows) == 1
    assert found.sentence() == "No source that is on file as disagreeing speaks of eda_software."


def test_the_sentence_names_the_two_ends(disputed):
    ends = sorted(disputed.rows, key=lambda row: row["effect"])
    assert ends[0]["reading"] in disputed.sentence()
    assert ends[-1]["reading"] in disputed.sentence()


@pytest.mark.parametrize(
    ("column", "value", "wrong"),
    [
        ("good", "bread", "readings.csv:2: good 'bread' is no good or stage"),
        ("parameter", "elasticity_lang", "readings.csv:2: parameter 'elasticity_lang' is not one of the engine"),
        ("value", "-3", "readings.csv:2: value: '-3' is not above zero"),
        ("kind", "memory", "readings.csv:2: A number by memory is not verified"),
    ],
)  # fmt: skip
def test_a_reading_that_makes_no_sense_is_refused_with_its_line(tmp_path, column, value, wrong):
    folder = tmp_path / "supply"
    shutil.copytree(SUPPLY, folder)
    with (folder / "readings.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows[0][column] = value
    with (folder / "readings.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(BadInputError, match=wrong):
        readings(load_calibration(folder))
