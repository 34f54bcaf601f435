"""Numbers that say how large, how much or how far: metric, sign, unit, period and whose they are."""

from __future__ import annotations

from tidegate.claims.claim import Claim
from tidegate.claims.extract.story import Story

__all__ = ["find_figures"]


def find_figures(story: Story) -> list[Claim]:
    """Return the figures of a story."""
    return []
