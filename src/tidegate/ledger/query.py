"""Asking a regime for the part of it that one cares about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from tidegate.catalog import Catalog, load_catalog
from tidegate.dates import Day
from tidegate.errors import BadInputError
from tidegate.ledger.model import BINDING, Instrument, Measure, Stage
from tidegate.ledger.regime import Regime, Standing

__all__ = ["Question", "filter_regime"]

_Word = TypeVar("_Word", Instrument, Stage)


@dataclass(frozen=True, slots=True)
class Question:
    """What a measure must be to be shown. Every field that is given must hold.

    by: any of these governments. target: a country that the measure's destinations reach, or a party
    it is aimed at. instruments, stages: any of these. party: a party it names in any role, or one of
    that party's units. item: it covers the item, a class above it or a product under it.
    """

    by: frozenset[str] = frozenset()
    target: str | None = None
    target_is_party: bool = False
    instruments: frozenset[Instrument] = frozenset()
    stages: frozenset[Stage] = frozenset()
    parties: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        by: str | None = None,
        target: str | None = None,
        instrument: str | None = None,
        stage: str | None = None,
        party: str | None = None,
        item: str | None = None,
    ) -> Question:
        """Return a question put in anybody's words: 'Washington', 'US,NL', 'in_force,eased', 'binding'.

        Raises: NotFoundError: if the catalog does not know a name. BadInputError: if a stage or an
            instrument is not one.
        """
        catalog = load_catalog()
        target_id = catalog.find(target, "country", "party") if target else None
        return cls(
            by=frozenset(catalog.find(name, "country") for name in _split(by)),
            target=target_id,
            target_is_party=target_id in catalog.parties,
            instruments=_words(Instrument, instrument, "instrument"),
            stages=BINDING if stage == "binding" else _words(Stage, stage, "stage"),
            parties=_party_and_units(catalog, catalog.find(party, "party")) if party else frozenset(),
            items=_item_line(catalog, catalog.find(item, "item")) if item else frozenset(),
        )

    def covers(self, measure: Measure, on: Day) -> bool:
        """Whether a measure is asked for, whatever its stage."""
        return (
            (not self.by or measure.jurisdiction in self.by)
            and (not self.instruments or measure.instrument in self.instruments)
            and (not self.parties or not self.parties.isdisjoint(measure.parties))
            and (not self.items or not self.items.isdisjoint(measure.items))
            and (self.target is None or self._reaches(measure, on))
        )

    def wants(self, standing: Standing, on: Day) -> bool:
        """Whether a measure is asked for as it stands on a day."""
        if self.stages and standing.stage not in self.stages:
            return False
        return self.covers(standing.measure, on)

    def _reaches(self, measure: Measure, on: Day) -> bool:
        assert self.target is not None
        if self.target_is_party:
            return self.target in measure.targets
        return load_catalog().covers(measure.destinations, self.target, on)


def filter_regime(regime: Regime, question: Question) -> Regime:
    """Return the regime with only the measures asked for."""
    kept = tuple(standing for standing in regime if question.wants(standing, regime.on))
    return replace(regime, standings=kept)


def _words(enum: type[_Word], text: str | None, name: str) -> frozenset[_Word]:
    words = _split(text)
    known = {member.value: member for member in enum}
    for word in words:
        if word not in known:
            raise BadInputError(f"{name} '{word}' is not known. Known: {', '.join(known)}.")
    return frozenset(known[word] for word in words)


def _split(text: str | None) -> list[str]:
    return [word.strip() for word in (text or "").split(",") if word.strip()]


def _party_and_units(catalog: Catalog, party: str) -> frozenset[str]:
    units = {party}
    while True:
        more = {p.id for p in catalog.parties.values() if p.parent in units} - units
        if not more:
            return frozenset(units)
        units |= more


def _item_line(catalog: Catalog, item: str) -> frozenset[str]:
    return catalog.items_in(item) | frozenset(catalog.classes_of(item))
