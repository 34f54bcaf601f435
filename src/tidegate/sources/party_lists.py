"""Reading a list of parties from whatever layout its publisher chose: told by looking, not by the file's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tidegate.errors import BadInputError
from tidegate.sources import csl_json
from tidegate.sources.listing import PartyList

__all__ = ["LAYOUTS", "Layout", "read_list"]

HEAD = 65536
"""Bytes from the start of a file that its layout is told by."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to lay a list out.

    says: what it is, for messages. is_this: whether the first `HEAD` bytes of a file are laid out so.
    read: the entries of such a file; raises BadInputError naming the file, the row, the field and the mend.
    """

    says: str
    is_this: Callable[[bytes], bool]
    read: Callable[[Path], PartyList]


LAYOUTS: tuple[Layout, ...] = (
    Layout("US Consolidated Screening List, repacked as JSON", csl_json.is_csl_json, csl_json.read_csl_json),
)
"""Every layout that is known, the first that fits is taken."""


def read_list(path: str | Path) -> PartyList:
    """Return the entries of a list file. Raises: BadInputError: naming the file, the row, the field and the mend."""
    place = Path(path)
    try:
        with place.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInputError(f"{path}: this list cannot be read: {reason}. Check the path.") from None
    if not head.strip():
        raise BadInputError(f"{path}: this list is empty. Download it anew.")
    for layout in LAYOUTS:
        if layout.is_this(head):
            return layout.read(place)
    known = "; ".join(layout.says for layout in LAYOUTS)
    raise BadInputError(f"{path}: this is no list of parties in a layout that is known. Known: {known}.")
