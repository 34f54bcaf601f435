"""Power by size and false alarms of a trace, its expectations beside named peers, and a world of flows in bounded memory.

    pip install --target peers --no-deps pysyncon
    OMP_NUM_THREADS=1 PYTHONPATH=peers:tests python benchmarks/bench_diversion.py [power|common|real|speed|world] [FLOWS.csv]

`real` wants China's monthly exports by partner and code (columns period_dt, partner_name, hs6, val, qty), which are not
shipped: only the leg out of the controller is in such a file. Without an argument all parts run; a part that lacks its
file or peer says so.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from flows_made import made_cube, made_values, months, walk
from tidegate.diversion.discovery import corrected, fitting_method, route_values
from tidegate.diversion.expectation import expected, proportional_fit, simplex_weights
from tidegate.diversion.legs import Leg, cube_of, legs_of
from tidegate.diversion.placebo import LegTest, Plan, leg_test

SIZES = (0.05, 0.10, 0.25, 0.50, 1.0, 2.0, 4.0)
COUNTRIES, PERIODS = 32, 84
PLACES = ["US", "CN", *(f"H{number:02d}" for number in range(COUNTRIES - 2))]
PLAN = Plan(12, (60, 72), 58)
REAL = Path(__file__).parents[2] / "shared/data/trade/cn_exports_gallium_graphite_hs6_monthly_by_partner.csv"


def legs(values: np.ndarray) -> list[Leg]:
    return list(legs_of(made_cube(values, PLACES), ["US"], ["CN"]))


def names(tests: list[LegTest]) -> np.ndarray:
    """Which countries a trace would name on both legs."""
    quiet = (tests[0].placebo_p, tests[1].placebo_p)
    return route_values(tests[0].p, tests[1].p, fitting_method("adafilter", quiet), quiet) <= 0.05


def common(draws: int = 120) -> None:
    """Quiet months in which what a country buys and what it sells grow and shrink together, as in a port."""
    print("\nno detour, a country's whole trade moves in common; rate 0.05")
    print("| common movement | model | draws with a name | by adafilter alone |\n| --- | --- | --- | --- |")
    for size in (0.0, 0.2, 0.4):
        for model, count in (("share", draws), ("gravity", draws // 6)):
            found, plain = [], []
            for seed in range(count):
                moves = size * walk(np.random.default_rng(10_000 + seed), (COUNTRIES,), PERIODS)
                values = made_values(COUNTRIES, PERIODS, seed, drift=0.2)
                tests = [
                    leg_test(leg, PLAN, model)
                    for leg in legs(values * np.exp(moves)[:, None] * np.exp(moves)[None])
                ]
                found.append(names(tests).any())
                plain.append((route_values(tests[0].p, tests[1].p, "adafilter") <= 0.05).any())
            print(f"| {size} | {model} ({count}) | {np.mean(found):.2f} | {np.mean(plain):.2f} |")


def power(trials: int = 100) -> None:
    """Both legs of one country multiplied by 1 + size for twelve months, countries and flows drawn anew each time."""
    print(
        f"made-up flows, {COUNTRIES - 2} third countries, {PERIODS} months, {trials} draws a row, rate 0.05"
    )
    print(
        "| model | usual miss | added to the hub's legs | found | found by fdr_bh | others named a draw | draws with another named |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for model, drift, draws in (
        ("share", 0.2, trials),
        ("share", 0.42, trials),
        ("gravity", 0.2, max(trials // 5, 4)),
    ):
        for size in (0.0, *SIZES):
            hits, plain, others, miss = [], [], [], []
            for seed in range(draws):
                values = made_values(COUNTRIES, PERIODS, seed, drift=drift)
                hub = 2 + seed % (COUNTRIES - 2)
                values[0, hub, 60:72] *= 1 + size
                values[hub, 1, 60:72] *= 1 + size
                pair = legs(values)
                tests = [leg_test(leg, PLAN, model) for leg in pair]
                named = names(tests)
                at = pair[0].units.index(PLACES[hub])
                hits.append(named[at])
                plain.append(route_values(tests[0].p, tests[1].p, "fdr_bh")[at] <= 0.05)
                others.append(named.sum() - named[at])
                miss += [test.errors[model] for test in tests]
            told = f"{np.mean(hits):.2f} | {np.mean(plain):.2f}" if size else "- | -"
            if not size:
                others = [one + hit for one, hit in zip(others, hits, strict=True)]
            print(
                f"| {model} | {np.exp(np.mean(miss)) - 1:.0%} | {size:.0%} | {told} | {np.mean(others):.3f} | "
                f"{np.mean(np.array(others) > 0):.2f} |"
            )


def real(path: Path, per_month: int = 4) -> None:
    """Placebo months of real flows, and flows of drawn partners multiplied in them: one leg, so p values of one leg."""
    from tidegate.sources.flows import read_flows

    if not path.exists():
        print(f"real flows: {path} is not there")
        return
    rng = np.random.default_rng(0)
    found: dict[tuple[str, float], list[float]] = {}
    quiet, named, windows = [], {"fdr_bh": 0, "fdr_by": 0}, 0
    for hs, last in (("250410", 81), ("380110", 81), ("811292", 78)):
        read = read_flows(
            path, hs=[hs], reporter="CN", flow="export", currency="USD", unit="kg", lists_all=True
        )
        places = sorted({*read.table["reporter"], *read.table["partner"]})
        leg = legs_of(cube_of(read, hs, "M", months(dt.date(2017, 1, 1), last), places), ["CN"], [])[0]
        for start in range(42, last - 11):
            plan = Plan(12, (start, start + 12), start)
            test = leg_test(leg, plan, "share")
            quiet.append(test.p)
            windows += 1
            for method in named:
                named[method] += bool((corrected(test.p, method) <= 0.05).any())
            large = np.argsort(-leg.value[:, start - 12 : start].sum(1))[:8]
            for which, units in (("any partner", np.flatnonzero(test.counted)), ("the eight largest", large)):
                for size in SIZES:
                    for unit in rng.choice(units, per_month):
                        value = leg.value.copy()
                        value[unit, start : start + 12] *= 1 + size
                        again = leg_test(Leg(**{**_fields(leg), "value": value}), plan, "share")
                        found.setdefault((which, size), []).append(again.p[unit])
    chances = np.concatenate(quiet)
    chances = chances[np.isfinite(chances)]
    print(
        f"\nreal flows, one leg, {windows} placebo months of three codes, {len(chances)} p values before the control was known"
    )
    print("| p value up to | share of placebo p values |\n| --- | --- |")
    for level in (0.1, 0.05, 0.02, 0.01, 0.005):
        print(f"| {level} | {np.mean(chances <= level):.3f} |")
    for method, count in named.items():
        print(f"{method} at 0.05 named a country in {count} of {windows} placebo months")
    print("| partner | added | p up to 0.05 | p up to 0.02 |\n| --- | --- | --- | --- |")
    for (which, size), values in sorted(found.items()):
        known = np.array([value for value in values if np.isfinite(value)])
        print(f"| {which} | {size:.0%} | {np.mean(known <= 0.05):.2f} | {np.mean(known <= 0.02):.2f} |")


def routes(path: Path, draws: int = 12) -> None:
    """Two real legs: graphite of one code into each partner, and, as if it were what the partner sends on, that of another
    code to a partner drawn for it. Both legs of a drawn partner times 1 + size.
    """
    from tidegate.sources.flows import read_flows

    if not path.exists():
        return
    rng = np.random.default_rng(1)
    pair = []
    for hs in ("250410", "380110"):
        read = read_flows(
            path, hs=[hs], reporter="CN", flow="export", currency="USD", unit="kg", lists_all=True
        )
        places = sorted({*read.table["reporter"], *read.table["partner"]})
        pair.append(legs_of(cube_of(read, hs, "M", months(dt.date(2017, 1, 1), 81), places), ["CN"], [])[0])
    count = min(len(leg.units) for leg in pair)
    print("\ntwo real legs put together, partners drawn for each other, 2020 to 2023, rate 0.05")
    print("| added | found | others named a draw | draws with another named |\n| --- | --- | --- | --- |")
    for size in (0.0, *SIZES):
        hits, others = [], []
        for start in range(42, 70, 4):
            plan = Plan(12, (start, start + 12), start)
            for _ in range(draws):
                order = [rng.permutation(len(leg.units))[:count] for leg in pair]
                large = [
                    leg.value[rows, start - 12 : start].sum(1) for leg, rows in zip(pair, order, strict=True)
                ]
                least = [0.002 * one.sum() for one in large]
                hub = rng.choice(np.flatnonzero((large[0] > least[0]) & (large[1] > least[1])))
                chances, quiet = [], []
                for leg, rows in zip(pair, order, strict=True):
                    value = leg.value.copy()
                    value[rows[hub], start : start + 12] *= 1 + size
                    test = leg_test(Leg(**{**_fields(leg), "value": value}), plan, "share")
                    chances.append(test.p[rows])
                    quiet.append(test.placebo_p[rows])
                method = fitting_method("adafilter", (quiet[0], quiet[1]))
                named = route_values(*chances, method, (quiet[0], quiet[1])) <= 0.05
                hits.append(named[hub])
                others.append(named.sum() - named[hub] if size else named.sum())
        found = f"{np.mean(hits):.2f}" if size else "-"
        print(f"| {size:.0%} | {found} | {np.mean(others):.3f} | {np.mean(np.array(others) > 0):.2f} |")


def _fields(leg: Leg) -> dict:
    return {name: getattr(leg, name) for name in Leg.__dataclass_fields__}


def speed() -> None:
    """Expectations of all thirty countries in one window: ours at once beside a peer one by one."""
    leg = legs(made_values(COUNTRIES, PERIODS, 1))[0]
    fit, window = PLAN.fit, slice(60, 72)
    print()
    for model in ("share", "synthetic", "gravity"):
        print(
            f"{model}: {_best(lambda model=model: expected(leg, model, fit, window)) * 1e3:.2f} ms for {len(leg.units)} countries"
        )
    ours = _best(lambda: expected(leg, "synthetic", fit, window))
    try:
        import pandas as pd
        from pysyncon import Synth
    except ImportError:
        print("pysyncon is not installed: pip install --target peers --no-deps pysyncon")
    else:
        before, after = leg.value[:, fit], leg.value[:, window]
        scaled = before / before.mean(1)[:, None]

        def one(unit: int) -> tuple[np.ndarray, np.ndarray]:
            frame = pd.DataFrame(np.delete(scaled, unit, 0).T)
            synth = Synth()
            synth.fit(
                X0=frame,
                X1=pd.Series(scaled[unit], name="own"),
                Z0=frame,
                Z1=pd.Series(scaled[unit], name="own"),
                custom_V=np.ones(len(frame)),
            )
            return synth.W, np.delete(scaled, unit, 0)

        started = time.perf_counter()
        worse = []
        for unit in range(len(leg.units)):
            weights, donors = one(unit)
            mine = simplex_weights(donors.T, scaled[unit])
            errors = [((donors.T @ w - scaled[unit]) ** 2).sum() for w in (mine, weights)]
            worse.append(errors[0] - errors[1])
        theirs = time.perf_counter() - started
        print(f"synthetic: pysyncon one by one {theirs * 1e3:.0f} ms, {theirs / ours:.0f} times ours; our fit is at most "
              f"{max(worse):.1e} worse in squared error, on average {-np.mean(worse):.1e} better")  # fmt: skip
        del after
    import statsmodels.api as sm

    units, places = 4, np.r_[fit, window]
    y = leg.value[:, places]
    columns = y.shape[1] + len(y) - 1
    design = np.zeros((*y.shape, columns))
    design[:, np.arange(y.shape[1]), np.arange(y.shape[1])] = 1
    for row in range(1, len(y)):
        design[row, :, y.shape[1] + row - 1] = 1
    mine = expected(leg, "share", fit, window)
    started = time.perf_counter()
    apart = []
    for unit in range(units):
        kept = np.ones(y.shape, bool)
        kept[unit, PLAN.before :] = False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = sm.GLM(y[kept], design[kept], family=sm.families.Poisson()).fit()
        apart.append(np.abs(fitted.predict(design[unit, PLAN.before :]) / mine[unit] - 1).max())
    each = (time.perf_counter() - started) / units
    ours = _best(lambda: expected(leg, "share", fit, window)) / len(leg.units)
    print(
        f"share: statsmodels' Poisson GLM with {columns} dummies {each * 1e3:.0f} ms a country, {each / ours:.0f} times ours; apart by at most {max(apart):.0e}"
    )
    # A part of the table: with all of it the dummies of the peer take gigabytes.
    table = leg.table[:6, :10, places]
    table[table.sum(2) == 0] = np.nan
    rows, wide, long = table.shape
    i, j, t = np.indices(table.shape)
    blocks = (i * long + t, j * long + t, i * wide + j)
    design = np.concatenate(
        [(one.reshape(-1, 1) == np.arange(one.max() + 1)).astype(float) for one in blocks], axis=1
    )
    kept = np.isfinite(table)
    kept[0, 3, PLAN.before :] = False
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = sm.GLM(table[kept], design[kept.ravel()], family=sm.families.Poisson()).fit()
    each = time.perf_counter() - started
    flows = np.where(kept, table, 0.0)
    origin, destination, pair = proportional_fit(flows, kept)
    mine = (origin[0] * destination[3] * pair[0, 3])[PLAN.before :]
    apart = np.abs(fitted.predict(design.reshape(*table.shape, -1)[0, 3, PLAN.before :]) / mine - 1).max()
    ours = _best(lambda: proportional_fit(flows, kept))
    print(
        f"gravity: statsmodels' Poisson GLM, {rows} by {wide} by {long} flows and {design.shape[1]} dummies, {each:.1f} s a "
        f"fit, {each / ours:.0f} times ours, both from a cold start; apart by at most {apart:.0e}"
    )


def _best(run: object, repeats: int = 5) -> float:
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return min(times)


def world(rows: int = 11_000_000) -> None:
    """Eight yearly files in the layout of BACI, the two round the control as large as a year of world trade by HS6."""
    import polars as pl

    with tempfile.TemporaryDirectory() as folder:
        rng = np.random.default_rng(2)
        codes = np.array(
            [f"{number:06d}" for number in rng.choice(np.arange(10_000, 990_000), 5000, replace=False)]
            + ["854231"]
        )
        countries = np.array([842, 156, 276, 251, 826, 392, 410, 702, 458, 704, 764, 699, 528, 56, 380, 724, 616, 203, 348, 40,
                              757, 208, 752, 579, 246, 372, 620, 300, 642, 100, 76, 484, 32, 152, 170, 604, 36, 554, 710, 784, 682, 376,
                              792, 818, 504, 608, 360, 344, 124, 233])  # fmt: skip
        for year in range(2017, 2025):
            count = rows if year in (2022, 2023) else rows // 100
            chip = [
                (year, int(a), int(b), 854231, float(rng.gamma(2, 500)), float(rng.gamma(2, 1)))
                for a in countries for b in countries if a != b
            ]  # fmt: skip
            frame = pl.DataFrame(
                {
                    "t": np.full(count, year),
                    "i": rng.choice(countries, count),
                    "j": rng.choice(countries, count),
                    "k": rng.choice(codes[:-1], count),
                    "v": np.round(rng.gamma(0.5, 100, count), 3),
                    "q": np.round(rng.gamma(0.5, 10, count), 3),
                }
            ).filter(pl.col("i") != pl.col("j"))
            own = pl.DataFrame(chip, schema=["t", "i", "j", "k", "v", "q"], orient="row").with_columns(
                pl.col("k").cast(pl.String)
            )
            frame = frame.unique(["i", "j", "k"], keep="first", maintain_order=False)
            pl.concat([frame, own]).write_csv(f"{folder}/BACI_HS17_Y{year}_V202501.csv")
            print(f"made {year}: {len(frame) + len(own):,} rows", flush=True)
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        code = (
            "import sys, time; from pathlib import Path; from tidegate import load_ledger; "
            "from tidegate.diversion import control_of, trace; from tidegate.sources.flows import read_flows; "
            # Of this process alone: what getrusage tells begins with that of the one that started it.
            "peak = lambda: int(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0]) // 1024; "
            "start = time.perf_counter(); "
            "control = control_of(load_ledger(), 'us-2022-10-07-advanced-computing', target=['CN']); "
            "read = read_flows(sorted(Path(sys.argv[1]).iterdir()), hs=['854231']); middle = time.perf_counter(); "
            "most = peak(); made = trace(read, control, ['854231']); "
            "print(f'read {middle - start:.1f} s, traced {time.perf_counter() - middle:.1f} s, {len(made.routes)} routes, peak RSS "
            "{most} MiB after reading, {peak()} MiB in all')"
        )
        print(f"{size / 2**30:.2f} GiB of CSV in eight files")
        subprocess.run([sys.executable, "-c", code, folder], check=True, env=os.environ)


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else "all"
    file = Path(sys.argv[2]) if len(sys.argv) > 2 else REAL
    if asked in ("power", "all"):
        power()
    if asked in ("common", "all"):
        common()
    if asked in ("real", "all"):
        real(file)
        routes(file)
    if asked in ("speed", "all"):
        speed()
    if asked in ("world", "all"):
        world()
    print(f"peak RSS of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
