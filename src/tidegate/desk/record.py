"""What lies on the desk: a story, its claims, what the ledger says to each and what people decided."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import PureWindowsPath
from typing import Any

from tidegate.brief.record import ClaimLine
from tidegate.claims.claim import Claim
from tidegate.claims.documents import Document
from tidegate.claims.reconcile import LABELS, Proposal
from tidegate.claims.store import Decision
from tidegate.dates import Day
from tidegate.tables import Table, Tabular, to_json

__all__ = ["COLUMNS", "DeskClaim", "DeskStory", "file_name"]

COLUMNS = (
    "number", "id", "kind", "says", "authority", "label", "measure", "then", "now", "proposal", "verdict", "who",
    "at", "decided_because", "edited", "words", "why",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeskClaim:
    """One claim on the desk.

    id: of the claim in a store. read: as the reader found it. claim: as it stands, which is what a person
    made of it where they edited it. line: what it says and what the ledger knows, of `claim`.
    title: of the measure that it is about. proposal: the ledger entry that it would add; None where there
    is none. decisions: about it, oldest first.
    """

    id: str
    read: Claim
    claim: Claim
    line: ClaimLine
    title: str | None
    proposal: Proposal | None
    decisions: tuple[Decision, ...]

    @property
    def is_edited(self) -> bool:
        """Whether a person changed what the reader found."""
        return self.claim != self.read

    @property
    def decided(self) -> Decision | None:
        """The last word on the claim: an acceptance or a dismissal; an edit alone leaves it open."""
        last = self.decisions[-1] if self.decisions else None
        return last if last is not None and last.verdict != "edit" else None

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as plain values."""
        line = asdict(self.line)
        return {
            "id": self.id,
            **{name: value for name, value in line.items() if name not in ("claim", "quote", "proposal", "named")},
            "title": self.title,
            "start": self.read.start,
            "end": self.read.end,
            "claim": self.claim.to_dict(),
            "read": self.read.to_dict() if self.is_edited else None,
            "proposal": self.proposal.to_dict() if self.proposal else None,
            "decisions": [
                {name: value for name, value in each.to_dict().items() if name not in ("about", "subject")}
                for each in self.decisions
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeskStory(Tabular):
    """A story with its claims, in the order of the text.

    id: what stands in its address. published: the day that its dates were resolved against. reader, readers:
    who read it, and who else did. on: the day for which the stage now is told. read_to: how far the
    ledger's sources were read. notes: what could not be read, decided or proposed, a line each.
    """

    id: str
    document: Document
    published: Day | None
    reader: str
    readers: tuple[str, ...]
    claims: tuple[DeskClaim, ...]
    on: Day
    read_to: Day | None
    notes: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many claims have each label."""
        found = Counter(each.line.label for each in self.claims)
        return {label: found[label] for label in LABELS}

    @property
    def open(self) -> int:
        """How many claims nobody has accepted or dismissed."""
        return sum(each.decided is None for each in self.claims)

    def about(self) -> dict[str, Any]:
        """Return what the story is and what the answer rests on."""
        document = self.document
        return {
            "id": self.id,
            "name": file_name(document.name),
            **{name: getattr(document, name) for name in ("title", "outlet", "url", "language")},
            "published": self.published.isoformat() if self.published else None,
            "reader": self.reader,
            "readers": list(self.readers),
            "on": self.on.isoformat(),
            "read_to": self.read_to.isoformat() if self.read_to else None,
            "labels": self.counts,
            "open": self.open,
            "notes": list(self.notes),
        }

    def table(self) -> Table:
        """Return one row for each claim."""
        rows = []
        for each in self.claims:
            line, last = each.line, each.decided
            rows.append(
                {
                    **{name: getattr(line, name) for name in COLUMNS[:9] if name not in ("id",)},
                    "id": each.id,
                    "proposal": each.proposal.measure_id if each.proposal else None,
                    "verdict": last.verdict if last else None,
                    "who": last.who if last else None,
                    "at": last.at.isoformat() if last else None,
                    "decided_because": last.why if last else None,
                    "edited": each.is_edited,
                    "words": " ".join(each.read.sentence.split()),
                    "why": line.why,
                }
            )
        return Table(tuple(rows), COLUMNS, self.about(), "claims")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, the story's text among them; claims have their place in it."""
        return {
            **self.about(),
            "text": self.document.text,
            "claims": [each.to_dict() for each in self.claims],
        }

    def to_json(self) -> str:
        """Return everything as JSON text."""
        return to_json(self.to_dict())


def file_name(name: str) -> str:
    """Return the name of a document without its folders: where files lie is nobody's business on the desk."""
    return PureWindowsPath(name).name or name
