"""`tidegate brief` as it is called: what it prints, what it takes, and what it leaves alone."""

import html
import json
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
STORY = """---
published: 2025-06-10
outlet: The Post
---
# Tokyo weighs limits

Japan is considering export controls on graphite to China, people familiar with the matter said.
"""


def run(*args, cwd=ROOT):
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

    printed = run("brief", "a.md", "--on", "2026-11-21", cwd=tmp_path).stdout
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
