"""Stories in: text, Markdown and HTML files, with their day and outlet where the file gives them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.dates import Day, parse_day
from tidegate.errors import BadInputError, DocumentError, LedgerError
from tidegate.records import read_yaml_text

__all__ = ["MAX_BYTES", "Document", "Passage", "read_document"]

MAX_BYTES = 5 * 1024 * 1024
"""A story above this is refused: a long news story has 50 kB."""

_HTML_SUFFIXES = frozenset((".html", ".htm", ".xhtml"))
_MARKDOWN_SUFFIXES = frozenset((".md", ".markdown"))


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a story. start: where it begins in the story's text."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Document:
    """A story as plain text.

    name: the file. published: the day the file gives; None where it gives none.
    """

    name: str
    text: str
    title: str | None = None
    published: Day | None = None
    outlet: str | None = None

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The paragraphs: lines that are not blank."""
        return tuple(
            Passage(match.group(), match.start()) for match in re.finditer(r"[^\n]*\S[^\n]*", self.text)
        )


def read_document(path: str | Path) -> Document:
    """Return the story in a file.

    A front matter between `---` lines may give title, published (YYYY-MM-DD) and outlet; an HTML page
    may give them in its metadata.
    Raises: DocumentError: if the file is missing, empty, too large, binary, not in the encoding it
        claims, or holds no text.
    """
    path = Path(path)
    name = str(path)
    raw = _read_bytes(path, name)
    is_html = path.suffix.lower() in _HTML_SUFFIXES or _looks_like_html(raw)
    text = _decode(raw, name, is_html)
    if is_html:
        return _from_html(text, name)
    front, body = _split_front_matter(text, name)
    if path.suffix.lower() in _MARKDOWN_SUFFIXES:
        title, body = _from_markdown(body)
        front.setdefault("title", title)
    else:
        front.setdefault("title", _headline(body))
    body = body.replace("\r\n", "\n").strip("\n")
    if not body.strip():
        raise DocumentError(f"{name}: the file holds no text. Give a file with a story in it.")
    return Document(
        name, body, _text(front.get("title")), _front_day(front, name), _text(front.get("outlet"))
    )


def _headline(text: str) -> str | None:
    """Return the first line where it reads as a headline: short, not a sentence, and text follows."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if (
        len(lines) < 2
        or len(lines[0]) > _HEADLINE
        or lines[0].endswith((".", ",", ":", ";"))
        or "=" in lines[0]
    ):
        return None
    return lines[0]


_HEADLINE = 120
"""Characters of the longest first line that is taken for a headline."""


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise DocumentError(f"{name}: this is a folder. Name the files in it, as in {name}/*.txt.")
        if size > MAX_BYTES:
            megabytes, bound = size / 2**20, MAX_BYTES // 2**20
            raise DocumentError(
                f"{name}: {megabytes:.0f} MiB is no news story. Give a file up to {bound} MiB."
            )
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DocumentError(f"{name}: there is no such file. Check the path.") from None
    except OSError as error:
        raise DocumentError(f"{name}: the file cannot be read: {error.strerror}. Check its rights.") from None
    if not raw.strip():
        raise DocumentError(f"{name}: the file is empty. Give a file with a story in it.")
    for magic, kind in _MAGIC.items():
        if raw.startswith(magic):
            raise DocumentError(
                f"{name}: this is {kind}, not text. Save the story as text, Markdown or HTML."
            )
    return raw


_MAGIC = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip or Office file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a gzip file",
    b"\x7fELF": "a program",
    b"PAR1": "a Parquet file",
}

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def _decode(raw: bytes, name: str, is_html: bool) -> str:
    encoding = next((codec for bom, codec in _BOMS if raw.startswith(bom)), "utf-8")
    if encoding != "utf-16" and (b"\x00" in raw or sum(byte < 9 for byte in raw[:4096]) > 8):
        raise DocumentError(f"{name}: this is binary, not text. Save the story as text, Markdown or HTML.")
    if is_html and encoding == "utf-8" and (declared := _declared_charset(raw)):
        encoding = declared
    try:
        return raw.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        where = f"byte {error.start} " if isinstance(error, UnicodeDecodeError) else "the file "
        guess = _guess_encoding(raw)
        mend = f"It looks like {guess}: iconv -f {guess} -t utf-8." if guess else "Save it as UTF-8."
        raise DocumentError(f"{name}: {where}is not {encoding}. {mend}") from None


def _declared_charset(raw: bytes) -> str | None:
    match = re.search(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", raw[:4096])
    return match.group(1).decode("ascii") if match else None


def _guess_encoding(raw: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:20000]).best()
    return best.encoding if best else None


def _looks_like_html(raw: bytes) -> bool:
    return bool(re.match(rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b", raw[:512], re.IGNORECASE))


def _from_html(text: str, name: str) -> Document:
    from trafilatura import bare_extraction

    found: Any = None
    try:
        found = bare_extraction(text, with_metadata=True, include_comments=False, include_tables=False)
    except (ValueError, RecursionError, AssertionError):
        # The extractor gives up on pages that are too broken; that is the same as finding nothing.
        found = None
    body = (found.text or "").strip() if found is not None else ""
    if not body:
        raise DocumentError(f"{name}: no story was found in this page. Save its text in a file.")
    published: Day | None = None
    try:
        published = parse_day(found.date) if found.date else None
    except BadInputError:
        published = None
    return Document(name, body, found.title or None, published, found.sitename or None)


def _from_markdown(text: str) -> tuple[str | None, str]:
    """Return the first heading and the text without markup, a line for each block."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(text)
    title: str | None = None
    lines = []
    for index, token in enumerate(tokens):
        if token.type == "inline":
            words = "".join(
                " " if child.type in ("softbreak", "hardbreak") else child.content
                for child in token.children or ()
            )
            if title is None and index and tokens[index - 1].type == "heading_open":
                title = words
            lines.append(words)
        elif token.type in ("fence", "code_block"):
            lines.append(token.content)
    return title, "\n".join(lines)


_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)


def _split_front_matter(text: str, name: str) -> tuple[dict[str, Any], str]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    try:
        front = read_yaml_text(match.group(1), name)
    except LedgerError as error:
        raise DocumentError(f"{name}: the front matter is broken: {error.problems[0].message}") from None
    if not isinstance(front, dict):
        return {}, text
    return dict(front), text[match.end() :]


def _front_day(front: dict[str, Any], name: str) -> Day | None:
    written = front.get("published") or front.get("date")
    if written is None:
        return None
    try:
        return parse_day(str(written))
    except BadInputError as error:
        raise DocumentError(f"{name}: published: {error}") from None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
