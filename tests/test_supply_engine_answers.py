"""What is read from runs: outcomes by name, bands, explanations, sensitivity and power."""

import json
from dataclasses import replace

import numpy as np
import pytest

from supply_made import BUYERS, COUNTRIES, RANGES, parameters, quarters, some_wedges, three_goods, toward
from tidegate.errors import BadInputError
from tidegate.supply.draws import central_draw, draws_from_uniforms, sample_draws
from tidegate.supply.ensemble import simulate
from tidegate.supply.explain import explain
from tidegate.supply.network import Parameter
from tidegate.supply.outcomes import parse_outcome, read_outcome
from tidegate.supply.output import log_output
from tidegate.supply.power import coalition_power, index_without, withdrawal, withdrawn_shares
from tidegate.supply.results import band_table, headline_text, sample_table
from tidegate.supply.run import MECHANISMS, run
from tidegate.supply.sensitivity import sobol_indices
from tidegate.supply.wedges_model import Bite, Wedges, no_wedges

FIXED = {name: central for name, (_, central, _) in RANGES.items()}
CHINA = BUYERS.index("CN")


@pytest.fixture(scope="module")
def network():
    return three_goods()


@pytest.fixture(scope="module")
def path(network):
    return run(network, some_wedges(), sample_draws(network, 0, 4, 11))


def value(path, network, name):
    return read_outcome(path, parse_outcome(name, network))


# -- outcomes ----------------------------------------------------------------------------------------------------


def test_sales_add_up_over_buyers_goods_and_makers(path, network):
    by_buyer = sum(value(path, network, f"sales:US:chips:{buyer}") for buyer in BUYERS)
    by_maker = sum(value(path, network, f"sales:{country}") for country in COUNTRIES)
    everything = sum(good.receipts.sum(axis=2) for good in path.goods.values())

    np.testing.assert_allclose(by_buyer, value(path, network, "sales:US:chips"))
    np.testing.assert_allclose(by_maker, everything)
    np.testing.assert_allclose(value(path, network, "sales:us-chips"), value(path, network, "sales:US:chips"))


def test_the_share_of_a_buyer_is_its_part_of_the_makers_sales(path, network):
    sold = value(path, network, "sales:us-chips:chips:CN") / value(path, network, "sales:us-chips:chips")

    np.testing.assert_allclose(value(path, network, "share:us-chips:chips:CN"), sold)


def test_imports_leave_out_what_is_made_at_home(path, network):
    tools = path.goods["tools"]
    abroad = tools.legal[:, :, :2, CHINA].sum(axis=2) + tools.detour[:, :, :2, CHINA].sum(axis=2)

    np.testing.assert_allclose(value(path, network, "imports:CN:tools"), abroad)
    np.testing.assert_allclose(
        value(path, network, "domestic:CN:tools"),
        value(path, network, "sales:CN:tools:CN") / (abroad + value(path, network, "sales:CN:tools:CN")),
    )


def test_self_sufficiency_rises_when_the_others_stop_selling(path, network):
    domestic = value(path, network, "domestic:CN:tools")

    assert (domestic[:, -1] > domestic[:, 0]).all()


def test_a_price_of_several_makers_is_their_mean_by_base_sales(path, network):
    chips = path.goods["chips"]
    expected = (chips.price * chips.base.supply).sum(axis=2) / chips.base.supply.sum()

    np.testing.assert_allclose(value(path, network, "price:chips"), expected)
    np.testing.assert_allclose(value(path, network, "price:chips:NL"), chips.price[:, :, 1])


def test_the_rest_is_read_as_it_stands(path, network):
    chips = path.goods["chips"]
    np.testing.assert_array_equal(value(path, network, "output:CN"), path.output[:, :, CHINA])
    np.testing.assert_array_equal(value(path, network, "stock:chips:CN"), chips.stock[:, :, CHINA])
    np.testing.assert_array_equal(value(path, network, "levies:US"), path.levies["US"])
    np.testing.assert_array_equal(
        value(path, network, "detour:chips:CN"), chips.detour[..., CHINA].sum(axis=2)
    )
    np.testing.assert_array_equal(value(path, network, "seized:chips:CN"), chips.seized[:, :, CHINA])
    assert value(path, network, "seized:chips:CN")[:, -1].min() > 0


