"""May this go to them, there, on that day, and by whose rules: determinations under a regime."""

from tidegate.licensing.decide import Decider, decide
from tidegate.licensing.decision import Decision, Finding, GovernmentDecision
from tidegate.licensing.facts import Transaction
from tidegate.licensing.values import FieldError
from tidegate.licensing.verdict import Outcome

__all__ = [
    "Decider",
    "Decision",
    "FieldError",
    "Finding",
    "GovernmentDecision",
    "Outcome",
    "Transaction",
    "decide",
]
