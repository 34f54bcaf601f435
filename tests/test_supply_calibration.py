"""The shipped calibration: its rules, its sums, and the errors that name file, line and cell."""

import csv
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from tidegate.data import SUPPLY
from tidegate.errors import BadInputError
from tidegate.supply.calibration import CLASSES, load_calibration
from tidegate.supply.draws import ENGINE_PARAMETERS, sample_draws
from tidegate.supply.shipped import KINDS, SCHEMAS, read_rows


@pytest.fixture(scope="module")
def calibration():
    return load_calibration()


@pytest.fixture
def copy(tmp_path):
    """A copy of the shipped files in which a cell can be broken."""
    shutil.copytree(SUPPLY, tmp_path / "supply")

    def write(name, line, column, value):
        file = tmp_path / "supply" / name
        rows = list(csv.DictReader(file.read_text().splitlines()))
        rows[line - 2][column] = value
        with file.open("w", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return tmp_path / "supply"

    return write


def test_every_file_follows_its_schema_and_every_number_says_what_it_rests_on(calibration):
    for name in SCHEMAS:
        assert (SUPPLY / name).exists()
    for rows in (calibration.suppliers, calibration.demand, calibration.parameters, calibration.anchors):
        assert {row["kind"] for row in rows} <= set(KINDS)
        assert all(row["source"] for row in rows)


def test_memory_and_assumption_are_never_marked_as_verified(calibration):
    for rows in (
        calibration.suppliers,
        calibration.demand,
        calibration.parameters,
        calibration.cycle,
        calibration.anchors,
    ):
        assert not [row for row in rows if row["verified"] and row["kind"] in ("memory", "assumption")]


def test_nothing_of_the_non_commercial_tables_is_shipped():
    for file in SUPPLY.iterdir():
        assert "eto-chip-explorer" not in file.read_text()


def test_anchors_were_known_before_the_start_unless_they_are_called_an_assumption(calibration):
    for row in calibration.anchors:
        assert row["known_by"] <= "2022-09" or row["kind"] == "assumption", row["id"]


def test_flows_of_a_supplier_add_up_to_its_sales(calibration):
    for good, flow in calibration.network.flows.items():
        sales = [row["revenue"] for row in calibration.of_good(good)]

        np.testing.assert_allclose(flow.sum(axis=1), sales)
        assert (flow >= 0).all()


def test_a_disclosed_share_of_china_is_kept(calibration):
    china = calibration.buyer_ids.index("CN")
    for good, flow in calibration.network.flows.items():
        for row, own in zip(calibration.of_good(good), flow, strict=True):
            if row["cn_share"] is not None:
                assert own[china] / own.sum() == pytest.approx(row["cn_share"] / 100)


def test_the_tools_that_china_buys_add_up_to_her_published_billings(calibration):
    row = next(row for row in calibration.differences() if row["id"] == "cn_tools")

    assert row["network"] == pytest.approx(row["published"], rel=1e-6)


def test_every_sum_stands_beside_the_published_one_within_its_tolerance(calibration):
    for row in calibration.differences():
        assert row["within"], row
        assert row["difference"] == pytest.approx(row["network"] / row["published"] - 1)


def test_every_cell_is_labelled(calibration):
    labels = {row["label"] for row in calibration.table()}

    assert any(label.startswith("derived: residual") for label in labels)
    assert {"disclosed share", "memory"} <= labels


def test_the_engine_gets_every_parameter_it_cannot_do_without(calibration):
    parameters = calibration.network.parameters
    for name, (_, default) in ENGINE_PARAMETERS.items():
        assert name in parameters or default is not None, name
    assert sample_draws(calibration.network, 0, 3, 1).count == 3


def test_a_parameter_of_a_good_stands_before_that_of_its_stage_and_of_all(calibration):
    assert calibration.parameter("detour_markup", "lithography").id == "detour_markup:tool"
    assert calibration.parameter("elasticity_long", "lithography").id == "elasticity_long:lithography"
    assert calibration.parameter("detour_markup", "ai_chips").id == "detour_markup"


def test_goods_bought_out_of_a_plan_have_no_share_in_output(calibration):
    network = calibration.network
    for place, good in enumerate(network.goods):
        planned = good.id in (*CLASSES["tools"], *CLASSES["services"])
        assert (network.cost_share[:, place] == 0).all() == planned


@pytest.mark.parametrize(
    ("name", "line", "column", "value", "message"),
    [
        ("suppliers.csv", 3, "revenue", "-1", "suppliers.csv:3: revenue: '-1' is not above zero"),
        ("suppliers.csv", 2, "revenue", "", "suppliers.csv:2: revenue is empty"),
        ("suppliers.csv", 2, "cn_share", "120", "suppliers.csv:2: cn_share: '120' is not a percentage"),
        ("suppliers.csv", 2, "cn_share", "99", "suppliers.csv:2: cn_share lies outside its range"),
        ("suppliers.csv", 2, "kind", "hearsay", "suppliers.csv:2: kind: 'hearsay' is none of"),
        ("suppliers.csv", 2, "verified", "true", "suppliers.csv:2: A number by memory is not verified"),
        ("suppliers.csv", 2, "good", "bread", "suppliers.csv:2: good 'bread' is not in goods.csv"),
        ("suppliers.csv", 3, "company", "synopsys", "suppliers.csv:3: The supplier stands twice"),
        ("demand.csv", 2, "buyer", "XX", "demand.csv:2: buyer or class is not known"),
        ("parameters.csv", 2, "low", "9999", "parameters.csv:2: low, central, high are not in order"),
        ("parameters.csv", 2, "source", "a friend", "parameters.csv:2: source: 'a friend' is no address"),
        ("cycle.csv", 2, "growth", "nan", "cycle.csv:2: growth: 'nan' is not a finite number"),
    ],
)
def test_a_broken_cell_is_refused_with_file_line_and_column(copy, name, line, column, value, message):
    with pytest.raises(BadInputError) as error:
        load_calibration(copy(name, line, column, value))

    assert message in str(error.value)


def test_a_file_without_a_column_is_refused(tmp_path):
    shutil.copytree(SUPPLY, tmp_path / "supply")
    (tmp_path / "supply" / "goods.csv").write_text("good,item\nmagnets,magnets\n")

    with pytest.raises(BadInputError, match=r"goods.csv:1: The columns are not those of the file"):
        load_calibration(Path(tmp_path / "supply"))


def quarters_of(calibration, region):
    """Billings of a region in the four quarters before the start, as observed and read."""
    seen = {
        row["period"]: row
        for row in read_rows(calibration.folder, "history.csv")
        if (row["entity"], row["item"], row["metric"]) == (region, "semi_equipment", "billings")
    }
    rows = [seen[quarter] for quarter in ("2021Q3", "2021Q4", "2022Q1", "2022Q2")]
    assert all(row["verified"] for row in rows)
    return [row["value"] for row in rows]


@pytest.mark.parametrize("region", ["CN", "TW", "KR", "US", "JP", "EU"])
def test_purchases_of_tools_are_the_four_quarters_that_were_read(calibration, region):
    bought = next(r for r in calibration.demand if (r["class"], r["buyer"]) == ("tools", region))
    anchor = next(r for r in calibration.anchors if r["id"] == f"{region.lower()}_semi")
    quarters = quarters_of(calibration, region)

    assert bought["value"] == pytest.approx(sum(quarters) / 4, abs=0.001)
    assert (bought["low"], bought["high"]) == (min(quarters), max(quarters))
    assert anchor["value"] == pytest.approx(sum(quarters), abs=0.006)


def test_regions_add_up_to_the_world_in_every_quarter_that_was_read(calibration):
    regions = [quarters_of(calibration, r) for r in ("CN", "TW", "KR", "US", "JP", "EU", "ROW")]

    # Each is rounded to a hundredth in the source.
    np.testing.assert_allclose(np.sum(regions, axis=0), quarters_of(calibration, "WORLD"), atol=0.04)


def test_a_forecast_on_the_known_path_was_out_before_the_start(calibration):
    known = [row for row in calibration.cycle if row["path"] == "known"]

    assert max(row["known_by"] for row in known) <= "2022-09"
    for row in known:
        if row["low"] is not None:
            assert row["low"] <= row["growth"] <= row["high"]


def test_noise_of_demand_holds_the_error_of_the_forecasts_in_its_note(calibration):
    foreseen = [16.8, 17.2, 11.0, 3.4, 4.5, 5.4, 6.2]
    came = [-8.4, 18.9, 3.2, 1.1, -12.0, 6.8, 26.2]
    errors = np.log1p(np.array(came) / 100) - np.log1p(np.array(foreseen) / 100)
    row = calibration.parameter("demand_noise")

    assert row.low <= np.sqrt(np.mean(errors**2)) <= row.central
    for pair in zip(foreseen, came, strict=True):
        assert f"{pair[0]:.1f} and {pair[1]:.1f}" in row.note


def test_what_was_read_names_a_page_and_not_only_a_site(calibration):
    rows = (
        *calibration.suppliers, *calibration.demand, *calibration.parameters, *calibration.cycle, *calibration.anchors,
        *read_rows(calibration.folder, "history.csv"),
    )  # fmt: skip
    for row in rows:
        if row["verified"] and "this ledger" not in (row["note"] or ""):
            page = urlsplit(row["source"])
            assert page.path.strip("/") or page.query, (row.path, row.line)


def test_an_observation_stands_once(calibration):
    rows = read_rows(calibration.folder, "history.csv")
    keys = [
        tuple(row[c] for c in ("entity", "item", "geography", "metric", "basis", "period", "unit"))
        for row in rows
    ]

    assert not [key for key in keys if keys.count(key) > 1]
