"""A trace: what is known of flows, expectations, placebo tests, verdicts in words, and the command."""

import csv
import dataclasses
import datetime as dt
import io
import json
import warnings
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from flows_made import EXAMPLE_HUB, divert, made_cube, made_example, made_values, months, walk
from tidegate import load_ledger
from tidegate.cli.app import app
from tidegate.cli.render_trace import print_trace
from tidegate.diversion import control_of, trace
from tidegate.diversion.changepoint import find_break
from tidegate.diversion.control import Control
from tidegate.diversion.discovery import corrected, fitting_method, route_values
from tidegate.diversion.evidence import lag, mirror_gap, share_shift, unit_value_jump
from tidegate.diversion.expectation import expected, proportional_fit, simplex_weights
from tidegate.diversion.inputs import codes_for, trace_files
from tidegate.diversion.legs import added, codes_of, cube_of, legs_of
from tidegate.diversion.placebo import Plan, leg_test
from tidegate.errors import BadInputError, MissingExtraError, NotFoundError
from tidegate.sources.flows import Flows

ROOT = Path(__file__).parents[1]
GRAPHITE = ROOT.parent / "shared/data/trade/cn_exports_gallium_graphite_hs6_monthly_by_partner.csv"
COLUMNS = ["period", "freq", "reporter", "partner", "flow", "hs", "value", "kg", "valuation", "estimated"]
CODES = ["US", "CN", "AE", "AT", "AU", "BE", "BR", "CA", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB"]
PLAN = Plan(12, (48, 60), 46)
CONTROL = Control(None, "made up", ("US",), ("CN",), dt.date(2022, 11, 10), dt.date(2023, 1, 1))


def flows(
    values, places, first=dt.date(2019, 1, 1), hs="854231", whole=True, freq="M", flow="export", kg=1000.0
):
    """The table of some flows, without a row where nothing was traded."""
    periods = (
        months(first, values.shape[2])
        if freq == "M"
        else [dt.date(first.year + at, 1, 1) for at in range(values.shape[2])]
    )
    rows = [
        (periods[t], freq, *((places[i], places[j]) if flow == "export" else (places[j], places[i])), flow, hs,
         float(values[i, j, t]), float(values[i, j, t]) / kg, "FOB", False)
        for i, j, t in np.argwhere(np.nan_to_num(values) > 0).tolist()
    ]  # fmt: skip
    table = pl.DataFrame(rows, schema=COLUMNS, orient="row")
    lists = table.select("freq", "period", "reporter", "flow", "hs").unique()
    return Flows(
        table, table.drop("partner").clear(), lists.drop("hs").unique(), lists if whole else lists.clear()
    )


def made(seed=1, factor=1.0, hub=5):
    """Flows of sixteen countries over 60 months, with a detour through one of them from month 48."""
    return detour(made_values(16, 60, seed, drift=0.12), factor, hub)


def detour(values, factor, hub=5, start=48, late=0):
    """Multiply both legs of a hub from a month on, the second some months later."""
    found = values.copy()
    found[0, hub, start : start + 12] *= factor
    found[hub, 1, start + late : start + 12] *= factor
    return found


@pytest.fixture(scope="module")
def quiet():
    return legs_of(made_cube(made(), CODES), ["US"], ["CN"])


class TestLegs:
    def test_a_period_that_nobody_reported_is_no_zero(self):
        values = made()[:4, :4, :3].copy()
        values[0, 2, 1] = 0  # listed, and nothing was sold
        known = flows(values, CODES[:4])
        known = dataclasses.replace(known, whole=known.whole.filter(pl.col("period") != dt.date(2019, 3, 1)))
        gone = known.table.filter(
            ~(
                (pl.col("reporter") == "US")
                & (pl.col("partner") == "AT")
                & (pl.col("period") == dt.date(2019, 3, 1))
            )
        )
        cube = cube_of(
            dataclasses.replace(known, table=gone), "854231", "M", months(dt.date(2019, 1, 1), 3), CODES[:4]
        )

        assert cube.exports[0, 2, 1] == 0
        assert np.isnan(cube.exports[0, 3, 2])
        assert np.isnan(cube.imports).all()

    def test_a_pair_is_taken_from_one_report_for_the_whole_span(self):
        values = made()[:3, :3, :6]
        cube = made_cube(values, CODES[:3])
        exports = cube.exports.copy()
        exports[0, 2, :4] = np.nan
        cube = dataclasses.replace(cube, exports=exports, imports=values * 1.06)
        chosen, _, by_importer = cube.chosen()

        assert by_importer[0, 2]
        assert not by_importer[1, 2]
        np.testing.assert_array_equal(chosen[0, 2], values[0, 2] * 1.06)
        np.testing.assert_array_equal(chosen[1, 2], values[1, 2])

    def test_controllers_are_added_up_and_the_bound_flow_is_in_neither_leg(self):
        values = made()[:5, :5, :6]
        first, second = legs_of(made_cube(values, CODES[:5]), ["US", "AE"], ["CN"])

        assert first.units == second.units == ("AT", "AU")
        np.testing.assert_array_equal(first.value[0], values[0, 3] + values[2, 3])
        np.testing.assert_array_equal(second.value[1], values[4, 1])
        assert not np.isin(values[0, 1], first.table).any()

    def test_codes_do_not_count_twice(self):
        values = made()[:3, :3, :2]
        both = pl.concat([flows(values, CODES[:3], hs=code).table for code in ("8542", "854231", "847330")])
        there = dataclasses.replace(flows(values, CODES[:3]), table=both)

        assert codes_of(there, ["85", "854231"]) == ("8542",) or codes_of(there, ["8542"]) == ("8542",)
        assert codes_of(there, ["854231", "8473.30"]) == ("847330", "854231")
        with pytest.raises(
            BadInputError, match="No flow of 2504 between two countries is in the files; they have 8473"
        ):
            codes_of(there, ["2504"])
        with pytest.raises(BadInputError, match="'chips' is no HS code"):
            codes_of(there, ["chips"])

    def test_a_sum_of_codes_is_not_known_where_one_is_not(self):
        cube = made_cube(made()[:3, :3, :4], CODES[:3])
        hole = cube.exports.copy()
        hole[0, 2, 1] = np.nan
        both = added(cube, dataclasses.replace(cube, exports=hole))

        assert np.isnan(both.exports[0, 2, 1])
        np.testing.assert_array_equal(both.exports[0, 2, [0, 2, 3]], 2 * cube.exports[0, 2, [0, 2, 3]])


class TestExpectation:
    def test_share_is_poisson_gravity_with_period_and_pair_effects(self, quiet):
        """By statsmodels: dummies for every period and unit, the unit's own window left out."""
        import statsmodels.api as sm

        leg = dataclasses.replace(quiet[0], value=quiet[0].value[:8])
        fit, window, unit = slice(10, 22), slice(24, 30), 3
        found = expected(leg, "share", fit, window)[unit]
        places = np.r_[fit, window]
        y = leg.value[:, places]
        kept = np.ones(y.shape, bool)
        kept[unit, 12:] = False
        design = np.zeros((*y.shape, y.shape[1] + len(y) - 1))
        for t in range(y.shape[1]):
            design[:, t, t] = 1
        for one in range(1, len(y)):
            design[one, :, y.shape[1] + one - 1] = 1
        fitted = sm.GLM(y[kept], design[kept], family=sm.families.Poisson()).fit(tol=1e-12, maxiter=200)

        np.testing.assert_allclose(found, fitted.predict(design[unit, 12:]), rtol=1e-6)

    def test_gravity_is_poisson_with_three_effects(self):
        """By statsmodels on a small table: origin-period, destination-period and pair dummies."""
        import statsmodels.api as sm

        y = made_values(12, 8, 4)[:5, 6:12, :]
        kept = np.ones(y.shape, bool)
        kept[0, 2, 5:] = False
        origin, destination, pair = proportional_fit(np.where(kept, y, 0.0), kept)
        i, j, t = np.indices(y.shape)
        blocks = [i * 8 + t, j * 8 + t, i * 6 + j]
        design = np.concatenate(
            [(block.reshape(-1, 1) == np.arange(block.max() + 1)).astype(float) for block in blocks], axis=1
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = sm.GLM(y[kept], design[kept.ravel()], family=sm.families.Poisson()).fit(
                tol=1e-12, maxiter=200
            )
        ours = origin[:, None, :] * destination[None] * pair[:, :, None]

        np.testing.assert_allclose(ours[kept], fitted.mu, rtol=1e-4)
        np.testing.assert_allclose(
            ours[0, 2, 5:], fitted.predict(design.reshape(*y.shape, -1)[0, 2, 5:]), rtol=1e-4
        )

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 10_000))
    def test_synthetic_weights_are_no_worse_than_any_other_mixture(self, seed):
        rng = np.random.default_rng(seed)
        donors, own = rng.gamma(2, 1, (10, 6)), rng.gamma(2, 1, 10)
        weights = simplex_weights(donors, own)
        least = ((donors @ weights - own) ** 2).sum()

        assert weights.min() >= 0
        assert weights.sum() == pytest.approx(1)
        for other in rng.dirichlet(np.ones(6), 50):
            assert least <= ((donors @ other - own) ** 2).sum() + 1e-6

    @pytest.mark.parametrize("model", ["share", "gravity", "synthetic"])
    def test_what_a_country_gets_in_the_window_does_not_move_its_own_expectation(self, model):
        before = legs_of(made_cube(made(), CODES), ["US"], ["CN"])[0]
        after = legs_of(made_cube(made(factor=9.0), CODES), ["US"], ["CN"])[0]
        unit = before.units.index(CODES[5])
        one, other = (expected(leg, model, PLAN.fit, slice(48, 60))[unit] for leg in (before, after))

        np.testing.assert_allclose(one, other, rtol=1e-4)

    def test_gravity_takes_out_a_boom_of_all_that_a_country_buys(self):
        values = made()
        values[:, 7, 48:60] *= 3
        leg = legs_of(made_cube(values, CODES), ["US"], ["CN"])[0]
        unit = leg.units.index(CODES[7])
        ratio = {
            model: leg.value[unit, 48:60].sum() / expected(leg, model, PLAN.fit, slice(48, 60))[unit].sum()
            for model in ("share", "gravity")
        }

        assert ratio["share"] > 2
        assert 0.6 < ratio["gravity"] < 1.6

    @pytest.mark.parametrize("model", ["share", "synthetic"])
    def test_missing_periods_are_left_out_on_both_sides_and_too_many_are_unknown(self, quiet, model):
        value = quiet[0].value.copy()
        value[2, 50] = np.nan
        value[3, 48:52] = np.nan
        found = expected(dataclasses.replace(quiet[0], value=value), model, PLAN.fit, slice(48, 60))

        assert np.isnan(found[2]).tolist() == [False, False, True] + [False] * 9
        assert np.isnan(found[3]).all()
        assert np.isfinite(found[4]).all()


