"""How the benchmarks measure: the median of some runs after one that is not counted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

RUNS = 5


def median_seconds(run: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median time of `runs` runs, in seconds."""
    run()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
