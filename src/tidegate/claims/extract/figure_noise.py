"""Which numbers are no claims: counts of names, restatements, terms of a plan, what was said before."""

from __future__ import annotations

import re

from tidegate.claims.extract.figure_clauses import Clause
from tidegate.claims.extract.figure_words import pattern

__all__ = ["is_figure"]

_OR = re.compile(r"\bor\s+(?:about\s+|around\s+)?$", re.IGNORECASE)
# Nouns whose small numbers merely count the names around them.
_MERE = frozenset(
    ("companies", "countries", "nations", "names", "parties", "individuals", "suppliers", "customers")
)
# 'the three items', 'the other two': named before.
_BACK = re.compile(
    r"\b(?:the|these|those|both|its|their|other|all|past|last|next|recent|one or)\s+(?:other\s+)?$",
    re.IGNORECASE,
)
_AGO = re.compile(r"\s+(?:ago|earlier|later|before|after|old)\b", re.IGNORECASE)


def is_figure(clause: Clause) -> bool:
    """Whether a number says something about the system, rather than count names or restate another."""
    quantity, sentence = clause.quantity, clause.sentence.text
    before = sentence[max(0, quantity.start - 40) : quantity.start]
    if pattern("boilerplate").search(sentence):
        return False
    if quantity.sort == "limit":
        return quantity.unit == "nm" or pattern("control").search(sentence) is not None
    if quantity.sort == "count":
        if quantity.unit == "tiers":
            return True
        few = quantity.value <= 3
        if quantity.value < 2 or (few and quantity.unit in _MERE) or _BACK.search(before):
            return False
        return pattern("counting_context").search(clause.text) is not None
    if quantity.sort == "goods":
        return quantity.value > 10
    if quantity.sort == "time":
        return (
            pattern("licensing_time").search(clause.text) or pattern("stock_time").search(clause.text)
        ) is not None and (_AGO.match(clause.right) is None and _BACK.search(clause.left) is None)
    if quantity.sort == "money" and re.search(r"\bpunishable\b", clause.sentence.text):
        return False
    if quantity.sort == "money":
        return (
            not re.search(r"\bplus or minus\s+$", before)
            and not (_OR.search(clause.left) or _OR.search(before))
        ) or "either" in sentence
    return True