class TestPlacebo:
    def test_p_values_are_uniform_where_nothing_happened(self):
        """At 5 percent between 3 and 7 in a hundred, over 60 made-up legs; the benchmark has more."""
        shares = []
        for seed in range(30):
            legs = legs_of(made_cube(made_values(24, 60, 500 + seed), [*CODES, *"ABCDEFGH"]), ["US"], ["CN"])
            shares += [np.nanmean(leg_test(leg, PLAN, "share").p <= 0.05) for leg in legs]

        assert 0.03 <= np.mean(shares) <= 0.07

    def test_the_least_p_value_is_one_in_all_placebo_windows(self, quiet):
        found = leg_test(quiet[0], PLAN, "share")
        windows = len(PLAN.placebos)

        assert found.floor >= 1 / (14 * windows + 1)
        assert np.nanmin(found.p) >= found.floor

    def test_placebo_windows_end_before_the_control_was_known(self):
        for plan in (PLAN, Plan(12, (40, 52), 36), Plan(6, (30, 33), 30, most=3)):
            assert max(plan.placebos) + plan.length <= plan.known_from
            assert min(plan.placebos) - plan.gap - plan.before >= 0
            assert len(plan.placebos) <= plan.most

    def test_units_of_money_change_no_p_value(self, quiet):
        big = dataclasses.replace(quiet[0], value=quiet[0].value * 1000, table=quiet[0].table * 1000)

        np.testing.assert_allclose(leg_test(quiet[0], PLAN, "share").p, leg_test(big, PLAN, "share").p)

    def test_after_the_window_nothing_counts(self, quiet):
        value = quiet[0].value.copy()
        short = dataclasses.replace(quiet[0], value=value[:, :54])
        plan = Plan(12, (48, 54), 46)

        np.testing.assert_array_equal(leg_test(quiet[0], plan, "share").p, leg_test(short, plan, "share").p)


