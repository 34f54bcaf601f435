"""Readings kept as JSON: the layout in which labelled documents and `tidegate read --out` come."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tidegate.claims.claim import Claim
from tidegate.claims.documents import Document, read_document
from tidegate.claims.reading import Reading, read_claims
from tidegate.dates import Day, parse_day
from tidegate.errors import BadInputError, DocumentError

__all__ = ["load_reading", "load_readings"]

MAX_BYTES = 20 * 1024 * 1024
"""A file of claims above this is refused: a long story has some tens of claims."""


def load_reading(path: str | Path, published: Day | None = None) -> Reading:
    """Return the reading in a JSON file whose story lies beside it.

    published: the day of the story, where the file gives none.
    Raises: DocumentError: if the file or its story cannot be read, or a claim in it is none, naming the
        file and the number of the claim.
    """
    path = Path(path)
    record = _record(path)
    document = _document(path, record)
    day = _day(path, record) or document.published or published
    outlet = record.get("outlet") or document.outlet
    claims = []
    entries = record.get("claims")
    if not isinstance(entries, list):
        raise DocumentError(
            f"{path}: 'claims' is not a list. Write a list of claims, [] where there are none."
        )
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, Mapping):
            raise DocumentError(f"{path}: claim {number} is no record. Write its slots between braces.")
        try:
            claims.append(Claim.from_dict(entry, document.text))
        except BadInputError as error:
            raise DocumentError(f"{path}: claim {number}: {error}. Mend the slot.") from None
    notes = tuple(map(str, record.get("notes") or ()))
    reader = str(record.get("reader") or "labelled")
    return Reading(replace(document, outlet=outlet, published=day), tuple(claims), day, reader, notes)


def load_readings(
    files: Sequence[str | Path], published: Day | None = None
) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
    """Return the readings of stories and of JSON files, and what kept each other file from being read.

    published: the day of those that give none.
    """
    readings, failures = [], []
    for path in map(Path, files):
        try:
            if path.suffix.lower() == ".json":
                readings.append(load_reading(path, published))
            else:
                readings.append(read_claims(read_document(path), published))
        except BadInputError as error:
            failures.append(str(error))
    return tuple(readings), tuple(failures)


def _record(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DocumentError(f"{path}: the file is too large: at most {MAX_BYTES // 2**20} MiB. Split it.")
        record = json.loads(path.read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        raise DocumentError(f"{path}: the file cannot be read: {reason}. Check the path.") from None
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{path}: this is not JSON: {error}. Mend the syntax.") from None
    if not isinstance(record, Mapping):
        raise DocumentError(
            f"{path}: a record with 'document' and 'claims' is expected. See docs/reconcile.md."
        )
    return record


def _document(path: Path, record: Mapping[str, Any]) -> Document:
    name = record.get("document")
    if not isinstance(name, str) or not name:
        raise DocumentError(f"{path}: 'document' does not name the story. Write the name of its file.")
    beside = path.parent / Path(name).name
    return read_document(beside if beside.exists() else Path(name))


def _day(path: Path, record: Mapping[str, Any]) -> Day | None:
    text = record.get("published")
    if text is None:
        return None
    try:
        return parse_day(str(text))
    except BadInputError as error:
        raise DocumentError(f"{path}: published: {error}") from None
