"""What can be said of the claims of a story whose day is only estimated.

The claims are held against the ledger on the first and on the last of the estimated days. What is borne out on
both is on record, and says that it rests on the estimate. A label that takes the day (further than the record,
against it) is not given: the reason says what it would be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tidegate.brief.wording import label_words
from tidegate.claims.reconcile import Decision, decide_claims
from tidegate.dates import Day
from tidegate.ledger import Ledger

__all__ = ["NO_DAY", "decide_undated"]

NO_DAY = (
    "The story gives no day: what is further than the record or against it cannot be told. Give the day with "
    "--published."
)


def decide_undated(
    decisions: Sequence[Decision], ledger: Ledger, span: tuple[Day, Day], on: Day
) -> tuple[Decision, ...]:
    """Return the decisions on a story without a day, as far as they are the same on all estimated days.

    decisions: those without any day. span: the estimated days. on: the day for which the stage now is told.
    """
    claims = [decision.claim for decision in decisions]
    first, last = (decide_claims(claims, ledger, day, on) for day in span)
    return tuple(map(_both, decisions, first, last))


def _both(undated: Decision, first: Decision, last: Decision) -> Decision:
    is_same = first.label == last.label and first.measure is last.measure
    if is_same and (last.measure is None or undated.label == "new" == last.label):
        # That nothing in the whole ledger fits takes no day.
        return undated
    if not is_same:
        why = "the day of the story is only estimated, and the answer hangs on it"
        return replace(last, label="unknown", why=why, entry=None, differs=None)
    if last.label in ("supports", "not_about_a_measure"):
        return replace(last, why=f"on the estimated days: {last.why}")
    why = f"{label_words(last.label)}, if the estimated day is right: {last.why}"
    return replace(last, label="unknown", why=why, differs=None)
