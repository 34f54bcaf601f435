"""Item classification: the entries as they stood on each date, and the facts of a transaction."""

import datetime as dt
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.catalog import load_catalog
from tidegate.errors import BadInputError
from tidegate.ledger.definitions import definitions, entries
from tidegate.ledger.predicate import columns, parse_predicate, predicate_names
from tidegate.licensing.bounds import bounds_of
from tidegate.licensing.classify import classify, classify_table
from tidegate.licensing.facts import Transaction, item_attributes
from tidegate.licensing.values import FieldError

DAY = dt.date(2025, 6, 1)


def codes(facts, on, holds=True):
    return [p.code for p in classify(facts, dt.date.fromisoformat(on)) if p.holds is holds]


@pytest.mark.parametrize(
    ("item", "on", "found"),
    [
        ("a100-sxm-80gb", "2022-10-20", []), ("a100-sxm-80gb", "2022-10-21", ["3A090"]),
        ("a800-sxm-80gb", "2022-10-21", []), ("a800-sxm-80gb", "2023-11-16", []), ("a800-sxm-80gb", "2023-11-17", ["3A090.a"]),
        ("l40", "2023-11-17", ["3A090.b"]), ("h20", "2024-06-01", []), ("rtx-4090", "2023-11-17", ["3A090.a"]),
        ("rtx-4090-d", "2023-11-17", []), ("hbm3-6.4", "2024-12-01", []), ("hbm3-6.4", "2024-12-02", ["3A090.c"]),
        ("gddr7-32", "2025-01-01", []), ("nxe-3400c", "2023-11-17", ["3B001.f.1.a"]),
        ("nxt-1980di", "2023-11-16", []), ("nxt-1980di", "2023-11-17", ["3B001.f.1.b.2.b"]), ("nxt-1980di", "2024-12-02", ["3B993.f.1", "3B001.f.4"]),
    ],
)  # fmt: skip
def test_an_item_is_placed_as_the_list_stood_on_the_day(item, on, found):
    assert set(found) <= set(codes({"item": item}, on))
    assert [
        code for code in codes({"item": item}, on) if code.startswith(("3A090", "3B001.f", "3B993.f"))
    ] == found


@pytest.mark.parametrize(
    ("tpp", "density", "centre", "found"),
    [
        (4800.0, 0.0, False, "3A090.a"), (4799.99, 19.0, False, None), (4799.99, 5.92, True, "3A090.a"),
        (1600.0, 5.92, True, "3A090.a"), (1599.99, 5.92, True, None), (1600.0, 5.91, True, "3A090.b"),
        (1600.0, 3.2, True, "3A090.b"), (1600.0, 3.19, True, None), (2400.0, 1.6, True, "3A090.b"),
        (2400.0, 1.59, True, None), (2399.99, 1.6, True, None),
    ],
)  # fmt: skip
def test_both_bands_at_just_under_and_just_over_each_bound(tpp, density, centre, found):
    facts = {"kind": "chip", "tpp": tpp, "performance_density": density, "data_center": centre}
    frame = pl.DataFrame([{"date": dt.date(2024, 1, 1), **facts}])

    assert [c for c in codes(facts, "2024-01-01") if c.startswith("3A090")] == ([found] if found else [])
    assert classify_table(frame, ["3A090.a", "3A090.b"])["code"].to_list() == [found]


@settings(deadline=None)
@given(st.lists(st.fixed_dictionaries({
    "date": st.sampled_from([dt.date(2022, 10, 20), dt.date(2022, 10, 21), dt.date(2023, 11, 16), dt.date(2023, 11, 17), dt.date(2025, 1, 1)]),
    "tpp": st.sampled_from([None, 1599.0, 1600.0, 2400.0, 4800.0]),
    "performance_density": st.sampled_from([None, 1.6, 3.2, 5.92]),
    "interconnect_gb_s": st.sampled_from([None, 400.0, 600.0]),
    "data_center": st.sampled_from([None, True, False]),
    "kind": st.sampled_from([None, "chip", "tool"]),
}), min_size=1, max_size=12))  # fmt: skip
def test_a_table_is_placed_as_its_rows_are(rows):
    schema = {"date": pl.Date, "tpp": pl.Float64, "performance_density": pl.Float64, "interconnect_gb_s": pl.Float64,
              "data_center": pl.Boolean, "kind": pl.String}  # fmt: skip
    asked = ["3A090", "3A090.a", "3A090.b"]
    found = classify_table(pl.DataFrame(rows, schema=schema), asked)

    for row, code, open_ in zip(rows, found["code"], found["open"], strict=True):
        facts = {name: value for name, value in row.items() if name != "date" and value is not None}
        placed = {p.code: p.holds for p in classify(facts, row["date"]) if p.code in asked}
        assert code == next((name for name in asked if placed.get(name)), None)
        assert open_ == (code is None and None in placed.values())


