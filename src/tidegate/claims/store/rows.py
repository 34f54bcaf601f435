"""Readings as rows of the store, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from tidegate.claims.claim import LISTS, Claim
from tidegate.claims.documents import Document
from tidegate.claims.reading import Reading
from tidegate.claims.store.identity import claim_ids, folded, storable
from tidegate.claims.store.schema import claim_words, claims, documents
from tidegate.dates import When, parse_when
from tidegate.errors import BadInputError

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping, Table

__all__ = [
    "as_stored",
    "claims_of",
    "document_of",
    "document_values",
    "drop_claims",
    "insert_claims",
    "reading_of",
]

_PLAIN = ("kind", "stage", "instrument", "date", "metric", "unit", "period", "certainty", "future")


def document_values(document: Document) -> dict[str, Any]:
    """Return the columns that describe a document."""
    texts = {name: getattr(document, name) for name in ("name", "title", "url", "outlet", "language")}
    return {
        **{name: storable(text) if text is not None else None for name, text in texts.items()},
        "published": document.published,
        "text": storable(document.text),
        "notes": [storable(note) for note in document.notes],
    }


def document_of(row: RowMapping) -> Document:
    """Return the document of a row."""
    slots = ("name", "text", "title", "published", "outlet", "url", "language")
    return Document(**{name: row[name] for name in slots}, notes=tuple(row["notes"]))


def as_stored(reading: Reading) -> Reading:
    """Return a reading without what no database keeps: NUL and halves of characters stand as U+FFFD."""
    text = storable(reading.document.text)
    claims_ = tuple(
        replace(claim, sentence=storable(claim.sentence), unit=storable(claim.unit) if claim.unit else None)
        for claim in reading.claims
    )
    notes = tuple(map(storable, reading.notes))
    return replace(reading, document=replace(reading.document, text=text), claims=claims_, notes=notes)


def insert_claims(connection: Connection, reading_id: int, reading: Reading, text: str) -> None:
    """Write the claims of a reading. text: the stored text; the same words, maybe spaced otherwise."""
    ids = claim_ids(reading)
    there = [_moved(claim, reading.document.text, text) for claim in reading.claims]
    if not there:
        return
    values = [
        _claim_values(claim, id_) | {"reading": reading_id, "ordinal": ordinal}
        for ordinal, (id_, claim) in enumerate(zip(ids, there, strict=True))
    ]
    _check_lengths(claims, values, reading.document.name)
    keys = connection.execute(
        insert(claims).returning(claims.c.key, sort_by_parameter_order=True), values
    ).scalars()
    words = [
        {"claim": key, "slot": slot, "position": position, "word": word}
        for key, claim in zip(keys, there, strict=True)
        for slot in LISTS
        for position, word in enumerate(getattr(claim, slot))
    ]
    _check_lengths(claim_words, words, reading.document.name)
    if words:
        connection.execute(insert(claim_words), words)


def _check_lengths(table: Table, rows: Sequence[Mapping[str, Any]], name: str) -> None:
    """Refuse what would not fit, on every database alike, so that it is the document's fault and not the store's."""
    bounds = {column.name: getattr(column.type, "length", None) for column in table.columns}
    for row in rows:
        for column, value in row.items():
            bound = bounds[column]
            if bound is not None and isinstance(value, str) and len(value) > bound:
                what = f"the {row.get('slot', column)} of a claim has {len(value)} characters"
                raise BadInputError(f"{name}: {what}, {bound} are allowed. Nothing of it was stored.")


def drop_claims(connection: Connection, reading_id: int) -> None:
    """Take out the claims of a reading."""
    of_reading = select(claims.c.key).where(claims.c.reading == reading_id)
    connection.execute(delete(claim_words).where(claim_words.c.claim.in_(of_reading)))
    connection.execute(delete(claims).where(claims.c.reading == reading_id))


def reading_of(connection: Connection, row: RowMapping) -> Reading:
    """Return the reading of a row of `readings` with its document and claims."""
    document = connection.execute(select(documents).where(documents.c.id == row["document"])).mappings().one()
    return Reading(
        document_of(document),
        tuple(claim for _, claim in claims_of(connection, [row["id"]])[row["id"]]),
        row["published"],
        row["reader"],
        tuple(row["notes"]),
    )


def claims_of(
    connection: Connection, reading_ids: Sequence[int]
) -> Mapping[int, list[tuple[RowMapping, Claim]]]:
    """Return the claims of readings with their rows, in the order they were read, by reading."""
    found: dict[int, list[tuple[RowMapping, Claim]]] = {reading: [] for reading in reading_ids}
    wanted = claims.c.reading.in_(reading_ids)
    rows = connection.execute(select(claims).where(wanted).order_by(claims.c.reading, claims.c.ordinal))
    words = connection.execute(
        select(claim_words)
        .join(claims, claims.c.key == claim_words.c.claim)
        .where(wanted)
        .order_by(claim_words.c.claim, claim_words.c.slot, claim_words.c.position)
    )
    slots = words_by_claim(words.mappings())
    for row in rows.mappings():
        found[row["reading"]].append((row, _claim_of(row, slots.get(row["key"], {}))))
    return found


def words_by_claim(rows: Iterable[RowMapping]) -> dict[int, dict[str, list[str]]]:
    """Return the list slots of claims by their key. rows: of `claim_words`, in the order of positions."""
    slots: dict[int, dict[str, list[str]]] = {}
    for row in rows:
        slots.setdefault(row["claim"], {}).setdefault(row["slot"], []).append(row["word"])
    return slots


def _claim_of(row: RowMapping, lists: Mapping[str, list[str]]) -> Claim:
    slots: dict[str, Any] = {name: row[name] for name in ("sentence", "start", *_PLAIN)}
    number = None if row["number"] is None else json.loads(row["number"])
    slots |= {slot: tuple(lists.get(slot, ())) for slot in LISTS}
    return Claim(**slots, value=number)


def _claim_values(claim: Claim, id_: str) -> dict[str, Any]:
    when = _when(claim.date)
    return {
        **{name: getattr(claim, name) for name in _PLAIN},
        "id": id_,
        "sentence": claim.sentence,
        "folded": folded(claim.sentence),
        "start": claim.start,
        "date_first": when.first if when else None,
        "date_last": when.last if when else None,
        "value": as_double(claim.value),
        "number": None if claim.value is None else json.dumps(claim.value),
    }


def as_double(value: float | None) -> float | None:
    """Return a number as a database compares it; beyond what it can hold, without end."""
    try:
        return None if value is None else float(value)
    except OverflowError:
        return math.inf if value and value > 0 else -math.inf


def _when(date: str | None) -> When | None:
    """Return the days of a claim's date; None also for one that no calendar has, as 2025-02-31."""
    try:
        return parse_when(date) if date else None
    except BadInputError:
        return None


def _moved(claim: Claim, text: str, stored: str) -> Claim:
    """Return a claim of one text where its words stand in another with the same words."""
    if stored[claim.start : claim.end] == claim.sentence:
        return claim
    before = len("".join(text[: claim.start].split()))
    length = len("".join(claim.sentence.split()))
    places = [place for place, char in enumerate(stored) if not char.isspace()]
    start, last = places[before], places[before + length - 1]
    return replace(claim, start=start, sentence=stored[start : last + 1])
