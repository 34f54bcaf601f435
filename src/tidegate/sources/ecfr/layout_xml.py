"""The Control List, the Country Chart, the Country Groups and part 740's letters out of eCFR XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tidegate.sources.ecfr.controls import REASONS, parse_controls, parse_reasons
from tidegate.sources.ecfr.files import ChartTable, EcfrError, Found, RawRow, read_day
from tidegate.sources.ecfr.model import Control, Entry
from tidegate.sources.ecfr.paragraphs import Path, parse_path
from tidegate.sources.ecfr.xml import (
    Block,
    Cell,
    Table,
    Tree,
    blocks,
    parse_xml,
    plain,
    sections,
    supplement,
)

__all__ = ["read_xml"]


def read_xml(text: str, name: str) -> Found:
    """Return what the XML holds: any of parts 738, 740 and 774.

    Raises: EcfrError: if it is not well-formed, or a table is not built as expected.
    """
    root = parse_xml(text, name)
    found = Found()
    if lists := supplement(root, 1, 774):
        found.entries = _entries(block for element in lists for block in blocks(element))
        if not found.entries:
            raise EcfrError(f"{name}: supplement no. 1 to part 774 holds no entry. Download it again.")
    if charts := supplement(root, 1, 738):
        found.chart = _chart(_tables(charts), name)
    if groups := supplement(root, 1, 740):
        found.groups = _groups(groups, name)
    letters = {
        letters: number
        for number, heading in sections(root, 740)
        for letters in re.findall(r"\(([A-Z]{2,4})\)", heading)
    }
    found.exceptions = letters or None
    for node in root.iter("AMDDATE", "VOLUME"):
        if day := read_day(node.get("AMDDATE") or plain(node)):
            found.issued, found.basis = day, "AMDDATE"
            break
    return found


_ENTRY = re.compile(r"(\d[A-E]\d{3})\b[.:\s]*(.*)", re.DOTALL)
# The sections of an entry, by the words that open them; the heading opens the first.
_SECTIONS = (
    ("licence", re.compile(r"License Requirements\b(?! Notes?)", re.IGNORECASE)),
    ("exceptions", re.compile(r"(?:List[- ]Based )?License Exceptions\b", re.IGNORECASE)),
    ("sta", re.compile(r"Special Conditions for STA\b", re.IGNORECASE)),
    ("reporting", re.compile(r"Reporting Requirements\b", re.IGNORECASE)),
    ("items", re.compile(r"List of Items Controlled\b", re.IGNORECASE)),
)
_HEADINGS = frozenset(("FP-2", "FP-1", "FP", "P", "HD1", "HD2", "HD3"))
_CATEGORY = re.compile(r"Category \d|[A-E]\. [“\"A-Z]")


def _entries(found: Iterable[Block]) -> dict[str, Entry]:
    """Return the entries, each from its heading to the next."""
    bodies: dict[str, tuple[str, list[Block]]] = {}
    body: list[Block] | None = None
    for block in found:
        match = _ENTRY.fullmatch(block.text) if block.tag in _HEADINGS else None
        # FP-2 is the tag of headings; elsewhere (8D001) a heading shows by its bold type.
        if match and (block.tag == "FP-2" or block.bold):
            # An entry whose heading comes again goes on: no control is dropped.
            body = bodies.setdefault(match[1], (match[2].strip(), []))[1]
        elif block.tag == "HD1" and _CATEGORY.match(block.text):
            body = None
        elif body is not None:
            body.append(block)
    return {eccn: _entry(eccn, heading, blocks_) for eccn, (heading, blocks_) in bodies.items()}


def _entry(eccn: str, heading: str, body: Sequence[Block]) -> Entry:
    section = "licence"
    reasons: list[str] = []
    controls: list[Control] = []
    exceptions: dict[str, str] = {}
    notes: list[str] = []
    paragraphs: set[Path] = set()
    for block in body:
        for name, opening in _SECTIONS:
            if block.table is None and opening.match(block.text):
                section = name
        if section == "licence" and block.table is not None:
            controls += _lines(block.table, eccn)
        elif section == "licence" and (text := block.text):
            if match := re.match(r"Reasons? for Control\s*:?(.*)", text, re.IGNORECASE):
                reasons += parse_reasons(match[1])
            elif (prose := _prose(text, eccn)) is not None:
                controls += prose
            elif not re.fullmatch(
                r"(?:License Requirements|Controls?(?:\(s\))?)\s*:?(?: *Country chart.*)?",
                text,
                re.IGNORECASE,
            ):
                notes.append(text)
        elif section in ("exceptions", "sta"):
            if match := re.match(r"([A-Z]{2,4})\s*:\s*(.+)", block.text):
                exceptions[match[1]] = match[2]
        elif section == "items" and block.table is None:
            paragraphs |= _paragraph(block.text)
    return Entry(
        eccn, heading, tuple(dict.fromkeys(reasons)), tuple(controls), exceptions, tuple(notes),
        frozenset(paragraphs),
    )  # fmt: skip


def _lines(table: Table, eccn: str) -> Iterator[Control]:
    for row in table.rows:
        cells = [cell.text for cell in row if cell.text]
        if not cells or re.match(r"Controls?(?:\(s\))?\s*:?$", cells[0], re.IGNORECASE):
            continue
        # A third cell that is not empty belongs to no known form: it joins the second and spoils it.
        yield from parse_controls(cells[0], " ".join(cells[1:]), eccn)


def _prose(text: str, eccn: str) -> tuple[Control, ...] | None:
    """Return the controls of a paragraph; None if it is none. 0A983 and 1C350 have them outside a table."""
    body = re.sub(r"Controls?(?:\(s\))?\s*:?\s*", "", text, count=1) if text.startswith("Control") else text
    begins = re.match(r"([A-Z]{2})(?: and [A-Z]{2})? (?:also )?appl(?:y|ies)\b", body)
    if begins and begins[1] in REASONS:
        return parse_controls(body, "", eccn)
    if re.search(r"\blicen[cs]e is required\b", body, re.IGNORECASE) and not re.match(
        r"(?:License Requirements? )?Notes?\b", body, re.IGNORECASE
    ):
        return (Control(None, None, body, body),)
    return None


_LABEL = re.compile(r"(?:Items\s*:?\s*)?((?:[a-z])(?:\.(?:[a-z]|\d{1,3}))*)\.\s")


def _paragraph(text: str) -> set[Path]:
    """Return the paragraph that a text opens with, and those above it."""
    match = _LABEL.match(text)
    path = parse_path(match[1]) if match else None
    return {path[:depth] for depth in range(1, len(path) + 1)} if path else set()


def _tables(elements: Iterable[Tree]) -> list[Table]:
    return [block.table for element in elements for block in blocks(element) if block.table is not None]


def _chart(tables: Sequence[Table], name: str) -> ChartTable:
    """Return the Country Chart.

    Its three kinds of row: marks in every column; words over all columns (Cuba, Iran, North Korea,
    Syria); a footnote in one cell.
    """
    where = f"{name}: supplement no. 1 to part 738"
    for table in tables:
        labels = [re.fullmatch(r"([A-Z]{2})\s*([1-9])", head) for head in table.heads]
        columns = tuple((label[1], int(label[2])) for label in labels if label)
        if columns:
            break
    else:
        raise EcfrError(f"{where} holds no table with columns such as 'NS 1'. Download part 738 again.")
    if len(set(columns)) < len(columns):
        raise EcfrError(f"{where}: a column stands twice in the chart. Download part 738 again.")
    rows: list[RawRow] = []
    footnotes: dict[int, str] = {}
    for cells in table.rows:
        first = cells[0]
        if len(cells) == 1:
            match = re.fullmatch(r"(\d{1,2})\s+(.+)", first.text, re.DOTALL)
            for number in first.footnotes[:1] or ((int(match[1]),) if match else ()):
                footnotes[number] = match[2] if match else first.text
            continue
        country = _country(first.text[:200])
        trailing = first.text[len(country) : 200]
        if not country:
            continue
        if len(country) > 120:
            raise EcfrError(f"{where}: '{country[:40]}...' is no country. Download part 738 again, as XML.")
        numbers = (*first.footnotes, *(int(n) for n in re.findall(r"\d+", trailing)))
        marks, elsewhere = _marks(cells[1:], columns, f"{where}, row {country}")
        rows.append(RawRow(country, marks, elsewhere, numbers))
    if not rows:
        raise EcfrError(f"{where}: the chart has no row. Download part 738 again.")
    return ChartTable(columns, tuple(rows), footnotes)


def _marks(
    cells: Sequence[Cell], columns: Sequence[tuple[str, int]], where: str
) -> tuple[frozenset[tuple[str, int]], str | None]:
    if len(cells) == 1 and len(cells[0].text) > 1:
        return frozenset(), cells[0].text
    if len(cells) != len(columns) or any(cell.span != 1 for cell in cells):
        raise EcfrError(
            f"{where}: {len(cells)} cells stand under {len(columns)} columns; marks cannot be placed. "
            "Download part 738 again, as XML."
        )
    for cell in cells:
        if cell.text not in ("", "X", "x"):
            raise EcfrError(
                f"{where}: '{cell.text:.40}' is no mark; X or nothing is expected. Check the file."
            )
    return frozenset(column for column, cell in zip(columns, cells, strict=True) if cell.text), None


_GROUP = re.compile(r"\[?\s*([A-E])\s*:\s*([1-9])\s*\]?")


def _groups(elements: Sequence[Tree], name: str) -> dict[str, frozenset[str]]:
    """Return the members of groups A, D and E from their tables, and of B from its list."""
    groups: dict[str, set[str]] = {}
    group_b = False
    for block in (block for element in elements for block in blocks(element)):
        if block.table is not None:
            _group_table(block.table, groups, name)
        elif block.tag.startswith("HD"):
            group_b = re.match(r"Country Group B\b", block.text) is not None
        elif block.tag == "LI" and group_b and block.text:
            groups.setdefault("B", set()).add(_country(block.text))
    if not groups:
        raise EcfrError(f"{name}: supplement no. 1 to part 740 holds no Country Group. Download it again.")
    return {label: frozenset(members) for label, members in groups.items()}


def _group_table(table: Table, groups: dict[str, set[str]], name: str) -> None:
    labels = [f"{match[1]}:{match[2]}" for head in table.heads if (match := _GROUP.match(head))]
    if not labels or len(set(labels)) < len(labels):
        return
    for label in labels:
        groups.setdefault(label, set())
    for cells in table.rows:
        country = _country(cells[0].text)
        # One cell, or a sentence: a footnote of the table.
        if len(cells) == 1 or not country or len(country) > 80 or re.match(r"\d|\(", country):
            continue
        if len(cells) != len(labels) + 1:
            raise EcfrError(
                f"{name}: supplement no. 1 to part 740, row {country}: {len(cells) - 1} cells stand under "
                f"{len(labels)} groups. Download part 740 again, as XML."
            )
        for label, cell in zip(labels, cells[1:], strict=True):
            if re.match(r"X\b", cell.text, re.IGNORECASE):
                groups[label].add(country)


def _country(text: str) -> str:
    return re.sub(r"(?:\s+\d{1,2})+$", "", text).strip()
