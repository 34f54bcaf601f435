"""The folder that holds one reading a file."""

from __future__ import annotations

import re
from pathlib import Path

from tidegate.claims.reading import Reading
from tidegate.errors import BadInputError
from tidegate.files import write_whole
from tidegate.tables import to_json

__all__ = ["Folder"]


class Folder:
    """A folder that gets one JSON file a document, in the layout of a labelled document.

    Two documents of one stem get names of their own: story.json, story-2.json.
    """

    def __init__(self, path: str | Path) -> None:
        """Raises: BadInputError: if there can be no such folder."""
        self.path = Path(path)
        self._taken: set[str] = set()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise BadInputError(
                f"{path}: there can be no such folder: {reason}. Give another --out."
            ) from None

    def write(self, reading: Reading) -> Path:
        """Write a reading. Raises: BadInputError: if it cannot be written."""
        stem = file_stem(reading.document.name)
        name, count = stem, 1
        # Not every disk tells STORY from story.
        while name.casefold() in self._taken:
            count += 1
            name = f"{stem}-{count}"
        self._taken.add(name.casefold())
        return write_whole(self.path / f"{name}.json", to_json(reading.to_dict()) + "\n")


def file_stem(name: str) -> str:
    """Return a name for a file made of a document's name, which may be a path or hold more than one name."""
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}(?=#|$)", "", last)
    plain = re.sub(r'[\x00-\x1f:*?"<>|#]+', "-", stem).strip(" .-")
    return plain.encode("utf-8", "ignore")[:_NAME_BYTES].decode("utf-8", "ignore") or "document"


_NAME_BYTES = 200
"""Bytes of a file's name; disks take 255, and a number and a suffix are added."""
