"""The names of lists, laid out so that a query meets only those that share a word with it, or nearly do."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from tidegate.screening.lexicon import Kind, lexicon
from tidegate.screening.sounds import skeleton
from tidegate.screening.words import Word, words_of, words_once
from tidegate.sources.listing import Entry

__all__ = ["Index", "ListedName", "names_of", "parts_of"]

Numbers = npt.NDArray[np.int64]

_PRIOR: dict[Kind, float] = {
    "form": 0.08,
    "generic": 0.006,
    "place": 0.003,
    "stop": 0.2,
    "number": 0.0,
    "name": 0.0,
}
"""How often a word of each sort stands in a name, for lists too short to tell: shares of the US list of 2026-07-31,
whose 337 legal and trade words stand in a median of 0.6 percent of its entries each."""

_AS_IF = 20_000
"""Names that the shares above weigh as many as."""

_SCANS = 60
"""Words that are looked for one by one before the table is made that finds them faster."""

_ALSO = re.compile(
    r"[\s,;(\[]+(?:a\s?[./]?\s?k\s?[./]?\s?a|f\s?[./]?\s?k\s?[./]?\s?a|n\s?[./]?\s?k\s?[./]?\s?a|"
    r"d\s?[./]?\s?b\s?[./]?\s?a|also known as|formerly known as|now known as|doing business as)[.:,;]*\s+",
    re.IGNORECASE,
)
_SHORT = re.compile(r"[(\[“\"]\s*([A-Z][A-Z0-9&.-]{2,11})\s*[)\]”\"]\s*(?:\([^()]*\))?\s*$")


@dataclass(frozen=True, slots=True)
class ListedName:
    """One name of one entry. owner: place of the entry. source: `name`, `alias`, `short name` or where else from."""

    text: str
    owner: int
    source: str
    words: tuple[Word, ...]


def names_of(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield the names of an entry with where each is from; a name that holds several is taken apart.

    >>> entry = Entry("EL:x", "EL", "BIS", "Almas Labs (ALABS), a/k/a Almas OOO", 1)
    >>> list(names_of(entry))
    [('Almas Labs (ALABS), a/k/a Almas OOO', 'name'), ('Almas Labs (ALABS)', 'name'), ('Almas OOO', 'name')]
    """
    for text, source in ((entry.name, "name"), *((alias, "alias") for alias in entry.aliases)):
        yield text, source
        for part in parts_of(text)[1:]:
            yield part, source
        if entry.kind not in ("person", "vessel", "aircraft"):
            for short in _SHORT.findall(text):
                if short.lower() not in _NO_SHORT:
                    yield short, "short name"


def parts_of(text: str) -> list[str]:
    """Return a text and, where it holds several names ('a/k/a', 'formerly known as'), each of them.

    >>> parts_of("Almas Labs (f.k.a., Orlan OOO)")
    ['Almas Labs (f.k.a., Orlan OOO)', 'Almas Labs', 'Orlan OOO']
    """
    found = _ALSO.split(text)
    if len(found) == 1:
        return [text]
    parts = [part.strip(" ,;()[]") for part in found]
    return [text, *(part + ")" if part.count("(") > part.count(")") else part for part in parts if part)]


_NO_SHORT = frozenset(("pvt", "pte", "pty", "ltd", "llc", "jsc", "inc", "prc", "usa", "uae", "uk", "hk"))


