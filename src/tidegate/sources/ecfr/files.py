"""Files in: read within a bound, told apart by content, and dated as far as they tell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tidegate.errors import BadInputError
from tidegate.sources.ecfr.model import Entry

__all__ = ["MAX_BYTES", "ChartTable", "EcfrError", "Found", "RawRow", "day_in_name", "read_day", "read_text"]

MAX_BYTES = 64 * 1024 * 1024
"""A file above this is refused: the whole of title 15 has about 25 MB, part 774 about 4 MB."""


class EcfrError(BadInputError):
    """A file of the Code of Federal Regulations cannot be read; says which, where and how to mend it."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row of the Country Chart as printed: name, columns with an X, other words, footnote numbers."""

    name: str
    marks: frozenset[tuple[str, int]]
    elsewhere: str | None
    footnotes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChartTable:
    """The Country Chart as printed."""

    columns: tuple[tuple[str, int], ...]
    rows: tuple[RawRow, ...]
    footnotes: Mapping[int, str]


@dataclass(slots=True)
class Found:
    """What one file holds. A field that stayed None is not in the file."""

    entries: dict[str, Entry] | None = None
    chart: ChartTable | None = None
    groups: dict[str, frozenset[str]] | None = None
    exceptions: dict[str, str] | None = None
    issued: dt.date | None = None
    basis: str = "nothing in the file or its name tells the day"
    notes: list[str] = field(default_factory=list)

    def is_empty(self) -> bool:
        """Whether the file held nothing that is read here."""
        return not (self.entries or self.chart or self.groups or self.exceptions)


def read_text(path: Path, name: str) -> str:
    """Return the text of a file.

    Raises: EcfrError: if it is missing, a folder, empty, too large or not UTF-8.
    """
    try:
        if path.is_dir():
            raise EcfrError(f"{name}: this is a folder. Name the XML files in it.")
        if path.stat().st_size > MAX_BYTES:
            raise EcfrError(f"{name}: more than {MAX_BYTES // 2**20} MiB. Download the part, not the title.")
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise EcfrError(f"{name}: there is no such file. Check the path.") from None
    except UnicodeDecodeError as error:
        raise EcfrError(
            f"{name}: byte {error.start} is not UTF-8. Save the download as it comes from ecfr.gov."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise EcfrError(f"{name}: the file cannot be read: {reason}. Check path and rights.") from None
    if not text.strip():
        raise EcfrError(f"{name}: the file is empty. Download it again.")
    return text


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_WORDS = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}), (\d{4})")


def read_day(text: str | None) -> dt.date | None:
    """Return the day in '2026-07-23' or 'Jan. 26, 2026'; None where there is none."""
    try:
        if match := _ISO.search(text or ""):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _WORDS.search(text or ""):
            month = match[1][:3].lower()
            return (
                dt.date(int(match[3]), _MONTHS.index(month) + 1, int(match[2])) if month in _MONTHS else None
            )
    except ValueError:
        return None
    return None


def day_in_name(path: Path) -> dt.date | None:
    """Return the day in the file's name or its folder's, as eCFR addresses have it."""
    return read_day(path.name) or read_day(path.parent.name)
