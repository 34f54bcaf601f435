"""A claim beside what the ledger knew of a measure by the day of the story, and what it learnt later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.claims.claim import Claim
from tidegate.claims.reconcile.stages import TALK, bears_out, stage_held
from tidegate.dates import Day, When, parse_when
from tidegate.ledger import Entry, Ledger, Measure, Standing

__all__ = ["Case", "apart"]


@dataclass(frozen=True, slots=True)
class Case:
    """A claim beside what the ledger knew of a measure by the day of the story, and what it learnt later."""

    claim: Claim
    stage: str
    measure: Measure
    ledger: Ledger
    published: Day | None
    claimed: When | None
    known: Sequence[Entry]
    later: Sequence[Entry]
    then: Standing | None

    @classmethod
    def of(cls, claim: Claim, measure: Measure, ledger: Ledger, published: Day | None) -> Case:
        """Return the case of a claim and a measure on the day of a story."""
        known = [entry for entry in measure.entries if published is None or entry.known <= published]
        later = [entry for entry in measure.entries if entry not in known]
        return cls(
            claim=claim,
            stage=stage_held(claim),
            measure=measure,
            ledger=ledger,
            published=published,
            claimed=parse_when(claim.date) if claim.date else None,
            known=sorted(known, key=lambda entry: entry.when.first),
            later=sorted(later, key=lambda entry: entry.when.first),
            then=ledger.standing(measure.id, published, published) if published else None,
        )

    @property
    def stood(self) -> str | None:
        """The stage on the day of the story, as known then."""
        return self.then.stage.value if self.then else None

    def says_so(self, entry: Entry) -> bool:
        """Whether an entry bears the claim out, its date aside."""
        if self.claim.instrument == "investigation" != self.measure.instrument.value:
            # A review of a firm stands in the record of the bar that came of it as what was considered.
            return entry.stage in TALK or bears_out(self.stage, entry, self.measure)
        return bears_out(self.stage, entry, self.measure)


def apart(one: When, other: When) -> int:
    """Return the days between two dates, 0 where they overlap."""
    return max((one.first - other.last).days, (other.first - one.last).days, 0)
