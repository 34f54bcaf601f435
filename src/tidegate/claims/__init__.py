"""Documents in; who and what they name, when, and which measures they speak of."""

from tidegate.claims.documents import Document, read_document
from tidegate.claims.matching import Match, MatchReport, match_story
from tidegate.claims.mentions import Mention, find_mentions
from tidegate.claims.when import DateMention, find_dates

__all__ = [
    "DateMention",
    "Document",
    "Match",
    "MatchReport",
    "Mention",
    "find_dates",
    "find_mentions",
    "match_story",
    "read_document",
]
