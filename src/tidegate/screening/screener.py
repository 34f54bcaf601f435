"""Names held against lists of parties: who may be meant, how surely, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tidegate.screening.compare import Comparison, Factors, compare
from tidegate.screening.index import Index, parts_of
from tidegate.screening.lexicon import lexicon
from tidegate.screening.pairing import Near
from tidegate.screening.sounds import nearness
from tidegate.screening.words import Word, is_pinyin, words_of, words_once
from tidegate.sources.listing import Entry, PartyList

__all__ = ["THRESHOLD", "Match", "Screener"]

THRESHOLD = 0.80
"""Scores from which on a name is a hit; chosen on made queries, see docs/screening.md."""

_COMPARED = 16
"""Names that are compared word by word for one query, those first that share most with it."""

_LEAST, _BEHIND = 0.35, 0.3
"""Estimates below the one, or this far behind the best, are not compared."""

_ENOUGH = 1500
"""Names that the rarer words of a query have, from which on the commoner ones bring no further."""

_COMMON = 3000
"""Names above which a word is too common to look for those that hold it, if the query has a rarer one."""


_DIGITS_AS_LETTERS = tuple(
    str.maketrans(f"0{one}53", f"o{letter}se") for one, letter in (("1", "l"), ("1", "i"))
)
"""Digits that a scanner, or somebody who hides, puts for letters."""


@dataclass(frozen=True, slots=True)
class Match:
    """One name of one entry that is near enough. owner: place of the entry in the index."""

    owner: int
    name: str
    source: str
    comparison: Comparison

    @property
    def score(self) -> float:
        """0 to 1."""
        return self.comparison.score


class Screener:
    """Lists of parties, ready to be asked. Built once; safe to ask from several threads."""

    def __init__(
        self,
        lists: Sequence[PartyList],
        *,
        further: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        threshold: float = THRESHOLD,
        factors: Factors | None = None,
    ) -> None:
        self.lists = tuple(lists)
        self.threshold = threshold
        self.factors = factors or Factors()
        entries = [entry for list_ in lists for entry in list_.entries]
        more = further or {}
        self.index = Index(
            entries,
            (
                (at, text, source)
                for at, entry in enumerate(entries)
                for text, source in more.get(entry.id, ())
            ),
        )
        self._near: dict[str, dict[str, Near]] = {}
        self._mended: dict[str, str | None] = {}

    def matches(self, query: str) -> list[Match]:
        """Return the entries that a name may be, best first; of each entry its nearest name."""
        best: dict[int, Match] = {}
        for part in parts_of(query):
            for match in self._matches(part):
                old = best.get(match.owner)
                if old is None or match.score > old.score:
                    best[match.owner] = match
        return sorted(best.values(), key=lambda match: (-match.score, match.owner))

    def _matches(self, query: str) -> Iterator[Match]:
        words = self._read(query)
        if not words:
            return
        index = self.index
        weights = [index.weight(word) for word in words]
        nears = [self._nears(word) for word in words]
        for at in self._candidates(words, weights, nears):
            name = index.names[at]
            entry = index.entries[name.owner]
            comparison = compare(
                words, weights, nears, name.words, [float(index.weights[p]) for p in index.rows[at]], self.factors,
                person=entry.kind == "person", thing=entry.kind in ("person", "vessel", "aircraft"),
                short=name.source == "short name",
            )  # fmt: skip
            if comparison.score >= self.threshold:
                yield Match(name.owner, name.text, name.source, comparison)

    def _read(self, query: str) -> tuple[Word, ...]:
        """Return the words of a query; where one is a slip for a word of the vocabulary, as if it were right."""
        words = words_once(words_of(query))
        place = self.index.place
        mended: dict[str, str] = {}
        for word in words:
            if word.kind == "name" and len(word.text) > 3 and word.text not in place and word.text.isalpha():
                known = self._known(word.text)
                if known:
                    mended[word.text] = known
            elif word.kind == "number" and len(word.text) > 3 and word.text not in place:
                for table in _DIGITS_AS_LETTERS:
                    known = word.text.translate(table)
                    if known.isalpha() and (known in place or known in lexicon().single):
                        mended[word.text] = known
        if not mended:
            return words
        return words_once(words_of(query, mended))

    def _known(self, word: str) -> str | None:
        """Return the word of the vocabulary that one is a slip for; None where a listed name is as near."""
        if word not in self._mended:
            # A word of Chinese syllables is a name, however near 'Tailian' is to 'Italian'.
            if is_pinyin(word):
                return None
            best: tuple[float, str | None] = (0.0, None)
            for way, at in self.index.near(word):
                score = nearness(word, way, False)[0]
                name = self.index.kinds[at] == "name"
                # In doubt it is a name: those are what matters.
                if score > best[0] or (score == best[0] and name):
                    best = (score, None if name else way)
            if len(self._mended) > 200_000:
                self._mended.clear()
            self._mended[word] = best[1] if best[0] > 0.8 else None
        return self._mended[word]

    def _nears(self, word: Word) -> dict[str, Near]:
        """Return the listed words that a word of a query may be, other than itself."""
        key = word.text
        found = self._near.get(key)
        if found is None:
            found = {}
            if word.kind in ("name", "generic", "place") and len(word.written) > 3:
                for way, at in self.index.near(word.written):
                    text = self.index.texts[at]
                    if text == word.text:
                        continue
                    score, how = nearness(word.written, way, self.index.may_be_chinese[at])
                    # A known word is seldom a slip for another one.
                    if word.kind != "name":
                        score -= 0.1
                    if score > 0.5 and (text not in found or found[text].nearness < score):
                        found[text] = Near(score, how)
            if len(self._near) > 200_000:
                self._near.clear()
            self._near[key] = found
        return found

    def _candidates(
        self, words: Sequence[Word], weights: Sequence[float], nears: Sequence[Mapping[str, Near]]
    ) -> list[int]:
        """Return the names that share most with the query, by an estimate of the score."""
        index = self.index
        likely: dict[int, float] = {}
        for word, near in zip(words, nears, strict=True):
            at = index.place.get(word.text)
            if at is not None:
                likely[at] = 1.0
            for text, found in near.items():
                place = index.place[text]
                likely[place] = max(likely.get(place, 0.0), found.nearness)
        parts = [index.names_with(at) for at in likely]
        rare = [part for part in parts if len(part) <= _COMMON]
        joints = []
        for start in range(len(words)):
            joint = words[start].written
            parts_of_joint = index.joined(joint)
            if parts_of_joint:
                joints.append(np.asarray(parts_of_joint))
            for further in words[start + 1 : start + 4]:
                joint += further.written
                at = index.place.get(joint)
                if at is not None:
                    joints.append(index.names_with(at))
        together = [int(at) for part in joints for at in part[:_COMPARED]]
        chosen = self._union(rare or parts)
        if len(chosen) <= _COMPARED:
            return list(dict.fromkeys((*together, *chosen.tolist())))
        # Estimate: common weight over the whole weight of both names, each word at most once.
        near_by_word = self._scratch(likely)
        lengths = index.starts[chosen + 1] - index.starts[chosen]
        firsts = np.cumsum(lengths) - lengths
        flat = index.flat[np.repeat(index.starts[chosen] - firsts, lengths) + np.arange(int(lengths.sum()))]
        weight = index.weights[flat]
        likeness = near_by_word[flat]
        common = np.add.reduceat(weight * likeness, firsts)
        whole = np.add.reduceat(weight, firsts)
        estimate = 2 * common / (whole + sum(weights))
        near_by_word[list(likely)] = 0.0
        order = np.argpartition(-estimate, _COMPARED)[:_COMPARED]
        order = order[np.lexsort((order, -estimate[order]))]
        order = order[estimate[order] >= max(_LEAST, estimate[order[0]] - _BEHIND)]
        return list(dict.fromkeys((*together, *chosen[order].tolist())))

    def _union(self, parts: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
        """Return the names that are in any part; of the commoner words' parts only until there are enough."""
        held = np.zeros(len(self.index.names), bool)
        many = 0
        for taken, part in enumerate(sorted(parts, key=len)):
            if taken > 1 and many > _ENOUGH:
                break
            held[part] = True
            many += len(part)
        return np.flatnonzero(held)

    def _scratch(self, likely: Mapping[int, float]) -> npt.NDArray[np.float64]:
        array = np.zeros(len(self.index.texts))
        array[list(likely)] = list(likely.values())
        return array

    def entry(self, match: Match) -> Entry:
        """Return the entry of a match."""
        return self.index.entries[match.owner]
