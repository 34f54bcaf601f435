"""Customs codes: every row has a source, every item an answer or a reason, every measure codes or 'unknown, because'."""

import csv

import pytest

from tidegate import data, load_ledger
from tidegate.catalog import load_catalog
from tidegate.catalog.hs import hs_of
from tidegate.errors import NotFoundError
from tidegate.ledger.hs import hs_codes

COLUMNS = [
    "item",
    "hs",
    "nomenclature",
    "covers",
    "basket",
    "holds_also",
    "since",
    "source",
    "verified",
    "note",
]
EDITIONS = {"", "1988", "1992", "1996", "2002", "2007", "2012", "2017", "2022"}


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_of_codes_is_sorted_and_each_row_has_a_source():
    rows = table(data.CATALOG / "hs.csv")
    items = load_catalog().items

    assert list(rows[0]) == COLUMNS
    assert rows == sorted(rows, key=lambda row: (row["item"], row["hs"]))
    assert len({(row["item"], row["hs"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["item"] in items, row
        assert row["source"], row
        assert row["verified"] in ("true", "false"), row
        assert row["since"] in EDITIONS, row
        if row["hs"]:
            assert row["hs"].isdigit(), row
            assert len(row["hs"]) in ((4, 6) if row["nomenclature"] == "HS" else (8, 10)), row
            assert row["nomenclature"] in {"HS", *load_catalog().countries}, row
            assert (row["basket"] == "true") == bool(row["holds_also"]), row
            assert row["verified"] == "true" or "general knowledge" in row["source"], row
        else:
            assert row["note"], row


@pytest.mark.parametrize("name", ["areas.csv", "schedule_c.csv", "taiwan_names.csv"])
def test_tables_of_country_codes_are_sorted_with_countries_of_the_catalog(name):
    rows = table(data.TRADE / name)
    keys = [next(iter(row.values())) for row in rows]

    assert keys == sorted(keys, key=int if name == "areas.csv" else str)
    assert len(set(keys)) == len(keys)
    for row in rows:
        assert row["source"], row
        assert row["verified"] in ("true", "false"), row
        assert not row["country"] or row["country"] in load_catalog().countries, row
    if name == "areas.csv":
        assert all((row["kind"] == "country") == bool(row["country"]) for row in rows)


def test_an_answer_is_codes_or_a_reason():
    for item in load_catalog().items:
        found = hs_of(item)
        assert found.codes or (found.why or "").startswith("unknown, because "), item


def test_a_product_goes_under_the_codes_of_its_class_and_so_they_are_baskets():
    found = hs_of("nxe-3600d")

    assert {row.code for row in found.codes} == {row.code for row in hs_of("lithography").codes}
    assert all(row.is_basket for row in found.codes)
    assert found.why == "codes of lithography, of which it is one"


def test_a_class_without_rows_has_those_of_what_is_in_it():
    codes = {row.code for row in hs_of("gallium_germanium").codes}

    assert codes >= {row.code for name in ("gallium", "germanium") for row in hs_of(name).codes}


def test_software_and_what_is_under_no_code_are_unknown_with_the_reason():
    assert "download" in hs_of("eda_software").why
    assert "download" in hs_of("calibre").why
    with pytest.raises(NotFoundError, match="no item 'unobtainium'"):
        hs_of("unobtainium")


@pytest.mark.parametrize(
    ("measure", "codes"),
    [
        ("cn-2023-12-01-graphite", {"250410", "380110", "380190"}),
        ("nl-2023-09-01-duv", {"848620", "848690"}),
        ("us-2024-12-02-hbm", {"854232"}),
        ("us-2025-04-09-h20-is-informed-letter", {"847150", "847180", "847330", "854231"}),
        ("cn-2025-04-04-seven-rare-earths", {"280530", "284690", "850511"}),
    ],
)
def test_a_measure_touches_the_codes_of_the_items_it_names(measure, codes):
    found = hs_codes(load_ledger()[measure])

    assert set(found.hs) == codes
    assert all(one.reason.startswith(("the record names", "the scope names", "of ")) for one in found.codes)


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        ("us-2025-05-23-eda-letters", "its scope holds of no shipment of goods"),
        ("us-2022-10-07-us-persons", "it binds what persons do"),
        ("nl-2024-09-10-parts-and-updates", "it binds service"),
        ("us-2019-05-16-huawei-entity-listing", "customs statistics name none"),
        ("cn-2023-12-21-rare-earth-technology", "its scope holds of no shipment of goods"),
        ("cn-2025-10-09-ann-62", "its scope holds of no shipment of goods"),
        ("us-1996-03-25-embargoed-places", "it covers every good"),
        ("us-2024-12-02-hbm-exception", "it lifts other measures"),
    ],
)
def test_a_measure_without_a_customs_code_says_why(measure, reason):
    found = hs_codes(load_ledger()[measure])

    assert found.hs == ()
    assert all("unknown, because " in line for line in found.unknown)
    assert any(reason in line for line in found.unknown)


def test_every_measure_has_codes_or_a_reason_and_becomes_a_table():
    for measure in load_ledger():
        found = hs_codes(measure)
        assert found.codes or found.unknown, measure.id
        assert found.table().to_dict()["measure"] == measure.id
        assert found.to_text().startswith(measure.id)


def test_a_part_of_a_measure_that_has_no_code_is_told_beside_the_codes():
    found = hs_codes(load_ledger()["us-2024-09-06-iec-rule"])

    assert "848620" in found.hs
    assert any(line.startswith("quantum_computers: unknown, because ") for line in found.unknown)


def test_the_day_decides_which_scope_counts():
    measure = load_ledger()["us-2025-05-23-eda-letters"]

    assert hs_codes(measure, "2025-06-01").unknown == hs_codes(measure).unknown
