"""What missing losers could do to a record: names that left a universe and are in no list of today.

A list made today looks back at survivors. How many losers are missing nobody can read off it, so this turns
the question round: how many would it take. What winners that came in late add is not in that number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tidegate.markets.proof import Proof
from tidegate.markets.scores import Scores

__all__ = ["LOSSES", "Survivors", "survivors"]

LOSSES = (
    (30.0, "assumption"),
    (
        55.0,
        "performance-related delistings from Nasdaq: Shumway and Warther 1999, doi 10.1111/0022-1082.00192",
    ),
    (100.0, "assumption: everything is lost"),
)
"""What a missing name may have lost when it left, in percent, with where the figure is from."""


@dataclass(frozen=True, slots=True)
class Survivors:
    """What is known of the names that left.

    stated: whether a membership by dates was given. ended: names whose prices end before the last month.
    said: the sentence. cost: which cost the excess is after. excess: percent a year. breaks: by loss, the
    share of the top names a year, in percent, that must have been missing losers for the excess to be gone.
    """

    stated: bool
    ended: int
    said: str
    cost: float
    excess: float | None
    breaks: tuple[dict[str, Any], ...]


def survivors(scores: Scores, proof: Proof) -> Survivors:
    """Return what missing losers could do to the excess of the top names over the equal-weighted ones.

    If x percent of the top names a year had been names that are not in the list and lost y percent, beyond the
    share of them among all names, the excess would be lower by x times y.
    """
    stated = scores.universe.membership is not None
    ends = scores.ends
    held = np.isfinite(ends.close)
    ended = int((held.any(axis=1) & ~held[:, -1]).sum())
    count = len(ends.tickers)
    absent = len(scores.universe.tickers) - count
    if stated:
        said = (
            f"Membership by dates is from the file; of {count + absent} names {absent} have no price at all"
        )
        said += (
            " and are missing from every figure."
            if absent
            else ", so that none is missing that the file knows."
        )
    else:
        said = (
            f"{scores.universe.path} is a list of one day, looked back at: names that left before are missing, the "
            "failed among them, and those that came in later stand in it from the start, because they had risen: every "
            f"return here is too good. {ended} of {count} names stop trading before the "
            "last month."
        )
    cost = proof.costs[0]
    one = proof.score.excess[cost].mean
    excess = None if one is None else 1200 * one
    breaks = tuple(
        {
            "loss_percent": loss,
            "missing_percent_a_year": None
            if excess is None or excess <= 0
            else round(100 * excess / loss, 4),
            "source": source,
        }
        for loss, source in LOSSES
    )
    return Survivors(stated, ended, said, cost, excess, breaks)
