"""Games on the ledger: payoffs by the supply model, kept, resumed, the same by every worker; the command."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from games_made import GAMES
from tidegate import kept
from tidegate.bargaining.payoffs import payoffs_of
from tidegate.bargaining.reading import read_game_text
from tidegate.bargaining.solution import solve
from tidegate.ledger.hindsight import ledger_as_known
from tidegate.supply import course

GAME = """title: Letters and licences
record: {known_by: 2025-06-08, from: 2025Q3, to: 2025Q4}
players:
  US:
    title: the United States
    moves:
      none: {}
      lift:
        as: ease
        edits:
          - {set: us-2025-05-23-eda-letters, stage: lifted, on: 2025-07-02}
      keep_word: {}
    wants:
      makers: {of: sales:US, weight: [0.3, 0.5, 0.7], source: assumption}
  CN:
    moves:
      wait: {}
      supply:
        as: ease
        edits:
          - {set: cn-2025-04-04-seven-rare-earths, stage: eased, on: 2025-07-02}
    wants:
      users: {of: output:CN, weight: 1, source: assumption}
play:
  - {player: US, moves: [none, lift]}
  - {player: CN, moves: [wait, supply]}
  - {player: US, moves: [keep_word], after: {US: [lift]}}
offers: {by: US, to: CN, accepted: supply}
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("kept") / "answers.sqlite"


@pytest.fixture(scope="module")
def found(ledger, store):
    with kept.keeping(store):
        game = read_game_text(GAME, "letters.yaml")
        return solve(game, payoffs_of(game, ledger, draws=10))


def test_ways_to_play_that_leave_the_same_ledger_are_run_once(found):
    """Of six ends and four profiles four ledgers differ: a word kept is no edit."""
    assert found.payoffs.scenarios == 4
    assert np.abs(found.payoffs.of((("US", "none"), ("CN", "wait")))).max() == 0.0


def test_payoffs_are_the_effects_of_the_scenario_times_the_weights(found, ledger, store):
    from tidegate.bargaining.payoffs import ledger_of_path
    from tidegate.supply.effects import effects_of

    path = (("US", "lift"), ("CN", "wait"))
    base = ledger_as_known(ledger, "2025-06-08")
    with kept.keeping(store):
        what_if = ledger_of_path(found.game, ledger, path)
        effects = effects_of(what_if, base, "2025Q3", "2025Q4", draws=10, outcomes=["output:CN", "sales:US"])
    levels, before = effects.levels["sales:US"], effects.baseline["sales:US"]
    sales = (levels - before)[:, [effects.quarters.index(q) for q in ("2025Q3", "2025Q4")]].sum(axis=1)
    us, cn = found.payoffs.of(path)

    np.testing.assert_allclose(cn, effects.samples["output:CN"])
    [makers] = found.game.players[0].wants
    np.testing.assert_allclose(us, sales * found.payoffs.weight(makers))


def test_another_weight_runs_nothing_again(found, ledger, store, monkeypatch):
    monkeypatch.setattr(course, "sweep", lambda *_, **__: pytest.fail("the model was run"))
    game = read_game_text(GAME.replace("weight: 1,", "weight: 2,"), "letters.yaml")
    with kept.keeping(store):
        twice = payoffs_of(game, ledger, draws=10)
    path = (("US", "lift"), ("CN", "supply"))

    np.testing.assert_allclose(twice.of(path)[1], 2 * found.payoffs.of(path)[1])


def test_a_run_that_was_killed_goes_on_where_it_was(found, ledger, store, tmp_path, monkeypatch):
    """Two scenarios are there when it is killed; the second run makes the other two and no more."""
    runs = []
    whole = course.sweep
    monkeypatch.setattr(course, "sweep", lambda *a, **k: runs.append(1) or whole(*a, **k))

    def killed(done, _):
        if done == 2:
            raise KeyboardInterrupt

    game = read_game_text(GAME, "letters.yaml")
    file = Path(shutil.copy(store, tmp_path))
    kept._MEMORY.clear()
    with kept.keeping(file):
        with pytest.raises(KeyboardInterrupt):
            payoffs_of(game, ledger, draws=5, seed=3, progress=killed)
        assert len(runs) == 2
        kept._MEMORY.clear()
        again = payoffs_of(game, ledger, draws=5, seed=3)

    assert len(runs) == 4
    assert again.scenarios == 4