def test_what_would_tell_is_named_where_the_place_is_open():
    [open_] = [
        p for p in classify({"kind": "chip", "tpp": 2000.0, "data_center": True}, DAY) if p.code == "3A090.b"
    ]

    assert open_.holds is None
    assert open_.missing == ("performance_density",)


def test_a_code_that_is_no_entry_is_refused():
    with pytest.raises(BadInputError, match="'9Z999' is no entry of eccn"):
        classify_table(pl.DataFrame({"date": [DAY]}), ["9Z999"])


def test_entries_and_definitions_are_sorted_sourced_and_in_the_language_of_scopes():
    for column, listed in entries().items():
        assert column in columns()
        assert list(listed) == sorted(listed)
        for entry in listed.values():
            assert [v.starts for v in entry.versions] == sorted(v.starts for v in entry.versions)
    versions = [v for listed in entries().values() for entry in listed.values() for v in entry.versions]
    for version in [*versions, *(v for d in definitions() for v in d.versions)]:
        assert version.source.startswith("http")
        assert version.citation
        for function, _, name in predicate_names(parse_predicate(version.when)):
            known = {"GROUP": load_catalog().groups, "CLASS": load_catalog().items}.get(function)
            assert known is None or name in known
    for definition in definitions():
        assert definition.column in columns()
        assert definition.same_as is None or definition.same_as in columns()


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"destinaton": "CN"}, "unknown-column"), ({"tpp": "lots"}, "wrong-type"), ({"tpp": True}, "wrong-type"),
        ({"tpp": -1}, "out-of-range"), ({"us_content_share": 25}, "out-of-range"), ({"data_center": "perhaps"}, "wrong-type"),
        ({"activity": "ship"}, "unknown-word"), ({"destination": "Atlantis"}, "unknown-country"), ({"date": "soon"}, "bad-date"),
        ({"item": 20}, "wrong-type"), ({"date": "2024-01-01"}, "other-day"),
    ],
)  # fmt: skip
def test_a_field_that_is_not_usable_names_itself_and_the_rule(row, rule):
    with pytest.raises(FieldError) as raised:
        Transaction.of(row, DAY)

    assert raised.value.rule == rule
    assert str(raised.value).startswith(next(iter(row)))


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(columns())), st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9), st.dates(), st.lists(st.integers(), max_size=1))))  # fmt: skip
def test_a_row_of_anything_is_read_or_refused_by_field(row):
    try:
        read = Transaction.of(row, DAY)
    except FieldError as error:
        assert error.field in row
    else:
        json.dumps({name: str(value) for name, value in read.facts.items()})


def test_a_family_stands_for_its_versions_where_the_law_cannot_tell_them_apart(ledger):
    bounds = bounds_of(ledger)
    h100 = item_attributes(load_catalog(), "h100", DAY, bounds)

    assert h100["tpp"] >= 4800
    assert "tpp" not in item_attributes(load_catalog(), "h100", DAY, {"tpp": (14000.0,)})
    assert item_attributes(load_catalog(), "lithography", DAY, bounds) == {"kind": "tool"}


def test_the_words_of_a_name_place_an_item_and_say_so():
    read = Transaction.of({"item": "dysprosium-magnet"}, DAY)

    assert read.facts["element"] == "Dy"
    assert read.facts["item_class"] == "magnets"
    assert any("by the words of its name" in said for said in read.assumed)
    assert read.unlisted == ("item 'dysprosium-magnet'",)
