"""`simulate`, `explain` and `drivers`: the same numbers as table, JSON, picture and Arrow, and what carries them."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from tidegate import kept
from tidegate.cli.app import app
from tidegate.errors import BadInputError, LedgerError
from tidegate.ledger.scenario import apply_scenario
from tidegate.supply.calibration import load_calibration
from tidegate.supply.causes import explain_effect
from tidegate.supply.compare import compare
from tidegate.supply.course import Course
from tidegate.supply.drivers import READING, drivers_of
from tidegate.supply.effects import effects_of
from tidegate.supply.ensemble import Case, sweep
from tidegate.supply.explain import TOGETHER, coalitions, shapley
from tidegate.supply.export import write_effects
from tidegate.supply.headlines import headline_outcomes, label_of, outcome_table
from tidegate.supply.picture import picture, specification
from tidegate.supply.workers import workers

RULE, PLANTS, LAM = "us-2022-10-07-us-persons", "us-2022-10-07-fab-end-use", "sales:lam-research"
# Early quarters: the law of every month from the start of the model has to be asked.
LAST = "2022Q4"
SPAN = ["--from", LAST, "--to", LAST, "--draws", "5"]
OUTCOMES = [LAM, "imports:CN:etch_deposition", "output:CN", "detour:ai_chips:CN"]


@pytest.fixture(scope="module")
def no_rule(tmp_path_factory):
    file = tmp_path_factory.mktemp("scenarios") / "no-rule.yaml"
    file.write_text(f"title: Neither rule came\nedits:\n  - drop: {RULE}\n  - drop: {PLANTS}\n")
    return file


@pytest.fixture(scope="module")
def suspended(tmp_path_factory):
    file = tmp_path_factory.mktemp("scenarios") / "suspended.yaml"
    edits = "".join(f"  - set: {rule}\n    stage: suspended\n    on: 2022-12-01\n" for rule in (RULE, PLANTS))
    file.write_text(f"title: Both rules are suspended in December\nedits:\n{edits}")
    return file


@pytest.fixture(scope="module")
def what_if(ledger, no_rule):
    return apply_scenario(ledger, no_rule)


@pytest.fixture(scope="module")
def effects(ledger, what_if):
    return effects_of(what_if, ledger, LAST, LAST, draws=10, outcomes=OUTCOMES)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


# -- effects ------------------------------------------------------------------------------------------------------


def test_the_path_of_a_quarter_gives_the_effect_of_the_quarter(effects):
    for row in effects.rows:
        name = row["outcome"]
        before, after = effects.baseline[name][:, -1], effects.levels[name][:, -1]
        moved = 100 * (after - before) / before if row["unit"] == "percent" and name != "output:CN" else None

        if moved is not None:
            np.testing.assert_allclose(np.sort(moved), np.sort(effects.samples[name]))


def test_before_the_scenario_begins_its_path_is_that_of_the_record(effects):
    assert effects.quarters == ("2022Q3", LAST)
    for name in OUTCOMES:
        np.testing.assert_array_equal(effects.levels[name][:, 0], effects.baseline[name][:, 0])


def test_the_json_has_the_paths_of_both_runs_and_the_source_of_each_measure(no_rule):
    result = run("simulate", no_rule, *SPAN, "--outcome", LAM, "--json")
    answer = json.loads(result.stdout)

    assert result.exit_code == 0
    assert answer["effects"][0]["label"] == "Sales of Lam Research"
    (path,) = answer["paths"]
    assert path["unit"] == "USD_bn"
    for run_ in ("baseline", "scenario"):
        bands = path[run_]
        assert [len(bands[name]) for name in ("low", "median", "high")] == [len(answer["quarters"])] * 3
        assert all(low <= middle <= high for low, middle, high in zip(*bands.values(), strict=True))
    letters = next(m for m in answer["measures"] if m["measure"] == RULE)
    assert letters["title"]
    assert letters["source"].startswith("https://")


def test_the_table_names_outcomes_in_words_and_the_measures_with_title_and_source(no_rule):
    result = run("simulate", no_rule, *SPAN, "--outcome", "imports:CN:etch_deposition", "--outcome", LAM)

    assert "China's imports of etch and deposition tools" in result.stdout
    assert "imports:CN:etch_deposition" in result.stdout
    assert re.search(rf"{RULE}: .+ \(https://", result.stdout)


def test_progress_goes_to_stderr_so_that_the_answer_can_be_piped(no_rule):
    result = run("simulate", no_rule, *SPAN, "--outcome", LAM, "--format", "csv")

    assert result.stdout.startswith("outcome,label,unit,effect,low,high,baseline\n")
    assert len(result.stdout.splitlines()) == 2


def test_any_executor_gives_the_same_bytes(ledger, what_if):
    own = load_calibration()
    cases = [Case(Course(own, law, LAST).wedges(at), 40, 7) for law in (ledger, what_if) for at in (0.1, 0.9)]
    here = sweep(own.network, cases, OUTCOMES)
    with workers(2) as pool:
        processes = sweep(own.network, cases, OUTCOMES, executor=pool)
    with ThreadPoolExecutor(2) as pool:
        threads = sweep(own.network, cases, OUTCOMES, executor=pool)

    for one, other, third in zip(here, processes, threads, strict=True):
        assert one.tobytes() == other.tobytes() == third.tobytes()


def test_the_same_question_prints_the_same_bytes_whether_kept_or_not(no_rule):
    arguments = [
        "simulate",
        no_rule,
        "--from",
        "2022Q3",
        "--to",
        "2022Q3",
        "--draws",
        "5",
        "--outcome",
        LAM,
        "--json",
    ]
    first = run(*arguments).stdout
    kept._MEMORY.clear()
    from_file = run(*arguments).stdout
    kept._MEMORY.clear()

    assert first == from_file == run(*arguments, "--no-cache").stdout


# -- files --------------------------------------------------------------------------------------------------------


def test_arrow_holds_every_draw_of_every_quarter(effects, tmp_path):
    write_effects(effects, tmp_path / "draws.arrow")
    with pa.ipc.open_stream(tmp_path / "draws.arrow") as stream:
        table = stream.read_all()

    assert table.num_rows == len(OUTCOMES) * 10 * len(effects.quarters)
    one = table.filter(
        pa.compute.and_(
            pa.compute.equal(table["outcome"].cast(pa.string()), LAM),
            pa.compute.equal(table["quarter"].cast(pa.string()), LAST),
        )
    )
    np.testing.assert_array_equal(one["scenario"].to_numpy(), effects.levels[LAM][:, -1])
    write_effects(effects, tmp_path / "draws.parquet")
    assert pq.read_table(tmp_path / "draws.parquet").num_rows == table.num_rows


def test_arrow_is_printed_for_a_pipe(no_rule):
    result = CliRunner().invoke(app, ["simulate", str(no_rule), *SPAN, "--outcome", LAM, "--format", "arrow"])

    assert pa.ipc.open_stream(result.stdout_bytes).read_all().num_rows == 5 * 2


@pytest.mark.parametrize("name", ["picture.html", "picture.svg", "picture.png"])
def test_a_picture_is_a_file_that_needs_no_network(effects, tmp_path, name):
    raw = write_effects(effects, tmp_path / name).read_bytes()

    start = {"picture.html": b"<!DOCTYPE html>", "picture.svg": b"<svg", "picture.png": b"\x89PNG"}[name]
    assert raw.startswith(start)
    assert not re.search(rb"<(script|img|link|image)[^>]+(src|href)=.?https?:", raw)
    if name != "picture.png":
        assert b"Sales of Lam Research" in raw


def test_the_specification_carries_its_data_and_both_runs(effects):
    found = json.dumps(specification(effects))

    assert "vega-lite" in found
    assert '"scenario"' in found
    assert '"baseline"' in found
    assert '"url"' not in found


def test_bars_of_different_units_never_share_an_axis(effects):
    units = {row["outcome"]: row["unit"] for row in effects.rows}
    seen = []

    def walk(chart):
        for part in chart.get("vconcat", chart.get("hconcat", [])):
            walk(part)
        values = chart.get("data", {}).get("values") or []
        if values and "effect" in values[0]:
            seen.append({units[value["outcome"]] for value in values})

    walk(picture(effects).to_dict(format="vega-lite", context={"pre_transform": False}))
    assert seen
    assert all(len(own) == 1 for own in seen)


def test_a_file_of_another_ending_is_refused_before_anything_is_worked_out(no_rule, tmp_path):
    result = run("simulate", no_rule, *SPAN, "--out", tmp_path / "picture.docx")

    assert isinstance(result.exception, BadInputError)
    assert "'.docx' is not written. Give a file that ends in .html" in str(result.exception)
    assert not list(tmp_path.iterdir())


# -- compare ------------------------------------------------------------------------------------------------------


def test_two_scenarios_stand_side_by_side_and_their_difference_is_taken_draw_by_draw(
    ledger, what_if, suspended
):
    other = apply_scenario(ledger, suspended)
    both = compare(what_if, other, ledger, LAST, LAST, draws=10, outcomes=[LAM, "sales:nvidia"])
    rows = {row["outcome"]: row for row in both.table()}

    # Rules that are suspended in the last month spare a part of the sales of the quarter.
    assert 0 < rows[LAM]["second"] < rows[LAM]["first"]
    for name in rows:
        np.testing.assert_array_equal(
            both.samples[name], both.second.samples[name] - both.first.samples[name]
        )
    assert rows[LAM]["first"] == next(row["effect"] for row in both.first.rows if row["outcome"] == LAM)


def test_the_command_names_both_and_what_lies_between_them(no_rule, suspended):
    result = run("simulate", "--compare", no_rule, suspended, *SPAN, "--outcome", LAM)

    assert result.exit_code == 0
    assert "B less A" in result.stdout
    assert "A: Neither rule came" in result.stdout


# -- causes -------------------------------------------------------------------------------------------------------


def test_the_parts_of_the_measures_add_up_to_the_effect_that_simulate_gives(ledger, what_if, effects):
    found = explain_effect(what_if, ledger, LAM, LAST, LAST, draws=10)

    np.testing.assert_array_equal(
        found.whole.effect, next(r["effect"] for r in effects.rows if r["outcome"] == LAM)
    )
    np.testing.assert_allclose(sum(found.samples.values()), effects.samples[LAM], atol=1e-9)
    assert {part.name for part in found.parts} == {RULE, PLANTS}
    assert found.parts[0].source.startswith("https://")
    assert f"{RULE} carries +" in found.sentence()
    assert "denied sales" in found.sentence()


def test_the_parts_of_the_channels_add_up_too(ledger, what_if, effects):
    found = explain_effect(what_if, ledger, LAM, LAST, LAST, by="channel", draws=10)

    np.testing.assert_allclose(sum(found.samples.values()), effects.samples[LAM], atol=1e-9)
    assert {part.name for part in found.parts} <= {"stop", "ban", "licence", "hazard"}


def test_a_scenario_that_changes_nothing_has_no_causes(ledger):
    found = explain_effect(ledger, ledger, LAM, LAST, LAST, draws=5)

    assert found.parts == ()
    assert found.whole.effect == 0
    assert "Nothing carries" in found.sentence()


def test_explain_answers_as_table_and_as_json(no_rule):
    arguments = ["explain", no_rule, "--outcome", LAM, "--quarter", LAST, "--draws", "5"]
    table, answer = run(*arguments), json.loads(run(*arguments, "--json").stdout)

    assert table.exit_code == 0
    assert answer["sentence"] in table.stdout
    assert answer["parts"][-1]["measure"] == "effect"
    assert answer["parts"][0]["source"].startswith("https://")


def test_an_unknown_way_of_sharing_out_is_refused(no_rule):
    result = run("explain", no_rule, "--outcome", LAM, "--by", "mood", *SPAN)

    assert "by 'mood': an effect can be shared out by measure, channel, mechanism." in str(result.exception)


@pytest.mark.parametrize("count", [0, 1, 3, 6, 7, 9])
def test_the_sets_whose_worth_is_asked_for_are_those_that_are_run(count):
    players = tuple("abcdefghi"[:count])
    asked = set()

    def worth(present):
        asked.add(present)
        # Two together do something that neither does alone.
        return np.array([float(len(present)) + 2.0 * ({"a", "b"} <= present)])

    _, parts = shapley(players, worth)

    assert asked <= set(coalitions(players))
    assert (coalitions(players)[0], coalitions(players)[-1]) == (frozenset(), frozenset(players))
    assert sum(parts.values()) == pytest.approx(count + 2.0 * (count >= 2)) if parts else count == 0
    if count > 6:
        assert parts[TOGETHER] == pytest.approx(0)


# -- drivers ------------------------------------------------------------------------------------------------------


def test_the_doubt_of_an_effect_is_shared_out_among_parameters_and_assumptions(ledger, what_if):
    told = []
    found = drivers_of(
        what_if, ledger, LAM, LAST, LAST, size=2, progress=lambda done, whole: told.append((done, whole))
    )

    assert READING in {index.parameter for index in found.indices}
    assert not any(index.parameter.startswith("demand_noise") for index in found.indices)
    assert {group.parameter for group in found.groups} == {"assumption", "sourced"}
    assert found.unit == "percent"
    assert told[-1][0] == told[-1][1] == found.runs
    row = found.table().rows[0]
    assert row["kind"]
    assert row["source"]


def test_an_effect_that_nothing_moves_has_no_drivers(ledger):
    found = drivers_of(ledger, ledger, LAM, "2022Q3", "2022Q3", size=2)

    assert found.indices == ()
    assert "No parameter moves" in found.sentence()


def test_a_sample_that_is_no_power_of_two_is_refused(no_rule):
    result = run("drivers", no_rule, "--outcome", LAM, "--size", "6")

    assert "size 6: a Sobol sample has a power of two" in str(result.exception)


# -- outcomes and errors ------------------------------------------------------------------------------------------


def test_every_headline_outcome_has_words_of_its_own():
    calibration = load_calibration()
    names = headline_outcomes(calibration, [row["good"] for row in calibration.goods])
    labels = [label_of(calibration, name) for name in names]

    assert len(set(labels)) == len(names)
    assert label_of(calibration, "imports:CN:lithography:NL") == (
        "China's imports of lithography tools from makers in the Netherlands"
    )
    assert not any(re.search(r"\b[a-z]+_[a-z]+\b", label) for label in labels)


def test_of_what_china_makes_the_headlines_tell_of_those_who_buy_it_from_her():
    calibration = load_calibration()

    assert "imports:US:magnets" in headline_outcomes(calibration, ["magnets"])
    assert "imports:CN:magnets" not in headline_outcomes(calibration, ["magnets"])
    assert "imports:CN:lithography" in headline_outcomes(calibration, ["lithography"])


def test_outcomes_can_be_listed():
    result = run("simulate", "--list-outcomes", "--json")
    names = {row["outcome"] for row in json.loads(result.stdout)["outcomes"]}

    assert {"sales:asml", "capacity:CN", "sales:SELLER:GOOD:BUYER"} <= names
    assert "sales:asml" in run("simulate", "--list-outcomes").stdout
    assert len(outcome_table(load_calibration(), ["lithography"])) < len(names)


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        (
            "  - set: us-2025-05-23-eda-leters\n    stage: lifted\n    on: 2025-06-01",
            r"scenario.yaml:3: \[unknown-measure\].*Did you mean",
        ),
        (
            "  - set: us-2025-05-23-eda-letters\n    stage: lifted\n    on: 2020-01-01",
            r"scenario.yaml:5: \[before-the-measure\]",
        ),
        (
            "  - set: us-2025-05-23-eda-letters\n    stage: lifted\n    on: 2025-13-01",
            r"scenario.yaml:5: \[bad-date\]",
        ),
        (
            "  - set: us-2025-05-23-eda-letters\n    stage: gone\n    on: 2025-06-01",
            r"scenario.yaml:4: \[bad-word\]",
        ),
        ("  - forget: us-2025-05-23-eda-letters", r"scenario.yaml:3: \[not-an-edit\]"),
    ],
)
def test_a_bad_scenario_is_refused_with_file_and_line(tmp_path, edits, said):
    file = tmp_path / "scenario.yaml"
    file.write_text(f"title: t\nedits:\n{edits}\n")
    result = run("simulate", file, *SPAN)

    assert isinstance(result.exception, LedgerError)
    assert re.search(said, str(result.exception))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "2025Q5"], "'2025Q5' is no quarter. Write it like 2022Q3."),
        (["--from", "2025Q3", "--to", "2025Q1"], "The span from 2025Q3 to 2025Q1 is empty."),
        (["--from", "2021Q1"], "before the first quarter of the model. Take 2022Q3 or later."),
        (["--outcome", "sales:acme"], "outcome 'sales:acme': the network has no seller 'acme'."),
    ],
)
def test_a_bad_question_is_refused_before_the_law_is_asked(no_rule, arguments, said):
    result = run("simulate", no_rule, *arguments)

    assert said in str(result.exception)


def test_a_scenario_that_changes_nothing_says_why(tmp_path):
    file = tmp_path / "scenario.yaml"
    file.write_text(
        "title: Late\nedits:\n  - set: us-2026-04-match-act\n    stage: in_force\n    on: 2030-01-01\n"
    )
    result = run("simulate", file, *SPAN, "--outcome", "sales:asml")

    assert result.exit_code == 0
    assert (
        "Late changes nothing that the model sees, because us-2026-04-match-act has the same hold"
        in result.stdout
    )


def test_a_measure_whose_flows_others_hold_as_strictly_is_said_to_change_nothing(tmp_path):
    file = tmp_path / "scenario.yaml"
    file.write_text(f"title: Without it\nedits:\n  - drop: {PLANTS}\n")
    result = run("simulate", file, *SPAN, "--outcome", LAM)

    assert f"because other measures hold as strictly what {PLANTS} holds" in result.stdout
