"""Claims held against the ledger: matched to measures, labelled, and turned into entries to accept."""

from tidegate.claims.reconcile.accept import AlreadyAcceptedError, accept, accepted, accepted_text
from tidegate.claims.reconcile.candidates import Candidate, match_claim
from tidegate.claims.reconcile.decide import Decision, decide_claims
from tidegate.claims.reconcile.disagree import Disagreement, Side, disagreements
from tidegate.claims.reconcile.judge import LABELS
from tidegate.claims.reconcile.labelled import load_reading, load_readings
from tidegate.claims.reconcile.proposals import Proposal
from tidegate.claims.reconcile.report import Reconciliation, Story, reconcile

__all__ = [
    "LABELS",
    "AlreadyAcceptedError",
    "Candidate",
    "Decision",
    "Disagreement",
    "Proposal",
    "Reconciliation",
    "Side",
    "Story",
    "accept",
    "accepted",
    "accepted_text",
    "decide_claims",
    "disagreements",
    "load_reading",
    "load_readings",
    "match_claim",
    "reconcile",
]
