"""What makes two claims the same one, and how text stands in a store."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import fields

from tidegate.claims.claim import Claim
from tidegate.claims.reading import Reading

__all__ = ["claim_ids", "folded", "plain_number", "storable"]

_ID_DIGITS = 16
"""Hexadecimal digits of a claim's id: 64 bits, short enough to type after `--accept`."""


def claim_ids(reading: Reading) -> tuple[str, ...]:
    """Return the id of each claim of a reading: of its document's words, its own words and its slots.

    Nothing else is in it, neither the reader nor the day it was read, so a decision about a claim holds for
    as long as the same thing is read from the same words.
    """
    digest = reading.document.digest
    seen: Counter[str] = Counter()
    ids = []
    for claim in reading.claims:
        content = _content(claim)
        ids.append(_short_hash([digest, content, seen[content]]))
        seen[content] += 1
    return tuple(ids)


def folded(text: str) -> str:
    """Return words for search: without case, one space between them."""
    return " ".join(text.split()).casefold()


def plain_number(value: float | None) -> int | float | None:
    """Return a number as people write it: a whole one without a decimal point."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def storable(text: str) -> str:
    """Return text of the same length without what no database keeps: NUL and halves of characters."""
    return re.sub("[\x00\ud800-\udfff]", "\ufffd", text)


def _content(claim: Claim) -> str:
    slots = {field.name: getattr(claim, field.name) for field in fields(claim) if field.name != "start"}
    slots["sentence"] = " ".join(claim.sentence.split())
    slots["value"] = plain_number(claim.value)
    return json.dumps(slots, sort_keys=True, ensure_ascii=True)


def _short_hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:_ID_DIGITS]
