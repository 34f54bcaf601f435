"""Workers on this machine: a pool of processes that runs the blocks of an ensemble."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tidegate.supply.ensemble import Executor

__all__ = ["workers"]


@contextmanager
def workers(count: int) -> Iterator[Executor | None]:
    """Yield an executor of so many processes; None for one, which runs here. Results are the same to the byte."""
    if count <= 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_start) as pool:
        yield pool


def _start() -> None:
    """Matrices are small: threads of the linear algebra library would only stand in the way of the other workers."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