RUN = """
import sys
from pathlib import Path
from tidegate.bargaining.payoffs import payoffs_of
from tidegate.bargaining.reading import read_game_text
from tidegate.kept import keeping

game = read_game_text(Path(sys.argv[1]).read_text("utf-8"), "letters.yaml")
with keeping(Path(sys.argv[2])):
    payoffs_of(game, draws=2, seed=5, progress=lambda done, whole: print(done, whole, flush=True))
"""


def test_a_process_that_is_killed_in_the_middle_leaves_answers_that_the_next_one_goes_on_from(
    ledger, store, found, tmp_path, monkeypatch
):
    (tmp_path / "letters.yaml").write_text(GAME)
    cut, whole = (Path(shutil.copy(store, tmp_path / f"{name}.sqlite")) for name in ("cut", "whole"))
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, tmp_path / "letters.yaml", cut], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    with process:
        first = process.stdout.readline()
        process.kill()
    assert first == "1 4\n"
    assert process.returncode == -signal.SIGKILL

    effects, runs, sweep = [], [], course.sweep
    monkeypatch.setattr(course, "sweep", lambda *a, **k: runs.append(1) or sweep(*a, **k))
    for file in (cut, whole):
        kept._MEMORY.clear()
        runs.clear()
        with kept.keeping(file):
            effects.append(payoffs_of(found.game, ledger, draws=2, seed=5).effects)
        if file == cut:
            assert 0 < len(runs) < 4
    assert len(runs) == 4
    assert effects[0].tobytes() == effects[1].tobytes()


def test_any_executor_gives_the_same_bytes(found, ledger, store, tmp_path):
    """The law is read from what is kept; with another seed the runs are made, each way anew."""
    from concurrent.futures import ThreadPoolExecutor

    results = []
    with ThreadPoolExecutor(2) as pool:
        for place, executor in enumerate((pool, None)):
            kept._MEMORY.clear()
            with kept.keeping(Path(shutil.copy(store, tmp_path / f"{place}.sqlite"))):
                results.append(payoffs_of(found.game, ledger, draws=10, seed=1, executor=executor).effects)

    assert results[0].tobytes() == results[1].tobytes()
    assert results[0].tobytes() != found.payoffs.effects.tobytes()


def test_the_ledger_as_known_is_the_regime_known_by_that_day(ledger):
    for known in ("2023-08-01", "2025-02-24", "2025-11-12"):
        base = ledger_as_known(ledger, known)
        for day in ("2022-11-01", known, "2026-12-01"):
            regime = ledger.on(day, known_by=known)
            assert {s.measure.id: s.stage for s in base.on(day)} == {
                s.measure.id: s.stage for s in regime if s.measure.id in base
            }
            assert all(s.measure.id in base for s in regime)


def run(*words):
    from tidegate.cli.app import app

    return CliRunner().invoke(app, ["bargain", *words], catch_exceptions=False)


def test_the_command_tells_payoffs_and_the_account(found, store, tmp_path, monkeypatch):
    file = tmp_path / "letters.yaml"
    file.write_text(GAME)
    monkeypatch.setattr("tidegate.kept.cache_file", lambda: store)
    text = run(str(file), "--draws", "10").output

    assert "Letters and licences" in text
    assert "one of 4 scenarios on the ledger as known on 2025-06-08" in text
    assert "The United States: " in text
    assert "because" in text
    told = json.loads(run(str(file), "--draws", "10", "--json").output)
    assert told["payoffs"] == [dict(row) for row in found.table()]
    assert run(str(file), "--draws", "10", "--format", "csv").output.startswith(
        "path,player,expected,low,high,equilibrium\n"
    )


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_the_tree_is_drawn_whole(ending, tmp_path):
    pytest.importorskip("vl_convert")
    out = tmp_path / f"tree.{ending}"
    result = run(str(GAMES / "offers-by-hand.yaml"), "--out", str(out))

    assert result.exit_code == 0
    text = out.read_text("utf-8")
    assert all(word in text for word in ("withhold", "tools", "Offers by hand"))


def test_a_picture_of_another_kind_is_refused_before_anything_runs(tmp_path):
    from tidegate.errors import BadInputError

    with pytest.raises(BadInputError, match=r"\.html"):
        run(str(GAMES / "offers-by-hand.yaml"), "--out", str(tmp_path / "tree.gif"))


def test_mixed_moves_are_told():
    pytest.importorskip("pygambit", reason="pygambit comes with the extra 'bargaining'")

    assert (
        "Equilibrium: A: defect 1.00; B: defect 1.00"
        in run(str(GAMES / "prisoners-dilemma.yaml"), "--mixed").output
    )
