"""Who owns a party, and whether listed parties own half of it or more."""

from tidegate.screening.ownership.answer import Ownership, ownership_of
from tidegate.screening.ownership.graph import Holding, Owners
from tidegate.screening.ownership.rules import BIS_AFFILIATES, CN_AFFILIATES, OFAC, RULES, Rule

__all__ = [
    "BIS_AFFILIATES", "CN_AFFILIATES", "OFAC", "RULES", "Holding", "Owners", "Ownership", "Rule", "ownership_of",
]  # fmt: skip
