"""The regime of every day from 2018 to 2026, beside two peers, in one process.

Peers: OpenFisca-core (law as parameters keyed by the date they start; one parameter a measure, all read at
each day) and DuckDB (an as-of join of days against the flat table of spans). Both are given stages that
tidegate has already folded out of the history, which is the easier half of the work.

    python benchmarks/bench_regimes.py
"""

from __future__ import annotations

import datetime as dt
import resource

from tidegate.ledger import Ledger, load_ledger
from timing import RUNS, median_seconds

FIRST, LAST = dt.date(2018, 1, 1), dt.date(2026, 12, 31)
DAYS = [FIRST + dt.timedelta(days=number) for number in range((LAST - FIRST).days + 1)]


def main() -> None:
    shipped = load_ledger()
    spans = [
        (measure_id + (limb or ""), span.starts, list(type(span.stage)).index(span.stage))
        for measure_id, limbs in shipped.histories().items()
        for limb, history in limbs.items()
        for span in history.spans
    ]

    def walk() -> int:
        # A new ledger each time, so that folding the histories is counted.
        return sum(len(regime) for regime in Ledger(shipped.measures, shipped.read_to).regimes(FIRST, LAST))

    def each_alone() -> int:
        ledger = Ledger(shipped.measures, shipped.read_to)
        return sum(len(ledger.on(day)) for day in DAYS)

    def two_clocks() -> int:
        # Every seventh day as it was known on that day: no history can be shared between days.
        ledger = Ledger(shipped.measures, shipped.read_to)
        return sum(len(ledger.on(day, known_by=day)) for day in DAYS[::7])

    print(f"{len(DAYS)} days, {len(shipped)} measures, {len(spans)} spans; median of {RUNS} runs")
    ours = median_seconds(walk)
    print(f"tidegate, day after day          {ours:8.3f} s   {len(DAYS) / ours:12,.0f} regimes a second")
    alone = median_seconds(each_alone)
    print(f"tidegate, each day asked alone   {alone:8.3f} s   {len(DAYS) / alone:12,.0f} regimes a second")
    clocks = median_seconds(two_clocks)
    print(
        f"tidegate, known_by each 7th day  {clocks:8.3f} s   {len(DAYS[::7]) / clocks:12,.0f} regimes a second"
    )

    duck = _duckdb(spans)
    print(
        f"DuckDB as-of join                {duck:8.3f} s   ratio to day after day {duck / ours:6.1f}, alone {duck / alone:5.2f}"
    )
    fisca = _openfisca(spans)
    print(
        f"OpenFisca-core parameters        {fisca:8.3f} s   ratio to day after day {fisca / ours:6.1f}, alone {fisca / alone:5.2f}"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the process, peers included: {peak:.0f} MiB")


def _duckdb(spans: list[tuple[str, dt.date, int]]) -> float:
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute("CREATE TABLE spans (id VARCHAR, starts DATE, stage INTEGER)")
    connection.executemany("INSERT INTO spans VALUES (?, ?, ?)", spans)
    connection.execute(
        "CREATE TABLE asked AS SELECT id, CAST(day AS DATE) AS day FROM (SELECT DISTINCT id FROM spans), "
        f"generate_series(DATE '{FIRST}', DATE '{LAST}', INTERVAL 1 DAY) AS days(day)"
    )
    query = "SELECT a.id, a.day, s.stage FROM asked a ASOF JOIN spans s ON a.id = s.id AND a.day >= s.starts"
    return median_seconds(lambda: connection.execute(query).fetchall())


def _openfisca(spans: list[tuple[str, dt.date, int]]) -> float:
    from openfisca_core.parameters import ParameterNode
    from openfisca_core.periods import instant

    data: dict[str, dict[str, dict[str, dict[str, int]]]] = {}
    for name, starts, stage in spans:
        data.setdefault(name.replace("-", "_"), {"values": {}})["values"][starts.isoformat()] = {
            "value": stage
        }
    names = list(data)

    def run() -> int:
        # A new node each time: OpenFisca keeps what it has once computed.
        node = ParameterNode("law", data=data)
        found = 0
        for day in DAYS:
            at = node.get_at_instant(instant(day))
            found += sum(getattr(at, name, None) is not None for name in names)
        return found

    return median_seconds(run, runs=1)


if __name__ == "__main__":
    main()
