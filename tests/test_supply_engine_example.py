"""The engine against the worked example beside the checkout: every number of its supply part, to one in a million."""

import numpy as np
import pytest
import yaml

from supply_made import parameters
from tidegate.supply.capacity import decay, lagged, next_capacity
from tidegate.supply.draws import central_draw
from tidegate.supply.learning import learning_exponent, unit_cost
from tidegate.supply.network import Good, Network, Supplier
from tidegate.supply.output import log_output, log_output_second_order, log_unit_cost
from tidegate.supply.power import index_without
from tidegate.supply.run import run
from tidegate.supply.stocks import wanted_cover
from tidegate.supply.wedges_model import Bite, Wedges


@pytest.fixture(scope="module")
def example(shared):
    return yaml.safe_load((shared / "facts" / "simulation_example.yaml").read_text("utf-8"))


def near(expected):
    return pytest.approx(expected, abs=1e-6)


def flat(*values):
    return np.array(values, float)


def flows(shares, outlays):
    return np.array(shares).T * np.array(outlays)


def test_power_of_a_coalition(example):
    cost = flat(example["power"]["inputs"]["upper_share"])
    for row in example["power"]["expected"]:
        index = index_without(row["share_withdrawn"], row["epsilon"])

        assert float(index) == near(row["price_index"])
        assert -float(log_unit_cost(index[None], cost, flat(1)[0])) == near(row["dlnY_sigma_1"])
        assert -float(log_unit_cost(index[None], cost, flat(0.5)[0])) == near(row["dlnY_sigma_0_5"])


def test_output_lost_to_a_shortfall_and_what_the_second_order_formula_says(example):
    cost = example["quantity_shock"]["inputs"]["upper_share"]
    for row in example["quantity_shock"]["expected"]:
        exact = log_output(flat(row["X"]), flat(cost), flat(row["sigma"])[0])

        assert float(exact) == near(row["dlnY_exact"])
        assert log_output_second_order(row["X"], cost, row["sigma"]) == near(row["dlnY_second_order"])


CONTROLS = {"no control": (), "US controls to CN": (0,), "US+NL control to CN": (0, 1)}


def test_one_market_with_a_detour(example):
    given = example["market"]["inputs"]
    for row in example["market"]["expected"]:
        fixed = {
            "elasticity_short": row["epsilon"],
            "elasticity_long": row["epsilon"],
            "elasticity_quarters": 10,
            "sigma": 0.5,
            "detour_markup": given["diversion_markup"],
            "seizure": given["seizure_probability"],
            "workaround_markup": 4,
        }
        network = Network(
            (Good("chips", "material"),),
            tuple(given["buyers"]),
            {"chips": tuple(Supplier("chips", country) for country in given["suppliers"])},
            {"chips": flows(given["base_shares"], given["outlay"])},
            np.zeros((3, 1)),
            parameters({}, **fixed),
            "base",
        )
        values = np.zeros((1, 3, 3))
        values[:, list(CONTROLS[row["scenario"]]), 1] = 1
        path = run(network, Wedges(("base",), (Bite("m", "chips", "stop", values),)), central_draw(network))
        chips, to_china = path.goods["chips"], np.zeros(3)
        if chips.detour is not None:
            to_china = chips.detour[0, 0, :, 1] / chips.price[0, 0]
        arriving = chips.legal[0, 0, :, 1] / chips.price[0, 0] + to_china * (1 - given["seizure_probability"])

        assert chips.price[0, 0].tolist() == near(row["supplier_price"])
        assert chips.index[0, 0].tolist() == near(row["buyer_price_index"])
        assert chips.used[0, 0].tolist() == near(row["buyer_composite_index"])
        assert arriving.tolist() == near(row["arriving_to_CN"])
        assert (to_china * given["seizure_probability"]).tolist() == near(row["seized"])
        assert to_china.tolist() == near(row["shipped_toward_CN_by_diversion"])


def test_capacity_without_service_and_tools(example):
    given = example["capacity"]["inputs"]
    for case in example["capacity"]["expected"]:
        tools = np.array(case["tools_bought"])[None, :, None] / (given["K0"] * given["delta_serviced"])
        capacity, ends = flat([1.0]), []
        for quarter, covered in enumerate(case["service_coverage"]):
            lost = decay(flat([covered]), flat(given["delta_serviced"]), flat(given["delta_unserviced"]))
            built = given["delta_serviced"] * lagged(tools, quarter, flat(given["gestation_quarters"]))
            capacity = next_capacity(capacity, lost, built)
            ends.append(given["K0"] * float(capacity[0, 0]))

        assert ends == near(case["capacity_end"])


def test_stock_that_pays(example):
    for row in example["stockpile"]["expected"]:
        cover = wanted_cover(
            flat(row["hazard"]), flat(row["shortage_cost"]), flat(row["holding_cost"]), flat(row["end_rate"])
        )

        assert float(cover[0]) == near(row["cover_quarters"])


def test_learning(example):
    rate = example["learning"]["inputs"]["learning_rate"]

    assert float(learning_exponent(rate)) == near(example["learning"]["b"])
    for ratio, cost in example["learning"]["expected"].items():
        assert float(unit_cost(float(ratio), rate)) == near(cost)


