"""The record of rounds as a test: nothing later changes what was expected before."""

import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games_made import GAMES
from tidegate.bargaining.history import MOVES, WAYS, moves_of_record, predict_rounds
from tidegate.bargaining.payoffs import payoffs_of
from tidegate.bargaining.reading import read_game_text
from tidegate.data import BARGAINS
from tidegate.dates import parse_day
from tidegate.errors import BadInputError, LedgerError
from tidegate.ledger.bargains import load_rounds, read_rounds
from tidegate.ledger.ledger import Ledger


@pytest.fixture(scope="module")
def game():
    """Offers by hand, told to speak from 2023 on, so that every prediction can lean on it."""
    text = (GAMES / "offers-by-hand.yaml").read_text("utf-8")
    text = text.replace("chips: {}, tools: {}", "chips: {as: ease}, tools: {as: ease}")
    text = text.replace("supply: {}, ban: {}", "supply: {as: ease}, ban: {as: refuse}")
    made = read_game_text(text, "made.yaml")
    return msgspec_replace(made, known_by="2023-01-01")


def msgspec_replace(made, **fields):
    from dataclasses import replace

    return replace(made, **fields)


@pytest.fixture(scope="module")
def past(game, ledger):
    return predict_rounds(load_rounds(), game, payoffs_of(game, draws=1), ledger)


def test_every_round_that_is_on_record_is_predicted(past):
    assert past.left_out == ("2026-11-10-truce-expiry",)
    assert len(load_rounds()) - 1 == len(past.predictions)
    for one in past.predictions:
        for way in WAYS:
            assert pytest.approx(1) == sum(one.chances[way].values())
            assert set(MOVES) == set(one.chances[way])
            assert min(one.chances[way].values()) > 0


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 44), st.data())
def test_later_rounds_never_change_earlier_predictions(game, ledger, past, count, data):
    """Cut the record off, or rewrite all that was not over by a day: what was expected by then stays."""
    rounds = [one for one, _ in moves_of_record(load_rounds())]
    day = rounds[count - 1].when.first
    kind = data.draw(st.sampled_from(["truce", "tighten", "refusal", "call"]))
    mover = data.draw(st.sampled_from(["US", "CN", "JP"]))
    spoilt = [
        one if one.when.last < day else msgspec.structs.replace(one, kind=kind, mover=mover) for one in rounds
    ]
    if data.draw(st.booleans()):
        spoilt = [one for one in spoilt if one.when.first <= day]
    again = predict_rounds(spoilt, game, payoffs_of(game, draws=1), ledger)
    before = {one.id: one.chances for one in past.predictions if parse_day(one.on) <= day}

    assert before == {one.id: one.chances for one in again.predictions if one.id in before}


def test_what_the_ledger_learnt_later_changes_nothing_before(game, ledger, past):
    from tidegate.ledger.hindsight import ledger_as_known

    cut = predict_rounds(
        load_rounds(), game, payoffs_of(game, draws=1), ledger_as_known(ledger, "2025-05-01")
    )
    early = [one.chances for one in past.predictions if one.on <= "2025-05-01"]

    assert early == [one.chances for one in cut.predictions if one.on <= "2025-05-01"]


def test_the_game_is_silent_before_the_day_on_which_it_takes_the_ledger(game, ledger):
    late = predict_rounds(
        load_rounds(), msgspec_replace(game, known_by="2025-06-08"), payoffs_of(game, draws=1), ledger
    )

    for one in late.predictions:
        if one.on <= "2025-06-08":
            assert one.precision == 0
            assert one.chances["model"] == one.chances["replies"]


def test_a_game_that_knows_the_answers_is_believed(game, ledger):
    """Rounds in which the US always eases, as the game says is worth most to it: lambda rises, and the log score."""
    [first, *_] = load_rounds()
    text = (
        (GAMES / "offers-by-hand.yaml")
        .read_text("utf-8")
        .replace("chips: {}, tools: {}", "chips: {as: ease}, tools: {}")
    )
    text = text.replace("weight: -3", "weight: 9")
    made = msgspec_replace(read_game_text(text, "made.yaml"), known_by="2022-01-01")
    rounds = [
        msgspec.structs.replace(
            first,
            id=f"r{k}",
            on=f"2024-{k // 28 + 1:02}-{k % 28 + 1:02}",
            ends=None,
            kind="ease" if k % 3 else "call",
            mover="US",
        )
        for k in range(60)
    ]
    found = predict_rounds(rounds, made, payoffs_of(made, draws=1), Ledger((), None))
    score = {row["way"]: row["log_score"] for row in found.scores("2024-02-01")}

    assert found.predictions[-1].precision > 0
    assert score["model"] > score["base_rates"]


def test_scores_are_shares_and_mean_logs(past):
    for row in past.scores():
        ranks = [one.rank(row["way"]) for one in past.predictions]
        assert pytest.approx(sum(rank == 1 for rank in ranks) / len(ranks)) == row["top_1"]
        assert row["top_1"] <= row["top_3"] <= 1
        assert (
            pytest.approx(
                sum(math.log(one.chances[row["way"]][one.actual]) for one in past.predictions) / len(ranks)
            )
            == row["log_score"]
        )


def test_repeating_the_last_move_ranks_it_first(past):
    moves = moves_of_record(load_rounds())
    for one in past.predictions[1:]:
        over = sorted(
            (m for m in moves if m[0].when.last < parse_day(one.on)), key=lambda m: (m[0].when.last, m[0].id)
        )
        assert over[-1][1] == one.top("repeat", 1)[0]


def test_it_says_when_it_loses(past):
    score = {row["way"]: row["log_score"] for row in past.scores()}

    assert ("no better than the base rates" in past.verdict()) is (score["model"] <= score["base_rates"])


def test_a_record_of_ones_own_is_read_or_refused_with_its_line(tmp_path):
    assert load_rounds() == read_rounds(BARGAINS)
    file = tmp_path / "rounds.yaml"
    file.write_text("- id: a\n  on: 2025-01-01\n  kind: waltz\n")
    with pytest.raises(LedgerError, match=r"rounds\.yaml:3: \[not-a-round\]"):
        read_rounds(file)


def test_a_game_of_others_says_nothing_of_this_record(ledger):
    made = read_game_text((GAMES / "prisoners-dilemma.yaml").read_text("utf-8"), "made.yaml")
    with pytest.raises(BadInputError, match="Give a game of both"):
        predict_rounds(load_rounds(), made, payoffs_of(made, draws=1), ledger)
