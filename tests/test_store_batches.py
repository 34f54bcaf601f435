"""Reading many files: in parts, twice at once, past what fails, and through a kill; nothing is lost or doubled."""

import dataclasses
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from readings import AT, by_line, reading, write_stories
from tidegate.claims.search import search_claims
from tidegate.claims.store import Reader, Store, StoreError, claim_ids, read_into
from tidegate.errors import BadInputError

READER = Reader("local", "1", by_line)

WORKER = """
import sys, time
from readings import AT, by_line
from tidegate.claims.store import Reader, Store, read_into

def slowly(document, published):
    time.sleep(0.015)
    return by_line(document, published)

address, folder = sys.argv[1:]
with Store.open(address) as store:
    for event in read_into([folder], store=store, reader=Reader("local", "1", slowly), now=lambda: AT):
        print(event.outcome, event.name, flush=True)
"""


def read_all(paths, **options):
    return list(read_into(paths, reader=options.pop("reader", READER), now=lambda: AT, **options))


def start(address, folder):
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, address, str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip


def content(store):
    found = search_claims(store)
    assert len({row["id"] for row in found}) == len(found)
    readings = sorted((item.document.name, repr(item), claim_ids(item)) for item in store.readings())
    return readings, sorted(map(repr, found.rows))


@pytest.fixture
def folder(tmp_path):
    return write_stories(tmp_path / "stories", 40)


@pytest.fixture
def uninterrupted(folder, tmp_path):
    """What a store holds after the folder was read in one go."""
    with Store.open(tmp_path / "reference.db") as store:
        read_all([folder], store=store)
        return content(store)


def test_a_killed_batch_loses_nothing_it_reported_and_goes_on_where_it_was(address, folder, uninterrupted):
    chance = random.Random(20250225)
    reported, kills = set(), 0
    while True:
        process = start(address, folder)
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("read") and len(lines) - len(reported) >= chance.randint(2, 6):
                time.sleep(chance.uniform(0, 0.012))
                process.kill()
                break
        rest, complaints = process.communicate(timeout=60)
        new = {line.split()[1] for line in [*lines, *rest.splitlines()] if line.startswith("read")}
        assert not new & reported, "what was reported as stored was read again"
        reported |= new
        with Store.open(address) as store:
            stored = {item.document.name: item for item in store.readings()}
            assert reported <= set(stored)
            assert all(len(item.claims) == 3 for item in stored.values())
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL, complaints
        kills += 1

    assert kills >= 3
    with Store.open(address) as store:
        assert content(store) == uninterrupted


def test_two_processes_that_read_one_folder_into_one_store_double_nothing(address, folder, uninterrupted):
    both = [start(address, folder), start(address, folder)]
    outputs = [process.communicate(timeout=120) for process in both]

    assert [complaints for _, complaints in outputs] == ["", ""]
    assert [process.returncode for process in both] == [0, 0]
    with Store.open(address) as store:
        assert content(store) == uninterrupted


def test_a_second_run_skips_what_is_stored_and_reads_what_came_in(address, folder):
    with Store.open(address) as store:
        read_all([folder], store=store)
        (folder / "new.txt").write_text("A new story\nThe gate closed.")
        events = read_all([folder], store=store)

    assert [event.name for event in events if event.outcome == "read"] == [str(folder / "new.txt")]
    assert sum(event.outcome == "skipped" for event in events) == 40


def test_a_new_version_of_the_reader_reads_everything_anew(address, folder):
    with Store.open(address) as store:
        read_all([folder], store=store)
        before = content(store)
        events = read_all([folder], store=store, reader=Reader("local", "2", by_line))

        assert {event.outcome for event in events} == {"read"}
        assert content(store) == before


def test_a_file_that_cannot_be_read_is_reported_and_the_others_are_read(tmp_path, folder):
    (folder / "empty.txt").write_text("")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 4)

    with Store.open(tmp_path / "a.db") as store:
        events = read_all([folder, tmp_path / "nowhere.txt"], store=store)
        assert len(list(store.readings())) == 40

    failed = {Path(event.name).name: event.error for event in events if event.outcome == "failed"}
    assert set(failed) == {"empty.txt", "binary.txt", "nowhere.txt"}
    assert "empty" in failed["empty.txt"]
    assert "no such file" in failed["nowhere.txt"]


