"""The sign of a number, and whether it lies ahead."""

from __future__ import annotations

import re

from tidegate.claims.extract.figure_clauses import Clause
from tidegate.claims.extract.figure_words import pattern

__all__ = ["change_of", "is_future", "signed_value"]


def change_of(clause: Clause) -> int | None:
    """Return +1 or -1 by the nearest word of change, None without one."""
    best: tuple[int, int] | None = None
    for sign, key in ((1, "rise"), (-1, "fall")):
        for found in pattern(key).finditer(clause.left):
            distance = len(clause.left) - found.end()
            if distance <= 60 and (best is None or distance < best[0]):
                best = (distance, sign)
        if found_right := pattern(key).search(clause.right[:45]):
            distance = found_right.start() + 1
            if distance <= 36 and (best is None or distance < best[0]):
                best = (distance, sign)
    return best[1] if best else None


def signed_value(clause: Clause, metric: str) -> int | float:
    """Return the value with the sign that the words give it."""
    value = clause.quantity.value
    if clause.quantity.sort == "multiple" or value < 0:
        return value
    if metric in ("share_price_change", "growth"):
        return -value if change_of(clause) == -1 else value
    if metric == "trade_balance":
        return -value if pattern("deficit").search(clause.sentence.text) else value
    return value


_BEFORE_NOW = re.compile(
    r"\b(?:up|down|compared|versus|against|from)\s+(?:from|with|to)?\s*(?:\w+\s+)?$", re.IGNORECASE
)


_MAY = re.compile(r"\bMay\b")


def is_future(clause: Clause, metric: str) -> bool:
    """Whether a number speaks of what may or will come."""
    if metric in ("share_price_change", "count", "performance_threshold"):
        return False
    # The month is no 'may'.
    text = _MAY.sub(" ", clause.text)
    if metric == "price":
        return pattern("target_price").search(text) is not None
    if _BEFORE_NOW.search(clause.left) or re.search(r"\bwould have\b", clause.sentence.text):
        return False
    if metric == "other" and pattern("tariff").search(text):
        return re.search(r"\b(?:would|could|may|might|set to|threaten\w*|increase to)\b", text) is not None
    if pattern("future").search(text):
        return True
    for verb in clause.verbs:
        if verb.lemma_ in ("say", "tell", "report", "announce") and verb.dep_ == "ROOT":
            break
        if pattern("future").fullmatch(verb.text):
            return True
        if any(child.dep_ == "aux" and pattern("future").fullmatch(child.text) for child in verb.lefts):
            return True
        if verb.dep_ in ("relcl", "acl"):
            break
    return False
