"""The tide gauge of one country over nine years, beside deciding each transaction and month alone, in one process.

Peers: `decide` (the row engine, which explains each answer) on each transaction, its regimes made ready once a month,
timed on every twelfth month and scaled; the two must agree on what is free. And pandas, which groups the same decisions
into the ends of the lines by government and class, without the counts, the ids and the line of all together.

    python benchmarks/bench_tide.py
"""

from __future__ import annotations

import resource
import time

from tidegate.ledger import Ledger, load_ledger
from tidegate.licensing.control_map import control_map
from tidegate.licensing.decide import Decider
from tidegate.licensing.tide import Tide, tide
from tidegate.licensing.tightness import FREE
from timing import median_seconds


def fresh(ledger: Ledger) -> Ledger:
    """A ledger that remembers no answer."""
    return Ledger(ledger.measures, ledger.read_to, ledger.scenario, ledger.starts)


def main() -> None:
    shipped = load_ledger()
    gauge = tide(shipped, "CN")
    rows = len(gauge.deals) * len(gauge.days)
    print(
        f"{len(gauge.deals)} transactions, {len(gauge.days)} months, {len(shipped)} measures; median of 3 runs"
    )
    ours = median_seconds(lambda: tide(fresh(shipped), "CN").points, runs=3)
    print(f"tidegate, from nothing                      {ours:8.2f} s")
    again = median_seconds(lambda: tide(shipped, "CN").points, runs=3)
    print(f"tidegate, asked of the same ledger again    {again:8.3f} s")
    alone = _one_at_a_time(shipped, gauge)
    print(f"decide, one at a time (scaled to {rows} rows) {alone:8.1f} s   ratio {alone / ours:6.1f}")
    fold = median_seconds(lambda: tide(shipped, "CN", by=("government", "class")).points, runs=3)
    pandas = _pandas(gauge)
    print(f"folding by government and class             {fold:8.3f} s")
    print(f"pandas group-by of the same decisions       {pandas:8.3f} s   ratio {pandas / fold:6.1f}")
    world = median_seconds(lambda: control_map(fresh(shipped), "2026-10-09").cells, runs=3)
    print(f"who controls what toward all countries      {world:8.2f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def _one_at_a_time(ledger: Ledger, gauge: Tide) -> float:
    days = list(gauge.days.values())[11::12]
    start = time.perf_counter()
    decisions = {}
    for day in days:
        decider = Decider(ledger.on(day))
        for deal in gauge.deals:
            decisions[deal.id, day] = decider(deal.transaction(gauge.target, day))
    seconds = time.perf_counter() - start
    for (deal, day), decision in decisions.items():
        for government, own in decision.by_government.items():
            hold = gauge.held[deal, day].get(government, FREE)
            free = own.outcome.value in ("none", "not_subject")
            assert free == (hold == FREE), (deal, day, government)
    return seconds * len(gauge.days) / len(days)


def _pandas(gauge: Tide) -> float:
    import pandas as pd

    goods = {deal.id: deal.goods for deal in gauge.deals}
    records = [
        (day, government, goods[deal], hold.low, hold.high)
        for (deal, day), holds in gauge.held.items()
        for government, hold in holds.items()
    ]
    frame = pd.DataFrame(records, columns=["day", "government", "class", "low", "high"])
    sizes = pd.Series(goods).value_counts()

    def run() -> object:
        # Only the two ends of each government's lines: no counts, no ids, no line of all together.
        sums = frame.groupby(["government", "class", "day"])[["low", "high"]].sum()
        sums = sums.div(sums.index.get_level_values("class").map(sizes), axis=0)
        return sums, sums.groupby(level=["government", "day"]).sum() / len(sizes)

    return median_seconds(run, runs=3)


if __name__ == "__main__":
    main()
