"""What was read, kept: a database of documents, claims and people's decisions, and reading into it."""

from tidegate.claims.store.address import DEFAULT
from tidegate.claims.store.batch import LOCAL_READER, Progress, Reader, model_reader, read_into
from tidegate.claims.store.errors import StoreError
from tidegate.claims.store.identity import claim_ids
from tidegate.claims.store.store import VERDICTS, Decision, Store, Stored

__all__ = [
    "DEFAULT",
    "LOCAL_READER",
    "VERDICTS",
    "Decision",
    "Progress",
    "Reader",
    "Store",
    "StoreError",
    "Stored",
    "claim_ids",
    "model_reader",
    "read_into",
]
