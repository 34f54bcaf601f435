"""Rankings: nothing of a later day is looked at, skill is found where it is and not where it is not."""

import dataclasses
import datetime as dt
import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ranking_made import made_figures, made_prices, made_universe, month_days, names
from tidegate.cli.app import app
from tidegate.errors import BadInputError
from tidegate.markets.as_of import as_of
from tidegate.markets.books import best, hold
from tidegate.markets.estimates import estimate
from tidegate.markets.factors import Sources, factor
from tidegate.markets.market_value import leaps, market_value
from tidegate.markets.momentum import momentum
from tidegate.markets.month_ends import last_whole_month, month_ends
from tidegate.markets.ranking import rank
from tidegate.markets.ranking_plan import Plan, parse_numbers, parse_weights
from tidegate.markets.scores import score
from tidegate.markets.splits import StatedSplits, read_splits
from tidegate.markets.standardize import z_scores
from tidegate.markets.stated_exposures import Exposures, read_exposures
from tidegate.markets.universe import Universe, read_membership, universe_of
from tidegate.sources.fundamentals import Fact, Fundamentals
from tidegate.sources.prices import Prices

pytest.importorskip("alphalens", reason="tidegate[ranking] is not installed")

DAYS = month_days()
QUALITY = np.random.default_rng(3).normal(0, 1, (60, len(DAYS)))
DAY = dt.date


def flow(ends, filed, value, span="quarter", ticker="A", item="net_income"):
    return Fact(ticker, item, span, DAY.fromisoformat(ends), DAY.fromisoformat(filed), value)


def known(facts, day, item="net_income", **more):
    found = as_of([Fundamentals.of(facts)], item, ["A"], np.array([day], dtype="datetime64[D]"), **more)
    return found.values[0, 0], found.reason(0, 0)


QUARTERS = [
    flow("2023-03-31", "2023-05-01", 1.0),
    flow("2023-06-30", "2023-08-01", 2.0),
    flow("2023-09-30", "2023-11-01", 4.0),
    flow("2023-12-31", "2024-02-10", 8.0),
]


