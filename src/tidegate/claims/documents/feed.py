"""Stories in RSS and Atom files, an entry each."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from tidegate.claims.documents.dateline import day_written
from tidegate.claims.documents.document import Document, story
from tidegate.claims.documents.page import visible_text
from tidegate.errors import DocumentError

__all__ = ["read_feed"]


def read_feed(raw: bytes, name: str) -> Iterator[Document | DocumentError]:
    """Yield a story for each entry of a feed, or the error that names the entry without one.

    Raises: DocumentError: if the feed cannot be read, or declares entities, which no feed needs and
        which can be made to grow without bound.
    """
    if b"<!ENTITY" in raw.replace(b"\x00", b"").upper():
        raise DocumentError(f"{name}: this feed declares entities, which is not safe to read. Take them out.")
    import feedparser

    try:
        # A stream, never the bytes or the name: those it would try to open as a file or an address.
        feed = feedparser.parse(io.BytesIO(raw))
    except Exception as error:
        raise DocumentError(f"{name}: this feed is broken: {type(error).__name__}. Save it anew.") from None
    if not feed.entries:
        raise DocumentError(f"{name}: this feed holds no entries. Save it anew.")
    if feed.bozo and not isinstance(feed.bozo_exception, feedparser.CharacterEncodingOverride):
        yield DocumentError(
            f"{name}: this feed is not well-formed, so entries may be missing after {len(feed.entries)}. "
            "Save it anew."
        )
    outlet = feed.feed.get("title")
    for number, entry in enumerate(feed.entries, start=1):
        try:
            yield _entry(entry, outlet, f"{name}#{number}")
        except DocumentError as error:
            yield error


def _entry(entry: dict[str, Any], outlet: str | None, name: str) -> Document:
    parts = [part for part in entry.get("content") or () if part.get("value")]
    detail = parts[0] if parts else entry.get("summary_detail") or {}
    text = str(detail.get("value") or "")
    if "<" in text or "&" in text or detail.get("type") not in (None, "text/plain"):
        text = visible_text(text, name)
    source = entry.get("source") or {}
    return story(
        name,
        text,
        title=visible_text(str(entry.get("title") or ""), name) or None,
        published=day_written(entry.get("published") or entry.get("created") or ""),
        outlet=source.get("title") or outlet,
        url=entry.get("link"),
        empty="this entry of the feed holds no text. Save the story it links to.",
    )
