"""Draws and refusals: the same seed gives the same bytes on any worker, and what cannot be used is named."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from supply_made import parameters, quarters, some_wedges, three_goods
from tidegate.errors import BadInputError
from tidegate.supply.draws import central_draw, sample_draws, varying
from tidegate.supply.ensemble import block_size, simulate
from tidegate.supply.network import Parameter
from tidegate.supply.run import run
from tidegate.supply.wedges_model import Bite, Wedges, no_wedges

# -- draws -------------------------------------------------------------------------------------------------------

OUTCOMES = [
    "output:CN",
    "sales:us-chips:chips:CN",
    "stock:chips:CN",
    "balance:CN",
    "price:metal:CN",
    "capacity:CN",
]


def samples(**options):
    return simulate(three_goods(), some_wedges(), OUTCOMES, **{"draws": 23, "seed": 5, **options}).samples


def test_the_same_seed_gives_the_same_bytes_whatever_the_block():
    whole = samples(block=23).tobytes()

    assert samples(block=1).tobytes() == whole
    assert samples(block=7).tobytes() == whole
    assert samples(block=23, seed=6).tobytes() != whole


def test_the_layout_of_the_flows_in_memory_does_not_change_a_byte():
    network = three_goods()
    turned = replace(network, flows={good: np.asfortranarray(flow) for good, flow in network.flows.items()})
    whole = samples().tobytes()
    for block in (1, 23):
        found = simulate(turned, some_wedges(), OUTCOMES, draws=23, seed=5, block=block)

        assert found.samples.tobytes() == whole


def test_more_draws_leave_the_first_ones_as_they_were():
    assert samples(draws=30)[:, :23].tobytes() == samples().tobytes()


def test_a_thread_pool_a_process_pool_and_dask_give_the_same_bytes():
    import multiprocessing

    from dask.distributed import Client, LocalCluster

    here = samples(block=8).tobytes()
    with ThreadPoolExecutor(2) as pool:
        assert samples(block=8, executor=pool).tobytes() == here
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert samples(block=5, executor=pool).tobytes() == here
    with LocalCluster(1, processes=False, dashboard_address=":0") as cluster, Client(cluster) as client:
        assert samples(block=6, executor=client.get_executor()).tobytes() == here


def test_a_parameter_that_is_added_leaves_the_draws_of_the_others_alone():
    network = three_goods()
    more = replace(
        network,
        parameters={**network.parameters, "abc": Parameter("abc", 0, 1, 2, "", "assumption", "invented")},
    )
    here, there = sample_draws(network, 3, 4, 1).values, sample_draws(more, 3, 4, 1).values

    assert all((there[name] == here[name]).all() for name in here)


def test_draws_stay_in_their_ranges_and_lean_to_the_centre():
    network = three_goods()
    values = sample_draws(network, 0, 4000, 2).values
    for name in varying(network):
        low, central, high = (getattr(network.parameters[name], end) for end in ("low", "central", "high"))

        assert low <= values[name].min() <= values[name].max() <= high
        assert values[name].mean() == pytest.approx((low + central + high) / 3, rel=0.03)


def test_a_baseline_in_the_same_draws_cancels_where_nothing_differs():
    network, wedges = three_goods(), some_wedges()
    same = simulate(network, wedges, OUTCOMES, draws=9, against=wedges)
    bare = simulate(network, wedges, OUTCOMES, draws=9, against=no_wedges(wedges))

    assert not same.samples.any()
    # In a draw in which much was laid up, what is used of it may lift the last quarter above the baseline.
    assert np.quantile(bare.samples[0, :, -1], 0.8) < 0


def test_a_sketch_is_the_same_for_any_block_and_close_to_the_samples():
    exact = simulate(three_goods(), some_wedges(), OUTCOMES, draws=60, keep="samples")
    one, other = (
        simulate(three_goods(), some_wedges(), OUTCOMES, draws=60, keep="sketch", block=block)
        for block in (60, 11)
    )
    levels = (0.1, 0.5, 0.9)

    assert one.samples is None
    assert one.sketch.counts.tobytes() == other.sketch.counts.tobytes()
    # A quantile of samples lies between two of them; a sketch names the lower.
    lower = np.moveaxis(np.quantile(exact.samples, levels, axis=1, method="lower"), 0, -1)
    np.testing.assert_allclose(one.quantiles(levels), lower, rtol=0.006, atol=2e-7)


def test_a_block_of_a_large_network_holds_fewer_draws():
    network, wedges = three_goods(), some_wedges(800)

    assert block_size(network, wedges, detail=True) < block_size(network, wedges, detail=False) <= 400


def test_ten_times_the_draws_take_no_more_memory_as_a_sketch():
    import tracemalloc

    def peak(draws):
        tracemalloc.start()
        samples(draws=draws, block=40, keep="sketch")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(800) < 1.1 * peak(80)


def test_progress_counts_draws():
    seen = []
    samples(block=10, progress=lambda done, whole: seen.append((done, whole)))

    assert seen == [(10, 23), (20, 23), (23, 23)]


# -- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bite", "message"),
    [
        (Bite("m", "wine", "stop", np.ones((1, 1, 1))), "no such good"),
        (Bite("m", "chips", "halt", np.ones((1, 1, 1))), "channel 'halt'"),
        (Bite("m", "chips", "stop", np.full((1, 1, 1), 1.5)), "from 0 to 1"),
        (Bite("m", "chips", "stop", np.ones((5, 3, 3))), "does not broadcast"),
        (Bite("m", "chips", "tariff", np.ones((1, 1, 1))), "name a payee"),
    ],
)
def test_a_bite_that_does_not_fit_is_refused(bite, message):
    network = three_goods()
    with pytest.raises(BadInputError, match=message):
        run(network, Wedges(quarters(3), (bite,)), central_draw(network))


def test_an_elasticity_of_one_is_refused():
    with pytest.raises(BadInputError, match="must stay above 1"):
        central_draw(three_goods(elasticity_short=1.0))


def test_a_parameter_that_is_missing_is_named():
    network = three_goods()
    network = replace(network, parameters=parameters({}, elasticity_short=1.5))
    with pytest.raises(BadInputError, match="'elasticity_long' is missing"):
        run(network, Wedges(quarters(1)), central_draw(network))


def test_a_maker_without_sales_is_refused():
    network = three_goods()
    flows = {**network.flows, "chips": np.array([[1, 1, 1], [0, 0, 0], [1, 1, 1.0]])}
    with pytest.raises(BadInputError, match="sells nothing"):
        run(replace(network, flows=flows), Wedges(quarters(1)), central_draw(network))


def test_a_mechanism_nobody_knows_is_refused():
    network = three_goods()
    with pytest.raises(BadInputError, match="cannot switch off 'magic'"):
        run(network, Wedges(quarters(1)), central_draw(network), off=["magic"])


def test_an_outcome_nobody_knows_is_refused():
    for name in ("happiness:CN", "output:FR", "output", "sales:acme", "output:CN:CN"):
        with pytest.raises(BadInputError):
            simulate(three_goods(), some_wedges(), [name], draws=1)