class TestWhatWasKnown:
    def test_a_filing_counts_from_the_day_after_it(self):
        assert (
            known(QUARTERS, "2024-02-10")[1]
            == "no net income of four quarters in a row, nor of a year, had been filed"
        )
        assert known(QUARTERS, "2024-02-11") == (15, None)

    def test_a_restatement_counts_from_its_own_day(self):
        restated = [*QUARTERS, flow("2023-03-31", "2024-05-01", 100.0)]

        assert known(restated, "2024-05-01")[0] == 15
        assert known(restated, "2024-05-02")[0] == 114

    def test_a_missing_quarter_makes_twelve_months_unknown(self):
        gap = [QUARTERS[0], *QUARTERS[2:], flow("2022-12-31", "2023-02-01", 1.0)]

        assert known(gap, "2024-03-01")[1].startswith("no net income of four quarters in a row")

    def test_the_fourth_quarter_is_the_year_less_the_others(self):
        facts = [
            *QUARTERS[:3],
            flow("2023-12-31", "2024-02-10", 20.0, "year"),
            flow("2024-03-31", "2024-05-01", 3.0),
        ]

        assert known(facts, "2024-03-01")[0] == 20
        # 2 + 4 + (20 - 1 - 2 - 4) + 3
        assert known(facts, "2024-06-01")[0] == 22

    def test_an_old_figure_no_longer_speaks(self):
        assert known(QUARTERS, "2024-07-18")[0] == 15
        assert known(QUARTERS, "2024-07-19")[1] == "its last net income is of 2023-12-31"

    def test_a_figure_given_once_a_year_speaks_until_the_next(self):
        years = [flow("2022-12-31", "2023-03-01", 1.0, "year"), flow("2023-12-31", "2024-03-01", 2.0, "year")]

        assert known(years, "2025-04-29")[0] == 2
        assert known(years, "2025-04-30")[1] == "its last net income is of 2023-12-31"

    def test_files_that_differ_make_a_figure_unknown_and_a_later_period_settles_it(self):
        one = Fundamentals.of([flow("2023-12-31", "2024-02-10", 15.0, "year")])
        other = Fundamentals.of([flow("2023-12-28", "2024-02-12", 16.0, "year")])
        near = Fundamentals.of([flow("2023-12-28", "2024-02-12", 15.1, "year")])
        later = Fundamentals.of([flow("2024-03-31", "2024-05-01", 17.0, "year")])
        days = np.array(["2024-02-11", "2024-03-01", "2024-06-01"], dtype="datetime64[D]")
        found = as_of([one, other, later], "net_income", ["A"], days)

        assert found.values[0, [0, 2]].tolist() == [15, 17]
        assert (
            found.reason(0, 1)
            == "the files contradict each other, or one itself, on net income of 2023-12-31"
        )
        assert as_of([one, near], "net_income", ["A"], days).values[0, 1] == 15

    def test_an_older_period_of_another_file_does_not_hide_a_conflict(self):
        one = Fundamentals.of([flow("2023-12-31", "2024-02-10", 15.0, "year")])
        other = Fundamentals.of([flow("2023-12-31", "2024-02-10", 16.0, "year")])
        old = Fundamentals.of([flow("2023-09-30", "2023-11-10", 14.0, "year")])
        found = as_of([one, other, old], "net_income", ["A"], np.array(["2024-03-01"], dtype="datetime64[D]"))

        assert np.isnan(found.values[0, 0])

    def test_a_file_that_contradicts_itself_makes_a_figure_unknown_in_either_order(self):
        clear = Fundamentals.of([flow("2023-12-31", "2024-02-10", 15.0, "year")])
        double = Fundamentals.of(
            [flow("2023-12-31", "2024-02-10", 15.0, "year"), flow("2023-12-31", "2024-02-10", 16.0, "year")]
        )
        day = np.array(["2024-03-01"], dtype="datetime64[D]")

        for files in ([double], [double, clear], [clear, double]):
            found = as_of(files, "net_income", ["A"], day)
            assert np.isnan(found.values[0, 0])
            assert found.reason(0, 0).endswith("on net income of 2023-12-31")

    def test_a_count_of_shares_that_leaps_is_unknown_until_the_next_agrees(self):
        counts = [100.0, 0.0001, 101.0, 250.0, 251.0]
        ends = ["2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31", "2024-03-31"]
        facts = [
            flow(e, e, c, "instant", item="shares_outstanding") for e, c in zip(ends, counts, strict=True)
        ]
        days = np.array(ends, dtype="datetime64[D]") + 1
        found = as_of([Fundamentals.of(facts)], "shares_outstanding", ["A"], days)

        assert np.array_equal(found.values[0], [100, np.nan, 101, np.nan, 251], equal_nan=True)
        assert "no other has confirmed it" in found.reason(0, 1)


class TestMarketValue:
    ENDS = month_ends(Prices.of(["A"], ["2024-01-31", "2024-02-29"], [[10.0, 11.0]]), ["A"])
    COUNT = Fundamentals.of([flow("2023-12-31", "2024-01-15", 100.0, "instant", item="shares_outstanding")])

    def test_shares_are_brought_to_the_basis_of_the_prices(self):
        stated = StatedSplits({"A": ((DAY(2024, 6, 10), 10.0),)})
        prices = Prices.of(["A"], ["2024-01-31"], [[1.0]])

        assert market_value([self.COUNT], StatedSplits(), prices, self.ENDS).values.tolist() == [[1000, 1100]]
        assert market_value([self.COUNT], stated, prices, self.ENDS).values.tolist() == [[10_000, 11_000]]

    def test_without_a_stated_basis_the_factor_says_so(self):
        figures = Fundamentals.of([*self.COUNT.facts, flow("2023-12-31", "2024-01-15", 5.0, "year")])
        prices = made_prices(4)

        with pytest.raises(BadInputError, match="on which split basis the share counts are is not stated"):
            score(made_universe(4), Sources(prices, [figures]), ["value"])

    def test_a_stated_market_value_counts_for_its_month(self):
        stated = Fundamentals.of([flow("2024-01-31", "2024-01-30", 900.0, "instant", item="market_value")])
        found = market_value([stated], None, Prices.of(["A"], ["2024-01-31"], [[1.0]]), self.ENDS)

        assert found.values.tolist() == [[900, 900]]

    def test_leaps_of_shares_are_named(self):
        grown = flow("2024-03-31", "2024-04-15", 1000.0, "instant", item="shares_outstanding")
        file = Fundamentals.of([*self.COUNT.facts, grown])

        assert "A 2024-03-31 (by 10)" in leaps([file], StatedSplits())
        assert leaps([file], StatedSplits({"A": ((DAY(2024, 2, 1), 10.0),)})) is None


