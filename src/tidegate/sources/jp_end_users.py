"""Japan's End User List as METI's table, saved as CSV or kept as an Excel workbook.

https://www.meti.go.jp/policy/anpo/law05.html#user-list. Columns, in Japanese, English or both in one cell: number,
country or region, company or organization, also known as, type of WMD (concern). Aliases stand behind '・', one a line.
METI publishes the list as PDF; a table of it is made by hand or by a converter. Layout after public programs that read
it; no genuine table could be had for the tests.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tidegate.errors import MissingExtraError
from tidegate.sources.country_names import country_code
from tidegate.sources.list_files import ListFile, distinct, head_text, wrong
from tidegate.sources.listing import Entry, PartyList
from tidegate.sources.made_ids import made_ids

__all__ = ["is_jp_end_users", "read_jp_end_users"]

SOURCE = "https://www.meti.go.jp/policy/anpo/law05.html#user-list"
_COLUMNS = {
    "number": re.compile(r"\bno\b|番号", re.IGNORECASE),
    "country": re.compile(r"country|国名|地域", re.IGNORECASE),
    "name": re.compile(r"company|organi[sz]ation|企業|組織", re.IGNORECASE),
    "aliases": re.compile(r"also known|別名", re.IGNORECASE),
    "concern": re.compile(r"type of wmd|wmd|懸念区分|concern", re.IGNORECASE),
}
_MOST_CELLS = 200_000


def is_jp_end_users(head: bytes) -> bool:
    """Whether the first bytes of a file are of this layout; a workbook is shown by what stands in it."""
    if head.startswith(b"PK\x03\x04"):
        return b"[Content_Types].xml" in head or b"xl/" in head
    text = head_text(head)[:4000]
    return not text.lstrip().startswith(("{", "[", "<")) and all(
        _COLUMNS[name].search(text) for name in ("country", "name", "aliases", "concern")
    )


def read_jp_end_users(path: Path) -> PartyList:
    """Return the entries of a table of Japan's End User List.

    Raises: BadInputError: if it cannot be read, lacks a column, or a number of the list is left out (a row is lost);
        names file, entry and field. MissingExtraError: for a workbook without the library that reads it.
    """
    with ListFile(path) as file:
        raw = file.whole()
        digest = file.digest
    table = _workbook(raw, path) if raw.startswith(b"PK\x03\x04") else _csv(raw, path)
    place, rows = _below_heads(table, path)
    taken = []
    for row, cells in enumerate(rows, 1):
        padded = [*cells, *[""] * len(place)]
        own = {name: padded[index].strip() for name, index in place.items()}
        name = " ".join(own["name"].split())
        if not name:
            raise wrong(path, "the name is empty", row=row, field="Company or Organization")
        number = re.sub(r"\.0$", "", own["number"])
        if number != str(row):
            what = f"number '{number}' stands in the place of {row}; a row is lost or moved"
            raise wrong(path, what, row=row, field="No.")
        taken.append((row, name, own))
    if not taken:
        raise wrong(path, "the list has no entry")
    ids = made_ids(("JP-EUL", name) for _, name, _ in taken)
    entries = tuple(
        _entry(path, row, name, own, key) for (row, name, own), key in zip(taken, ids, strict=True)
    )
    return PartyList(
        title="Japan's End User List", layout="jp-end-users", entries=entries, digest=digest, path=str(path)
    )


def _entry(path: Path, row: int, name: str, own: dict[str, str], key: str) -> Entry:
    # 'イラン Islamic Republic of Iran': the Latin letters are the name that is looked up.
    country = " ".join(own["country"].split())
    code = country_code(country) or country_code(" ".join(re.findall(r"[A-Za-z'’(),.-]+", country)))
    if not country:
        raise wrong(path, "the country is empty", row=row, field="Country or Region")
    return Entry(
        id=key, list="JP-EUL", authority="Ministry of Economy, Trade and Industry", name=name, row=row,
        aliases=tuple(a for a in distinct(re.split(r"[・\n]", own["aliases"])) if a != name),
        addresses=(country,), countries=(code,) if code else (),
        programs=distinct(re.split(r"[,、，\n]", own["concern"])), source=SOURCE,
    )  # fmt: skip


def _below_heads(table: Iterable[Sequence[str]], path: Path) -> tuple[dict[str, int], list[Sequence[str]]]:
    """Return where each column stands, and the rows below the heads that hold anything."""
    rows = [list(row) for row in table]
    for index, row in enumerate(rows[:20]):
        place = {
            name: column
            for name, pattern in _COLUMNS.items()
            for column, cell in reversed(list(enumerate(row)))
            if pattern.search(cell)
        }
        if len(place) == len(_COLUMNS) and len(set(place.values())) == len(_COLUMNS):
            body = [cells for cells in rows[index + 1 :] if any(cell.strip() for cell in cells)]
            # A table over several pages bears its heads on each.
            return place, [cells for cells in body if cells != row]
    what = "no row names number, country, company, also known as and type of WMD"
    raise wrong(path, what, mend="Keep the heads of METI's table in the first rows.")


def _csv(raw: bytes, path: Path) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True))
    except UnicodeDecodeError as error:
        raise wrong(path, f"byte {error.start} is not UTF-8", mend="Save it as CSV UTF-8.") from None
    except csv.Error as error:
        raise wrong(path, f"this is no whole CSV: {error}") from None


def _workbook(raw: bytes, path: Path) -> list[list[str]]:
    try:
        from python_calamine import CalamineWorkbook
    except ImportError:
        raise MissingExtraError(
            f"{path}: a workbook needs python-calamine. Run: pip install python-calamine, or save it as CSV."
        ) from None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=True)
    except Exception as error:  # its errors share no base: zip, XML and layout each have their own
        raise wrong(path, f"this is no workbook that can be read: {error!s:.200}") from None
    if sum(map(len, rows)) > _MOST_CELLS:
        raise wrong(path, f"more than {_MOST_CELLS} cells", mend="Is it the list?")
    return [["" if cell is None else str(cell) for cell in row] for row in rows]
