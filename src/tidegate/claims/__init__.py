"""Documents in, claims out: what stories assert, by whom, on what authority, and what they name."""

from tidegate.claims.claim import Claim
from tidegate.claims.copies import CopyGroup, group_copies
from tidegate.claims.documents import Document, find_files, read_document, read_documents, unreadable
from tidegate.claims.matching import Match, MatchReport, match_story
from tidegate.claims.mentions import Mention, find_mentions
from tidegate.claims.reading import Reading, read_claims
from tidegate.claims.when import DateMention, find_dates

__all__ = [
    "Claim",
    "CopyGroup",
    "DateMention",
    "Document",
    "Match",
    "MatchReport",
    "Mention",
    "Reading",
    "find_dates",
    "find_files",
    "find_mentions",
    "group_copies",
    "match_story",
    "read_claims",
    "read_document",
    "read_documents",
    "unreadable",
]
