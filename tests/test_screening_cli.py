"""`tidegate screen` and `tidegate clearances`, as somebody at a terminal meets them."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from parties_made import csl_file
from tidegate.cli.app import app

ON = ("--on", "2026-11-21")


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIDEGATE_STORE", raising=False)
    return csl_file(
        tmp_path / "list.json", ["Hongkong Valtrex Technology Limited", "ESTRELLA MORALES, Josue"]
    )


def ask(*words, code=0):
    result = CliRunner().invoke(app, ["screen", *map(str, words)])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result


def test_a_hit_is_shown_with_why_and_the_age_of_the_list(made):
    shown = ask("Valtrex Tech", "--list", made, *ON, code=1).stdout

    assert "Hongkong Valtrex Technology Limited" in shown
    assert "'tech' for 'technology'" in shown
    assert "of 2026-11-01, 20 days old, 2 entries" in shown


def test_no_hit_says_so_and_ends_with_0(made):
    assert "no hits for 'Orlan Metals'" in ask("Orlan Metals", "--list", made, *ON).stdout


def test_one_name_as_json(made):
    answer = json.loads(
        ask("Valtrex Tech", "--list", made, *ON, "--json", "--country", "China", code=1).stdout
    )

    assert answer["hits"][0]["id"] == "EL:hongkong-valtrex-technology-limited"
    assert (answer["country"], answer["hits"][0]["country"]) == ("CN", "same")
    assert answer["lists"][0]["age_days"] == 20


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("q.csv", "query,kind\nValtrex Tech,x\n\"Orlan, Metals\",y\n"),
        ("q.csv", "number,name\n1,Valtrex Tech\n2,\"Orlan, Metals\"\n"),
        ("q.txt", "Valtrex Tech\n\n  Orlan, Metals  \n"),
    ],
)  # fmt: skip
def test_a_file_of_names_gives_an_array_with_an_object_a_name(made, tmp_path, name, text):
    (tmp_path / name).write_text(text, "utf-8")
    answers = json.loads(ask("--queries", tmp_path / name, "--list", made, *ON, "--format", "json").stdout)

    assert [answer["query"] for answer in answers] == ["Valtrex Tech", "Orlan, Metals"]
    assert [list(answer)[:2] for answer in answers] == [["query", "hits"]] * 2
    assert [list(hit)[:4] for answer in answers for hit in answer["hits"]] == [["id", "name", "score", "why"]]


def test_a_file_of_names_as_csv_has_a_row_for_a_name_without_hits(made, tmp_path):
    (tmp_path / "q.txt").write_text("Valtrex Tech\nOrlan\n", "utf-8")
    shown = ask("--queries", tmp_path / "q.txt", "--list", made, *ON, "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(shown)))

    assert [(row["query"], row["id"]) for row in rows] == [
        ("Valtrex Tech", "EL:hongkong-valtrex-technology-limited"), ("Orlan", ""),
    ]  # fmt: skip


def test_country_and_identifier_stand_in_columns(made, tmp_path):
    (tmp_path / "q.csv").write_text("query,country,identifier\nHongkong Valtrex Tech,Iran,\n", "utf-8")
    [answer] = json.loads(
        ask("--queries", tmp_path / "q.csv", "--list", made, *ON, "--format", "json").stdout
    )

    assert answer["country"] == "IR"
    assert answer["hits"][0]["country"] == "differs"


def test_answers_go_to_a_file_whole_or_not_at_all(made, tmp_path):
    out = tmp_path / "out.json"
    (tmp_path / "q.csv").write_text("query,country\nValtrex,CN\nOrlan,Atlantis\n", "utf-8")
    failed = ask("--queries", tmp_path / "q.csv", "--list", made, *ON, "--out", out, code=1)

    assert "row 2, country: 'Atlantis' is no country" in str(failed.exception)
    assert not out.exists()
    assert not list(tmp_path.glob(".out.json*"))

    (tmp_path / "q.csv").write_text("query\nValtrex\n", "utf-8")
    ask("--queries", tmp_path / "q.csv", "--list", made, *ON, "--out", out)
    assert json.loads(out.read_text("utf-8"))[0]["query"] == "Valtrex"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Give one name, or --queries"),
        (("Valtrex", "--queries", "q.txt"), "Give one name, or --queries"),
        (("Valtrex", "--out", "x.json"), "--out"),
        (("--queries", "missing.txt"), "missing.txt: this file cannot be read"),
        (("--queries", "bad.csv"), "bad.csv:1: no column is called 'query' or 'name'"),
        (("--queries", "empty.txt"), "empty.txt: this file is empty"),
        (("--queries", "latin.txt"), "is not UTF-8"),
        (("--queries", "q.txt", "--country", "CN"), "stand in the columns"),
        (("Valtrex", "--list", "missing.json"), "missing.json: this list cannot be read"),
        (("Valtrex", "--threshold", "7"), "not within 0 and 1"),
        (("Valtrex", "--country", "Atlantis"), "'Atlantis' is no country"),
        (("Valtrex", "--why", "x"), "--by and --why"),
        (("Valtrex", "--clear", "x", "--confirm", "x"), "one or the other"),
        (("Valtrex", "--clear", "EL:hongkong-valtrex-technology-limited", "--why", "x"), "by: a decision has somebody"),
        (("Valtrex", "--clear", "EL:hongkong-valtrex-technology-limited", "--by", "Ann"), "why: a decision says"),
        (("Valtrex", "--clear", "EL:x", "--by", "Ann", "--why", "x"), "has no hit 'EL:x'"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_says_what_to_mend(made, tmp_path, words, says):
    (tmp_path / "q.txt").write_text("Valtrex\n", "utf-8")
    (tmp_path / "bad.csv").write_text("party,country\nx,y\n", "utf-8")
    (tmp_path / "empty.txt").write_text("", "utf-8")
    (tmp_path / "latin.txt").write_bytes("Valtrex\nM\xfcller\n".encode("latin-1"))
    if "--list" not in words:
        words = (*words, "--list", made)
    result = CliRunner().invoke(app, ["screen", *map(str, words), *ON])

    assert says in str(result.exception)
    assert not (tmp_path / "tidegate.db").exists()


def test_a_cleared_hit_is_shown_as_cleared_by_whom_and_when(made):
    cleared = ask("Valtrex Tech", "--list", made, *ON, "--clear", "EL:hongkong-valtrex-technology-limited",
                  "--by", "Ann Lee", "--why", "another address").stdout  # fmt: skip
    assert "cleared by Ann Lee on" in cleared

    again = ask("  valtrex   TECH ", "--list", made, *ON, "--json").stdout
    assert json.loads(again)["hits"][0]["cleared"]["why"] == "another address"


def test_a_clearance_does_not_cover_a_changed_entry(made):
    ask("Valtrex Tech", "--list", made, *ON, "--clear", "EL:hongkong-valtrex-technology-limited",
        "--by", "Ann Lee", "--why", "another address")  # fmt: skip
    text = made.read_text("utf-8")
    made.write_text(text.replace('"c": ["CN"]', '"c": ["CN", "IR"]'), "utf-8")
    hit = json.loads(ask("Valtrex Tech", "--list", made, *ON, "--json", code=1).stdout)["hits"][0]

    assert hit["cleared"]["changed"] is True
    assert "but the entry has changed since" in hit["why"]


def test_a_clearance_is_of_one_name_only(made):
    ask("Valtrex Tech", "--list", made, *ON, "--clear", "EL:hongkong-valtrex-technology-limited",
        "--by", "Ann Lee", "--why", "another address")  # fmt: skip

    assert (
        json.loads(ask("Hongkong Valtrex", "--list", made, *ON, "--json", code=1).stdout)["hits"][0][
            "cleared"
        ]
        is None
    )


def test_a_confirmed_hit_stays_open_and_the_log_has_both(made):
    entry = "EL:hongkong-valtrex-technology-limited"
    ask("Valtrex Tech", "--list", made, *ON, "--clear", entry, "--by", "Ann Lee", "--why", "another address")
    ask("Valtrex Tech", "--list", made, *ON, "--confirm", entry, "--by", "Bo", "--why", "same owner", code=1)
    log = json.loads(CliRunner().invoke(app, ["clearances", "--json"]).stdout)["decisions"]

    assert [(row["verdict"], row["who"], row["why"]) for row in log] == [
        ("cleared", "Ann Lee", "another address"), ("confirmed", "Bo", "same owner"),
    ]  # fmt: skip
    assert all(row["query"] == "Valtrex Tech" and row["id"] == entry and row["entry_digest"] for row in log)
    shown = CliRunner().invoke(app, ["clearances", "--name", "valtrex  tech"]).stdout
    assert "2 decisions in tidegate.db" in shown


def test_names_of_a_file_show_what_was_cleared(made, tmp_path):
    entry = "EL:hongkong-valtrex-technology-limited"
    ask("Valtrex Tech", "--list", made, *ON, "--clear", entry, "--by", "Ann Lee", "--why", "another address")
    (tmp_path / "q.txt").write_text("Valtrex Tech\n", "utf-8")
    shown = ask("--queries", tmp_path / "q.txt", "--list", made, *ON, "--format", "csv").stdout

    assert next(csv.DictReader(io.StringIO(shown)))["cleared_by"] == "Ann Lee"


def test_answers_that_are_stopped_midway_leave_no_file(made, tmp_path):
    if sys.platform == "win32":
        pytest.skip("signals are those of POSIX")
    out = tmp_path / "out.csv"
    (tmp_path / "q.txt").write_text("Valtrex Technolgy Shenzen\n" * 400_000, "utf-8")
    command = [
        sys.executable,
        "-m",
        "tidegate",
        "screen",
        "--queries",
        "q.txt",
        "--list",
        str(made),
        "--out",
        str(out),
    ]
    process = subprocess.Popen(command, cwd=tmp_path, env=dict(os.environ), stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not list(Path(tmp_path).glob(".out.csv*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=30)

    assert process.returncode != 0
    assert not out.exists()
    assert not list(Path(tmp_path).glob(".out.csv*"))
