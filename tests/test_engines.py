"""The row engine, the SQL statement and the table engine agree on every row, NULLs included."""

import datetime as dt

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from strategies import CONSTANTS, DAYS, ledgers, scopes, transactions
from tidegate.ledger.predicate import columns
from tidegate.licensing.decide import Decider
from tidegate.licensing.facts import complete
from tidegate.licensing.logic import evaluate
from tidegate.licensing.scope import DAY, Days, expand
from tidegate.licensing.settled import Settled
from tidegate.licensing.sql import Statement
from tidegate.licensing.table import decide_table
from tidegate.licensing.tosql import narrow, to_sql

TYPES = {"text": "VARCHAR", "number": "DOUBLE", "flag": "BOOLEAN", "date": "DATE"}
NAMES = sorted({*CONSTANTS, "date"})
SPAN = Days(DAYS[0], DAYS[-1] + DAY)


def common(examples):
    """Settings: no deadline, since the first example starts an engine; and no shrinking, which runs it for minutes."""
    return settings(
        deadline=None, suppress_health_check=list(HealthCheck),
        max_examples=examples, phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )  # fmt: skip


def engine(rows, names=NAMES):
    connection = duckdb.connect()
    listed = ", ".join(f"{name} {TYPES[columns()[name].type]}" for name in names)
    connection.execute(f"CREATE TABLE transactions (row_id BIGINT, {listed})")
    for index, row in enumerate(rows):
        marks = ", ".join("?" for _ in range(len(names) + 1))
        connection.execute(
            f"INSERT INTO transactions VALUES ({marks})", [index, *(row.get(n) for n in names)]
        )
    return connection


def answers_by_row(ledger, rows):
    deciders = {}
    for row in rows:
        decider = deciders.setdefault(row["date"], Decider(ledger.on(row["date"])))
        yield decider(complete(row))


def same(decision, answer):
    for code, own in decision.by_government.items():
        name = code.lower()
        if f"{name}_outcome" not in answer:
            continue
        assert answer[f"{name}_outcome"] == own.label, (code, own)
        assert answer[f"{name}_review"] == (own.review.value if own.review else None), (code, own)
        listed = {part for part in (answer[f"{name}_measures"] or "").split(";") if part}
        assert listed == set(own.measures), (code, own)
    assert answer["outcome"] == decision.outcome.value


@common(150)
@given(scopes(), st.lists(transactions(), min_size=1, max_size=8))
def test_a_scope_comes_out_the_same_row_by_row_and_in_sql(text, rows):
    tree = expand(text, SPAN)
    found = (
        engine(rows)
        .execute(f"SELECT {to_sql(narrow(tree, frozenset(NAMES)))} FROM transactions ORDER BY row_id")
        .fetchall()
    )

    assert [value for (value,) in found] == [evaluate(tree, row) for row in rows]


@common(100)
@given(scopes(), transactions())
def test_a_scope_of_one_day_is_that_of_a_stretch_of_days_on_that_day(text, row):
    assert evaluate(expand(text, Days.of(row["date"])), row) == evaluate(expand(text, SPAN), row)


@common(200)
@given(scopes(), st.lists(transactions(), min_size=1, max_size=6))
def test_what_every_row_agrees_on_can_be_put_in(text, rows):
    values = {name: frozenset(row.get(name) for row in rows) for name in CONSTANTS}
    tree = expand(text, SPAN)
    settled = Settled(values)(tree)

    assert [evaluate(settled, row) for row in rows] == [evaluate(tree, row) for row in rows]


@common(40)
@given(ledgers(), st.lists(transactions(), min_size=4, max_size=12))
def test_the_statement_decides_as_the_row_engine_does(ledger, rows):
    connection = engine(rows)
    connection.execute("PRAGMA disable_optimizer")
    statement = Statement(ledger, SPAN, frozenset(NAMES), key=("row_id",))
    found = connection.execute(statement.sql())
    names = [column[0] for column in found.description]
    answers = {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}

    for index, decision in enumerate(answers_by_row(ledger, rows)):
        same(decision, answers[index])


@common(15)
@given(ledgers(least=3), st.lists(transactions(), min_size=6, max_size=25))
def test_a_table_is_decided_as_its_rows_are(ledger, rows):
    frame = pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in NAMES},
        schema={
            name: {"text": pl.String, "number": pl.Float64, "flag": pl.Boolean, "date": pl.Date}[
                columns()[name].type
            ]
            for name in NAMES
        },
    )
    answers = decide_table(frame, ledger, ranges=True).to_polars().to_dicts()

    assert [answer["error"] for answer in answers] == [None] * len(rows)
    for decision, answer in zip(answers_by_row(ledger, rows), answers, strict=True):
        same(decision, answer)
        for code, own in decision.by_government.items():
            if (name := code.lower()) + "_at_least" in answer:
                ends = (answer[f"{name}_at_least"], answer[f"{name}_at_most"])
                assert ends == (own.at_least.value, own.at_most.value)


