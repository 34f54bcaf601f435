"""One claim for what a story says twice."""

from __future__ import annotations

from collections.abc import Iterable

from tidegate.claims.claim import Claim

__all__ = ["without_repeats"]


def without_repeats(claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims without those that add no party, item, date or authority to an earlier one."""
    kept: list[Claim] = []
    for claim in claims:
        if not any(_same(claim, other) and not _adds(claim, other) for other in kept):
            kept.append(claim)
    return kept


def _same(one: Claim, other: Claim) -> bool:
    return (one.kind, one.actor, one.stage, one.instrument) == (
        other.kind,
        other.actor,
        other.stage,
        other.instrument,
    )


def _adds(one: Claim, other: Claim) -> bool:
    """Return whether a claim tells something that another does not."""
    if one.date and one.date != other.date:
        return True
    if one.certainty != other.certainty and one.certainty != "stated":
        return True
    return any(
        set(getattr(one, slot)) - set(getattr(other, slot))
        for slot in ("items", "target", "counterparty", "affected")
    )
