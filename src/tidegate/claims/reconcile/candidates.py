"""Which measures a claim may speak of, best first, each with its points part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.claims.claim import Claim
from tidegate.claims.reconcile.dates import is_public
from tidegate.claims.reconcile.features import Part, government, items, parties, shared, time
from tidegate.claims.reconcile.rarity import Rarity
from tidegate.claims.reconcile.weights import MINIMUM, POINTS, nearness
from tidegate.dates import Day
from tidegate.ledger import Ledger, Measure, Regime

__all__ = ["Candidate", "match_claim", "match_without_government", "with_context"]

MINIMUM_WITHOUT = 3.0
"""The same where there is no government to match."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measure that a claim may speak of. score: the sum of its parts."""

    measure: Measure
    score: float
    parts: tuple[Part, ...]

    def points(self, name: str) -> float:
        """Return the points of the parts of that name."""
        return sum(part.points for part in self.parts if part.name == name)

    def to_dict(self) -> dict[str, Any]:
        """Return the candidate as plain values."""
        return {
            "measure": self.measure.id,
            "score": self.score,
            "parts": [part.to_dict() for part in self.parts],
        }


def match_claim(
    claim: Claim,
    ledger: Ledger,
    published: Day | None = None,
    *,
    rarity: Rarity | None = None,
    then: Regime | None = None,
    most: int = 12,
    least: float = MINIMUM,
) -> tuple[Candidate, ...]:
    """Return the measures a claim may speak of, best first; empty where none reaches the minimum.

    published: the day of the story. Measures first public more than `AFTER_DAYS` after it are left out;
        without it nothing is left out and recency does not count. rarity: that of the ledger, where
        many claims are matched. then: the regime on the day of the story, as known
        then, where it is at hand.
        least: points below which a measure is left out.
    """
    if claim.kind != "measure" or claim.instrument is None:
        return ()
    rare = rarity or Rarity.of(ledger)
    if then is None and published is not None:
        then = ledger.on(published, published)
    found = []
    for measure in ledger:
        near = nearness(claim.instrument, measure.instrument.value)
        actor = government(claim, measure)
        if not near or actor is None or not is_public(measure, published):
            continue
        both = f"{claim.instrument} ~ {measure.instrument.value}"
        instrument = Part("instrument", round(POINTS["instrument"] * near, 2), both)
        parts = (actor, instrument, *shared(claim, measure, then, rare, published))
        found.append(_candidate(measure, parts))
    return _ranked(found, least, most)


def match_without_government(
    claim: Claim,
    ledger: Ledger,
    published: Day | None = None,
    *,
    rarity: Rarity | None = None,
    most: int = 3,
) -> tuple[Candidate, ...]:
    """Return the measures to which a response or a figure refers by its items and firms, best first.

    Both must be shared; there is no government or instrument to match.
    """
    rare = rarity or Rarity.of(ledger)
    found = []
    for measure in ledger:
        if not is_public(measure, published):
            continue
        parts = (*items(claim, measure, rare), *parties(claim, measure, rare, claim.actor))
        names = {part.name for part in parts if part.points > 0}
        if names & {"item", "item_above"} and "affected" in names:
            found.append(_candidate(measure, (*parts, *time(claim, measure, published))))
    return _ranked(found, MINIMUM_WITHOUT, most)


def with_context(found: Sequence[Candidate], told: frozenset[str]) -> tuple[Candidate, ...]:
    """Return candidates ranked anew where the measures that a story is clearly about count for more.

    told: those measures.
    """
    part = Part("context", POINTS["context"], "told elsewhere in the story")
    again = [
        _candidate(each.measure, (*each.parts, part)) if each.measure.id in told else each for each in found
    ]
    return _ranked(again, MINIMUM, len(again))


def _candidate(measure: Measure, parts: tuple[Part, ...]) -> Candidate:
    return Candidate(measure, round(sum(part.points for part in parts), 2), parts)


def _ranked(found: list[Candidate], least: float, most: int) -> tuple[Candidate, ...]:
    kept = [candidate for candidate in found if candidate.score >= least]
    return tuple(sorted(kept, key=lambda candidate: (-candidate.score, candidate.measure.id))[:most])
