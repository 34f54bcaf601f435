"""Whose revenue measures touch: figures known by a day, products the law holds, the band, and the command."""

import csv
import dataclasses
import datetime as dt
import json
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tidegate import data
from tidegate.catalog import load_catalog
from tidegate.cli.app import app
from tidegate.errors import BadInputError, NotFoundError
from tidegate.ledger import Ledger, load_ledger
from tidegate.ledger.hindsight import ledgers_as_known
from tidegate.ledger.scenario import apply_scenario
from tidegate.markets.at_risk import at_risk
from tidegate.markets.company_exposure import exposure, exposures
from tidegate.markets.company_facts import BASES, load_company_facts, read_company_facts
from tidegate.markets.customers import is_counted, products_of, read_customers
from tidegate.markets.exposure_change import compare
from tidegate.markets.exposure_panel import exposure_share, exposure_shares
from tidegate.markets.revenue import OLDEST, Reading, Sales, sales_of
from tidegate.markets.touched import Touched, alone

LEDGER, FACTS, CATALOG = load_ledger(), load_company_facts(), load_catalog()
H20, EDA = "us-2025-04-09-h20-is-informed-letter", "us-2025-05-23-eda-letters"
AFFILIATES, DUV = "us-2025-09-29-affiliates-rule", "nl-2023-09-01-duv"
HEAD = "company,geography,period,ends,figure,value,unit,basis,hong_kong,known_by,source,verified,note\n"
ROW = "nvidia,CN,FY2030,2030-01-31,share,20,percent,total,,,https://example.org/a,true,\n"


@lru_cache(maxsize=32)
def found(on, companies, measures=(), **more):
    return exposure(LEDGER, on, companies=companies.split(), measures=measures or None, **more)


def sales(company, on, **more):
    day = dt.date.fromisoformat(on)
    return sales_of(FACTS, company, "CN", day, day, **more)


class TestShippedData:
    def test_every_row_is_of_a_party_with_a_source_and_stands_in_order(self):
        for name, order in (
            ("revenue.csv", ("company", "geography", "ends", "figure", "basis")),
            ("statements.csv", ("company", "said_on", "kind", "period")),
        ):
            with (data.MARKETS / name).open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            keys = [tuple(row[part] for part in order) for row in rows]
            assert keys == sorted(keys)
            assert (
                {row["verified"] for row in rows} == {"true", "false"} if name == "revenue.csv" else {"true"}
            )
        facts = read_company_facts(data.MARKETS / "revenue.csv", data.MARKETS / "statements.csv")
        assert len(facts.revenue) > 200
        assert {fact.basis for fact in facts.revenue} <= set(BASES)

    def test_a_figure_without_value_says_why(self):
        assert all(fact.note for fact in FACTS.revenue if fact.value is None)

    def test_what_statements_are_about_is_in_the_ledger_and_the_catalog(self):
        for said in FACTS.statements:
            assert all(measure in LEDGER for measure in said.measures)
            assert all(item in CATALOG.items for item in said.items)
            assert said.low is not None or said.high is not None

    def test_fiscal_periods_end_in_the_month_in_which_the_company_closes_its_year(self):
        with (data.SUPPLY / "fiscal_years.csv").open(encoding="utf-8", newline="") as file:
            months = {row["company"]: int(row["month"]) for row in csv.DictReader(file)}
        for fact in FACTS.revenue:
            if fact.company in months and fact.period.startswith("FY") and fact.length == "year":
                assert fact.ends.month == months[fact.company], fact
                # A year that ends on the Sunday nearest to the month's end may be told of by either.
                assert fact.ends.year == int(fact.period[2:6]), fact

    def test_the_facts_beside_the_checkout_are_all_in(self, shared):
        with (shared / "facts" / "supply" / "company_exposure.csv").open(
            encoding="utf-8", newline=""
        ) as file:
            rows = [row for row in csv.DictReader(file) if row["metric"] in ("revenue", "revenue_share")]
        theirs = {(row["period"], row["value"]) for row in rows if row["company"] in FACTS.companies}
        with (data.MARKETS / "revenue.csv").open(encoding="utf-8", newline="") as file:
            ours = {(row["period"], row["value"]) for row in csv.DictReader(file)}
        assert theirs <= ours

    def test_buyers_of_every_sort_add_up_and_no_product_of_a_maker_goes_without(self):
        customers = read_customers()
        kinds = {kind for sort in customers.sorts for kind in sort.kinds}
        for company in FACTS.companies:
            assert {item.kind for item in products_of(company)} <= kinds


