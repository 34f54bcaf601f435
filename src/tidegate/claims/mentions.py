"""Who and what a text names: countries and their governments, companies, items, with the words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from tidegate.catalog import Kind, Name, load_catalog

__all__ = ["Mention", "find_mentions"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text. text: the words as they stand there. start, end: where, end exclusive."""

    kind: Kind
    id: str
    text: str
    start: int
    end: int


def find_mentions(text: str) -> tuple[Mention, ...]:
    """Return every catalog name in a text, the longest where names overlap, in order.

    Names are matched as whole words. Countries, companies and products are matched with their
    capitals ('US' is a country, 'us' is not); classes of items in any case. An abbreviation that the
    text itself spells out as something else ('National Economic Council (NEC)') is left out.
    """
    gazetteer = _gazetteer()
    taken = _own_abbreviations(text)
    hits: list[tuple[int, int, Name]] = []
    # str.lower can lengthen a text ('İ'); offsets would then point elsewhere, so such a text is
    # searched by its capitals only.
    lowered = text.lower() if len(text.lower()) == len(text) else ""
    for searched, automaton, names in (
        (text, gazetteer.exact, gazetteer.exact_names),
        (lowered, gazetteer.folded, gazetteer.folded_names),
    ):
        for index, start, end in automaton.find_matches_as_indexes(searched, overlapping=True):
            if not _is_word(text, start, end) or text[start:end] in taken:
                continue
            hits += [(start, end, name) for name in names[index]]
    hits.sort(key=lambda hit: (hit[0], -hit[1], hit[2].kind, hit[2].id))
    found: list[Mention] = []
    covered = 0
    span = (0, 0)
    for start, end, name in hits:
        if (start, end) != span and start < covered:
            continue
        span, covered = (start, end), max(covered, end)
        found.append(Mention(name.kind, name.id, text[start:end], start, end))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    exact: AhoCorasick
    exact_names: tuple[tuple[Name, ...], ...]
    folded: AhoCorasick
    folded_names: tuple[tuple[Name, ...], ...]


@lru_cache(maxsize=1)
def _gazetteer() -> _Gazetteer:
    catalog = load_catalog()
    exact: dict[str, list[Name]] = {}
    folded: dict[str, list[Name]] = {}
    for name in catalog.names():
        if not name.text:
            continue
        is_class = name.kind == "item" and catalog.items[name.id].source is None
        if is_class and not (name.text.isupper() or any(char.isdigit() for char in name.text)):
            folded.setdefault(name.text.lower(), []).append(name)
        elif len(name.text) > 1:
            exact.setdefault(name.text, []).append(name)
    return _Gazetteer(*_automaton(exact), *_automaton(folded))


def _automaton(names: dict[str, list[Name]]) -> tuple[AhoCorasick, tuple[tuple[Name, ...], ...]]:
    ordered = sorted(names)
    automaton = AhoCorasick(ordered, matchkind=MatchKind.Standard)
    things = [{(name.kind, name.id): name for name in names[text]} for text in ordered]
    return automaton, tuple(tuple(thing.values()) for thing in things)


def _is_word(text: str, start: int, end: int) -> bool:
    # Chinese and Japanese are written without spaces: a name there has no edges to look for.
    before_ok = start == 0 or not _joins(text[start - 1], text[start])
    after_ok = end == len(text) or not _joins(text[end - 1], text[end])
    return before_ok and after_ok


def _joins(left: str, right: str) -> bool:
    return left.isalnum() and right.isalnum() and not (_is_unspaced(left) or _is_unspaced(right))


def _is_unspaced(char: str) -> bool:
    return "\u3040" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3"


_SPELLED_OUT = re.compile(r"((?:[A-Z][\w&'-]*\s+(?:(?:of|and|for|the|on|in)\s+)*){2,7})\(([A-Z]{2,6})\)")


def _own_abbreviations(text: str) -> frozenset[str]:
    """Return abbreviations that the text spells out as something the catalog does not know by them."""
    catalog = load_catalog()
    own = set()
    for match in _SPELLED_OUT.finditer(text):
        words, short = match.group(1).split(), match.group(2)
        initials = "".join(word[0] for word in words if word[0].isupper())
        if not initials.endswith(short):
            continue
        meant = {(name.kind, name.id) for name in catalog.find_all(short)}
        spelled = _meanings(words)
        if meant and meant.isdisjoint(spelled):
            own.add(short)
    return frozenset(own)


def _meanings(words: Iterable[str]) -> set[tuple[Kind, str]]:
    catalog = load_catalog()
    parts = list(words)
    return {
        (name.kind, name.id)
        for start in range(len(parts))
        for name in catalog.find_all(" ".join(parts[start:]))
    }
