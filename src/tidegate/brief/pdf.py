"""The brief as PDF: the day on one sheet, tagged for readers who do not see it, the same bytes for the same brief.

Set by Typst out of a template and the layout of the page as data (`tidegate.brief.day_page`), so that no word of a
story or a source is ever read as markup. Fonts are those inside the library, which have Latin, Greek and Cyrillic
letters, so that a brief looks alike on every machine; only where a word needs another script are the fonts of the
machine looked at, and where these lack it too, its characters stand as boxes and the page says so.
"""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

from tidegate.brief.day_page import day_page
from tidegate.brief.record import Brief
from tidegate.brief.spans import count
from tidegate.brief.stories_page import stories_page
from tidegate.errors import MissingExtraError
from tidegate.files import write_whole

__all__ = ["NO_FONT", "need_typst", "pdf_of_layout", "render_pdf", "write_pdf"]

SIZES = (9.0, 8.6, 8.2, 7.8, 7.4, 7.0)
"""Sizes of type in points: the largest at which the day fits one sheet is taken. Where even the smallest does not do,
the longest lists lose lines, and say so."""

NO_FONT = (
    "Some characters are of a script for which no font is installed here and stand as boxes; the HTML page, and a copy "
    "out of this one, have them."
)


def write_pdf(brief: Brief, path: str | Path) -> Path:
    """Write the brief to a PDF file, whole or not at all.

    Raises: MissingExtraError: without Typst. BadInputError: if the file cannot be written.
    """
    return write_whole(Path(path), render_pdf(brief))


def render_pdf(brief: Brief) -> bytes:
    """Return the brief as PDF: the day on one sheet, stories on those after it. Raises: MissingExtraError."""
    layout: dict[str, Any] = {
        "title": f"Brief of {brief.on}",
        "lead": "",
        "warnings": [],
        "sections": [],
        "foot": [],
    }
    if brief.day:
        layout = day_page(brief.day.to_dict())
    if brief.stories or brief.failures or not brief.day:
        layout = {**layout, "after": stories_page(brief)}
    return pdf_of_layout(layout)


def pdf_of_layout(layout: Mapping[str, Any]) -> bytes:
    """Return a layout, as `day_page` gives it, as PDF. after: sections that begin on a new sheet.

    Raises: MissingExtraError: without Typst.
    """
    typst = need_typst()
    asked = {"after": [], **layout}
    try:
        return _fitting(typst, asked, own_fonts=True)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    try:
        return _fitting(typst, asked, own_fonts=False)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    return _fitting(
        typst, {**asked, "warnings": [*asked["warnings"], NO_FONT]}, own_fonts=False, strict=False
    )


def need_typst() -> ModuleType:
    """Return the library that sets PDF. Raises: MissingExtraError: if it is not installed."""
    try:
        import typst
    except ImportError:
        raise MissingExtraError("typst is not installed. Run: pip install 'tidegate[pdf]'") from None
    found: ModuleType = typst
    return found


def _fitting(typst: ModuleType, layout: Mapping[str, Any], *, own_fonts: bool, strict: bool = True) -> bytes:
    """The PDF in the largest type in which the day takes one sheet."""
    from pypdf import PdfReader

    # Compiling anew with another input is quick where the compiler is kept.
    compiler = typst.Compiler(ignore_system_fonts=own_fonts)

    def set_in(size: float, told: Mapping[str, Any]) -> bytes:
        inputs = {"brief": json.dumps(told, ensure_ascii=False, default=str), "size": str(size)}
        made: bytes = compiler.compile(
            _template(), format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"] if strict else []
        )
        return made

    def fits(made: bytes) -> bool:
        return len(PdfReader(io.BytesIO(made)).pages) == 1

    size, alone = SIZES[0], {**layout, "after": []}
    if alone["sections"]:
        size = next((each for each in SIZES if fits(set_in(each, alone))), SIZES[-1])
        while not fits(set_in(size, alone)) and (fewer := _with_one_line_less(alone)):
            alone = fewer
    return set_in(size, {**alone, "after": layout["after"]})


def _with_one_line_less(layout: Mapping[str, Any]) -> dict[str, Any] | None:
    """The layout without the last line of its longest list, which says how many are missing; None if all are short."""
    sections = copy.deepcopy(layout["sections"])
    groups = [group for section in sections for group in section["groups"]]
    longest = max(groups, key=lambda group: len(group["lines"]), default=None)
    if longest is None or len(longest["lines"]) < 2:
        return None
    longest["lines"].pop()
    longest["left_out"] = longest.get("left_out", 0) + 1
    notes = [span for span in longest["notes"] if not span.get("of_sheet")]
    told = {
        "text": f"{count(longest['left_out'], 'line')} more on the HTML page. ",
        "kind": "soft",
        "of_sheet": True,
    }
    longest["notes"] = [told, *notes]
    return {**layout, "sections": sections}


@lru_cache(maxsize=1)
def _template() -> bytes:
    return (files("tidegate.brief") / "templates" / "brief.typ").read_bytes()
