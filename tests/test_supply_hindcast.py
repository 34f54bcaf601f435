"""The hindcast: rows answered or refused with a reason, bands, baselines, and nothing known from the future."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tidegate.cli.app import app
from tidegate.errors import BadInputError
from tidegate.sources.eto import read_eto
from tidegate.supply.baselines import known_spans, last_year
from tidegate.supply.calibration import load_calibration
from tidegate.supply.finer import with_eto
from tidegate.supply.hindcast import Answer, Target, hindcast, read_targets
from tidegate.supply.observables import NotModelled, observable_of
from tidegate.supply.published import compare_published
from tidegate.supply.quarters import calendar_period

HEAD = "id,entity,item,geography,period,metric,value,unit,tolerance,tolerance_kind,basis"


def target(**other):
    """The share of China in ASML's system sales, or another row."""
    fields = {
        "id": "A", "entity": "asml", "item": "lithography", "geography": "CN", "period": "2023Q3", "metric": "revenue_share",
        "value": 46.0, "unit": "percent", "tolerance": 8.0, "tolerance_kind": "absolute", "basis": "net system sales",
    }  # fmt: skip
    return Target(**{**fields, **other})


ROWS = (
    target(),
    target(id="B", period="2022Q4", value=9.0),
    target(id="C", entity="CN", item="chips", geography="WORLD", period="2023", metric="imports", value=349.5,
           unit="USD_bn", tolerance=0.08, tolerance_kind="relative", basis="HS 8542"),
    target(id="D", entity="CN", item="magnets", geography="WORLD", period="2025-05", metric="exports", value=1238,
           unit="t", tolerance=0.3, tolerance_kind="relative", basis="HS 8505.11"),
    target(id="E", entity="CN", item="magnets", geography="WORLD", period="2025-01", metric="exports", value=6357,
           unit="t", tolerance=0.3, tolerance_kind="relative", basis="HS 8505.11"),
    target(id="F", entity="bakery", item="bread", metric="revenue", unit="USD_bn"),
    target(id="G", period="soon"),
)  # fmt: skip


@pytest.fixture(scope="module")
def calibration():
    return load_calibration()


@pytest.fixture(scope="module")
def found(ledger):
    return hindcast(ROWS, ledger, draws=100, seed=3)


def by_id(found):
    return {answer.target.id: answer for answer in found.answers}


def test_every_row_is_answered_or_refused_with_a_reason(found):
    for answer in found.answers:
        if answer.value is None:
            assert answer.how.startswith("not modelled, because ")
        else:
            low, high = answer.band
            assert low <= answer.value <= high


def test_a_firm_that_is_not_in_the_network_is_not_modelled(found):
    assert by_id(found)["F"].how == "not modelled, because 'bakery' is no supplier of the network"


def test_a_period_that_is_not_read_is_not_modelled(found):
    assert by_id(found)["G"].how.startswith("not modelled, because 'soon' is no period")


def test_a_firm_is_known_by_any_of_its_names():
    plan = observable_of(target(entity="ASMI", basis="net sales"), load_calibration())

    assert plan.outcomes == ("sales:asm-international:etch_deposition:CN",)


def test_the_same_seed_gives_the_same_bytes(found, ledger):
    assert hindcast(ROWS, ledger, draws=100, seed=3).to_json() == found.to_json()


def test_magnets_fall_in_the_month_in_which_licences_are_awaited(found):
    answers = by_id(found)

    assert answers["D"].value < 0.7 * answers["E"].value


def test_the_value_does_not_depend_on_what_was_observed(ledger, found):
    other = tuple(replace(row, value=row.value * 3) for row in ROWS)
    again = hindcast(other, ledger, draws=100, seed=3)

    assert [a.value for a in again.answers] == [a.value for a in found.answers]


def test_the_year_before_is_taken_from_the_file_or_from_what_was_observed(found):
    # The shipped observations have 15 percent for 2022Q3.
    assert by_id(found)["A"].last_year == 15
    assert by_id(found)["C"].last_year == pytest.approx(415.58)


def test_tolerance_and_skill_are_those_of_their_definitions():
    row = target(value=100.0, tolerance=0.1, tolerance_kind="relative")

    assert row.margin == pytest.approx(10)
    assert Answer(row, 109.0, (90.0, 99.0), "").inside_tolerance
    assert not Answer(row, 111.0, (90.0, 99.0), "").inside_tolerance
    assert not Answer(row, 109.0, (90.0, 99.0), "").inside_band
    assert Answer(row, 110.0, (90.0, 120.0), "").skill(80.0) == pytest.approx(0.5)
    assert Answer(row, 110.0, (90.0, 120.0), "").skill(None) is None


