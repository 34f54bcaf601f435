"""Stories in PDF: the text layer, page furniture left out, lines put together to paragraphs."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from tidegate.claims.documents.document import MAX_BYTES, Document, story, too_large
from tidegate.claims.documents.lines import unwrap, without_furniture
from tidegate.claims.documents.plain import headline
from tidegate.errors import DocumentError

__all__ = ["read_pdf"]

_MOST_PAGES = 400
_FEW_LETTERS = 20
"""Letters a page, on average, below which the pages are pictures."""


def read_pdf(raw: bytes, name: str) -> Document:
    """Return the story in a PDF.

    The day a PDF was made is not the day its story was published, so it is not taken.
    Raises: DocumentError: if the file is broken, locked, has too many pages or no text layer.
    """
    with _quiet():
        pages, title = _pages(raw, name)
    letters = sum(char.isalpha() for page in pages for char in page)
    if letters < min(_FEW_LETTERS * len(pages), 200) or not letters:
        raise DocumentError(
            f"{name}: this PDF has no text layer: its pages are pictures. Run OCR first, as in ocrmypdf."
        )
    text = unwrap(_joined(without_furniture(pages)))
    return story(name, text, title=title or headline(text))


def _pages(raw: bytes, name: str) -> tuple[list[str], str | None]:
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(raw), strict=False)
        locked = reader.is_encrypted and not reader.decrypt("")
        count = 0 if locked else len(reader.pages)
    except Exception as error:
        # A broken file breaks the parser anywhere, in any way; a missing cipher is such an error too.
        if b"/Encrypt" in raw:
            raise _locked(name) from None
        raise DocumentError(f"{name}: this PDF is broken: {_first(error)}. Save it anew.") from None
    if locked:
        raise _locked(name)
    if count > _MOST_PAGES:
        raise DocumentError(
            f"{name}: {count} pages are no news story. Give a PDF of the pages that matter, up to {_MOST_PAGES}."
        )
    pages: list[str] = []
    size = 0
    try:
        for page in reader.pages:
            pages.append(page.extract_text() or "")
            size += len(pages[-1])
            if size > MAX_BYTES:
                raise too_large(name, size, MAX_BYTES)
    except DocumentError:
        raise
    except Exception as error:
        raise DocumentError(
            f"{name}: page {len(pages) + 1} of this PDF is broken: {_first(error)}. Save it anew."
        ) from None
    if not pages:
        raise DocumentError(f"{name}: this PDF is broken: it has no pages. Save it anew.")
    return pages, _title(reader)


def _locked(name: str) -> DocumentError:
    return DocumentError(
        f"{name}: this PDF is locked by a password. Save it without one, as in qpdf --decrypt."
    )


def _title(reader: object) -> str | None:
    """Return the title the file gives, unless a program has put the name of a file there."""
    try:
        metadata = reader.metadata  # type: ignore[attr-defined]
        title = str(metadata.title or "").strip() if metadata is not None else ""
    except Exception:
        # As above: nothing in a broken file may be relied upon.
        return None
    made_up = re.search(
        r"\.\w{2,5}$|^(?:microsoft \w+ -|untitled|slide \d|document\d*$)", title, re.IGNORECASE
    )
    return title if " " in title and not made_up and title.isprintable() else None


def _joined(pages: list[str]) -> str:
    """Return the pages as one text: a sentence goes on across the page's end."""
    text = ""
    for page in (page.strip("\n") for page in pages):
        ends = not text or text.rstrip().endswith((".", "!", "?", "”", '"'))
        text += ("\n\n" if ends and text else "\n" if text else "") + page
    return text


def _first(error: Exception) -> str:
    return (str(error).split("\n")[0] or type(error).__name__)[:120].rstrip(".")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the parser's remarks on a broken file off the terminal."""
    logger = logging.getLogger("pypdf")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)
