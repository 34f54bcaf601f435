"""What the readers of list files share: bytes that are digested as they pass, rows, days, and words on what is wrong."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from tidegate.dates import YEARS, Day
from tidegate.errors import BadInputError

__all__ = [
    "ListFile",
    "as_mapping",
    "as_text",
    "as_texts",
    "check_columns",
    "day_of",
    "distinct",
    "distinct_ids",
    "head_text",
    "parts",
    "read_rows",
    "wrong",
]

MOST = 512 * 2**20
"""Bytes above which a file that must be held whole is refused: the longest official list has some 120 MB."""

MEND = "Download the list anew."


def wrong(
    path: Path, what: str, *, row: int | None = None, field: str | None = None, mend: str = MEND
) -> BadInputError:
    """Return the error for a list file: which file, row and field, what is wrong with it and the mend."""
    place = f"{path}:" if row is None else f"{path}: entry {row}{',' if field else ':'}"
    named = f" field '{field}':" if field else ""
    return BadInputError(f"{place}{named} {what}. {mend}")


class ListFile:
    """A list file being read from first byte to last, once; `digest` is that of the bytes that were read.

    Raises: BadInputError: if it cannot be opened or read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._digest = hashlib.sha256()
        self._file: BinaryIO

    def __enter__(self) -> ListFile:
        try:
            self._file = self.path.open("rb")
        except OSError as error:
            raise self._unreadable(error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        try:
            raw = self._file.read(size)
        except OSError as error:
            raise self._unreadable(error) from None
        self._digest.update(raw)
        return raw

    def whole(self) -> bytes:
        """Return all of it, without a byte-order mark."""
        raw = self.read(MOST + 1)
        if len(raw) > MOST:
            raise wrong(self.path, f"the file has more than {MOST // 2**20} MiB", mend="Is it the list?")
        return raw.removeprefix(b"\xef\xbb\xbf")

    def lines(self) -> Iterator[str]:
        """Yield its lines as text, with their ends."""
        number = 0
        while True:
            try:
                raw = self._file.readline()
            except OSError as error:
                raise self._unreadable(error) from None
            if not raw:
                return
            self._digest.update(raw)
            number += 1
            try:
                yield (raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw).decode("utf-8")
            except UnicodeDecodeError as error:
                what = f"line {number}, byte {error.start} is not UTF-8"
                raise wrong(self.path, what, mend="Save the download as it comes.") from None

    @property
    def digest(self) -> str:
        """SHA-256 of what was read, in hexadecimal."""
        while self.read(2**20):
            pass
        return self._digest.hexdigest()

    def _unreadable(self, error: OSError) -> BadInputError:
        what = f"this list cannot be read: {error.strerror or error}"
        return wrong(self.path, what, mend="Check the path.")


def head_text(head: bytes) -> str:
    """Return the first bytes of a file as text, whatever is cut off at their end."""
    return head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")


def read_rows(
    file: ListFile, required: Iterable[str], delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file by column, with their number counted from 1 below the header.

    Raises: BadInputError: if a required column is missing or a column stands twice, a row has another number of
        cells than the header, or the file ends within a quoted cell.
    """
    reader = csv.reader(file.lines(), delimiter=delimiter, strict=True)
    row = 0
    try:
        header = [name.strip() for name in next(reader, [])]
        check_columns(file.path, header, required)
        for cells in reader:
            if not cells:
                continue
            row += 1
            if len(cells) != len(header):
                what = f"{len(cells)} cells stand under {len(header)} columns"
                raise wrong(file.path, what, row=row, mend="The file may be cut off. Download it anew.")
            yield row, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise wrong(file.path, f"this is no whole CSV row: {error}", row=row + 1) from None
    if not row:
        raise wrong(file.path, "the list has no entry")


def check_columns(path: Path, header: Sequence[str], required: Iterable[str]) -> None:
    """Raise BadInputError if a required column is missing or a column stands twice."""
    missing = [name for name in required if name not in header]
    if missing:
        what = f"column '{missing[0]}' is missing; the layout has changed or the file is another"
        raise wrong(path, what, mend="Check that it is the list that docs/lists.md describes.")
    doubled = [name for name, times in Counter(header).items() if times > 1 and name]
    if doubled:
        raise wrong(path, f"column '{doubled[0]}' stands twice")


def parts(text: str | None, separator: str = ";") -> tuple[str, ...]:
    """Return the parts of a cell, each once, without blank ones."""
    return distinct((text or "").split(separator))


def distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    """Return texts in their order, trimmed, each once, without blank ones."""
    return tuple(dict.fromkeys(text for value in values if value and (text := " ".join(value.split()))))


def day_of(text: Any, path: Path, row: int, field: str) -> Day | None:  # noqa: ANN401
    """Return the day of `2025-03-28` or of a moment of that day; None where nothing stands.

    Raises: BadInputError: for anything else.
    """
    if text is None or text == "":
        return None
    if isinstance(text, str):
        if not text.strip():
            return None
        try:
            day = dt.date.fromisoformat(text.strip()[:10])
        except ValueError:
            pass
        else:
            if day.year in YEARS:
                return day
    raise wrong(path, f"'{text!s:.60}' is no date; YYYY-MM-DD is expected", row=row, field=field)


def distinct_ids(ids: Iterable[str]) -> list[str]:
    """Return ids with -2, -3 behind a second and third of the same: a party may be on two lists of one file."""
    met: dict[str, int] = {}
    found: list[str] = []
    for name in ids:
        made, times = name, 1
        while made in met:
            met[name] = times = met[name] + 1
            made = f"{name}-{times}"
        met[made] = 1
        found.append(made)
    return found


def as_mapping(value: object, path: Path, row: int, field: str | None = None) -> Mapping[str, Any]:
    """Return a JSON object. Raises: BadInputError: if it is another value."""
    if not isinstance(value, dict):
        raise wrong(path, f"an object is expected, not {value!r:.40}", row=row, field=field)
    return value


def as_text(record: Mapping[str, Any], field: str, path: Path, row: int) -> str | None:
    """Return a text of a JSON object; None where it is null, blank or not there.

    Raises: BadInputError: if it is no text.
    """
    value = record.get(field)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise wrong(path, f"text is expected, not {value!r:.40}", row=row, field=field)
    return " ".join(value.split()) or None


def as_texts(record: Mapping[str, Any], field: str, path: Path, row: int) -> tuple[str, ...]:
    """Return a list of texts of a JSON object, each once; empty where it is null or not there.

    Raises: BadInputError: if it is no list of texts.
    """
    value = record.get(field)
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return distinct(value)
    raise wrong(path, f"a list of texts is expected, not {value!r:.40}", row=row, field=field)
