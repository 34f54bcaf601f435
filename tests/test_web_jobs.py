"""Jobs: worked out once, apart, bounded in number and time, and gone when the site is."""

import os
import subprocess
import sys
import time
from functools import partial

import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")

from tidegate.errors import BadInputError
from tidegate.web.jobs import Jobs, JobsFullError

KEY = "a1"


def quick(tell):
    tell("counting", 1, 2, None)
    return {"answer": 42, "process": os.getpid()}


def slow(tell, seconds=60):
    tell("sleeping", 1, 4, {"so_far": [1]})
    time.sleep(seconds)
    return {"answer": "late"}


def refused(tell):
    raise BadInputError("outcome 'x': there is none. Take another.")


def killed(tell):
    os._exit(9)


@pytest.fixture
def jobs(tmp_path):
    made = []

    def make(**options):
        made.append(Jobs(tmp_path / "answers", **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


def wait(jobs, key, *states, seconds=60):
    until = time.monotonic() + seconds
    while (job := jobs.look(key)) is None or job.state not in states:
        assert time.monotonic() < until, job
        time.sleep(0.05)
    return job


def test_an_answer_is_worked_out_apart_once_and_kept(jobs):
    own = jobs()
    assert own.look(KEY) is None
    assert not own.ask(KEY, quick).is_final
    job = wait(own, KEY, "done")
    assert job.answer["answer"] == 42
    assert job.answer["process"] != os.getpid()
    # Asked again, and by a site that starts later, it is the same answer: nothing runs.
    assert own.ask(KEY, killed).answer == job.answer
    assert jobs().ask(KEY, killed).answer == job.answer


def test_one_that_is_under_way_tells_what_it_does_and_what_there_is_so_far(jobs):
    own = jobs()
    own.ask(KEY, slow)
    job = wait(own, KEY, "running")
    until = time.monotonic() + 30
    while not job.doing and time.monotonic() < until:
        time.sleep(0.05)
        job = own.look(KEY)
    assert (job.doing, job.done, job.whole, job.answer) == ("sleeping", 1, 4, {"so_far": [1]})
    assert job.status()["state"] == "running"
    assert not job.is_final


def test_few_run_at_once_the_others_wait_their_turn_and_too_many_are_refused(jobs):
    own = jobs(at_once=1, waiting=2)
    own.ask("a", partial(slow, seconds=60))
    wait(own, "a", "running")
    assert (own.ask("b", quick).state, own.look("b").ahead) == ("waiting", 1)
    assert own.ask("c", quick).ahead == 2
    with pytest.raises(JobsFullError, match="Ask again"):
        own.ask("d", quick)
    assert own.ask("b", quick).state == "waiting"
    assert own.look("d") is None


def test_one_that_takes_too_long_is_given_up_and_says_so(jobs):
    own = jobs(seconds=1.5)
    own.ask(KEY, slow)
    job = wait(own, KEY, "failed")
    assert "not done within 1.5 seconds" in job.wrong
    assert job.is_final


@pytest.mark.parametrize(("work", "said"), [(refused, "outcome 'x'"), (killed, "ended without an answer")])
def test_one_that_cannot_be_answered_says_why_and_leaves_nothing_behind(jobs, work, said):
    own = jobs()
    own.ask(KEY, work)
    assert said in wait(own, KEY, "failed").wrong
    assert not list(own.folder.glob(f"{KEY}.*"))


def test_all_end_with_the_site(jobs):
    own = jobs()
    own.ask("a", slow)
    own.ask("b", quick)
    wait(own, "a", "running")
    process = own._running["a"].process
    own.close()
    assert not process.is_alive()
    assert not list(own.folder.glob("a.*"))
    with pytest.raises(JobsFullError):
        own.ask("c", quick)


def test_the_answers_asked_for_longest_ago_are_let_go(jobs, monkeypatch):
    own = jobs()
    own.folder.mkdir()
    for place, name in enumerate(("old", "older", "new")):
        file = own.folder / f"{name}.json"
        file.write_text("{}")
        os.utime(file, (1000 - place, 1000 - place) if name != "new" else None)
    monkeypatch.setattr("tidegate.web.jobs.MOST_KEPT", 2)
    own.ask(KEY, quick)
    wait(own, KEY, "done")
    until = time.monotonic() + 10
    while len(list(own.folder.glob("*.json"))) > 2 and time.monotonic() < until:
        time.sleep(0.05)
    assert {file.stem for file in own.folder.glob("*.json")} == {"new", KEY}


def test_a_damaged_file_is_worked_out_anew(jobs):
    own = jobs()
    own.folder.mkdir()
    (own.folder / f"{KEY}.json").write_text('{"answer": 4')
    own.ask(KEY, quick)
    assert wait(own, KEY, "done").answer["answer"] == 42


def test_a_key_is_no_path(jobs):
    with pytest.raises(ValueError, match="is no key"):
        jobs().look("../x")


def test_two_who_ask_the_same_at_the_same_moment_come_to_one_job(jobs, monkeypatch):
    """Both looked before either had asked."""
    own = jobs()
    looked = iter([None, None])
    look = own.look
    monkeypatch.setattr(own, "look", lambda key: next(looked, None))
    own.ask(KEY, slow)
    own.ask(KEY, quick)
    assert list(own._running) == [KEY]
    assert not own._queue
    monkeypatch.setattr(own, "look", look)


def test_what_another_site_does_in_the_same_folder_does_not_stop_the_jobs(jobs, monkeypatch):
    own = jobs(at_once=1)
    own.folder.mkdir()
    # An answer that the other site lets go between the list and the look at its age.
    (own.folder / "gone.json").symlink_to(own.folder / "nowhere")
    for key in ("a", "b"):
        own.ask(key, quick)
        assert wait(own, key, "done").answer["answer"] == 42


def test_one_that_cannot_be_started_says_so_and_the_next_is(jobs, monkeypatch):
    own = jobs()
    start = own._folder
    monkeypatch.setattr(
        "multiprocessing.context.SpawnProcess.start",
        lambda self: (_ for _ in ()).throw(OSError(11, "no room")),
    )
    assert "could not be started: no room" in own.ask("a", quick).wrong
    monkeypatch.undo()
    assert start().is_dir()
    own.ask("b", quick)
    wait(own, "b", "done")


def test_halves_of_files_that_a_killed_job_leaves_are_cleared(jobs):
    own = jobs(seconds=1.5)
    own.ask(KEY, slow)
    (own.folder / f".{KEY}.told.x1.part").write_text("{")
    wait(own, KEY, "failed")
    assert not list(own.folder.iterdir())


def test_where_the_cache_cannot_be_written_answers_last_as_long_as_the_site(tmp_path, monkeypatch, caplog):
    """As of a service without a home."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file" / "cache"))
    own = Jobs()
    own.ask(KEY, quick)
    assert wait(own, KEY, "done").answer["answer"] == 42
    assert "kept until the site ends" in caplog.text
    folder = own.folder
    own.close()
    assert not folder.exists()


def test_what_failed_long_ago_is_forgotten(jobs, monkeypatch):
    monkeypatch.setattr("tidegate.web.jobs._FAILED_FOR", 0.0)
    own = jobs()
    own._failed = {f"{number:x}": ("late", 0.0) for number in range(50)}
    own.look("ff")
    assert own._failed == {}


def test_a_process_that_dies_as_it_starts_holds_nobody_up(tmp_path):
    """More is given along than a pipe holds. A program from standard input is one that cannot be started anew."""
    program = (
        "import pathlib, sys, time\n"
        "from functools import partial\n"
        "from tidegate.web.jobs import Jobs\n"
        "jobs = Jobs(pathlib.Path(sys.argv[1]))\n"
        "jobs.ask('a1', partial(print, b'x' * 2**21))\n"
        "while jobs.look('a1').state != 'failed':\n"
        "    time.sleep(0.05)\n"
        "print(jobs.look('a1').wrong)\n"
    )
    done = subprocess.run(
        [sys.executable, "-", str(tmp_path)],
        input=program,
        text=True,
        timeout=60,
        capture_output=True,
        check=True,
    )
    assert "ended without an answer" in done.stdout
