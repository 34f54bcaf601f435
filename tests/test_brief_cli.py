"""`tidegate brief` as it is called: what it prints, what it takes, and what it leaves alone."""

import html
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import run

ROOT = Path(__file__).parents[1]
STORY = """---
published: 2025-06-10
outlet: The Post
---
# Tokyo weighs limits

Japan is considering export controls on graphite to China, people familiar with the matter said.
"""


def run_apart(*args, cwd=ROOT):
    """Run the command as a process of its own, as people do."""
    return subprocess.run(
        [sys.executable, "-m", "tidegate", *map(str, args)],
        capture_output=True, text=True, cwd=cwd, check=False, timeout=120,
    )  # fmt: skip


def test_the_command_shown_for_a_proposal_accepts_it(tmp_path):
    (tmp_path / "tokyo's story.md").write_text(STORY)
    (tmp_path / "own").mkdir()

    brief = json.loads(
        run(
            "brief", "tokyo's story.md", "--ledger", "own", "--on", "2026-11-21", "--json", cwd=tmp_path
        ).stdout
    )

    assert brief["proposals"]
    for proposal in brief["proposals"]:
        words = shlex.split(proposal["accept"])
        assert words[0] == "tidegate"
        (tmp_path / "my-ledger").mkdir(exist_ok=True)
        result = run(*words[1:], cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        assert proposal["id"] in result.stdout
    assert list((tmp_path / "my-ledger").rglob("*.yaml"))


def test_terminal_page_and_json_tell_the_same(tmp_path):
    (tmp_path / "a.md").write_text(STORY)

    printed = run_apart("brief", "a.md", "--on", "2026-11-21", cwd=tmp_path).stdout
    record = json.loads(run("brief", "a.md", "--on", "2026-11-21", "--json", cwd=tmp_path).stdout)
    page = html.unescape((tmp_path / "brief.html").read_text("utf-8"))

    lines = record["stories"][0]["asserts"]
    assert lines
    for line in lines:
        for shown in (printed, page):
            assert line["says"] in shown
            assert line["authority"] in shown
    assert all(proposal["id"] in printed and proposal["id"] in page for proposal in record["proposals"])


def test_a_dump_gives_a_brief_for_each_story_and_a_failure_for_each_bad_line(tmp_path):
    text = STORY.split("---\n")[2]
    rows = [json.dumps({"text": text, "published": "2025-06-10"}), "{broken",
            json.dumps({"text": "Grape harvest starts early in Burgundy.", "published": "2025-06-10"})]  # fmt: skip
    (tmp_path / "day.jsonl").write_text("\n".join(rows))

    result = run("brief", "day.jsonl", "--on", "2026-11-21", "--json", cwd=tmp_path)

    brief = json.loads(result.stdout)
    assert result.returncode == 2
    assert len(brief["stories"]) == 2
    assert len(brief["failures"]) == 1
    # `tidegate reconcile` takes a file of one story.
    assert [proposal["accept"] for proposal in brief["proposals"]] == [None] * len(brief["proposals"])


def test_a_folder_is_read_whole(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.md").write_text(STORY)
    (tmp_path / "in" / "b.txt").write_text("Grape harvest starts early in Burgundy.")

    brief = json.loads(run("brief", "in", "--on", "2026-11-21", "--json", cwd=tmp_path).stdout)

    assert [Path(story["name"]).name for story in brief["stories"]] == ["a.md", "b.txt"]


def test_the_language_model_is_left_alone_by_help_and_status():
    for args in (["--help"], ["status", "--on", "2026-11-21"]):
        code = (
            f"import sys; from tidegate.cli.app import app; app({args!r}, standalone_mode=False);"
            "print([m for m in ('spacy', 'numpy', 'datasketch') if m in sys.modules])"
        )
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert result.stdout.splitlines()[-1] == "[]"


# --- the day


def test_without_stories_the_page_is_of_the_day(tmp_path):
    result = run("brief", "--on", "2025-12-09", "--no-effects", cwd=tmp_path)

    assert result.returncode == 0, result.stderr
    page = html.unescape((tmp_path / "brief.html").read_text("utf-8"))
    for told in ("What changed since 2025-11-09", "Affiliates rule: 50 percent ownership by listed parties"):
        assert told in page
        assert told in result.stdout
    assert "Left out: it was not asked for" in page
    assert "Left out: it was not asked for" in result.stdout
    assert "stories held against" not in page


def test_with_stories_the_day_and_the_stories_are_one_page_and_one_record(tmp_path):
    (tmp_path / "a.md").write_text(STORY)

    result = run("brief", "a.md", "--on", "2025-12-09", "--since", "2025-11-09", "--json", cwd=tmp_path)

    record = json.loads(result.stdout)
    page = html.unescape((tmp_path / "brief.html").read_text("utf-8"))
    assert record["day"]["since"] == "2025-11-09"
    assert record["day"]["effects"]["left_out"]
    assert record["stories"][0]["asserts"][0]["says"] in page
    assert page.index("What changed since 2025-11-09") < page.index("Tokyo weighs limits")
    assert page.count("<h1>") == 1


@pytest.mark.parametrize("ending", ["pdf", "txt", "html"])
def test_the_ending_says_what_is_written(tmp_path, ending):
    if ending == "pdf":
        pytest.importorskip("typst", reason="tidegate[pdf] is not installed")

    result = run("brief", "--on", "2021-06-01", "--out", f"day.{ending}", cwd=tmp_path)

    assert result.returncode == 0, result.stderr
    start = {"pdf": b"%PDF-1.7", "txt": b"Brief of 2021-06-01\n", "html": b"<!doctype html>"}[ending]
    assert (tmp_path / f"day.{ending}").read_bytes().startswith(start)
    # So early a day the model does not reach; the brief says so by itself.
    assert "Left out: the supply model runs from 2022Q3" in " ".join(result.stdout.split())


def test_claims_of_the_store_are_told_with_what_the_record_says_to_them(tmp_path):
    (tmp_path / "a.md").write_text(STORY.replace("2025-06-10", "2025-11-20"))
    assert run("read", "a.md", "--store", "own.db", cwd=tmp_path).returncode == 0

    asked = ("brief", "--on", "2025-12-09", "--no-effects", "--store", "own.db", "--json")
    claims = json.loads(run(*asked, cwd=tmp_path).stdout)["day"]["claims"]

    assert claims
    for claim in claims:
        assert (claim["published"], claim["outlets"], claim["verdict"]) == ("2025-11-20", ["The Post"], None)
        assert claim["words"] in STORY
    assert {claim["label"] for claim in claims} & {"new", "updates"}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--on", "nonsense"), "Write YYYY-MM-DD"),
        (("--since", "nonsense"), "Write YYYY-MM-DD"),
        (("--since", "2025-12-10"), "Give the earlier day first"),
        (("--out", "day.doc"), "Give --out a name in .html, .pdf, .txt"),
        (("--out", "nowhere/day.html"), "there is no folder nowhere"),
        (("--out", "folder.html"), "this is a folder"),
        (("--store", "none.db"), "there is no store"),
    ],
)
def test_what_cannot_be_asked_is_told_with_the_mend_and_leaves_nothing(tmp_path, args, words):
    (tmp_path / "folder.html").mkdir()

    result = run("brief", "--no-effects", "--on", "2025-12-09", *args, cwd=tmp_path)

    assert result.returncode == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]
