"""What the tests share: the shipped ledger, and the facts beside the checkout where they are."""

import os
from pathlib import Path

import pytest

from browsers import browser  # noqa: F401
from databases import address  # noqa: F401
from tidegate.ledger import load_ledger

if "PYTEST_XDIST_WORKER" in os.environ:
    # As many workers as cores: threads of a library within each only wait for one another. Before NumPy is read.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

SHARED = Path(__file__).resolve().parents[2] / "shared"


LONGEST = (
    "test_docs.py", "test_tide.py", "test_web_pages.py", "test_web_browser.py", "test_decide_table.py", "test_mcp.py",
    "test_engines.py", "test_store_batches.py", "test_brief_effects.py", "test_web_upload.py", "test_web_charts.py",
    "test_supply_disputes.py", "test_web_bargain.py", "test_exposure.py", "test_study.py", "test_web_killed.py",
)  # fmt: skip
"""Files that take longest. They go first, so that none is left for one worker while the others have nothing to do."""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Commands keep what they worked out in a folder of the test run, not in the user's.

    Kept answers (`tidegate.kept`) are those of all workers: what one worked out no other works out again.
    """
    cache, base = tmp_path_factory.mktemp("cache"), tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        (cache / "tidegate").mkdir()
        (cache / "tidegate" / "answers.sqlite").symlink_to(base.parent / "answers.sqlite")
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CACHE_HOME", str(cache))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def ledger():
    return load_ledger()


@pytest.fixture(scope="session")
def shared():
    """The folder of facts and stories that developers and CI have and users do not."""
    if not (SHARED / "facts").is_dir():
        pytest.skip("../shared is not beside this checkout")
    return SHARED
