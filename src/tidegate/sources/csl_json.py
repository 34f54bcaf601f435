"""The US Consolidated Screening List as one JSON file with short keys and tables of the values that recur.

The layout: `entries` of records with one- and two-letter keys, `fieldKey` with what they mean, `tables` of texts that
the records point into, `listAuthority` with the code of each list. Repacked from trade.gov's bulk file by others, who
dropped the dates of listing and the street of the addresses and kept the Federal Register notice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tidegate.dates import Day
from tidegate.errors import BadInputError
from tidegate.sources.csl_fields import footnotes_of
from tidegate.sources.listing import Entry, PartyList
from tidegate.sources.made_ids import made_ids

__all__ = ["is_csl_json", "read_csl_json"]

_CODE = re.compile("[A-Z]{2}")
_MEND = "Download the list anew."
_KINDS = {"Entity": "entity", "Individual": "person", "Vessel": "vessel", "Aircraft": "aircraft"}
_WORDS = {"PRC": "CN", "MACAU": "MO", "TURKIYE": "TR", "MAN, ISLE OF": "IM"}
"""Countries that some records write out; any other word, such as `REGION: WEST BANK`, is kept as an address."""


class _Record(msgspec.Struct, forbid_unknown_fields=True):
    n: str
    s: int
    u: int
    a: list[str] = []
    t: str | None = None
    c: list[str] = []
    e: str | None = None
    lr: int | None = None
    lp: int | None = None
    pg: int | None = None
    fr: str | None = None


class _Tables(msgspec.Struct, rename="camel"):
    sources: list[str]
    licence_requirements: list[str]
    licence_policies: list[str]
    programmes: list[str]
    urls: list[str]


class _Authority(msgspec.Struct):
    code: str


class _File(msgspec.Struct, rename="camel"):
    citation: str
    source_generated_at: str
    entry_count: int
    list_authority: dict[str, _Authority]
    tables: _Tables
    entries: list[_Record]


def is_csl_json(head: bytes) -> bool:
    """Whether the first bytes of a file are of this layout."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"listAuthority"' in head


def read_csl_json(path: Path) -> PartyList:
    """Return the entries of a file of this layout.

    Raises: BadInputError: if it cannot be read, is cut off, or holds other fields or values than the layout has;
        names the file, the entry and the field.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInputError(f"{path}: this list cannot be read: {reason}. Check the path.") from None
    try:
        file = msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"), type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInputError(
            f"{path}: this list is cut off or laid out in another way: {error}. {_MEND}"
        ) from None
    if file.entry_count != len(file.entries):
        raise BadInputError(
            f"{path}: entryCount says {file.entry_count} entries, and there are {len(file.entries)}. {_MEND}"
        )
    reader = _Reader(path, file)
    codes = [reader.code(row, record) for row, record in enumerate(file.entries, 1)]
    ids = made_ids(zip(codes, (record.n for record in file.entries), strict=True))
    entries = tuple(
        reader.entry(row, record, code, made)
        for row, (record, code, made) in enumerate(zip(file.entries, codes, ids, strict=True), 1)
    )
    return PartyList(
        title="US Consolidated Screening List",
        layout="csl-json",
        entries=entries,
        digest=hashlib.sha256(raw).hexdigest(),
        as_of=reader.made_on(),
        path=str(path),
    )


class _Reader:
    """Turns records into entries, with the place of what is wrong."""

    def __init__(self, path: Path, file: _File) -> None:
        self._path, self._file = path, file

    def made_on(self) -> Day:
        text = self._file.source_generated_at
        try:
            return dt.datetime.fromisoformat(text).date()
        except ValueError:
            raise BadInputError(f"{self._path}: sourceGeneratedAt '{text}' is no moment. {_MEND}") from None

    def code(self, row: int, record: _Record) -> str:
        source = self._of(self._file.tables.sources, record.s, row, "s")
        authority = self._file.list_authority.get(str(source))
        if authority is None:
            raise self._wrong(row, "s", f"'{source}' is not in listAuthority")
        return authority.code

    def entry(self, row: int, record: _Record, code: str, made: str) -> Entry:
        tables = self._file.tables
        if not record.n.strip():
            raise self._wrong(row, "n", "the name is empty")
        if record.t is not None and record.t not in _KINDS:
            raise self._wrong(row, "t", f"type '{record.t}' is none of {', '.join(_KINDS)}")
        places = [_WORDS.get(place.strip(), place.strip()) for place in record.c]
        codes = [place for place in places if _CODE.fullmatch(place)]
        programs = self._of(tables.programmes, record.pg, row, "pg")
        requirement = self._of(tables.licence_requirements, record.lr, row, "lr")
        return Entry(
            id=made,
            list=code,
            authority=str(self._of(tables.sources, record.s, row, "s")).rpartition(" - ")[2],
            name=record.n.strip(),
            row=row,
            kind=_KINDS[record.t] if record.t else None,
            aliases=tuple(dict.fromkeys(name.strip() for name in record.a if name.strip())),
            addresses=tuple(place for place in places if place and place not in codes),
            countries=tuple(dict.fromkeys(codes)),
            identifiers=(("ofac", record.e),) if record.e else (),
            programs=tuple(part.strip() for part in programs.split(";") if part.strip()) if programs else (),
            licence_requirement=requirement,
            footnotes=footnotes_of(requirement),
            licence_policy=self._of(tables.licence_policies, record.lp, row, "lp"),
            notice=record.fr or None,
            source=self._of(tables.urls, record.u, row, "u"),
        )

    def _of(self, table: Sequence[str], index: int | None, row: int, field: str) -> str | None:
        if index is None:
            return None
        if not 0 <= index < len(table):
            raise self._wrong(row, field, f"{index} points outside its table of {len(table)}")
        return table[index]

    def _wrong(self, row: int, field: str, what: str) -> BadInputError:
        return BadInputError(f"{self._path}: entry {row}, field '{field}': {what}. {_MEND}")
