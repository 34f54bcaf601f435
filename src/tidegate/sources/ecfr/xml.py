"""eCFR XML made safe and plain: the tree, its supplements, blocks of text and tables as rows of cells.

Both carriers of the eCFR share one vocabulary: https://www.ecfr.gov/api/versioner/v1/full/DATE/title-15.xml
and GovInfo's bulk data (GPO, e-CFR XML User Guide, https://github.com/usgpo/bulk-data): DIV5 a part,
DIV8 a section, DIV9 an appendix or supplement; P, FP, FP-1, FP-2 paragraphs; HD1 headings; tables as
TABLE/TR/TD or as GPOTABLE/ROW/ENT.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from tidegate.sources.ecfr.files import EcfrError

__all__ = ["Block", "Cell", "Table", "Tree", "blocks", "parse_xml", "plain", "sections", "supplement"]

Tree = Any
"""An lxml element; lxml has no types of its own."""

_TABLES = frozenset(("TABLE", "GPOTABLE"))
_LEAVES = frozenset(("P", "FP", "FP-1", "FP-2", "FP1-2", "HD1", "HD2", "HD3", "HD4", "HED", "HEAD", "LI"))
_RAISED = frozenset(("SU", "SUP"))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text without footnote numbers, those numbers, how many columns it spans."""

    text: str
    footnotes: tuple[int, ...]
    span: int
    is_head: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table: caption, cells of its heads in order, rows of its body."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or heading, or a table. tag: in capitals. bold: the text begins in bold type."""

    tag: str
    text: str
    bold: bool = False
    table: Table | None = None


def parse_xml(text: str, name: str) -> Tree:
    """Return the root element.

    Raises: EcfrError: if the text declares entities or is not well-formed.
    """
    # The eCFR declares no entities; a file that does may be made to grow without bound.
    if "<!ENTITY" in text:
        raise EcfrError(f"{name}: the file declares XML entities. Use the file as it comes from ecfr.gov.")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        what = " ".join(str(error).split())
        raise EcfrError(f"{name}: this is not whole XML: {what}. Download the file again.") from None


def plain(element: Tree, without: frozenset[str] = frozenset()) -> str:
    """Return the text of an element with single spaces. without: tags whose text is left out."""
    parts: list[str] = []
    stack: list[tuple[Tree, bool]] = [(element, False)]
    while stack:
        node, closing = stack.pop()
        if closing:
            parts.append(node.tail or "")
            continue
        if node is not element:
            stack.append((node, True))
        tag = _tag(node)
        if tag in without or not tag:
            continue
        if tag in _LEAVES or tag == "BR":
            parts.append(" ")
        parts.append(node.text or "")
        stack.extend((child, False) for child in reversed(node))
    return " ".join("".join(parts).split())


def _tag(node: Tree) -> str:
    # An entity reference has a function for a tag.
    return node.tag.upper() if isinstance(node.tag, str) else ""


def supplement(root: Tree, number: int, part: int) -> list[Tree]:
    """Return the elements of a supplement, found by its N attribute or its heading."""
    wanted = re.compile(rf"supplement no\. ?{number} to part {part}\b", re.IGNORECASE)
    found = []
    for node in root.iter():
        if _tag(node) != "DIV9":
            continue
        head = next((plain(child) for child in node if _tag(child) == "HEAD"), "")
        if wanted.match(" ".join((node.get("N") or "").split())) or wanted.match(head):
            found.append(node)
    return found


def sections(root: Tree, part: int) -> Iterator[tuple[str, str]]:
    """Yield number and heading of each section of a part."""
    for node in root.iter():
        number = (node.get("N") or "").removeprefix("§").strip() if _tag(node) == "DIV8" else ""
        if number.startswith(f"{part}."):
            yield number, next((plain(child) for child in node if _tag(child) == "HEAD"), "")


def blocks(element: Tree) -> Iterator[Block]:
    """Yield the paragraphs, headings and tables below an element in their order."""
    stack = list(reversed(element))
    while stack:
        node = stack.pop()
        tag = _tag(node)
        if tag in _TABLES:
            yield Block(tag, "", table=_table(node))
        elif tag in _LEAVES and not any(_tag(below) in _TABLES for below in node.iter()):
            yield Block(tag, plain(node), _is_bold(node))
        else:
            if (node.text or "").strip() and tag:
                yield Block("P", " ".join(node.text.split()))
            stack.extend(reversed(node))


def _is_bold(node: Tree) -> bool:
    first = next(iter(node), None)
    return first is not None and not (node.text or "").strip() and _tag(first) == "B"


def _table(node: Tree) -> Table:
    caption, heads, rows = "", [], []
    for below in node.iter():
        tag = _tag(below)
        if tag in ("CAPTION", "TTITLE"):
            caption = plain(below, _RAISED)
        elif tag == "CHED":
            heads.append(plain(below, _RAISED))
        elif tag in ("TR", "ROW"):
            cells = tuple(_cell(child) for child in below if _tag(child) in ("TD", "TH", "ENT"))
            if cells and all(cell.is_head for cell in cells):
                heads += [cell.text for cell in cells]
            elif cells:
                rows.append(cells)
    return Table(caption, tuple(heads), tuple(rows))


def _cell(node: Tree) -> Cell:
    numbers = [
        plain(below)
        for below in node.iter()
        if _tag(below) in _RAISED or (_tag(below) == "E" and below.get("T") in ("51", "52"))
    ]
    span = (node.get("colspan") or node.get("COLSPAN") or "1").strip()
    return Cell(
        plain(node, _RAISED),
        tuple(int(n) for text in numbers for n in re.findall(r"\b[0-9]{1,2}\b", text)),
        int(span) if re.fullmatch("[0-9]{1,3}", span) else 1,
        _tag(node) == "TH",
    )
