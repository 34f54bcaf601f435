"""A table decided: bad rows kept with their error, order kept, quotas drawn, nothing half-written."""

import datetime as dt
import multiprocessing
import shutil
import signal
import time

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.errors import BadInputError
from tidegate.ledger.scenario import apply_scenario
from tidegate.licensing.quotas import Draw, draw_rows
from tidegate.licensing.table import decide_table

HEAD = "order_no,date,item,exporter_country,destination,end_user,end_user_us_listed,activity,tpp,origin\n"
GOOD = [
    "1,2025-05-01,H20,US,China,Alibaba,false,export,,US",
    "2,2025-05-01,nxt-1980di,the Dutch,CN,chinese fab,no,export,,NL",
    "3,2025-05-01,dysprosium magnet,CN,Japan,x,false,export,,CN",
]


def table(tmp_path, *rows, name="deals.csv"):
    path = tmp_path / name
    path.write_text(HEAD + "\n".join(rows) + "\n")
    return path


def test_names_in_anybodys_words_are_understood_and_other_columns_carried_along(tmp_path, ledger):
    found = decide_table(table(tmp_path, *GOOD), ledger)
    rows = found.to_polars().to_dicts()

    assert found.aside == ("order_no",)
    assert [row["order_no"] for row in rows] == ["1", "2", "3"]
    assert [row["item"] for row in rows] == ["H20", "nxt-1980di", "dysprosium magnet"]
    assert rows[0]["us_outcome"] == "licence_required"
    assert rows[0]["us_measures"] == "us-2025-04-09-h20-is-informed-letter"
    assert rows[1]["nl_outcome"] == "licence_required"
    assert rows[2]["cn_outcome"] == "licence_required"
    assert rows[2]["note"] == (
        "item 'dysprosium magnet' is not in the catalog: by its words kind material, item_class magnets, element Dy"
    )


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("4,2025-13-01,h20,US,CN,x,false,export,,US", "date: [bad-date] '2025-13-01'"),
        ("4,,h20,US,CN,x,false,export,,US", "date: [missing]"),
        ("4,2025-05-01,h20,US,Chyna,x,false,export,,US", "destination: [unknown-country]"),
        ("4,2025-05-01,h20,US,CN,x,maybe,export,,US", "end_user_us_listed: [wrong-type] 'maybe'"),
        ("4,2025-05-01,h20,US,CN,x,false,export,-5,US", "tpp: [out-of-range] '-5'"),
        ("4,2025-05-01,h20,US,CN,x,false,export,many,US", "tpp: [wrong-type] 'many'"),
        ("4,2025-05-01,h20,US,CN,x,false,shipping,,US", "activity: [unknown-word] 'shipping'"),
    ],
)
def test_a_bad_row_comes_out_with_its_error_and_does_not_stop_the_others(tmp_path, ledger, row, error):
    found = decide_table(table(tmp_path, *GOOD, row), ledger)
    bad = found.to_polars().to_dicts()[-1]

    assert found.failed == 1
    assert found.counts["error"] == 1
    assert error in bad["error"]
    assert bad["outcome"] is None
    assert bad["us_outcome"] is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("day,item\n2025-05-01,h20\n", "no column is called 'date'"),
        ("", "no column is called 'date'|cannot be read"),
        ("date,outcome\n2025-05-01,fine\n", "has a column 'outcome'"),
    ],
)
def test_a_table_that_is_none_is_refused_with_a_mend(tmp_path, ledger, text, what):
    path = tmp_path / "deals.csv"
    path.write_text(text)

    with pytest.raises(BadInputError, match=what):
        decide_table(path, ledger)


def test_a_file_of_another_kind_or_none_is_refused(tmp_path, ledger):
    with pytest.raises(BadInputError, match="no such file"):
        decide_table(tmp_path / "nothing.csv", ledger)
    (tmp_path / "deals.xlsx").write_text("x")
    with pytest.raises(BadInputError, match=r"'.xlsx' is not read"):
        decide_table(tmp_path / "deals.xlsx", ledger)
    with pytest.raises(BadInputError, match=r"'.txt' is not written"):
        decide_table(table(tmp_path, *GOOD), ledger, out=tmp_path / "answers.txt")


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_answers_are_written_in_the_order_of_the_rows(tmp_path, ledger, suffix):
    out = tmp_path / f"decided{suffix}"
    rows = [GOOD[n % 3].replace(GOOD[n % 3][0], str(n), 1) for n in range(3000)]
    decide_table(table(tmp_path, *rows), ledger, out=out)
    found = pl.read_parquet(out) if suffix == ".parquet" else pl.read_csv(out, infer_schema_length=5000)

    assert found["order_no"].cast(pl.Int64).to_list() == list(range(3000))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def _decide(path, out):
    from tidegate.ledger import load_ledger

    decide_table(path, load_ledger(), out=out)


