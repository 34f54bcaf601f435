"""One claim for what a story says twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tidegate.claims.claim import Claim

__all__ = ["without_repeats"]


def without_repeats(claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims without those that add no party, item, date or authority to an earlier one."""
    kept: list[Claim] = []
    for claim in claims:
        twin = next(
            (at for at, other in enumerate(kept) if _same(claim, other) and _overlap(claim, other)), None
        )
        if twin is not None and not _differ(claim, kept[twin]):
            kept[twin] = replace(kept[twin], date=kept[twin].date or claim.date)
        elif not any(_same(claim, other) and not _adds(claim, other) for other in kept):
            kept.append(claim)
    return kept


def _overlap(one: Claim, other: Claim) -> bool:
    return one.start < other.end and other.start < one.end


def _differ(one: Claim, other: Claim) -> bool:
    """Return whether two claims of the same words tell of different things, or of different days."""
    if one.date and other.date and one.date != other.date:
        return True
    return _names_more(one, other)


def _names_more(one: Claim, other: Claim) -> bool:
    return any(set(getattr(one, slot)) - set(getattr(other, slot)) for slot in _PARTIES)


_PARTIES = ("items", "target", "counterparty", "affected")


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
    return _names_more(one, other)
