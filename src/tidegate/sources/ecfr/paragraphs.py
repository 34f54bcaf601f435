"""Control-list numbers and the paragraphs that a control reaches: 'a.1 to a.3, b (except .b.5)'.

The list writes paragraphs in a few short forms. A form that has two readings, or any word more than
paragraphs, gives no scope at all: a scope read too narrow would be a licence not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.errors import BadInputError

__all__ = ["Path", "Scope", "dotted", "parse_path", "parse_scope", "split_eccn"]

Path = tuple[str, ...]
"""A paragraph from the entry downwards: ('c', '1', 'a'); () is the entry."""

_NUMBER = re.compile(r"(?:ECCN\s+)?(\d[A-E]\d{3})((?:\.[A-Z0-9]+)*)\.?", re.IGNORECASE)

MAX_DEPTH = 12
"""Segments of the deepest path that is read; the list's own go to six."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Paragraphs of an entry. included: () stands for the entire entry. excluded: taken out again."""

    included: tuple[Path, ...]
    excluded: tuple[Path, ...] = ()

    def covers(self, path: Path) -> bool | None:
        """Return whether an item of this paragraph is in; None where only some of its parts are."""
        inside = _any(path, self.included)
        outside = _any(path, self.excluded)
        if outside is True or inside is False:
            return False
        return True if inside and outside is False else None


def _any(path: Path, scopes: Sequence[Path]) -> bool | None:
    """Return whether one of the scopes holds the path; None where the path holds one of them."""
    if any(path[: len(scope)] == scope for scope in scopes):
        return True
    return None if any(scope[: len(path)] == path for scope in scopes) else False


def split_eccn(text: str) -> tuple[str, Path]:
    """Return entry and paragraph of a number: '3b001.c.1.a' is ('3B001', ('c', '1', 'a')).

    Raises: BadInputError: if it is no such number.
    """
    match = _NUMBER.fullmatch(text.strip())
    path = parse_path(match[2].lower()) if match else None
    if match is None or path is None:
        raise BadInputError(
            f"eccn: '{text}' is no number of the Commerce Control List. "
            "Write digit, letter A to E and three digits, then paragraphs, as in 3B001.c.1.a, or EAR99."
        )
    return match[1].upper(), path


def parse_path(text: str) -> Path | None:
    """Return the path of '.c.1.a' or 'c.1.a'; None where letters and numbers do not take turns."""
    path = tuple(part for part in text.split(".") if part)
    if len(path) > MAX_DEPTH:
        return None
    for depth, part in enumerate(path):
        if not re.fullmatch(r"[1-9][0-9]{0,2}" if depth % 2 else r"[a-z]", part):
            return None
    return path


def dotted(eccn: str, path: Path) -> str:
    """Return the number in full: '3B001.c.1.a'."""
    return ".".join((eccn, *path))


_POINTER = re.compile(r"\(refer to [^()]*\)", re.IGNORECASE)
_WHOLE = re.compile(
    r"(?:the )?entire entry(?:\s*,?\s*(?:except|other than)(?: for)?\b:?\s*(?P<but>.+))?", re.IGNORECASE
)
# Words that only lead up to paragraphs of the same entry; an item of another entry fails further down.
_LEAD = re.compile(
    r"(?:(?:the )?(?:items|commodities|[“\"]?(?:software|technology)[”\"]?)"
    r" (?:controlled (?:by|in|under)|specified (?:by|in)|in)|paragraphs?) ",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?: of this entry)?(?: only)?[.,;]*$", re.IGNORECASE)


def parse_scope(words: str, eccn: str) -> Scope | None:
    """Return what '3B001.a.1 to a.3, b, e' or 'entire entry except .y' reaches; None where unsure."""
    text = " ".join(_POINTER.sub("", words).split()).strip()
    text = _TAIL.sub("", text)
    # '9A004 .g' and 'z. 1.b' are slips of the press; '. Note' is not, and stays unreadable.
    text = re.sub(rf"\b{eccn}\s*\.\s*(?=[a-z]\b)", f"{eccn}.", text)
    text = re.sub(r"(?<=\b[a-z])\.\s+(?=[0-9a-z]\b)", ".", text)
    if whole := _WHOLE.fullmatch(text):
        if whole["but"] is None:
            return Scope(((),))
        but = _List(whole["but"], eccn).read()
        return Scope(((),), but.included) if but is not None and not but.excluded else None
    return _List(_LEAD.sub("", text, count=1), eccn).read()