def test_a_name_is_written_without_what_is_left_open(network):
    assert str(parse_outcome("sales:US:*:*", network)) == "sales:US"
    assert str(parse_outcome("sales:*:chips", network)) == "sales:*:chips"


def test_output_of_one_input_by_hand():
    # [0.9 + 0.1 * 0.5^-1]^-1 at sigma one half.
    assert float(log_output(np.array([0.5]), np.array([0.1]), np.array(0.5))) == pytest.approx(
        -np.log(0.9 + 0.2)
    )


# -- tables ------------------------------------------------------------------------------------------------------


def test_bands_as_table_json_arrow_and_text(network):
    ensemble = simulate(network, some_wedges(), ["output:CN", "sales:us-chips"], draws=40, seed=2)
    table = band_table(ensemble)
    first = json.loads(table.to_json())["bands"][0]

    assert len(table) == 2 * 8
    assert first["low"] <= first["median"] <= first["high"]
    assert table.to_arrow().num_rows == 16
    assert table.to_polars().columns == ["outcome", "unit", "quarter", "low", "median", "high"]
    assert "sales:us-chips" in headline_text(ensemble)
    assert len(sample_table(ensemble, "output:CN")) == 40 * 8


def test_eight_tenths_of_the_draws_lie_in_the_band(network):
    ensemble = simulate(network, some_wedges(), ["output:CN"], draws=200, seed=3)
    row = next(row for row in band_table(ensemble, 0.8) if row["quarter"] == ensemble.quarters[-1])
    last = ensemble.samples[0, :, -1]

    assert ((last >= row["low"]) & (last <= row["high"])).mean() == pytest.approx(0.8, abs=0.01)


def test_a_band_of_more_than_everything_is_refused(network):
    ensemble = simulate(network, some_wedges(), ["output:CN"], draws=2)
    with pytest.raises(BadInputError, match=r"as 0\.8"):
        band_table(ensemble, 80)


def test_percent_is_against_the_baseline_of_the_same_draw(network):
    wedges = some_wedges()
    options = {"draws": 6, "seed": 4}
    percent = simulate(
        network, wedges, ["sales:us-chips"], against=no_wedges(wedges), effect="percent", **options
    )
    levels = simulate(network, wedges, ["sales:us-chips"], **options)
    base = simulate(network, no_wedges(wedges), ["sales:us-chips"], **options)

    np.testing.assert_allclose(percent.samples, 100 * (levels.samples / base.samples - 1), atol=1e-9)


def test_percent_of_what_can_be_nothing_is_refused(network):
    wedges = some_wedges()
    for name in ("output:CN", "stock:chips:CN", "levies:US"):
        with pytest.raises(BadInputError, match="Ask for the difference"):
            simulate(network, wedges, [name], draws=1, against=no_wedges(wedges), effect="percent")


# -- explanations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["measure", "channel"])
def test_the_parts_of_an_effect_add_up_to_it(network, by):
    wedges = some_wedges()
    answer = explain(network, wedges, sample_draws(network, 0, 3, 1), "output:CN", by=by)
    whole = simulate(network, wedges, ["output:CN"], draws=3, seed=1, against=no_wedges(wedges)).samples[
        0, :, -1
    ]

    assert set(answer.samples) - {"together"} == set(wedges.measures if by == "measure" else wedges.channels)
    assert abs(whole).min() > 1e-3
    np.testing.assert_allclose(sum(answer.samples.values()), whole, atol=1e-12)


