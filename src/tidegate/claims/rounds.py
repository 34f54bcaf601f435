"""Which bargaining rounds a story speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.claims.documents import Document
from tidegate.claims.lexicon import lexicon
from tidegate.claims.mentions import Mention
from tidegate.dates import Day
from tidegate.ledger.bargains import Round, load_rounds

__all__ = ["RoundMatch", "match_rounds"]

NEAR_DAYS = 45
"""A round this long before or after the story may be the one it speaks of."""


@dataclass(frozen=True, slots=True)
class RoundMatch:
    """A round a story speaks of, and the words that say so."""

    round: Round
    score: float
    words: tuple[str, ...]


def match_rounds(
    document: Document, mentions: Sequence[Mention], around: tuple[Day, Day] | None
) -> tuple[RoundMatch, ...]:
    """Return the rounds a story speaks of, best first, three at most.

    A round must lie near the story's day, all its parties but one must be named, and its venue or two
    of the things it tied together too. Without a day nothing is matched.
    """
    if around is None:
        return ()
    countries = {mention.id for mention in mentions if mention.kind == "country"}
    links = lexicon("links")
    matches = []
    for item in load_rounds():
        gap = max((item.when.first - around[1]).days, (around[0] - item.when.last).days, 0)
        missing = [party for party in item.parties if party not in countries]
        if gap > NEAR_DAYS or len(missing) > max(0, len(item.parties) - 2):
            continue
        hits = [re.search(rf"\b{re.escape(place)}\b", document.text) for place in _places(item.venue)]
        words = [hit.group() for hit in hits if hit]
        venue = len(words)
        tied = [links[link].search(document.text) for link in item.linked if link in links]
        words += [hit.group() for hit in tied if hit]
        if not venue and len(words) < 2:
            continue
        score = 3.0 * venue + len(words) - venue - gap / 15
        matches.append(RoundMatch(item, round(score, 2), tuple(dict.fromkeys(words))))
    matches.sort(key=lambda match: (-match.score, match.round.id))
    return tuple(match for match in matches if match.score >= 0.5 * matches[0].score)[:3]


def _places(venue: str | None) -> tuple[str, ...]:
    return tuple(re.findall(r"[A-Z][\w-]+(?: [A-Z][\w-]+)*", venue or ""))
