"""Small pieces of HTML that a page out of the record needs: a source, words marked in a passage."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

__all__ = ["cited", "marked"]


def marked(text: str, words: Iterable[str]) -> Markup:
    """Return the text with the words marked that speak of the measure."""
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    if not wanted:
        return escape(text)
    pattern = re.compile(rf"(?<!\w)({'|'.join(re.escape(word) for word in wanted)})(?!\w)")
    parts = pattern.split(text)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def cited(source: str | None) -> Markup:
    """Return a source as a link where it has an address, else as text."""
    if not source:
        return Markup("")
    if re.match(r"https?://", source):
        host = re.sub(r"^https?://(?:www\.)?([^/]+).*$", r"\1", source)
        return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(source, host)
    return Markup("<cite>{}</cite>").format(source)
