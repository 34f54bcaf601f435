"""Choose the factors and the threshold of screening on made queries: run it, read what it prints, edit the defaults.

A walk from the shipped factors: a few of them are changed by chance, and a change is kept where it helps on the part of
the made queries that is for choosing. The part kept aside is not looked at.

    python benchmarks/tune_screening.py --list ../shared/data/us/screening-list.json --steps 150
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from dataclasses import asdict, fields

from screening_made import held_out, make_queries
from tidegate.screening.compare import Factors, compare
from tidegate.screening.screener import Screener
from tidegate.sources.party_lists import read_list

GRID = [0.6 + 0.01 * step for step in range(36)]


def prepared(screener: Screener, queries):
    out = []
    for query in queries:
        words = screener._read(query.query)
        index = screener.index
        weights = [index.weight(word) for word in words]
        nears = [screener._nears(word) for word in words]
        rows = []
        for at in screener._candidates(words, weights, nears) if words else ():
            name = index.names[at]
            entry = index.entries[name.owner]
            rows.append((name.words, [float(index.weights[p]) for p in index.rows[at]], entry.id, entry.kind,
                         name.source == "short name"))  # fmt: skip
        out.append((query, words, weights, nears, rows))
    return out


def measured(cases, factors: Factors):
    """Return the best objective over thresholds, with the threshold, recall and false rate at it."""
    by_kind = defaultdict(list)
    for query, words, weights, nears, rows in cases:
        right = wrong = 0.0
        others = []
        for listed, listed_weights, entry, kind, short in rows:
            score = compare(words, weights, nears, listed, listed_weights, factors, person=kind == "person",
                            thing=kind in ("person", "vessel", "aircraft"), short=short).score  # fmt: skip
            if entry in query.expected:
                right = max(right, score)
            else:
                wrong = max(wrong, score)
                others.append(score)
        by_kind[query.kind, bool(query.expected)].append((right, wrong, others))
    best = (-1.0, 0.0, 0.0, 0.0, 0.0)
    for threshold in GRID:
        found, false, extra, positives = [], [], [], 0
        for (_, positive), rows in by_kind.items():
            hit = sum((right if positive else wrong) >= threshold for right, wrong, _ in rows) / len(rows)
            (found if positive else false).append(hit)
            extra.append(
                sum(sum(score >= threshold for score in others) for _, _, others in rows) / len(rows)
            )
            positives += positive
        recall, rate = sum(found) / len(found), sum(false) / len(false)
        precision = recall / (recall + rate) if recall else 0.0
        f1 = 2 * precision * recall / (precision + recall) if recall else 0.0
        value = f1 - 0.01 * sum(extra) / len(extra)
        if value > best[0]:
            best = (value, threshold, recall, rate, f1)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", required=True)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    kept, held = held_out(read_list(given.list))
    screener = Screener([kept])
    cases = prepared(screener, [query for query in make_queries(kept, held) if not query.aside])
    rng = random.Random(given.seed)
    factors = Factors()
    best = measured(cases, factors)
    print(len(cases), "queries; shipped", [round(x, 4) for x in best], flush=True)
    names = [field.name for field in fields(Factors)]
    for step in range(given.steps):
        values = asdict(factors)
        for name in rng.sample(names, rng.choice((1, 2, 3))):
            values[name] = round(values[name] * rng.choice((0.6, 0.8, 0.9, 1.1, 1.25, 1.6)), 3)
        other = Factors(**values)
        found = measured(cases, other)
        if found[0] > best[0]:
            changed = {name: values[name] for name in names if values[name] != getattr(factors, name)}
            factors, best = other, found
            print(step, [round(x, 4) for x in best], changed, flush=True)
    print(factors)


if __name__ == "__main__":
    main()
