"""Each statistic of a study against an independent computation of its formula, and against what it must not depend on."""

import datetime as dt

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from markets_made import made_prices, sessions
from tidegate.markets import Design, Event, study
from tidegate.markets.models import estimate
from tidegate.markets.pairs import firm_events
from tidegate.markets.panel import Panel
from tidegate.markets.significance import TESTS, Clusters, all_tests, correlation, mean_ranks

DAY = dt.date(2023, 6, 14)
DESIGN = Design(estimation=(-250, -31), window=(-1, 2), path=(-1, 2))
NAMES = tuple(f"F{number:02d}" for number in range(12))


def event(day=DAY, tickers=NAMES, id_="one"):
    moment = dt.datetime.combine(day, dt.time(12), dt.UTC)
    return Event(id_, day, moment, moment, tickers=tickers)


def fitted(prices, events, design=DESIGN):
    pairs, left = firm_events(Panel(prices, design.log), events, design)
    assert not left
    cut = pairs.cut(np.arange(len(pairs)))
    return cut, estimate(cut.returns, cut.factors, design)


def by_hand(prices, ticker, day=DAY, design=DESIGN):
    """One share by statsmodels: CAR, its deviation with the error of prediction, residuals, abnormal returns."""
    own, market = (prices.of_ticker(name) for name in (ticker, "SPY"))
    r, m = own[1:] / own[:-1] - 1, market[1:] / market[:-1] - 1
    zero = int(np.searchsorted(prices.days, np.datetime64(day))) - 1
    fit = slice(zero + design.estimation[0], zero + design.estimation[1] + 1)
    window = slice(zero + design.window[0], zero + design.window[1] + 1)
    result = sm.OLS(r[fit], sm.add_constant(m[fit])).fit()
    x = sm.add_constant(m[window])
    abnormal = r[window] - x @ result.params
    one = np.ones(len(abnormal))
    covariance = result.mse_resid * np.eye(len(one)) + x @ result.cov_params() @ x.T
    return abnormal, np.sqrt(np.diag(covariance)), np.sqrt(one @ covariance @ one), result


@pytest.fixture(scope="module")
def prices():
    return made_prices(NAMES, common=0.008, plant={(name, DAY): -0.01 for name in NAMES})


def test_the_market_model_is_that_of_statsmodels(prices):
    _, found = fitted(prices, [event()])
    for row, name in enumerate(NAMES):
        abnormal, spreads, deviation, result = by_hand(prices, name)
        assert found.abnormal[row] == pytest.approx(abnormal, abs=1e-12)
        assert found.spreads[row] == pytest.approx(spreads, rel=1e-9)
        assert found.car_deviation[row] == pytest.approx(deviation, rel=1e-9)
        assert found.coefficients[row] == pytest.approx(result.params, rel=1e-9)
        assert found.freedom[row] == result.df_resid
        assert found.path_deviation[row, -1] == pytest.approx(deviation, rel=1e-9)


@pytest.fixture(scope="module")
def parts(prices):
    hand = [by_hand(prices, name) for name in NAMES]
    cars = np.array([part[0].sum() for part in hand])
    scars = cars / np.array([part[2] for part in hand])
    residuals = np.array([part[3].resid for part in hand])
    return hand, cars, scars, residuals


@pytest.fixture(scope="module")
def outcomes(prices):
    cut, found = fitted(prices, [event()])
    return all_tests(found, cut.clusters, DESIGN)


def test_patell_takes_the_variance_of_students_t(outcomes, parts):
    _, _, scars, residuals = parts
    length = residuals.shape[1]
    z = scars.sum() / np.sqrt(len(scars) * (length - 2) / (length - 4))

    assert outcomes["patell"].value == pytest.approx(z)
    assert outcomes["patell"].p == pytest.approx(2 * stats.norm.cdf(-abs(z)))


def test_bmp_is_the_t_of_standardised_returns(outcomes, parts):
    t, p = stats.ttest_1samp(parts[2], 0)

    assert (outcomes["bmp"].value, outcomes["bmp"].p) == pytest.approx((t, p))


def test_the_cross_sectional_t_is_the_t_of_returns(outcomes, parts):
    t, p = stats.ttest_1samp(parts[1], 0)

    assert (outcomes["t_cross"].value, outcomes["t_cross"].p) == pytest.approx((t, p))


def test_the_crude_t_takes_the_deviation_of_the_mean_residual(outcomes, parts):
    _, cars, _, residuals = parts
    t = cars.mean() / (residuals.mean(axis=0).std(ddof=1) * np.sqrt(DESIGN.days))

    assert outcomes["t_time"].value == pytest.approx(t)


