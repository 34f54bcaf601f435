"""The main job: stories in, one self-contained page out."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tidegate.brief import brief_stories, write_page
from tidegate.brief.page import render_page
from tidegate.errors import BadInputError

STORIES = sorted((Path(__file__).parents[1] / "examples" / "stories").iterdir())
ON = "2026-11-21"


@pytest.fixture(scope="module")
def report(ledger):
    return brief_stories(STORIES, ledger, ON)


def test_each_example_finds_what_it_is_about(report):
    found = {Path(story.name).stem: {line.id for line in story.measures} for story in report.stories}

    assert {"us-2022-10-07-us-persons", "us-2022-10-urging-allies-match"} <= found["2022-10-allied-talks"]
    assert {"jp-servicing-talks", "us-2025-01-13-ai-diffusion-chips"} <= found["2025-02-servicing-talks"]
    assert {"us-2025-05-23-eda-letters", "us-2025-06-10-london-framework"} <= found["2025-06-london-round"]
    assert {"cn-2025-07-31-h20-guidance", "us-2025-07-14-h20-resumption"} <= found[
        "2025-08-chips-for-rare-earths"
    ]
    assert found["2024-harvest"] == set()


def test_a_measure_shows_its_stage_then_and_now_and_what_changed_between(report):
    story = next(story for story in report.stories if "london" in story.name)
    line = next(line for line in story.measures if line.id == "us-2025-05-23-eda-letters")

    assert (line.stage_then, line.stage_now) == ("in_force", "lifted")
    assert {"on": "2025-07-02", "stage": "lifted"}.items() <= line.changed[-1].items()
    assert any("EDA" in word or "design" in word for _, word in line.why)
    assert all(quote.text in Path(story.name).read_text("utf-8") for quote in line.quotes)


def test_what_is_coming_is_shown_beside_the_measure(ledger, tmp_path):
    story = tmp_path / "a.md"
    story.write_text(
        "---\npublished: 2025-12-01\n---\nChina keeps gallium and germanium, antimony and superhard materials "
        "for the United States on hold.\n\nMOFCOM suspended the ban on gallium exports to the United States."
    )

    report = brief_stories([story], ledger, ON)

    line = next(line for line in report.stories[0].measures if line.id == "cn-2024-12-03-us-ga-ge-sb")
    assert line.coming[0]["on"] == "2026-11-27"


def test_talks_are_found_by_place_and_day(report):
    story = next(story for story in report.stories if "london" in story.name)

    assert any(item.on.startswith("2025-06-09") for item in story.rounds)


def test_a_story_without_a_day_is_dated_as_an_estimate_only(ledger, tmp_path):
    text = next(path for path in STORIES if "servicing" in path.name).read_text("utf-8").split("---\n")[2]
    story = tmp_path / "a.md"
    story.write_text(text)

    alone = brief_stories([story], ledger, ON).stories[0]
    given = brief_stories([story], ledger, ON, published="2025-02-25").stories[0]

    assert alone.published is None
    assert alone.estimated is not None
    assert "estimated" in render_page(brief_stories([story], ledger, ON))
    assert (given.published, given.published_from, given.estimated) == ("2025-02-25", "given", None)


def test_a_story_of_which_too_little_is_known_says_so(ledger, tmp_path):
    story = tmp_path / "a.txt"
    story.write_text("Grape harvest starts early.")

    result = brief_stories([story], ledger, ON).stories[0]

    assert (result.published, result.estimated, result.measures) == (None, None, ())
    assert "Nothing in the ledger matches" in render_page(brief_stories([story], ledger, ON))


def test_bad_files_get_an_error_each_and_the_rest_goes_on(ledger, tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "latin.txt").write_bytes("Ausfuhr für China geprüft".encode("cp1252"))
    with (tmp_path / "big.txt").open("wb") as out:
        out.truncate(50 * 2**20)
    files = [*sorted(tmp_path.iterdir()), STORIES[0]]

    report = brief_stories(files, ledger, ON)

    assert len(report.failures) == 4
    assert len(report.stories) == 1
    assert all(failure.startswith(str(tmp_path)) for failure in report.failures)
    assert "Not read:" in render_page(report)


def test_the_page_needs_no_network_and_no_script(report):
    page = render_page(report)

    assert "<script" not in page
    assert not re.search(r"""(?:src|@import|url\()\s*=?\s*["']?(?:https?:)?//""", page)
    assert "<link" not in page
    assert page.count("<article") == len(STORIES)


def test_what_a_story_says_is_text_on_the_page(ledger, tmp_path):
    story = tmp_path / "a.txt"
    story.write_text(
        "<img src=x onerror=alert(1)> The US put Huawei on the entity list <script>alert(2)</script>."
    )

    page = render_page(brief_stories([story], ledger, ON, published="2019-05-20"))

    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_same_stories_same_bytes(ledger, report):
    assert render_page(report) == render_page(brief_stories(STORIES, ledger, ON))
    assert json.loads(report.to_json())["on"] == ON


def test_a_page_that_cannot_be_written_leaves_the_old_one(report, tmp_path):
    with pytest.raises(BadInputError, match="cannot be written"):
        write_page(report, tmp_path / "none" / "brief.html")


def test_a_kill_in_the_middle_leaves_a_whole_page_or_none(tmp_path):
    """The page appears whole: a reader never sees half of it, however the writer dies."""
    out = tmp_path / "brief.html"
    command = [
        sys.executable, "-c",
        "import sys; from tidegate.brief import brief_stories, write_page; from tidegate.ledger import load_ledger\n"
        "report = brief_stories(sys.argv[2:], load_ledger(), '2026-11-21')\n"
        "print('go', flush=True)\n"
        "while True: write_page(report, sys.argv[1])\n",
        str(out), *map(str, STORIES),
    ]  # fmt: skip
    for wait in (0.002, 0.01, 0.05):
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if out.exists():
            assert out.read_text("utf-8").rstrip().endswith("</html>")
