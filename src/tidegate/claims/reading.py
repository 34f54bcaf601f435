"""One story read: its claims, who read them, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tidegate.claims.claim import Claim
from tidegate.claims.documents import Document, unreadable
from tidegate.dates import Day

__all__ = ["LOCAL", "READER_VERSION", "Reading", "read_claims"]

LOCAL = "local"
"""The reader that runs on one machine, without any service."""

READER_VERSION = "1"
"""Goes up with each change of what is read from the same words: a store then reads its documents anew."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The claims of one document.

    published: the day of the story as it gives it, else as it was given; None where nobody gave one.
    reader: 'local', or the name of the model that proposed the claims. notes: what was not read or fell
    back, one line each.
    """

    document: Document
    claims: tuple[Claim, ...]
    published: Day | None
    reader: str = LOCAL
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the reading in the layout of a labelled document."""
        return {
            "document": self.document.name,
            "published": self.published.isoformat() if self.published else None,
            "outlet": self.document.outlet,
            "reader": self.reader,
            "notes": list(self.notes),
            "claims": [claim.to_dict() for claim in self.claims],
        }


def read_claims(document: Document, published: Day | None = None) -> Reading:
    """Return the claims of a story as the local reader finds them.

    published: the day of the story, for one that gives none. A story in a language that the reader does not
    know gives no claim and a note that says so.
    """
    from tidegate.claims.extract import extract_claims

    day = document.published or published
    why_not = unreadable(document)
    if why_not is not None:
        return Reading(document, (), day, notes=(why_not,))
    return Reading(document, extract_claims(document, day), day)
