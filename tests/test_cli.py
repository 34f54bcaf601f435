"""The terminal: what a user types, what comes out, and with which exit code."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ON = ("--on", "2026-11-21")


def run(*args, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", "tidegate", *map(str, args)],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
    )


def answer(*args):
    result = run(*args)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_status_as_json_has_the_shape_that_programs_rely_on():
    record = answer("status", "--on", "2025-06-15", "--by", "US", "--target", "CN", "--format", "json")

    assert record["on"] == "2025-06-15"
    assert record["known_by"] is None
    rows = {row["id"]: row for row in record["measures"]}
    assert rows["us-2025-05-23-eda-letters"]["stage"] == "in_force"
    assert {"id", "title", "jurisdiction", "stage"} <= set(next(iter(rows.values())))


def test_status_on_a_later_day_shows_the_requirement_lifted():
    record = answer("status", "--on", "2025-07-10", "--by", "US", "--target", "CN", "--json")

    assert {row["id"]: row["stage"] for row in record["measures"]}["us-2025-05-23-eda-letters"] == "lifted"


def test_status_as_csv_reads_back():
    result = run("status", *ON, "--by", "the Dutch", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))

    assert rows
    assert {row["jurisdiction"] for row in rows} == {"NL"}


def test_status_as_a_table_says_how_far_the_ledger_was_read():
    result = run("status", *ON, "--item", "antimony")

    line = next(line for line in result.stdout.splitlines() if line.startswith("cn-2024-12-03-us-ga-ge-sb"))
    assert "suspended" in line
    assert "2026-11-27; said: 2027-01-10" in line
    assert "Sources were read to 2026-10-09" in result.stdout
    assert "not legal advice" in result.stdout
    assert not any(line != line.rstrip() for line in result.stdout.splitlines())


def test_diff_timeline_coming_show_rounds_group_and_lookup_answer():
    assert any(
        row["id"] == "us-2022-10-07-us-persons"
        for row in answer("diff", "2022-10-06", "2022-10-22", "--json")["changes"]
    )
    assert answer("timeline", "--from", "2025-06-01", "--to", "2025-06-30", "--json")["entries"]
    assert answer("coming", *ON, "--days", "60", "--json")["coming"]
    assert answer("show", "cn-2025-10-09-ann-61", *ON, "--json")["standing"]["stage"] == "unknown"
    assert answer("rounds", "--from", "2025-06-01", "--to", "2025-06-30", "--json")["rounds"]
    assert answer("group", "D:5", "--on", "2022-10-07", "--json")["id"] == "us:D:5"
    assert answer("lookup", "中芯国际", "--json")["found"][0]["id"] == "smic"
    for args in (("diff", "2022-10-06", "2022-10-22"), ("timeline", "--item", "h20"), ("coming", *ON),
                 ("show", "us-2025-01-13-ai-diffusion-chips", *ON), ("rounds",), ("group", "us:tier1", *ON),
                 ("group", *ON), ("lookup", "H20"), ("lookup", "the Dutch")):  # fmt: skip
        result = run(*args)
        assert (result.returncode, result.stderr) == (0, ""), args
        assert result.stdout.strip()
        # No Python value leaks into what people read; a scope is SQL and has lists of its own.
        prose = result.stdout.split("scope, as SQL")[0]
        assert not re.search(r"\('|\['|None|Stage\.", prose), args


def test_show_as_csv_is_the_history():
    rows = list(
        csv.DictReader(io.StringIO(run("show", "us-2025-05-23-eda-letters", "--format", "csv").stdout))
    )

    assert [row["on"] for row in rows] == sorted(row["on"] for row in rows)
    assert all(row["source"] for row in rows)


def test_version_says_how_far_the_ledger_was_read():
    assert run("--version").stdout.startswith("tidegate 0.")
    assert "read to 2026" in run("--version").stdout


def test_a_scenario_is_named_beside_its_answer():
    scenario = ROOT / "examples" / "scenarios" / "eda-letters-stay.yaml"

    record = answer("status", "--on", "2026-01-01", "--scenario", scenario, "--json")
    assert record["scenario"] == "The letters on design software stay"
    assert {r["id"]: r["stage"] for r in record["measures"]}["us-2025-05-23-eda-letters"] == "in_force"
    assert "This is not the record" in run("status", "--on", "2026-01-01", "--scenario", scenario).stdout


def test_a_users_ledger_stands_beside_the_shipped_one():
    record = answer("status", "--on", "2027-01-01", "--ledger", ROOT / "examples" / "ledger", "--json")

    assert {r["id"]: r["stage"] for r in record["measures"]}["kr-2027-01-01-servicing"] == "in_force"


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("status", "--on", "15.06.2025"), 2, "YYYY-MM-DD"),
        (("status", "--by", "Atlantis"), 1, "Nothing among countries is called 'Atlantis'"),
        (("status", "--stage", "enforced"), 2, "Known: considering"),
        (("status", "--ledger", "/none"), 2, "no such path"),
        (("show", "us-2025-05-23-eda-leters"), 1, "us-2025-05-23-eda-letters"),
        (("diff", "2025-06-15", "2025-06-14"), 2, "earlier day first"),
        (("coming", "--days", "-1"), 2, "out of range"),
        (("coming", "--days", "99999999"), 2, "out of range"),
        (("status", "--on", "9999-12-31"), 2, "outside the years 1900 to 2199"),
        (("timeline", "--from", "2025-02-01", "--to", "2025-01-01"), 2, "earlier day first"),
        (("rounds", "--from", "2025-02-01", "--to", "2025-01-01"), 2, "earlier day first"),
        (("lookup", "Ascend 910x"), 1, "Nothing is called"),
        (("group", "Z:9"), 1, "Nothing among groups"),
        (("ledger", "check", "/none"), 2, "no such path"),
        (("status", "--nonsense"), 2, "No such option"),
        (
            ("brief", "/none.txt", "--out", "/tmp/tidegate-none.html", "--on", "2026-11-21"),
            2,
            "no such file",
        ),
    ],
)
def test_wrong_input_goes_to_stderr_with_the_mend_and_a_code(args, code, words):
    result = run(*args)

    assert result.returncode == code
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_ledger_check_prints_a_line_for_each_problem_and_fails():
    result = run("ledger", "check", ROOT / "tests" / "data" / "broken" / "bad-scope.yaml")

    assert result.returncode == 2
    assert "bad-scope.yaml:13: [bad-scope]" in result.stderr
    assert "0 problems" in run("ledger", "check").stdout


def test_brief_writes_the_page_and_prints_a_summary(tmp_path):
    stories = sorted((ROOT / "examples" / "stories").iterdir())
    (tmp_path / "bad.txt").write_bytes(b"")

    result = run("brief", *stories, tmp_path / "bad.txt", *ON, cwd=tmp_path)

    assert result.returncode == 2
    assert "bad.txt: the file is empty" in result.stderr
    assert (tmp_path / "brief.html").read_text("utf-8").startswith("<!doctype html>")
    assert "us-2025-05-23-eda-letters" in result.stdout
    assert "nothing in the ledger matches" in result.stdout.lower()


def test_a_day_outside_what_the_ledger_covers_is_answered_with_a_warning():
    assert "The ledger starts on 2018-01-01" in run("status", "--on", "2017-12-31").stdout
    assert "The ledger starts" not in run("status", "--on", "2018-01-01").stdout
    assert run("coming", "--on", "2199-12-31", "--days", "36525").returncode == 0


def test_output_can_be_piped_into_a_reader_that_stops():
    command = f"{sys.executable} -m tidegate status --on 2026-11-21 | head -2"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)

    assert result.stdout.count("\n") == 2
    assert result.stderr == ""


def test_heavy_libraries_are_left_alone_by_status():
    code = (
        "import sys; from tidegate.cli.app import app; app(['status', '--on', '2026-11-21'], standalone_mode=False);"
        "print([m for m in ('pandas', 'polars', 'pyarrow', 'trafilatura', 'dateparser', 'jsonschema') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert result.stdout.splitlines()[-1] == "[]"