def test_kolari_and_pynnonen_shrink_bmp_by_the_mean_correlation_of_all_pairs(outcomes, parts):
    _, _, scars, residuals = parts
    matrix = np.corrcoef(residuals)
    r = matrix[np.triu_indices(len(matrix), 1)].mean()
    n = len(scars)

    assert r > 0.2
    assert outcomes["kp"].value == pytest.approx(
        stats.ttest_1samp(scars, 0).statistic * np.sqrt((1 - r) / (1 + (n - 1) * r))
    )


def test_corrado_ranks_both_windows_together(outcomes, parts):
    hand, _, _, residuals = parts
    both = np.concatenate([residuals, [part[0] for part in hand]], axis=1)
    k = np.array([stats.rankdata(row) for row in both]) / (both.shape[1] + 1) - 0.5
    mean = k.mean(axis=0)
    deviation = np.sqrt((mean**2).mean())
    z = mean[-DESIGN.days :].sum() / (deviation * np.sqrt(DESIGN.days))

    assert outcomes["corrado"].value == pytest.approx(z)


def test_the_generalised_rank_makes_one_session_of_the_event_window(outcomes, parts):
    hand, _, scars, residuals = parts
    deviations = np.array([np.sqrt(part[3].mse_resid) for part in hand])
    standard = np.column_stack([residuals / deviations[:, None], scars / scars.std(ddof=1)])
    sessions_ = standard.shape[1]
    u = np.array([stats.rankdata(row) for row in standard]) / (sessions_ + 1) - 0.5
    mean = u.mean(axis=0)
    z = mean[-1] / np.sqrt((mean**2).mean())

    assert outcomes["grank"].value == pytest.approx(z * np.sqrt((sessions_ - 2) / (sessions_ - 1 - z**2)))


def test_events_on_far_days_are_taken_as_uncorrelated_and_overlapping_ones_by_their_share(prices):
    pair = NAMES[:2]
    far = [event(DAY, pair, "one"), event(DAY + dt.timedelta(days=60), pair, "two")]
    cut, found = fitted(prices, far)
    together = np.corrcoef(found.residuals[:2])[0, 1] + np.corrcoef(found.residuals[2:])[0, 1]
    assert correlation(found, cut.clusters, DESIGN) == pytest.approx(2 * together / 12)

    # Two sessions later, half of a window of four is common; the residuals are nearly the same ones.
    near = [event(DAY, ("F00",), "one"), event(dt.date(2023, 6, 16), ("F00",), "two")]
    cut, found = fitted(prices, near)
    assert correlation(found, cut.clusters, DESIGN) == pytest.approx(0.5, abs=0.02)


def test_one_firm_event_has_no_spread_between_firms(prices):
    cut, found = fitted(prices, [event(tickers=("F00",))])
    outcomes = all_tests(found, cut.clusters, DESIGN)

    assert [name for name in TESTS if outcomes[name].value is None] == ["t_cross", "bmp", "kp", "grank"]
    assert "one firm-event" in outcomes["kp"].why


@pytest.mark.parametrize("model", ["market", "adjusted", "mean"])
def test_a_planted_return_is_found_at_its_size(model):
    quiet = {"common": 0.0, "noise": 1e-5}
    days = sessions()
    plain, planted = (
        made_prices(NAMES, plant=plant, days=days, **quiet) for plant in ({}, {("F03", DAY): -0.05})
    )
    design = Design(model=model, estimation=(-250, -31), window=(-1, 2), path=(-1, 2))
    cars = [fitted(prices, [event(tickers=("F03",))], design)[1].car[0] for prices in (plain, planted)]

    assert cars[1] - cars[0] == pytest.approx(-0.05, abs=1e-9)


def test_a_factor_model_with_the_benchmark_as_its_factor_is_the_market_model(prices):
    market = prices.of_ticker("SPY")
    factors = prices.days[1:], (market[1:] / market[:-1] - 1)[:, None]
    both = []
    for model in ("market", "factors"):
        design = Design(model=model, estimation=(-250, -31), window=(-1, 2), path=(-1, 2))
        both.append(study([event()], prices, design, factors=factors if model == "factors" else None))

    assert [row["car_percent"] for row in both[0].firms] == pytest.approx(
        [row["car_percent"] for row in both[1].firms]
    )
    assert both[0].groups[0]["kp"] == pytest.approx(both[1].groups[0]["kp"])


def test_a_factor_that_never_moves_leaves_no_number(prices):
    returns = np.ones((1, 224)) * 0.01
    found = estimate(returns, np.zeros((1, 224, 1)), DESIGN)

    assert np.isnan(found.car).all()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.01, 1e6), min_size=13, max_size=13))
