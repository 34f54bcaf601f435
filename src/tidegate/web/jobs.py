"""Answers that take longer than a page may: worked out in a process of their own, kept by what they follow from.

A job has a key, a digest of all that its answer rests on. Who asks the same comes to the same job: he finds it
under way, or its answer. Few run at once, the others wait their turn; one that takes too long is given up; all end
with the site, and with the process that started them however that ends.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tidegate.errors import TidegateError
from tidegate.files import write_whole
from tidegate.web.apart import end_with_site, start_apart

__all__ = ["Job", "Jobs", "JobsFullError", "Tell", "Work"]

Tell = Callable[[str, int, int, Mapping[str, Any] | None], None]
Work = Callable[[Tell], Mapping[str, Any]]
"""What is done: it can be pickled, tells how far it is, and gives back plain values."""

MOST_KEPT = 200
"""Answers that are kept in the folder; the ones asked for longest ago are deleted first."""

_log = logging.getLogger("tidegate.web")

_TELLS_EVERY = 0.2
_LOOKS_EVERY = 0.1
_FAILED_FOR = 60.0


class JobsFullError(TidegateError):
    """Too many jobs wait already."""


@dataclass(frozen=True, slots=True)
class Job:
    """How a job stands. state: waiting, running, done or failed.

    answer: of a job that is done, or what there is so far of one that runs. doing, done, whole: what is being
    worked out, and how much of it is done (whole 0: not known). ahead: jobs before it. seconds: it has run.
    wrong: why it failed.
    """

    key: str
    state: str
    answer: Mapping[str, Any] | None = None
    doing: str = ""
    done: int = 0
    whole: int = 0
    ahead: int = 0
    seconds: float = 0.0
    wrong: str = ""

    @property
    def is_final(self) -> bool:
        """Whether asking again gives the same."""
        return self.state in ("done", "failed")

    def status(self) -> dict[str, Any]:
        """Return how it stands as plain values, without the answer."""
        return {
            "key": self.key, "state": self.state, "doing": self.doing, "done": self.done, "whole": self.whole,
            "ahead": self.ahead, "seconds": round(self.seconds, 1), "wrong": self.wrong or None,
        }  # fmt: skip


@dataclass
class _Running:
    process: BaseProcess
    started: float


@dataclass
class Jobs:
    """The jobs of a site.

    folder: where answers lie; the user's cache without, or where that cannot be written a folder that goes with
    the site. at_once: processes. waiting: jobs that may wait. seconds: that one may take.
    """

    folder: Path | None = None
    at_once: int = 1
    waiting: int = 8
    seconds: float = 600.0
    _queue: OrderedDict[str, Work] = field(default_factory=OrderedDict, repr=False)
    _running: dict[str, _Running] = field(default_factory=dict, repr=False)
    _failed: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _keeper: threading.Thread | None = field(default=None, repr=False)
    _closed: bool = field(default=False, repr=False)
    _passing: Path | None = field(default=None, repr=False)

    def ask(self, key: str, work: Work) -> Job:
        """Return how the job of a key stands; it is put in the queue if it is new. key: hexadecimal digits.

        Raises: JobsFullError: if it is new and too many wait.
        """
        found = self.look(key)
        if found is not None:
            return found
        with self._lock:
            # Somebody else may have asked the same since it was looked at.
            if (found := self._standing(key)) is not None:
                return found
            if self._closed or len(self._queue) >= self.waiting:
                raise JobsFullError("Too many questions are being worked out. Ask again in a minute.")
            self._queue[key] = work
            self._start_some()
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._keep, daemon=True)
                self._keeper.start()
        return self.look(key) or Job(key, "waiting")

    def look(self, key: str) -> Job | None:
        """Return how a job stands without starting it; None where nobody has asked for it."""
        with self._lock:
            own = self._file(key, "json")
            found = self._standing(key)
        if found is not None:
            return found
        answer = _read(own)
        if answer is None:
            return None
        with contextlib.suppress(OSError):
            own.touch()
        return Job(key, "done", answer)

    def close(self) -> None:
        """End all jobs, those that run among them. What they had not finished is not kept."""
        with self._lock:
            self._closed = True
            self._queue.clear()
            for one in self._running.values():
                one.process.kill()
            running, self._running = dict(self._running), {}
        for key, one in running.items():
            one.process.join()
            self._clear(key)
        if self._passing is not None:
            shutil.rmtree(self._passing, ignore_errors=True)

    # --- with the lock held

    def _standing(self, key: str) -> Job | None:
        """How a job stands that runs, waits or failed of late."""
        if key in self._running:
            seconds = time.monotonic() - self._running[key].started
            return Job(key, "running", seconds=seconds, **self._told(key))
        if key in self._queue:
            return Job(key, "waiting", ahead=list(self._queue).index(key) + len(self._running))
        # A machine that was short of time or memory may have some now.
        since = time.monotonic() - _FAILED_FOR
        self._failed = {own: told for own, told in self._failed.items() if told[1] > since}
        return Job(key, "failed", wrong=self._failed[key][0]) if key in self._failed else None

    def _start_some(self) -> None:
        while self._queue and len(self._running) < self.at_once and not self._closed:
            key, work = self._queue.popitem(last=False)
            try:
                self._folder().mkdir(parents=True, exist_ok=True)
                process = start_apart(_work, work, self._file(key, "json"))
            except OSError as error:
                # The keeper goes on with the others, and whoever asked is told.
                why = f"It could not be started: {error.strerror or error}. Ask again in a minute."
                self._failed[key] = (why, time.monotonic())
                continue
            self._running[key] = _Running(process, time.monotonic())

    def _told(self, key: str) -> dict[str, Any]:
        told = _read(self._file(key, "told")) or {}
        return {name: told[name] for name in ("doing", "done", "whole", "answer") if name in told}

    # --- without

    def _keep(self) -> None:
        """Start what waits, give up what takes too long, until nothing is left to do."""
        while True:
            time.sleep(_LOOKS_EVERY)
            with self._lock:
                over = [
                    (key, one)
                    for key, one in self._running.items()
                    if not one.process.is_alive() or time.monotonic() - one.started > self.seconds
                ]
                for key, one in over:
                    self._end(key, one)
                self._start_some()
                if not self._queue and not self._running:
                    self._keeper = None
                    return

    def _end(self, key: str, one: _Running) -> None:
        late = one.process.is_alive()
        if late:
            one.process.kill()
        one.process.join()
        del self._running[key]
        if not self._file(key, "json").exists():
            wrong = _read(self._file(key, "wrong"))
            why = (
                f"It was not done within {self.seconds:g} seconds and was given up. Ask for fewer draws or quarters."
                if late
                else str(
                    (wrong or {}).get(
                        "wrong", "It ended without an answer: perhaps memory or room did not suffice."
                    )
                )
            )
            self._failed[key] = (why, time.monotonic())
        self._clear(key)
        self._forget_oldest()

    def _clear(self, key: str) -> None:
        # Halves of files are left where the process was killed while it wrote.
        left = self._folder().glob(f".{key}.*.part")
        for path in (self._file(key, "told"), self._file(key, "wrong"), *left):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _forget_oldest(self) -> None:
        ages = {}
        for path in self._folder().glob("*.json"):
            # Another site on this machine may have let it go meanwhile.
            with contextlib.suppress(OSError):
                ages[path] = path.stat().st_mtime
        for path in sorted(ages, key=ages.__getitem__, reverse=True)[MOST_KEPT:]:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _file(self, key: str, ending: str) -> Path:
        if not key.isalnum():
            raise ValueError(f"'{key}' is no key of a job: hexadecimal digits are expected.")
        return self._folder() / f"{key}.{ending}"

    def _folder(self) -> Path:
        if self.folder is None:
            from platformdirs import user_cache_path

            self.folder = user_cache_path("tidegate") / "answers"
            if not _is_usable(self.folder):
                # A service has often no home: answers then last as long as the site.
                _log.warning("%s cannot be written: answers are kept until the site ends", self.folder)
                self.folder = self._passing = Path(tempfile.mkdtemp(prefix="tidegate-answers-"))
        return self.folder


def _is_usable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _read(path: Path) -> dict[str, Any] | None:
    """Return what was written to a file; None where it is not there or was damaged."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _work(work: Work, file: Path) -> None:
    """The process of one job. Its answer is written whole or not at all."""
    end_with_site()
    with contextlib.suppress(OSError):
        # Pages go first.
        os.nice(5)
    told = file.with_suffix(".told")
    last = 0.0

    def tell(doing: str, done: int, whole: int, so_far: Mapping[str, Any] | None = None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last > _TELLS_EVERY or not done:
            last = now
            _write(told, {"doing": doing, "done": done, "whole": whole, "answer": so_far})

    try:
        answer = work(tell)
    except TidegateError as error:
        _write(file.with_suffix(".wrong"), {"wrong": str(error)})
        return
    _write(file, answer)


def _write(path: Path, value: Mapping[str, Any]) -> None:
    write_whole(path, json.dumps(value, ensure_ascii=False, default=str))
