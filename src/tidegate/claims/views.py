"""Passages of a story with what each of them names: what matching looks at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from tidegate.claims.documents import Document, Passage
from tidegate.claims.lexicon import lexicon
from tidegate.claims.mentions import Mention

__all__ = ["View", "views_of"]


@dataclass(slots=True)
class View:
    """One passage with what it names.

    countries, parties, items: the words of the first mention, by id. instruments: the words that speak of
    an instrument. subjects: the items and instruments, as one set.
    """

    passage: Passage
    countries: dict[str, str] = field(default_factory=dict)
    parties: dict[str, str] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    instruments: dict[str, str] = field(default_factory=dict)
    subjects: frozenset[str] = frozenset()


def views_of(document: Document, mentions: Iterable[Mention]) -> list[View]:
    """Return each passage of a story with what it names."""
    views = [View(passage) for passage in document.passages]
    starts = [view.passage.start for view in views]
    for mention in mentions:
        view = views[bisect_right(starts, mention.start) - 1]
        kinds = {"country": view.countries, "party": view.parties, "item": view.items}
        if mention.kind in kinds:
            kinds[mention.kind].setdefault(mention.id, mention.text)
    for view in views:
        for instrument, pattern in lexicon("instruments").items():
            if hit := pattern.search(view.passage.text):
                view.instruments[instrument] = hit.group()
        view.subjects = frozenset(view.items) | {f"instrument {name}" for name in view.instruments}
    return views
