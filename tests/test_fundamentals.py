"""Files of company figures: every layout reads the same, a wrong row is refused by its number, no filing day no use."""

import csv
import datetime as dt
import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate import data
from tidegate.errors import BadInputError
from tidegate.sources.fundamentals import Fact, Fundamentals, read_fundamentals

WIDE = (
    "ticker,period_end,available_date,net_income,total_assets\n"
    "NVDA,2024-04-28,2024-05-29,14881e6,77072e6\nNVDA,2024-07-28,2024-08-28,16599e6,\n"
)
LONG = (
    "ticker,period_end,available_date,span,item,value\n"
    "NVDA,2024-04-28,2024-05-29,quarter,netIncome,14881e6\nNVDA,2024-04-28,2024-05-29,instant,assets,77072e6\n"
    "NVDA,2024-07-28,2024-08-28,quarter,netIncome,16599e6\n"
)


def written(tmp_path, text, name="figures.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def plain(file):
    return [fact[:6] for fact in file.facts]


@pytest.mark.parametrize(
    "text", [WIDE, LONG, WIDE.replace(",", ";"), "﻿" + LONG], ids=["wide", "long", "semicolons", "mark"]
)
def test_every_layout_reads_the_same(tmp_path, text):
    assert plain(read_fundamentals(written(tmp_path, text))) == [
        ("NVDA", "net_income", "quarter", dt.date(2024, 4, 28), dt.date(2024, 5, 29), 14881e6),
        ("NVDA", "net_income", "quarter", dt.date(2024, 7, 28), dt.date(2024, 8, 28), 16599e6),
        ("NVDA", "total_assets", "instant", dt.date(2024, 4, 28), dt.date(2024, 5, 29), 77072e6),
    ]


@pytest.mark.parametrize("text", [WIDE, LONG], ids=["wide", "long"])
def test_parquet_reads_as_csv_does(tmp_path, text):
    import duckdb

    source, target = written(tmp_path, text), tmp_path / "figures.parquet"
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{source}')) TO '{target}' (FORMAT parquet)")

    assert plain(read_fundamentals(target)) == plain(read_fundamentals(source))


def test_a_file_without_filing_days_is_refused_and_with_a_lag_it_says_so(tmp_path):
    path = written(tmp_path, "ticker,period_end,net_income\nNVDA,2024-04-28,1\n")

    with pytest.raises(BadInputError, match=r"figures.csv:1: the file does not say when .* --lag-days"):
        read_fundamentals(path)
    lagged = read_fundamentals(path, lag_days=90)
    assert lagged.facts[0].available == dt.date(2024, 7, 27)
    assert "taken as known 90 days after" in lagged.notes[0]


def test_a_lag_does_not_replace_filing_days(tmp_path):
    assert read_fundamentals(written(tmp_path, WIDE), lag_days=400).facts[0].available == dt.date(2024, 5, 29)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (WIDE.replace("16599e6", "much"), r"figures.csv:3: net_income 'much' is not a number. Write it as 1234.5"),
        (WIDE.replace("16599e6", "inf"), r"figures.csv:3: net_income 'inf' is not a number"),
        (WIDE.replace("2024-07-28", "28/07/2024"), r"figures.csv:3: '28/07/2024' is not a date"),
        (WIDE.replace("2024-08-28", ""), r"figures.csv:3: '' is not a date"),
        (WIDE.replace("2024-08-28", "2024-05-01"), r"figures.csv:3: filed on 2024-05-01, 88 days before its period ended"),
        (WIDE + "NVDA,2024-07-28\n", r"figures.csv:4: the row has 2 cells, the header 5"),
        (LONG.replace("quarter", "decade"), r"figures.csv:2: the span 'decade' is not known. Write quarter, year or instant"),
        (LONG.replace("quarter", "instant"), r"figures.csv:2: net_income is of a quarter or a year, not of a day"),
        ("ticker,period_end,available_date,shares\nA,2024-04-28,2024-05-29,-5\n", r"figures.csv:2: shares is -5"),
        ("ticker,available_date,net_income\nA,2024-05-29,1\n", r"figures.csv:1: no column 'period_end' among"),
        ("ticker,period_end,available_date,mood\nA,2024-04-28,2024-05-29,1\n", r"figures.csv:1: no column of figures. The program uses: assets"),
        ("ticker,period_end,available_date,net_income,net_income\n", r"two columns are named 'net_income'"),
        (WIDE.splitlines()[0] + "\n", r"there is no figure in the file"),
        ("", r"figures.csv:1: the file is empty"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_row_and_mend(tmp_path, text, message):
    with pytest.raises(BadInputError, match=message):
        read_fundamentals(written(tmp_path, text))


def test_a_figure_that_stands_twice_with_different_values_is_unknown_and_told(tmp_path):
    file = read_fundamentals(written(tmp_path, WIDE + "NVDA,2024-07-28,2024-08-28,1,\n"))

    assert [math.isnan(fact.value) for fact in file.facts] == [False, True, False]
    assert "net_income of NVDA for 2024-07-28, 1.6599e+10 in row 3 and 1 in row 4" in file.notes[-1]


def test_what_is_odd_is_told(tmp_path):
    text = "ticker,period_end,available_date,shares\n,2024-03-31,2024-05-01,5\nA,2024-03-31,2024-03-20,7\nA,2024-06-30,2024-08-01,0\n"
    file = read_fundamentals(written(tmp_path, text))

    assert [fact.value for fact in file.facts] == [7]
    assert [note.split(" ")[0] for note in file.notes] == ["1", "1", "1"]
    assert "no ticker" in file.notes[0]
    assert "before the end of their period" in file.notes[1]
    assert "are 0" in file.notes[2]


def test_a_ticker_may_be_called_na(tmp_path):
    assert (
        read_fundamentals(written(tmp_path, WIDE.replace("NVDA", "NA"))).facts[0].ticker == "NA"
    )  # Nano Labs


def entry(start, end, filed, val):
    return {"end": end, "filed": filed, "val": val, "form": "10-Q"} | ({"start": start} if start else {})


def companyfacts(tmp_path, entries, unit="USD", name="NVDA.json", tag="NetIncomeLoss", cik=1045810):
    record = {
        "cik": cik,
        "entityName": "NVIDIA CORP",
        "facts": {"us-gaap": {tag: {"units": {unit: entries}}}},
    }
    return written(tmp_path, json.dumps(record), name)


YEAR = [
    entry("2023-01-30", "2023-04-30", "2023-05-26", 10),
    entry("2023-01-30", "2023-07-30", "2023-08-28", 25),
    entry("2023-01-30", "2023-10-29", "2023-11-21", 45),
    entry("2023-01-30", "2024-01-28", "2024-02-21", 70),
]


def test_quarters_of_company_facts_are_told_from_figures_since_the_start_of_the_year(tmp_path):
    file = read_fundamentals(companyfacts(tmp_path, YEAR))

    assert [(str(f.ends), str(f.available), f.value) for f in file.facts if f.span == "quarter"] == [
        ("2023-04-30", "2023-05-26", 10),
        ("2023-07-30", "2023-08-28", 15),
        ("2023-10-29", "2023-11-21", 20),
        ("2024-01-28", "2024-02-21", 25),
    ]
    assert [f.value for f in file.facts if f.span == "year"] == [70]


def test_a_restated_figure_stands_beside_the_first_with_its_own_day(tmp_path):
    restated = [*YEAR, entry("2023-01-30", "2023-04-30", "2024-05-29", 11)]
    file = read_fundamentals(companyfacts(tmp_path, restated))

    assert [(str(f.available), f.value) for f in file.facts if str(f.ends) == "2023-04-30"] == [
        ("2023-05-26", 10),
        ("2024-05-29", 11),
    ]


def test_company_facts_are_named_by_the_sec_number_or_the_file(tmp_path):
    path = companyfacts(tmp_path, YEAR, name="CIK0001045810.json")

    assert read_fundamentals(path, tickers={1045810: "NVDA"}).facts[0].ticker == "NVDA"
    with pytest.raises(BadInputError, match="the ticker of SEC number 1045810 is not known"):
        read_fundamentals(path)


def test_another_currency_is_left_out_and_told(tmp_path):
    companyfacts(tmp_path, YEAR)
    companyfacts(tmp_path, YEAR, unit="EUR", name="ASML.json", cik=937966)
    file = read_fundamentals(tmp_path)

    assert {fact.ticker for fact in file.facts} == {"NVDA"}
    assert file.notes == ("ASML: NetIncomeLoss in EUR was left out: figures are taken in USD.",)


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "this is no JSON"), ("[]", "there is no 'facts'"), ('{"facts": {"us-gaap": {"NetIncomeLoss": {"units": 3}}}}', "has no 'units'"),
     ('{"facts": {"us-gaap": {"NetIncomeLoss": {"units": {"USD": [{"end": "2024-01-28", "val": 1}]}}}}}', "entry 0 of 'NetIncomeLoss' lacks"),
     ("[" * 100_000, "this is no JSON")],
)  # fmt: skip
def test_broken_company_facts_are_refused(tmp_path, text, message):
    with pytest.raises(BadInputError, match=message):
        read_fundamentals(written(tmp_path, text, "NVDA.json"))


