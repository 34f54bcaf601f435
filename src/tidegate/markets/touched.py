"""Which of a company's products the law holds on a day, for which buyers, and by which measures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from tidegate.dates import Day
from tidegate.ledger import Ledger
from tidegate.ledger.model import Effect, Stage
from tidegate.licensing.tightness import SCORES, Hold, by_count, decide_deals, strictest_of
from tidegate.markets.customers import Offer

__all__ = ["STATES", "Touched", "alone", "touched", "why_idle"]

STATES = ("always", "some", "unknown", "free")
"""Held for every buyer asked about; for some; for none for certain, while a fact is missing for one; for none."""

_LEAST = SCORES["discouraged"][0]
"""From this score on a sale is held back: its buyer's government leans on it, or it needs a licence or is forbidden.

A sale that only has to be notified, or that an exception lets go, is free.
"""


@dataclass(frozen=True, slots=True)
class Touched:
    """How one product stands on one day, or what a company sells beside those on record (`item` empty, `share` its part).

    state: one of `STATES`. weight: the share of buyers for which it is held, by the assumed shares, an open answer
    counted half. buyers: how each is held, by id. how: the strictest. dated: whether the day of its first sale is on
    record. verified: whether its row of the catalog was read in a source.
    """

    item: str
    name: str
    kind: str
    state: str
    weight: float
    how: str
    buyers: Mapping[str, str]
    governments: tuple[str, ...]
    measures: tuple[str, ...]
    dated: bool
    verified: bool
    share: float | None = None

    def row(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "item": self.item, "name": self.name, "kind": self.kind, "state": self.state, "how": self.how,
            "buyers": dict(self.buyers), "governments": list(self.governments), "measures": list(self.measures),
            "dated": self.dated, "verified": self.verified,
        }  # fmt: skip


def alone(ledger: Ledger, measures: Iterable[str]) -> Ledger:
    """Return the ledger with no other restriction than some measures; exceptions to them stay."""
    wanted = set(measures)
    kept = []
    for measure in ledger:
        if measure.id in wanted or (not measure.limbs and measure.effect in (Effect.EXCEPT, Effect.NONE)):
            kept.append(measure)
            continue
        limbs = tuple(part for part in measure.limbs if (part.effect or measure.effect) is Effect.EXCEPT)
        if limbs:
            kept.append(msgspec.structs.replace(measure, limbs=limbs))
    return Ledger(tuple(kept), ledger.read_to, ledger.scenario, ledger.starts)


def why_idle(ledger: Ledger, measures: Iterable[str], day: Day, known_by: Day | None = None) -> Iterator[str]:
    """Yield why some of the measures hold nothing back on a day, whoever sells what."""
    regime = ledger.on(day, known_by)
    for own in measures:
        measure, standing = ledger[own], regime.get(own)
        effects = {part.effect or measure.effect for part in measure.limbs} or {measure.effect}
        if effects <= {Effect.EXCEPT, Effect.NONE}:
            yield f"{own} restricts nothing itself: its effect is {measure.effect.value}"
        elif standing is None:
            yield f"{own} is not on record on {day}{f' as known by {known_by}' if known_by else ''}"
        elif not standing.binds and standing.stage is not Stage.UNKNOWN:
            yield f"{own} does not bind on {day}: it is {standing.stage.value}"
        elif measure.when is None and not any(part.when for part in measure.limbs):
            yield f"{own} has no scope on record, so what it touches is not known"


def touched(
    offers: Sequence[Offer],
    ledger: Ledger,
    days: Sequence[Day],
    destination: str,
    known_by: Day | None = None,
    government: str | None = None,
) -> Mapping[Day, tuple[Touched, ...]]:
    """Return how each offer stands toward a country on each day, in their order.

    All goes through the licensing engine as one table. government: ask of its law alone.
    Raises: MissingExtraError: without Arrow.
    """
    asked = [(deal, destination) for offer in offers for _, deal in offer.deals]
    held = decide_deals(asked, ledger, days, known_by)
    return {day: tuple(_stand(offer, day, destination, held, government) for offer in offers) for day in days}


def _stand(
    offer: Offer,
    day: Day,
    destination: str,
    held: Mapping[tuple[str, str, Day], Mapping[str, Hold]],
    government: str | None,
) -> Touched:
    buyers: dict[str, str] = {}
    certain: list[bool] = []
    weight = 0.0
    biting: dict[str, list[Hold]] = {}
    for customer, deal in offer.deals:
        own = {by: h for by, h in held[deal.id, destination, day].items() if government in (None, by)}
        holds = {by: h for by, h in own.items() if h.high >= _LEAST and h.how != "notification"}
        worst = strictest_of(holds.values())
        certain.append(worst.low >= _LEAST)
        buyers[customer.id] = _word(worst, strictest_of(own.values()), sure=certain[-1])
        weight += customer.share * (1.0 if certain[-1] else 0.5 if worst.high else 0.0)
        for by, hold in holds.items():
            biting.setdefault(by, []).append(hold)
    is_open = "unknown" in buyers.values()
    every = [hold for holds in biting.values() for hold in holds]
    return Touched(
        item=offer.item,
        name=offer.name,
        kind=offer.kind,
        state="always" if all(certain) else "some" if any(certain) else "unknown" if is_open else "free",
        weight=round(weight, 6),
        how=strictest_of(every).how,
        buyers=buyers,
        governments=tuple(sorted(biting)),
        measures=by_count(measure for hold in every for measure in hold.measures),
        dated=offer.dated,
        verified=offer.verified,
        share=offer.share,
    )


def _word(worst: Hold, plain: Hold, *, sure: bool) -> str:
    """How a buyer's purchase is held, in a word. plain: with what lets it go."""
    if not worst.high:
        return "free" if plain.how == "unknown" else plain.how
    # Held for certain, while a missing fact leaves open how strictly.
    return "held" if sure and worst.how == "unknown" else worst.how
