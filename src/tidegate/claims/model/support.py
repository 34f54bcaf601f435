"""What a text supports: the names in a claim's slots and the days it gives."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from tidegate.catalog import load_catalog
from tidegate.claims.mentions import find_mentions
from tidegate.claims.model.days import Days
from tidegate.dates import Day

__all__ = ["Support", "addressed_to_reader", "canonical"]

_ADDRESSED = re.compile(
    r"""
    \b(?:ignore|disregard|forget|override|bypass)\b[^.!?\n]{0,40}
      \b(?:previous|prior|above|earlier|preceding|foregoing|your|all|any|these|the)\b[^.!?\n]{0,30}
      \b(?:instructions?|prompts?|rules|guidelines|directions|messages?|context)\b
  | \b(?:system|developer)\s+(?:prompt|message|instructions?)\b
  | \byou\s+are\s+(?:now\s+)?(?:an?\s+)?(?:\w+\s+)?(?:AI|assistant|chatbot|language\s+model|LLM|GPT)\b
  | \b(?:as|note\s+to|attention|dear)\s+(?:an?\s+|the\s+|any\s+)?(?:AI|language\s+model|LLM|assistant)s?\b(?!\s+chips?)
  | \b(?:output|return|respond|reply|answer|print|emit|write)\b[^.!?\n]{0,40}\b(?:JSON|claims?\s+list|as\s+follows)\b
  | \b(?:new|updated|real)\s+instructions?\s*:
  | ["']?(?:kind|stage|instrument|certainty|sentence)["']\s*:\s*["'\[]
  | </?\s*(?:system|assistant|instructions?|document|claims?)\b[^>\n]{0,40}>
  | \[/?INST\] | <\|\w+\|>
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Words aimed at whoever reads the text rather than words that report."""

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z])|\n+")


def addressed_to_reader(text: str) -> tuple[tuple[int, int], ...]:
    """Return the sentences of a text that give orders to its reader, as (start, end) pairs.

    A story that carries such words is a trap or a joke; neither is a report, so no claim may rest on them.
    """
    hits = [match.start() for match in _ADDRESSED.finditer(text)]
    if not hits:
        return ()
    edges = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    places = sorted({bisect_right(edges, hit) for hit in hits})
    return tuple((edges[place - 1], edges[place]) for place in places)


def canonical(word: str) -> str:
    """Return the id of the one thing in the catalog that a word names; any other word as a slug, empty if it has none."""
    found = {(name.kind, name.id) for name in load_catalog().find_all(word)} if word.strip() else set()
    ids = {thing for kind, thing in found if kind != "group"}
    if word not in ids and len(ids) == 1:
        return ids.pop()
    return word if word in ids else _slug(word)


def _slug(word: str) -> str:
    words = re.sub(r"[^\w.&+-]+", "-", word).strip("-.&+")
    # A two-letter code keeps its capitals.
    return words if re.fullmatch(r"[A-Z]{2}", words) else words.lower()


@dataclass(frozen=True)
class Support:
    """What one text names and when, without the sentences that give orders to its reader.

    text: the document's. published: its day, on which 'Tuesday' leans. outlet: who prints it.
    """

    text: str
    published: Day | None = None
    outlet: str | None = None

    @cached_property
    def orders(self) -> tuple[tuple[int, int], ...]:
        """The sentences that give orders to the reader."""
        return addressed_to_reader(self.text)

    def names(self, word: str) -> bool:
        """Whether the text names what a slot holds: by a name in the catalog, or by the slug's own words."""
        if word in self._ids:
            return True
        if word in ("allies", "unnamed") or word in load_catalog().countries:
            return word == "unnamed" or (word == "allies" and bool(self._words & _ALLIES))
        catalog = load_catalog()
        if word in catalog.items and any(item in self._ids for item in catalog.items_in(word)):
            # 'EUV scanners' are lithography, an H20 is an AI chip.
            return True
        if word.startswith("cn-"):
            return "CN" in self._ids and self._stands(word[3:], {"companies": _COMPANIES})
        return self._stands(word, {"world": _WORLD})

    def _stands(self, slug: str, others: dict[str, frozenset[str]]) -> bool:
        parts = [part for part in re.split(r"[-_.&+]", slug.lower()) if part and part not in _SMALL]
        return bool(parts) and all(self._has(part, others) for part in parts)

    def _has(self, part: str, others: dict[str, frozenset[str]]) -> bool:
        if others.get(part, frozenset()) & self._words or part in self._words:
            return True
        stem = part[:-1] if part.endswith("s") and len(part) > 3 else part
        if stem in self._words or f"{stem}s" in self._words:
            return True
        return part.upper() in self._ids

    @cached_property
    def days(self) -> Days:
        """The days that the text gives."""
        return Days(self._report, self.published)

    @cached_property
    def _report(self) -> str:
        """The text with every order to the reader blanked out, character for character."""
        parts: list[str] = []
        done = 0
        for start, end in self.orders:
            parts += [self.text[done:start], " " * (end - start)]
            done = end
        return "".join([*parts, self.text[done:]])

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(mention.id for mention in find_mentions(self._report))

    @cached_property
    def _words(self) -> frozenset[str]:
        words = re.findall(r"[^\W_]+", f"{self._report} {self.outlet or ''}".lower())
        initials = re.findall(r"\b(?:[A-Z]\.){2,}", self._report)
        return frozenset(words) | {short.replace(".", "").lower() for short in initials}


_ALLIES = frozenset({"allies", "ally", "allied", "partners"})
_COMPANIES = frozenset(
    {
        "companies", "company", "firms", "firm", "chipmakers", "chipmaker",
        "makers", "buyers", "customers", "entities", "manufacturers",
    }
)  # fmt: skip
_WORLD = frozenset({"global", "globally", "worldwide", "international"})
_SMALL = frozenset({"the", "of", "and", "for", "inc", "co", "corp", "ltd"})
