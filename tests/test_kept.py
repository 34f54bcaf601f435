"""What was worked out once stands for all days, ledgers and runs of the program on which it is the same: never longer."""

import datetime as dt
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tidegate import kept
from tidegate.kept import digest, keeping, known, learn
from tidegate.ledger import Ledger
from tidegate.ledger.scenario import apply_scenario
from tidegate.licensing import Decider
from tidegate.supply.calibration import load_calibration
from tidegate.supply.course import Course, differing
from tidegate.supply.decisions import decide_lots, policy_of
from tidegate.supply.law import Law, plain_facts
from tidegate.supply.lots import lots_of

SCENARIOS = Path(__file__).parents[1] / "examples" / "scenarios"
DAYS = [dt.date(2022, 5, 15), dt.date(2024, 12, 15), dt.date(2025, 6, 15), dt.date(2025, 9, 15)]


@pytest.fixture(autouse=True)
def _nothing_kept():
    kept._MEMORY.clear()
    yield
    kept._MEMORY.clear()


@pytest.fixture(scope="module")
def calibration():
    return load_calibration()


@pytest.fixture(scope="module")
def lots(calibration):
    """Every twelfth lot, servicing among them."""
    return lots_of(calibration)[3::12]


@pytest.fixture(scope="module")
def what_if(ledger):
    return apply_scenario(ledger, SCENARIOS / "allies-match-servicing.yaml")


def asked_alone(lot, regime):
    """How the engine that explains itself row by row holds a lot: an answer that shares nothing with any other."""
    (facts,) = lot.transactions(regime.on)
    answer = Decider(regime)({name: value for name, value in facts.items() if name != "date"})
    restricted = ("licence_required", "prohibited", "discouraged", "quota")
    return {
        name: (policy_of(str(own.outcome), str(own.review) if own.review else None), own.measures)
        for name, own in answer.by_government.items()
        if own.outcome in restricted
    }


@pytest.mark.parametrize("law", ["record", "scenario"])
def test_lots_of_all_days_together_are_held_as_each_is_by_itself(ledger, what_if, lots, law):
    # The record first, so that the scenario meets its answers.
    decide_lots(lots, ledger, DAYS)
    under = ledger if law == "record" else what_if
    some = {place: lot for place, lot in enumerate(lots) if len(lot.variants) < 2}
    held = decide_lots(lots, under, DAYS)

    for day in DAYS:
        regime = under.on(day)
        for place, lot in some.items():
            alone = asked_alone(lot, regime)
            assert {hold.government: hold.policy for hold in held[place, day].holds} == {
                name: policy for name, (policy, _) in alone.items()
            }, f"{lot.good} {lot.part} on {day}"


def test_a_scenario_asks_only_about_the_lots_that_its_edits_could_hold(ledger, what_if, lots, monkeypatch):
    from tidegate.supply import decisions

    asked = []
    whole = decisions._decide_cells
    monkeypatch.setattr(
        decisions,
        "_decide_cells",
        lambda lots, law, cells, *how: whole(lots, law, asked.append(list(cells)) or asked[-1], *how),
    )
    decide_lots(lots, ledger, DAYS)
    decide_lots(lots, what_if, DAYS)

    assert len(asked) == 2
    assert len(asked[1]) < len(asked[0]) / 4
    assert {day for _, day in asked[1]} <= {dt.date(2025, 6, 15), dt.date(2025, 9, 15)}
    assert {lots[place].facts["exporter_country"] for place, _ in asked[1]} <= {"JP", "NL"}


def test_the_same_question_asks_the_law_once(ledger, lots, monkeypatch):
    from tidegate.supply import decisions

    before = decide_lots(lots, ledger, DAYS[:2])
    monkeypatch.setattr(decisions, "_decide_cells", lambda *_: pytest.fail("asked again"))

    assert decide_lots(lots, ledger, DAYS[:2]) == before


def test_a_changed_text_is_another_law(ledger, lots):
    name = "nl-2023-09-01-duv"
    changed = Ledger(
        tuple(
            msgspec.structs.replace(
                m, when="kind = 'tool' AND exporter_country = 'NL' AND destination = 'CN'"
            )
            if m.id == name
            else m
            for m in ledger
        ),
        ledger.read_to,
    )
    day, columns = dt.date(2024, 12, 15), frozenset(["kind", "date"])
    from_nl, from_us = (
        next(lot for lot in lots if lot.good == "lithography" and lot.facts["exporter_country"] == "NL"),
        next(lot for lot in lots if lot.good == "metrology" and lot.facts["exporter_country"] == "US"),
    )

    def key(law, lot, on=day):
        return Law.over(law, [on], columns).key((plain_facts(next(lot.transactions(on))),), on)

    assert key(changed, from_nl) != key(ledger, from_nl)
    assert key(changed, from_us) == key(ledger, from_us)
    # Before it binds, its text is nobody's law.
    early = dt.date(2022, 6, 15)
    assert key(changed, from_nl, early) == key(ledger, from_nl, early)


def test_answers_outlive_the_process_in_a_file(tmp_path):
    file = tmp_path / "new" / "kept.sqlite"
    with keeping(file):
        learn({digest("short"): b"a", digest("long"): b"b" * 100_000})
    kept._MEMORY.clear()

    with keeping(file):
        assert known([digest("short"), digest("long"), digest("never")]) == {
            digest("short"): b"a", digest("long"): b"b" * 100_000,
        }  # fmt: skip
    kept._MEMORY.clear()
    assert known([digest("short")]) == {}


@pytest.mark.parametrize("content", [b"", b"no database at all" * 1000])
def test_a_file_that_is_no_store_is_done_without(tmp_path, content):
    file = tmp_path / "kept.sqlite"
    file.write_bytes(content)
    with keeping(file):
        assert known([digest("x")]) == {}
        learn({digest("x"): b"1"})
        assert known([digest("x")]) == {digest("x"): b"1"}


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with keeping(tmp_path / "file" / "kept.sqlite"):
        learn({digest("x"): b"1"})

        assert known([digest("x")]) == {digest("x"): b"1"}


def test_parts_of_a_key_do_not_run_into_one_another():
    assert digest("ab", "c") != digest("a", "bc")


def test_wedges_come_back_from_the_file_to_the_last_bit(ledger, calibration, tmp_path):
    with keeping(tmp_path / "kept.sqlite"):
        fresh = Course(calibration, ledger, "2022Q3").wedges(0.9)
        kept._MEMORY.clear()
        again = Course(calibration, ledger, "2022Q3").wedges(0.9)

    assert again is not fresh
    assert again.quarters == fresh.quarters
    assert [(b.measure, b.good, b.channel, b.payee, b.part) for b in again.bites] == [
        (b.measure, b.good, b.channel, b.payee, b.part) for b in fresh.bites
    ]
    for one, other in zip(again.bites, fresh.bites, strict=True):
        assert one.values.tobytes() == np.ascontiguousarray(other.values).tobytes()
    for name in ("demand", "supply", "enforcement"):
        one, other = getattr(again, name), getattr(fresh, name)
        assert {key: values.tobytes() for key, values in one.items()} == {
            key: np.ascontiguousarray(values).tobytes() for key, values in other.items()
        }


def test_a_ledger_differs_from_itself_in_nothing(ledger, calibration):
    assert differing(Course(calibration, ledger, "2022Q3"), Course(calibration, ledger, "2022Q3")) == ()
