"""A story as plain text, and what the file says about it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from tidegate.dates import Day
from tidegate.errors import DocumentError

__all__ = ["MAX_BYTES", "Document", "Passage", "story", "tidy", "too_large"]

MAX_BYTES = 5 * 1024 * 1024
"""A story above this is refused: a long news story has 50 kB."""


_LONGEST = 500
"""Characters of a title, an outlet or an address; what is longer is cut."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a story. start: where it begins in the story's text."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Document:
    """A story as plain text.

    name: the file; in a file of many stories the file, `#` and the number of the line or entry.
    published: the day the file gives; None where it gives none.
    url: where the file says it was published. language: ISO 639-1; None where too little is there to tell.
    notes: what the user should know about how the file was read, a sentence fragment each.
    """

    name: str
    text: str
    title: str | None = None
    published: Day | None = None
    outlet: str | None = None
    url: str | None = None
    language: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The paragraphs: lines that are not blank."""
        return tuple(
            Passage(match.group(), match.start()) for match in re.finditer(r"[^\n]*\S[^\n]*", self.text)
        )

    @property
    def digest(self) -> str:
        r"""SHA-256 of the text with every run of white space as one space: the identity of what was read.

        >>> Document("a", "One  two.\n").digest == Document("b", "One two.").digest
        True
        """
        return hashlib.sha256(" ".join(self.text.split()).encode("utf-8", "replace")).hexdigest()


def story(
    name: str,
    text: str,
    *,
    title: object = None,
    published: Day | None = None,
    outlet: object = None,
    url: object = None,
    notes: tuple[str, ...] = (),
    empty: str = "the file holds no text. Give a file with a story in it.",
) -> Document:
    """Return a document of tidied text and one-line metadata.

    empty: the words of the error where the text is blank.
    Raises: DocumentError: if the text is blank or larger than MAX_BYTES.
    """
    text = tidy(text).strip("\n")
    if not text.strip():
        raise DocumentError(f"{name}: {empty}")
    if len(text) > MAX_BYTES:
        raise too_large(name, len(text), MAX_BYTES)
    return Document(name, text, _line(title), published, _line(outlet), _line(url), notes=notes)


def too_large(name: str, size: int, bound: int) -> DocumentError:
    """Return the error of a story of `size` bytes where `bound` bytes are allowed."""
    return DocumentError(
        f"{name}: {size / 2**20:.0f} MiB is no news story. Give a file up to {bound // 2**20} MiB."
    )


def tidy(text: str) -> str:
    r"""Return the text with `\n` line ends, without what no database and no reader takes.

    Control characters go; half a surrogate pair, which cannot be written as UTF-8, becomes U+FFFD.
    """
    text = re.sub(r"\r\n?|[\f\v]", "\n", text)
    return re.sub(
        r"[\ud800-\udfff]", "\ufffd", re.sub(r"[\x00-\x08\x0e-\x1f\x7f\ufeff\ufffe\uffff]", "", text)
    )


def _line(value: object) -> str | None:
    """Return a value as one line of text; None where nothing is left."""
    line = "" if value is None else " ".join(tidy(str(value)[:2000]).split())
    return line[:_LONGEST] or None