class TestScores:
    def test_values_are_compared_within_their_sector(self):
        values = np.array([[1.0], [2], [3], [4], [5], [101], [102], [103], [104], [105]])
        z = z_scores(values, ["a"] * 5 + ["b"] * 5, np.ones((10, 1), dtype=bool))

        assert z[:5] == pytest.approx(z[5:])
        assert z[:5].mean() == pytest.approx(0)
        assert z[:5].std(ddof=1) == pytest.approx(1)

    def test_an_extreme_is_pulled_in_and_keeps_its_place(self):
        values = np.array([[1.0], [2], [3], [4], [5], [1e6], [2e6]])
        z = z_scores(values, ["a"] * 7, np.ones((7, 1), dtype=bool))[:, 0]

        assert z[6] < 3
        assert (np.diff(z) > 0).all()

    def test_a_sector_of_four_is_no_sector(self):
        values = np.arange(9.0)[:, None]
        z = z_scores(values, ["a"] * 4 + ["b"] * 5, np.ones((9, 1), dtype=bool))

        assert np.isnan(z[:4]).all()
        assert np.isfinite(z[4:]).all()

    def test_a_name_without_a_factor_stands_apart_with_the_reason(self):
        figures = made_figures(QUALITY, DAYS)
        without = Fundamentals.of([fact for fact in figures.facts if fact.ticker != "N007"])
        made = rank(made_universe(), Sources(made_prices(), [without]), Plan(factors=("momentum", "quality")))
        [row] = [row for row in made.rows if row["ticker"] == "N007"]

        assert row["rank"] is None
        assert row["score"] is None
        assert row["why"] == "unknown: quality: no net income had been filed"
        assert made.rows[-1] is row
        assert made.about["without"] == {"momentum": 0, "quality": 1}

    def test_weights_are_those_given(self):
        sources = Sources(made_prices(), [made_figures(QUALITY, DAYS)])
        found = score(made_universe(), sources, ["momentum", "quality"], {"momentum": 1, "quality": 3})

        both = np.isfinite(found.total)
        expected = 0.25 * found.z["momentum"] + 0.75 * found.z["quality"]
        assert found.total[both] == pytest.approx(expected[both])
        with pytest.raises(BadInputError, match="Weights are needed for exactly momentum, quality"):
            score(made_universe(), sources, ["momentum", "quality"], {"momentum": 1})

    def test_less_exposure_is_better(self):
        shares = Exposures({name: ((DAY(2018, 1, 1), at / 100),) for at, name in enumerate(names(60))})
        found = score(made_universe(), Sources(made_prices(), exposures=shares), ["exposure"])

        assert found.ranks(20)[:3].tolist() == [0, 1, 2]

    def test_a_factor_that_was_asked_for_and_cannot_be_worked_out_is_refused(self):
        with pytest.raises(
            BadInputError, match="'quality' cannot be worked out: no company figures were given"
        ):
            score(made_universe(), Sources(made_prices()), ["quality"])
        with pytest.raises(BadInputError, match=r"There is no factor 'luck'\. Factors: momentum, quality"):
            score(made_universe(), Sources(made_prices()), ["luck"])

    def test_momentum_is_that_of_the_replicated_numbers(self):
        prices = made_prices()
        ends = month_ends(prices, names(60))
        one, other = factor("momentum", Sources(prices), ends), momentum(prices, names(60))

        assert np.array_equal(one.raw, other.scores, equal_nan=True)

    def test_prices_with_a_month_missing_are_refused(self):
        prices = made_prices()
        held = np.arange(len(DAYS)) != 30
        gap = Prices.of(prices.tickers, DAYS[held], prices.close[:, held])

        with pytest.raises(BadInputError, match="there is no day between 2021-06 and 2021-08"):
            score(made_universe(), Sources(gap), ["momentum"])

    def test_without_a_list_all_prices_are_ranked_but_the_benchmark(self):
        made = rank(universe_of(made_prices()), Sources(made_prices()), Plan(top=31, start="2022-09"))

        assert len(made.rows) == 60
        assert "SPY" not in {row["ticker"] for row in made.rows}
        assert any("the top 31 are more than half of them" in note for note in made.notes)

    def test_a_month_that_is_not_over_is_not_ranked(self):
        days = np.append(DAYS, np.datetime64("2024-01-11"))
        ends = month_ends(made_prices(days=days), names(60))

        assert str(last_whole_month(ends)) == "2023-12"
        with pytest.raises(
            BadInputError, match="does not reach the end of 2024-01: its last whole month is 2023-12"
        ):
            rank(made_universe(), Sources(made_prices(days=days)), Plan(on="2024-01"))