class TestRevenue:
    def test_a_report_counts_from_the_day_by_which_it_was_due(self):
        # The year ended on 2025-01-26; a 10-K may take 75 days.
        assert sales("nvidia", "2025-04-10").share.period != "FY2025"
        assert sales("nvidia", "2025-04-17").share.period == "FY2025"

    def test_the_recast_by_headquarters_is_never_mixed_with_billing(self):
        before, after = sales("nvidia", "2025-06-15"), sales("nvidia", "2025-12-20")
        assert (before.share.period, before.share.basis) == ("FY2026Q1", "billing")
        assert round(before.share.low, 1) == round(before.share.high, 1) == 12.5  # 5.52 of 44.1, and not 9.66
        assert before.share.verified
        assert before.share.computed
        assert after.share.basis == "billing"

    def test_a_share_of_system_sales_is_no_share_of_revenue(self):
        share = sales("asml", "2025-06-15")
        assert (share.share.low, share.share.basis, share.share.verified) == (36, "total", False)
        assert {one.basis for one in share.beside} == {"not_stated", "system_sales"}
        nikon = sales("nikon", "2025-06-15")
        assert nikon.share is None
        assert "28 percent of one segment" in nikon.reason

    def test_two_values_for_one_period_in_one_basis_are_both_kept(self):
        lam = sales("lam-research", "2025-12-20").share
        assert (lam.low, lam.high, lam.verified) == (34, 37.4, False)
        assert len(lam.facts) == 2

    def test_without_rows_from_memory_less_is_known(self):
        assert sales("lam-research", "2025-12-20", verified=True).share.low == 37.4
        assert sales("intel", "2025-06-15", verified=True).share is None

    def test_a_company_that_does_not_disclose_is_unknown_and_says_so(self):
        assert "not disclosed" in sales("siemens-eda", "2025-06-15").reason

    @pytest.mark.parametrize("company", FACTS.companies)
    def test_nothing_later_than_the_day_and_nothing_stale_is_ever_taken(self, company):
        for year in range(2018, 2027):
            day = dt.date(year, 6, 30)
            own = sales_of(FACTS, company, "CN", day, day)
            for one in (own.share, own.amount):
                if one is not None:
                    assert one.ends <= day
                    assert day - one.ends <= OLDEST
                    assert all(fact.known_by <= day for fact in one.facts)
                    assert one.low <= one.high
            assert (own.share is None) == (own.reason is not None)

    def test_a_yen_amount_stays_in_yen(self):
        amount = sales("tokyo-electron", "2025-12-20").amount
        assert (amount.unit, amount.computed) == ("JPY_bn", True)
        assert amount.low == pytest.approx(0.386 * 549.5, abs=0.001)


