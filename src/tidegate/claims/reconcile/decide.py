"""What becomes of each claim of a story: its label, the measure it is about, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.claims.claim import Claim
from tidegate.claims.reconcile.candidates import (
    Candidate,
    match_claim,
    match_without_government,
    with_context,
)
from tidegate.claims.reconcile.figures import judge_figure
from tidegate.claims.reconcile.judge import DE_FACTO, DE_JURE, Judgement, judge
from tidegate.claims.reconcile.rarity import Rarity
from tidegate.claims.reconcile.stages import BINDING, LOOSENING, OFF
from tidegate.claims.reconcile.weights import MINIMUM, POINTS
from tidegate.dates import Day
from tidegate.ledger import Entry, Ledger, Measure
from tidegate.ledger.model import Instrument

__all__ = ["CLEAR", "MARGIN", "Decision", "decide_claims"]

MARGIN = 1.5
"""Measures within this many points of the best may be the one meant: one that bears the claim out is taken."""

OTHER_KIND_MARGIN = 0.5
"""The same for a measure of a kind that is further from the one claimed."""

CLEAR = 9.0
"""From these points on a claim is clearly about a measure, which counts for the story's other claims."""

SHARE_OF_BEST = 0.75
MOST_ALSO = 6

_RANK = {"supports": 0, "updates": 1, "contradicts": 1, "not_about_a_measure": 1, "unknown": 1, "new": 2}


