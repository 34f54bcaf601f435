"""Whether a change is one of a share price."""

from __future__ import annotations

import re

from tidegate.claims.extract.figure_clauses import Clause
from tidegate.claims.extract.figure_words import pattern

__all__ = ["BUSINESS", "about_shares", "has_shares"]

BUSINESS = re.compile(
    r"\b(?:revenues?|sales|exports?|imports?|prices?|profits?|output|production|orders?|demand|shipments?|deficit|"
    r"capacity|spending|capex|supply|tariffs?|margins?|income|volumes?|inquiries|purchases)\b(?!\s+of\s+(?:shares|stock))",
    re.IGNORECASE,
)


def has_shares(text: str) -> bool:
    """Whether words name shares of a company, not a share of something."""
    return pattern("shares").search(pattern("not_shares").sub(" ", text)) is not None


def about_shares(clause: Clause) -> bool:
    """Whether a change is one of a share price: the shares are named, or a company simply fell."""
    if has_shares(clause.subject_text()) or has_shares(clause.left[-60:]):
        return True
    if re.search(r"^\s*(?:\w+\s+){0,4}(?:in|for|of)\b[^,;]*", clause.right) and has_shares(clause.right[:60]):
        return True
    if BUSINESS.search(clause.text):
        return False
    subject = clause.subject_names()
    return (
        clause.subject is not None
        and any(name.kind == "party" for name in subject)
        and not any(name.kind == "item" for name in subject)
    )
