"""Lines as a page or an e-mail breaks them, made into paragraphs of one line each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

__all__ = ["unwrap", "without_furniture"]

_FIRST_PARTS = (
    "anti cutting double dual far fast five four half high higher large leading left long low lower medium mid "
    "non north rare right second self short single six small so south third three top two ultra well west year"
)
_COMPOUND = frozenset(_FIRST_PARTS.split())
"""First parts that keep their hyphen at the end of a line: high-bandwidth, third-party."""

_ENDINGS = "er ers est ly ing ed en ened ening ern age ages ness some way ways"
_SUFFIXES = frozenset(_ENDINGS.split())
"""Second parts before which they do not: high-er, short-age."""

_BULLET = re.compile(r"^\s*(?:[•▪◦‣*–—-]\s+|\(?[a-z0-9]{1,3}[.)]\s+)", re.IGNORECASE)
_FULL_STOP = (".", "!", "?", ":", "”", '"', ".’", ".'", ".)")


def unwrap(text: str) -> str:
    """Return the text with a line for each paragraph, words broken at a line's end put together.

    A paragraph ends at a blank line, before a bullet, and at a line that is clearly shorter than its
    page and either closes a sentence or stands before a capital.
    """
    lines = [line.rstrip() for line in text.replace("\u00ad\n", "").replace("\u00ad", "").split("\n")]
    lengths = sorted(len(line) for line in lines if line.strip())
    if not lengths:
        return ""
    width = lengths[int(0.9 * (len(lengths) - 1))]
    words = Counter(re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower()))
    paragraphs: list[str] = []
    last: str | None = None
    for line in lines:
        stripped = line.strip()
        if stripped and last is not None and not _ends(last, stripped, width):
            paragraphs[-1] = _join(paragraphs[-1], stripped, words)
        elif stripped:
            paragraphs.append(stripped)
        last = line if stripped else None
    return "\n".join(paragraphs)


def _ends(line: str, following: str, width: int) -> bool:
    """Return whether a paragraph ends with the line."""
    if _BULLET.match(following):
        return True
    room = width - len(line)
    if line.endswith(_FULL_STOP):
        # The next word would have had room: the break is the writer's.
        return room > max(0.12 * width, len(following.split()[0]) + 1)
    return room > 0.35 * width and not following[0].islower() and not line.endswith((",", "-"))


def _join(before: str, after: str, words: Counter[str]) -> str:
    broken = re.search(r"([A-Za-z]+)-$", before)
    follows = re.match(r"[a-z]+", after)
    if broken is None or follows is None:
        return before + ("" if before.endswith("-") and after[:1].isalnum() else " ") + after
    first, second = broken.group(1).lower(), follows.group()
    hyphened, whole = words[f"{first}-{second}"], words[first + second]
    compound = broken.group(1).isupper() or (first in _COMPOUND and second not in _SUFFIXES)
    keep = hyphened > whole or (hyphened == whole and compound)
    return (before if keep else before[:-1]) + after


def without_furniture(pages: Sequence[str]) -> list[str]:
    """Return the pages without the lines that head or foot most of them: titles, numbers, notices.

    A number may change from page to page. With two pages or fewer nothing can be said to repeat.
    """
    split = [page.split("\n") for page in pages]
    if len(split) < 3:
        return list(pages)
    seen = Counter(key for lines in split for key in {_key(lines[i]) for edge in _edges(lines) for i in edge})
    common = {key for key, count in seen.items() if key and count > len(split) / 2}
    kept = []
    for lines in split:
        # From the edge inwards: a line that repeats but stands inside the text belongs to it.
        repeats = [_key(line) in common for line in lines]
        drop = {i for edge in _edges(lines) for i in takewhile(repeats.__getitem__, edge)}
        kept.append("\n".join(line for i, line in enumerate(lines) if i not in drop))
    return kept


def _edges(lines: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return the places of the first three and of the last three lines that are not blank, outermost first."""
    filled = [i for i, line in enumerate(lines) if line.strip()]
    return filled[:3], filled[:-4:-1]


def _key(line: str) -> str:
    """Return what makes two lines the same; '' for a row of figures, which is never furniture."""
    key = re.sub(r"\d+", "0", " ".join(line.split())).lower()
    return key if re.search(r"[^\W\d_]", key) or re.fullmatch(r"\W*0\W*|0 ?/ ?0", key) else ""
