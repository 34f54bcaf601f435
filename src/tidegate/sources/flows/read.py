"""Read trade files into one table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

from tidegate.sources.flows.model import Flows

__all__ = ["read_flows"]


def read_flows(
    paths: str | Path | Sequence[str | Path],
    *,
    hs: Iterable[str] | None = None,
    reporters: Iterable[str] | None = None,
    partners: Iterable[str] | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    reporter: str | None = None,
    flow: str | None = None,
    lists_all: bool = False,
) -> Flows:
    """Return the flows of one or more trade files, or of a folder of them.

    hs: keep codes that begin with one of these digits ('8542' keeps '854231'; points are ignored). reporters,
    partners: keep these country codes. since, until: keep periods from and to these days, both included.
    reporter, flow: who reported and which flow, where the file has no such column. lists_all: the caller knows
    that the files list every flow that was not nothing, so that a missing row is a zero.

    Raises: BadInputError: naming file, row or column and the mend. MissingExtraError: without Polars.
    """
    raise NotImplementedError