class TestKnownCases:
    def test_nvidia_before_and_after_october_2022(self):
        before, after = found("2022-08-01", "nvidia")["nvidia"], found("2022-12-01", "nvidia")["nvidia"]
        held = {product.item: product.state for product in before.products}
        assert held["a100-sxm-80gb"] == "some"  # a listed buyer alone
        held = {product.item: product.state for product in after.products}
        assert held["a100-sxm-80gb"] == held["h100-sxm"] == "always"
        assert held["a800-sxm-80gb"] == "some"  # cut down for China, and free to others until November 2023
        assert before.at_risk.low == after.at_risk.low == 0
        assert after.at_risk.high == after.share.high
        assert before.count("always") == 0
        # The letter of August 2022 came first: the rule added buyers, not products that were on sale.
        assert found("2022-10-06", "nvidia")["nvidia"].count("always") == after.count("always") > 0

    def test_h20_with_what_nvidia_stated_beside(self):
        one = found("2025-06-15", "nvidia", (H20,))["nvidia"]
        assert {p.item for p in one.products if p.state == "always"} >= {"h20", "h200-sxm"}
        assert one.amount_at_risk.low == 4.6  # sold before the letter, in a quarter of 5.52
        assert one.amount_at_risk.high == 5.52
        assert one.at_risk.low == pytest.approx(100 * 4.6 / 44.1, abs=0.001)
        told = {(said.kind, said.low) for said in one.statements}
        assert {("charge", 4.5), ("unshipped", 2.5), ("charge_announced", 5.5)} <= told
        assert [said.kind for said in one.narrowed_by] == ["product_sales"]

    def test_before_the_letter_was_public_nobody_knew_of_it(self):
        then = found("2025-04-10", "nvidia", (H20,), known_by="2025-04-10")["nvidia"]
        assert then.at_risk.high == 0
        assert "is not on record" in found("2025-04-10", "nvidia", (H20,), known_by="2025-04-10").notes[0]
        assert found("2025-04-10", "nvidia", (H20,))["nvidia"].at_risk.high > 0
        assert not then.statements

    def test_the_letters_on_design_software_while_they_stood_and_after(self):
        during, after = (found(on, "synopsys cadence", (EDA,)) for on in ("2025-06-15", "2025-07-10"))
        for company, share in (("synopsys", 16), ("cadence", 12)):
            assert (during[company].share.low, during[company].share.verified) == (share, True)
            assert during[company].at_risk.high == share
            assert 0 < during[company].at_risk.central < share
            assert after[company].at_risk.high == 0
            assert after[company].count("free") == len(after[company].products)
        assert not during.notes
        assert after.notes == (f"{EDA} does not bind on 2025-07-10: it is lifted",)
        assert {p.item for p in during["synopsys"].products if p.state == "always"} == {
            "design-compiler",
            "sentaurus",
        }

    def test_asml_and_the_dutch_orders(self):
        assert found("2023-08-31", "asml", (DUV,))["asml"].at_risk.high == 0
        one = found("2024-06-01", "asml", (DUV,))["asml"]
        assert {p.item for p in one.products if p.state == "always"} == {
            "nxt-2000i", "nxt-2050i", "nxt-2100i", "nxt-2150i",
        }  # fmt: skip
        # The company said that up to 15 percent of its sales to China are affected: of the 26 percent of 2023.
        assert one.at_risk.high == pytest.approx(0.15 * 26)
        assert one.narrowed_by[0].kind == "guidance_sales_affected_share"
        assert {p.item for p in found("2024-09-07", "asml", ("nl-2024-09-07-nxt1970i-1980i",))["asml"].products
                if p.state == "always"} == {"nxt-1970ci", "nxt-1980di", "nxt-1980ei", "nxt-1980fi"}  # fmt: skip

    def test_the_affiliates_rule_touches_firms_that_listed_ones_own_and_no_others(self):
        during = found("2025-10-15", "lam-research applied-materials", (AFFILIATES,))
        for one in during:
            assert {p.state for p in one.products} == {"some"}
            for product in one.products:
                assert {buyer for buyer, how in product.buyers.items() if how != "free"} == {"owned"}
        suspended = found("2025-12-01", "lam-research applied-materials", (AFFILIATES,))
        assert all(one.at_risk.high == 0 for one in suspended)
        losses = {said.low for one in suspended for said in one.statements if said.kind == "revenue_loss"}
        assert losses == {0.11, 0.6, 0.2}


