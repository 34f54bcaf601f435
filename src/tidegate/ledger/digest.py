"""Which record an answer rests on: a digest of the measures and of the data beside them."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import msgspec

from tidegate import data
from tidegate.ledger.ledger import Ledger

__all__ = ["ledger_digest"]


def ledger_digest(ledger: Ledger) -> str:
    """Return twelve hexadecimal digits that change whenever an answer could.

    They cover every measure of the ledger, a scenario's edits among them, and the shipped catalog,
    definitions, control-list entries, vocabulary, bargaining rounds and basket (SHA-256, shortened).
    """
    digest = hashlib.sha256(_beside().encode())
    digest.update(msgspec.json.encode(ledger.measures))
    digest.update(f"{ledger.read_to} {ledger.starts} {ledger.scenario}".encode())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def _beside() -> str:
    digest = hashlib.sha256()
    for root in (data.LEDGER, data.CATALOG, data.VOCABULARY):
        for path in sorted(path for path in root.rglob("*") if path.suffix in (".yaml", ".csv")):
            digest.update(f"{root.name}/{path.relative_to(root).as_posix()}".encode())
            digest.update(path.read_bytes())
    for path in (data.BARGAINS, data.BASKET):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