class TestDiscovery:
    def test_routes_are_never_surer_than_their_weaker_leg(self):
        rng = np.random.default_rng(3)
        first, second = rng.uniform(size=(2, 50))
        for method in ("adafilter", "fdr_bh", "fdr_by"):
            assert (route_values(first, second, method) >= np.maximum(first, second) - 1e-12).all()

    def test_false_discoveries_stay_at_the_rate(self):
        """Half of the countries move on one leg only, five on both: of those named, 5 percent are false."""
        rng = np.random.default_rng(5)
        false, power = [], []
        for _ in range(400):
            first, second = rng.uniform(size=(2, 60))
            first[:25] = rng.uniform(0, 0.001, 25)
            second[:5] = rng.uniform(0, 0.001, 5)
            named = route_values(first, second, "adafilter") <= 0.05
            false.append(named[5:].sum() / max(named.sum(), 1))
            power.append(named[:5].mean())

        assert np.mean(false) <= 0.055
        assert np.mean(power) > 0.95

    def test_where_the_legs_move_together_the_stricter_correction_stands_in(self):
        rng = np.random.default_rng(8)
        shared, own = rng.uniform(size=(2, 30, 20))

        assert fitting_method("adafilter", (shared, own)) == "adafilter"
        assert fitting_method("adafilter", (shared, (shared + own) / 2)) == "fdr_bh"
        assert fitting_method("fdr_by", (shared, shared)) == "fdr_by"

    def test_a_port_whose_whole_trade_grows_is_rarely_named(self):
        named = 0
        for seed in range(20):
            moves = 0.4 * walk(np.random.default_rng(10_000 + seed), (24,), 60)
            values = made_values(24, 60, seed) * np.exp(moves)[:, None] * np.exp(moves)[None]
            legs = legs_of(made_cube(values, [*CODES, *"ABCDEFGH"]), ["US"], ["CN"])
            first, second = (leg_test(leg, PLAN, "share") for leg in legs)
            quiet = (first.placebo_p, second.placebo_p)
            method = fitting_method("adafilter", quiet)
            named += (route_values(first.p, second.p, method, quiet) <= 0.05).any()

        assert named <= 2

    def test_corrections_are_those_of_statsmodels(self):
        from statsmodels.stats.multitest import multipletests

        chances = np.random.default_rng(6).uniform(0, 0.3, 40)
        for method in ("fdr_bh", "fdr_by"):
            np.testing.assert_allclose(corrected(chances, method), multipletests(chances, method=method)[1])

    def test_what_is_not_known_stays_so_and_counts_for_nothing(self):
        first, second = np.array([0.001, np.nan, 0.2]), np.array([0.002, 0.001, 0.5])
        found = route_values(first, second, "adafilter")

        assert np.isnan(found[1])
        np.testing.assert_array_equal(found[[0, 2]], route_values(first[[0, 2]], second[[0, 2]], "adafilter"))
        assert np.isnan(corrected(first, "fdr_bh")[1])