class TestNothingLaterIsLookedAt:
    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.integers(14, len(DAYS) - 2), st.integers(0, 10_000))
    def test_what_comes_after_the_end_of_a_month_changes_no_score_at_it(self, month, seed):
        rng = np.random.default_rng(seed)
        prices, figures = made_prices(), made_figures(QUALITY, DAYS)
        close = prices.close.copy()
        close[:, month + 1 :] *= rng.uniform(0.2, 5, close[:, month + 1 :].shape)
        day = DAYS[month].item()
        changed = [
            fact._replace(value=fact.value * rng.uniform(1, 9)) if fact.available >= day else fact
            for fact in figures.facts
        ]
        before = score(made_universe(), Sources(prices, [figures]), ["momentum", "quality"])
        after = score(
            made_universe(),
            Sources(dataclasses.replace(prices, close=close), [Fundamentals.of(changed)]),
            ["momentum", "quality"],
        )

        assert np.array_equal(before.total[:, : month + 1], after.total[:, : month + 1], equal_nan=True)
        assert not np.array_equal(before.total[:, month + 1 :], after.total[:, month + 1 :], equal_nan=True)

    def test_a_figure_filed_on_the_last_day_of_a_month_counts_from_the_next(self):
        on_time, late = (made_figures(QUALITY, DAYS, delay) for delay in (1, 0))
        found = [
            score(made_universe(), Sources(made_prices(), [one]), ["quality"]).total
            for one in (on_time, late)
        ]

        assert found[1][:, 5] == pytest.approx(found[0][:, 4], nan_ok=True)

    def test_the_record_of_an_earlier_month_is_that_of_the_shorter_file(self):
        prices = made_prices()
        short = Prices.of(prices.tickers, prices.days[:40], prices.close[:, :40], path="made.csv")
        plan = Plan(factors=("momentum",))
        whole = rank(made_universe(), Sources(prices), dataclasses.replace(plan, on=str(DAYS[39])[:7]))

        assert whole.to_json() == rank(made_universe(), Sources(short), plan).to_json()


class TestSkill:
    PLAN = Plan(factors=("momentum", "quality"), top=6)

    def test_a_planted_skill_is_found_at_its_size(self):
        sources = Sources(made_prices(skill=0.4, figures=QUALITY), [made_figures(QUALITY, DAYS)])
        made = rank(made_universe(), sources, dataclasses.replace(self.PLAN, factors=("quality",)))

        # Returns of 0.4 q + noise correlate by 0.4 / sqrt(1.16) = 0.37; ranks of normals by 6 / pi asin(r / 2) = 0.36,
        # less what the comparison within sectors takes.
        assert made.proof.score.skill.mean == pytest.approx(0.36, abs=0.04)
        assert made.verdict[0].startswith("Skill shown on this universe: mean rank IC 0.3")
        assert made.proof.score.excess[10.0].t > 3

    def test_a_planted_skill_turned_round_is_told(self):
        sources = Sources(made_prices(skill=-0.4, figures=QUALITY), [made_figures(QUALITY, DAYS)])

        assert (
            rank(made_universe(), sources, dataclasses.replace(self.PLAN, factors=("quality",)))
            .verdict[0]
            .startswith("Wrong way round")
        )

    def test_chance_is_called_skill_no_more_often_than_stated(self):
        # 200 series of 60 months without skill: the Newey-West test at 5 percent, a little loose on short ones.
        rng = np.random.default_rng(7)
        found = [estimate(rng.normal(0, 0.1, 60)).p < 0.05 for _ in range(200)]

        assert np.mean(found) < 0.11

    def test_ranking_by_chance_shows_no_skill(self):
        told = [
            rank(
                made_universe(), Sources(made_prices(seed=seed), [made_figures(QUALITY, DAYS)]), self.PLAN
            ).verdict[0]
            for seed in (11, 12)
        ]

        assert [line.partition(":")[0] for line in told] == ["No skill shown"] * 2

    def test_what_was_tried_before_makes_chance_likelier(self):
        sources = Sources(made_prices(), [made_figures(QUALITY, DAYS)])
        one, many = (
            rank(made_universe(), sources, dataclasses.replace(self.PLAN, tried=n, start="2021-06"))
            for n in (0, 40)
        )

        assert one.proof.tried == 3
        assert many.proof.score.p_corrected >= one.proof.score.p_corrected
        assert "corrected for 40 questions" in many.verdict[0]

    def test_the_library_and_scipy_agree_on_the_information_coefficient(self):
        from scipy import stats

        made = rank(made_universe(), Sources(made_prices()), Plan(factors=("momentum",)))
        at = 20
        month = int(np.searchsorted(made.scores.ends.months, made.proof.months[at]))
        both = made.scores.total[:, month], made.scores.ends.ahead[:, month]
        held = np.isfinite(both[0]) & np.isfinite(both[1])

        assert made.proof.score.ic[at] == pytest.approx(
            stats.spearmanr(both[0][held], both[1][held]).statistic
        )

    def test_too_few_names_or_months_are_told(self):
        with pytest.raises(BadInputError, match="In no month do 10 names have a score"):
            rank(Universe(tuple(names(8))), Sources(made_prices(8)), Plan(factors=("momentum",)))
        few = rank(made_universe(), Sources(made_prices()), Plan(factors=("momentum",), start="2023-06"))
        assert few.verdict[0].endswith("6 months are too few.")