def test_two_measures_that_do_the_same_share_the_effect(network):
    both = tuple(Bite(name, "chips", "stop", toward(4, "US", "CN")) for name in ("one", "other"))
    answer = explain(network, Wedges(quarters(4), both), central_draw(network), "output:CN")

    assert answer.method == "shapley"
    np.testing.assert_allclose(answer.samples["one"], answer.samples["other"])


def test_a_measure_that_bites_elsewhere_carries_almost_nothing(network):
    bites = (
        Bite("chips", "chips", "stop", toward(4, "US", "CN")),
        Bite("metal", "metal", "stop", toward(4, "CN", "US")),
    )
    answer = explain(network, Wedges(quarters(4), bites), central_draw(network), "output:CN")

    assert answer.parts[0].name == "chips"
    assert abs(answer.samples["metal"][0]) < 0.1 * abs(answer.samples["chips"][0])


def test_with_many_measures_each_is_tried_first_and_last_and_parts_still_add_up(network):
    makers = ("US", "NL")
    bites = tuple(
        Bite(f"m{n}", "chips", "stop", toward(2, makers[n % 2], "CN", 0, 0.05 * n), part=str(n))
        for n in range(1, 8)
    )
    answer = explain(network, Wedges(quarters(2), bites), central_draw(network), "output:CN")

    assert answer.method == "first and last"
    assert answer.runs == 2 + 2 + 2 * 7
    assert sum(answer.samples.values())[0] == pytest.approx(answer.effect.median)
    assert abs(answer.samples["together"][0]) < 0.1 * abs(answer.effect.median)
    assert answer.samples["m7"][0] < answer.samples["m1"][0] < 0


def test_first_and_last_is_shapleys_value_where_players_interact_in_pairs():
    from tidegate.supply.explain import shapley

    players = [f"p{n}" for n in range(7)]
    alone = dict(zip(players, range(1, 8), strict=True))
    pairs = {
        frozenset((one, other)): 0.1 * alone[one] * alone[other]
        for one in players
        for other in players
        if one < other
    }

    def worth(present):
        value = sum(alone[p] for p in present) + sum(v for pair, v in pairs.items() if pair <= present)
        return np.array([value], float)

    method, parts = shapley(players, worth)

    assert method == "first and last"
    assert parts["together"][0] == pytest.approx(0)
    for player in players:
        shared = sum(value for pair, value in pairs.items() if player in pair) / 2
        assert parts[player][0] == pytest.approx(alone[player] + shared)


def test_a_measure_that_has_not_bitten_yet_is_no_part(network):
    bites = (
        Bite("early", "chips", "stop", toward(6, "US", "CN")),
        Bite("late", "chips", "stop", toward(6, "NL", "CN", 4)),
    )
    answer = explain(
        network, Wedges(quarters(6), bites), central_draw(network), "output:CN", quarter=quarters(6)[2]
    )

    assert [part.name for part in answer.parts] == ["early"]
    assert answer.parts[0].median == pytest.approx(answer.effect.median)


def test_mechanisms_are_switched_off_one_at_a_time(network):
    answer = explain(network, some_wedges(), central_draw(network), "output:CN", by="mechanism")

    assert answer.method == "one at a time"
    assert set(answer.samples) == set(MECHANISMS)
    assert answer.samples["detour"][0] > 0  # going round softens the blow


def test_delay_goes_with_its_licence(network):
    wedges = some_wedges()

    assert "delay" not in wedges.channels
    assert all(
        bite.channel not in ("licence", "delay") for bite in wedges.without(channels=["licence"]).bites
    )


# -- what drives it ----------------------------------------------------------------------------------------------


def test_the_only_parameter_with_a_range_carries_all_the_variance(network):
    one = three_goods({}, **{**FIXED, "demand_noise": 0.0})
    one = replace(one, parameters={**one.parameters, **parameters({"detour_markup": (0.1, 0.5, 2.0)})})
    stop = Wedges(quarters(2), (Bite("m", "chips", "stop", toward(2, "US", "CN")),))
    answer = sobol_indices(one, stop, "output:CN", size=64)

    assert [index.parameter for index in answer.indices] == ["detour_markup"]
    assert answer.indices[0].total == pytest.approx(1, abs=0.1)


