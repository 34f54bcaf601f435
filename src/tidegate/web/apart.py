"""Work on what a stranger sent, in a process of its own: it can be stopped, and its memory goes with it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import shutil
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException

__all__ = ["bound", "end_with_site", "run_apart", "start_apart"]


def run_apart(work: Callable[..., None], *given: Any, folder: Path, seconds: float, too_long: str) -> None:  # noqa: ANN401
    """Run a function in a process of its own until it is done; its answer is what it wrote into the folder.

    work: of a module, as the process starts anew; it is given the folder first. given: what can be pickled.
    Where the process of the site is killed meanwhile, this one ends as well, and the folder is deleted.
    Raises: HTTPException: 503 with `too_long`, if it is not done in time; then it is stopped.
    """
    job = start_apart(_apart, work, folder, *given)
    try:
        job.join(seconds)
        if job.is_alive():
            raise HTTPException(503, too_long)
    finally:
        job.kill()
        job.join()


def start_apart(work: Callable[..., None], *given: Any) -> BaseProcess:  # noqa: ANN401
    """Start a function in a process of its own. Raises: OSError: if the system has no room for one.

    What it is given goes through a pipe of which this process keeps one end alone: of a process that dies as it
    starts, `Process.start` would wait for good to be rid of more than a pipe holds. A thread sends it, as the other
    side takes a second to begin.
    """
    told = pickle.dumps((work, given))
    context = multiprocessing.get_context("spawn")
    there, here = context.Pipe(duplex=False)
    process = context.Process(target=_begin, args=(there,), daemon=True)
    try:
        with there:
            process.start()
    except BaseException:
        here.close()
        raise
    threading.Thread(target=_send, args=(here, told), daemon=True).start()
    return process


def _send(here: Connection[Any, Any], told: bytes) -> None:
    # A process that ended before it read leaves a broken pipe.
    with here, contextlib.suppress(OSError):
        here.send_bytes(told)


def _begin(there: Connection[Any, Any]) -> None:
    with there:
        work, given = pickle.loads(there.recv_bytes())
    work(*given)


def _apart(work: Callable[..., None], folder: Path, *given: Any) -> None:  # noqa: ANN401
    end_with_site(folder)
    work(folder, *given)


def end_with_site(folder: Path | None = None) -> None:
    """End this process when the one that started it ends, however it does. folder: is deleted then."""
    site = multiprocessing.parent_process()

    def end() -> None:
        if site is not None:
            wait([site.sentinel])
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            os._exit(1)

    threading.Thread(target=end, daemon=True).start()


def bound(memory: int, written: int) -> None:
    """Let this process take so many bytes of memory, and of one file, and no more, where the system can say so."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