def test_the_summary_counts_what_its_answers_say(found):
    summary, own = found.summary(), [a for a in found.answers if a.value is not None]

    assert summary["modelled"] == len(own) == 5
    assert summary["inside_band"] == sum(a.inside_band for a in own)
    assert summary["last_year"]["targets"] == sum(a.last_year is not None for a in own)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (target(metric="happiness"), "no metric 'happiness'"),
        (target(entity="CN", metric="imports", item="bread"), "'bread' is no good of the network"),
        (target(entity="CN", metric="exports", item="magnets", geography="DE", unit="t"), "only within EU"),
        (
            target(entity="tokyo-electron", metric="revenue", geography="WORLD", unit="JPY_bn"),
            "no level in JPY_bn",
        ),
        (
            target(entity="CN", metric="imports", item="eda_software", geography="WORLD"),
            "was known before the start",
        ),
    ],
)
def test_why_a_row_is_not_modelled_is_said(row, reason):
    with pytest.raises(NotModelled, match=reason):
        observable_of(row, load_calibration())


def test_a_share_is_read_off_flows_and_a_level_moved_from_what_was_known():
    calibration = load_calibration()

    assert observable_of(target(), calibration).of
    plan = observable_of(ROWS[2], calibration)
    assert plan.anchor["period"] == "2022-01/2022-08"
    assert plan.anchor["known_by"] <= "2022-09"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,entity\n", r"t.csv:1: column 'item' is missing"),
        (
            f"{HEAD}\nA,asml,lithography,CN,2023Q3,revenue_share,much,percent,8,absolute,x\n",
            "t.csv:2: value 'much' is no number",
        ),
        (
            f"{HEAD}\nA,asml,lithography,CN,2023Q3,revenue_share,46,percent,8,roughly,x\n",
            "t.csv:2: tolerance_kind is 'roughly'",
        ),
    ],
)
def test_a_broken_file_of_targets_is_refused_with_its_line(tmp_path, text, message):
    file = tmp_path / "t.csv"
    file.write_text(text)

    with pytest.raises(BadInputError, match=message):
        read_targets(file)