def test_the_unit_of_prices_changes_nothing(scales):
    from tidegate.sources.prices import Prices

    prices = made_prices(NAMES, common=0.008)
    scaled = Prices.of(prices.tickers, prices.days, prices.close * np.array(scales)[:, None])
    one, other = (fitted(given_, [event()]) for given_ in (prices, scaled))

    assert one[1].car == pytest.approx(other[1].car, abs=1e-10)
    for name, outcome in all_tests(one[1], one[0].clusters, DESIGN).items():
        assert outcome.value == pytest.approx(
            all_tests(other[1], other[0].clusters, DESIGN)[name].value, rel=1e-5
        )


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 300))
def test_prices_after_the_window_change_nothing(seed, later):
    prices = made_prices(NAMES, common=0.008)
    last = int(np.searchsorted(prices.days, np.datetime64(DAY))) + DESIGN.window[1]
    close = prices.close.copy()
    close[:, last + later :] *= np.random.default_rng(seed).uniform(0.5, 2, close[:, last + later :].shape)
    changed = type(prices).of(prices.tickers, prices.days, close)
    one, other = (study([event()], given_, DESIGN) for given_ in (prices, changed))

    assert one.groups == other.groups
    assert one.firms == other.firms


def test_the_order_of_shares_and_events_changes_nothing(prices):
    events = [event(DAY, NAMES, "one"), event(dt.date(2023, 9, 5), NAMES, "two")]
    turned = [event(dt.date(2023, 9, 5), NAMES[::-1], "two"), event(DAY, NAMES[::-1], "one")]
    one, other = (study(given_, prices, DESIGN, by=["all"]).groups[0] for given_ in (events, turned))

    for name in ("caar_percent", *TESTS):
        assert one[name] == pytest.approx(other[name], rel=1e-9)


def rejections(common, tests, days=60, level=0.05):
    """How often each test says that nothing was something, on days on which nothing was planted."""
    rng = np.random.default_rng(7)
    prices = made_prices(NAMES, seed=11, common=common, days=sessions("XNYS", 2008, 2024))
    chosen = prices.days[rng.choice(np.arange(300, len(prices.days) - 10), days * 4, replace=False)]
    events = [event(day.item(), NAMES, str(day)) for day in chosen]
    made = study(events, prices, DESIGN, by=["event"], correct="none")
    return {name: np.mean([row[f"{name}_p"] < level for row in made.groups]) for name in tests}


def test_on_placebo_days_every_test_rejects_about_as_often_as_it_says():
    found = rejections(0.0, TESTS)

    # 240 days: two standard errors of a share of 0.05 are 0.028.
    assert all(0.01 <= share <= 0.09 for share in found.values()), found


def test_shares_that_move_together_fool_the_plain_tests_and_not_the_corrected_ones():
    found = rejections(0.008, TESTS)

    assert min(found[name] for name in ("patell", "bmp", "t_cross")) > 0.2, found
    assert max(found[name] for name in ("kp", "corrado", "grank", "t_time")) < 0.11, found


def test_clusters_of_no_pairs_have_no_correlation(prices):
    cut, found = fitted(prices, [event(tickers=("F00",))])

    assert correlation(found, Clusters(cut.clusters.of, cut.clusters.days), DESIGN) == 0


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**31),
    st.sampled_from([0, 1, 8]),
    st.sampled_from([0.0, 0.1]),
    st.sampled_from([1e-300, 1e-3, 1.0, 1e300]),
)
def test_ranks_by_bits_are_those_of_scipy_with_ties_gaps_and_any_unit(seed, ties, gaps, unit):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(6, 40)) * unit
    values[:, :ties] = values[:, 20 : 20 + ties]
    values[0, 3], values[1, 4] = 0.0, -0.0
    values[rng.random(values.shape) < gaps] = np.nan
    held = np.isfinite(values)
    share = stats.rankdata(values, axis=1, nan_policy="omit") / (held.sum(axis=1, keepdims=True) + 1) - 0.5
    here = held.sum(axis=0)

    mean, count = mean_ranks(values)
    assert count.tolist() == here[here > 0].tolist()
    assert mean == pytest.approx(np.nansum(share, axis=0)[here > 0] / here[here > 0], abs=1e-12)


@pytest.mark.parametrize("model", ["market", "adjusted", "mean"])
def test_shares_fitted_together_are_fitted_as_each_alone_gaps_or_not(prices, model):
    design = Design(model=model, estimation=(-250, -31), window=(-1, 2), path=(-1, 2))
    cut, _ = fitted(prices, [event()], design)
    returns = cut.returns.copy()
    returns[2, 7] = np.nan
    returns[:, 30:33] = np.nan
    together = estimate(returns, cut.factors, design)
    alone = estimate(returns, np.repeat(cut.factors, len(returns), axis=0), design)

    for name in ("residuals", "abnormal", "car", "raw_car", "car_deviation", "coefficients", "freedom", "spreads",
                 "path_deviation"):  # fmt: skip
        np.testing.assert_allclose(getattr(together, name), getattr(alone, name), atol=1e-13, err_msg=name)
