"""Documentation under test: what is generated is fresh, what is written by hand names what exists."""

import doctest
import importlib
import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import run

ROOT = Path(__file__).parents[1]


def generated():
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.pages())


@pytest.mark.parametrize(("path", "text"), generated(), ids=lambda value: getattr(value, "name", ""))
def test_a_generated_page_is_fresh(path, text):
    assert path.read_text("utf-8") == text, "Run: make docs"


def test_every_link_between_pages_leads_somewhere():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def commands(page):
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("tidegate ")]


def plain(line):
    """Whether a command asks nothing of a shell but to be started."""
    return not set("|<>&;*?[{~$`") & set(line)


def run_by_shell(line):
    return subprocess.run(
        ["bash", "-c", line.replace("tidegate", f"{sys.executable} -m tidegate", 1)],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "docs/bargaining.md",
        "docs/ledger.md",
        "docs/scenarios.md",
        "docs/brief.md",
        "docs/check.md",
        "docs/exposure.md",
        "docs/ownership.md",
        "docs/reading.md",
        "docs/simulate.md",
        "docs/tide.md",
        "docs/trace.md",
        "docs/watch.md",
        "docs/web.md",
        "docs/team.md",
    ],
)
def test_every_command_shown_runs(page, tmp_path):
    shown = commands(ROOT / page)
    assert shown
    (tmp_path / "questions.yaml").write_bytes((ROOT / "examples/watch/questions.yaml").read_bytes())
    for line in shown:
        line = line.replace("my-ledger", "examples/ledger")
        for name in ("brief.html", "decided.csv", "picture.html", "questions.yaml"):
            line = line.replace(name, str(tmp_path / name))
        line = line.replace("--out claims", f"--out {tmp_path / 'claims'}")
        if line.startswith("tidegate brief") and "--out" not in line:
            line += f" --out {tmp_path / 'brief.html'}"
        # What asks something of a shell is run by one, as people do it, in a process of its own.
        result = run(*shlex.split(line, comments=True)[1:]) if plain(line) else run_by_shell(line)
        # `check` says by its exit code whether something stands in the way (1) or is not known (3), `screen` whether
        # there is a hit (1).
        fine = {"check": (0, 1, 3), "screen": (0, 1)}.get(line.split()[1], (0,))
        assert result.returncode in fine, f"{line}\n{result.stderr}"
        assert result.stdout.strip() or "--out" in line, line


@pytest.fixture(scope="module")
def read_stories(tmp_path_factory):
    """A store of the stories of the manual."""
    store = tmp_path_factory.mktemp("read") / "tidegate.db"
    read = [sys.executable, "-m", "tidegate", "read", "examples/stories", "--store", str(store)]
    subprocess.run(read, capture_output=True, cwd=ROOT, check=True)
    return store


@pytest.mark.parametrize("page", ["README.md", "docs/ownership.md", "docs/reading.md", "docs/simulate.md"])
def test_python_shown_runs(page, tmp_path, read_stories):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    assert blocks
    store = Path(shutil.copy(read_stories, tmp_path))
    for block in blocks:
        block = block.replace('"tidegate.db"', repr(str(store)))
        result = subprocess.run(
            [sys.executable, "-c", block], capture_output=True, text=True, cwd=ROOT, check=False
        )
        assert result.returncode == 0, result.stderr


def test_the_examples_in_docstrings_hold():
    modules = [
        "tidegate",
        "tidegate.dates",
        "tidegate.catalog.catalog",
        "tidegate.ledger.ledger",
        "tidegate.ledger.load",
        "tidegate.licensing.bounds",
        "tidegate.licensing.classify",
        "tidegate.licensing.decide",
        "tidegate.licensing.quotas",
        "tidegate.licensing.tide",
        "tidegate.sources.country_names",
        "tidegate.sources.csl_fields",
        "tidegate.sources.flows.places",
        "tidegate.sources.stakes",
    ]
    for name in modules:
        told = doctest.testmod(importlib.import_module(name))
        assert told.attempted, name
        assert not told.failed, name


def test_every_package_says_what_it_is_for():
    for init in (ROOT / "src" / "tidegate").rglob("__init__.py"):
        assert init.read_text("utf-8").startswith('"""'), init


def test_the_page_that_the_web_manual_shows_is_one_of_the_site():
    [block] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "web.md").read_text("utf-8"), re.DOTALL)
    assert block == (ROOT / "src" / "tidegate" / "web" / "questions" / "rounds.py").read_text("utf-8")


def test_the_web_manual_names_every_question_and_the_function_that_answers_it():
    pytest.importorskip("fastapi", reason="tidegate[web] is not installed")
    from tidegate.web import questions

    text = (ROOT / "docs" / "web.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(/[^?`/]*)[^`]*` \|.*`(tidegate\.[\w.]+)` \|$", text, re.MULTILINE))
    assert set(rows) == {asks.path.partition("/{")[0] for asks in questions().values()}
    for name in rows.values():
        module, _, function = name.rpartition(".")
        assert callable(getattr(importlib.import_module(module), function))