class TestEvidence:
    def test_a_step_is_dated_with_an_interval(self):
        rng = np.random.default_rng(2)
        series = np.r_[rng.normal(0, 0.2, 30), rng.normal(1, 0.2, 14)]
        found = find_break(series, months(dt.date(2019, 1, 1), 44))

        assert found.at == dt.date(2021, 7, 1)
        assert found.first <= found.at <= found.last
        assert found.step == pytest.approx(np.e, rel=0.15)

    def test_noise_has_no_step(self):
        rng = np.random.default_rng(7)
        found = [find_break(rng.normal(0, 0.3, 48), months(dt.date(2019, 1, 1), 48)) for _ in range(40)]

        assert sum(one is not None for one in found) <= 4

    def test_the_second_leg_follows_by_two_months(self):
        rng = np.random.default_rng(4)
        first = rng.normal(size=40)

        assert lag(first, np.r_[rng.normal(size=2), first[:-2]])[0] == 2
        assert lag(first, rng.normal(size=40) * 0 + 1) == (None, None)

    def test_the_mirror_gap_is_a_range_of_freight_and_unknown_with_one_report(self, quiet):
        both = dataclasses.replace(quiet[0], exports=quiet[0].value, imports=quiet[0].value * 0.7)

        found = mirror_gap(both, PLAN, 0)
        assert found["after_low"] == pytest.approx(1 - 0.7 / 1.05)
        assert found["after_high"] == pytest.approx(1 - 0.7 / 1.10)
        assert mirror_gap(quiet[0], PLAN, 0) is None

    def test_price_and_share_are_beside_those_of_the_others(self, quiet):
        value = quiet[0].value.copy()
        value[4, 48:60] *= 5
        moved = dataclasses.replace(quiet[0], value=value)

        assert unit_value_jump(moved, PLAN, 4) == pytest.approx(5, rel=0.01)
        assert share_shift(moved, PLAN, 4)["share_z"] > 3
        assert unit_value_jump(dataclasses.replace(moved, kg=moved.kg * np.nan), PLAN, 4) is None


