"""The way of a story through the local reader: parse, then the claims of each kind."""

from __future__ import annotations

from tidegate.claims.claim import Claim
from tidegate.claims.documents import Document
from tidegate.dates import Day

__all__ = ["extract_claims"]


def extract_claims(document: Document, published: Day | None) -> tuple[Claim, ...]:
    """Return the claims of a story, in the order of their words.

    published: the day of the story; without it dates that lean on it stay empty.
    """
    from tidegate.claims.extract.evasions import find_evasions
    from tidegate.claims.extract.figures import find_figures
    from tidegate.claims.extract.measures import find_measures
    from tidegate.claims.extract.memory import Memory
    from tidegate.claims.extract.repeats import without_repeats
    from tidegate.claims.extract.responses import find_responses
    from tidegate.claims.extract.story import parse_story

    story = parse_story(document, published)
    claims = [
        *find_measures(story, Memory.of(story)),
        *find_responses(story),
        *find_evasions(story),
    ]
    claims = [*without_repeats(claims), *find_figures(story)]
    return tuple(sorted(claims, key=lambda claim: (claim.start, claim.kind)))
