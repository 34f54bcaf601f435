"""Trade files: every layout reads into one table, a wrong row is refused by its number, a missing row is no zero."""

import datetime as dt
import gzip
import json
import random
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pl = pytest.importorskip("polars", reason="tidegate[tables] is not installed")

from tidegate.errors import BadInputError  # noqa: E402
from tidegate.sources.flows import read_flows  # noqa: E402
from tidegate.sources.flows.model import COLUMNS  # noqa: E402
from tidegate.sources.flows.places import place_of  # noqa: E402

ROOT = Path(__file__).parents[1]
TRADE = ROOT.parent / "shared" / "data" / "trade"
needs_trade = pytest.mark.skipif(not TRADE.exists(), reason="the trade files are not beside the checkout")

TIDY = (
    "period,reporter,partner,flow,hs,value_usd,kg\n"
    "2023-07,CN,HK,export,811292,100,10\n2023-07,CN,JP,export,811292,50,5\n2023-08,CN,HK,export,811292,300,30\n"
)
NEW = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,flowDesc,"
    "partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,classificationCode,"
    "classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,aggrLevel,isLeaf,customsCode,customsDesc,mosCode,"
    "motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,isQtyEstimated,altQtyUnitCode,altQtyUnitAbbr,altQty,isAltQtyEstimated,"
    "netWgt,isNetWgtEstimated,grossWgt,isGrossWgtEstimated,cifvalue,fobvalue,primaryValue,legacyEstimationFlag,"
    "isReported,isAggregate"
)
OLD = (
    "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,Trade Flow,Reporter Code,"
    "Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,2nd Partner Code,2nd Partner,2nd Partner ISO,"
    "Customs Proc. Code,Customs,Mode of Transport Code,Mode of Transport,Commodity Code,Commodity,Qty Unit Code,"
    "Qty Unit,Qty,Alt Qty Unit Code,Alt Qty Unit,Alt Qty,Netweight (kg),Gross weight (kg),Trade Value (US$),"
    "CIF Trade Value (US$),FOB Trade Value (US$),Flag"
)


def comtrade(**cells):
    """A row of a download as UN Comtrade writes it since 2022: 47 columns, and a comma at the end."""
    row = {
        "typeCode": "C", "freqCode": "M", "period": "202307", "reporterCode": "156", "flowCode": "X", "partnerCode": "344",
        "partner2Code": "0", "classificationCode": "H6", "cmdCode": "811292", "customsCode": "C00", "mosCode": "0",
        "motCode": "0", "netWgt": "10", "isNetWgtEstimated": "false", "fobvalue": "100", "primaryValue": "100",
        "legacyEstimationFlag": "0", "isReported": "true", "isAggregate": "false",
    }  # fmt: skip
    row |= cells
    return ",".join(f'"{row.get(name, "")}"' for name in NEW.split(",")) + ","


def old(**cells):
    row = {"Classification": "H5", "Period": "201807", "Trade Flow Code": "2", "Reporter Code": "156",
           "Partner Code": "344", "Commodity Code": "848620", "Netweight (kg)": "10", "Trade Value (US$)": "100",
           "Flag": "0"}  # fmt: skip
    row |= {name.replace("_", " "): value for name, value in cells.items()}
    return ",".join(row.get(name, "") for name in OLD.split(","))


