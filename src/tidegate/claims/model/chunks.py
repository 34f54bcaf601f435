"""A long document in parts that a model reads one at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Chunk", "cut", "in_two"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a text. start: where it begins there."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """The first character after it."""
        return self.start + len(self.text)


_CUTS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?。])[\"'”’)]*\s+"),
    re.compile(r"\s+"),
)


def cut(text: str, limit: int) -> tuple[Chunk, ...]:
    """Return a text in parts of at most `limit` characters that follow on each other without overlap.

    Cut at the last blank line that fits, else at a line's end, a sentence's, between words, or, in a text
    without any, at the limit. Parts without a letter are left out.
    """
    chunks = []
    start = 0
    while start < len(text):
        end = len(text) if len(text) - start <= limit else _cut_before(text, start, start + limit)
        part = text[start:end]
        if re.search(r"\w", part):
            chunks.append(Chunk(part, start))
        start = end
    return tuple(chunks)


def in_two(chunk: Chunk) -> tuple[Chunk, Chunk]:
    """Return a part as two of about the same length."""
    middle = _cut_before(chunk.text, 0, 2 * len(chunk.text) // 3)
    return Chunk(chunk.text[:middle], chunk.start), Chunk(chunk.text[middle:], chunk.start + middle)


def _cut_before(text: str, start: int, limit: int) -> int:
    for pattern in _CUTS:
        ends = [match.end() for match in pattern.finditer(text, start, limit)]
        # A cut in the first half would make many small parts.
        if ends and ends[-1] > start + (limit - start) // 2:
            return ends[-1]
    return limit
