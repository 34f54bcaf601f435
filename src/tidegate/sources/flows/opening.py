"""Open trade files as lazy tables of text: CSV, gzip, zip, Parquet, and the JSON of the US Census interface.

Nothing is held in memory but the JSON: a packed file is unpacked beside, on disk, and gone when reading is over.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import itertools
import json
import lzma
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tidegate.errors import BadInputError
from tidegate.tables import need

if TYPE_CHECKING:
    import polars

__all__ = ["Opened", "files_of", "opened", "ragged_row"]

ENDINGS = (".csv", ".txt", ".tsv", ".parquet", ".json", ".gz", ".zip")
_PIECE = 1 << 20
_HEAD = 100
"""Lines looked at for the header and the first row."""
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Opened:
    """A table that was opened. name: the file, and the member of a zip behind it. sha256: of the file's own bytes.

    frame: lazy, the columns of the file as text (of Parquet as they are) and `row`, the number of each row in the file.
    columns: their names as the file writes them. utf8: whether all of it is UTF-8. place, delimiter: where its text
    lies, for CSV.
    """

    name: str
    sha256: str
    frame: polars.LazyFrame
    columns: tuple[str, ...]
    utf8: bool = True
    place: Path | None = None
    delimiter: str = ","


def files_of(paths: str | Path | Sequence[str | Path]) -> list[Path]:
    """Return the files meant: those given, and those of a folder whose ending is that of a trade file.

    Raises: BadInputError: if there is none, or one is not there.
    """
    found: list[Path] = []
    for path in [paths] if isinstance(paths, str | Path) else paths:
        place = Path(path)
        if place.is_dir():
            inside = sorted(f for f in place.iterdir() if f.is_file() and f.suffix.lower() in ENDINGS)
            if not inside:
                raise BadInputError(
                    f"{place}: the folder has no trade file. Its files end in {', '.join(ENDINGS)}."
                )
            found += inside
        elif not place.is_file():
            raise BadInputError(f"{place}: there is no such file. Give a trade file, or a folder of them.")
        elif place.suffix.lower() not in ENDINGS:
            raise BadInputError(f"{place}: a trade file ends in {', '.join(ENDINGS)}. Name the file so.")
        else:
            found.append(place)
    if not found:
        raise BadInputError("No trade file is given. Give a file, several, or a folder.")
    return sorted(dict.fromkeys(found))


def opened(path: Path, aside: Path) -> Iterator[Opened]:
    """Yield the tables of a file: one, or one a member of a zip. aside: an empty folder to unpack into.

    Raises: BadInputError: if it cannot be opened, naming it and the mend.
    """
    try:
        sha256 = _digest(path)
        if path.suffix.lower() == ".zip":
            yield from _members(path, aside, sha256)
        elif path.suffix.lower() == ".gz":
            inner = Path(path.name).stem
            with gzip.open(path) as file:
                yield _table(_unpacked(file, aside, inner), str(path), inner, sha256)
        else:
            yield _table(path, str(path), path.name, sha256)
    except (
        OSError,
        EOFError,
        zlib.error,
        lzma.LZMAError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
    ) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInputError(f"{path}: the file cannot be read: {reason}. Fetch it again.") from None


def ragged_row(table: Opened) -> tuple[int, int] | None:
    """Return the number of the first row with more cells than the header, and how many; None if there is none."""
    if table.place is None:
        return None
    with table.place.open(encoding="utf-8", errors="replace", newline="") as file:
        try:
            for number, row in enumerate(csv.reader(file, delimiter=table.delimiter), 1):
                if len(row) > len(table.columns):
                    return number, len(row)
        except csv.Error:
            return None
    return None


def _members(path: Path, aside: Path, sha256: str) -> Iterator[Opened]:
    with zipfile.ZipFile(path) as archive:
        names = sorted(
            info.filename
            for info in archive.infolist()
            if not info.is_dir()
            and Path(info.filename).suffix.lower() in (".csv", ".txt", ".tsv", ".parquet", ".json")
        )
        # BACI's archives carry the tables of countries and products beside those of flows.
        names = [name for name in names if not Path(name).name.startswith(("country_codes", "product_codes"))]
        if not names:
            raise BadInputError(f"{path}: the archive has no CSV, Parquet or JSON file. Give one that has.")
        for name in names:
            with archive.open(name) as file:
                yield _table(_unpacked(file, aside, name), f"{path}/{name}", name, sha256)


def _unpacked(file: IO[bytes] | Any, aside: Path, name: str) -> Path:  # noqa: ANN401
    place = aside / f"{len(list(aside.iterdir()))}{Path(name).suffix.lower()}"
    with place.open("wb") as target:
        shutil.copyfileobj(file, target, _PIECE)
    return place


def _table(place: Path, name: str, inner: str, sha256: str) -> Opened:
    ending = Path(inner).suffix.lower()
    if ending == ".parquet":
        return _parquet(place, name, sha256)
    if ending == ".json":
        return _json(place, name, sha256)
    return _csv(place, name, sha256)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_utf8(place: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with place.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _csv(place: Path, name: str, sha256: str) -> Opened:
    pl = need("polars")
    with place.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        first = file.readline(_PIECE)
        delimiter = max(_DELIMITERS, key=first.count)
        file.seek(0)
        try:
            lines = list(itertools.islice(csv.reader(file, delimiter=delimiter), _HEAD))
        except csv.Error as error:
            raise BadInputError(f"{name}:1: this is no CSV: {error}. {_wanted()}") from None
    header = [cell.strip() for cell in lines[0]] if lines else []
    if not any(header):
        raise BadInputError(f"{name}:1: the file has no header line. {_wanted()}")
    at = next((place for place, line in enumerate(lines) if place and line), 1)
    first_row = lines[at] if at < len(lines) else []
    if len(first_row) == len(header) + 1 and not first_row[-1].strip():
        # Downloads of UN Comtrade end each row, not the header, with a comma.
        header.append("")
    if first_row and len(first_row) < len(header):
        raise BadInputError(
            f"{name}:{at + 1}: the row has {len(first_row)} of {len(header)} columns. Mend the row."
        )
    columns = _apart(header)
    _not_cut(place, name, len(columns), delimiter)
    frame = pl.scan_csv(
        place,
        has_header=False,
        skip_rows=at,
        separator=delimiter,
        schema=dict.fromkeys(columns, pl.String),
        encoding="utf8-lossy",
        glob=False,
        row_index_name="row",
        row_index_offset=at + 1,
    )
    return Opened(name, sha256, frame, columns, _is_utf8(place), place, delimiter)


def _apart(header: Sequence[str]) -> tuple[str, ...]:
    """The names of columns, a second one of a name with a number: the Census interface writes some twice."""
    found: list[str] = []
    for cell in header:
        name, number = cell, 2
        while name in found or name == "row":
            name, number = f"{cell} ({number})", number + 1
        found.append(name)
    return tuple(found)


def _not_cut(place: Path, name: str, width: int, delimiter: str) -> None:
    """A download that broke off ends within a row."""
    with place.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65536))
        tail = file.read().rstrip(b"\r\n")
    last = tail.rpartition(b"\n")[2].decode("utf-8", "replace")
    if not last.strip() or b"\n" not in tail:
        return
    try:
        cells = next(csv.reader([last], delimiter=delimiter, strict=False), [])
    except csv.Error:
        return
    if len(cells) < width - 1 and '"' not in last:
        raise BadInputError(
            f"{name}: the last row has {len(cells)} of {width} columns: the file broke off. Fetch it again."
        )


def _parquet(place: Path, name: str, sha256: str) -> Opened:
    pl = need("polars")
    try:
        # No pattern: a file may have brackets or stars in its name.
        frame = pl.scan_parquet(place, row_index_name="row", row_index_offset=1, glob=False)
        columns = tuple(column for column in frame.collect_schema().names() if column != "row")
    except pl.exceptions.PolarsError as error:
        raise BadInputError(
            f"{name}: the file cannot be read as Parquet: {_short(error)}. Write it again."
        ) from None
    return Opened(name, sha256, frame, columns)


def _json(place: Path, name: str, sha256: str) -> Opened:
    pl = need("polars")
    try:
        rows = json.loads(place.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{name}: the file is no JSON: {_short(error)}. Fetch it again.") from None
    if not (isinstance(rows, list) and rows and all(isinstance(row, list) for row in rows)):
        raise BadInputError(
            f"{name}: the file is no list of rows. Give JSON as api.census.gov answers it: a list of lists, the first "
            "with the names of the columns."
        )
    header = _apart([str(cell).strip() for cell in rows[0]])
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header) or any(isinstance(cell, list | dict) for cell in row):
            raise BadInputError(
                f"{name}:{number}: the row has {len(row)} cells for {len(header)} columns. Mend the row."
            )
    cells = [[None if cell is None else str(cell) for cell in row] for row in rows[1:]]
    frame = pl.DataFrame(cells or None, schema=dict.fromkeys(header, pl.String), orient="row").with_row_index(
        "row", offset=2
    )
    return Opened(name, sha256, frame.lazy(), header)


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:120].rstrip(".") if str(error) else type(error).__name__


def _wanted() -> str:
    return "Give a table with one header line; docs/flows.md has the layouts."
