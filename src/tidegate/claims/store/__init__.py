"""What was read, kept: a database of documents, claims and people's decisions, and reading into it."""

from tidegate.claims.store.address import DEFAULT
from tidegate.claims.store.audit import Actor
from tidegate.claims.store.batch import LOCAL_READER, Progress, Reader, model_reader, read_into
from tidegate.claims.store.decisions import VERDICTS, Decision
from tidegate.claims.store.errors import OvertakenError, StoreError
from tidegate.claims.store.identity import claim_ids
from tidegate.claims.store.store import Store, Stored

__all__ = [
    "DEFAULT",
    "LOCAL_READER",
    "VERDICTS",
    "Actor",
    "Decision",
    "OvertakenError",
    "Progress",
    "Reader",
    "Store",
    "StoreError",
    "Stored",
    "claim_ids",
    "model_reader",
    "read_into",
]
