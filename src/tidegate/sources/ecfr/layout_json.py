"""The same three supplements as JSON: `entries`, `countries` with `columns`, `groups`, `exceptions`.

The layout is that of github.com/seelpeed-debug/export-controls-agent-mcp (MIT), src/data. Its entries leave
out controls that the Code writes as prose, so an entry without lines is unread, not uncontrolled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tidegate.sources.ecfr.controls import parse_controls, parse_reasons
from tidegate.sources.ecfr.files import ChartTable, EcfrError, Found, RawRow, read_day
from tidegate.sources.ecfr.model import Entry
from tidegate.sources.ecfr.paragraphs import parse_path

__all__ = ["read_json"]


def read_json(text: str, name: str) -> Found:
    """Return what the JSON holds.

    Raises: EcfrError: if it is not JSON, or a field is not of its kind.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EcfrError(f"{name}: this is not JSON: {error}. Download it again.") from None
    data = _mapping(data, name, "file")
    found = Found()
    if "entries" in data:
        entries = [_entry(item, name, i) for i, item in enumerate(_list(data["entries"], name, "entries"))]
        found.entries = {entry.eccn: entry for entry in entries}
        if len(found.entries) < len(entries):
            raise EcfrError(f"{name}: entries: an eccn stands twice. Keep one of the two.")
    if "countries" in data:
        found.chart = _chart(data, name)
    if "groups" in data:
        groups = _mapping(data["groups"], name, "groups")
        found.groups = {
            label: frozenset(_text(member, name, f"groups.{label}") for member in _list(members, name, label))
            for label, members in groups.items()
        }
    if "exceptions" in data:
        found.exceptions = _exceptions(data["exceptions"], name)
    issued = data.get("ecfrIssueDate")
    if isinstance(issued, str) and (day := read_day(issued)) is not None:
        found.issued, found.basis = day, "ecfrIssueDate"
    return found


def _entry(item: object, name: str, at: int) -> Entry:
    where = f"entries[{at}]"
    data = _mapping(item, name, where)
    eccn = _text(data.get("eccn"), name, f"{where}.eccn")
    if not re.fullmatch(r"\d[A-E]\d{3}", eccn):
        raise EcfrError(f"{name}: {where}.eccn: '{eccn}' is no ECCN. Write one as 3B001.")
    where = f"entries[{at}] {eccn}"
    lines = []
    for line in _list(data.get("countryChart", []), name, f"{where}.countryChart"):
        cells = _mapping(line, name, f"{where}.countryChart")
        lines.append(
            [
                _text(cells.get(key), name, f"{where}.countryChart.{key}")
                for key in ("control", "countryChart")
            ]
        )
    flags = _mapping(data.get("licenceExceptionFlags") or {}, name, f"{where}.licenceExceptionFlags")
    reasons = data.get("reasonForControl")
    paragraphs = set()
    for one in _list(data.get("items", []), name, f"{where}.items"):
        label = _mapping(one, name, f"{where}.items").get("paragraph")
        path = parse_path(label) if isinstance(label, str) else None
        # A path below one that was dropped is still a path: its parents exist.
        paragraphs |= {path[:depth] for depth in range(1, len(path) + 1)} if path else set()
    return Entry(
        eccn,
        _text(data.get("heading"), name, f"{where}.heading"),
        parse_reasons(reasons if isinstance(reasons, str) else None),
        tuple(control for words, cell in lines for control in parse_controls(words, cell, eccn)),
        {letters: str(words) for letters, words in flags.items()},
        paragraphs=frozenset(paragraphs),
    )


def _chart(data: Mapping[str, Any], name: str) -> ChartTable:
    columns = tuple(_column(c, name, "columns") for c in _list(data.get("columns"), name, "columns"))
    rows = []
    for kind in ("countries", "embargoed"):
        for country, item in _mapping(data.get(kind, {}), name, kind).items():
            where = f"{kind}.{country}"
            row = _mapping(item, name, where)
            marks = [_column(c, name, where) for c in _list(row.get("marks", []), name, where)]
            if unknown := [f"{letters} {n}" for letters, n in marks if (letters, n) not in columns]:
                raise EcfrError(f"{name}: {where}.marks: {unknown[0]} is not among the columns. Correct it.")
            numbers = _list(row.get("footnotes", []), name, f"{where}.footnotes")
            if not all(isinstance(n, int) for n in numbers):
                raise EcfrError(f"{name}: {where}.footnotes: numbers are expected. Correct them.")
            elsewhere = _text(row.get("pointer"), name, f"{where}.pointer") if kind == "embargoed" else None
            rows.append(RawRow(country, frozenset(marks), elsewhere, tuple(numbers)))
    notes = _mapping(data.get("footnotes", {}), name, "footnotes")
    footnotes = {
        int(n): _text(words, name, f"footnotes.{n}")
        for n, words in notes.items()
        if re.fullmatch("[0-9]{1,3}", n)
    }
    return ChartTable(columns, tuple(rows), footnotes)


def _column(text: object, name: str, where: str) -> tuple[str, int]:
    match = re.fullmatch(r"([A-Z]{2}) ([0-9])", text) if isinstance(text, str) else None
    if match is None:
        raise EcfrError(f"{name}: {where}: {text!r:.60} is no column of the chart. Write it as 'NS 2'.")
    return match[1], int(match[2])


def _exceptions(data: object, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in _list(data, name, "exceptions"):
        one = _mapping(item, name, "exceptions")
        section = _text(one.get("sectionNumber"), name, "exceptions.sectionNumber")
        for letters in _list(one.get("symbols", []), name, "exceptions.symbols"):
            found[_text(letters, name, "exceptions.symbols")] = section
    return found


def _mapping(value: object, name: str, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise EcfrError(f"{name}: {where}: an object is expected, not {value!r:.40}. Correct it.")
    return value


def _list(value: object, name: str, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise EcfrError(f"{name}: {where}: a list is expected, not {value!r:.40}. Correct it.")
    return value


def _text(value: object, name: str, where: str) -> str:
    if not isinstance(value, str):
        raise EcfrError(f"{name}: {where}: text is expected, not {value!r:.40}. Correct it.")
    return " ".join(value.split())
