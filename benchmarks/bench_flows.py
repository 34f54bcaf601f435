"""A made-up year of world trade by HS6 and month, read with a filter, in a process of its own: seconds and peak memory.

Rows are made as BACI has them (t,i,j,k,v,q; 11 million, a year) and as a plain table by month (period, reporter, partner,
flow, hs, value_usd, kg). Beside it the same filter in DuckDB, which checks nothing, and all of it in Polars at once.

    OMP_NUM_THREADS=1 python benchmarks/bench_flows.py [MILLION ROWS]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import iso3166
import numpy as np
import polars as pl

CODES, COUNTRIES, PIECE = 5000, 200, 1_000_000

READERS = {
    "read_flows": (
        "from tidegate.sources.flows import read_flows; flows = read_flows({path!r}, hs=['8542', '8486', '811292']); "
        "print(len(flows.table), end=' ')"
    ),
    "DuckDB, no checks": (
        'import duckdb; print(duckdb.sql("SELECT count(*) FROM read_csv({path!r}, all_varchar=true, header=true) WHERE regexp_matches({hs}, '
        "'^(8542|8486|811292)')\").fetchall()[0][0], end=' ')"
    ),
    "Polars, all at once": (
        "import polars as pl; frame = pl.read_csv({path!r}, infer_schema=False); print(frame.filter(pl.col({hs!r}).str.contains("
        "'^(8542|8486|811292)')).height, end=' ')"
    ),
}
PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, resource.getrusage(resource.RUSAGE_SELF).ru_utime)"


def made(path: Path, million: float, *, monthly: bool) -> None:
    """Write rows with each key once: keys are counted through codes, partners, reporters and months."""
    countries = [country for country in iso3166.countries if country.alpha2 not in ("XK", "TW")][:COUNTRIES]
    codes = np.array(
        ["811292", "854231", "848620"]
        + [f"{chapter:02d}{rest:04d}" for chapter in range(1, 98) for rest in range(0, 5200, 100)]
    )[:CODES]
    rng = np.random.default_rng(1)
    rows, width = int(million * 1e6), len(codes)
    with path.open("wb") as file:
        for start in range(0, rows, PIECE):
            key = np.arange(start, min(start + PIECE, rows))
            code, rest = codes[key % width], key // width
            partner, rest = rest % COUNTRIES, rest // COUNTRIES
            value = pl.Series(np.round(rng.lognormal(3, 2, len(key)), 3))
            if monthly:
                iso = np.array([country.alpha2 for country in countries])
                month = np.char.add("2023-", np.char.zfill((rest % 12 + 1).astype(str), 2))
                frame = pl.DataFrame({"period": month, "reporter": iso[rest // 12 % COUNTRIES], "partner": iso[partner], "flow": "import",
                                      "hs": code, "value_usd": value, "kg": value})  # fmt: skip
            else:
                m49 = np.array([int(country.numeric) for country in countries])
                frame = pl.DataFrame(
                    {
                        "t": 2022,
                        "i": m49[rest % COUNTRIES],
                        "j": m49[partner],
                        "k": code,
                        "v": value,
                        "q": value,
                    }
                )
            frame.write_csv(file, include_header=start == 0)


def main() -> None:
    million = float(sys.argv[1]) if len(sys.argv) > 1 else 11.0
    with tempfile.TemporaryDirectory() as folder:
        for name, monthly in (("BACI", False), ("plain table by month", True)):
            path = Path(folder) / "flows.csv"
            made(path, million, monthly=monthly)
            print(f"{name}: {million:g} million rows, {path.stat().st_size / 2**20:.0f} MiB of CSV")
            for reader, code in READERS.items():
                start = time.perf_counter()
                filled = code.format(path=str(path), hs="hs" if monthly else "k")
                done = subprocess.run(
                    [sys.executable, "-c", f"{filled}\n{PEAK}"], capture_output=True, text=True, check=True
                )
                rows, peak, spent = done.stdout.split()[-3:]
                print(
                    f"  {reader:20} {rows:>9} rows {time.perf_counter() - start:6.1f} s ({float(spent):.1f} s of processors), peak {peak} MiB"
                )


if __name__ == "__main__":
    main()
