"""Figures of a story: value, unit, sign, metric, whose they are, period, and which numbers are no claims."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.claims.claim import Claim, problems_of
from tidegate.claims.documents import Document
from tidegate.claims.extract import figure_words
from tidegate.claims.extract.figure_values import find_quantities
from tidegate.claims.extract.figures import find_figures
from tidegate.claims.extract.story import parse_story

PUBLISHED = dt.date(2025, 8, 11)


def figures(text: str, published: dt.date | None = PUBLISHED) -> list[Claim]:
    return find_figures(parse_story(Document("story.txt", text), published))


def only(text: str) -> Claim:
    found = figures(text)
    assert len(found) == 1, [(one.metric, one.value, one.unit) for one in found]
    return found[0]


@pytest.mark.parametrize(
    ("words", "value", "unit"),
    [
        ("$387 billion", 387_000_000_000, "USD"),
        ("US$12.5bn", 12_500_000_000, "USD"),
        ("$8.03 billion", 8_030_000_000, "USD"),
        ("$110M", 110_000_000, "USD"),
        ("~$600 million", 600_000_000, "USD"),
        ("€1.2 billion", 1_200_000_000, "EUR"),
        ("344 billion yuan", 344_000_000_000, "CNY"),
        ("400.97 million yen", 400_970_000, "JPY"),
        ("15 per cent", 15, "percent"),
        ("16%", 16, "percent"),
        ("50%+", 50, "percent"),
        ("6 percentage points", 6, "percentage_points"),
        ("23 metric tons", 23, "tonnes"),
        ("7,742.2 tonnes", 7742.2, "tonnes"),
        ("100kg", 100, "kg"),
        ("14 nanometers", 14, "nm"),
        ("128 layers", 128, "layers"),
        ("600 GB/s", 600, "gigabytes_per_second"),
        ("4,800 TPP", 4800, "tpp"),
        ("60,000 wafers per month", 60_000, "wafers_per_month"),
        ("140 companies", 140, "companies"),
        ("77 new entities", 77, "entities"),
        ("six Chinese firms", 6, "companies"),
        ("two dozen Chinese firms", 24, "companies"),
        ("three tiers", 3, "tiers"),
        ("a three-tiered structure", 3, "tiers"),
        ("1,100 dual-use items", 1100, "items"),
        ("1.25 million units", 1_250_000, "units"),
        ("400 Nvidia A100 GPUs", 400, "units"),
        ("half its supply", 50, "percent"),
        ("two-thirds of the output", 66.7, "percent"),
        ("tripled", 200, "percent"),
        ("six months", 6, "months"),
    ],
)
def test_a_number_is_read_with_its_unit(words: str, value: float, unit: str) -> None:
    (found,) = find_quantities(f"It was about {words} now.")

    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("30-40%", 35),
        ("10 to 15 percent", 12.5),
        ("between $6 and $7 billion", 6_500_000_000),
        ("$6 to 7 billion", 6_500_000_000),
        ("$12.5 billion to $13.5 billion", 13_000_000_000),
        ("70 percent to nearly 100 percent", 85),
        ("9,000-10,000 tons", 9500),
    ],
)
def test_a_range_takes_its_middle(words: str, value: float) -> None:
    (found,) = find_quantities(f"It lies at {words} now.")

    assert found.value == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Its share rose from 5% to 10%.", [5, 10]),
        ("Chips of 16 nm or 14 nm are controlled.", [16, 14]),
        ("It exported 7,742.2 tons in June, up from 5,864.6 in May.", [7742.2, 5864.6]),
    ],
)
def test_two_numbers_beside_each_other_are_no_range(text: str, values: list[float]) -> None:
    assert [one.value for one in find_quantities(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "The NXT:2050i and the 910B run on 5G under Section 301.",
        "In June 2024 he turned 51 and called +31 40 268 3000.",
        "It was signed on 2025-02-25 and on May 12, at 10:45 a.m.",
        "Super Micro Computer (+185%) is a past winner.",
        "The first half of the year and the second quarter were slow, and a third party knew it.",
        "Nvidia sells the RTX 5090 and the A100 chips.",
    ],
)
def test_dates_names_and_rankings_hold_no_quantity(text: str) -> None:
    assert find_quantities(text) == []


def test_what_restates_a_number_in_brackets_is_not_read_again() -> None:
    found = find_quantities(
        "China exported 23 metric tons (25 tons) for 344 million yuan (about $47 million)."
    )

    assert [(one.value, one.unit) for one in found] == [(23, "tonnes"), (344_000_000, "CNY")]


@pytest.mark.parametrize(
    ("text", "metric", "value", "unit", "actor"),
    [
        ("Tokyo Electron shares slid about 4% on Tuesday.", "share_price_change", -4, "percent", "tokyo-electron"),
        ("Nvidia fell 4.7 per cent in New York.", "share_price_change", -4.7, "percent", "nvidia"),
        ("Shares of Nvidia were down 1%.", "share_price_change", -1, "percent", "nvidia"),
        ("Shares of Synopsys have recovered by 6 percentage points.", "share_price_change", 6, "percentage_points",
         "synopsys"),
        ("China accounts for 19% of ASML's net system sales.", "revenue_share", 19, "percent", "asml"),
        ("ASML reported revenue of €7.5 billion.", "revenue", 7_500_000_000, "EUR", "asml"),
        ("Nvidia took a $4.5 billion write-down on the H20.", "revenue_loss", 4_500_000_000, "USD", "nvidia"),
        ("The U.S. has 12% of the global semiconductor market share.", "market_share", 12, "percent", "US"),
        ("China's semiconductor imports totaled $387 billion.", "imports", 387_000_000_000, "USD", "CN"),
        ("China exported 23 metric tons of gallium.", "exports", 23, "tonnes", "CN"),
        ("China's semiconductor trade deficit reached $227 billion.", "trade_balance", -227_000_000_000, "USD", "CN"),
        ("China accounts for 40% of global WFE capital expenditures.", "capital_expenditure", 40, "percent", "CN"),
        ("China produces about 600 metric tons of germanium a year.", "capacity", 600, "tonnes", "CN"),
        ("China's rare earths exports rose 32% from the month before.", "growth", 32, "percent", "CN"),
        ("Japan's chip equipment exports to China rose 82%.", "growth", 82, "percent", "JP"),
        ("Global gallium prices rose to $331 a kilogram.", "price", 331, "USD", "world"),
        ("The U.S. Commerce Department added 140 companies to the entity list.", "count", 140, "companies", "US"),
        ("The U.S. rule controls memory chips with 128 layers.", "performance_threshold", 128, "layers", "US"),
        ("Nvidia received over 700,000 orders for the H20.", "quantity", 700_000, "units", "nvidia"),
        ("The United States imposed a 25% tariff on chips.", "other", 25, "percent", "US"),
    ],
)  # fmt: skip
def test_each_metric_is_told_with_sign_and_holder(
    text: str, metric: str, value: float, unit: str, actor: str
) -> None:
    claim = only(text)

    assert (claim.metric, claim.value, claim.unit, claim.actor) == (metric, value, unit, (actor,))


def test_a_rise_to_an_amount_is_two_figures() -> None:
    growth, balance = figures("China's semiconductor trade deficit rose 6% year-on-year to $227 billion.")

    assert (growth.metric, growth.value) == ("growth", 6)
    assert (balance.metric, balance.value) == ("trade_balance", -227_000_000_000)
    assert balance.sentence == "to $227 billion."


def test_a_forecast_cut_to_an_amount_is_what_is_left() -> None:
    claim = only("ASML cut its 2025 sales forecast to between 30 billion and 35 billion euros.")

    assert (claim.metric, claim.value, claim.unit, claim.future) == ("revenue", 32_500_000_000, "EUR", True)


def test_a_price_after_a_share_move_is_one_of_shares() -> None:
    _, price = figures("Nvidia's shares dropped 1.16% to $180.61.")

    assert (price.metric, price.value, price.items, price.actor) == (
        "price",
        180.61,
        ("shares",),
        ("nvidia",),
    )


def test_two_moves_in_one_sentence_have_each_their_own_holder() -> None:
    found = figures("Nvidia's shares dropped 1.16%, while AMD's shares slipped 2.3%.")

    assert [(one.actor, one.value) for one in found] == [(("nvidia",), -1.16), (("amd",), -2.3)]


def test_one_number_for_several_holders_is_one_claim() -> None:
    claim = only("Taiwan and South Korea each account for about 20% of the global semiconductor market.")

    assert (claim.actor, claim.value, claim.items) == (("TW", "KR"), 20, ("chips",))


def test_respectively_deals_the_numbers_out_in_order() -> None:
    found = figures(
        "The stock prices of Cadence and Synopsys, which plummeted by about 12% at the end of last month, "
        "have recovered by 6 percentage points and 8 percentage points, respectively."
    )

    assert [(one.actor, one.value) for one in found] == [
        (("cadence", "synopsys"), -12), (("cadence",), 6), (("synopsys",), 8)]  # fmt: skip


def test_the_company_is_the_one_named_before() -> None:
    claim = only("Intel is losing a licence.\nThe company expects revenue of $13 billion.")

    assert (claim.actor, claim.future) == (("intel",), True)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Nvidia could earn $15 billion from H20 chip sales to China.", ("ai_chips", "h20")),
        ("China exported 12 tons of dysprosium.", ("rare_earths",)),
        ("China imported lithography systems for $762.7 million.", ("lithography",)),
    ],
)
def test_a_product_stands_beside_its_class(text: str, items: tuple[str, ...]) -> None:
    assert only(text).items == items


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Nvidia could earn $15 billion from H20 chip sales to China.", ("CN",)),
        ("Qualcomm earns about 5 per cent of its revenues from Huawei.", ("huawei",)),
        ("The U.S. gets about half its supply of gallium directly from China.", ("US",)),
        ("Exports of magnets to Germany tripled.", ("DE",)),
    ],
)
def test_the_market_is_apart_from_the_holder(text: str, target: tuple[str, ...]) -> None:
    claim = only(text)

    assert claim.target == target
    assert not set(claim.target) & set(claim.actor)


@pytest.mark.parametrize(
    ("text", "future"),
    [
        ("Applied Materials expects sales of $6.7 billion.", True),
        ("Applied Materials could lose $600 million of revenue.", True),
        ("Bernstein has a $195 price target on Applied Materials.", True),
        ("Applied Materials reported sales of $6.7 billion.", False),
        ("ASML reported sales of €7.7 billion in May.", False),
        ("The rule would add 77 new entities to the Entity List.", False),
    ],
)
def test_guidance_and_forecasts_lie_ahead(text: str, future: bool) -> None:
    assert only(text).future is future


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("China's chip imports totaled $387 billion in 2024.", "2024"),
        ("In 2024, China's chip imports totaled $387 billion.", "2024"),
        ("China exported 23 tons of gallium in June.", "2025-06"),
        ("China exported 23 tons of gallium last month.", "2025-07"),
        ("China exported 23 tons of gallium last week.", "2025-08"),
        ("ASML reported revenue of €7.5 billion in the second quarter.", "2025-Q2"),
        ("ASML reported revenue of €7.5 billion in the fourth quarter.", "2024-Q4"),
        ("ASML reported revenue of €7.5 billion in Q3 2024.", "2024-Q3"),
        ("Lam Research posted revenue of $5 billion in the June quarter.", "2025-Q2"),
        ("ASML reported revenue of €15 billion in the first half.", "2025-H1"),
        ("China exported 23 tons of gallium from January to July.", "2025-01/2025-07"),
        ("Applied Materials expects $29 billion of revenue in fiscal 2026.", "2026"),
        ("Tokyo Electron shares slid 4% on Friday.", "2025-08-08"),
        ("China exported 23 tons of gallium.", None),
        ("Gallium prices have not moved from $725 a kilogram since January.", None),
    ],
)
def test_a_period_is_resolved_against_the_day_of_the_story(text: str, period: str | None) -> None:
    assert only(text).period == period


def test_a_period_that_leans_on_an_unknown_day_stays_open() -> None:
    (claim,) = figures("China exported 23 tons of gallium last month.", None)

    assert claim.period is None


def test_the_same_period_last_year_is_a_year_earlier() -> None:
    now, then = figures(
        "Over the first six months of this year, China exported 32,569.2 tons of rare earths versus "
        "29,095.2 tons over the same period last year."
    )

    assert (now.period, then.period) == ("2025-H1", "2024-H1")


@pytest.mark.parametrize(
    "text",
    [
        "Three U.S. firms dominate the market: Applied Materials, Lam Research and KLA.",
        "The delegations talked for over six hours.",
        "A 90-day rollback of most tariffs was agreed.",
        "ProPicks AI evaluates NVDA using 100+ financial metrics and gained 40%.",
        "Nvidia's two key artificial intelligence chips are hit.",
        "The two companies got licences.",
        "Its stock retreated, or $15.95 by noon.",
    ],
)
def test_numbers_that_only_count_or_advertise_are_no_claims(text: str) -> None:
    assert figures(text) == []


def test_a_figure_said_twice_is_one_claim() -> None:
    text = (
        "Prosecutors said 400 Nvidia A100 GPUs were shipped to China.\nThe group moved 400 Nvidia A100 GPUs."
    )

    assert len(figures(text)) == 1


def test_a_trade_figure_rests_on_the_customs_data_beside_it() -> None:
    claim = only("China's rare earths exports rose 32% in June, customs data showed.")

    assert (claim.source, claim.certainty) == (("general-administration-of-customs",), "official")


def test_a_table_run_together_into_one_sentence_is_not_read() -> None:
    assert figures(f"Nvidia revenue {'5% ' * 41}") == []


def test_a_code_of_many_digits_is_no_number() -> None:
    assert find_quantities(f"China exported {'9' * 400} tons and {'1,' * 400}000 tons.") == []


def test_every_word_of_the_vocabulary_is_used() -> None:
    folder = Path(figure_words.__file__).parent
    source = "".join(path.read_text() for path in folder.glob("figure*.py"))

    assert [
        key for key in figure_words.words() if f'"{key}"' not in source and f"'{key}'" not in source
    ] == []


AMOUNTS = st.one_of(
    st.integers(1, 999).map(lambda n: (f"${n} billion", n * 10**9)),
    st.integers(11, 99_999).map(lambda n: (f"{n:,} tons", n)),
    st.decimals("0.1", "99.9", places=1).map(lambda n: (f"{n}%", float(n))),
    st.decimals("0.1", "99.9", places=1).map(lambda n: (f"{n} per cent", float(n))),
    st.decimals("0.1", "99.9", places=1).map(lambda n: (f"US${n}bn", float(n * 10**9))),
    st.integers(2, 999).map(lambda n: (f"€{n}m", n * 10**6)),
)
TEMPLATES = st.sampled_from(
    [
        "China's chip imports rose by {}.",
        "According to customs, exports of gallium reached {} in June.",
        "Nvidia said its sales in China could fall by {}, hurting its guidance.",
        "“We expect {} next year,” ASML’s chief executive said.",
    ]
)


@settings(max_examples=60, deadline=None)
@given(AMOUNTS, TEMPLATES)
def test_a_number_written_down_is_read_back_with_the_words_that_carry_it(
    amount: tuple[str, float], template: str
) -> None:
    words, value = amount
    text = template.format(words)
    (claim,) = figures(text)

    assert claim.value is not None
    assert abs(claim.value) == pytest.approx(value)
    assert words.rstrip("%") in claim.sentence
    assert text[claim.start : claim.end] == claim.sentence
    assert problems_of(claim.to_dict(), text) == []


PIECES = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            ["$", "%", "half", "to", "-", "from", "12", "3.5 billion", "(", "Nvidia", "China's", "exports", "dozen", "½",
             "one hundred", "tons", "Q3", "February 30", "respectively", "’", "\n", ", and ", "5,000", "000", "..."]
        ),
    ),
    max_size=25,
).map(" ".join)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(PIECES)
def test_no_text_makes_the_reader_of_figures_fail(text: str) -> None:
    for claim in figures(text):
        assert problems_of(claim.to_dict(), text) == []
