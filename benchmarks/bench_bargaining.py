"""From a game file to equilibria, with nothing kept and with the payoffs kept; and the solving beside nashpy.

The peer finds the equilibria of the same matrices of two players by vertex enumeration, as Gambit's `enummixed` does
for tidegate: the game of chips for rare earths draw by draw, and random games of two sizes. Both must find the same.

    python benchmarks/bench_bargaining.py [--draws 100]
"""

from __future__ import annotations

import argparse
import tempfile
import time
import warnings
from pathlib import Path

import nashpy
import numpy as np

from tidegate import kept
from tidegate.bargaining.payoffs import payoffs_of
from tidegate.bargaining.reading import read_game
from tidegate.bargaining.solution import solve
from tidegate.bargaining.strategic import OneShot
from tidegate.data import GAMES
from tidegate.ledger import load_ledger
from timing import median_seconds

GAME = GAMES / "chips-for-rare-earths.yaml"


def answer(draws: int) -> OneShot:
    """From the file to everything that the command prints."""
    game = read_game(GAME)
    found = solve(game, payoffs_of(game, load_ledger(), draws=draws))
    found.to_json()
    assert found.one_shot is not None
    return found.one_shot


def ours(tables: list[np.ndarray]) -> list[set[tuple[float, ...]]]:
    moves = [
        {"A": tuple(f"a{k}" for k in range(t.shape[1])), "B": tuple(f"b{k}" for k in range(t.shape[2]))}
        for t in tables
    ]
    forms = [OneShot(("A", "B"), own, table[:, None]) for own, table in zip(moves, tables, strict=True)]
    return [
        {tuple(round(c, 4) for own in one.chances.values() for c in own.values()) for one in form.mixed()}
        for form in forms
    ]


def peer(tables: list[np.ndarray]) -> list[set[tuple[float, ...]]]:
    found = []
    for table in tables:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            game = nashpy.Game(table[0], table[1])
            found.append(
                {
                    tuple(round(float(c) + 0.0, 4) for side in pair for c in side)
                    for pair in game.vertex_enumeration()
                }
            )
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=100)
    draws = parser.parse_args().draws
    with tempfile.TemporaryDirectory() as folder, kept.keeping(Path(folder) / "answers.sqlite"):
        cpu, start = time.process_time(), time.perf_counter()
        form = answer(draws)
        cold = time.perf_counter() - start
        print(f"{GAME.stem}, {draws} draws, {form.expected[0].size} profiles")
        print(
            f"tidegate, nothing kept                   {cold:8.2f} s   ({time.process_time() - cpu:.1f} s of CPU)"
        )

        def warm() -> None:
            kept._MEMORY.clear()
            answer(draws)

        again = median_seconds(warm, runs=3)
        print(f"tidegate, payoffs kept in the file       {again:8.2f} s   ratio {cold / again:6.1f}")
    rng = np.random.default_rng(0)
    sets = {
        f"the same game in each of {min(draws, 60)} draws": [
            form.payoffs[:, k] for k in range(min(draws, 60))
        ]
    }
    sets |= {f"50 random games, {n} by {n}": [rng.normal(size=(2, n, n)) for _ in range(50)] for n in (3, 5)}
    for name, tables in sets.items():
        mine, theirs = ours(tables), peer(tables)
        same = sum(a == b for a, b in zip(mine, theirs, strict=True))
        one, other = (
            median_seconds(lambda t=tables: ours(t), runs=3),
            median_seconds(lambda t=tables: peer(t), runs=3),
        )
        print(
            f"{name}: tidegate {one:.3f} s, nashpy {other:.3f} s, ratio {other / one:.1f}; same in {same} of {len(tables)}"
        )


if __name__ == "__main__":
    main()
