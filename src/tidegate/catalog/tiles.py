"""Countries as tiles of equal size, so that a small one is seen as well as a large one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from tidegate.data import TILES

__all__ = ["country_tiles"]

_EMPTY = ".."


@lru_cache(maxsize=1)
def country_tiles() -> Mapping[str, tuple[int, int]]:
    """Return where each country stands, by code: column from the left and row from the top, both from 0.

    >>> tiles = country_tiles()
    >>> tiles["PT"][0] < tiles["CN"][0] < tiles["JP"][0]
    True
    """
    lines = [line.split() for line in TILES.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {
        code: (column, row)
        for row, codes in enumerate(lines)
        for column, code in enumerate(codes)
        if code != _EMPTY
    }
