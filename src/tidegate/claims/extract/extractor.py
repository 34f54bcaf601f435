"""The way of a story through the local reader: parse, clauses, claims of each kind."""

from __future__ import annotations

from tidegate.claims.claim import Claim
from tidegate.claims.documents import Document
from tidegate.dates import Day

__all__ = ["extract_claims"]


def extract_claims(document: Document, published: Day | None) -> tuple[Claim, ...]:
    """Return the claims of a story, in the order of their words.

    published: the day of the story; without it dates that lean on it stay empty.
    """
    return ()