class TestControl:
    def test_dates_controller_and_target_come_from_the_ledger(self):
        found = control_of(load_ledger(), "us-2022-10-07-advanced-computing")

        assert (found.controller, found.target) == (("US",), ("CN", "MO"))
        assert (found.known, found.since) == (dt.date(2022, 10, 7), dt.date(2022, 10, 21))
        assert found.entries[0]["stage"] == "announced"

    def test_a_measure_that_reaches_everybody_has_no_target(self):
        found = control_of(load_ledger(), "cn-2023-12-01-graphite")

        assert found.target == ()
        assert "no target follows" in found.notes[0]

    def test_a_look_back_does_not_see_what_was_not_public(self):
        ledger = load_ledger()
        with pytest.raises(BadInputError, match="no day in force on record by 2023-10-01"):
            control_of(ledger, "cn-2023-12-01-graphite", known_by="2023-10-01")
        entries = control_of(ledger, "us-2022-10-07-advanced-computing", known_by="2022-12-31").entries
        assert all(entry["known"] <= "2022-12-31" for entry in entries)

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ({"measure": None}, "Give --control"),
            (
                {"measure": None, "since": "2022-10-21", "controller": ["Lilliput"]},
                "--controller: 'Lilliput' is no country",
            ),
            (
                {"measure": None, "since": "2022-10-21", "controller": ["US"], "target": ["US"]},
                "US is controller and target",
            ),
            ({"measure": "us-2023-10-17-advanced-computing"}, "say which one trade may reach"),
        ],
    )
    def test_what_is_missing_or_wrong_is_said(self, given, says):
        with pytest.raises(BadInputError, match=says):
            control_of(load_ledger(), **given)

    def test_a_measure_that_is_not_there(self):
        with pytest.raises(NotFoundError):
            control_of(load_ledger(), "us-2022-10-07-advanced")

    def test_codes_come_from_the_measure_with_their_baskets(self):
        ledger = load_ledger()
        codes, notes = codes_for(ledger, control_of(ledger, "cn-2023-12-01-graphite"))

        assert {"250410", "380110"} <= set(codes)
        assert "basket" in notes["380110"][0]


