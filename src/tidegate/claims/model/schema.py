"""The form of an answer, built from the vocabulary of claims."""

from __future__ import annotations

from functools import cache
from typing import Any

from tidegate.claims.claim import CERTAINTIES, INSTRUMENTS, KINDS, LISTS, METRICS, STAGES

__all__ = ["SLOTS", "answer_schema"]

SLOTS = (
    "kind", "sentence", "actor", "stage", "instrument", "items", "target", "counterparty", "affected", "date",
    "metric", "value", "unit", "period", "source", "certainty", "future",
)  # fmt: skip
"""The slots that an answer has, in order: where the words begin is found, not asked."""


@cache
def answer_schema() -> dict[str, Any]:
    """Return the JSON schema of an answer, strict: every slot is required and no other is allowed."""
    stages = tuple(dict.fromkeys(stage for kind in KINDS for stage in STAGES[kind]))
    slots: dict[str, Any] = {slot: {"type": "array", "items": {"type": "string"}} for slot in LISTS}
    slots |= {slot: {"type": ["string", "null"]} for slot in ("date", "unit", "period")}
    slots |= {
        "kind": {"type": "string", "enum": list(KINDS)},
        "sentence": {"type": "string"},
        "stage": {"type": ["string", "null"], "enum": [*stages, None]},
        "instrument": {"type": ["string", "null"], "enum": [*INSTRUMENTS, None]},
        "metric": {"type": ["string", "null"], "enum": [*METRICS, None]},
        "value": {"type": ["number", "null"]},
        "certainty": {"type": "string", "enum": list(CERTAINTIES)},
        "future": {"type": "boolean"},
    }
    claim = {
        "type": "object",
        "properties": {slot: slots[slot] for slot in SLOTS},
        "required": list(SLOTS),
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"claims": {"type": "array", "items": claim}},
        "required": ["claims"],
        "additionalProperties": False,
    }
