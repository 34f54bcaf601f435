"""What must hold of the supply engine whatever the network: books balance, units do not matter, stocks are stocks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_made import (
    BUYERS,
    COUNTRIES,
    RANGES,
    networks,
    parameters,
    quarters,
    some_wedges,
    three_goods,
    toward,
    wedges_for,
)
from tidegate.supply.draws import central_draw, sample_draws
from tidegate.supply.run import run
from tidegate.supply.trade import balance, countries, recorded_trade, sold
from tidegate.supply.wedges_model import Bite, Wedges

CALM = {
    name: RANGES[name] for name in ("elasticity_short", "elasticity_long", "elasticity_quarters", "sigma")
}
FEW = settings(max_examples=40, deadline=None)


# -- the books ---------------------------------------------------------------------------------------------------


@FEW
@given(st.data())
def test_what_is_bought_is_what_is_sold_at_prices_that_clear(data):
    network = data.draw(networks())
    wedges = data.draw(wedges_for(network))
    path = run(network, wedges, central_draw(network))
    supply_elasticity = network.parameters["supply_elasticity"].central
    for good in path.goods.values():
        offered = good.base.supply * good.price ** (1 + supply_elasticity)

        np.testing.assert_allclose(sold(good).sum(axis=3), good.receipts, rtol=1e-9)
        np.testing.assert_allclose(good.receipts, offered, rtol=1e-8, atol=1e-10)


@FEW
@given(st.data())
def test_what_users_pay_reaches_makers_governments_smugglers_or_pays_for_doing_without(data):
    network = data.draw(networks())
    wedges = data.draw(wedges_for(network))
    wedges = replace(wedges, bites=tuple(bite for bite in wedges.bites if bite.channel != "licence"))
    path = run(network, wedges, central_draw(network))
    paid = sum(good.outlay.sum(axis=2) for good in path.goods.values())
    received = sum(good.receipts.sum(axis=2) for good in path.goods.values())
    doing_without = sum(good.workaround.sum(axis=2) for good in path.goods.values())
    rents = sum(
        (
            good.detour.sum(axis=(2, 3)) * good.markup
            for good in path.goods.values()
            if good.detour is not None
        ),
        start=0.0,
    )
    levies = sum(path.levies.values(), start=0.0)

    np.testing.assert_allclose(received + doing_without + rents + levies, paid, rtol=1e-9)


def test_trade_balances_of_all_countries_add_up_to_zero():
    network = three_goods()
    path = run(network, some_wedges(), sample_draws(network, 0, 5, 1))
    balances = [balance(path, country) for country in countries(path)]

    assert max(np.abs(each).max() for each in balances) > 1
    np.testing.assert_allclose(sum(balances), 0, atol=1e-9)


def test_customs_see_detours_as_trade_of_the_hubs():
    network = three_goods(booked_share=0.25)
    path = run(network, some_wedges(), central_draw(network))
    chips = path.goods["chips"]
    records = recorded_trade(path, "chips")
    shipped = chips.detour.sum(axis=(2, 3))
    to_hubs = sum(values for (_, to), values in records.items() if to in network.hubs)
    from_hubs = sum(values for (source, _), values in records.items() if source in network.hubs)

    assert shipped[0, -1] > 1
    np.testing.assert_allclose(to_hubs, shipped)
    np.testing.assert_allclose(from_hubs, 0.25 * shipped * (1 + chips.markup))
    np.testing.assert_allclose(records["US", "CN"], chips.legal[:, :, 0, 1])


def test_what_is_bought_is_used_or_laid_up():
    network = three_goods(demand_noise=0.0)
    path = run(network, some_wedges(12), sample_draws(network, 0, 20, 3))
    for good in path.goods.values():
        before = np.concatenate([np.zeros_like(good.stock[:, :1]), good.stock[:, :-1]], axis=1)

        np.testing.assert_allclose(before + good.bought, good.used * good.normal + good.stock, atol=1e-9)


# -- stocks ------------------------------------------------------------------------------------------------------


@FEW
@given(st.lists(st.floats(0, 1), min_size=10, max_size=10), st.integers(0, 99))
def test_no_stock_is_ever_negative(hazards, seed):
    network = three_goods(cover_max=2.0, overhang_rate=0.6, release_max=0.5)
    hazard = np.zeros((10, 1, 3))
    hazard[:, 0, 1] = hazards
    stop = toward(10, "US", "CN", 5)
    bites = (Bite("m", "chips", "hazard", hazard), Bite("m", "chips", "stop", stop))
    path = run(network, Wedges(quarters(10), bites), sample_draws(network, 0, 3, seed))

    assert all((good.stock >= 0).all() for good in path.goods.values())
    assert all((good.used > 0).all() for good in path.goods.values())


def rush(**fixed):
    """A cut-off of chips in quarter 6 that is feared from quarter 2 on, against the same without fear."""
    network = three_goods(CALM, **{"cover_max": 2.0, "overhang_rate": 0.3, **STEADY, **fixed})
    hazard = toward(14, None, "CN", 2, 0.5)
    hazard[6:] = 0
    stop = Bite("m", "chips", "stop", toward(14, "US", "CN", 6))
    feared = Wedges(quarters(14), (stop, Bite("m", "chips", "hazard", hazard)))
    draw = central_draw(network)
    return run(network, feared, draw), run(network, feared.without(channels=["hazard"]), draw)


STEADY = {"detour_markup": 0.5, "seizure": 0.3, "workaround_markup": 4.0}


def test_fear_moves_sales_forward_and_leaves_a_hole():
    feared, surprised = rush()
    bought = feared.goods["chips"].bought[0, :, 1] / surprised.goods["chips"].bought[0, :, 1]

    assert (bought[:2] == 1).all()
    assert (bought[2:6] > 1).all()
    assert (bought[6:9] < 1).all()


def test_the_rush_goes_to_the_maker_under_threat():
    network = three_goods(CALM, **STEADY, cover_max=2.0)

    def sold(*threatened):
        fear = tuple(Bite(m, "chips", "hazard", toward(1, m, "CN", 0, 0.5)) for m in threatened)
        path = run(network, Wedges(quarters(1), fear), central_draw(network))
        return path.goods["chips"].legal[0, 0, :, BUYERS.index("CN")] / path.goods["chips"].price[0, 0]

    calm, fear_of_one, fear_of_all = sold(), sold("US"), sold(*COUNTRIES)

    assert fear_of_one[0] > fear_of_all[0] > calm[0]
    assert fear_of_one[2] < fear_of_all[2]


def test_fear_lifts_prices_for_everybody_before_the_cut_off():
    feared, surprised = rush()

    assert (feared.goods["chips"].index[0, 2:6] > surprised.goods["chips"].index[0, 2:6]).all()
    assert feared.output[0, 3, BUYERS.index("US")] < surprised.output[0, 3, BUYERS.index("US")]


def test_stock_fills_the_gap_after_the_cut_off_until_it_is_gone():
    feared, surprised = rush(overhang_rate=0.0)
    used, without = feared.goods["chips"].used[0, :, 1], surprised.goods["chips"].used[0, :, 1]

    assert used[6] > without[6]
    assert feared.goods["chips"].stock[0, 5, 1] > 0.5
    assert feared.goods["chips"].stock[0, -1, 1] == 0


def test_what_is_ordered_in_fear_comes_after_the_delivery_time_and_no_less_of_it():
    at_once, late = (rush(delivery_quarters=lag, overhang_rate=0.0, release_max=0.0)[0] for lag in (0.0, 2.0))
    soon, then = (np.diff(path.goods["chips"].stock[0, :, 1], prepend=0) for path in (at_once, late))

    assert (soon[2:5] > 0).all()
    assert not then[:4].any()
    assert (then[4:7] > 0).all()
    # The same orders: what is bought of them differs by the prices of the quarter in which they come.
    assert then.sum() == pytest.approx(soon.sum(), rel=0.1)


def test_orders_on_their_way_are_not_placed_again():
    late = rush(delivery_quarters=5.0)[0]

    assert late.goods["chips"].stock[0].max() < 2.2


UNEASY = {"cover_max": 3.0, "unease_exposure": 0.5, "shortage_cost": 2.0, "release_max": 0.0}


def uneasy(country, share=0.5, **fixed):
    """Stock of tools in China after a stop on a share of the tools of one country, in the last of eight quarters."""
    network = three_goods(CALM, **{**STEADY, **UNEASY, **fixed})
    stop = Bite("m", "tools", "stop", toward(8, country, "CN", 2, share))
    path = run(network, Wedges(quarters(8), (stop,)), central_draw(network))
    return path.goods["tools"].stock[0, -1, BUYERS.index("CN")]


def test_a_control_that_has_come_makes_users_lay_up_what_the_same_government_leaves_free():
    assert uneasy("US") > 0
    assert uneasy("NL") > 0
    # Where all is stopped nothing is left to lay up.
    assert uneasy("US", share=1.0) == 0


def test_news_that_was_to_be_expected_makes_nobody_uneasy():
    assert uneasy("US", unease_prior=0.5) == 0
    assert uneasy("US", unease_exposure=0.0) == 0
    assert 0 < uneasy("US", unease_quarters=60.0) < uneasy("US")


def test_a_control_on_chips_does_not_make_buyers_of_tools_uneasy():
    network = three_goods(CALM, **STEADY, **UNEASY)
    stop = Bite("m", "chips", "stop", toward(8, "US", "CN", 2, 0.5))
    path = run(network, Wedges(quarters(8), (stop,)), central_draw(network))

    assert path.goods["chips"].stock[0, -1, BUYERS.index("CN")] > 0
    assert not path.goods["tools"].stock.any()


def test_what_waits_for_a_licence_is_paid_less_then_and_more_when_it_comes():
    def outlay(carried):
        network = three_goods(CALM, **STEADY, carried_over=carried)
        licence = Bite("m", "tools", "licence", toward(6, "US", "CN", 2))
        delay = Bite("m", "tools", "delay", toward(6, "US", "CN", 2))
        path = run(network, Wedges(quarters(6), (licence, delay)), central_draw(network))
        return path.goods["tools"].outlay[0, :, BUYERS.index("CN")]

    kept, lost = outlay(0.6), outlay(0.0)

    assert kept[2] < lost[2]
    assert kept[3] > lost[3]
    assert kept.sum() == pytest.approx(lost.sum())
    np.testing.assert_allclose(kept[[0, 1, 4, 5]], lost[[0, 1, 4, 5]])


def test_a_good_that_cannot_be_kept_is_not_hoarded():
    network = three_goods()
    fear = Bite("m", "service", "hazard", toward(4, None, "CN", 0, 0.9))
    path = run(network, Wedges(quarters(4), (fear,)), central_draw(network))

    assert not path.goods["service"].stock.any()


# -- units and calm ----------------------------------------------------------------------------------------------


@FEW
@given(st.data())
def test_without_measures_nothing_happens(data):
    network = data.draw(networks())
    path = run(network, Wedges(quarters(3)), central_draw(network))

    np.testing.assert_allclose(path.output, 0, atol=1e-9)
    for good in path.goods.values():
        np.testing.assert_allclose(good.price, 1, rtol=1e-9)
        np.testing.assert_allclose(good.used, 1, rtol=1e-9)


def test_without_measures_capacity_stays_and_nobody_learns_more_than_usual():
    network = three_goods()
    path = run(network, Wedges(quarters(12)), replace(sample_draws(network, 0, 4, 9), seed=None))

    np.testing.assert_allclose(path.capacity, 1, rtol=1e-9)
    np.testing.assert_allclose(path.goods["tools"].price, 1, rtol=1e-9)


@FEW
@given(st.floats(0.01, 100))
def test_the_unit_of_money_does_not_matter(scale):
    wedges = some_wedges()
    one, other = three_goods(), three_goods(scale=scale)
    here, there = run(one, wedges, central_draw(one)), run(other, wedges, central_draw(other))

    np.testing.assert_allclose(there.output, here.output, atol=1e-8)
    for name, good in here.goods.items():
        np.testing.assert_allclose(there.goods[name].price, good.price, rtol=1e-8)
        np.testing.assert_allclose(there.goods[name].receipts, scale * good.receipts, rtol=1e-7)


@FEW
@given(st.floats(1.05, 4))
def test_twice_the_money_for_the_same_goods_is_twice_the_prices(factor):
    network = three_goods(CALM, **STEADY)
    network = replace(network, cost_share=np.zeros((3, 4)))
    demand = {good.id: np.full((1, 1), factor) for good in network.goods}
    path = run(network, Wedges(quarters(1), demand=demand), central_draw(network))
    for good in path.goods.values():
        np.testing.assert_allclose(good.price, factor, rtol=1e-9)
        np.testing.assert_allclose(good.made, good.base.supply[None, None], rtol=1e-9)


# -- what theory demands -----------------------------------------------------------------------------------------


@FEW
@given(st.data(), st.floats(0, 1), st.floats(0, 1))
def test_the_more_of_a_flow_is_stopped_the_less_its_buyer_gets_at_given_prices(data, one, other):
    network = data.draw(networks())
    # Makers that offer any quantity at one price: where the price of a stopped maker falls, its buyer may gain.
    steady = network.parameters | parameters({}, supply_elasticity=1e6)
    network = replace(
        network, goods=network.goods[:1], cost_share=np.zeros((len(network.buyers), 1)), parameters=steady
    )
    less, more = sorted((one, other))

    def used(value):
        values = np.zeros((1, len(network.suppliers["g0"]), len(network.buyers)))
        values[:, 0, 0] = value
        path = run(network, Wedges(quarters(1), (Bite("m", "g0", "stop", values),)), central_draw(network))
        return path.goods["g0"].used[0, 0, 0]

    assert used(more) <= used(less) + 1e-9


def used_by_china(network, *bites, **wedges):
    path = run(network, Wedges(quarters(1), bites, **wedges), central_draw(network))
    return path.goods["chips"].used[0, 0, BUYERS.index("CN")]


def stops(*suppliers):
    return tuple(Bite(s, "chips", "stop", toward(1, s, "CN")) for s in suppliers)


def test_a_coalition_bites_harder_than_its_members():
    network = three_goods(CALM, **STEADY)

    assert (
        used_by_china(network)
        > used_by_china(network, *stops("US"))
        > used_by_china(network, *stops("US", "NL"))
    )


@pytest.mark.parametrize(("name", "low", "high"), [("detour_markup", 0.2, 1.0), ("seizure", 0.1, 0.6)])
def test_a_dearer_detour_hurts_the_buyer_more(name, low, high):
    cheap, dear = three_goods(CALM, **{**STEADY, name: low}), three_goods(CALM, **{**STEADY, name: high})

    assert used_by_china(dear, *stops("US")) < used_by_china(cheap, *stops("US"))


def test_users_elsewhere_gain_for_a_while_and_the_maker_that_is_stopped_loses():
    network = three_goods(CALM, **STEADY)
    path = run(network, Wedges(quarters(1), stops("US")), central_draw(network))

    assert path.output[0, 0, BUYERS.index("US")] > 0 > path.output[0, 0, BUYERS.index("CN")]
    assert path.goods["chips"].price[0, 0, COUNTRIES.index("US")] < 1
    assert path.goods["chips"].price[0, 0, COUNTRIES.index("CN")] > 1


def test_closing_one_hub_moves_the_traffic_and_closing_all_raises_the_cost_by_what_was_added():
    network = three_goods(CALM, **STEADY)
    one = run(
        network, Wedges(quarters(1), stops("US"), enforcement={"SG": np.array([0.5])}), central_draw(network)
    )
    both = {hub: np.array([0.5]) for hub in network.hubs}
    all_ = run(network, Wedges(quarters(1), stops("US"), enforcement=both), central_draw(network))
    before = run(network, Wedges(quarters(1), stops("US")), central_draw(network))

    np.testing.assert_allclose(before.hub_shares[0, 0], [0.5, 0.5])
    assert one.hub_shares[0, 0, 0] < 0.01
    assert (
        before.goods["chips"].markup[0, 0]
        < one.goods["chips"].markup[0, 0]
        < all_.goods["chips"].markup[0, 0]
    )
    np.testing.assert_allclose(all_.goods["chips"].markup[0, 0], 1.0)


def test_fabs_without_service_shrink_and_those_with_it_do_not():
    network = three_goods(CALM, **STEADY, decay_unserviced=0.12)
    no_service = Bite("m", "service", "stop", toward(8, None, "CN"))
    path = run(network, Wedges(quarters(8), (no_service,)), central_draw(network))
    china = path.capacity[0, :, BUYERS.index("CN")]

    assert (np.diff(china) < 0).all()
    assert path.capacity[0, -1, BUYERS.index("XX")] > 0.99


def test_a_home_market_closed_to_imports_teaches_its_makers():
    network = three_goods(CALM, **STEADY, learning_rate=0.2, supply_elasticity=0.5)
    closed = tuple(Bite(s, "chips", "ban", toward(12, s, "CN")) for s in ("US", "NL"))
    taught = run(network, Wedges(quarters(12), closed), central_draw(network))
    untaught = run(network, Wedges(quarters(12), closed), central_draw(network), off=["learning"])
    china = COUNTRIES.index("CN")

    assert taught.goods["chips"].made[0, -1, china] > untaught.goods["chips"].made[0, -1, china]
    assert taught.goods["chips"].price[0, -1, china] < untaught.goods["chips"].price[0, -1, china]


def test_users_switch_makers_more_readily_as_time_goes_by():
    network = three_goods(CALM, **STEADY)
    path = run(
        network,
        Wedges(quarters(20), (Bite("m", "chips", "stop", toward(20, "US", "CN")),)),
        central_draw(network),
    )
    share = path.goods["chips"].detour[0, :, 0, 1] / path.goods["chips"].outlay[0, :, 1]

    assert (np.diff(share) < 0).all()


def test_qualification_delays_the_switch():
    network = three_goods(CALM, **STEADY, qualification_quarters=4.0)
    stop = Bite("m", "chips", "stop", toward(8, "US", "CN"))
    path = run(network, Wedges(quarters(8), (stop,)), central_draw(network))
    elasticity = path.goods["chips"].elasticity[0]

    assert (elasticity[:5] == 1.4).all()
    assert elasticity[5] > 1.4


def test_a_licence_leaves_a_gap_of_its_delay_and_then_costs_the_waiting():
    network = three_goods(CALM, **STEADY)
    values = (
        Bite("m", "metal", "licence", toward(6, "CN", "US", 2)),
        Bite("m", "metal", "delay", toward(6, "CN", "US", 2, 2.0)),
    )
    path = run(network, Wedges(quarters(6), values), central_draw(network))
    bought = path.goods["metal"].legal[0, :, 2, 0]

    assert (bought[:2] == bought[0]).all()
    assert (bought[2:4] == 0).all()
    assert (bought[4:] > 0.9 * bought[0]).all()
    assert (bought[4:] < bought[0]).all()


def test_a_cap_above_what_is_bought_does_not_bite():
    network = three_goods(CALM, **STEADY)
    loose, tight = (
        Bite("m", "chips", "cap", np.where(toward(1, "US", "CN") > 0, size, np.inf)) for size in (1.5, 0.5)
    )

    assert used_by_china(network, loose) == used_by_china(network)
    assert used_by_china(network, tight) < used_by_china(network)
    assert used_by_china(network, loose, demand={"chips": np.full((1, 1), 2.0)}) < used_by_china(
        network, demand={"chips": np.full((1, 1), 2.0)}
    )


def test_a_tariff_is_collected_by_the_government_that_sets_it():
    network = three_goods(CALM, **STEADY)
    tariff = Bite("t", "metal", "tariff", toward(1, "CN", "US", 0, 0.25), payee="US")
    path = run(network, Wedges(quarters(1), (tariff,)), central_draw(network))

    np.testing.assert_allclose(path.levies["US"], 0.25 * path.goods["metal"].legal[:, :, 2, 0])
