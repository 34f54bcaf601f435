"""The chain behind an answer on ownership: which holdings count, which are too small, and what is not known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tidegate.screening.finding import Found
from tidegate.screening.ownership.graph import Holding, Owners
from tidegate.screening.ownership.resolve import Above, Resolved
from tidegate.screening.ownership.rules import HALF

__all__ = ["Step", "gaps", "in_percent", "steps_to"]

MOST_STEPS = 60
"""Holdings told at most; a chain with more is told as far as that, nearest first."""


@dataclass(frozen=True, slots=True)
class Step:
    """One holding of a chain. counts_as: listed, restricted, not restricted or open, of the owner.

    low, high: bounds of the share. starts, ends: days as the files give them. note: why the owner counts so.
    """

    owned: str
    owner: str
    low: Fraction
    high: Fraction
    starts: str | None
    ends: str | None
    source: str | None
    counts_as: str
    note: str

    def row(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "owned": self.owned, "owner": self.owner, "low": float(self.low), "high": float(self.high),
            "starts": self.starts, "ends": self.ends, "source": self.source, "counts_as": self.counts_as,
            "note": self.note,
        }  # fmt: skip

    def __str__(self) -> str:
        share = (
            in_percent(self.low)
            if self.low == self.high
            else f"{in_percent(self.low)} to {in_percent(self.high)}"
        )
        days = f", from {self.starts}" if self.starts else ""
        days += f" to before {self.ends}" if self.ends else ""
        source = f" [{self.source}]" if self.source else ""
        return f"{self.owner} holds {share} of {self.owned}{days}: {self.counts_as}, {self.note}{source}"


def in_percent(share: Fraction) -> str:
    """Return a share as a percentage, cut to two decimals downward so that 49.999 is never 50."""
    hundredths = int(share * 10000)
    text = f"{hundredths // 100}.{hundredths % 100:02}".rstrip("0").rstrip(".")
    return f"{text} percent"


def steps_to(
    start: str, above: Above, resolved: Resolved, owners: Owners,
    listed: Mapping[str, list[Found]], maybe: Mapping[str, list[Found]],
) -> tuple[Step, ...]:  # fmt: skip
    """Return the holdings that the answer rests on, from the party upward, each once."""
    steps: list[Step] = []
    seen = {start}
    waiting = [start]
    while waiting and len(steps) < MOST_STEPS:
        key = waiting.pop(0)
        for holding in above[key]:
            steps.append(_step(holding, above, resolved, owners, listed, maybe))
            # A listed owner ends the chain; so does one that passes nothing on.
            if holding.owner not in seen and holding.owner not in listed and holding.owner in resolved.maybe:
                seen.add(holding.owner)
                waiting.append(holding.owner)
    return tuple(steps[:MOST_STEPS])


def _step(
    holding: Holding, above: Above, resolved: Resolved, owners: Owners,
    listed: Mapping[str, list[Found]], maybe: Mapping[str, list[Found]],
) -> Step:  # fmt: skip
    counts_as, note = _standing(holding.owner, above, resolved, listed, maybe)
    days = [(stake.starts, stake.ends) for stake in holding.stakes]
    starts = min((day for day, _ in days if day), default=None)
    ends = max((day for _, day in days if day), default=None) if all(day for _, day in days) else None
    told = dict.fromkeys(stake.source for stake in holding.stakes if stake.source)
    said = dict.fromkeys(stake.note for stake in holding.stakes if stake.note)
    kinds = dict.fromkeys(stake.kind for stake in holding.stakes if stake.kind != "shareholding")
    return Step(
        owners.name(holding.owned), owners.name(holding.owner), holding.low, holding.high,
        starts.isoformat() if starts else None, ends.isoformat() if ends else None, "; ".join(told) or None,
        counts_as, "; ".join([note, *kinds, *said]),
    )  # fmt: skip


def _standing(
    key: str,
    above: Above,
    resolved: Resolved,
    listed: Mapping[str, list[Found]],
    maybe: Mapping[str, list[Found]],
) -> tuple[str, str]:
    if key in listed:
        hit = listed[key][0]
        since = f" since {hit.entry.starts}" if hit.entry.starts else ""
        return "listed", f"{hit.entry.name} on {hit.entry.list}{since} ({hit.entry.id}), {hit.how}"
    least, most = resolved.share(above.get(key, ()))
    if key in resolved.surely:
        return "restricted", f"listed parties hold {in_percent(least)} of it"
    if key in maybe:
        hit = maybe[key][0]
        when = "" if not hit.is_sure else ", of which the list does not tell since when"
        return "open", f"may be {hit.entry.name} on {hit.entry.list} ({hit.entry.id}): {hit.how}{when}"
    if key in resolved.maybe:
        return "open", f"listed parties hold {in_percent(least)} of it and may hold {in_percent(most)}"
    if not above.get(key):
        return "not restricted", "not listed, and nobody owns it"
    return (
        "not restricted",
        f"listed parties hold {in_percent(most)} of it at most, so its shares do not count",
    )


def gaps(
    start: str, above: Above, resolved: Resolved, owners: Owners, maybe: Mapping[str, list[Found]],
    closed: Collection[str],
) -> tuple[str, ...]:  # fmt: skip
    """Return what would have to be known, from the party upward, in sentences."""
    found: list[str] = []
    seen = {start}
    waiting = [start]
    while waiting and len(found) < MOST_STEPS:
        key = waiting.pop(0)
        found += _gaps_of(key, above[key], resolved, owners, maybe)
        for holding in above[key]:
            owner = holding.owner
            if (
                owner in resolved.maybe
                and owner not in resolved.surely
                and owner not in maybe
                and owner not in seen
            ):
                seen.add(owner)
                if holding.high > 0 and owner not in closed:
                    waiting.append(owner)
    return tuple(found[:MOST_STEPS])


def _gaps_of(
    key: str,
    holdings: tuple[Holding, ...],
    resolved: Resolved,
    owners: Owners,
    maybe: Mapping[str, list[Found]],
) -> Iterator[str]:
    name = owners.name(key)
    known = sum((holding.low for holding in holdings), Fraction(0))
    if not holdings:
        yield f"Unknown ownership, because no owner of {name} is known."
        return
    for holding in holdings:
        owner = owners.name(holding.owner)
        if holding.owner in maybe:
            hit = maybe[holding.owner][0]
            yield f"{owner} may be {hit.entry.name} on {hit.entry.list}: {hit.how}. Settle the hit."
        if holding.low != holding.high:
            told = "an unknown share" if holding.low == 0 and holding.high == 1 else (
                f"{in_percent(holding.low)} to {in_percent(holding.high)}"
            )  # fmt: skip
            yield f"{owner} holds {told} of {name}."
    if known < 1:
        share, most = in_percent(1 - known), resolved.share(holdings)[1]
        could = " and could be a listed party's" if most >= HALF else ""
        yield f"Unknown ownership, because {share} of {name}'s shares have no known owner{could}."