class TestProperties:
    def test_with_every_measure_lifted_nothing_is_at_risk(self):
        none = exposure(
            Ledger((), None), "2025-06-15", companies=["nvidia", "asml", "lam-research", "synopsys"]
        )
        assert [one.at_risk.high for one in none] == [0, 0, 0, 0]

    @pytest.mark.parametrize("more", [EDA, "us-1997-02-03-entity-list"])
    def test_a_further_measure_never_touches_less(self, more):
        companies = ["nvidia", "synopsys", "lam-research"]
        few, both = (
            exposure(alone(LEDGER, ids), "2025-10-15", companies=companies) for ids in ({H20}, {H20, more})
        )
        for one in few:
            after = {product.item: product.weight for product in both[one.company].products}
            assert all(after[product.item] >= product.weight for product in one.products)
            assert both[one.company].at_risk.central >= one.at_risk.central

    @settings(max_examples=200, deadline=None)
    @given(
        st.lists(
            st.tuples(st.sampled_from(["always", "some", "unknown", "free"]), st.floats(0, 1)),
            min_size=1,
            max_size=8,
        ),
        st.floats(0, 100),
        st.floats(0, 100),
        st.sampled_from([(), (H20,)]),
    )
    def test_at_risk_is_never_more_than_the_revenue_there(self, products, one, other, measures):
        low, high = sorted((one, other))
        fact = next(
            f
            for f in FACTS.revenue
            if f.company == "nvidia" and f.period == "FY2026Q1" and f.figure == "share"
        )
        reading = Reading(low, high, "percent", "FY2026Q1", fact.ends, "billing", (fact,))
        weights = {"always": 1.0, "free": 0.0}
        stand = [
            Touched(
                "h20" if not place else f"p{place}",
                "",
                "chip",
                state,
                weights.get(state, weight),
                "free",
                {},
                (),
                (),
                True,
                True,
            )
            for place, (state, weight) in enumerate(products)
        ]
        said = [s for s in FACTS.statements if s.company == "nvidia"]
        risk = at_risk(Sales(reading, None), stand, said, measures)
        assert 0 <= risk.share.low <= risk.share.central <= risk.share.high <= round(high, 4) + 1e-9
        assert (risk.share.high == 0) or any(state != "free" for state, _ in products)

    def test_products_come_on_sale_and_stay(self):
        for item in products_of("nvidia"):
            days = [is_counted(item, dt.date(year, 1, 1)) for year in range(2016, 2030)]
            assert days == sorted(days)


class TestMonths:
    DAYS = (dt.date(2022, 10, 31), dt.date(2025, 5, 26), dt.date(2025, 6, 30))

    def test_many_days_at_once_are_what_one_day_alone_gives(self):
        companies = ["SNPS", "A Bakery"]  # its letter is of 2025-05-23 and was public on the 28th
        months = exposure_shares(LEDGER, companies, self.DAYS)
        assert list(months) == list(self.DAYS)
        for day in self.DAYS[1:]:
            assert months[day] == exposure_share(LEDGER, companies, day)
        assert months[self.DAYS[1]]["SNPS"][1] < months[self.DAYS[2]]["SNPS"][1]
        assert months[self.DAYS[0]]["A Bakery"] == "nothing in the catalog is called 'A Bakery'"

    def test_ledgers_as_known_stand_as_was_known_on_each_day(self):
        days = [dt.date(year, month, 28) for year in range(2018, 2027) for month in (3, 9)]
        groups = ledgers_as_known(LEDGER, days)
        assert sorted(day for _, own in groups for day in own) == sorted(days)
        assert len(groups) < len(days) / 2
        for known, own in groups:
            for day in own:
                binding, then = ({s.measure.id for s in regime if s.binds}
                                 for regime in (known.on(day), LEDGER.on(day, known_by=day)))  # fmt: skip
                assert binding == then


