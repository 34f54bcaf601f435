"""Scopes as SQL: every shipped one runs in an engine, and three-valued logic holds."""

import datetime as dt

import duckdb
import pytest
from sqlglot import exp

from tidegate.catalog import load_catalog
from tidegate.ledger.predicate import PredicateError, columns, parse_predicate, predicate_names

TYPES = {"text": "VARCHAR", "number": "DOUBLE", "flag": "BOOLEAN", "date": "DATE"}
CATALOG = load_catalog()


@pytest.fixture(scope="module")
def engine():
    connection = duckdb.connect()
    names = ", ".join(f'"{column.name}" {TYPES[column.type]}' for column in columns().values())
    connection.execute(f"CREATE TABLE deals ({names})")
    connection.execute("INSERT INTO deals DEFAULT VALUES")
    return connection


def in_sql(text, on=dt.date(2025, 6, 1)):
    """Write the functions of a scope out as lists, as an engine needs them."""

    def spell_out(node):
        field = node.args.get("field") if isinstance(node, exp.In) else None
        if not isinstance(field, exp.Anonymous):
            return node
        function, names = str(field.this).upper(), [argument.name for argument in field.expressions]
        if function == "CODES":
            tests = [f"{node.this.name} = '{n}' OR {node.this.name} LIKE '{n}.%'" for n in names]
            return parse_predicate_sql(f"({' OR '.join(tests)})")
        members = set()
        for name in names:
            members |= CATALOG.members(name, on) if function == "GROUP" else CATALOG.items_in(name)
        return exp.In(this=node.this, expressions=[exp.Literal.string(member) for member in sorted(members)])

    return parse_predicate(text).copy().transform(spell_out).sql(dialect="duckdb")


def parse_predicate_sql(text):
    import sqlglot

    return sqlglot.parse_one(text, dialect="duckdb")


def scopes(ledger):
    for measure in ledger:
        for part in (measure, *measure.limbs):
            for text in (
                part.when.values() if isinstance(part.when, dict) else [part.when] if part.when else []
            ):
                yield measure.id, text


def decide(engine, text, **facts):
    """Return what an engine says of a scope for one deal: True, False or None (unknown)."""
    named = ", ".join(f"? AS {name}" for name in facts)
    rest = ", ".join(f"NULL::{TYPES[c.type]} AS {c.name}" for c in columns().values() if c.name not in facts)
    query = f"SELECT ({in_sql(text)}) FROM (SELECT {named}{', ' if named else ''}{rest})"
    return engine.execute(query, list(facts.values())).fetchone()[0]


def test_every_shipped_scope_runs_in_an_engine(engine, ledger):
    ran = 0
    for measure_id, text in scopes(ledger):
        result = engine.execute(f"SELECT ({in_sql(text)}) FROM deals").fetchone()[0]
        # Of a deal of which nothing is known no scope may claim to hold.
        assert result is not True, measure_id
        ran += 1

    assert ran > 150


def test_a_deal_that_is_covered_is_covered_and_a_missing_fact_is_unknown(engine, ledger):
    scope = ledger["us-2022-10-07-advanced-computing"].scope_on(dt.date(2022, 11, 1))
    a100 = {"activity": "export", "subject_to_ear": True, "destination": "CN", "kind": "chip"}

    assert decide(engine, scope, **a100, tpp=4992, interconnect_gb_s=600) is True
    assert decide(engine, scope, **a100, tpp=4799, interconnect_gb_s=600) is False
    assert decide(engine, scope, **a100, tpp=4800, interconnect_gb_s=599) is False
    assert decide(engine, scope, **a100, tpp=4800) is None
    assert decide(engine, scope, **a100, tpp=100) is False
    assert decide(engine, scope, **{**a100, "destination": "NL"}) is False


@pytest.mark.parametrize(
    ("measure", "facts", "result"),
    [
        (
            "us-2023-10-17-advanced-computing",
            {"tpp": 2368, "performance_density": 2.91, "data_center": True},
            False,
        ),
        (
            "us-2023-10-17-advanced-computing",
            {"tpp": 2400, "performance_density": 1.6, "data_center": True},
            True,
        ),
        (
            "us-2023-10-17-advanced-computing",
            {"tpp": 2399, "performance_density": 1.6, "data_center": True},
            False,
        ),
        (
            "us-2023-10-17-advanced-computing",
            {"tpp": 1600, "performance_density": 3.2, "data_center": True},
            True,
        ),
        (
            "us-2023-10-17-advanced-computing",
            {"tpp": 1599, "performance_density": 9, "data_center": True},
            False,
        ),
        (
            "us-2023-10-17-advanced-computing",
            {"tpp": 4799, "performance_density": 9, "data_center": False},
            False,
        ),
        (
            "us-2023-10-17-advanced-computing",
            {"tpp": 4800, "performance_density": 1, "data_center": False},
            True,
        ),
        ("us-2023-10-17-advanced-computing", {"tpp": 4800}, True),
        ("us-2023-10-17-advanced-computing", {"tpp": 2400, "performance_density": 1.6}, None),
    ],
)
def test_the_bands_of_october_2023(engine, ledger, measure, facts, result):
    scope = ledger[measure].scope_on(dt.date(2023, 12, 1))
    base = {"activity": "export", "subject_to_ear": True, "destination": "CN", "kind": "chip"}

    assert decide(engine, scope, **base, **facts) is result


@pytest.mark.parametrize(
    ("measure", "dco", "result"),
    [("nl-2023-09-01-duv", 1.5, True), ("nl-2023-09-01-duv", 1.51, False), ("nl-2024-09-07-nxt1970i-1980i", 1.5, False),
     ("nl-2024-09-07-nxt1970i-1980i", 1.51, True), ("nl-2024-09-07-nxt1970i-1980i", 2.4, True),
     ("nl-2024-09-07-nxt1970i-1980i", 2.41, False)],
)  # fmt: skip
def test_the_two_dutch_bands_meet_and_do_not_overlap(engine, ledger, measure, dco, result):
    facts = {"activity": "export", "exporter_country": "NL", "destination": "CN", "item": "nxt-2000i",
             "wavelength_nm": 193, "resolution_nm": 38, "dco_nm": dco}  # fmt: skip

    assert decide(engine, ledger[measure].when, **facts) is result
    assert decide(engine, ledger[measure].when, **{**facts, "destination": "DE"}) is False


def test_codes_reach_paragraphs_and_not_neighbours(engine):
    scope = "eccn IN CODES('3B001.f', '3A090')"

    assert decide(engine, scope, eccn="3B001.f.1.b") is True
    assert decide(engine, scope, eccn="3A090.a") is True
    assert decide(engine, scope, eccn="3B001") is False
    assert decide(engine, scope, eccn="3A0901") is False


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
    assert "'MO'" not in ledger[measure].scope_on(dt.date(2023, 1, 16))
    assert "'MO'" in ledger[measure].scope_on(dt.date(2023, 1, 17))
