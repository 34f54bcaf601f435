"""`tidegate read` and `tidegate claims`: what comes out, what goes wrong how, and stopping with Ctrl-C."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from readings import by_line, write_stories
from tidegate.claims.reading import Reading
from tidegate.cli.app import app
from tidegate.errors import TidegateError

WORKER = """
import sys, time
from readings import by_line
from tidegate.claims.store import batch

def slowly(document, published):
    print("reading", document.name, file=sys.stderr, flush=True)
    time.sleep(0.1)
    return by_line(document, published)

batch.read_claims = slowly
from tidegate.cli import main
main()
"""


def run(*args, env=None):
    result = CliRunner().invoke(app, [*map(str, args)], env=env)
    if result.exception and not isinstance(result.exception, SystemExit | TidegateError):
        raise result.exception
    return result


@pytest.fixture(autouse=True)
def readers(monkeypatch, tmp_path):
    """Read by lines, fast and the same tomorrow; and no store of the user's is in the way."""
    monkeypatch.setattr("tidegate.claims.store.batch.read_claims", by_line)
    monkeypatch.delenv("TIDEGATE_STORE", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def folder(tmp_path):
    return write_stories(tmp_path / "stories", 3)


def test_without_a_place_to_go_the_claims_of_each_story_are_shown(folder):
    result = run("read", folder, "--published", "2025-02-25")

    lines = result.stdout.splitlines()
    assert lines[0] == f"{folder}/story-000.txt (no outlet known, 2025-02-25): 3 claims"
    assert lines[1].split() == ["kind", "who", "does", "instrument", "certainty", "words"]
    assert lines[2].split(maxsplit=5) == [
        "measure", "NL", "considering", "general", "stated", "The gate of port 0 moved 0 times.",
    ]  # fmt: skip
    assert result.exit_code == 0
    assert not list(folder.parent.glob("*.db"))


def test_as_json_the_readings_are_in_the_layout_of_labelled_documents(folder):
    answer = json.loads(run("read", folder, "--json").stdout)

    assert (answer["read"], answer["claims"], answer["failures"]) == (3, 9, [])
    assert answer["readings"][0]["claims"][0]["sentence"] == "The gate of port 0 moved 0 times."
    assert set(answer["readings"][0]) == {"document", "published", "outlet", "reader", "notes", "claims"}


def test_with_a_folder_there_is_one_json_file_a_document(folder, tmp_path):
    result = run("read", folder, "--out", tmp_path / "out")

    assert result.stdout == f"3 documents read into {tmp_path / 'out'}; 9 claims.\n"
    record = json.loads((tmp_path / "out" / "story-001.json").read_text("utf-8"))
    assert record["document"].endswith("story-001.txt")
    assert len(record["claims"]) == 3


def test_what_is_stored_is_skipped_and_can_be_searched(folder, tmp_path):
    store = tmp_path / "a.db"
    first = run("read", folder, "--store", store)
    second = run("read", folder, "--store", store)
    again = run("read", folder, "--store", store, "--again")
    found = run("claims", "--store", store, "--text", "port 1", "--by", "the Dutch")

    assert first.stdout == f"3 documents read into {store}; 9 claims.\n"
    assert second.stdout == f"0 documents read into {store}; 3 skipped, as they are stored.\n"
    assert again.stdout == f"3 documents read into {store}; 9 claims.\n"
    assert found.stdout.splitlines()[0] == f"5 claims in {store}"
    assert "The gate of port 1 moved 2 times." in found.stdout


def test_the_store_may_be_named_once_in_the_environment(folder, tmp_path):
    env = {"TIDEGATE_STORE": str(tmp_path / "team.db")}

    assert "team.db" in run("read", folder, env=env).stdout
    assert run("claims", env=env).stdout.startswith(f"9 claims in {tmp_path / 'team.db'}")


def test_claims_are_looked_for_in_the_working_folder_where_no_store_is_named(folder):
    run("read", folder, "--store", "tidegate.db")

    assert run("claims").stdout.startswith("9 claims in tidegate.db")


def test_claims_come_as_json_and_csv_with_the_same_rows(folder):
    run("read", folder, "--store", "tidegate.db")

    answer = json.loads(run("claims", "--json").stdout)
    rows = list(csv.DictReader(io.StringIO(run("claims", "--format", "csv").stdout)))
    assert answer["found"] == len(rows) == 9
    assert [row["id"] for row in rows] == [claim["id"] for claim in answer["claims"]]


@pytest.mark.parametrize("ending", ["jsonl", "json", "csv", "parquet"])
def test_claims_go_into_a_file(folder, tmp_path, ending):
    run("read", folder, "--store", "tidegate.db")
    result = run("claims", "--out", tmp_path / f"found.{ending}")

    assert result.stdout == f"9 claims written to {tmp_path / f'found.{ending}'}\n"
    assert (tmp_path / f"found.{ending}").stat().st_size


def test_a_word_the_catalog_does_not_know_is_said_to_be_searched_as_text(folder):
    run("read", folder, "--store", "tidegate.db")
    result = run("claims", "--about", "gate of port 2", "--out", "found.csv")

    assert "is no name of the catalog" in run("claims", "--about", "gate of port 2").stdout
    assert "is no name of the catalog" in result.stderr


def test_what_cannot_be_read_is_listed_at_the_end_and_the_rest_is_read(folder, tmp_path):
    (folder / "empty.txt").write_text("")
    result = run("read", folder, "nowhere.txt", "--out", tmp_path / "out")

    assert result.exit_code == 1
    assert result.stdout.endswith(
        "3 documents read into " + str(tmp_path / "out") + "; 9 claims; 2 failed.\n"
    )
    lines = [line for line in result.stderr.splitlines() if line.startswith("tidegate: ")]
    assert len(lines) == 2
    assert any("nowhere.txt" in line and "no such file" in line for line in lines)
    assert any("empty.txt" in line and "empty" in line for line in lines)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["claims"],
            "tidegate.db: there is no store. Read something into it first: tidegate read FILE --store tidegate.db",
        ),
        (["claims", "--store", "mysql://u:geheim@h/d"], "'mysql' is not known"),
        (
            ["claims", "--store", "made.db", "--stage", "imposed"],
            "stage 'imposed' is not known. Known: considering, urged",
        ),
        (["claims", "--store", "made.db", "--since", "yesterday"], "'yesterday' is not a date"),
        (["claims", "--store", "made.db", "--out", "found.xls"], "Known: .jsonl, .json, .csv, .parquet"),
        (
            ["claims", "--store", "made.db", "--out", "no/found.csv"],
            "cannot be written: No such file or directory",
        ),
        (["read", "stories", "--published", "25 Feb"], "'25 Feb' is not a date"),
        (["read", "stories", "--store", "no/such/folder/a.db"], "there is no folder no/such/folder"),
        (["read", "stories", "--out", "made.db"], "made.db: there can be no such folder"),
    ],
)
def test_wrong_input_is_named_with_what_may_be_given(folder, args, message):
    run("read", folder, "--store", "made.db")
    done = subprocess.run(
        [sys.executable, "-m", "tidegate", *args], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip

    assert done.returncode == 2
    assert done.stderr.startswith("tidegate: ")
    assert message in done.stderr
    assert "geheim" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_reads_where_one_is_named_and_its_cost_is_shown(folder, monkeypatch):
    asked = []

    def read_with_model(document, published, *, model, settings, on_progress):
        from tidegate.claims.model import Usage
        from tidegate.claims.model.usage import Progress

        asked.append((document.name, model, settings.address))
        on_progress(Progress(document.name, 1, 1, Usage(1, 1000, 100, cost=0.5)))
        read = by_line(document, published)
        return Reading(read.document, read.claims[:1], read.published, model)

    monkeypatch.setattr("tidegate.claims.model.read_with_model", read_with_model)
    monkeypatch.setenv("TIDEGATE_MODEL_URL", "http://127.0.0.1:9/v1")
    result = run("read", folder, "--model", "qwen", "--store", "tidegate.db")

    assert [model for _, model, _ in asked] == ["qwen"] * 3
    assert "the model qwen: 3 requests, 3,000 tokens in and 300 out, $1.5000" in result.stdout
    assert json.loads(run("claims", "--json").stdout)["claims"][0]["readers"] == ["qwen"]
    assert "3 skipped" in run("read", folder, "--model", "qwen", "--store", "tidegate.db").stdout


def test_a_model_without_an_address_is_an_error_before_anything_is_read(folder, monkeypatch):
    for name in ("TIDEGATE_MODEL_URL", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    result = run("read", folder, "--model", "qwen", "--out", "out")

    assert "TIDEGATE_MODEL_URL" in str(result.exception)
    assert not Path("out").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_ctrl_c_stops_after_the_document_at_hand_and_the_same_command_goes_on(tmp_path):
    folder = write_stories(tmp_path / "many", 12)
    command = [sys.executable, "-c", WORKER, "read", str(folder), "--store", "a.db"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    for _ in range(3):
        process.stderr.readline()
    process.send_signal(signal.SIGINT)
    output, complaints = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "stopping after this document" in complaints
    assert "Traceback" not in complaints
    assert output.endswith("Stopped. Run the same command again to go on; what is stored is skipped.\n")
    stopped = int(output.split()[0])
    assert 3 <= stopped < 12

    rest = subprocess.run(command, capture_output=True, text=True, env=env, check=True)
    assert rest.stdout.startswith(
        f"{12 - stopped} documents read into a.db; {3 * (12 - stopped)} claims; {stopped} skipped"
    )


@pytest.mark.skipif(os.name == "nt", reason="there are no such terminals there")
def test_on_a_terminal_progress_is_shown_beside_the_answer_and_not_in_it(tmp_path):
    import pty

    folder = write_stories(tmp_path / "many", 3)
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER.replace('print("reading", document.name, file=sys.stderr, flush=True)', "pass"), "read", str(folder), "--store", "a.db"],
        stdout=subprocess.PIPE, stderr=end, text=True,
        env={**os.environ, "TERM": "xterm", "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
    )  # fmt: skip
    os.close(end)
    shown = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(terminal)
    output, _ = process.communicate(timeout=60)

    assert output == "3 documents read into a.db; 9 claims.\n"
    assert b"3/3" in shown
