"""The country chart beside the ledger, from files of the user."""

import datetime as dt

import pytest

from tidegate.licensing import Decider, Outcome
from tidegate.licensing.chart import CHART, load_chart

EXPORT = {"activity": "export", "exporter_country": "US", "origin": "US", "end_user": "somebody",
          "end_user_us_listed": False, "us_listed_owner_share": 0.0, "end_user_headquarters": "MY", "kind": "tool"}  # fmt: skip


@pytest.fixture(scope="module")
def chart(shared):
    return load_chart(
        [shared / "data" / "us" / name for name in ("ccl.json", "country-chart.json", "country-groups.json")]
    )


@pytest.mark.parametrize(
    ("eccn", "to", "outcome"),
    [
        ("3B001.c.1.a", "MY", Outcome.LICENCE_REQUIRED), ("3B001.c.2", "MY", Outcome.NONE),
        ("3A001.a.1", "CN", Outcome.LICENCE_REQUIRED), ("3A991", "MY", Outcome.NONE), ("EAR99", "MY", Outcome.NONE),
    ],
)  # fmt: skip
def test_an_eccn_is_asked_of_the_chart(ledger, chart, eccn, to, outcome):
    decider = Decider(ledger.on("2026-07-23"), chart)
    answer = decider(
        {**EXPORT, "eccn": eccn, "destination": to, "kind": "tool" if eccn[1:2] == "B" else "chip"}
    )["US"]

    assert answer.outcome is outcome


def test_the_vintage_of_the_file_is_shown_with_the_reasons(ledger, chart):
    decision = Decider(ledger.on("2026-07-23"), chart)(
        {**EXPORT, "eccn": "3A001.a.1", "destination": "CN", "kind": "chip"}
    )
    [finding] = [f for f in decision["US"].findings if f.provision.id == CHART]

    assert "2026-07-23" in finding.row()["title"]
    assert "NS" in finding.entry.note
    assert not any(said.startswith("US:") for said in decision.not_covered)


def test_without_the_files_it_says_what_is_not_covered(ledger):
    decision = Decider(ledger.on("2026-07-23"))(
        {**EXPORT, "eccn": "3A991", "destination": "MY", "kind": "chip"}
    )

    assert decision["US"].outcome is Outcome.NONE
    assert any("--ccl" in said for said in decision.not_covered)
    assert decision.on == dt.date(2026, 7, 23)