@contextmanager
def _all_stays() -> Iterator[None]:
    """Do not look for garbage: of a million small objects none is, and looking takes a third of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


_CHINESE = frozenset(("CN", "HK", "TW", "MO", "SG"))


class Index:
    """Every name of some entries. Built once; asked many times, from several threads if need be."""

    def __init__(self, entries: Sequence[Entry], further: Iterable[tuple[int, str, str]] = ()) -> None:
        """entries: what is listed. further: more names for them: place of the entry, name, where it is from."""
        self.entries = tuple(entries)
        self.names: list[ListedName] = []
        self._asked = 0
        with _all_stays():
            for owner, entry in enumerate(self.entries):
                self._add(owner, names_of(entry))
            for owner, text, source in further:
                self._add(owner, [(text, source)])
            self._count()

    def _add(self, owner: int, named: Iterable[tuple[str, str]]) -> None:
        met: set[tuple[str, ...]] = set()
        person = self.entries[owner].kind == "person"
        for text, source in named:
            words = words_once(words_of(text))
            if person:
                # 'Min' and 'Ao' are names in a person's name, whatever they are short for in a company's.
                words = tuple(
                    Word(word.written, word.written, "name") if len(word.written) <= 3 else word
                    for word in words
                )
            if not words:
                continue
            key = (source, *sorted(word.text for word in words))
            if key not in met:
                met.add(key)
                self.names.append(ListedName(text, owner, source, words))

    def _count(self) -> None:
        place: dict[str, int] = {}
        kinds: list[Kind] = []
        counts: list[int] = []
        last: list[int] = []
        chinese: list[bool] = []
        rows: list[tuple[int, ...]] = []
        # Whether a word stands in a name that may be Chinese: where no country is given it may.
        may_be = [not entry.countries or not _CHINESE.isdisjoint(entry.countries) for entry in self.entries]
        for name in self.names:
            row, owner = [], name.owner
            for word in name.words:
                at = place.get(word.text)
                if at is None:
                    at = place[word.text] = len(kinds)
                    kinds.append(word.kind)
                    counts.append(0)
                    last.append(-1)
                    chinese.append(False)
                elif kinds[at] == "name" and word.kind != "name":
                    kinds[at] = word.kind
                # An entry counts once, however many of its names have the word.
                if last[at] != owner:
                    last[at] = owner
                    counts[at] += 1
                    chinese[at] = chinese[at] or may_be[owner]
                row.append(at)
            rows.append(tuple(row))
        self.place, self.kinds, self.rows = place, kinds, rows
        self.may_be_chinese = chinese
        self.texts: list[str] = list(place)
        self.frequency = frequency = np.array(counts, np.float64)
        total = len(self.entries) + _AS_IF
        self._top = float(np.log(total + 1))
        prior = np.array([_PRIOR[kind] for kind in kinds]) * _AS_IF
        self.weights = np.log((total + 1) / (1 + frequency + prior)) / self._top
        self.starts = np.cumsum([0, *map(len, rows)])
        self.flat = np.fromiter((at for row in rows for at in row), np.int64, self.starts[-1])
        owner_of = np.repeat(np.arange(len(rows)), np.diff(self.starts))
        order = np.argsort(self.flat, kind="stable")
        self.postings = owner_of[order]
        self.posting_starts = np.searchsorted(self.flat[order], np.arange(len(self.texts) + 1))
        self.owners = np.array([name.owner for name in self.names], np.int64)

    def weight(self, word: Word) -> float:
        """Return how telling a word is, 0 to 1: the rarer among the names, the more; 1 for one never met."""
        at = self.place.get(word.text)
        if at is not None:
            return float(self.weights[at])
        total = len(self.entries) + _AS_IF
        return float(np.log((total + 1) / (1 + _PRIOR[word.kind] * _AS_IF)) / self._top)

    def names_with(self, at: int) -> Numbers:
        """Return the places of the names that hold a word."""
        return self.postings[self.posting_starts[at] : self.posting_starts[at + 1]]

    def near(self, word: str) -> list[tuple[str, int]]:
        """Return the words that a slip or a sound may make of this one, with their places; not yet compared.

        Those that are the same when a letter is left out of one, the other or both, and those of the same consonants.
        """
        found = set(self._by_slip(word))
        bones = skeleton(word)
        if len(bones) > 2:
            found.update(self._by_skeleton.get(bones, ()))
        return [self._ways[at] for at in sorted(found)]

    def _by_slip(self, word: str) -> Iterator[int]:
        keys = {word, *_deletions(word)}
        if "_by_deletion" in self.__dict__ or self._asked > _SCANS:
            for key in keys:
                yield from self._by_deletion.get(hash(key), ())
            return
        # For a few words a look at all of them takes less time than the table.
        self._asked += 1
        for way, _, at in process.extract(
            word, self._way_texts, scorer=OSA.distance, processor=None, score_cutoff=2, limit=None
        ):
            if len(way) > 3 and way.isalpha() and not keys.isdisjoint((way, *_deletions(way))):
                yield at

    def prepare(self) -> None:
        """Make the tables that words are found by."""
        self._asked = _SCANS + 1
        self.near("prepared")
        self.joined("prepared")

    def joined(self, word: str) -> Sequence[int]:
        """Return the places of names in which neighbouring words together make this one."""
        return self._joints.get(word, ())

    @cached_property
    def _ways(self) -> list[tuple[str, int]]:
        """Every way of writing a word that stands in the names, with the place of the word."""
        further = [
            (way, self.place[reads])
            for way, (_, reads) in lexicon().single.items()
            if reads in self.place and way != reads
        ]
        return [*self.place.items(), *further]

    @cached_property
    def _way_texts(self) -> list[str]:
        return [way for way, _ in self._ways]

    @cached_property
    def _by_deletion(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for at, (way, _) in enumerate(self._ways):
            if len(way) > 3 and way.isalpha():
                for key in {way, *_deletions(way)}:
                    found.setdefault(hash(key), []).append(at)
        return found

    @cached_property
    def _by_skeleton(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for text, at in self.place.items():
            if len(text) > 3 and text.isalpha() and len(bones := skeleton(text)) > 2:
                found.setdefault(bones, []).append(at)
        return found

    @cached_property
    def _joints(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for at, name in enumerate(self.names):
            proper = [word.written if word.kind == "name" else "" for word in name.words]
            for start in range(len(proper) - 1):
                joint = proper[start]
                for further in proper[start + 1 : start + 4]:
                    if not joint or not further:
                        break
                    joint += further
                    if len(joint) > 4:
                        found.setdefault(joint, []).append(at)
        return found


def _deletions(text: str) -> set[str]:
    return {text[:at] + text[at + 1 :] for at in range(len(text))}