def written(tmp_path, text, name="flows.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_text(text if isinstance(text, str) else "\n".join(text) + "\n", encoding=encoding)
    return path


def rows(flows):
    return [
        (*tuple(str(row[name]) for name in COLUMNS[:6]), row["value"], row["kg"])
        for row in flows.table.rows(named=True)
    ]


JULY = ("2023-07-01", "M", "CN", "HK", "export", "811292", 100.0, 10.0)


def test_a_plain_table_is_read_sorted_by_its_key(tmp_path):
    flows = read_flows(written(tmp_path, TIDY))

    assert flows.table.columns == list(COLUMNS)
    assert rows(flows) == [
        JULY,
        ("2023-07-01", "M", "CN", "JP", "export", "811292", 50.0, 5.0),
        ("2023-08-01", "M", "CN", "HK", "export", "811292", 300.0, 30.0),
    ]
    assert flows.months("CN", "export") == (dt.date(2023, 7, 1), dt.date(2023, 8, 1))
    assert (flows.currency, flows.unit, flows.notes) == ("USD", "kg", ())
    assert [(source.layout, source.rows) for source in flows.sources] == [("plain table", 3)]


def test_all_layouts_say_the_same_of_one_shipment(tmp_path):
    tidy = 'period,reporter,partner,flow,hs,value_usd,kg\n2023-07-01,CHN,"China, Hong Kong SAR",Export,8112.92,100,10\n'
    minerals = "period_dt,partner_name,hs6,val,qty,uv\n2023-07-01,Hong Kong,811292,100.0,10.0,10\n"
    said = {"reporter": "CN", "flow": "export", "currency": "USD", "unit": "kg"}
    new = [NEW, comtrade()]

    assert rows(read_flows(written(tmp_path, tidy))) == [JULY]
    assert rows(read_flows(written(tmp_path, minerals), **said)) == [JULY]
    assert rows(read_flows(written(tmp_path, new))) == [JULY]
    assert rows(read_flows(written(tmp_path, [NEW, comtrade().removesuffix(",")]))) == [JULY]


@pytest.mark.parametrize("name", ["flows.csv.gz", "flows.zip", "flows.parquet", "fl[ow*s].csv"])
def test_packed_files_and_parquet_read_as_csv_does(tmp_path, name):
    plain = read_flows(written(tmp_path, TIDY))
    path = tmp_path / name
    if name.endswith("gz"):
        path.write_bytes(gzip.compress(TIDY.encode()))
    elif name.endswith("zip"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("one.csv", "\n".join(TIDY.splitlines()[:2]))
            archive.writestr("two.csv", "\n".join(TIDY.splitlines()[:1] + TIDY.splitlines()[2:]))
            archive.writestr("read.me", "no table")
            archive.writestr("country_codes_V202401b.csv", "country_code,country_name\n4,Afghanistan\n")
    elif name.endswith("parquet"):
        pl.read_csv(tmp_path / "flows.csv", try_parse_dates=False).write_parquet(path)
    else:
        path.write_text(TIDY)
    packed = read_flows(path)

    assert packed.table.equals(plain.table)
    assert packed.reported.equals(plain.reported)


def test_comtrade_totals_are_kept_and_what_they_hold_already_is_not(tmp_path):
    flows = read_flows(written(tmp_path, [
        NEW, comtrade(), comtrade(partnerCode="0", primaryValue="100"), comtrade(customsCode="C01", primaryValue="7"),
        comtrade(motCode="1000", primaryValue="7"), comtrade(partner2Code="392", primaryValue="7"),
        comtrade(flowCode="DX", primaryValue="7"), comtrade(cmdCode="TOTAL", primaryValue="7"),
        comtrade(classificationCode="S4", primaryValue="7"), comtrade(typeCode="S", primaryValue="7"),
        comtrade(partnerCode="97", primaryValue="7"), comtrade(partnerCode="899", primaryValue="7"),
        comtrade(partnerCode="7777", primaryValue="7"),
    ]))  # fmt: skip
    notes = "\n".join(flows.notes)

    assert rows(flows) == [JULY]
    assert flows.world["value"].to_list() == [100.0]
    for said in ("1 rows by customs procedure", "1 rows by mode of transport", "1 rows by second partner", "1 rows of flows other",
                 "1 rows of totals", "1 rows in another classification", "1 rows of services", "groups of countries, whose",
                 "(97)", "not specified, or of states that are no more (899)", "no country answers to (7777)"):  # fmt: skip
        assert said in notes


def test_comtrade_says_how_a_value_is_reckoned_and_whether_it_is_estimated(tmp_path):
    flows = read_flows(written(tmp_path, [
        NEW, comtrade(), comtrade(flowCode="M", cifvalue="100", fobvalue="90", isNetWgtEstimated="true"),
        comtrade(flowCode="RX", fobvalue="", netWgt="", legacyEstimationFlag="4"),
        comtrade(flowCode="RM", netWgt="0"),
    ]))  # fmt: skip
    found = {
        row["flow"]: (row["valuation"], row["estimated"], row["kg"]) for row in flows.table.rows(named=True)
    }

    assert found == {
        "export": ("FOB", False, 10.0),
        "import": ("CIF", True, 10.0),
        "reexport": (None, True, None),
        "reimport": ("FOB", False, None),
    }


def test_comtrade_in_latin_1_is_read_and_other_files_in_it_are_not(tmp_path):
    new = written(tmp_path, [NEW, comtrade(reporterDesc="Türkiye", reporterCode="792")], encoding="latin-1")
    before = written(tmp_path, [OLD, old(Reporter="Türkiye", Reporter_Code="792")], "old.csv", "latin-1")
    tidy = written(tmp_path, TIDY.replace("HK", "Curaçao"), "tidy.csv", "latin-1")

    assert read_flows(new).table["reporter"].to_list() == ["TR"]
    assert read_flows(before).table["reporter"].to_list() == ["TR"]
    with pytest.raises(BadInputError, match=r"tidy\.csv: the file is not UTF-8\. Save it"):
        read_flows(tidy)


def test_comtrade_until_2022_reads_months_and_years(tmp_path):
    flows = read_flows(written(tmp_path, [
        OLD, old(), old(Period="2018", Flag="4"), old(Partner_Code="0"), old(Trade_Flow_Code="1"),
        old(Partner_Code="392", **{"Customs Proc. Code": "C04"}),
    ]))  # fmt: skip
    found = [
        (str(row["period"]), row["freq"], row["flow"], row["estimated"])
        for row in flows.table.rows(named=True)
    ]

    assert found == [
        ("2018-01-01", "A", "export", True),
        ("2018-07-01", "M", "export", False),
        ("2018-07-01", "M", "import", False),
    ]
    assert flows.months("CN", "export") == (dt.date(2018, 7, 1),)
    assert flows.months("CN", "export", "A") == (dt.date(2018, 1, 1),)


def test_code_490_is_taiwan_but_for_saudi_arabia(tmp_path):
    flows = read_flows(
        written(tmp_path, [NEW, comtrade(partnerCode="490"), comtrade(partnerCode="490", reporterCode="682")])
    )

    assert flows.table.select("reporter", "partner").rows() == [("CN", "TW")]
    assert any("Saudi Arabia" in note for note in flows.notes)


def test_baci_is_in_thousand_dollars_and_tonnes_and_of_no_use_for_mirror_gaps(tmp_path):
    flows = read_flows(
        written(tmp_path, "t,i,j,k,v,q\n2022,156,490,811292,1.5,0.25\n2022,842,699,10121,2,          NA\n")
    )

    assert rows(flows) == [
        ("2022-01-01", "A", "CN", "TW", "export", "811292", 1500.0, 250.0),
        ("2022-01-01", "A", "US", "IN", "export", "010121", 2000.0, None),
    ]
    assert any("no use for mirror gaps" in note for note in flows.notes)
    assert flows.is_zero_where_absent(dt.date(2022, 1, 1), "US", "export", "811292", "A")


def test_census_answers_are_read_as_json_and_as_csv(tmp_path):
    exports = [
        ["E_COMMODITY", "CTY_CODE", "CTY_NAME", "ALL_VAL_MO", "COMM_LVL", "time", "E_COMMODITY"],
        ["854231", "5700", "CHINA", "120", "HS6", "2023-07", "854231"],
        ["854231", "-", "TOTAL FOR ALL COUNTRIES", "120", "HS6", "2023-07", "854231"],
        ["854231", "0014", "PACIFIC RIM", "120", "HS6", "2023-07", "854231"],
        ["854231", "5XXX", "ASIA", "120", "HS6", "2023-07", "854231"],
        ["854231", "7777", "NOWHERE", "1", "HS6", "2023-07", "854231"],
    ]
    path = tmp_path / "exports.json"
    path.write_text(json.dumps(exports))
    imports = "I_COMMODITY,CTY_CODE,GEN_VAL_MO,YEAR,MONTH\n8486200000,5880,7,2023,7\n"
    out, into = read_flows(path), read_flows(written(tmp_path, imports))

    assert rows(out) == [("2023-07-01", "M", "US", "CN", "export", "854231", 120.0, None)]
    assert out.is_zero_where_absent(dt.date(2023, 7, 1), "US", "export", "854231")
    assert any("(7777)" in note for note in out.notes)
    assert rows(into) == [("2023-07-01", "M", "US", "JP", "import", "8486200000", 7.0, None)]


def test_census_domestic_and_foreign_exports_are_told_apart(tmp_path):
    text = "E_COMMODITY,CTY_CODE,ALL_VAL_MO,time,DF\n854231,5700,10,2023-07,-\n854231,5700,8,2023-07,1\n854231,5700,2,2023-07,2\n"

    assert [(row[4], row[6]) for row in rows(read_flows(written(tmp_path, text)))] == [
        ("export", 10.0),
        ("reexport", 2.0),
    ]


def test_taiwan_writes_countries_in_chinese_and_codes_with_a_check_digit(tmp_path):
    text = (
        "﻿Year,Country,HS Code,Description,Export Value (USD)\n2024,中國大陸,85423100002, Processors,10.5\n"
        "2024,剛果民主共和國,85423100002, Processors,1\n2024,其他國家,85423100002, Processors,1\n"
    )
    flows = read_flows(written(tmp_path, text))

    assert rows(flows) == [
        ("2024-01-01", "A", "TW", "CD", "export", "8542310000", 1.0, None),
        ("2024-01-01", "A", "TW", "CN", "export", "8542310000", 10.5, None),
    ]
    assert any("其他國家" in note for note in flows.notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TIDY.replace(",50,5", ",x,5"), r"flows\.csv:3: value_usd 'x' is not a number\. Write it as 1234\.5"),
        (TIDY.replace(",50,5", ",-1,5"), r"flows\.csv:3: value_usd '-1' is no amount"),
        (TIDY.replace(",50,5", ",inf,5"), r"flows\.csv:3: value_usd 'inf' is no amount"),
        (TIDY.replace(",50,5", ",50,five"), r"flows\.csv:3: kg 'five' is not a number"),
        (TIDY.replace("2023-08", "08/2023"), r"flows\.csv:4: period '08/2023' is no month or year\. Write YYYY-MM"),
        (TIDY.replace("2023-08", "2023-13"), r"flows\.csv:4: period '2023-13' is no month"),
        (TIDY.replace("2023-08", "2023-08-15"), r"flows\.csv:4: period '2023-08-15' is no first day of a month"),
        (TIDY.replace("JP", "Nippon"), r"flows\.csv:3: partner 'Nippon' is no known country\. Write its two-letter code"),
        (TIDY.replace("CN,JP", "World,JP"), r"flows\.csv:3: reporter 'World' is no known country"),
        (TIDY.replace("JP", ""), r"flows\.csv:3: partner is missing"),
        (TIDY.replace("JP,export", "JP,sale"), r"flows\.csv:3: flow 'sale' is none of export, import"),
        (TIDY.replace("JP,export,811292", "JP,export,8112x"), r"flows\.csv:3: hs '8112x' is no HS code"),
        (TIDY.replace("JP,export,811292", "JP,export,10121"), r"flows\.csv:3: hs '10121' has an odd number of digits"),
        (TIDY.replace(",50,5", ",50,5,9"), r"flows\.csv:3: the row has 8 of 7 columns"),
        (TIDY.replace(",300,30", ""), r"flows\.csv: the last row has 5 of 7 columns: the file broke off"),
        (TIDY + "2023-07,CN,JP,export,811292,51,5\n",
         r"flows\.csv:5: export of 811292, CN with JP, 2023-07-01 \(M\) has 51\.0 USD, 5\.0 kg, and 50\.0 USD, 5\.0 kg in "
         r".*flows\.csv:3\. Keep one"),
        (TIDY.replace("value_usd", "value"), r"column 'value' does not say its currency\. Name it 'value_usd'"),
        (TIDY.replace("value_usd", "value,currency").replace(",10\n", ",10,EUR\n"), r"flows\.csv:2: "),
        (TIDY.replace("hs,", "code,"), r"flows\.csv:1: no column for hs among 'period', 'reporter'"),
        (TIDY.replace("reporter,", "who,"), r"the file does not say who reported\. Say it: reporter='CN'"),
        (TIDY.replace("kg", "Period"), r"two columns are named 'Period'"),
        (TIDY.splitlines()[0] + "\n", r"there is no flow in the file"),
        ("", r"flows\.csv:1: the file has no header line"),
        ([NEW, comtrade(primaryValue="n.q.")], r"flows\.csv:2: primaryValue 'n\.q\.' is not a number"),
        ([NEW, comtrade(motCode="1000")], r"there is no flow in the file: its rows are by mode of transport"),
        ("E_COMMODITY,CTY_CODE,ALL_VAL_YR,time\n854231,5700,1,2023-07\n", r"column 'ALL_VAL_MO' is missing"),
        ("E_COMMODITY,CTY_CODE,ALL_VAL_MO,YEAR\n854231,5700,1,2023\n", r"there is no month\. Ask the interface for 'time'"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_row_and_mend(tmp_path, text, message):
    with pytest.raises(BadInputError, match=message):
        read_flows(written(tmp_path, text))


def test_another_currency_is_refused_with_the_row(tmp_path):
    text = "period,reporter,partner,flow,hs,value,currency\n2023-07,CN,HK,export,811292,1,USD\n2023-07,CN,JP,export,811292,1,EUR\n"

    with pytest.raises(BadInputError, match=r"flows\.csv:3: currency 'EUR' is not USD\. Convert the values"):
        read_flows(written(tmp_path, text))
    assert rows(read_flows(written(tmp_path, text.replace("EUR", "usd"))))[1][6] == 1.0


def test_arguments_that_cannot_be_are_refused(tmp_path):
    path = written(tmp_path, TIDY)
    for said, message in (
        ({"hs": "8542"}, r"hs: '8542' is one word\. Give a list"),
        ({"hs": ["85x"]}, "hs: '85x' is no HS code"),
        ({"partners": ["Hong Kong"]}, "partners: 'Hong Kong' is no country code"),
        ({"reporter": "XX"}, "reporter: 'XX' is no country code"),
        ({"flow": "sale"}, "flow: 'sale' is none of"),
        ({"currency": "EUR"}, "currency: 'EUR' is not USD"),
        ({"unit": "lb"}, "unit: 'lb' is neither kg nor t"),
    ):
        with pytest.raises(BadInputError, match=message):
            read_flows(path, **said)
    with pytest.raises(BadInputError, match="there is no such file"):
        read_flows(tmp_path / "none.csv")
    with pytest.raises(BadInputError, match="a trade file ends in"):
        read_flows(written(tmp_path, TIDY, "flows.xlsx"))


def test_a_file_whose_unit_is_not_said_has_no_weights(tmp_path):
    text = TIDY.replace(",kg\n", ",qty\n")

    assert read_flows(written(tmp_path, text)).table["kg"].to_list() == [None] * 3
    assert read_flows(written(tmp_path, text), unit="t").table["kg"].to_list() == [10000.0, 5000.0, 30000.0]


def test_filters_narrow_the_table_and_not_what_was_reported(tmp_path):
    flows = read_flows(
        written(tmp_path, TIDY), hs=["8112.92"], reporters=["CN"], partners=["JP"], since=dt.date(2023, 7, 1), until=dt.date(2023, 7, 31)
    )  # fmt: skip
    other = read_flows(written(tmp_path, TIDY), hs=["8542"])

    assert rows(flows) == [("2023-07-01", "M", "CN", "JP", "export", "811292", 50.0, 5.0)]
    assert flows.months("CN", "export") == (dt.date(2023, 7, 1), dt.date(2023, 8, 1))
    assert other.table.is_empty()
    assert any("under 8542" in note for note in other.notes)


def test_a_missing_row_is_a_zero_only_where_the_list_is_known_to_be_whole(tmp_path):
    july, august, september = (dt.date(2023, month, 1) for month in (7, 8, 9))
    world = TIDY + "2023-07,CN,World,export,811292,150,15\n2023-08,CN,World,export,811292,400,40\n"
    open_ = read_flows(written(tmp_path, TIDY))
    told = read_flows(written(tmp_path, world))
    said = read_flows(written(tmp_path, TIDY), lists_all=True)

    assert not open_.is_zero_where_absent(august, "CN", "export", "811292")
    assert told.is_zero_where_absent(july, "CN", "export", "811292")
    assert not told.is_zero_where_absent(august, "CN", "export", "811292")
    assert said.is_zero_where_absent(august, "CN", "export", "811292")
    assert not said.is_zero_where_absent(september, "CN", "export", "811292")
    assert not said.is_zero_where_absent(august, "CN", "import", "811292")


def test_rows_of_several_files_that_say_the_same_are_read_once(tmp_path):
    one, two = written(tmp_path, TIDY, "a.csv"), written(tmp_path, TIDY, "b.csv")
    flows = read_flows([one, two])

    assert len(flows.table) == 3
    assert any(note.startswith("3 rows say the same") for note in flows.notes)
    two.write_text(TIDY.replace(",50,5", ",50,6"))
    with pytest.raises(BadInputError, match=r"b\.csv:3: export of 811292.*in .*a\.csv:3"):
        read_flows(tmp_path)


LINES = [
    *TIDY.splitlines()[1:],
    "2023-07,CN,World,export,811292,150,15",
    "2023,CN,HK,export,81,7,",
    "2023-07,JP,CN,import,811292,9,1",
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.integers(0, len(LINES)))
def test_the_order_of_files_and_rows_changes_nothing(tmp_path, seed, cut):
    lines = list(LINES)
    random.Random(seed).shuffle(lines)
    head = TIDY.splitlines()[0]
    paths = [
        written(tmp_path, [head, *part], f"{name}.csv")
        for name, part in (("a", lines[:cut]), ("b", lines[cut:]))
        if part
    ]
    one = read_flows(written(tmp_path, [head, *LINES], "all.csv"))
    other = read_flows(paths[::-1])

    for name in ("table", "world", "reported", "whole"):
        assert getattr(one, name).equals(getattr(other, name))
    assert one.notes == other.notes


CELLS = st.one_of(
    st.sampled_from(["period", "reporter", "partner", "flow", "hs", "value_usd", "kg", "t", "i", "j", "k", "v", "q", "time",
                     "E_COMMODITY", "CTY_CODE", "ALL_VAL_MO", "2023-07", "2023", "CN", "HK", "World", "156", "490", "export",
                     "811292", "8542", "1.5", "-1", "nan", "", '"', "1e999", "5700", "-", "0"]),
    st.text(max_size=6),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.just(TIDY.splitlines()[0].split(",")), st.just(list("tijkvq")), st.just(NEW.split(",")[:12]),
        st.just(["E_COMMODITY", "CTY_CODE", "ALL_VAL_MO", "time"]), st.lists(CELLS, max_size=7),
    ),
    st.lists(st.lists(CELLS, max_size=8), max_size=4),
    st.sampled_from([",", ";", "\t"]),
)  # fmt: skip
def test_any_text_is_read_or_refused_and_never_breaks(tmp_path, head, lines, delimiter):
    path = tmp_path / "any.csv"
    path.write_text(
        "\n".join(delimiter.join(row) for row in [head, *lines]),
        encoding="utf-8",
        errors="surrogatepass",
        newline="",
    )
    try:
        flows = read_flows(path)
    except BadInputError as error:
        assert "any.csv" in str(error)
    else:
        assert flows.table.columns == list(COLUMNS)
        assert not flows.table["value"].drop_nulls().is_nan().any()
        assert not flows.table.select(COLUMNS[:6]).null_count().row(0).count(1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path, raw):
    for name in ("any.csv", "any.parquet", "any.zip", "any.csv.gz", "any.json"):
        (tmp_path / name).write_bytes(raw)
        try:
            read_flows(tmp_path / name)
        except BadInputError as error:
            assert name in str(error)


@pytest.mark.parametrize(
    ("word", "scheme", "country"),
    [
        ("842", "m49", "US"), ("251", "m49", "FR"), ("757", "m49", "CH"), ("579", "m49", "NO"), ("699", "m49", "IN"), ("31", "m49", "AZ"),
        ("5830", "schedule_c", "TW"), ("5820", "schedule_c", "HK"), ("5660", "schedule_c", "MO"), ("5082", "schedule_c", None),
        ("UAE", "any", "AE"), ("USA", "any", "US"), ("South Korea", "any", "KR"), ("Viet Nam", "any", "VN"), ("TWN", "any", "TW"),
        ("Other Asia, nes", "any", "TW"), ("Areas, nes", "any", None), ("EU", "any", None), ("World", "any", None), ("XK", "any", None),
    ],
)  # fmt: skip
def test_countries_are_known_by_the_words_of_each_file(word, scheme, country):
    assert place_of(word, scheme).country == country


def test_python_shown_in_the_manual_runs(tmp_path, monkeypatch, capsys):
    [block] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "flows.md").read_text("utf-8"), re.DOTALL)
    written(tmp_path, TIDY, "trade.csv")
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "docs/flows.md", "exec"), {})

    shown = capsys.readouterr().out
    assert "811292 metal, unwrought" in shown
    assert "datetime.date(2023, 8, 1)" in shown


