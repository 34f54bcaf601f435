"""On whose authority a story says something: the chain of sources, and how certain that makes it."""

from __future__ import annotations

from dataclasses import dataclass

from tidegate.claims.extract.story import Sentence, Story

__all__ = ["Attribution", "attribute"]


@dataclass(frozen=True, slots=True)
class Attribution:
    """source: slugs, outermost first; empty where the outlet itself asserts. certainty: as in Claim."""

    source: tuple[str, ...] = ()
    certainty: str = "stated"


def attribute(story: Story, sentence: Sentence, start: int, end: int) -> Attribution:
    """Return who says the words between two places of a story."""
    return Attribution()
