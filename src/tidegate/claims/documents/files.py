"""Which files hold stories, and of which kind: by their content first, by their name second."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tidegate.claims.documents.document import MAX_BYTES, too_large
from tidegate.claims.documents.dump import looks_like_dump
from tidegate.claims.documents.mail import looks_like_mail
from tidegate.claims.documents.markup import root_of
from tidegate.errors import DocumentError

__all__ = ["READABLE", "bound_of", "find_files", "kind_of", "open_error"]

_KINDS = {
    "text": (".txt", ".text"),
    "markdown": (".md", ".markdown"),
    "html": (".html", ".htm", ".xhtml"),
    "pdf": (".pdf",),
    "mail": (".eml",),
    "feed": (".rss", ".atom", ".xml", ".rdf"),
    "dump": (".jsonl", ".ndjson"),
}
READABLE = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes}
"""The kind that a suffix promises."""

_BOUNDS = {"pdf": 10 * MAX_BYTES, "mail": 10 * MAX_BYTES, "feed": 10 * MAX_BYTES, "markdown": 2**20}
"""Bytes a file may have where that is not a story's size: pictures, attachments and many entries weigh;
the Markdown parser takes ten seconds for a megabyte of nothing but links."""

_MAGIC = {
    b"PK\x03\x04": "a zip or Office file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a gzip file",
    b"\x7fELF": "a program",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old Office or Outlook file",
}


def find_files(paths: Iterable[str | Path]) -> list[Path]:
    """Return the files named and, of each folder named, the readable ones in it and below, sorted.

    A file that is named is taken whatever its suffix. Hidden files and folders below a named folder are
    passed over, as is a file that has been found already.
    Raises: DocumentError: if a path does not exist, or a folder holds nothing readable.
    """
    found: dict[Path, None] = {}
    for given in paths:
        path = Path(given)
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if _is_readable(each, path))
            if not inside:
                raise DocumentError(
                    f"{path}: no readable file is in this folder. Kinds: {' '.join(READABLE)}."
                )
            found.update(dict.fromkeys(inside))
        elif path.exists():
            found[path] = None
        else:
            raise DocumentError(f"{path}: there is no such file. Check the path.")
    return list(found)


def _is_readable(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.suffix.lower() in READABLE and path.is_file()


def kind_of(path: Path, head: bytes, name: str) -> str:
    """Return the kind of a file from its first bytes, else from its suffix, else 'text'.

    Raises: DocumentError: if the file is of a kind that holds no story, or is not what its name says.
    """
    suffix = path.suffix.lower()
    promised = READABLE.get(suffix, "text")
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            raise DocumentError(
                f"{name}: this is {kind}, not text. Save the story as text, Markdown or HTML."
            )
    if head.lstrip()[:5] == b"%PDF-" or (promised == "pdf" and b"%PDF-" in head[:1024]):
        return "pdf"
    root = root_of(head)
    if root in ("rss", "feed", "rdf"):
        return "feed"
    if root == "html":
        return "html"
    if promised in ("mail", "dump"):
        return promised
    if looks_like_mail(head):
        return "mail"
    if looks_like_dump(head):
        return "dump"
    if promised == "pdf":
        raise DocumentError(f"{name}: the file is named {suffix} but is no PDF. Save it anew.")
    if promised == "feed":
        raise DocumentError(f"{name}: this XML is no RSS or Atom feed. Save the story as text or HTML.")
    return promised


def bound_of(kind: str) -> int | None:
    """Return the most bytes a file of the kind may have; None where it is read line by line."""
    if kind == "dump":
        return None
    return _BOUNDS.get(kind, MAX_BYTES)


def open_error(path: Path, name: str) -> DocumentError | None:
    """Return why a path cannot be opened as a file: it is missing, or a folder."""
    if path.is_dir():
        return DocumentError(f"{name}: this is a folder. Name the files in it, as in {name}/*.txt.")
    if not path.exists():
        return DocumentError(f"{name}: there is no such file. Check the path.")
    return None


def check_size(kind: str, size: int, name: str) -> None:
    """Raise the error of a file that is too large for its kind."""
    bound = bound_of(kind)
    if bound is not None and size > bound:
        raise too_large(name, size, bound)