class TestBooks:
    def test_costs_are_paid_on_what_is_bought_and_sold(self):
        values = np.array([[2.0, 0], [1, 1], [0, 2]])
        book = hold(best(values, 1), np.zeros((3, 2)))

        assert book.traded.tolist() == [1, 2]
        assert book.replaced[1] == 1
        assert book.net(10).tolist() == pytest.approx([-0.001, -0.002])

    def test_weights_that_drift_are_traded_back(self):
        chosen = np.ones((2, 2), dtype=bool)
        book = hold(chosen, np.array([[0.5, 0.0], [-0.5, 0.0]]))

        # 0.5 and 0.5 drift to 0.75 and 0.25.
        assert book.traded.tolist() == [1, 0.5]
        assert book.replaced[1] == 0

    def test_a_name_without_a_next_price_is_left_out_and_counted(self):
        book = hold(np.ones((2, 1), dtype=bool), np.array([[0.1], [np.nan]]))

        assert book.gross.tolist() == pytest.approx([0.1])
        assert book.unpriced == 1

    def test_missing_losers_that_wipe_out_the_excess(self):
        sources = Sources(made_prices(skill=0.4, figures=QUALITY), [made_figures(QUALITY, DAYS)])
        made = rank(made_universe(), sources, Plan(factors=("quality",), top=6))
        held = made.survivors

        for row in held.breaks:
            assert row["missing_percent_a_year"] * row["loss_percent"] / 100 == pytest.approx(
                held.excess, rel=1e-3
            )
        assert "names that left before are missing" in made.verdict[2]

    def test_the_record_holds_the_benchmark_equal_weights_and_each_factor(self):
        sources = Sources(made_prices(), [made_figures(QUALITY, DAYS)])
        rows = rank(made_universe(), sources, Plan(factors=("momentum", "quality"))).record()["record"]

        assert [row["name"] for row in rows] == ["score", "momentum", "quality", "equal weight", "SPY"]


