"""Chokepoints: shares add up, concentration is bounded, a withdrawal bites more the more is withdrawn."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.errors import BadInputError
from tidegate.supply.calibration import load_calibration
from tidegate.supply.chokepoints import chokepoints, herfindahl

BUYERS = load_calibration().buyer_ids


@pytest.fixture(scope="module", params=[None, "CN", "US", "AE"])
def found(request):
    return chokepoints(buyer=request.param, draws=40)


def test_the_makers_of_a_good_have_all_of_it_where_any_is_bought(found):
    for good, makers in found.shares.items():
        bought = sum(one.value for one in makers)
        assert sum(one.share for one in makers) == pytest.approx(1.0 if bought else 0.0)
        assert [one.share for one in makers] == sorted((one.share for one in makers), reverse=True)
        assert sum(found.countries[good].values()) == pytest.approx(1.0 if bought else 0.0)


def test_values_are_the_flows_of_the_network(found):
    network = found.calibration.network
    column = [network.buyers.index(found.buyer)] if found.buyer else slice(None)
    for good, makers in found.shares.items():
        assert sum(one.value for one in makers) == pytest.approx(network.flows[good][:, column].sum())


def test_every_number_names_its_source_and_says_whether_it_was_read_there(found):
    for row in found.makers():
        assert row["source"] == "assumption" or row["source"].startswith("http")
        assert not (row["verified"] and row["kind"] in ("memory", "assumption"))
    assert all(0 <= row["verified_share"] <= 1 for row in found.table())


def test_firms_are_never_less_concentrated_than_their_countries_say(found):
    """Firms told apart have part of what their countries have: their index is no larger."""
    for row in found.table():
        assert 0 <= row["herfindahl_makers"] <= row["herfindahl_countries"] + 1e-6 <= 10_000 + 1e-5


def test_prices_rise_with_what_is_withdrawn_and_a_country_does_not_withdraw_from_itself(found):
    assert all(country != found.buyer for _, country in found.withdrawals)
    for (good, country), (low, middle, high) in found.withdrawals.items():
        assert 1 <= low <= middle <= high
        if found.buyer:
            share = found.countries[good].get(country, 0.0)
            assert (middle > 1) == (share > 0)
            others = [
                (found.countries[good].get(c, 0.0), index[1])
                for (g, c), index in found.withdrawals.items()
                if g == good
            ]
            assert all(index <= middle for other, index in others if other <= share)


def test_a_loss_is_a_share_of_output_and_known_only_for_one_buyer(found):
    assert bool(found.powers) == (found.buyer is not None)
    for low, middle, high in found.powers.values():
        assert 0 <= low <= middle <= high <= 100


def test_the_answer_is_json_that_any_reader_takes(found):
    json.loads(found.to_json(), parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def test_where_nobody_else_sells_a_good_the_row_says_so():
    """China's makers of AI chips sell at home; elsewhere all come from the United States."""
    row = next(row for row in chokepoints(buyer="TW", draws=20).table() if row["good"] == "ai_chips")
    assert (row["country"], row["country_share"], row["nobody_else"], row["index"]) == ("US", 1.0, True, None)


def test_what_is_known_of_the_trade_comes_out():
    rows = {row["good"]: row for row in chokepoints(draws=20).table()}
    assert (rows["lithography"]["country"], rows["lithography"]["maker"]) == ("NL", "asml")
    assert rows["magnets"]["country"] == "CN"
    assert rows["magnets"]["country_share"] == pytest.approx(0.92, abs=0.03)
    assert rows["ai_chips"]["maker"] == "nvidia"


def test_a_buyer_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(BadInputError, match=r"'XX' is not in the network. Buyers: CN, US"):
        chokepoints(buyer="XX")


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=30))
def test_the_index_lies_between_that_of_equals_and_that_of_one(values):
    shares = [value / sum(values) for value in values]
    assert 10_000 / len(shares) <= herfindahl(shares) * (1 + 1e-9)
    assert herfindahl(shares) <= 10_000 * (1 + 1e-9)
    assert not math.isnan(herfindahl(shares))