class TestScenario:
    def test_letters_that_stay_put_design_software_at_risk_and_nobody_else(self):
        companies = ["synopsys", "cadence", "asml"]
        after = apply_scenario(LEDGER, data.SCENARIOS / "eda-letters-stay.yaml")
        both = [exposure(ledger, "2025-07-10", companies=companies) for ledger in (LEDGER, after)]
        change = {one.after.company: one for one in compare(*both)}
        assert set(change["synopsys"].tightened) == {"design-compiler", "sentaurus"}
        assert change["synopsys"].change > 0
        assert change["asml"].change == 0
        assert compare(both[0], both[0]).companies[0].change == 0


class TestBadInput:
    @pytest.mark.parametrize(
        ("row", "told"),
        [
            (ROW.replace("nvidia", "a-bakery"), "no party of the catalog"),
            (ROW.replace("2030-01-31", "January"), "is no day"),
            (ROW.replace("total", "turnover"), "is none of total"),
            (ROW.replace("20,percent", "120,percent"), "over 100"),
            (ROW.replace("20,percent", "-3,percent"), "value"),
            (ROW.replace("percent", "USD_bn"), "a share is in percent"),
            (ROW.replace("https://example.org/a", "a page"), "source"),
            (ROW.replace("FY2030", "last year"), "period"),
            (ROW.replace(",true,", ",perhaps,"), "verified"),
            ("nvidia,CN\n", "as many cells"),
        ],
    )
    def test_a_bad_row_is_named_with_its_line(self, tmp_path, row, told):
        path = tmp_path / "own.csv"
        path.write_text(HEAD + ROW + row, encoding="utf-8")
        with pytest.raises(BadInputError, match=told) as error:
            read_company_facts(path)
        assert "own.csv:3" in str(error.value)

    @settings(max_examples=150, deadline=None)
    @given(st.text(max_size=120), st.integers(0, len(HEAD + ROW)))
    def test_any_text_is_read_or_refused_in_words(self, tmp_path_factory, text, place):
        path = tmp_path_factory.mktemp("revenue") / "own.csv"
        path.write_text((HEAD + ROW)[:place] + text + (HEAD + ROW)[place:], encoding="utf-8", errors="ignore")
        try:
            read_company_facts(path)
        except BadInputError as error:
            assert "own.csv" in str(error)

    @pytest.mark.parametrize(
        ("was", "now", "told"),
        [
            (
                "share: 0.8, facts: {end_user: a cloud firm}",
                "share: 0.7, facts: {end_user: a cloud firm}",
                "add up to 1",
            ),
            ("{end_user: a cloud firm}", "{destination: JP}", "set by the program"),
            ("{end_user: a cloud firm}", "{end_usr: x}", "end_usr"),
            ("id: owned", "id: listed", "stands twice"),
            ("kinds: [memory]", "kinds: [chip]", "in two sorts"),
            ("    abroad:", "    elsewhere:", "elsewhere"),
        ],
    )
    def test_a_bad_file_of_buyers_is_named_with_the_place(self, tmp_path, was, now, told):
        text = (data.MARKETS / "customers.yaml").read_text(encoding="utf-8")
        assert was in text
        path = tmp_path / "own.yaml"
        path.write_text(text.replace(was, now, 1), encoding="utf-8")
        with pytest.raises(BadInputError, match=told):
            read_customers(path)

    def test_a_country_without_revenue_on_record_is_unknown_and_nobody_is_called_untouched(self):
        answer = exposure(load_ledger(), "2025-06-15", measures=EDA, destination="JP")

        assert not list(answer)
        assert answer.notes[0].startswith(
            "Who is exposed is unknown, because no company's revenue in Japan is on record"
        )

    def test_unknown_names_are_refused(self):
        with pytest.raises(NotFoundError, match="us-2025-05-23"):
            exposure(LEDGER, "2025-06-15", measures="us-2025-05-23-eda-leters")
        with pytest.raises(NotFoundError, match="Nvidea"):
            exposure(LEDGER, "2025-06-15", companies=["Nvidea"])
        with pytest.raises(BadInputError, match="2025-06-31"):
            exposure(LEDGER, "2025-06-31")


