"""A cold `tidegate status` as a whole process, beside a process that only reads the same files with PyYAML.

python benchmarks/bench_cold_start.py
"""

from __future__ import annotations

import subprocess
import sys

from timing import median_seconds

RUNS = 7
PEER = (
    "import pathlib, yaml, tidegate.data as d\n"
    "[yaml.load(p.read_bytes(), yaml.CSafeLoader) for p in d.LEDGER.rglob('*-*.yaml')]"
)


def seconds(command: list[str]) -> float:
    return median_seconds(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True), RUNS)


def main() -> None:
    ours = seconds([sys.executable, "-m", "tidegate", "status", "--on", "2026-11-21"])
    json_ = seconds([sys.executable, "-m", "tidegate", "status", "--on", "2026-11-21", "--json"])
    peer = seconds([sys.executable, "-c", PEER])
    print(f"median of {RUNS} whole processes")
    print(f"tidegate status                       {ours:6.3f} s")
    print(f"tidegate status --json                {json_:6.3f} s")
    print(f"PyYAML (libyaml) reads the files only {peer:6.3f} s   ratio {ours / peer:.2f}")


if __name__ == "__main__":
    main()
