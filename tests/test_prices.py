"""Price files: every layout reads the same, a wrong row is refused by its number, a gap is a gap."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.errors import BadInputError, NotFoundError
from tidegate.sources.prices import Prices, read_prices

TIDY = (
    "date,ticker,adj_close\n2024-01-02,NVDA,48.1\n2024-01-03,NVDA,47.5\n2024-01-02,AMD,138\n2024-01-03,AMD,\n"
)
WIDE = "Date,NVDA,AMD\n2024-01-02,48.1,138\n2024-01-03,47.5,\n"
YFINANCE = (
    "Price,Adj Close,Adj Close,Close,Close,Volume,Volume\nTicker,AMD,NVDA,AMD,NVDA,AMD,NVDA\nDate,,,,,,\n"
    "2024-01-02,138,48.1,138.5,481,1,2\n2024-01-03,,47.5,,475,,3\n"
)
YFINANCE_BY_TICKER = (
    "Ticker,AMD,AMD,NVDA,NVDA\nPrice,Open,Adj Close,Open,Adj Close\nDate,,,,\n"
    "2024-01-02 00:00:00-05:00,1,138,2,48.1\n2024-01-03 00:00:00-05:00,1,,2,47.5\n"
)
STOOQ_BULK = (
    "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
    "NVDA.US,D,20240102,000000,1,1,1,48.1,9,0\nNVDA.US,D,20240103,000000,1,1,1,47.5,9,0\n"
    "AMD.US,D,20240102,000000,1,1,1,138,9,0\n"
)
SEMICOLONS = TIDY.replace(",", ";")


def written(tmp_path, text, name="prices.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [TIDY, WIDE, YFINANCE, YFINANCE_BY_TICKER, STOOQ_BULK, SEMICOLONS, "﻿" + TIDY],
    ids=["tidy", "wide", "yfinance", "yfinance by ticker", "stooq bulk", "semicolons", "byte order mark"],
)
def test_every_layout_reads_the_same(tmp_path, text):
    prices = read_prices(written(tmp_path, text))

    assert prices.tickers == ("AMD", "NVDA")
    assert [str(day) for day in prices.days] == ["2024-01-02", "2024-01-03"]
    assert prices.of_ticker("NVDA").tolist() == [48.1, 47.5]
    assert prices.of_ticker("AMD")[0] == 138
    assert np.isnan(prices.of_ticker("AMD")[1])


@pytest.mark.parametrize(
    ("name", "text", "ticker"),
    [
        ("nvda_us_d.csv", "Date,Open,High,Low,Close,Volume\n2024-01-02,1,1,1,48.1,9\n", "NVDA"),
        ("8035_jp_d.csv", "Date,Open,High,Low,Close,Volume\n2024-01-02,1,1,1,48.1,9\n", "8035.T"),
        ("NVDA.csv", "Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-02,1,1,1,481,48.1,9\n", "NVDA"),
        ("8035.T.csv", "Price,Close,Open\nTicker,8035.T,8035.T\nDate,,\n2024-01-02,48.1,1\n", "8035.T"),
    ],
)
def test_the_file_of_one_share_names_it(tmp_path, name, text, ticker):
    prices = read_prices(written(tmp_path, text, name))

    assert prices.tickers == (ticker,)
    assert prices.close.tolist() == [[48.1]]


def test_a_folder_holds_one_file_a_share(tmp_path):
    written(tmp_path, "Date,Close\n2024-01-02,1\n2024-01-03,2\n", "aaa_us_d.csv")
    written(tmp_path, "Date,Close\n2024-01-03,3\n", "bbb_us_d.csv")
    shares = written(tmp_path, "ticker,sector\nAAA,Energy\n", "tickers.csv")
    prices = read_prices(tmp_path)

    assert prices.shares_file == shares

    assert prices.tickers == ("AAA", "BBB")
    assert prices.of_ticker("AAA").tolist() == [1, 2]
    assert np.isnan(prices.of_ticker("BBB")[0])


@pytest.mark.parametrize("text", [TIDY, WIDE], ids=["tidy", "wide"])
def test_parquet_reads_as_csv_does(tmp_path, text):
    import duckdb

    source, target = written(tmp_path, text), tmp_path / "prices.parquet"
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{source}')) TO '{target}' (FORMAT parquet)")
    one, other = read_prices(source), read_prices(target)

    assert one.tickers == other.tickers
    assert (one.days == other.days).all()
    assert np.array_equal(one.close, other.close, equal_nan=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TIDY.replace("47.5", "0"), r"prices.csv:3: adj_close is 0, which is no price. A price is above 0: leave"),
        (TIDY.replace("47.5", "-3"), r"prices.csv:3: adj_close is -3"),
        (TIDY.replace("47.5", "inf"), r"prices.csv:3: adj_close is inf"),
        (TIDY.replace("47.5", "47;5"), r"prices.csv:3: adj_close '47;5' is not a number. Write it as 1234.5"),
        (TIDY.replace("2024-01-03,N", "03/01/2024,N"), r"prices.csv:3: '03/01/2024' is not a date. Write YYYY-MM-DD"),
        (TIDY.replace("2024-01-03,N", "2024-02-30,N"), r"prices.csv:3: '2024-02-30' is not a date"),
        (TIDY.replace("NVDA,47.5", ",47.5"), r"prices.csv:3: the row has no ticker"),
        (TIDY.replace("2024-01-03,NVDA,47.5", "2024-01-03,NVDA"), r"prices.csv:3: the row has 2 of 3 columns"),
        (TIDY + "2024-01-02,NVDA,50\n", r"prices.csv:6: NVDA on 2024-01-02 is 50, and 48.1 in row 2. Keep one"),
        (WIDE.replace("138", "0"), r"prices.csv:2: one column a ticker is 0"),
        ("a,b\n1,2\n", r"no column of days among 'a', 'b'. Give 'date', 'ticker' and 'adj_close'"),
        ("date,ticker\n2024-01-02,NVDA\n", r"no column of prices among 'date', 'ticker'"),
        ("date,NVDA,NVDA\n2024-01-02,1,2\n", r"two columns of prices are named 'NVDA'"),
        ("", r"prices.csv:1: the file has no header line"),
        ("date,ticker,close\n", r"there is no price in the file"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_row_and_mend(tmp_path, text, message):
    with pytest.raises(BadInputError, match=message):
        read_prices(written(tmp_path, text))


def test_a_frame_of_pandas_reads_as_its_csv_does(tmp_path):
    pandas = pytest.importorskip("pandas")
    days = pandas.to_datetime(["2024-01-02", "2024-01-03"]).rename("Date")
    columns = pandas.MultiIndex.from_tuples(
        [("Adj Close", "AMD"), ("Adj Close", "NVDA"), ("Close", "AMD"), ("Close", "NVDA")],
        names=["Price", "Ticker"],
    )
    frame = pandas.DataFrame([[138, 48.1, 1, 2], [None, 47.5, 3, 4]], index=days, columns=columns)
    wide = frame["Adj Close"]
    frame.to_parquet(tmp_path / "two.parquet")
    frame.to_csv(tmp_path / "two.csv")
    wide.to_parquet(tmp_path / "wide.parquet")
    for name in ("two.parquet", "two.csv", "wide.parquet"):
        prices = read_prices(tmp_path / name)
        assert prices.tickers == ("AMD", "NVDA")
        assert [str(day) for day in prices.days] == ["2024-01-02", "2024-01-03"]
        assert np.array_equal(prices.close, [[138, np.nan], [48.1, 47.5]], equal_nan=True)
    wide.tz_localize("Asia/Tokyo").to_parquet(tmp_path / "tokyo.parquet")
    with pytest.raises(BadInputError, match="time zone, so the day is not certain"):
        read_prices(tmp_path / "tokyo.parquet")


def test_a_wrong_parquet_is_refused_with_row(tmp_path):
    import duckdb

    for number, (row, message) in enumerate([
        ("(NULL, 'A', 1.0)", "row 2 has no date"), ("('2024-01-03', NULL, 1.0)", "row 2 has no ticker"),
        ("('2024-01-03', 'A', -1.0)", ":2: close is -1"), ("('2024-01-02', 'A', 2.0)", "Keep one of the two"),
    ]):  # fmt: skip
        path = tmp_path / f"{number}.parquet"
        values = f"VALUES ('2024-01-02', 'A', 1.0), {row}"
        duckdb.sql(f"COPY (SELECT * FROM ({values}) t(date, ticker, close)) TO '{path}' (FORMAT parquet)")
        with pytest.raises(BadInputError, match=message):
            read_prices(path)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 nothing")
    with pytest.raises(BadInputError, match="cannot be read as Parquet"):
        read_prices(broken)


def test_a_row_that_stands_twice_and_rows_without_a_price_are_told(tmp_path):
    prices = read_prices(written(tmp_path, TIDY + "2024-01-02,NVDA,48.1\n"))

    assert [note.split(" rows")[0] for note in prices.notes] == ["1", "1"]
    assert "say the same" in prices.notes[0]
    assert "days without one" in prices.notes[1]


def test_prices_that_do_not_say_whether_they_are_adjusted_are_told(tmp_path):
    prices = read_prices(written(tmp_path, TIDY.replace("adj_close", "close")))

    assert "whether they are adjusted" in prices.notes[-1]


def test_a_split_that_the_file_is_not_adjusted_for_is_told():
    days = ["2024-06-06", "2024-06-07", "2024-06-10", "2024-06-11"]
    prices = Prices.of(["A", "B"], days, [[1200, 1208, 121, 122], [5, 5.5, 5.2, 5.1]])

    assert [(split.ticker, str(split.day)) for split in prices.splits()] == [("A", "2024-06-10")]
    assert "split of 10 for 1" in str(prices.splits()[0])


def test_an_unknown_ticker_names_those_that_are_near():
    with pytest.raises(NotFoundError, match="Near: NVDA"):
        Prices.of(["NVDA"], ["2024-01-02"], [[1.0]]).of_ticker("NVDIA")


@pytest.mark.parametrize("close", [[[1.0, 2.0]], [[0.0]], [[-1.0]], [[np.inf]]])
def test_arrays_that_are_no_prices_are_refused(close):
    with pytest.raises(BadInputError):
        Prices.of(["A"], ["2024-01-02"], close)


CELLS = st.one_of(
    st.sampled_from(["date", "ticker", "Date", "close", "Price", "Ticker", "Adj Close", "<TICKER>", "<DATE>", "<CLOSE>", "",
                     "2024-01-02", "20240102", "NVDA", "1.5", "-1", "nan", "0", "('Close', 'A')", '"', "1e999"]),
    st.text(max_size=8),
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, max_size=5), max_size=6), st.sampled_from([",", ";", "\t"]))
def test_any_text_is_read_or_refused_and_never_breaks(tmp_path, rows, delimiter):
    path = tmp_path / "any.csv"
    path.write_text(
        "\n".join(delimiter.join(row) for row in rows), encoding="utf-8", errors="surrogatepass", newline=""
    )
    try:
        prices = read_prices(path)
    except BadInputError as error:
        assert str(path) in str(error)
    else:
        held = prices.close[~np.isnan(prices.close)]
        assert len(held)
        assert (held > 0).all()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path, raw):
    for name in ("any.csv", "any.parquet"):
        (tmp_path / name).write_bytes(raw)
        try:
            read_prices(tmp_path / name)
        except BadInputError as error:
            assert name in str(error)
