"""Work on what a stranger sent, in a process of its own: it can be stopped, and its memory goes with it."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException

__all__ = ["bound_memory", "run_apart"]


def run_apart(work: Callable[..., None], *given: Any, seconds: float, too_long: str) -> None:  # noqa: ANN401
    """Run a function in a process of its own until it is done; its answer is what it wrote into a file.

    work: of a module, as the process starts anew. given: what can be pickled.
    Raises: HTTPException: 503 with `too_long`, if it is not done in time; then it is stopped.
    """
    job = multiprocessing.get_context("spawn").Process(target=work, args=given, daemon=True)
    job.start()
    try:
        job.join(seconds)
        if job.is_alive():
            raise HTTPException(503, too_long)
    finally:
        job.kill()
        job.join()


def bound_memory(size: int) -> None:
    """Let this process take so many bytes and no more, where the system can say so."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