class TestMembership:
    TEXT = "ticker,from,to\nN000,2018-01-01,2021-06-30\nN001,2018-01-01,\nN000,2022-06-01,\n"

    def test_a_name_is_a_member_from_its_first_to_its_last_day(self, tmp_path):
        path = tmp_path / "members.csv"
        path.write_text(self.TEXT)
        universe = Universe(("N000", "N001"), membership=read_membership(path))
        days = np.array(["2021-06-30", "2021-07-01", "2022-05-31", "2022-06-01"], dtype="datetime64[D]")

        assert universe.members(["N000", "N001", "N002"], days).tolist() == [
            [True, False, False, True],
            [True] * 4,
            [False] * 4,
        ]

    def test_a_name_that_has_left_is_not_ranked(self):
        everybody = {name: ((DAY(2018, 1, 1), None),) for name in names(60)}
        universe = dataclasses.replace(
            made_universe(), membership=everybody | {"N005": ((DAY(2018, 1, 1), DAY(2022, 1, 5)),)}
        )
        found = score(universe, Sources(made_prices()), ["momentum"])

        held = np.isfinite(found.total[5])
        assert str(found.ends.months[np.flatnonzero(held)[-1]]) == "2021-12"
        assert not np.isfinite(found.total[5, -1])

    def test_members_without_prices_are_told(self):
        universe = dataclasses.replace(made_universe(), tickers=(*names(60), "GONE"), membership={
            name: ((DAY(2018, 1, 1), None),) for name in (*names(60), "GONE")})  # fmt: skip
        made = rank(universe, Sources(made_prices()), Plan(factors=("momentum",), start="2022-09"))

        assert made.rows[-1]["ticker"] == "GONE"
        assert made.rows[-1]["why"] == "unknown: the price file does not have it"
        assert "1 have no price at all" in made.survivors.said

    @pytest.mark.parametrize(
        ("text", "message"),
        [(TEXT.replace("2021-06-30", "soon"), "members.csv:2: "), (TEXT.replace("2021-06-30", "2017-01-01"), "members.csv:2: a row needs a ticker, and 'to' not before"),
         ("ticker,from\nA,2020-01-01\n", "column 'to' is missing"), ("ticker,from,to\n", "there is no member")],
    )  # fmt: skip
    def test_a_wrong_membership_is_refused(self, tmp_path, text, message):
        path = tmp_path / "members.csv"
        path.write_text(text)
        with pytest.raises(BadInputError, match=message):
            read_membership(path)


class TestFiles:
    def test_a_universe_is_a_file_or_tickers(self, tmp_path):
        path = tmp_path / "names.csv"
        path.write_text("ticker,sector,cik\nN001,Chips,1045810\nN000,,\n")
        from_file, named = universe_of(made_prices(), path), universe_of(made_prices(), "N001, N000")

        assert from_file.tickers == named.tickers == ("N000", "N001")
        assert [from_file.sector(name) for name in from_file.tickers] == ["no sector given", "Chips"]
        assert from_file.numbers == {1045810: "N001"}
        assert named.sector("N001") == "all"

    @pytest.mark.parametrize(
        ("read", "text", "message"),
        [
            (read_splits, "ticker,on,ratio\nA,2024-06-10,ten\n", "given.csv:2: could not convert"),
            (read_splits, "ticker,on,ratio\nA,2024-06-10,0\n", "given.csv:2: a split needs a ticker and a ratio above 0"),
            (read_splits, "ticker,on,ratio\nA,2024-06-10,2\nA,2024-06-10,3\n", "given.csv:3: A is split twice"),
            (read_exposures, "ticker,known_by,share\nA,2024-06-10,20\n", "given.csv:2: a row needs a ticker and a share from 0 to 1"),
            (read_exposures, "ticker,known_by,share\nA,2024-06-10,0.2\nA,2024-06-10,0.3\n", "given.csv:3: A has two shares"),
            (read_exposures, "ticker,share\nA,0.2\n", "column 'known_by' is missing"),
        ],
    )  # fmt: skip
    def test_a_wrong_file_is_refused_with_row_and_mend(self, tmp_path, read, text, message):
        path = tmp_path / "given.csv"
        path.write_text(text)
        with pytest.raises(BadInputError, match=message):
            read(path)

    @pytest.mark.parametrize(
        ("more", "message"),
        [({"on": "July"}, "'July' is no month"), ({"top": 0}, "The best 0 names are none"), ({"costs": (-1.0,)}, "Costs are basis points"),
         ({"quantiles": 1}, "2 to 10 quantiles"), ({"level": 1.0}, "The level of a band")],
    )  # fmt: skip
    def test_a_wrong_plan_is_refused(self, more, message):
        with pytest.raises(BadInputError, match=message):
            Plan(**more)

    def test_weights_and_costs_are_read_as_written(self):
        assert parse_weights("momentum=1, quality=2") == {"momentum": 1, "quality": 2}
        assert parse_numbers("10,30") == (10, 30)
        for wrong in ("momentum", "momentum=1,momentum=2", "momentum=much"):
            with pytest.raises(BadInputError):
                parse_weights(wrong)


