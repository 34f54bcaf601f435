"""The shipped ledger and catalog, reviewed like code."""

import csv
import re

import pytest
import yaml

from tidegate import data
from tidegate.catalog import load_catalog
from tidegate.ledger.bargains import load_rounds
from tidegate.ledger.load import check_files
from tidegate.ledger.predicate import parse_predicate

FACT_FILES = ("measures_us.yaml", "measures_allies.yaml", "measures_china.yaml")


def facts(shared):
    return [m for name in FACT_FILES for m in yaml.safe_load((shared / "facts" / name).read_text("utf-8"))]


def test_the_shipped_ledger_keeps_every_rule():
    report = check_files()

    assert report.problems == ()
    assert report.measures >= 226
    assert report.entries >= 623


def test_each_measure_has_a_file_of_its_own_named_like_it(ledger):
    files = {path.stem: path.parent.name for path in data.LEDGER.rglob("*-*.yaml")}

    assert files == {measure.id: measure.jurisdiction.lower() for measure in ledger}


def test_every_measure_of_the_fact_files_is_there_with_every_entry(ledger, shared):
    missing = []
    for fact in facts(shared):
        measure = ledger[fact["id"]]
        kept = {(e.when.first.isoformat()[:4], e.stage) for e in measure.entries}
        missing += [
            (fact["id"], str(entry["date"]), entry["stage"])
            for entry in fact["history"]
            if (str(entry["date"])[:4], entry["stage"]) not in kept
        ]
        assert len(measure.entries) >= len(fact["history"]), fact["id"]

    assert missing == []


def test_every_bargaining_round_of_the_fact_file_is_there(shared):
    wanted = {row["id"] for row in yaml.safe_load((shared / "facts" / "bargains.yaml").read_text("utf-8"))}

    assert wanted <= {item.id for item in load_rounds()}
    assert len(load_rounds()) == 45


def test_every_chip_tool_and_party_of_the_fact_files_is_there(shared):
    catalog = load_catalog()

    def ids(name):
        with (shared / "facts" / name).open(encoding="utf-8", newline="") as file:
            return {row["id"] for row in csv.DictReader(file)}

    assert ids("chips.csv") | ids("tools.csv") <= set(catalog.items)
    # 'asmi' stood twice in the facts and is an alias of asm-international here.
    assert ids("parties.csv") - {"asmi"} <= set(catalog.parties)
    assert catalog.find("asmi", "party") == "asm-international"


def test_every_source_can_be_followed_by_anyone(ledger):
    sources = [e.source for m in ledger for e in (*m.entries, *m.scheduled)]
    sources += [cited.source for item in load_rounds() for cited in item.sources]

    assert not [source for source in sources if re.search(r"file:\d|seed:|shared/", source)]


def test_what_binds_has_a_scope_or_says_why_not(ledger):
    for measure in ledger:
        if measure.effect != "none" and measure.when is None and not measure.limbs:
            assert measure.scope_note, measure.id


def test_every_scope_parses_on_every_day_it_counts(ledger):
    scopes = 0
    for measure in ledger:
        for scope in (measure.when, *(limb.when for limb in measure.limbs)):
            for text in scope.values() if isinstance(scope, dict) else [scope] if scope else []:
                parse_predicate(text)
                scopes += 1

    assert scopes > 150


def test_a_scope_that_changed_counts_from_its_day(ledger):
    import datetime as dt

    measure = ledger["us-2022-10-07-advanced-computing"]

    assert measure.scope_on(dt.date(2022, 10, 20)) is None
    assert "'MO'" not in measure.scope_on(dt.date(2023, 1, 16))
    assert "'MO'" in measure.scope_on(dt.date(2023, 1, 17))


def test_tables_of_the_catalog_are_sorted_and_sourced():
    for name, source in (("chips.csv", "source"), ("tools.csv", "source"), ("parties.csv", "source"),
                         ("countries.csv", "source"), ("officials.csv", "source")):  # fmt: skip
        with (data.CATALOG / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        keys = [next(iter(row.values())) for row in rows]
        assert keys == sorted(keys), name
        assert all(row[source] for row in rows), name


@pytest.mark.parametrize("name", ["items.csv", "parties.csv"])
def test_parents_exist_and_form_no_circle(name):
    catalog = load_catalog()
    register = catalog.items if name == "items.csv" else catalog.parties
    for thing in register.values():
        seen = set()
        while thing is not None:
            assert thing.id not in seen
            seen.add(thing.id)
            assert thing.parent is None or thing.parent in register, thing.id
            thing = register.get(thing.parent)