@dataclass(frozen=True, slots=True)
class Decision:
    """One claim of a story held against the ledger.

    label: one of `judge.LABELS`. standing: `de_jure`, or `de_facto` where the claim tells of practice.
    why: one sentence. measure: the best match; None where there is none. score, candidates: how it was
    matched. also: other measures the claim may be about, as in a bundle of one day. entry: the recorded
    entry the label rests on. then: its stage on the day of the story as known then; now: as known today.
    differs: which slot a contradiction is about.
    """

    claim: Claim
    label: str
    why: str
    standing: str = DE_JURE
    measure: Measure | None = None
    score: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    also: tuple[str, ...] = ()
    entry: Entry | None = None
    then: str | None = None
    now: str | None = None
    differs: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the decision as plain values; the claim stands in it whole."""
        entry = self.entry
        best = next((each for each in self.candidates if each.measure is self.measure), None)
        return {
            "claim": self.claim.to_dict(),
            "label": self.label,
            "standing": self.standing,
            "why": self.why,
            "differs": self.differs,
            "measure": self.measure.id if self.measure else None,
            "score": self.score,
            "parts": [part.to_dict() for part in best.parts] if best else [],
            "also": list(self.also),
            "then": self.then,
            "now": self.now,
            "entry": None
            if entry is None
            else {"stage": entry.stage, "on": entry.on, "role": entry.role, "note": entry.note,
                  "source": entry.source},
        }  # fmt: skip


def decide_claims(
    claims: Sequence[Claim],
    ledger: Ledger,
    published: Day | None,
    on: Day | None = None,
    rarity: Rarity | None = None,
) -> tuple[Decision, ...]:
    """Return a decision for each claim of one story, in their order.

    published: the day of the story. on: the day for which `now` is told (None: the day of the story).
    """
    rare = rarity or Rarity.of(ledger)
    then = ledger.on(published, published) if published else None
    least = MINIMUM - POINTS["context"]
    first = [match_claim(claim, ledger, published, rarity=rare, then=then, least=least) for claim in claims]
    told = frozenset(
        found[0].measure.id
        for found in first
        if found and found[0].score >= CLEAR and _stood(found[0].measure, ledger, published)
    )
    decided: list[Decision] = []
    for claim, candidates in zip(claims, first, strict=True):
        if claim.kind == "measure":
            found = with_context(candidates, told)
            decided.append(
                _decide_measure(claim, found, ledger, published, on)
                or Decision(claim, "new", _why_none(claim, ledger, published, rare))
            )
        else:
            decided.append(Decision(claim, "not_about_a_measure", _NOT_ABOUT[claim.kind]))
    return tuple(_decide_rest(decided, ledger, published, on, rare))


_NOT_ABOUT = {
    "response": "it tells what a firm or a government does about the controls, not a control",
    "evasion": "it tells of a way round the controls, not of a control",
    "figure": "a number that no matched measure carries",
}


def _decide_measure(
    claim: Claim, found: Sequence[Candidate], ledger: Ledger, published: Day | None, on: Day | None
) -> Decision | None:
    """Return the decision by the measure that fits best; None where none fits."""
    judged = [(each, judge(claim, each.measure, ledger, published)) for each in found]
    # What was not yet public cannot be what a story tells, save where the ledger records it right after.
    seen = [
        pair for pair in judged if pair[1].label == "supports" or _stood(pair[0].measure, ledger, published)
    ]
    if not seen:
        return None
    judged = [pair for pair in seen if _rivals(pair[0], seen[0][0])]

    def order(pair: tuple[Candidate, Judgement]) -> tuple[int, bool, bool, float, float]:
        candidate, judgement = pair
        then = ledger.standing(candidate.measure.id, published, published) if published else None
        # Of two measures that bear a claim out, the one that still stood is the one meant.
        is_over = claim.date is None and then is not None and then.stage in OFF and claim.stage in BINDING
        # Of a bundle, what was public by the story goes before what became public after it.
        is_after = bool(published and judgement.entry and judgement.entry.known > published)
        # Among rivals the one of the kind claimed.
        kind = -candidate.points("instrument")
        return _RANK[judgement.label], is_over, is_after, kind, -candidate.score

    best, judgement = min(judged, key=order)
    also = [
        each.measure.id for each in found if each is not best and each.score >= SHARE_OF_BEST * best.score
    ]
    return _decision(claim, best, judgement, found, tuple(also[:MOST_ALSO]), ledger, published, on)


def _rivals(candidate: Candidate, best: Candidate) -> bool:
    """Whether a measure may be the one meant as well as the best: as near in kind, or about as good."""
    # A truce or a framework is recorded as `general` and covers what the claim names.
    is_general = candidate.measure.instrument is Instrument.GENERAL
    as_near = is_general or candidate.points("instrument") >= best.points("instrument")
    margin = MARGIN if as_near else OTHER_KIND_MARGIN
    return candidate.score >= best.score - margin


def _stood(measure: Measure, ledger: Ledger, published: Day | None) -> bool:
    return published is None or ledger.standing(measure.id, published, published) is not None


def _decision(
    claim: Claim,
    best: Candidate,
    judgement: Judgement,
    found: Sequence[Candidate],
    also: tuple[str, ...],
    ledger: Ledger,
    published: Day | None,
    on: Day | None,
) -> Decision:
    measure = best.measure
    then = ledger.standing(measure.id, published, published) if published else None
    day = on or published
    now = ledger.standing(measure.id, day) if day else None
    return Decision(
        claim, judgement.label, judgement.why, judgement.standing, measure, best.score, tuple(found), also,
        judgement.entry, then.stage.value if then else None, now.stage.value if now else None,
        judgement.differs,
    )  # fmt: skip


def _decide_rest(
    decided: Sequence[Decision], ledger: Ledger, published: Day | None, on: Day | None, rarity: Rarity
) -> Iterable[Decision]:
    """Yield the decisions, those on practice and on figures with the measure they touch."""
    for decision in decided:
        claim = decision.claim
        if claim.kind == "response" and claim.stage == "resumed":
            yield _practice(decision, ledger, published, on, rarity)
        elif claim.kind == "figure":
            found = judge_figure(claim, [(each.claim, each.measure) for each in decided if each.measure])
            if found is None:
                yield decision
                continue
            measure, judgement = found
            candidate = Candidate(measure, 0.0, ())
            yield _decision(claim, candidate, judgement, (), (), ledger, published, on)
        else:
            yield decision


def _practice(
    decision: Decision, ledger: Ledger, published: Day | None, on: Day | None, rarity: Rarity
) -> Decision:
    claim = decision.claim
    found = match_without_government(claim, ledger, published, rarity=rarity)
    if not found or published is None:
        return Decision(claim, decision.label, decision.why, DE_FACTO)
    measure = found[0].measure
    acts = [entry for entry in measure.entries if entry.stage in LOOSENING and entry.role == "change"]
    known = [entry for entry in acts if entry.known <= published]
    then = ledger.standing(measure.id, published, published)
    if known:
        why = f"firms say {claim.stage}; the official act on record is {known[-1].stage} of {known[-1].on}"
    else:
        why = f"firms say {claim.stage}; no official act is on record by {published}"
        why += f" and it stood {then.stage}" if then else ""
        why += f"; the ledger has {acts[0].stage} on {acts[0].on}" if acts else ""
    entry = known[-1] if known else acts[0] if acts else None
    judgement = Judgement(decision.label, why, entry, None, DE_FACTO)
    return _decision(claim, found[0], judgement, found, (), ledger, published, on)


def _why_none(claim: Claim, ledger: Ledger, published: Day | None, rarity: Rarity) -> str:
    """Say what keeps the nearest measure from being the one, or that there is none."""
    found = match_claim(claim, ledger, published, rarity=rarity, most=len(ledger), least=-100.0)
    if not found:
        who = " or ".join(claim.actor) or "any government"
        return f"no measure of {who} that is {claim.instrument}, or near it, was on record"
    nearest = max(found, key=lambda each: (each.points("instrument"), each.score))
    worst = min(nearest.parts, key=lambda part: part.points)
    if worst.points >= 0:
        return f"too little is said to match it; nearest is {nearest.measure.id}"
    return f"nothing on record fits; the nearest, {nearest.measure.id}, differs: {_WORST[worst.name]}"


_WORST = {
    "other_day": "nothing of it moved on that day",
    "no_item": "it is on other items",
    "sister_item": "it is on tools where the claim is on chips, or the other way round",
    "item_unnamed": "it is on certain items, the claim names none",
    "other_product": "it is on other products",
    "product_unnamed": "it is on a product, the claim names none",
    "other_place": "it is against other places",
    "other_party": "it is against other firms",
    "party_unnamed": "it is against named firms, the claim names none",
    "list_unnamed": "it is a list of firms, the claim names none",
    "letter_unnamed": "it binds named firms, the claim names none of them",
    "old_talk": "the talk on record is of another year",
    "no_talk": "no such talk about it is on record",
    "exception": "it is an exception",
    "not_yet": "it was not public yet",
    "direction": "it is talk of a tightening",
    "over": "it was over by the day of the story",
    "vague": "it is another kind of act, and the claim names neither items nor firms",
}
"""What each part that counts against a measure says, in words."""
