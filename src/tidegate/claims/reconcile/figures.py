"""Whether a number in a story is one that a measure carries: a threshold, a rate, a share."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tidegate.claims.claim import Claim
from tidegate.claims.reconcile.judge import Judgement
from tidegate.ledger import Measure

__all__ = ["judge_figure", "numbers_of"]

NEAR_CHARACTERS = 400
"""A number this far from the words on a measure may still be that measure's: two or three sentences."""

_BY_INSTRUMENT = {"revenue_share": {"revenue_share"}, "tariff": {"other"}}
"""Metrics that state the rate of a measure of that instrument."""

_THRESHOLD = "performance_threshold"

_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.])\d+(?:\.\d+)?(?!\w)")
_PERCENT = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s*(?:%|percent\b|per cent\b)", re.IGNORECASE)


def judge_figure(claim: Claim, told: Iterable[tuple[Claim, Measure]]) -> tuple[Measure, Judgement] | None:
    """Return the measure whose threshold or rate a figure states, and how it stands to the record.

    told: the claims of the story that are about a measure, with it.
    A number that the measure does not carry says nothing, save a rate in percent where the measure is
    titled by one: then the two differ.
    """
    if claim.value is None:
        return None
    near = sorted(
        (pair for pair in told if pair[0].kind == "measure" and _gap(claim, pair[0]) <= NEAR_CHARACTERS),
        key=lambda pair: _gap(claim, pair[0]),
    )
    for _, measure in near:
        is_rate = claim.metric in _BY_INSTRUMENT.get(measure.instrument.value, ()) and claim.unit == "percent"
        if not is_rate and claim.metric != _THRESHOLD:
            continue
        if float(claim.value) in numbers_of(measure):
            return measure, Judgement("supports", f"the record of {measure.id} carries {claim.value:g}")
        rates = {float(hit) for hit in _PERCENT.findall(measure.title)} if is_rate else set()
        if len(rates) == 1:
            rate = rates.pop()
            why = f"the story has {claim.value:g} percent, the ledger {rate:g} percent"
            return measure, Judgement("contradicts", why, differs="number")
    return None


def numbers_of(measure: Measure) -> frozenset[float]:
    """Return the numbers that stand in a measure's title, terms and scopes."""
    texts = [measure.title, measure.conditions or "", measure.scope_note or ""]
    texts += [limb.conditions or "" for limb in measure.limbs]
    for scope in (measure.when, *(limb.when for limb in measure.limbs)):
        texts += [scope] if isinstance(scope, str) else list((scope or {}).values())
    return frozenset(float(hit.replace(",", "")) for text in texts for hit in _NUMBER.findall(text))


def _gap(one: Claim, other: Claim) -> int:
    return max(one.start - other.end, other.start - one.end, 0)