class TestCommand:
    @pytest.fixture(scope="class")
    @staticmethod
    def folder(tmp_path_factory):
        place = tmp_path_factory.mktemp("ranking")
        prices, universe = made_prices(), made_universe()
        lines = [",".join(["date", *prices.tickers])]
        lines += [
            ",".join([str(day), *map(repr, map(float, column))])
            for day, column in zip(prices.days, prices.close.T, strict=True)
        ]
        (place / "prices.csv").write_text("\n".join(lines))
        (place / "universe.csv").write_text(
            "\n".join(["ticker,sector", *(f"{name},{universe.sector(name)}" for name in universe.tickers)])
        )
        facts = [fact for fact in made_figures(QUALITY, DAYS).facts if fact.ticker != "N007"]
        rows = [f"{f.ticker},{f.ends},{f.available},{f.span},{f.item},{f.value!r}" for f in facts]
        (place / "figures.csv").write_text(
            "\n".join(["ticker,period_end,available_date,span,item,value", *rows])
        )
        return place

    def run(self, folder, *words):
        files = [
            "--prices",
            str(folder / "prices.csv"),
            "--universe",
            str(folder / "universe.csv"),
            "--fundamentals",
            str(folder / "figures.csv"),
        ]
        return CliRunner().invoke(app, ["rank", *files, *words], catch_exceptions=True)

    def test_the_verdict_comes_first_and_no_advice_last(self, folder):
        result = self.run(folder)

        assert result.exit_code == 0, result.output
        assert result.stdout.startswith("No skill shown: mean rank IC")
        assert "59 of 60 names ranked at the end of 2023-12" in result.stdout
        assert "unknown: quality: no net income had been filed" in result.stdout
        assert (
            "value is left out: the company figures have neither market_value nor shares_outstanding"
            in result.stdout
        )
        assert result.stdout.rstrip().splitlines()[-1].startswith("No advice:")

    def test_json_holds_all_and_is_the_same_twice(self, folder):
        one, other = (self.run(folder, "--json", "--start", "2022-09") for _ in range(2))
        told = json.loads(one.stdout)

        assert one.stdout == other.stdout
        assert told["months"] == len(told["by_month"]) == 15
        assert {row["name"] for row in told["record"]} == {
            "score",
            "momentum",
            "quality",
            "equal weight",
            "SPY",
        }
        assert told["survivors"]["breaks"]
        assert len(told["rows"]) == 60

    def test_csv_holds_every_name_and_the_verdict_goes_to_the_errors(self, folder):
        result = self.run(folder, "--format", "csv", "--start", "2022-09")

        assert (
            result.stdout.splitlines()[0]
            == "rank,ticker,sector,score,momentum_z,quality_z,momentum,quality,why"
        )
        assert len(result.stdout.splitlines()) == 61
        assert "No skill shown" in result.stderr

    def test_a_picture_is_written(self, folder, tmp_path):
        result = self.run(folder, "--out", str(tmp_path / "record.svg"), "--start", "2022-09")

        assert result.exit_code == 0, result.output
        assert "Rank IC by month" in (tmp_path / "record.svg").read_text()

    @pytest.mark.parametrize(
        ("words", "message"),
        [(["--on", "2030-01"], "does not reach the end of 2030-01"), (["--factors", "value"], "'value' cannot be worked out"),
         (["--out", "record.pdf"], "a picture is written to"), (["--cost", "cheap"], "'cheap' is no number")],
    )  # fmt: skip
    def test_what_cannot_be_done_is_refused(self, folder, words, message):
        result = self.run(folder, *words)

        assert isinstance(result.exception, BadInputError)
        assert message in str(result.exception)


def test_every_command_of_the_manual_has_options_that_exist():
    page = (Path(__file__).parents[1] / "docs" / "ranking.md").read_text("utf-8")
    shown = re.findall(r"^\$ (tidegate rank .*)$", page, re.MULTILINE)
    given = set(
        re.findall(r"--[a-z-]+", CliRunner().invoke(app, ["rank", "--help"], env={"COLUMNS": "200"}).stdout)
    )

    assert shown
    assert {word for line in shown for word in re.findall(r"--[a-z-]+", line)} <= given