CELLS = st.one_of(
    st.sampled_from(["ticker", "period_end", "available_date", "span", "item", "value", "net_income", "shares", "", "A",
                     "2024-01-02", "20240402", "quarter", "year", "1.5", "-1", "nan", "0", '"', "1e999", "assets"]),
    st.text(max_size=8),
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(CELLS, max_size=6), max_size=6),
    st.sampled_from(",;\t"),
    st.sampled_from([None, 0, 90]),
    st.sampled_from(["", "ticker,period_end,available_date,span,item,value\n"]),
)
def test_any_text_is_read_or_refused_and_never_breaks(tmp_path, rows, delimiter, lag, head):
    path = tmp_path / "any.csv"
    path.write_text(
        head + "\n".join(delimiter.join(row) for row in rows), encoding="utf-8", errors="surrogatepass"
    )
    try:
        assert read_fundamentals(path, lag).facts
    except BadInputError as error:
        assert str(path) in str(error)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["2024-01-28", "USD", ""])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["facts", "us-gaap", "dei", "NetIncomeLoss", "Assets", "units", "USD", "cik", "end", "filed", "val", "start"]),
            inner, max_size=4,
        ),
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON, st.integers(0, 3))
def test_any_json_is_read_or_refused_and_never_breaks(tmp_path, value, depth):
    for key in ("units", "NetIncomeLoss", "us-gaap", "facts")[4 - depth - 1 :] if depth else ():
        value = {key: value}
    path = tmp_path / "any.json"
    path.write_text(json.dumps(value))
    try:
        assert read_fundamentals(path).facts
    except BadInputError as error:
        assert str(tmp_path) in str(error)


def test_figures_given_twice_alike_are_kept_once():
    fact = Fact("A", "net_income", "year", dt.date(2023, 12, 31), dt.date(2024, 2, 1), 5.0, 2)

    assert Fundamentals.of([fact, fact._replace(row=3)]).facts == (fact,)


def test_the_shipped_items_are_in_order_and_say_where_they_are_from():
    with (data.MARKETS / "fundamental_items.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert [row["item"] for row in rows] == sorted(row["item"] for row in rows)
    assert all(row["kind"] in ("flow", "instant") and row["source"] and row["what"] for row in rows)
    assert all(row["verified"] in ("true", "false") for row in rows)
    columns = [word for row in rows for word in row["columns"].split("|")]
    assert len(columns) == len(set(columns))
