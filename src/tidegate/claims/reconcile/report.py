"""Stories held against the ledger: what they bear out, add and contradict, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.claims.reading import Reading
from tidegate.claims.reconcile.decide import Decision, decide_claims
from tidegate.claims.reconcile.disagree import Disagreement, disagreements
from tidegate.claims.reconcile.judge import LABELS
from tidegate.claims.reconcile.proposals import Proposal, propose
from tidegate.claims.reconcile.rarity import Rarity
from tidegate.dates import Day
from tidegate.errors import NotFoundError
from tidegate.ledger import Ledger
from tidegate.tables import Table, Tabular

__all__ = ["COLUMNS", "Reconciliation", "Story", "reconcile"]

COLUMNS = (
    "document", "outlet", "published", "kind", "stage", "instrument", "certainty", "label", "standing",
    "measure", "then", "now", "also", "proposal", "words", "why",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """One story held against the ledger.

    decisions: one for each claim, in order. proposals: the id of the proposal that each claim leads to, or
    None. notes: what could not be decided or proposed, one line each.
    """

    reading: Reading
    decisions: tuple[Decision, ...]
    proposals: tuple[str | None, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the story as plain values."""
        document, published = self.reading.document, self.reading.published
        pairs = zip(self.decisions, self.proposals, strict=True)
        return {
            "document": document.name,
            "outlet": document.outlet,
            "published": published.isoformat() if published else None,
            "reader": self.reading.reader,
            "notes": [*self.reading.notes, *self.notes],
            "claims": [{**decision.to_dict(), "proposal": proposal} for decision, proposal in pairs],
        }


@dataclass(frozen=True, slots=True)
class Reconciliation(Tabular):
    """Stories held against the ledger.

    on: the day for which the stage now is told; None: each story's own. proposals: by id, one for each
    change that the stories would add. read_to: how far the ledger's sources were read.
    """

    stories: tuple[Story, ...]
    proposals: Mapping[str, Proposal]
    disagreements: tuple[Disagreement, ...]
    on: Day | None
    read_to: Day | None

    @property
    def counts(self) -> dict[str, int]:
        """How many claims have each label."""
        found = Counter(decision.label for story in self.stories for decision in story.decisions)
        return {label: found[label] for label in LABELS}

    def proposal(self, proposal_id: str) -> Proposal:
        """Return a proposal by its id. Raises: NotFoundError: naming those that there are."""
        try:
            return self.proposals[proposal_id]
        except KeyError:
            known = ", ".join(self.proposals) or "none"
            raise NotFoundError(
                f"These stories lead to no proposal '{proposal_id}'. Proposals: {known}."
            ) from None

    def about(self) -> dict[str, Any]:
        """Return what was asked and what the answer rests on."""
        return {
            "on": self.on.isoformat() if self.on else None,
            "read_to": self.read_to.isoformat() if self.read_to else None,
            "labels": self.counts,
        }

    def table(self) -> Table:
        """Return one row for each claim."""
        rows = []
        for story in self.stories:
            head = story.to_dict()
            for decision, record in zip(story.decisions, head["claims"], strict=True):
                claim = decision.claim
                rows.append(
                    {
                        **{key: head[key] for key in ("document", "outlet", "published")},
                        "kind": claim.kind,
                        "stage": claim.stage,
                        "instrument": claim.instrument,
                        "certainty": claim.certainty,
                        **{key: record[key] for key in ("label", "standing", "measure", "then", "now")},
                        "also": record["also"],
                        "proposal": record["proposal"],
                        "words": " ".join(claim.sentence.split()),
                        "why": decision.why,
                    }
                )
        return Table(tuple(rows), COLUMNS, self.about(), "claims")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            **self.about(),
            "stories": [story.to_dict() for story in self.stories],
            "proposals": [proposal.to_dict() for proposal in self.proposals.values()],
            "disagreements": [each.to_dict() for each in self.disagreements],
        }


def reconcile(readings: Iterable[Reading], ledger: Ledger, on: Day | None = None) -> Reconciliation:
    """Return what stories bear out, add to and contradict in a ledger.

    on: the day for which the stage now is told (None: the day of each story).
    """
    rarity = Rarity.of(ledger)
    stories: list[Story] = []
    proposals: dict[str, Proposal] = {}
    for reading in readings:
        decisions = decide_claims(reading.claims, ledger, reading.published, on, rarity)
        ids: list[str | None] = []
        notes: list[str] = []
        for number, decision in enumerate(decisions, 1):
            proposal, why_not = propose(decision, reading)
            if proposal is not None:
                proposals.setdefault(proposal.id, proposal)
            if why_not is not None:
                notes.append(f"claim {number}: {why_not}")
            ids.append(proposal.id if proposal else None)
        if reading.published is None and reading.claims:
            notes.insert(0, _NO_DAY)
        stories.append(Story(reading, decisions, tuple(ids), tuple(notes)))
    found = disagreements([(story.reading, story.decisions) for story in stories])
    return Reconciliation(tuple(stories), proposals, found, on, ledger.read_to)


_NO_DAY = (
    "the story gives no day: 'updates' and 'contradicts' cannot be given, because nobody can tell what the "
    "ledger knew by then; give it with --published"
)
