"""Where the words that a model gives stand in a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tidegate.claims.model.chunks import Chunk

__all__ = ["Place"]

_QUOTES = dict.fromkeys("‘’‚‛`´′", "'") | dict.fromkeys("“”„‟«»″", '"')
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


@dataclass(frozen=True)
class Place:
    """One part of a text, to find words in."""

    chunk: Chunk

    def find(self, words: str, after: int) -> tuple[int, int] | None:
        """Return start and end, in the whole text, of words in this part; None if they do not stand there.

        Kinds of quotation mark and of blank are not told apart in looking; what is found are the text's own
        characters. after: where the words before these began; of several places the first from there on,
        else the last before.
        """
        wanted = words.strip()
        if not wanted:
            return None
        places = list(self._places(self.chunk.text, wanted))
        if not places:
            smooth, _ = _smoothed(wanted)
            text, origin = self._smooth
            found = self._places(text, smooth.strip()) if smooth.strip() else iter(())
            places = [(origin[start], origin[end - 1] + 1) for start, end in found]
        if not places:
            return None
        here = after - self.chunk.start
        start, end = next((place for place in places if place[0] >= here), places[-1])
        return start + self.chunk.start, end + self.chunk.start

    @cached_property
    def _smooth(self) -> tuple[str, list[int]]:
        return _smoothed(self.chunk.text)

    @staticmethod
    def _places(text: str, words: str) -> Iterator[tuple[int, int]]:
        start = text.find(words)
        while start >= 0:
            end = start + len(words)
            # 'ban' does not stand in 'urban'.
            if not (_joined(text, start) or _joined(text, end)):
                yield start, end
            start = text.find(words, end)


def _joined(text: str, at: int) -> bool:
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    return left.isalnum() and right.isalnum() and left < "\u3040" and right < "\u3040"


def _smoothed(text: str) -> tuple[str, list[int]]:
    """Return a text with one kind of blank and of quotation mark, and where each character came from."""
    chars: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        if char in _INVISIBLE:
            continue
        if char.isspace():
            if chars and chars[-1] == " ":
                continue
            char = " "
        chars.append(_QUOTES.get(char, char))
        origin.append(index)
    return "".join(chars), origin