class TestCommand:
    def run(self, *words):
        return CliRunner().invoke(app, ["exposure", "--on", "2025-06-15", *words])

    def test_the_table_marks_what_is_from_memory_and_says_why_some_are_unknown(self):
        told = self.run(
            "--company", "nvidia", "--company", "asml", "--company", "nikon", "--company", "smic"
        ).stdout
        asml = next(line for line in told.splitlines() if line.startswith("ASML "))
        assert "36 % *" in asml
        assert "12.52 %  " in next(line for line in told.splitlines() if line.startswith("Nvidia "))
        assert "Nikon: unknown, because only a share of a part" in told
        assert "SMIC: unknown, because it sells there at home" in told
        assert (
            "product sales 4.6 USD_bn in FY2026Q1 (H20 sales before the licence rule); it narrows the band"
            in told
        )

    def test_json_and_csv_hold_the_same_companies(self):
        words = ("--company", "synopsys", "--company", "cadence", "--measure", EDA)
        answer = json.loads(self.run(*words, "--json").stdout)
        rows = list(csv.DictReader(self.run(*words, "--format", "csv").stdout.splitlines()))
        assert [row["company"] for row in rows] == [row["company"] for row in answer["companies"]]
        assert answer["companies"][0]["share"]["sources"]
        assert answer["companies"][0]["ticker"] == "SNPS"
        products = json.loads(self.run(*words, "--products", "--json").stdout)["products"]
        assert {row["state"] for row in products} == {"always", "free"}

    def test_a_scenario_is_set_beside_the_record_and_drawn(self, tmp_path):
        out = tmp_path / "change.svg"
        scenario = data.SCENARIOS / "eda-letters-stay.yaml"
        words = [
            "exposure",
            "--on",
            "2025-07-10",
            "--company",
            "synopsys",
            "--scenario",
            str(scenario),
            "--out",
            str(out),
        ]
        told = CliRunner().invoke(app, words).stdout
        assert "+5.8" in next(line for line in told.splitlines() if line.startswith("Synopsys"))
        assert "Synopsys" in out.read_text(encoding="utf-8")

    def test_a_wrong_ending_or_measure_is_refused_before_anything_is_worked_out(self, tmp_path):
        assert self.run("--out", str(tmp_path / "x.doc")).exit_code != 0
        assert self.run("--measure", "us-nothing").exit_code != 0
        assert not list(tmp_path.iterdir())


def test_a_measure_that_restricts_nothing_says_so():
    asked = ("us-2024-12-02-hbm-exception", "us-2025-08-10-revenue-share-15")
    answer = found("2025-09-01", "smic", asked)
    assert "restricts nothing itself: its effect is except" in answer.notes[0]
    assert len(answer.notes) == 2


def test_the_same_question_gives_the_same_bytes():
    first = found("2025-06-15", "synopsys cadence", (EDA,)).to_json()
    again = exposure(LEDGER, "2025-06-15", companies=["cadence", "synopsys"], measures=(EDA,)).to_json()
    assert first == again


def test_one_government_alone_and_the_tables_agree():
    every = found("2025-06-15", "asml")
    dutch = exposures(LEDGER, [dt.date(2025, 6, 15)], companies=["asml"], government="the Dutch")[
        dt.date(2025, 6, 15)
    ]
    assert dutch["asml"].governments == ("NL",)
    assert every["asml"].count("always") >= dutch["asml"].count("always")
    rows = every.product_table().rows
    assert len(rows) == len(every["asml"].products)
    counted = {row["measure"]: row["touched"] for row in every.measure_table().rows}
    assert counted["nl-2023-09-01-duv"] == sum("nl-2023-09-01-duv" in row["measures"] for row in rows)
    assert dataclasses.is_dataclass(every)
