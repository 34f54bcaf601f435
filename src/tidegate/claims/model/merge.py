"""The claims of several parts as one list, each proposition once."""

from __future__ import annotations

from collections.abc import Iterable

from tidegate.claims.claim import Claim

__all__ = ["merged"]

_ADDS = ("items", "target", "counterparty", "affected")
"""Slots by which a later mention is a claim of its own, if it adds to them."""


def merged(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return claims in the order of the text, repeats of one proposition folded into its fullest mention.

    A repeat says the same of the same actor, on the same authority, and adds no item, party or date.
    """
    kept: dict[tuple[object, ...], list[Claim]] = {}
    for claim in sorted(claims, key=lambda claim: claim.start):
        same = kept.setdefault(_proposition(claim), [])
        if any(_is_within(claim, other) for other in same):
            continue
        same[:] = [other for other in same if not _is_within(other, claim)]
        same.append(claim)
    return tuple(sorted((claim for same in kept.values() for claim in same), key=lambda claim: claim.start))


def _proposition(claim: Claim) -> tuple[object, ...]:
    figures = (claim.metric, claim.value, claim.unit, claim.period)
    return (
        claim.kind,
        frozenset(claim.actor),
        claim.stage,
        claim.instrument,
        *figures,
        claim.certainty,
        claim.future,
    )


def _is_within(claim: Claim, other: Claim) -> bool:
    added = any(not set(getattr(claim, slot)) <= set(getattr(other, slot)) for slot in _ADDS)
    return not added and claim.date in (None, other.date)