class TestTrace:
    def test_an_injected_detour_is_named_with_money_lag_and_date(self):
        values = detour(made(2), 4.0, late=2)
        found = trace(flows(values, CODES), CONTROL, ["854231"], model="share")
        row = found.routes[0]

        assert (row["hub"], row["verdict"]) == (CODES[5], "rises beyond expectation on both legs")
        assert row["lag"] in (1, 2)
        planted = (values - made(2))[[0, 5], [5, 1]].sum(1).min()
        assert row["money_low"] <= planted <= row["money_high"]
        assert row["in_break_months"] in (-1, 0, 1)
        assert row["in_break_after"] is None  # no history: the control was given by its day
        assert found.about["verdicts"]["rises beyond expectation on both legs"] == 1

    def test_one_leg_is_not_enough(self):
        values = made(2)
        values[0, 5, 48:60] *= 5
        row = trace(flows(values, CODES), CONTROL, ["854231"], model="share", correct="fdr_bh").routes[0]

        assert (row["hub"], row["verdict"]) == (CODES[5], "one leg only: into the country")
        assert row["q"] > 0.05

    def test_no_country_is_named_where_nothing_happened(self):
        named = 0
        for seed in range(10, 18):
            found = trace(flows(made(seed), CODES), CONTROL, ["854231"], model="share")
            named += found.about["verdicts"]["rises beyond expectation on both legs"]
        assert named <= 1

    def test_missing_months_are_unknown_and_say_how_many(self):
        values = made()
        values[5, :, 49:53] = np.nan
        found = trace(flows(values, CODES), CONTROL, ["854231"], model="share")
        row = next(row for row in found.routes if row["hub"] == CODES[5])

        assert (row["verdict"], row["because"]) == ("unknown", "second leg: 4 of 24 periods are missing")
        assert row["money"] is None

    def test_a_file_that_lists_some_partners_only_has_no_zeros(self):
        values = made()
        values[0, 5, ::2] = 0
        whole, part = (
            trace(flows(values, CODES, whole=whole), CONTROL, ["854231"], model="share")
            for whole in (True, False)
        )
        rows = [next(row for row in found.routes if row["hub"] == CODES[5]) for found in (whole, part)]

        assert rows[0]["in_missing"] == 0
        assert rows[1]["verdict"] == "unknown"
        assert rows[1]["in_missing"] == 12

    def test_without_a_target_the_first_leg_alone_is_judged(self):
        values = made(2, 4.0)
        control = dataclasses.replace(CONTROL, target=())
        found = trace(flows(values, CODES), control, ["854231"], model="share", correct="fdr_bh")
        row = found.routes[0]

        assert row["verdict"] == "rises beyond expectation on the one leg that is known"
        assert found.routes[-1]["verdict"] == "not beyond expectation on the one leg that is asked about"
        assert row["because"] == "second leg: no target is named"
        assert row["money"] is None

    def test_several_codes_are_asked_apart_and_together(self):
        values = made_values(14, 60, 2, drift=0.12)
        parts = [flows(values, CODES[:14], hs=code) for code in ("854231", "854232")]
        both = Flows(
            *(
                pl.concat([getattr(part, name) for part in parts])
                for name in ("table", "world", "reported", "whole")
            )
        )
        found = trace(both, CONTROL, ["8542"], model="share")

        assert {row["hs"] for row in found.routes} == {"854231", "854232", "all"}
        assert found.about["tests"] == 3 * 12

    def test_yearly_files_answer_by_the_year_and_want_months(self):
        values = made_values(16, 120, 3, drift=0.05).reshape(16, 16, 10, 12).sum(3)
        control = dataclasses.replace(CONTROL, known=dt.date(2020, 11, 10), since=dt.date(2021, 2, 1))
        found = trace(
            flows(values, CODES, first=dt.date(2013, 1, 1), freq="A"), control, ["854231"], model="share"
        )

        assert found.about["window"] == ["2022-01-01", "2022-01-01"]
        assert found.about["before"] == ["2018-01-01", "2019-01-01"]
        assert any("Bring monthly files" in note for note in found.notes)

    def test_without_placebo_windows_the_ratio_stands_and_nothing_is_said_of_chance(self):
        control = dataclasses.replace(CONTROL, known=dt.date(2020, 6, 1), since=dt.date(2020, 6, 1))
        row = trace(flows(made(2), CODES), control, ["854231"], model="share").routes[0]

        assert row["in_ratio"] > 0
        assert (row["in_p"], row["money_low"]) == (None, None)
        assert row["because"] == "no placebo window fits before the control: bring earlier periods"

    def test_asking_of_some_countries_corrects_for_these(self):
        found = trace(flows(made(2), CODES), CONTROL, ["854231"], hubs=["BE", "DE"], model="share")

        assert sorted(row["hub"] for row in found.routes) == ["BE", "DE"]
        assert found.about["tests"] == 2
        with pytest.raises(BadInputError, match="CN: no third country"):
            trace(flows(made(2), CODES), CONTROL, ["854231"], hubs=["CN"])

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"since": dt.date(2023, 11, 2)}, "at least 3. Bring later files"),
            ({"known": dt.date(2019, 6, 1)}, "Bring earlier files, or fewer with --before"),
            ({"controller": ("SG",)}, "No flow of SG is in the files"),
        ],
    )
    def test_files_that_do_not_reach_over_the_control_are_refused(self, change, says):
        with pytest.raises(BadInputError, match=says):
            trace(flows(made(), CODES), dataclasses.replace(CONTROL, **change), ["854231"])

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 10_000), st.sampled_from(["auto", "share", "synthetic"]))
    def test_files_full_of_holes_are_answered_or_refused_and_never_with_nan(self, seed, model):
        rng = np.random.default_rng(seed)
        count, periods = int(rng.integers(3, 9)), int(rng.integers(49, 60))
        values = made_values(count, periods, seed)
        values[rng.uniform(size=values.shape) < rng.uniform(0, 0.7)] = 0
        values[rng.uniform(size=values.shape) < rng.choice([0, 0.02, 0.4])] = np.nan
        month = months(dt.date(2019, 1, 1), 60)[int(rng.integers(10, 49))]
        control = dataclasses.replace(
            CONTROL, known=month, since=month + dt.timedelta(days=int(rng.integers(60)))
        )
        try:
            found = trace(
                flows(values, CODES[:count], whole=rng.uniform() < 0.7), control, ["854231"], model=model
            )
            print_trace(found)
        except BadInputError:
            return

        assert json.loads(json.dumps(found.to_dict(), allow_nan=False, default=str))["routes"] is not None
        for row in found.routes:
            assert row["verdict"]
            assert row["money"] is None or row["money"] <= max(row["in_excess"], 0) + 1e-6

    def test_the_same_files_give_the_same_bytes(self):
        first, second = (
            trace(flows(made(2, 4.0), CODES), CONTROL, ["854231"], model="share").to_json() for _ in range(2)
        )
        assert first == second