def test_a_detour_of_one_variety_at_fixed_prices(example):
    given = example["diversion"]["inputs"]
    share = given["base_share"]
    for row in example["diversion"]["expected"]:
        network = Network(
            (Good("chips", "material"),),
            ("CN",),
            {"chips": (Supplier("chips", "US"), Supplier("chips", "XX"))},
            {"chips": np.array([[share], [1 - share]])},
            np.zeros((1, 1)),
            parameters(
                {},
                elasticity_short=given["epsilon"],
                elasticity_long=given["epsilon"],
                elasticity_quarters=10,
                sigma=0.5,
                detour_markup=row["markup"],
                seizure=row["seizure"],
                workaround_markup=4,
                supply_elasticity=1e9,
            ),
            "base",
        )
        stop = Bite("m", "chips", "stop", np.array([[[1.0], [0.0]]]))
        chips = run(network, Wedges(("base",), (stop,)), central_draw(network)).goods["chips"]
        shipped = float(chips.detour[0, 0, 0, 0] / chips.price[0, 0, 0]) / share
        paid = shipped * share * (1 + row["markup"]) / float(chips.outlay[0, 0, 0])

        assert paid == near(row["value_share"])
        assert shipped * (1 - row["seizure"]) == near(row["arrives_vs_before"])
        assert shipped == near(row["shipped_vs_before"])
        assert float(chips.index[0, 0, 0]) == near(row["price_index"])


@pytest.fixture(scope="module")
def integrated(example):
    """The example's path. It lets only China's fabs change, so the other makers' home is no buyer here."""
    given = example["integrated_path"]["inputs"]
    goods = (Good("chips", "chip"), Good("tools", "tool"), Good("service", "service", can_store=False))
    suppliers = {good.id: tuple(Supplier(good.id, c) for c in ("US", "NL", "CN")) for good in goods}
    suppliers["chips"] = tuple(Supplier("chips", c) for c in ("US makers", "NL makers", "CN"))
    cost = np.zeros((3, 3))
    cost[:, 0] = given["chip_cost_share"]
    fixed = {
        "elasticity_short": given["epsilon_short"],
        "elasticity_long": given["epsilon_long"],
        "elasticity_quarters": given["tau"],
        "sigma": given["sigma_upper"],
        "detour_markup": given["diversion_markup"],
        "seizure": given["seizure"],
        "workaround_markup": 4,
        "cover_max": 2,
        "front_load_quarters": 4,
        "front_load_max": 0.25,
        "release_max": 0.25,
        "decay_serviced": given["delta_serviced"],
        "decay_unserviced": given["delta_unserviced"],
        "gestation_quarters": given["gestation"],
    }
    network = Network(
        goods,
        tuple(given["buyers"]),
        suppliers,
        {
            "chips": flows(given["shares_chips"], given["outlay_chips_base"]),
            "tools": flows(given["shares_tools"], given["outlay_tools"]),
            "service": flows(given["shares_service"], given["outlay_service"]),
        },
        cost,
        parameters({}, **fixed),
        "base",
    )

    def stop(measure, good, row, start):
        values = np.zeros((12, 3, 3))
        values[start:, row, 1] = 1
        return Bite(measure, good, "stop", values)

    rumour = np.zeros((12, 1, 3))
    rumour[:2, :, 1] = 1
    bites = (
        *(stop("us", good.id, 0, 2) for good in goods),
        *(stop("nl", good, 1, 6) for good in ("tools", "service")),
        Bite("us", "chips", "hazard", rumour),
    )
    return run(network, Wedges(tuple(map(str, range(12))), bites), central_draw(network))


def test_the_integrated_path(example, integrated):
    chips = integrated.goods["chips"]
    for row in example["integrated_path"]["expected"]:
        t = row["quarter"]
        arriving = chips.detour[0, t, 0, 1] / chips.price[0, t, 0] * (1 - chips.seizure[0])

        assert chips.elasticity[0, t] == near(row["epsilon"])
        assert chips.used[0, t, 1] == near(row["chips_use_CN"])
        assert chips.stock[0, t, 1] == near(row["stock_CN"])
        assert integrated.output[0, t, 0] == near(row["lnY_US"])
        assert integrated.output[0, t, 1] == near(row["lnY_CN"])
        assert chips.price[0, t, 0] == near(row["chip_price_US"])
        assert chips.price[0, t, 2] == near(row["chip_price_CN"])
        assert integrated.tools[0, t, 1] == near(row["tools_CN"])
        assert integrated.coverage[0, t, 1] == near(row["service_CN"])
        assert integrated.decay[0, t, 1] == near(row["decay_CN"])
        assert arriving == near(row["diverted_chips_arriving"])
        if t < 11:
            assert integrated.capacity[0, t + 1, 1] == near(row["fab_capacity_CN_next"])


def test_the_way_from_short_to_long_elasticities(example):
    given = example["elasticity_ramp"]["inputs"]
    network = Network(
        (Good("chips", "material"),),
        ("US", "CN"),
        {"chips": (Supplier("chips", "US"), Supplier("chips", "CN"))},
        {"chips": np.ones((2, 2))},
        np.zeros((2, 1)),
        parameters(
            {},
            elasticity_short=given["short"],
            elasticity_long=given["long"],
            elasticity_quarters=given["tau_quarters"],
            sigma=0.5,
            detour_markup=0.5,
            seizure=0.3,
            workaround_markup=4,
        ),
        "base",
    )
    stop = Bite("m", "chips", "stop", np.full((1, 2, 2), 0.1))
    path = run(network, Wedges(tuple(map(str, range(41))), (stop,)), central_draw(network))
    for quarter, elasticity in example["elasticity_ramp"]["expected"].items():
        assert path.goods["chips"].elasticity[0, int(quarter)] == near(elasticity)
