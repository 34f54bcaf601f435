"""Which bargaining rounds a story speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.claims.documents import Document
from tidegate.claims.mentions import Mention
from tidegate.dates import Day
from tidegate.ledger.bargains import Round, load_rounds

__all__ = ["RoundMatch", "match_rounds"]

NEAR_DAYS = 45
"""A round this long before or after the story may be the one it speaks of."""

LINK_WORDS = {
    "chips": r"chips?", "h20": r"H20", "h200": r"H200", "blackwell": r"Blackwell|B30A",
    "eda": r"EDA|design software", "wfe": r"WFE|wafer fab|chip-?making (?:equipment|tools)|chip equipment",
    "servicing": r"servic\w+|maintenance|maintain\w+", "rare_earths": r"rare[- ]earths?", "magnets": r"magnets?",
    "gallium_germanium": r"gallium|germanium", "antimony": r"antimony", "graphite": r"graphite",
    "jet_engine_parts": r"jet engines?(?: parts)?", "ethane": r"ethane", "students": r"student visas?",
    "tariffs": r"tariffs?", "fentanyl": r"fentanyl", "port_fees": r"port fees", "soybeans": r"soybeans?",
    "tiktok": r"TikTok", "nexperia": r"Nexperia", "entity_lists": r"entity list", "affiliates_rule":
    r"affiliates rule|50 percent rule", "probes": r"probes?|antitrust", "ai_chips_guidance": r"Ascend",
    "legacy_chips": r"legacy chips", "investment": r"investment", "iran": r"Iran", "taiwan": r"Taiwan",
}  # fmt: skip
"""Words by which a story speaks of what a round tied together."""


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
    matches = []
    for item in load_rounds():
        gap = max((item.when.first - around[1]).days, (around[0] - item.when.last).days, 0)
        missing = [party for party in item.parties if party not in countries]
        if gap > NEAR_DAYS or len(missing) > max(0, len(item.parties) - 2):
            continue
        words = []
        for place in _places(item.venue):
            if hit := re.search(rf"\b{re.escape(place)}\b", document.text):
                words.append(hit.group())
        venue = len(words)
        for link in item.linked:
            pattern = LINK_WORDS.get(link)
            if pattern and (hit := re.search(rf"\b(?:{pattern})\b", document.text, re.IGNORECASE)):
                words.append(hit.group())
        if not venue and len(words) < 2:
            continue
        score = 3.0 * venue + len(words) - venue - gap / 15
        matches.append(RoundMatch(item, round(score, 2), tuple(dict.fromkeys(words))))
    matches.sort(key=lambda match: (-match.score, match.round.id))
    return tuple(match for match in matches if match.score >= 0.5 * matches[0].score)[:3]


def _places(venue: str | None) -> tuple[str, ...]:
    return tuple(re.findall(r"[A-Z][\w-]+(?: [A-Z][\w-]+)*", venue or ""))