class TestPower:
    """A small version of benchmarks/bench_diversion.py; its bounds fail where the procedure gets worse."""

    def test_power_grows_with_size_and_false_alarms_stay_rare(self):
        found, false, asked = {0.5: 0, 4.0: 0}, 0, 0
        for seed in range(12):
            hub = 2 + seed
            for share in found:
                values = divert(made_values(16, 60, 900 + seed, drift=0.12), 0, 1, hub, 48, share)
                legs = legs_of(made_cube(values, CODES), ["US"], ["CN"])
                tests = [leg_test(leg, Plan(12, (48, 60), 46), "share") for leg in legs]
                named = route_values(tests[0].p, tests[1].p, "adafilter") <= 0.05
                at = legs[0].units.index(CODES[hub])
                found[share] += named[at]
                false += np.delete(named, at).sum()
                asked += len(named) - 1

        assert found[4.0] >= 7
        assert found[4.0] > found[0.5]
        assert false / asked <= 0.01

    @pytest.mark.skipif(
        not GRAPHITE.exists(), reason="needs the real trade files beside the checkout (../shared)"
    )
    def test_on_real_graphite_flows_chance_names_as_often_as_it_should(self):
        from tidegate.sources.flows import read_flows

        read = read_flows(
            GRAPHITE, hs=["250410"], reporter="CN", flow="export", currency="USD", unit="kg", lists_all=True
        )
        places = sorted({*read.table["reporter"], *read.table["partner"]})
        cube = cube_of(read, "250410", "M", months(dt.date(2017, 1, 1), 82), places)
        leg = legs_of(cube, ["CN"], [])[0]
        chances, hit = [], 0
        for at, start in enumerate(range(46, 70, 6)):
            plan = Plan(12, (start, start + 12), start)
            chances.append(leg_test(leg, plan, "share").p)
            unit = leg.units.index(["KR", "JP", "DE", "US"][at])
            value = leg.value.copy()
            value[unit, start : start + 12] += 4 * value[unit, start - 12 : start].mean()
            hit += leg_test(dataclasses.replace(leg, value=value), plan, "share").p[unit] <= 0.05
        known = np.concatenate(chances)
        known = known[np.isfinite(known)]

        assert np.mean(known <= 0.05) <= 0.1
        assert hit == 4


