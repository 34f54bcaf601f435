"""Stories in JSON Lines: an object a line, read line by line so that a dump may be of any size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from tidegate.claims.documents.dateline import day_written
from tidegate.claims.documents.document import MAX_BYTES, Document, story
from tidegate.errors import DocumentError

__all__ = ["looks_like_dump", "read_dump"]

_TEXT, _DATE, _OUTLET = ("text", "content", "body"), ("published", "date"), ("outlet", "source", "site")


def looks_like_dump(raw: bytes) -> bool:
    """Return whether the first line is a JSON object with a story's text in it."""
    import msgspec

    first = raw.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0]
    if not first.startswith(b"{"):
        return False
    try:
        row = msgspec.json.decode(first)
    except (msgspec.DecodeError, ValueError, RecursionError):
        # The line may be longer than the piece that was looked at.
        return bool(re.match(rb'\{\s*"(?:text|content|body|title|url|published|date|id)"\s*:', first))
    return isinstance(row, dict) and any(isinstance(row.get(key), str) for key in _TEXT)


def read_dump(stream: BinaryIO, name: str) -> Iterator[Document | DocumentError]:
    """Yield the story of each line, or the error that names the line; blank lines are passed over."""
    number = 0
    while line := stream.readline(MAX_BYTES + 1):
        number += 1
        if len(line) > MAX_BYTES:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_BYTES)
            bound = MAX_BYTES // 2**20
            yield DocumentError(f"{name}:{number}: the line is over {bound} MiB: no news story. Cut it.")
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        try:
            yield _story(line, f"{name}:{number}", f"{name}#{number}")
        except DocumentError as error:
            yield error


def _story(line: bytes, place: str, name: str) -> Document:
    """Return the story of a line. place: as errors name it. name: as the document is called."""
    import msgspec

    try:
        row = msgspec.json.decode(line)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise DocumentError(f"{place}: the line is not JSON: {error}. Write one object a line.") from None
    if not isinstance(row, dict):
        raise DocumentError(f'{place}: the line is no object. Write {{"text": ...}}.')
    key = next((key for key in _TEXT if row.get(key) not in (None, "")), None)
    if key is None:
        raise DocumentError(f"{place}: the line has no text. Give it under text, content or body.")
    if not isinstance(row[key], str):
        raise DocumentError(f"{place}: {key} is not a text. Write the story in quotes.")
    written = next((row[each] for each in _DATE if row.get(each) not in (None, "")), None)
    published = None if written is None else day_written(written)
    notes = () if written is None or published else (f"its date '{str(written)[:40]}' names no day",)
    outlet = next((row[each] for each in _OUTLET if isinstance(row.get(each), str) and row[each]), None)
    title, url = (row[each] if isinstance(row.get(each), str) else None for each in ("title", "url"))
    try:
        return story(name, row[key], title=title, published=published, outlet=outlet, url=url, notes=notes)
    except DocumentError:
        raise DocumentError(f"{place}: the line has no text. Give it under text, content or body.") from None