def test_the_strongest_parameter_comes_first_and_the_idle_one_carries_nothing(network):
    answer = sobol_indices(
        network, some_wedges(), "output:CN", size=32, parameters=["detour_markup", "sigma", "demand_noise"]
    )
    totals = {index.parameter: index.total for index in answer.indices}

    assert list(totals.values()) == sorted(totals.values(), reverse=True)
    assert totals["demand_noise"] == 0  # no noise in a sensitivity sample
    assert answer.runs == 32 * 5


def test_sensitivity_is_the_same_for_the_same_seed(network):
    options = {"size": 16, "parameters": ["sigma", "detour_markup"]}
    for seed in (0, 3):
        one = sobol_indices(network, some_wedges(), "output:CN", seed=seed, **options)

        assert sobol_indices(network, some_wedges(), "output:CN", seed=seed, **options) == one


def test_a_later_quarter_does_not_bear_on_an_earlier_one(network):
    options = {"size": 8, "parameters": ["sigma", "detour_markup"], "quarter": "2023Q2"}
    wedges = some_wedges(12)
    late = Bite("late", "chips", "stop", toward(12, "NL", "CN", 9))
    with_it = replace(wedges, bites=(*wedges.bites, late))

    assert sobol_indices(network, with_it, "output:CN", **options) == sobol_indices(
        network, wedges, "output:CN", **options
    )


def test_what_does_not_vary_has_no_causes(network):
    calm = Wedges(quarters(2))

    assert sobol_indices(network, calm, "levies:US", size=8, parameters=["sigma"]).indices == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 100}, "power of two"),
        ({"parameters": ["luck"]}, "no parameter to vary: luck"),
        ({"quarter": "1999Q1"}, "not simulated"),
    ],
)
def test_a_sensitivity_that_cannot_be_had_is_refused(network, options, message):
    with pytest.raises(BadInputError, match=message):
        sobol_indices(network, some_wedges(), "output:CN", **options)


def test_a_quantile_of_a_parameter_is_of_its_triangle():
    network = three_goods(demand_noise=0.0)
    network = replace(
        network, parameters={**network.parameters, "sigma": Parameter("sigma", 0, 1, 4, "", "assumption", "")}
    )
    values = draws_from_uniforms(network, ["sigma"], np.array([[0.0], [0.25], [1.0]])).values["sigma"]

    np.testing.assert_allclose(values, [0, 1, 4])


# -- power -------------------------------------------------------------------------------------------------------


def test_power_grows_without_bound_as_the_share_nears_one():
    shares = np.array([0.5, 0.9, 0.99, 1.0])
    index = index_without(shares, 2.0)

    assert (np.diff(index) > 0).all()
    assert np.isinf(index[-1])


def test_shares_withdrawn_are_those_of_the_coalition_and_never_ones_own(network):
    shares = withdrawn_shares(network, ["US", "CN"], "CN")

    assert shares["chips"] == pytest.approx(30 / 79)
    with pytest.raises(BadInputError, match="buyer 'FR'"):
        withdrawn_shares(network, ["US"], "FR")


def test_joint_threats_are_worth_more_than_their_sum(network):
    draw = central_draw(network)
    us, nl, both = (float(coalition_power(network, c, "CN", draw)[0]) for c in (["US"], ["NL"], ["US", "NL"]))

    assert both > us + nl > us > nl > 0


def test_a_withdrawal_in_the_model_costs_less_than_the_closed_form_where_goods_go_round(network):
    bites = withdrawal(network, ["US", "NL"], "CN")
    path = run(network, Wedges(quarters(1), bites), central_draw(network))
    closed = coalition_power(network, ["US", "NL"], "CN", central_draw(network))

    assert {bite.good for bite in bites} == set(path.goods)
    assert 0 < -path.output[0, 0, CHINA] < closed[0]
