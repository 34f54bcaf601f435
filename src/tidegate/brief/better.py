"""What the ledger knows better than a story: where they clash, a later stage, and what came since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tidegate.brief.record import ClaimLine, Fact, MeasureLine
from tidegate.claims.reconcile import Decision
from tidegate.claims.reconcile.stages import LIFE, TALK
from tidegate.dates import Day
from tidegate.ledger import Ledger

__all__ = ["claims_by_measure", "known_better"]


def claims_by_measure(lines: Sequence[ClaimLine]) -> dict[str, tuple[int, ...]]:
    """Return the numbers of the claims about each measure, in the order of the story.

    The measure that a `new` claim comes nearest to is not the one it is about.
    """
    found: dict[str, tuple[int, ...]] = {}
    for line in lines:
        if line.measure is not None and line.label != "new":
            found[line.measure] = (*found.get(line.measure, ()), line.number)
    return found


def known_better(
    lines: Sequence[ClaimLine],
    decisions: Sequence[Decision],
    measures: Sequence[MeasureLine],
    ledger: Ledger,
    published: Day | None,
) -> tuple[Fact, ...]:
    """Return what the ledger knows better, by measure in the order of the story, clashes first.

    measures: with what has changed in each since the story. A fact that several claims meet stands once.
    """
    facts: dict[Fact, tuple[int, ...]] = {}
    order = {line.id: place for place, line in enumerate(measures)}
    found = [*_of_claims(lines, decisions, ledger, published), *_since(measures)]
    for fact in found:
        key = replace(fact, claims=())
        facts[key] = tuple(dict.fromkeys((*facts.get(key, ()), *fact.claims)))
    merged = [replace(fact, claims=claims) for fact, claims in facts.items()]
    return tuple(sorted(merged, key=lambda fact: (fact.kind != "contradicts", order[fact.measure])))


def _of_claims(
    lines: Sequence[ClaimLine], decisions: Sequence[Decision], ledger: Ledger, published: Day | None
) -> Iterator[Fact]:
    for line, decision in zip(lines, decisions, strict=True):
        measure, entry = decision.measure, decision.entry
        if measure is None or decision.label == "new":
            continue
        if decision.label == "contradicts" or decision.standing == "de_facto":
            kind = "contradicts" if decision.label == "contradicts" else "practice"
            on, stage = (entry.on, entry.stage) if entry else (None, None)
            source, verified = (entry.source, entry.verified) if entry else (None, True)
            yield Fact(
                kind, measure.id, measure.title, (line.number,), decision.why, on, stage, source, verified
            )
        elif published is not None and _is_further(decision):
            standing = ledger.standing(measure.id, published, published)
            assert standing is not None
            since = standing.span.since
            text = f"by the day of the story it stood {standing.stage} already, since {since}"
            yield Fact(
                "further", measure.id, measure.title, (line.number,), text, since, standing.stage.value,
                standing.entry.source, standing.is_verified,
            )  # fmt: skip


def _is_further(decision: Decision) -> bool:
    """Whether the measure stood at a later stage than the claim has, on the day of the story."""
    stage, entry = decision.claim.stage, decision.entry
    if decision.label != "supports" or decision.then not in LIFE or stage not in LIFE:
        return False
    # Talk of a change to a measure that stands is no stage that the measure has left behind.
    is_talk = entry is not None and entry.role == "talk"
    return not is_talk and decision.then not in TALK and LIFE.index(decision.then) > LIFE.index(stage)


def _since(measures: Sequence[MeasureLine]) -> Iterator[Fact]:
    for line in measures:
        if not line.claims:
            continue
        for row in line.changed:
            about = " (talk)" if row["role"] == "talk" else ""
            late = f" (known only since {row['known']})" if row["known"] else ""
            yield Fact(
                "since", line.id, line.title, line.claims, f"{row['note']}{about}{late}", row["on"],
                row["stage"], row["source"], row["verified"],
            )  # fmt: skip
        if line.condition_now or line.printed_now:
            printed = f"the printed text still reads {line.printed_now}" if line.printed_now else ""
            text = "; ".join(part for part in (line.condition_now, printed) if part)
            yield Fact(
                "now", line.id, line.title, line.claims, text, line.since_now, line.stage_now,
                line.source_now, line.verified_now,
            )  # fmt: skip
