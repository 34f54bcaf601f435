"""Determinations beside peers, in one process.

One test: which paragraph of 3A090 a circuit falls under on its day, for a million circuits with a day each,
in tidegate (`classify_table`: code and first day of the version as reason), in OpenFisca-core (thresholds as
dated parameters, a day's thresholds looked up once, the formula over the rows of that day) and as an as-of join in
DuckDB. Then the whole ledger with every government over ten million rows of a shipment book, and single
determinations, beside the 2 ms that the nearest known peer needs for a row without names (notes on
export-controls-agent-mcp 0.4.1, tried on two such cores).

    python benchmarks/bench_determinations.py [rows of the book]
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from tidegate.catalog import load_catalog
from tidegate.ledger import load_ledger
from tidegate.licensing import Decider
from tidegate.licensing.classify import classify_table
from tidegate.licensing.table import decide_table
from timing import median_seconds

ROWS = 1_000_000
BOOK = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
LANES = 5_000
PEER_SECONDS = 0.002
DESTINATIONS = [
    "CN",
    "HK",
    "JP",
    "KR",
    "TW",
    "SG",
    "MY",
    "DE",
    "NL",
    "VN",
    "AE",
    "SA",
    "IN",
    "US",
    "GB",
    "FR",
    "RU",
    "IL",
    "BR",
    "MX",
]
EXPORTERS = ["US", "NL", "JP", "CN", "KR", "TW", "DE", "MY", "SG", "GB"]
ORIGINS = ["US", "NL", "JP", "CN", "TW", "KR"]
END_USERS = [
    "huawei",
    "smic",
    "alibaba",
    "samsung",
    "ymtc",
    "bytedance",
    "sk-hynix",
    "buyer a",
    "buyer b",
    "buyer c",
]


def main() -> None:
    table = circuits()
    print(f"One test: 3A090 by vintage with reason codes, {ROWS:,} rows; median of 5 runs")
    ours = median_seconds(lambda: classify_table(table, ["3A090", "3A090.a", "3A090.b"]))
    print(f"tidegate classify_table      {ours:7.3f} s  {ROWS / ours / 1e6:6.1f} million rows a second")
    for name, run in (
        ("OpenFisca-core", openfisca(table)),
        ("DuckDB as-of join", asof(table)),
    ):
        theirs = median_seconds(run, 3)
        print(
            f"{name:<28} {theirs:7.3f} s  {ROWS / theirs / 1e6:6.1f} million rows a second; ratio {theirs / ours:5.1f}"
        )
    agree(table)
    one_by_one()
    book()


def circuits() -> pa.Table:
    random = np.random.default_rng(1)
    days = np.datetime64("2022-01-01") + random.integers(0, 1700, ROWS).astype("timedelta64[D]")
    return pa.table({
        "date": pa.array(days.astype("datetime64[D]"), pa.date32()),
        "kind": pa.array(["chip"] * ROWS),
        "tpp": random.choice([300.0, 1599, 1600, 2368, 2399, 2400, 4799, 4800, 4992, 15832], ROWS),
        "performance_density": random.choice([0.5, 1.6, 2.91, 3.2, 5.91, 5.92, 19.45], ROWS),
        "interconnect_gb_s": random.choice([0.0, 400, 599, 600, 900], ROWS),
        "data_center": random.random(ROWS) < 0.7,
    })  # fmt: skip


def openfisca(table: pa.Table) -> object:
    """The rule as OpenFisca has rules: thresholds as parameters keyed by the day they start."""
    from openfisca_core.parameters import ParameterNode

    high = 1e12  # a bound that is not in force
    dated = {
        "old_tpp": {"2000-01-01": high, "2022-10-21": 4800, "2023-11-17": high},
        "old_rate": {"2000-01-01": high, "2022-10-21": 600, "2023-11-17": high},
        "tpp": {"2000-01-01": high, "2023-11-17": 4800},
        "low": {"2000-01-01": high, "2023-11-17": 1600},
        "mid": {"2000-01-01": high, "2023-11-17": 2400},
        "dense": {"2000-01-01": high, "2023-11-17": 5.92},
        "some": {"2000-01-01": high, "2023-11-17": 3.2},
        "little": {"2000-01-01": high, "2023-11-17": 1.6},
    }
    tree = ParameterNode("rules", data={
        name: {"values": {day: {"value": float(value)} for day, value in values.items()}} for name, values in dated.items()
    })  # fmt: skip
    tpp, density = (table[name].to_numpy() for name in ("tpp", "performance_density"))
    rate, centre = table["interconnect_gb_s"].to_numpy(), table["data_center"].to_numpy(zero_copy_only=False)
    days = table["date"].to_numpy().astype("datetime64[D]")

    def run() -> np.ndarray:
        result = np.zeros(len(days), np.int8)
        # The law of a day is asked for once a day, and its formula is run over the rows of that day.
        order = np.argsort(days, kind="stable")
        unique, starts = np.unique(days[order], return_index=True)
        for day, rows in zip(unique, np.split(order, starts[1:]), strict=True):
            law = tree(str(day))
            old = (tpp[rows] >= law.old_tpp) & (rate[rows] >= law.old_rate)
            a = (tpp[rows] >= law.tpp) | (
                centre[rows] & (tpp[rows] >= law.low) & (density[rows] >= law.dense)
            )
            b = centre[rows] & (tpp[rows] < law.tpp) & ~a & (
                ((tpp[rows] >= law.mid) & (density[rows] >= law.little))
                | ((tpp[rows] >= law.low) & (density[rows] >= law.some))
            )  # fmt: skip
            result[rows] = np.select([old, a, b], [1, 2, 3], 0)
        return result

    return run


def asof(table: pa.Table) -> object:
    connection = duckdb.connect()
    connection.register("circuits", table)
    connection.execute(
        "CREATE TABLE law AS SELECT * FROM (VALUES (DATE '2000-01-01', 0), (DATE '2022-10-21', 1), "
        "(DATE '2023-11-17', 2)) AS v(start, vintage)"
    )
    query = """SELECT CASE WHEN vintage = 1 AND tpp >= 4800 AND interconnect_gb_s >= 600 THEN 1
        WHEN vintage = 2 AND (tpp >= 4800 OR (data_center AND tpp >= 1600 AND performance_density >= 5.92)) THEN 2
        WHEN vintage = 2 AND data_center AND ((tpp >= 2400 AND performance_density >= 1.6)
          OR (tpp >= 1600 AND performance_density >= 3.2)) THEN 3 ELSE 0 END AS code
        FROM circuits ASOF JOIN law ON circuits.date >= law.start"""
    return lambda: connection.sql(query).to_arrow_table()


def agree(table: pa.Table) -> None:
    numbers = {None: 0, "3A090": 1, "3A090.a": 2, "3A090.b": 3}
    ours = classify_table(table, ["3A090", "3A090.a", "3A090.b"])["code"].to_list()
    theirs = openfisca(table)()  # type: ignore[operator]
    assert [numbers[code] for code in ours] == theirs.tolist(), "the two disagree"
    print("both give the same code on every row")


def one_by_one() -> None:
    decider = Decider(load_ledger().on("2025-06-01"))
    row = {"item": "h20", "activity": "export", "exporter_country": "US", "origin": "US", "destination": "CN",
           "end_user": "Alibaba", "end_user_us_listed": False}  # fmt: skip
    seconds = median_seconds(lambda: decider(row), 50)
    print(f"One determination with its explanation, every government: {seconds * 1e3:.1f} ms "
          f"(the peer: {PEER_SECONDS * 1e3:.0f} ms, US alone, one day, no parameters; ratio {PEER_SECONDS / seconds:.2f})")  # fmt: skip


def book() -> None:
    """A shipment book: so many lanes (item, route, parties), shipped along on days of eight years."""
    items = [item.id for item in load_catalog().items.values() if item.sort_of_entry == "product"]
    random = np.random.default_rng(2)
    pick = lambda words: np.array(words)[random.integers(0, len(words), LANES)]  # noqa: E731
    lanes = pa.table({
        "lane": np.arange(LANES), "item": pick(items), "exporter_country": pick(EXPORTERS),
        "destination": pick(DESTINATIONS), "end_user": pick(END_USERS), "end_user_headquarters": pick(DESTINATIONS),
        "origin": pick(ORIGINS), "activity": pick(["export", "reexport", "export", "servicing"]),
        "end_user_us_listed": random.random(LANES) < 0.1, "us_technology": random.random(LANES) < 0.7,
        "us_content_share": np.round(random.random(LANES), 2), "us_listed_owner_share": np.zeros(LANES),
    })  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "book.parquet", Path(folder) / "decided.parquet"
        connection = duckdb.connect()
        connection.register("lanes", lanes)
        connection.execute(
            f"COPY (SELECT i AS order_no, DATE '2018-01-01' + (hash(i) % 3200)::INT AS date, lanes.* EXCLUDE (lane) "
            f"FROM range({BOOK}) AS t(i) JOIN lanes ON lane = hash(i * 7) % {LANES} ORDER BY i) TO '{path}' (FORMAT parquet)"
        )
        connection.close()
        ledger = load_ledger()
        for rows in sorted({BOOK // 10, BOOK}):
            part = path
            if rows != BOOK:
                part = Path(folder) / "part.parquet"
                duckdb.sql(f"COPY (SELECT * FROM '{path}' LIMIT {rows}) TO '{part}' (FORMAT parquet)")
            start = time.perf_counter()
            spent: dict[str, float] = {}
            last = [start]

            def told(
                what: str, done: float, spent: dict[str, float] = spent, last: list[float] = last
            ) -> None:
                now = time.perf_counter()
                spent[what] = spent.get(what, 0) + now - last[0]
                last[0] = now

            decided = decide_table(part, ledger, out=out, progress=told)
            seconds = time.perf_counter() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"Whole ledger, every government: {decided.rows:,} rows of {LANES:,} lanes, {decided.classes:,} classes "
                  f"{seconds:6.1f} s  {decided.rows / seconds:10,.0f} rows a second; peak so far {peak:,.0f} MiB")  # fmt: skip
            longest = sorted(spent.items(), key=lambda pair: -pair[1])[:4]
            print("  where the time goes: " + ", ".join(f"{what} {s:.1f} s" for what, s in longest))


if __name__ == "__main__":
    _ = dt
    main()
