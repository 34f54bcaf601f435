"""Stories in HTML: the main text of a page, and the visible text of a piece of HTML in a mail or a feed.

What a reader of the page does not see is no part of the story: scripts, styles, frames, comments and
elements hidden by an attribute or an inline style. Elements hidden by a style sheet are not recognised.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tidegate.claims.documents.dateline import day_written
from tidegate.claims.documents.document import Document, story, tidy
from tidegate.errors import DocumentError

if TYPE_CHECKING:
    from lxml.html import HtmlElement

__all__ = ["declared_charset", "read_page", "visible_text"]

_UNSEEN = (
    "script", "style", "iframe", "frame", "object", "embed", "applet", "template", "noscript", "svg", "math",
    "canvas", "select", "textarea", "button", "input", "dialog",
)  # fmt: skip
_BLOCK_NAMES = (
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section table tbody td tfoot th thead title tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_HIDDEN_STYLE = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])"
    r"|mso-hide\s*:\s*all)",
    re.IGNORECASE,
)
_HUGE_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)\s[^<>]{5000,}>?")
_REFERENCE = re.compile(r"&#(x0*[0-9a-f]{1,8}|\d{1,12});?", re.IGNORECASE)
_MOST_ELEMENTS = 60_000
"""Elements of a page; a long story with its menus has 5,000. The extractor takes seconds beyond this."""

# The extractor must not take a day out of the story's own sentences, nor look at today's date.
_DATES = {
    "extensive_search": False,
    "original_date": True,
    "min_date": "1990-01-01",
    "max_date": "2199-12-31",
}


def declared_charset(raw: bytes) -> str | None:
    """Return the encoding that a page names in its head."""
    match = re.search(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", raw[:4096])
    return match.group(1).decode("ascii") if match else None


def read_page(text: str, name: str) -> Document:
    """Return the main text of a page, with title, day, outlet and address from its metadata."""
    from trafilatura import bare_extraction

    found: Any = None
    tree = _seen(text, name, keep_metadata=True)
    if tree is not None:
        try:
            found = bare_extraction(
                tree,
                with_metadata=True,
                include_comments=False,
                include_tables=False,
                date_extraction_params=_DATES,
            )
        except Exception:
            # The extractor gives up on pages that are too broken; that is the same as finding nothing.
            found = None
    body = (found.text or "") if found is not None else ""
    if not body.strip():
        raise DocumentError(f"{name}: no story was found in this page. Save its text in a file.")
    return story(
        name,
        body,
        title=found.title,
        published=day_written(found.date) if found.date else None,
        outlet=found.sitename,
        url=found.url,
        empty="no story was found in this page. Save its text in a file.",
    )


def visible_text(markup: str, name: str) -> str:
    """Return the text of a piece of HTML that a reader sees, a line for each block."""
    tree = _seen(markup, name, keep_metadata=False)
    if tree is None:
        return ""
    pieces: list[str] = []
    from lxml import etree

    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if element.tag in _BLOCKS:
            pieces.append("\n")
        words = element.text if event == "start" else element.tail
        if words:
            pieces.append(re.sub(r"\s+", " ", words))
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _seen(markup: str, name: str, keep_metadata: bool) -> HtmlElement | None:
    """Return the tree of a page without what its reader does not see; None where there is no tree."""
    from lxml import etree, html

    # Thousands of attributes on one tag take the parser minutes.
    markup = _HUGE_TAG.sub(lambda tag: tag.group() if tag.group().count("=") < 100 and
                           len(tag.group().split(None, 300)) < 300 else f"<{tag.group(1)}>", markup)  # fmt: skip
    # An encoding named in the text would be applied to it a second time.
    markup = re.sub(r"\A\s*<\?xml[^>]*\?>", "", markup)
    if markup.count("<") > 3 * _MOST_ELEMENTS:
        raise DocumentError(f"{name}: this page has too many elements for a story. Save its text in a file.")
    markup = _REFERENCE.sub(_character, tidy(markup))
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
    try:
        tree = html.document_fromstring(markup, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    if sum(1 for _ in tree.iter()) > _MOST_ELEMENTS:
        raise DocumentError(f"{name}: this page has too many elements for a story. Save its text in a file.")
    for element in list(tree.iter()):
        if element is not tree and _is_unseen(element, keep_metadata) and element.getparent() is not None:
            element.drop_tree()
    return tree


def _character(reference: re.Match[str]) -> str:
    """Return a numeric reference as it is, or mended where it names no character of a text.

    The codes 128 to 159 are written for the quotes and dashes of cp1252, as browsers know. Control
    characters and halves of characters, which the tree cannot hold, go.
    """
    digits = reference.group(1).lower()
    code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    if 128 <= code < 160:
        return bytes((code,)).decode("cp1252", "ignore")
    wrong = (code < 32 and code not in (9, 10, 13)) or 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE
    return "" if wrong or code > 0x10FFFF else reference.group()


def _is_unseen(element: HtmlElement, keep_metadata: bool) -> bool:
    if not isinstance(element.tag, str):
        return True
    if element.tag == "script" and keep_metadata and element.get("type") == "application/ld+json":
        # No text of the story, but where many pages give its day.
        return False
    if element.tag in _UNSEEN or (element.tag == "head" and not keep_metadata):
        return True
    if element.tag in ("html", "body"):
        return False
    hidden = "hidden" in element.attrib or element.get("aria-hidden", "").strip().lower() == "true"
    return hidden or bool(_HIDDEN_STYLE.search(element.get("style", "")))
