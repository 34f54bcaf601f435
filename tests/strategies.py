"""Generated transactions, scopes and small ledgers, shared by the tests of the engines."""

import datetime as dt

import msgspec
from hypothesis import strategies as st

from tidegate.ledger import Ledger
from tidegate.ledger.model import Measure
from tidegate.ledger.predicate import columns

DAYS = [dt.date(2023, 11, 16) + dt.timedelta(days=n) for n in range(0, 900, 37)]

CONSTANTS = {
    "activity": ["export", "reexport", "servicing"],
    "exporter_country": ["US", "NL", "CN"],
    "destination": ["CN", "JP", "VN", "HK"],
    "end_user": ["huawei", "smic", "somebody else"],
    "end_user_headquarters": ["CN", "US"],
    "item": ["h20", "nxt-1980di", "design-compiler"],
    "eccn": ["3A090", "3A090.a", "3B001.f.1", "EAR99"],
    "kind": ["chip", "tool"],
    "tpp": [1600.0, 2400.0, 4800.0],
    "performance_density": [3.2, 5.92],
    "us_content_share": [0.1, 0.25],
    "data_center": [True, False],
    "us_technology": [True, False],
    "end_user_military": [True, False],
    "facility_advanced_node": [True, False],
    "end_user_us_listed": [True, False],
    "exporter_headquarters": ["CN", "NL"],
}
"""Columns of the generated scopes, with constants on both sides of which values are drawn."""


def _near(column, value):
    if isinstance(value, float):
        return st.sampled_from([value, value * 0.99, value * 1.01])
    return st.just(value)


@st.composite
def transactions(draw, day=None):
    """Facts of which any may be missing; numbers lie at, just under and just over the constants."""
    row = {"date": day or draw(st.sampled_from(DAYS))}
    for column, values in CONSTANTS.items():
        if draw(st.booleans()):
            row[column] = draw(st.sampled_from(values).flatmap(lambda value, c=column: _near(c, value)))
    return row


def _literal(value):
    return f"{value}" if isinstance(value, float) else f"'{value}'"


@st.composite
def atoms(draw):
    column = draw(st.sampled_from(sorted(CONSTANTS)))
    kind, values = columns()[column].type, CONSTANTS[column]
    if draw(st.integers(0, 9)) == 0:
        return f"{column} IS {draw(st.sampled_from(['', 'NOT ']))}NULL"
    if kind == "flag":
        return draw(st.sampled_from([column, f"{column} IS TRUE", f"{column} IS NOT FALSE"]))
    if kind == "number":
        return (
            f"{column} {draw(st.sampled_from(['<', '<=', '>', '>=', '=']))} {draw(st.sampled_from(values))}"
        )
    if column == "eccn":
        return f"eccn IN CODES('{draw(st.sampled_from(values[:3]))}')"
    if column == "item":
        return f"item IN CLASS('{draw(st.sampled_from(['ai_chips', 'lithography', 'eda_software']))}')"
    if column in ("destination", "end_user_headquarters", "exporter_headquarters") and draw(st.booleans()):
        return (
            f"{column} IN GROUP('{draw(st.sampled_from(['us:d5_macau', 'us:D:1', 'us:A:5', 'us:china']))}')"
        )
    chosen = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
    return f"{column} IN ({', '.join(map(_literal, chosen))})"


def scopes():
    """Predicates of any shape over those columns."""
    return st.recursive(
        atoms(),
        lambda inner: st.one_of(
            st.builds("({} AND {})".format, inner, inner),
            st.builds("({} OR {})".format, inner, inner),
            st.builds("NOT ({})".format, inner),
        ),
        max_leaves=6,
    )


@st.composite
def ledgers(draw, least=1, most=7):
    """Small ledgers in which measures come, go, lift each other and judge by conditions."""
    number = draw(st.integers(least, most))
    measures = []
    for index in range(number):
        government = draw(st.sampled_from(["US", "NL", "CN"]))
        effect = draw(
            st.sampled_from(["require", "require", "require", "except", "prohibit", "notify", "discourage"])
        )
        starts = draw(st.sampled_from(DAYS[:12]))
        history = [{"on": starts.isoformat(), "stage": "in_force", "note": "made up", "source": "note: test"}]
        if draw(st.booleans()):
            ends = draw(st.sampled_from([day for day in DAYS if day > starts]))
            history.append(
                {"on": ends.isoformat(), "stage": "lifted", "note": "made up", "source": "note: test"}
            )
        record = {
            "id": f"{government.lower()}-{index}", "title": f"Measure {index}", "jurisdiction": government,
            "authority": "nobody", "instrument": "general", "legal_form": "made up", "effect": effect,
            "when": draw(scopes()), "history": history,
        }  # fmt: skip
        if draw(st.booleans()):
            later = draw(st.sampled_from(DAYS[6:]))
            record["when"] = {DAYS[0].isoformat(): record["when"], later.isoformat(): draw(scopes())}
        if effect == "require":
            record["licence_policy"] = draw(
                st.sampled_from(["case_by_case", "presumption_of_denial", "not_stated"])
            )
            if draw(st.booleans()):
                record["reviews"] = [{"policy": "presumption_of_approval", "when": draw(scopes())}]
        if effect == "except":
            record["exception"] = draw(st.sampled_from(["NAC", "VEU"]))
        if measures and effect in ("require", "except"):
            record["lifts"] = draw(
                st.lists(st.sampled_from([m["id"] for m in measures]), max_size=3, unique=True)
            )
        measures.append(record)
    return Ledger(tuple(msgspec.convert(record, Measure) for record in measures), read_to=None)
