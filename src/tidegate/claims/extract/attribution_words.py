"""Names and words by which a story names its sources, and the one slug of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from tidegate import data
from tidegate.claims.extract.who import slug
from tidegate.claims.mentions import find_mentions
from tidegate.records import read_yaml_fast

__all__ = ["authority_in", "body_slug", "houses_in", "outlet_slug", "outlets_in", "words_of"]


@cache
def words_of(section: str) -> frozenset[str]:
    """Return the words of one section of the attribution vocabulary, in lower case."""
    return frozenset(str(word).lower() for word in _vocabulary()[section])


@cache
def _vocabulary() -> Mapping[str, list[str]]:
    words: Mapping[str, list[str]] = read_yaml_fast(data.VOCABULARY / "attribution.yaml")
    return words


@cache
def _pattern(section: str) -> re.Pattern[str]:
    entries = sorted(map(re.escape, _vocabulary()[section]), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(entries)})(?![\w-])")


def outlets_in(words: str) -> list[str]:
    """Return the slugs of the news outlets that some words name, in order."""
    found = [(match.start(), match.group()) for match in _pattern("outlets").finditer(words)]
    for match in _PRESS.finditer(words):
        if not any(match.start() <= place < match.end() for place, _ in found):
            found.append((match.start(), match.group()))
    return [outlet_slug(name) for _, name in sorted(found)]


_PRESS = re.compile(
    r"(?:[A-Z][\w'-]+ )+(?:Times|Post|News|Journal|Daily|Herald|Tribune|Review|Weekly|Magazine|Gazette|Chronicle"
    r"|Telegraph|Observer|Press Agency|News Agency|Broadcasting|Television|Zeitung|Shimbun|Ilbo)\b"
)
"""What papers and broadcasters are called that the vocabulary does not list."""


def houses_in(words: str) -> list[str]:
    """Return the slugs of the analysts' houses and price agencies that some words name, in order."""
    return [slug(match.group()) for match in _pattern("houses").finditer(words)]


def authority_in(words: str) -> str | None:
    """Return some words from the name of a state's authority on; None where they name none."""
    match = _pattern("authorities").search(words)
    return words.strip() if match else None


def outlet_slug(name: str) -> str:
    """Return an outlet's one slug, whichever of its names a story uses."""
    short = slug(name)
    return _SAME.get(short, short)


_SAME = {
    "ft": "financial-times", "wsj": "wall-street-journal", "the-journal": "wall-street-journal", "ap": "associated-press",
    "bloomberg-news": "bloomberg", "scmp": "south-china-morning-post", "information": "the-information",
    "fd": "financieele-dagblad", "het-financieele-dagblad": "financieele-dagblad", "times": "new-york-times",
}  # fmt: skip


def body_slug(words: str) -> str:
    """Return the slug of an authority: the catalog's where it is there, else its own words."""
    for name in find_mentions(words):
        if name.kind == "party":
            return name.id
    return slug(re.sub(r"^(?:the|a|an|one)\s", "", words.strip(), flags=re.I))