@needs_trade
def test_real_files_are_read_whole():
    said = {"reporter": "CN", "flow": "export", "currency": "USD", "unit": "kg"}
    minerals = read_flows(
        TRADE / "cn_exports_gallium_graphite_hs6_monthly_by_partner.csv", hs=["811292"], **said
    )
    year = pl.col("period").is_between(dt.date(2023, 8, 1), dt.date(2024, 7, 1))
    taiwan = read_flows(TRADE / "tw_exports_hs8542_annual_by_destination.csv")
    monthly = read_flows(TRADE / "comtrade_hs8542_exports_monthly_2025_by_reporter.csv")
    before = read_flows(TRADE / "comtrade_chip_tools_world_annual.csv")

    # The README beside the file: Singapore 215 t in the twelve months from 2023-08, Hong Kong 405 t.
    tonnes = {
        partner: minerals.table.filter(year, partner=partner)["kg"].sum() / 1000
        for partner in ("SG", "HK", "IN")
    }
    assert {partner: round(found) for partner, found in tonnes.items()} == {"SG": 215, "HK": 405, "IN": 87}
    assert len(minerals.months("CN", "export")) == 96
    assert not any("no country answers to" in note for note in (*minerals.notes, *taiwan.notes))
    assert len(taiwan.table) == 9683 - 40
    assert (len(monthly.world), len(monthly.table), monthly.months("CN", "export")) == (396, 0, ())
    assert len(before.world) == 2863
