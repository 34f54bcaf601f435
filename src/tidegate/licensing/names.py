"""The names of a table put into ids: each distinct value is looked up once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tidegate.ledger.predicate import columns
from tidegate.licensing.facts import by_words
from tidegate.licensing.values import FieldError, read_value

__all__ = ["PLACED", "Resolved", "resolve"]

PLACED = ("kind", "item_class", "element", "maker")
"""Columns that the words of an item's name may fill."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a value of a text column stands for.

    error: why it is not usable. note: what a reader of the answer should know of how it was read.
    """

    raw: str
    value: str | None
    error: str | None = None
    kind: str | None = None
    item_class: str | None = None
    element: str | None = None
    maker: str | None = None
    note: str | None = None


def resolve(column: str, values: Iterable[str]) -> list[Resolved]:
    """Return what each value of a text column stands for, as `facts.read_value` reads one."""
    assert columns()[column].type == "text"
    found = []
    for raw in values:
        try:
            value = read_value(column, raw)
        except FieldError as error:
            found.append(Resolved(raw, None, str(error)))
            continue
        placed = by_words(raw) if column == "item" and value is None else {}
        words = {name: str(placed[name]) for name in PLACED if name in placed}
        note = None
        if column == "item" and value is None:
            read = ", ".join(f"{name} {words[name]}" for name in PLACED if name in words)
            note = f"item '{raw}' is not in the catalog{f': by its words {read}' if read else ''}"
        found.append(Resolved(raw, None if value is None else str(value), None, **words, note=note))
    return found
