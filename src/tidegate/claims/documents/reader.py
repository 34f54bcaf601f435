"""Stories out of files of every kind that can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from tidegate.claims.documents.dateline import day_in_dateline, day_written
from tidegate.claims.documents.decoding import decode
from tidegate.claims.documents.document import Document
from tidegate.claims.documents.dump import read_dump
from tidegate.claims.documents.feed import read_feed
from tidegate.claims.documents.files import check_size, kind_of, open_error
from tidegate.claims.documents.language import detect_language, partly_in
from tidegate.claims.documents.mail import read_mail
from tidegate.claims.documents.page import declared_charset, read_page
from tidegate.claims.documents.pdf import read_pdf
from tidegate.claims.documents.plain import given_day, read_markdown, read_text, read_yaml_fields
from tidegate.dates import Day
from tidegate.errors import DocumentError

__all__ = ["document_of_text", "read_document", "read_documents"]

_HEAD = 64 * 1024
_FIELDS = ("title", "published", "date", "outlet", "url")


def read_document(path: str | Path) -> Document:
    """Return the story in a file of one story: text, Markdown, HTML, PDF or e-mail.

    The day, title and outlet come from a sidecar `NAME.meta.yaml` beside `NAME.txt` where there is one, then
    from a front matter between `---` lines or the file's metadata; the day, last, from an unmistakable
    dateline. A feed or a dump is read where it holds just one story.
    Raises: DocumentError: if the file is missing, empty, too large, binary, in an encoding that is not
        certain, broken, or holds no story or several.
    """
    documents = list(read_documents(path))
    if len(documents) != 1:
        raise DocumentError(
            f"{path}: the file holds {len(documents)} stories where one is wanted. Give a file with one story."
        )
    return documents[0]


def read_documents(
    path: str | Path, on_problem: Callable[[DocumentError], None] | None = None
) -> Iterator[Document]:
    """Yield the stories in a file: one, or those of an RSS or Atom feed or of JSON Lines, in order.

    on_problem: called with the error of each line or entry that cannot be read; the others go on. Where it
        is None, those errors are raised together as one after the last story, so that none is lost.
    Raises: DocumentError: as `read_document`, if the file as a whole cannot be read.
    """
    path = Path(path)
    name = str(path)
    problems: list[DocumentError] = []
    for found in _stories(path, name):
        if isinstance(found, Document):
            yield _complete(found)
        else:
            (on_problem or problems.append)(found)
    if problems:
        more = f"\nand {len(problems) - 5} more" if len(problems) > 5 else ""
        raise DocumentError("\n".join(str(problem) for problem in problems[:5]) + more)


def document_of_text(
    text: str, name: str, published: Day | None = None, outlet: str | None = None
) -> Document:
    """Return the story in a text that somebody pasted, with a headline and a front matter where it has one.

    name: what messages call it. published, outlet: go before what the text says.
    Raises: DocumentError: if the text is blank or too large.
    """
    document = read_text(text, name)
    day = published or document.published or day_in_dateline(document.text)
    return _complete(replace(document, published=day, outlet=outlet or document.outlet))


def _stories(path: Path, name: str) -> Iterator[Document | DocumentError]:
    """Yield what is in a file: the stories, and the errors of its lines or entries."""
    if (error := open_error(path, name)) is not None:
        raise error
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
            size = path.stat().st_size
            if not head.strip() and size <= _HEAD:
                raise DocumentError(f"{name}: the file is empty. Give a file with a story in it.")
            kind = kind_of(path, head, name)
            check_size(kind, size, name)
            stream.seek(0)
            if kind == "dump":
                yield from read_dump(stream, name)
                return
            raw = stream.read()
    except OSError as failed:
        reason = failed.strerror or type(failed).__name__
        raise DocumentError(f"{name}: the file cannot be read: {reason}. Check its rights.") from None
    if kind == "feed":
        yield from read_feed(raw, name)
    else:
        yield _with_day_of_name(_with_sidecar(_one_story(kind, raw, name), path), path)


def _one_story(kind: str, raw: bytes, name: str) -> Document:
    if kind == "pdf":
        return read_pdf(raw, name)
    if kind == "mail":
        return read_mail(raw, name)
    text, notes = decode(raw, name, declared_charset(raw) if kind == "html" else None)
    read = {"html": read_page, "markdown": read_markdown}.get(kind, read_text)
    document = read(text, name)
    if document.published is None:
        document = replace(document, published=day_in_dateline(document.text))
    return replace(document, notes=document.notes + notes)


def _with_sidecar(document: Document, path: Path) -> Document:
    """Return a document with what a person wrote beside it, which goes before what the file says."""
    beside = path.with_name(f"{path.stem}.meta.yaml")
    if not beside.is_file():
        return document
    name = str(beside)
    try:
        text = beside.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise DocumentError(f"{name}: the file cannot be read as UTF-8. Save it as UTF-8.") from None
    fields = read_yaml_fields(text, name, "the YAML")
    if fields is None:
        raise DocumentError(f"{name}: the file is no mapping. Write lines such as `published: 2025-06-10`.")
    if unknown := [str(key) for key in fields if key not in _FIELDS]:
        raise DocumentError(f"{name}: field '{unknown[0]}' is not known. Fields: {', '.join(_FIELDS)}.")
    title, outlet, url = (
        None if fields.get(key) is None else str(fields[key]) for key in ("title", "outlet", "url")
    )
    return replace(
        document,
        title=title or document.title,
        published=given_day(fields, name) or document.published,
        outlet=outlet or document.outlet,
        url=url or document.url,
    )


_NAMED_BY_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?=[_ -]|$)")


def _with_day_of_name(document: Document, path: Path) -> Document:
    """Return a document without a day of its own with the one its file is named by, and a note that says so."""
    match = _NAMED_BY_DAY.match(path.stem)
    day = day_written(match.group()) if match and document.published is None else None
    if day is None:
        return document
    return replace(document, published=day, notes=(*document.notes, "its day is taken from the file's name"))


def _complete(document: Document) -> Document:
    """Return a document with its language, and the note on passages in another one."""
    language = detect_language(document.text)
    partly = partly_in(document.text) if language == "en" else None
    return replace(document, language=language, notes=document.notes + ((partly,) if partly else ()))