def test_a_run_that_is_killed_leaves_the_answers_of_the_run_before(tmp_path):
    before, path = tmp_path / "decided.parquet", tmp_path / "book.parquet"
    duckdb.sql(
        "COPY (SELECT i AS n, DATE '2018-01-01' + (i % 3000)::INT AS date, 'h20' AS item, 'US' AS exporter_country, "
        f"'CN' AS destination, 'export' AS activity FROM range(1500000) AS t(i)) TO '{path}'"
    )
    before.write_bytes(b"the answers of the run before")
    process = multiprocessing.get_context("spawn").Process(target=_decide, args=(path, before))
    process.start()
    partial = tmp_path / f".{before.name}.partial"
    deadline = time.monotonic() + 60
    while not partial.exists() and process.is_alive() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert partial.exists()
    process.kill()
    process.join()

    assert process.exitcode == -signal.SIGKILL
    assert before.read_bytes() == b"the answers of the run before"


def test_an_empty_table_gives_an_empty_answer(tmp_path, ledger):
    path = tmp_path / "deals.csv"
    path.write_text(HEAD)

    found = decide_table(path, ledger)

    assert found.rows == 0
    assert len(found.to_polars()) == 0


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.text(max_size=12), min_size=10, max_size=10), min_size=1, max_size=6))
def test_no_cell_whatever_it_holds_stops_a_table(ledger, cells):
    frame = pl.DataFrame(
        {name: [row[index] for row in cells] for index, name in enumerate(HEAD.strip().split(","))}
    )

    found = decide_table(frame, ledger)

    assert found.rows == len(cells)
    assert found.failed + sum(n for word, n in found.counts.items() if word != "error") == len(cells)


def chips(*rows):
    fields = ("date", "destination", "quantity", "end_user")
    return pl.DataFrame([
        {**dict(zip(fields, row, strict=True)), "item": "h100-sxm", "exporter_country": "US", "origin": "US",
         "activity": "export", "end_user_headquarters": row[1], "end_user_us_listed": False, "us_listed_owner_share": 0.0}
        for row in rows
    ])  # fmt: skip


@pytest.fixture(scope="module")
def diffusion(ledger):
    from pathlib import Path

    return apply_scenario(
        ledger, Path(__file__).parents[1] / "examples" / "scenarios" / "diffusion-rule-applies.yaml"
    )


def test_the_country_cap_is_drawn_down_in_the_order_of_dates(diffusion):
    """790 million TPP for India, 15,832 TPP a piece; a shipment over the cap draws nothing."""
    found = decide_table(chips(
        ("2025-06-01", "IN", 10_000, "cloud a"),   # 158 million
        ("2025-08-01", "IN", 12_000, "cloud a"),   # 348 million: the row below went over and drew nothing
        ("2025-07-01", "IN", 40_000, "cloud b"),   # 792 million: over
        ("2025-09-01", "IN", 27_900, "cloud c"),   # 790.0168 million: just over
        ("2025-09-02", "IN", 27_895, "cloud c"),   # 789.9376 million: just under
    ), diffusion).to_polars()  # fmt: skip

    assert found["us_review"].to_list() == [
        "presumption_of_approval", "presumption_of_approval", "presumption_of_denial", "presumption_of_denial",
        "presumption_of_approval",
    ]  # fmt: skip


