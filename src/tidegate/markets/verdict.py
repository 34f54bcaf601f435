"""What a record says, in sentences that come before the ranking."""

from __future__ import annotations

from tidegate.markets.proof import Proof
from tidegate.markets.survivors import Survivors

__all__ = ["CHANCE", "verdict"]

CHANCE = 0.05
"""A corrected p value up to which skill counts as shown; the customary one."""


def verdict(proof: Proof, held: Survivors) -> tuple[str, ...]:
    """Return whether there is skill, what is left after costs, and what missing names could do to it."""
    return (_skill(proof), _excess(proof), _missing(held))


def _skill(proof: Proof) -> str:
    line = proof.score
    one = line.skill
    asked = f"{proof.tried} questions" if proof.tried > 1 else "one question"
    if one.mean is None or one.p is None or one.low is None or one.high is None or line.p_corrected is None:
        mean = "" if one.mean is None else f": mean rank IC {one.mean:.3f}"
        return f"Skill cannot be told{mean}, {one.months} months are too few."
    numbers = (
        f"mean rank IC {one.mean:.3f}, {proof.level:.0%} band {one.low:+.3f}..{one.high:+.3f}, t {one.t:.2f}, "
        f"p {line.p_corrected:.3f} corrected for {asked}, {one.months} months {proof.months[0]} to {proof.months[-1]}"
    )
    if line.p_corrected > CHANCE:
        return f"No skill shown: {numbers}."
    if one.mean < 0:
        return f"Wrong way round: names ranked high did worse: {numbers}."
    return f"Skill shown on this universe: {numbers}."


def _excess(proof: Proof) -> str:
    parts = []
    for cost in proof.costs:
        one = proof.score.excess[cost]
        if one.mean is None:
            continue
        band = (
            f" (band {1200 * one.low:+.1f}..{1200 * one.high:+.1f}, t {one.t:.2f})"
            if one.low is not None and one.high is not None and one.t is not None
            else ""
        )
        parts.append(f"{1200 * one.mean:+.1f} points a year after {cost:g} basis points{band}")
    right = proof.score.excess_p_corrected
    told = "" if right is None else f"; p {right:.3f} corrected, at the first cost"
    return f"The top {proof.top} names against all ranked ones, equally weighted: {'; '.join(parts)}{told}."


def _missing(held: Survivors) -> str:
    rates = [
        f"{row['missing_percent_a_year']:.1f} percent a year at a loss of {row['loss_percent']:.0f} percent"
        for row in held.breaks
        if row["missing_percent_a_year"] is not None
    ]
    if not rates:
        return f"{held.said} There is no excess for missing losers to wipe out."
    return (
        f"{held.said} Missing losers among the top names, beyond their share among all, that would wipe the excess out: "
        f"{'; '.join(rates)}."
    )