def test_a_story_at_which_the_reader_breaks_is_reported_and_the_others_are_read(tmp_path, folder):
    def breaks(document, published):
        if "007" in document.name:
            raise KeyError("gate")
        return by_line(document, published)

    with Store.open(tmp_path / "a.db") as store:
        events = read_all([folder], store=store, reader=Reader("local", "1", breaks))
        assert len(list(store.readings())) == 39

    (failed,) = [event for event in events if event.outcome == "failed"]
    assert "story-007.txt: the reader broke: KeyError: 'gate'" in failed.error


def test_a_story_whose_claims_do_not_fit_is_reported_and_the_others_are_stored(address, folder):
    def endless(document, published):
        read = by_line(document, published)
        if "007" not in document.name:
            return read
        return dataclasses.replace(read, claims=(dataclasses.replace(read.claims[0], source=("x" * 9999,)),))

    with Store.open(address) as store:
        events = read_all([folder], store=store, reader=Reader("local", "1", endless))
        assert len(list(store.readings())) == 39

    (failed,) = [event for event in events if event.outcome == "failed"]
    assert "the source of a claim has 9999 characters" in failed.error


def test_reading_stops_after_the_document_at_hand(tmp_path, folder):
    seen = []
    events = read_into([folder], reader=READER, now=lambda: AT, stop=lambda: len(seen) >= 3)

    for event in events:
        seen.append(event.name)  # noqa: PERF401 (whether to stop hangs on it)

    assert [Path(name).name for name in seen] == [f"story-{number:03}.txt" for number in range(3)]


def test_a_store_that_fails_stops_the_batch(tmp_path, folder, monkeypatch):
    with Store.open(tmp_path / "a.db") as store:

        def full(*_args, **_options):
            raise StoreError("the disk is full")

        monkeypatch.setattr(store, "put", full)
        with pytest.raises(StoreError, match="disk is full"):
            read_all([folder], store=store)


def test_each_document_gets_a_json_file_of_its_own(tmp_path):
    one, two = tmp_path / "a", tmp_path / "b"
    for folder, number in ((one, 1), (two, 2)):
        folder.mkdir()
        (folder / "story.txt").write_text(f"Headline\nThe gate of port {number} closed.")
    out = tmp_path / "out"

    events = read_all([one, two], out=out)

    assert [event.file.name for event in events] == ["story.json", "story-2.json"]
    assert sorted(path.name for path in out.iterdir()) == ["story-2.json", "story.json"]


def test_what_the_store_has_is_written_to_the_folder_too(tmp_path, folder):
    with Store.open(tmp_path / "a.db") as store:
        read_all([folder], store=store, out=tmp_path / "first")
        events = read_all([folder], store=store, out=tmp_path / "second")

    assert {event.outcome for event in events} == {"skipped"}
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_error_before_anything_is_read(tmp_path, folder):
    tmp_path.chmod(0o500)
    with pytest.raises(BadInputError, match="no such folder"):
        read_all([folder], out=tmp_path / "out")


def test_a_file_where_the_folder_should_be_is_an_error_before_anything_is_read(tmp_path, folder):
    (tmp_path / "out").write_text("here already")

    with pytest.raises(BadInputError, match="there can be no such folder"):
        read_all([folder], out=tmp_path / "out", reader=Reader("local", "1", None))


def test_a_json_file_is_named_like_its_story_wherever_that_is(tmp_path):
    from tidegate.claims.store.files import Folder

    names = ["x/2025-02-25_dutch.txt", "C:\\news\\2025-02-25_dutch.txt", "dump.jsonl#3", "https://post.example/a/b/",
             "中国.txt", "../..", "x" * 400 + ".txt", "AUX?.md", "Dutch.V2.txt"]  # fmt: skip
    folder = Folder(tmp_path / "out")
    written = [folder.write(reading(name)).name for name in names]

    assert written[:6] == [
        "2025-02-25_dutch.json",
        "2025-02-25_dutch-2.json",
        "dump-3.json",
        "b.json",
        "中国.json",
        "document.json",
    ]
    assert written[7:] == ["AUX.json", "Dutch.V2.json"]
    assert all(path.parent == tmp_path / "out" for path in (tmp_path / "out").iterdir())
