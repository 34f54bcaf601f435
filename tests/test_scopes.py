"""Scopes as SQL: every shipped one expands and runs, and three-valued logic holds."""

import datetime as dt

import duckdb
import pytest

from tidegate.ledger.predicate import PredicateError, columns, parse_predicate, predicate_names
from tidegate.licensing.logic import evaluate
from tidegate.licensing.scope import DAY, Days, _changes_of, _expanded, expand
from tidegate.licensing.tosql import to_sql

TYPES = {"text": "VARCHAR", "number": "DOUBLE", "flag": "BOOLEAN", "date": "DATE"}
ALL_DAYS = Days(dt.date(2018, 1, 1), dt.date(2027, 1, 1))


@pytest.fixture(scope="module")
def engine():
    connection = duckdb.connect()
    names = ", ".join(f'"{column.name}" {TYPES[column.type]}' for column in columns().values())
    connection.execute(f"CREATE TABLE deals ({names})")
    connection.execute("INSERT INTO deals DEFAULT VALUES")
    return connection


def scopes(ledger):
    for measure in ledger:
        for part in (measure, *measure.limbs):
            for scope in (part.when, *(review.when for review in part.reviews)):
                for text in scope.values() if isinstance(scope, dict) else [scope] if scope else []:
                    yield measure.id, text


def decide(text, on="2023-12-01", **facts):
    """Return what a scope says of one deal: True, False or None (unknown)."""
    day = dt.date.fromisoformat(on)
    return evaluate(expand(text, Days.of(day)), {"date": day, **facts})


def test_every_shipped_scope_runs_in_an_engine(engine, ledger):
    ran = 0
    for measure_id, text in scopes(ledger):
        tree = expand(text, ALL_DAYS)
        result = engine.execute(f"SELECT {to_sql(tree)} FROM deals").fetchone()[0]

        assert result is evaluate(tree, {}), measure_id
        ran += 1

    assert ran > 200


def test_no_measure_claims_to_hold_of_a_deal_of_which_nothing_is_known(ledger):
    for measure in ledger:
        for text in (measure.when or {}).values() if isinstance(measure.when, dict) else [measure.when]:
            if text:
                assert evaluate(expand(text, ALL_DAYS), {"date": dt.date(2025, 6, 1)}) is not True, measure.id


def test_a_deal_that_is_covered_is_covered_and_a_missing_fact_is_unknown(ledger):
    scope = ledger["us-2022-10-07-advanced-computing"].scope_on(dt.date(2022, 11, 1))
    a100 = {
        "activity": "export",
        "subject_to_ear": True,
        "destination": "CN",
        "kind": "chip",
        "on": "2022-11-01",
    }

    assert decide(scope, **a100, tpp=4992.0, interconnect_gb_s=600.0) is True
    assert decide(scope, **a100, tpp=4799.0, interconnect_gb_s=600.0) is False
    assert decide(scope, **a100, tpp=4800.0, interconnect_gb_s=599.0) is False
    assert decide(scope, **a100, tpp=4800.0) is None
    assert decide(scope, **a100, tpp=100.0) is False
    assert decide(scope, **{**a100, "destination": "NL"}) is False


@pytest.mark.parametrize(
    ("facts", "result"),
    [
        ({"tpp": 2368.0, "performance_density": 2.91, "data_center": True}, False),
        ({"tpp": 2400.0, "performance_density": 1.6, "data_center": True}, True),
        ({"tpp": 2399.0, "performance_density": 1.6, "data_center": True}, False),
        ({"tpp": 2400.0, "performance_density": 1.59, "data_center": True}, False),
        ({"tpp": 1600.0, "performance_density": 3.2, "data_center": True}, True),
        ({"tpp": 1600.0, "performance_density": 3.19, "data_center": True}, False),
        ({"tpp": 1600.0, "performance_density": 5.92, "data_center": True}, True),
        ({"tpp": 1599.0, "performance_density": 9.0, "data_center": True}, False),
        ({"tpp": 4799.0, "performance_density": 9.0, "data_center": False}, False),
        ({"tpp": 4800.0, "performance_density": 1.0, "data_center": False}, True),
        ({"tpp": 4800.0}, True),
        ({"tpp": 2400.0, "performance_density": 1.6}, None),
    ],
)
def test_the_bands_of_october_2023(ledger, facts, result):
    """88 FR 73458: band a and band b, with note 2 on circuits that are not for data centres."""
    scope = ledger["us-2023-10-17-advanced-computing"].scope_on(dt.date(2023, 12, 1))
    base = {"activity": "export", "subject_to_ear": True, "destination": "CN", "kind": "chip"}

    assert decide(scope, **base, **facts) is result


@pytest.mark.parametrize(
    ("measure", "dco", "result"),
    [("nl-2023-09-01-duv", 1.5, True), ("nl-2023-09-01-duv", 1.51, False), ("nl-2024-09-07-nxt1970i-1980i", 1.5, False),
     ("nl-2024-09-07-nxt1970i-1980i", 1.51, True), ("nl-2024-09-07-nxt1970i-1980i", 2.4, True),
     ("nl-2024-09-07-nxt1970i-1980i", 2.41, False)],
)  # fmt: skip
def test_the_two_dutch_bands_meet_and_do_not_overlap(ledger, measure, dco, result):
    facts = {"activity": "export", "exporter_country": "NL", "destination": "CN", "item": "nxt-2000i",
             "kind": "tool", "wavelength_nm": 193.0, "resolution_nm": 38.0, "dco_nm": dco}  # fmt: skip

    assert decide(ledger[measure].when, **facts) is result
    assert decide(ledger[measure].when, **{**facts, "destination": "DE"}) is False


