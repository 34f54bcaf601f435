"""Game files: what is wrong is told with its line and the mend."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games_made import GAMES
from tidegate.bargaining.payoffs import ledger_of_path, payoffs_of
from tidegate.bargaining.reading import read_game, read_game_text
from tidegate.bargaining.shipped import shipped_games
from tidegate.data import GAMES as SHIPPED
from tidegate.errors import BadInputError, LedgerError

GAME = """title: Letters
record: {known_by: 2025-06-08, from: 2025Q3, to: 2025Q4}
players:
  US:
    moves:
      none: {}
      lift:
        edits:
          - {set: us-2025-05-23-eda-letters, stage: lifted, on: 2025-07-02}
    wants:
      makers: {of: sales:US, weight: [0.3, 0.5, 0.7], source: assumption}
  CN:
    moves: {wait: {}}
    wants:
      users: {of: output:CN, weight: 1, source: assumption}
"""


def test_a_game_is_read():
    game = read_game_text(GAME, "letters.yaml")

    assert (game.name, game.ids, game.known_by) == ("letters", ("US", "CN"), "2025-06-08")
    assert (
        game.players[0].wants[0].low,
        game.players[0].wants[0].central,
        game.players[0].wants[0].high,
    ) == (0.3, 0.5, 0.7)


@pytest.mark.parametrize(
    ("old", "new", "line", "rule"),
    [
        ("title: Letters", "titel: Letters", 1, "unknown-key"),
        ("title: Letters\n", "", 1, "missing-key"),
        ("known_by: 2025-06-08", "known_by: 2025-13-08", 2, "bad-date"),
        ("to: 2025Q4", "to: 2025Q2", 2, "bad-date"),
        ("to: 2025Q4", "to: 2090Q1", 2, "bad-date"),
        ("record: {known_by: 2025-06-08, from: 2025Q3, to: 2025Q4}", "", 1, "not-a-game"),
        ("      none: {}\n", "", 6, "no-status-quo"),
        ("wait: {}", "wait: {edit: []}", 13, "unknown-key"),
        ("wait: {}", "wait: {as: bluff}", 13, "bad-word"),
        ("wait: {}", "'': {}", 13, "bad-name"),
        ("sales:US", "sales:Atlantis", 11, "bad-word"),
        ("weight: 1", "weight: much", 15, "wrong-type"),
        ("weight: 1", "weight: 1e999", 15, "wrong-type"),
        ("[0.3, 0.5, 0.7]", "[0.7, 0.5, 0.3]", 11, "wrong-number"),
        (", source: assumption}\n  CN", "}\n  CN", 11, "missing-key"),
        ("    wants:\n      users: {of: output:CN, weight: 1, source: assumption}\n", "", 12, "missing-key"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(old, new, line, rule):
    assert old in GAME
    with pytest.raises(LedgerError) as caught:
        read_game_text(GAME.replace(old, new, 1), "letters.yaml")

    [problem] = caught.value.problems
    assert (line, rule) == (problem.line, problem.rule)
    assert problem.mend


@pytest.mark.parametrize(
    ("tail", "rule"),
    [
        ("play: [US]\n", "not-a-turn"),
        ("play: [US, JP]\n", "bad-word"),
        (
            "play:\n  - {player: US, moves: [none, lift], only: {none: {CN: [wait]}, lift: {CN: [wait]}}}\n  - CN\n",
            "not-a-turn",
        ),
        ("offers: {by: US, to: US, accepted: none}\n", "bad-word"),
        ("offers: {by: US, to: CN, accepted: supply}\n", "bad-word"),
        ("issues: {letters: {US: [lift]}}\n", "no-status-quo"),
        ("pledges: {JP: {move: lift, if: {}}}\n", "bad-word"),
        ("repeated: {deal: {US: lift}, discount: 1, source: assumption}\n", "wrong-number"),
        (
            "types: {of: CN, values: {a: {probability: 0.5, wants: {CN: {users: {of: output:CN, weight: 2, source: x}}}}}}\n",
            "wrong-number",
        ),
        (
            "types: {of: CN, values: {a: {probability: 1, wants: {CN: {users: {of: output:XX, weight: 2, source: x}}}}}}\n",
            "bad-word",
        ),
        ("outcomes: []\n", "not-a-game"),
    ],
)
def test_parts_that_make_no_sense_are_refused(tail, rule):
    with pytest.raises(LedgerError) as caught:
        read_game_text(GAME + tail, "letters.yaml")

    assert {rule} == {problem.rule for problem in caught.value.problems}
    assert all(problem.line and problem.mend for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("us-2025-05-23-eda-letters", "us-2025-05-23-eda-lettres", "unknown-measure"),
        ("stage: lifted", "stage: sold", "bad-word"),
        ("2025-07-02", "2024-07-02", "before-the-measure"),
        ("us-2025-05-23-eda-letters", "us-2025-09-29-affiliates-rule", "unknown-measure"),
        (
            "- {set: us-2025-05-23-eda-letters, stage: lifted, on: 2025-07-02}",
            "- {move: us-2025-05-23-eda-letters, stage: refused, on: 2025-07-02}",
            "no-such-stage",
        ),
    ],
)
def test_a_move_that_the_ledger_cannot_make_is_refused_with_its_line(ledger, old, new, rule):
    game = read_game_text(GAME.replace(old, new), "letters.yaml")
    with pytest.raises(LedgerError) as caught:
        payoffs_of(game, ledger, draws=5)

    [problem] = caught.value.problems
    assert (9, rule) == (problem.line, problem.rule)
    assert problem.path == "letters.yaml"


def test_a_later_measure_is_unknown_to_a_game_of_an_earlier_day(ledger):
    """The base is the ledger as it was known, so what came later is not there to be edited, nor to be undone."""
    game = read_game_text(GAME, "letters.yaml")

    base = ledger_of_path(game, ledger, ())
    assert "us-2025-09-29-affiliates-rule" not in base
    assert base.on("2025-12-01")["us-2025-05-23-eda-letters"].stage == "in_force"
    assert (
        ledger_of_path(game, ledger, (("US", "lift"),)).on("2025-12-01")["us-2025-05-23-eda-letters"].stage
        == "lifted"
    )


def test_every_shipped_game_can_be_played(ledger):
    from tidegate.bargaining.game import paths_of

    games = shipped_games()
    assert {"chips-for-rare-earths", "rare-earth-licences-for-eda", "allies-match-or-hold-back"} <= set(games)
    for game in games.values():
        assert game.about
        assert all(want.source for player in game.players for want in player.wants)
        for path in paths_of(game):
            ledger_of_path(game, ledger, path)


TEXTS = [path.read_text("utf-8") for path in (*sorted(SHIPPED.glob("*.yaml")), *sorted(GAMES.glob("*.yaml")))]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([GAME, *TEXTS]), st.data())
def test_a_spoilt_file_is_read_or_refused_and_nothing_else(text, data):
    lines = text.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    how = data.draw(st.sampled_from(["drop", "double", "swap", "cut", "put", "word"]))
    if how == "drop":
        del lines[at]
    elif how == "double":
        lines.insert(at, lines[at])
    elif how == "swap":
        other = data.draw(st.integers(0, len(lines) - 1))
        lines[at], lines[other] = lines[other], lines[at]
    elif how == "cut":
        lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    elif how == "put":
        lines[at] += data.draw(
            st.sampled_from(["{", "[", ": ", "- ", "null", "1e400", "'", "&a", "*a", "\u2028"])
        )
    else:
        words = lines[at].split(" ")
        words[data.draw(st.integers(0, len(words) - 1))] = data.draw(
            st.sampled_from(["null", "7", "[]", "{}", "-1", "true", "x"])
        )
        lines[at] = " ".join(words)
    try:
        read_game_text("\n".join(lines), "spoilt.yaml")
    except BadInputError as error:
        assert "spoilt.yaml" in str(error)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(
        [
            "players",
            "play",
            "outcomes",
            "types",
            "issues",
            "pledges",
            "offers",
            "repeated",
            "record",
            "about",
            "title",
        ]
    ),
)
def test_any_value_in_any_field_is_read_or_refused(value, field):
    import json

    text = (GAMES / "prisoners-dilemma.yaml").read_text("utf-8")
    import yaml

    data = yaml.safe_load(text)
    data[field] = value
    try:
        read_game_text(json.dumps(data, allow_nan=False, ensure_ascii=True), "spoilt.yaml")
    except BadInputError as error:
        assert "spoilt.yaml" in str(error)
    except ValueError:
        assert value != value or "inf" in repr(value) or "nan" in repr(value)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(LedgerError, match="cannot be read"):
        read_game(tmp_path / "none.yaml")
