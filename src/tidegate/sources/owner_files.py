"""Reading who owns whom from whatever layout: told by looking, not by the file's name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tidegate.sources.bods import is_bods, read_bods
from tidegate.sources.gleif import is_gleif, read_gleif
from tidegate.sources.list_files import wrong
from tidegate.sources.owners_csv import is_owners_csv, read_owners_csv
from tidegate.sources.stakes import OwnerFile

__all__ = ["LAYOUTS", "read_owners"]

LAYOUTS: tuple[tuple[str, Callable[[bytes], bool], Callable[[Path], OwnerFile]], ...] = (
    ("CSV with owner, owned and share", is_owners_csv, read_owners_csv),
    ("GLEIF relationship records, CSV or XML", is_gleif, read_gleif),
    ("Open Ownership statements, JSON", is_bods, read_bods),
)
"""Every layout that is known: what it is, whether a file's first bytes are of it, its reader."""


def read_owners(path: str | Path) -> OwnerFile:
    """Return the stakes of a file. Raises: BadInputError: naming the file, the row, the field and the mend."""
    place = Path(path)
    try:
        with place.open("rb") as file:
            head = file.read(65536)
    except OSError as error:
        what = f"this file cannot be read: {error.strerror or error}"
        raise wrong(place, what, mend="Check the path.") from None
    for _, is_this, read in LAYOUTS:
        if is_this(head):
            return read(place)
    known = "; ".join(says for says, _, _ in LAYOUTS)
    raise wrong(
        place, f"this tells owners in no layout that is known ({known})", mend="See docs/ownership.md."
    )