@common(60)
@given(ledgers(most=5), transactions(day=DAYS[10]), st.data())
def test_adding_a_prohibition_never_loosens_an_answer(ledger, row, data):
    import msgspec

    from tidegate.ledger.model import Measure
    from tidegate.licensing.verdict import Outcome

    order = {outcome: level for level, outcome in enumerate(Outcome)}
    more = ledger.adding([msgspec.convert({
        "id": "us-ban", "title": "Ban", "jurisdiction": "US", "authority": "nobody", "instrument": "general",
        "legal_form": "made up", "effect": "prohibit", "when": data.draw(scopes()),
        "history": [{"on": "2023-01-01", "stage": "in_force", "note": "made up", "source": "note: test"}],
    }, Measure)])  # fmt: skip

    before, after = (Decider(one.on(row["date"]))(complete(row))["US"] for one in (ledger, more))

    assert order[after.at_least] >= order[before.at_least]
    assert order[after.at_most] >= order[before.at_most]


@common(60)
@given(ledgers(), transactions(day=DAYS[8]), st.data())
def test_learning_a_fact_never_contradicts_a_settled_answer(ledger, row, data):
    """What a settled answer rests on is not overturned by a fact on which the law does not act only when told."""
    missing = [name for name in CONSTANTS if name not in row and not columns()[name].acts_when_known]
    missing = [name for name in missing if name not in ("item", "end_user", "eccn", "kind")]
    decider = Decider(ledger.on(row["date"]))
    before = decider(complete(row))
    if not missing or any(
        "IS NULL" in str(m.when)
        or "IS NOT" in str(m.when)
        or "IS TRUE" in str(m.when)
        or "IS NULL" in str(m.reviews)
        or "IS NOT" in str(m.reviews)
        for m in ledger
    ):
        return  # a scope that asks whether a fact is given may turn on learning it
    name = data.draw(st.sampled_from(missing))
    after = decider(complete({**row, name: data.draw(st.sampled_from(CONSTANTS[name]))}))

    for code, own in before.by_government.items():
        if own.outcome.value not in ("unknown", "none", "not_subject") and own.at_least == own.at_most:
            assert after[code].outcome in (own.outcome,), (code, name)


def test_the_shipped_ledger_is_decided_alike_on_a_thousand_rows(ledger):
    """The whole ledger over rows drawn from its own constants and change days."""
    import random

    rnd = random.Random(7)
    days = sorted(
        {span.starts for parts in ledger.histories().values() for h in parts.values() for span in h.spans}
    )
    days = [day for day in days if dt.date(2018, 1, 1) <= day < dt.date(2027, 6, 1)]
    rows = []
    for _ in range(400):
        day = rnd.choice(days) - dt.timedelta(days=rnd.choice([0, 1]))
        row = {"date": day}
        for column, values in {
            **CONSTANTS,
            "origin": ["US", "CN", "NL", "TW"],
            "item": [
                "h20",
                "h100-sxm",
                "nxt-1980di",
                "nxt-2000i",
                "dysprosium",
                "design-compiler",
                "rtx-4090",
                "tactras-etch",
            ],
        }.items():
            if rnd.random() < 0.7:
                row[column] = rnd.choice(values)
        rows.append(row)
    names = sorted({name for row in rows for name in row})
    frame = pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, schema={
        name: {"text": pl.String, "number": pl.Float64, "flag": pl.Boolean, "date": pl.Date}[columns()[name].type] for name in names})  # fmt: skip

    answers = decide_table(frame, ledger).to_polars().to_dicts()

    for decision, answer in zip(answers_by_row(ledger, rows), answers, strict=True):
        same(decision, answer)


@pytest.mark.parametrize("dialect", ["spark", "bigquery", "snowflake", "trino", "postgres"])
def test_the_statement_is_written_for_other_engines(ledger, dialect):
    from tidegate.licensing.tosql import translate

    text = Statement(
        ledger, Days.of(dt.date(2025, 5, 1)), frozenset(("date", "item", "destination", "activity"))
    ).sql()

    assert "us_outcome" in translate(text, dialect)