def test_the_command_prints_the_layout_that_is_asked_for(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text(f"{HEAD}\nT,CN,chips,WORLD,2022,imports,415.6,USD_bn,0.06,relative,HS 8542\n")
    result = CliRunner().invoke(app, ["hindcast", str(file), "--draws", "10", "--format", "json"])

    assert result.exit_code == 0
    (row,) = json.loads(result.stdout)["targets"]
    assert row["id"] == "T"
    assert len(row["band"]) == 2
    assert row["baselines"]["last_year"]["value"] == pytest.approx(432.6)


def test_the_shipped_targets_of_developers_are_all_answered_or_refused(ledger, shared):
    rows = read_targets(shared / "facts" / "supply" / "hindcast_targets.csv")
    calibration = load_calibration()

    for row in rows:
        assert observable_of(row, calibration).outcomes


def test_the_observatorys_tables_give_more_firms_and_the_same_flows(shared):
    folder = shared / "data" / "eto"
    if not folder.is_dir():
        pytest.skip("the tables of the observatory are not here")
    tables, plain = read_eto(folder), load_calibration()
    finer = with_eto(plain, tables)

    assert tables.by_country("Lithography tools")["NL"] == pytest.approx(0.815)
    assert len(finer.suppliers) > len(plain.suppliers)
    for good, flow in plain.network.flows.items():
        assert finer.network.flows[good].sum(axis=0) == pytest.approx(flow.sum(axis=0))


def test_a_table_of_the_observatory_with_a_bad_share_is_refused_with_its_line(tmp_path):
    (tmp_path / "inputs.csv").write_text("input_id,input_name,type,year\nN1,Lamps,tool_resource,2025\n")
    (tmp_path / "providers.csv").write_text(
        "provider_name,provider_id,provider_type,country\nUSA,P1,country,\n"
    )
    links = (
        "provider_name,provider_id,provided_name,provided_id,share_provided,year\nUSA,P1,Lamps,N1,many,2025\n"
    )
    (tmp_path / "provision.csv").write_text(links)

    with pytest.raises(BadInputError, match=r"provision.csv:2: share_provided 'many' is no percentage"):
        read_eto(tmp_path)


def test_a_missing_table_of_the_observatory_is_named(tmp_path):
    with pytest.raises(BadInputError, match=r"inputs.csv: the file cannot be read"):
        read_eto(Path(tmp_path))


@pytest.fixture(scope="module")
def published(shared):
    return compare_published(shared / "facts" / "scenario_targets.yaml", draws=60)


def test_every_published_scenario_stands_beside_an_answer_or_a_reason(published):
    for row in published.rows:
        assert row["why"]
        if row["model"] is None:
            assert row["why"].startswith("not modelled: ")
        else:
            assert row["low"] <= row["model"] <= row["high"]
        if row["band"] and row["model"] is not None:
            assert row["passes"] == (row["band"][0] <= row["model"] <= row["band"][1])


def test_a_full_stop_costs_us_makers_and_others_gain_a_part_of_it(published):
    rows = {row["id"]: row for row in published.rows}

    assert rows["bcg_2020_china_chip_restrictions"]["high"] < 0
    assert 0 < rows["itif_2025_chip_decoupling"]["model"] < 1


def test_a_large_coalition_hurts_more_a_unit_than_one_country(published):
    (row,) = [row for row in published.rows if "six" in row["metric"]]

    assert row["low"] > 1


def test_a_file_of_published_scenarios_without_a_list_is_refused(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text("as_of: 2026-11-21\n")

    with pytest.raises(BadInputError, match="a list 'targets' is expected"):
        compare_published(file)


def test_a_fiscal_quarter_is_read_in_the_months_of_the_firm():
    assert calendar_period("FY2025Q1", 1, "nvidia") == "2024-02/2024-04"
    assert calendar_period("FY2024", 10, "applied-materials") == "2023-11/2024-10"
    assert calendar_period("FY2026H1", 3, "tokyo-electron") == "2025-04/2025-09"
    assert calendar_period("FY2024Q4", 12, "asml") == "2024-10/2024-12"
    assert calendar_period("2024Q2", None, "asml") == "2024Q2"
    with pytest.raises(BadInputError, match="when the fiscal year of acme ends is not known"):
        calendar_period("FY2024", None, "acme")


def test_trade_with_one_partner_is_its_part_of_trade_with_all(calibration):
    def level(geography):
        plan = observable_of(
            target(entity="CN", item="chips", geography=geography, metric="imports", unit="USD_bn"),
            calibration,
        )
        return plan.anchor["value"]

    parts = [level(country) for country in ("US", "TW", "KR", "JP", "EU")]

    assert sum(parts) == pytest.approx(level("WORLD"))
    assert len({round(part, 3) for part in parts}) == 5


def test_a_baseline_on_another_heading_is_no_baseline(calibration):
    narrow = target(entity="CN", item="wafer_fab_equipment", geography="WORLD", metric="imports", period="2023",
                    unit="USD_bn", basis="HS 8486.20 IC-making machines")  # fmt: skip
    wide = replace(narrow, period="2022", basis="all 8486-type equipment")

    assert last_year(narrow, [narrow, replace(narrow, period="2022", value=18.7)], calibration) == 18.7
    assert (
        last_year(replace(wide, period="2023"), [replace(narrow, period="2022", value=18.7)], calibration)
        != 18.7
    )


def test_what_was_in_print_of_a_period_stands_at_its_value(calibration):
    year = target(
        entity="CN",
        item="semi_equipment",
        geography="",
        metric="billings",
        period="2022",
        unit="USD_bn",
        basis="SEMI WWSEMS",
    )

    spans = known_spans(year, calibration)

    assert sorted(value for _, value in spans) == [6.56, 7.57]
    assert {month for months, _ in spans for month in months} == {(2022, m) for m in range(1, 7)}
    assert not known_spans(replace(year, period="2023"), calibration)


def test_published_scenarios_are_printed_side_by_side_with_the_reason(tmp_path):
    file = tmp_path / "targets.yaml"
    file.write_text(
        "targets:\n"
        "- id: usgs_2024_gallium_germanium\n"
        "  cases: [{}, {}, {results: {US_GDP_busd: -3.4}}]\n"
        "  compare: {band: [-9.0, -1.7]}\n"
        "- id: some_other_2030\n",
        encoding="utf-8",
    )
    shown = CliRunner().invoke(app, ["published", str(file), "--draws", "20"])

    assert shown.exit_code == 0
    assert "-3.4" in shown.output
    assert "-9 to -1.7" in shown.output
    assert "usgs_2024_gallium_germanium: output of those who use chips" in shown.output
    assert "some_other_2030: no answer is written for it" in shown.output


def test_a_record_without_the_published_number_is_refused(tmp_path):
    file = tmp_path / "targets.yaml"
    file.write_text("targets:\n- id: imf_2026_rare_earths\n", encoding="utf-8")

    with pytest.raises(BadInputError, match="imf_2026_rare_earths: case 1 has no result 'JP_GDP_pct'"):
        compare_published(file, draws=5)