@pytest.mark.parametrize(
    ("given", "result"),
    [("3B001.f.1.b", True), ("3B001.f", True), ("3A090.a", True), ("EAR99", False), ("3A0901", False), ("3B001.c", False)],
)  # fmt: skip
def test_codes_reach_paragraphs_and_not_neighbours(given, result):
    assert decide("eccn IN CODES('3B001.f', '3A090')", eccn=given) is result


def test_a_number_above_the_paragraph_asked_for_leaves_it_to_the_parameters():
    assert decide("eccn IN CODES('3A090.a')", eccn="3A090", kind="chip") is None
    assert decide("eccn IN CODES('3A090.a')", eccn="3A090", kind="chip", tpp=5000.0) is True
    assert decide("eccn IN CODES('3A090.a')", eccn="3A090", kind="chip", tpp=1000.0) is False


def test_an_item_given_as_a_class_stands_for_an_unknown_member_of_it():
    assert decide("item IN CLASS('euv')", item="nxe-3400c") is True
    assert decide("item IN CLASS('euv')", item="nxt-2000i") is False
    assert decide("item IN CLASS('euv')", item="lithography") is None
    assert decide("item IN CLASS('lithography')", item="euv") is True


def test_an_item_outside_the_catalog_is_placed_by_its_class_or_kind():
    assert decide("item IN CLASS('lithography')", item_class="euv") is True
    assert decide("item IN CLASS('lithography')", kind="tool") is None
    assert decide("item IN CLASS('lithography')", kind="chip") is False
    assert decide("item IN CLASS('chips')", kind="chip") is True


def test_the_law_acts_on_some_facts_only_when_they_are_known():
    assert decide("end_user_military") is False
    assert decide("NOT end_user_military") is True
    assert decide("end_user_military", end_user_military=True) is True
    assert decide("data_center") is None


def test_groups_are_taken_as_they_stood_on_the_day():
    assert decide("destination IN GROUP('us:D:5')", on="2026-02-03", destination="KH") is True
    assert decide("destination IN GROUP('us:D:5')", on="2026-02-04", destination="KH") is False
    within = expand("destination IN GROUP('us:D:5')", ALL_DAYS)
    for day in (dt.date(2021, 12, 8), dt.date(2021, 12, 9), dt.date(2026, 2, 3), dt.date(2026, 2, 4)):
        facts = {"destination": "KH", "date": day}
        assert evaluate(within, facts) is evaluate(
            expand("destination IN GROUP('us:D:5')", Days(day, day + DAY)), facts
        )


def test_a_scope_kept_from_one_day_is_what_it_would_be_if_written_out_on_another(ledger):
    """Between the changes of what it names a scope is kept; on the day of each, and beside it, it is written anew."""
    afresh = _expanded.__wrapped__
    texts = sorted({text for _, text in scopes(ledger)})
    moved = 0
    for number, text in enumerate(texts):
        changes = sorted(_changes_of(text))[number % 3 :: 3]
        spread = dt.date(2018, 1, 1) + dt.timedelta(days=37 * number % 3200)
        for day in {spread, *(day + step for day in changes for step in (-DAY, 0 * DAY, DAY))}:
            assert expand(text, Days.of(day)) == afresh(text, Days.of(day)), (text, day)
        moved += bool(changes)
    assert moved > 20


def test_names_of_a_scope_are_read_off_its_tree():
    tree = parse_predicate("destination IN GROUP('us:D:5') AND NOT item IN CLASS('euv', 'duv')")

    assert set(predicate_names(tree)) == {
        ("GROUP", "destination", "us:D:5"), ("CLASS", "item", "euv"), ("CLASS", "item", "duv"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["SELECT 1", "tpp > (SELECT 1)", "tpp > tpp", "1 = 1", "lower(item) = 'x'", "TRUE", "item LIKE '%x'", "tpp > 1; DROP TABLE deals", ""],
)  # fmt: skip
def test_what_is_no_comparison_of_columns_is_refused(text):
    with pytest.raises(PredicateError):
        parse_predicate(text)


@pytest.mark.parametrize(
    "measure",
    ["us-2022-10-07-advanced-computing", "us-2022-10-07-advanced-computing-fdp", "us-2022-10-07-fab-end-use",
     "us-2022-10-07-supercomputer-end-use", "us-2022-10-07-us-persons"],
)  # fmt: skip
def test_macau_stands_beside_china_from_17_january_2023(ledger, measure):
    """88 FR 2821, effective 17 January 2023."""
    record = ledger[measure]
    limb = record.limbs[0].limb if record.limbs else None

    assert "'MO'" not in record.scope_on(dt.date(2023, 1, 16), limb)
    assert "'MO'" in record.scope_on(dt.date(2023, 1, 17), limb)
