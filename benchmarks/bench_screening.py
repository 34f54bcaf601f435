r"""Screening beside nomenklatura's logic-v2 and rapidfuzz's token_set_ratio: what is found, what is wrongly found, how fast.

    python benchmarks/bench_screening.py --list ../shared/data/us/screening-list.json \
        --queries ../shared/facts/screening_queries.csv

Two sets: labelled queries of a file (columns query, expected_id with '|' between, kind), and queries made of the list by
rules (screening_made.py), of which only the part kept aside is counted, against the list without the entries held out.
A query counts as found if one of the hits is expected; precision is the share of queries with hits, among those found and
those that should have none, that are found. False hits are those that are not expected, each one counted. All run in one
process, one thread, timed by the processor, so that a busy machine counts for none; nomenklatura is given the 60 names
that rapidfuzz finds nearest, as it compares pairs.

nomenklatura 4.17.4 asks for duckdb below 2, so it cannot be installed beside this project in the ordinary way:
    pip install --no-deps nomenklatura==4.17.4 followthemoney==4.11.2
    pip install rigour==2.6.1 shortuuid phonenumbers scikit-learn fingerprints   # PyICU needs the ICU library and a compiler
Without it, its column is left out.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from rapidfuzz import fuzz, process, utils

from screening_made import Made, held_out, make_queries
from tidegate.dates import parse_day
from tidegate.screening.screen import Lists
from tidegate.sources.listing import PartyList
from tidegate.sources.party_lists import read_list

ON = parse_day("2026-11-21")
Find = Callable[[str], list[str]]


def ours(list_: PartyList) -> Find:
    lists = Lists([list_])

    def find(query: str) -> list[str]:
        hits = lists.screen(query, on=ON, most=None).hits
        return [entry for hit in hits for entry in (hit.entry.id, *hit.also)]

    lists.prepare()
    return find


class Names:
    """Every name of a list, as rapidfuzz compares them."""

    def __init__(self, list_: PartyList) -> None:
        self.entries = list_.entries
        self.names, self.owners = [], []
        for at, entry in enumerate(list_.entries):
            for name in (entry.name, *entry.aliases):
                self.names.append(utils.default_process(name))
                self.owners.append(at)

    def near(self, query: str, limit: int | None, cutoff: float = 0.0) -> list[tuple[int, float]]:
        found = process.extract(
            utils.default_process(query),
            self.names,
            scorer=fuzz.token_set_ratio,
            score_cutoff=cutoff,
            limit=limit,
        )
        best: dict[int, float] = {}
        for _, score, at in found:
            owner = self.owners[at]
            best[owner] = max(best.get(owner, 0.0), score)
        return sorted(best.items(), key=lambda item: -item[1])


def token_set(names: Names, threshold: float) -> Find:
    return lambda query: [names.entries[at].id for at, _ in names.near(query, None, threshold)]


def logic_v2(names: Names, threshold: float) -> Find | None:
    try:
        from followthemoney import model
        from nomenklatura.matching import LogicV2
    except ImportError:
        return None
    schema = {
        "person": "Person",
        "vessel": "Vessel",
        "aircraft": "Airplane",
        "entity": "Organization",
        None: "LegalEntity",
    }
    config = LogicV2.default_config()
    proxies: dict[int, object] = {}

    def proxy(at: int) -> object:
        if at not in proxies:
            entry = names.entries[at]
            made = model.make_entity(schema[entry.kind])
            made.id = entry.id
            made.add("name", entry.name)
            made.add("alias", entry.aliases)
            proxies[at] = made
        return proxies[at]

    def find(query: str) -> list[str]:
        asked = {}
        for kind in ("LegalEntity", "Vessel", "Airplane"):
            asked[kind] = model.make_entity(kind)
            # It keeps what it made of a name by the id of the entity.
            asked[kind].id = f"query {query}"
            asked[kind].add("name", query)
        scored = []
        for at, _ in names.near(query, 60):
            listed = proxy(at)
            own = asked.get(schema[names.entries[at].kind], asked["LegalEntity"])
            score = LogicV2.compare(own, listed, config).score
            if score >= threshold:
                scored.append((score, names.entries[at].id))
        return [entry for _, entry in sorted(scored, reverse=True)]

    return find


class Tally:
    """What came of the queries of one kind, or of all."""

    def __init__(self) -> None:
        self.asked = self.right = self.false = self.hits = self.positive = self.alarms = 0

    def add(self, query: Made, found: list[str]) -> None:
        self.asked += 1
        self.hits += len(found)
        self.false += len(set(found) - set(query.expected))
        if query.expected:
            self.positive += 1
            self.right += not set(query.expected).isdisjoint(found)
        else:
            self.alarms += bool(found)

    @property
    def recall(self) -> float:
        return self.right / self.positive if self.positive else float("nan")

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.alarms) if self.right + self.alarms else float("nan")

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def run(queries: list[Made], find: Find) -> tuple[dict[str, Tally], float]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    start = time.process_time()
    answers = [find(query.query) for query in queries]
    rate = len(queries) / (time.process_time() - start)
    for query, found in zip(queries, answers, strict=True):
        tallies[query.kind].add(query, found)
        tallies["all"].add(query, found)
    return tallies, rate


def show(title: str, queries: list[Made], finders: dict[str, Find | None]) -> None:
    results = {name: run(queries, find) for name, find in finders.items() if find is not None}
    print(f"\n{title}: {len(queries)} queries")
    heads = "".join(f"{name:>32}" for name in results)
    print(f"{'':<32}{heads}")
    print(f"{'kind':<26}{'n':>6}" + "".join(f"{'right':>16}{'false hits/1000':>16}" for _ in results))
    kinds = list(dict.fromkeys(query.kind for query in queries))
    for kind in kinds:
        cells = ""
        for tallies, _ in results.values():
            tally = tallies[kind]
            right = tally.recall if tally.positive else 1 - tally.alarms / tally.asked
            cells += f"{right:>16.3f}{1000 * tally.false / tally.asked:>16.0f}"
        print(f"{kind:<26}{next(iter(results.values()))[0][kind].asked:>6}{cells}")
    first = next(iter(results.values()))[1]
    for label, value in (
        ("recall", lambda t, r: f"{t.recall:.3f}"), ("precision", lambda t, r: f"{t.precision:.3f}"),
        ("F1", lambda t, r: f"{t.f1:.3f}"), ("hits a query", lambda t, r: f"{t.hits / t.asked:.2f}"),
        ("false hits per thousand", lambda t, r: f"{1000 * t.false / t.asked:.0f}"),
        ("queries a second (processor)", lambda t, r: f"{r:.0f}"), ("times slower than ours", lambda t, r: f"{first / r:.0f}"),
    ):  # fmt: skip
        print(f"{label:<32}" + "".join(f"{value(t['all'], r):>32}" for t, r in results.values()))


def labelled(path: Path) -> list[Made]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Made(
                row["query"], tuple(part for part in row["expected_id"].split("|") if part), row["kind"], True
            )
            for row in csv.DictReader(file)
        ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--list", type=Path, required=True, help="the Consolidated Screening List, repacked as JSON"
    )
    parser.add_argument("--queries", type=Path, help="labelled queries")
    parser.add_argument("--sample", type=int, default=400, help="made queries that the slow ones are given")
    parser.add_argument("--logic-v2", type=float, default=0.70, help="threshold of nomenklatura")
    parser.add_argument("--token-set", type=float, default=85.0, help="threshold of rapidfuzz")
    given = parser.parse_args()
    start = time.perf_counter()
    whole = read_list(given.list)
    read = time.perf_counter() - start
    start = time.perf_counter()
    find = ours(whole)
    print(
        f"{len(whole.entries)} entries read in {read:.2f} s, indexed in {time.perf_counter() - start:.2f} s"
    )
    if given.queries:
        names = Names(whole)
        show("labelled queries", labelled(given.queries), {
            "tidegate": find, f"logic-v2 at {given.logic_v2}": logic_v2(names, given.logic_v2),
            f"token_set_ratio at {given.token_set:.0f}": token_set(names, given.token_set),
        })  # fmt: skip
    kept, held = held_out(whole)
    aside = [query for query in make_queries(kept, held) if query.aside]
    find = ours(kept)
    show("made queries kept aside", aside, {"tidegate": find})
    names, few = Names(kept), random.Random(1).sample(aside, min(given.sample, len(aside)))
    show("a sample of them", few, {
        "tidegate": find, f"logic-v2 at {given.logic_v2}": logic_v2(names, given.logic_v2),
        f"token_set_ratio at {given.token_set:.0f}": token_set(names, given.token_set),
    })  # fmt: skip


if __name__ == "__main__":
    main()
