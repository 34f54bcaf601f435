"""Files that are written whole: who may read them, and that they are all there."""

import os

import pytest

from tidegate import data
from tidegate.errors import BadInputError
from tidegate.files import write_whole
from tidegate.ledger import digest


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_who_may_read_a_file_is_what_the_user_says_for_every_new_file(tmp_path, umask, mode):
    """The state of a watch names customers, an answer of a job a scenario of one's own."""
    before = os.umask(umask)
    try:
        path = write_whole(tmp_path / "state.json", "{}")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == mode
    assert [each.name for each in tmp_path.iterdir()] == ["state.json"]


def test_a_file_that_cannot_be_written_is_told_and_leaves_what_was_there(tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(BadInputError, match="cannot be written"):
        write_whole(tmp_path / "there", "x")
    with pytest.raises(BadInputError, match="cannot be written"):
        write_whole(tmp_path / "nowhere" / "file", "x")
    assert [each.name for each in tmp_path.iterdir()] == ["there"]


@pytest.mark.parametrize("name", ["BARGAINS", "BASKET"])
def test_the_digest_of_the_record_changes_with_the_talks_and_the_basket(ledger, tmp_path, monkeypatch, name):
    digest._beside.cache_clear()
    before = digest.ledger_digest(ledger)
    file = getattr(data, name)
    (tmp_path / file.name).write_bytes(file.read_bytes() + b"# corrected\n")
    monkeypatch.setattr(data, name, tmp_path / file.name)
    digest._beside.cache_clear()
    assert digest.ledger_digest(ledger) != before
    monkeypatch.undo()
    digest._beside.cache_clear()
    assert digest.ledger_digest(ledger) == before