class TestCommand:
    RUN = (
        "trace",
        "examples/flows/made-up.csv",
        "--control",
        "us-2022-10-07-advanced-computing",
        "--hs",
        "854231",
    )

    @pytest.fixture(autouse=True)
    def in_checkout(self, monkeypatch):
        monkeypatch.chdir(ROOT)

    def test_the_shipped_example_is_the_one_that_was_made(self):
        assert Path("examples/flows/made-up.csv").read_text("utf-8") == made_example()

    def test_the_example_names_the_detour_that_was_put_there(self, tmp_path):
        out = tmp_path / "route.svg"
        result = CliRunner().invoke(app, [*self.RUN, "--json", "--out", str(out)])
        answer = json.loads(result.stdout)

        assert result.exit_code == 0
        named = [
            row["hub"]
            for row in answer["routes"]
            if row["verdict"].startswith("rises beyond expectation on both")
        ]
        assert named == [EXAMPLE_HUB]
        assert answer["control"]["target"] == ["CN"]
        assert answer["routes"][0]["in_break_after"] == "in_force 2022-10-21"
        assert "USD m" in out.read_text("utf-8")

    def test_text_and_csv_say_the_same_and_no_word_of_guilt(self):
        text = CliRunner().invoke(app, [*self.RUN, "--model", "share"]).stdout
        rows = list(
            csv.DictReader(
                io.StringIO(
                    CliRunner().invoke(app, [*self.RUN, "--model", "share", "--format", "csv"]).stdout
                )
            )
        )

        assert len(rows) == 11
        assert all(row["hub"] in text for row in rows)
        assert "placebo windows before the control" in text
        assert "data-centre boom" in text
        assert "smuggl" not in text.lower()

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            (["--model", "magic"], "The model 'magic' is not known"),
            (["--correct", "holm"], "The correction 'holm' is not known"),
            (["--fdr", "2"], "--fdr 2.0 is no rate"),
            (["--window", "1"], "--window 1 is too short"),
            (["--hub", "Lilliput"], "--hub: 'Lilliput' is no country"),
            (["--out", "routes.doc"], "a picture is written to"),
        ],
    )
    def test_what_is_wrong_is_said(self, more, says):
        result = CliRunner().invoke(app, [*self.RUN, *more])

        assert isinstance(result.exception, BadInputError)
        assert says in str(result.exception)


def test_what_is_not_installed_is_asked_for_all_at_once_and_before_any_file_is_read(monkeypatch):
    monkeypatch.setattr(
        "tidegate.errors.find_spec", lambda name: None if name in ("polars", "ruptures") else name
    )

    with pytest.raises(MissingExtraError, match=r"polars, ruptures are not installed.*tidegate\[diversion\]"):
        trace_files(load_ledger(), ["nowhere.csv"], "us-2022-10-07-advanced-computing")
