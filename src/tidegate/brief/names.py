"""Whom and what a story names, and the dates in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from tidegate.brief.record import Named
from tidegate.catalog import Country, Item, Party, load_catalog
from tidegate.claims.documents import Document
from tidegate.claims.mentions import Mention
from tidegate.claims.when import find_dates
from tidegate.dates import Day

__all__ = ["dates_in", "named"]


def named(mentions: Iterable[Mention], kind: str) -> tuple[Named, ...]:
    """Return what a story names of one kind (`country`, `party` or `item`), most frequent first."""
    catalog = load_catalog()
    registers: dict[str, Mapping[str, Country | Party | Item]] = {
        "country": catalog.countries,
        "party": catalog.parties,
        "item": catalog.items,
    }
    words: dict[str, Counter[str]] = {}
    for mention in mentions:
        if mention.kind == kind:
            words.setdefault(mention.id, Counter())[mention.text] += 1
    rows = [
        Named(
            key,
            registers[kind][key].name,
            tuple(text for text, _ in counts.most_common()),
            counts.total(),
        )
        for key, counts in words.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.id)))


def dates_in(document: Document, published: Day | None) -> tuple[dict[str, Any], ...]:
    """Return each way in which a story gives a date, with the date where it can be told, or why not."""
    found: dict[str, dict[str, Any]] = {}
    for mention in find_dates(document.text, published):
        found.setdefault(
            mention.text,
            {
                "words": mention.text,
                "date": mention.when.text if mention.when else None,
                "why_unknown": mention.why_unknown,
            },
        )
    return tuple(found.values())