class _List:
    """A reader of one list of paragraphs; any token it does not know ends the reading."""

    _GAP = re.compile(r"(?:[\s,;]|\b(?:and|or)\b)*")
    _PARAGRAPH = re.compile(
        r"(?:(?P<eccn>\d[A-E]\d{3})\.)?\.?(?P<path>(?:[a-z]|\d{1,3})(?:\.(?:[a-z]|\d{1,3}))*)"
        r"(?![.]?[A-Za-z0-9])"
    )
    _TO = re.compile(r"\s*(?:\bto\b|\bthrough\b|[-–])\s*")
    _INNER = re.compile(r"\s*\((?:except|other than)(?: for)?\s+(?P<but>[^()]+)\)")
    _EXCEPT = re.compile(r"(?:except|other than)(?: for)?\b\s*(?P<but>[^()]+)$")

    def __init__(self, text: str, eccn: str) -> None:
        self._text = text
        self._eccn = eccn
        self._at = 0
        self._included: list[Path] = []
        self._excluded: list[Path] = []

    def read(self) -> Scope | None:
        """Return the scope of the whole text, or None."""
        self._skip(self._GAP)
        while self._at < len(self._text):
            if (rest := self._EXCEPT.match(self._text, self._at)) is not None:
                if not self._except(rest["but"], self._included):
                    return None
                break
            if not self._paragraphs():
                return None
            self._skip(self._GAP)
        return Scope(tuple(self._included), tuple(self._excluded)) if self._included else None

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        match = pattern.match(self._text, self._at)
        if match is None or match.end() == self._at:
            return False
        self._at = match.end()
        return True

    def _paragraphs(self) -> bool:
        first = self._one(self._included[-1] if self._included else None)
        if first is None:
            return False
        found = [first]
        if self._skip(self._TO):
            last = self._one(first)
            found = _range(first, last) if last is not None else []
        self._included += found
        if (inner := self._INNER.match(self._text, self._at)) is not None:
            self._at = inner.end()
            return self._except(inner["but"], found)
        return bool(found)

    def _one(self, before: Path | None) -> Path | None:
        match = self._PARAGRAPH.match(self._text, self._at)
        if match is None or match["eccn"] not in (None, self._eccn):
            return None
        self._at = match.end()
        text = match["path"]
        if text[0].isdigit():
            # 'd.15 and .16': a number goes on from the number before it.
            if match["eccn"] or not before or not before[-1].isdigit():
                return None
            text = ".".join((*before[:-1], text))
        elif match["eccn"] is None and len(text) == 1 and before and len(before) > 2 and before[-1].isalpha():
            # 'b.4.a and .b': paragraph .b of the entry or b.4.b? The list is not always careful.
            return None
        return parse_path(text)

    def _except(self, words: str, within: Sequence[Path]) -> bool:
        """Take out paragraphs, each of which must lie inside one that is in."""
        # An exception to an exception is not taken apart.
        nested = re.search(r"\b(?:except|other)\b", words)
        but = None if nested else _List(words.strip(), self._eccn).read()
        if but is None:
            return False
        self._excluded += but.included
        return all(_any(path, within) is True for path in but.included)


def _range(first: Path, last: Path) -> list[Path]:
    """Return 'a.1 to a.3' written out; nothing where the ends are not of one kind and in order."""
    if len(first) != len(last) or first[:-1] != last[:-1] or not first:
        return []
    head, start, stop = first[:-1], first[-1], last[-1]
    if start.isdigit() and stop.isdigit():
        return [(*head, str(n)) for n in range(int(start), int(stop) + 1)]
    if start.isalpha() and stop.isalpha():
        return [(*head, chr(n)) for n in range(ord(start), ord(stop) + 1)]
    return []