def test_small_shipments_go_by_exception_until_the_years_amount_is_used(diffusion):
    """26.9 million TPP a consignee and year: 1,699 pieces of 15,832, and not one more."""
    found = decide_table(chips(
        ("2025-06-01", "IN", 1_000, "lab"),
        ("2025-06-02", "IN", 699, "lab"),
        ("2025-06-03", "IN", 1, "lab"),
        ("2025-06-04", "IN", 1, "another lab"),
        ("2026-01-02", "IN", 1_000, "lab"),
    ), diffusion).to_polars()  # fmt: skip

    assert found["us_outcome"].to_list() == [
        "exception:LPP", "exception:LPP", "licence_required", "exception:LPP", "exception:LPP",
    ]  # fmt: skip


def test_shipments_to_china_are_held_against_half_of_what_us_customers_bought(ledger):
    """91 FR 1684: the total to China at most 50 percent of that sold to customers in the United States."""
    shared = {"item": "h200", "exporter_country": "US", "origin": "US", "activity": "export", "sold_in_us": True,
              "end_user_us_listed": False, "us_listed_owner_share": 0.0}  # fmt: skip
    frame = pl.DataFrame([
        {**shared, "date": "2026-02-01", "destination": "US", "quantity": 1000, "end_user_headquarters": "US"},
        {**shared, "date": "2026-02-02", "destination": "CN", "quantity": 400, "end_user_headquarters": "CN"},
        {**shared, "date": "2026-02-03", "destination": "CN", "quantity": 101, "end_user_headquarters": "CN"},
        {**shared, "date": "2026-02-04", "destination": "CN", "quantity": 100, "end_user_headquarters": "CN"},
    ]).with_columns(end_user=pl.lit("a cloud firm"))  # fmt: skip

    reviews = decide_table(frame, ledger).to_polars()["us_review"].to_list()

    assert reviews == [None, "case_by_case", "presumption_of_denial", "case_by_case"]


def test_an_amount_that_is_not_known_leaves_the_rest_of_the_allowance_open():
    rows = [Draw(1, ("IN",), 5.0), Draw(2, ("IN",), None), Draw(3, ("IN",), 1.0), Draw(4, ("VN",), 1.0)]

    assert list(draw_rows(rows, 10.0)) == [(1, 5.0), (2, None), (3, None), (4, 1.0)]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 9)), max_size=20), st.floats(1, 20))
def test_what_is_drawn_never_passes_the_limit(rows, limit):
    drawn = {"a": 0.0, "b": 0.0}
    for (whose, amount), (_, total) in zip(
        rows, draw_rows([Draw(n, (w,), a) for n, (w, a) in enumerate(rows)], limit), strict=True
    ):
        assert total == pytest.approx(drawn[whose] + amount)
        if total <= limit:
            drawn[whose] = total

    assert all(total <= limit for total in drawn.values())


@pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed: Spark cannot start")
def test_spark_gives_the_same_answers_as_duckdb(tmp_path, ledger):
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    from tidegate.licensing.spark import decide_file_on_spark, local_session

    bad = "4,2025-05-01,h20,US,Chyna,x,maybe,export,-5,US"
    path = table(tmp_path, *GOOD, bad)
    session = local_session()
    session.sparkContext.setLogLevel("ERROR")
    session.conf.set("spark.sql.adaptive.enabled", "false")  # five rows are planned once
    ours = decide_table(path, ledger).to_polars().to_dicts()
    written = decide_file_on_spark(path, ledger, out=tmp_path / "decided", spark=session)
    kept = decide_file_on_spark(path, ledger, spark=session)
    with pytest.raises(BadInputError, match="a folder"):
        decide_file_on_spark(path, ledger, out=tmp_path / "decided.parquet", spark=session)
    session.stop()

    assert (written.rows, written.failed) == (kept.rows, kept.failed) == (4, 1)
    theirs = kept.to_arrow().to_pylist()
    assert len(theirs) == 4
    answers = [
        name for name in ours[0] if name == "outcome" or name.endswith(("_outcome", "_review", "_measures"))
    ]
    assert [[row[n] or None for n in answers] for row in theirs] == [
        [row[n] or None for n in answers] for row in ours
    ]
    assert [row["error"] is None for row in theirs] == [row["error"] is None for row in ours]


def test_dates_of_a_frame_may_be_dates(ledger):
    frame = chips(("2025-06-01", "IN", 10.0, "cloud a")).with_columns(
        pl.lit(dt.date(2025, 6, 1)).alias("date")
    )

    assert decide_table(frame, ledger).counts == {"none": 1}
