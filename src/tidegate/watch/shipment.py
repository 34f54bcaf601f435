"""What the law says of one shipment along the days, decided anew only where something that could matter moved."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping
from functools import cached_property
from typing import Any

from tidegate.catalog import load_catalog
from tidegate.dates import Day, parse_day
from tidegate.ledger import Ledger
from tidegate.ledger.definitions import definitions
from tidegate.ledger.model import Measure
from tidegate.ledger.regime import Regime
from tidegate.licensing.check import check
from tidegate.licensing.decision import Decision, GovernmentDecision
from tidegate.licensing.facts import item_changes
from tidegate.licensing.layout import deciding
from tidegate.licensing.logic import Facts, evaluate
from tidegate.licensing.nearest import days_of_text
from tidegate.licensing.scope import Days, expand
from tidegate.licensing.wording import SHOWN, in_words, listed
from tidegate.watch.course import change_days, group_days
from tidegate.watch.facts import Answer, Fact
from tidegate.watch.measures import NEAR, dates_near, word_of

__all__ = ["ShipmentCourse"]


class ShipmentCourse:
    """The answers to one shipment on any day.

    facts: by column of docs/columns.md, as `tidegate.licensing.check.check` takes them.
    Raises, when asked: FieldError: naming the field that is not usable.
    """

    def __init__(self, ledger: Ledger, facts: Mapping[str, Any]) -> None:
        self.ledger, self.facts = ledger, dict(facts)
        self._scoped = frozenset(measure.id for measure in ledger if _decides(measure))
        self._reaching: dict[int, tuple[str, ...]] = {}
        self._decided: dict[Hashable, Decision] = {}

    def days(self, first: Day, last: Day, on: Day | None = None) -> tuple[Day, ...]:
        """Return the days on which the answer can turn another, oldest first.

        Those of the measures whose scope holds or may hold, and those on which a text changes.
        """
        texts = [day for day in self._turns if first < day <= last] if on is None else []
        reaching: set[str] = set()
        for day in (on or first, *texts):
            self._decision(self.ledger.on(day, day))
            reaching.update(self._reaching[bisect_right(self._turns, day)])
        own = change_days(self.ledger, first, last, (NEAR,), frozenset(reaching))
        return tuple(sorted({*own, *texts}))

    def answer(self, on: Day, known_by: Day) -> Answer:
        """Return what each government's law says on a legal day, as known by another, and dates that are near."""
        regime = self.ledger.on(on, known_by)
        decision = self._decision(regime)
        facts = {key: _fact(own, regime) for key, own in decision.by_government.items()}
        named = {name for fact in facts.values() for name in fact.measures}
        named |= {each.measure for own in decision.by_government.values() for each in own.coming}
        for near in dates_near(self.ledger, on, known_by):
            if near.measures[0] in named:
                facts[near.key] = near
        return Answer(known_by, facts, lambda measure: word_of(regime, measure))

    def _decision(self, regime: Regime) -> Decision:
        """Decide, unless all that could apply stands as on a day of the same texts that was decided."""
        turn = bisect_right(self._turns, regime.on)
        if turn not in self._reaching:
            decision = self._check(regime)
            self._reaching[turn] = self._reaching_on(regime.on, decision.transaction.facts)
            self._decided[self._key(turn, regime)] = decision
        key = self._key(turn, regime)
        if key not in self._decided:
            self._decided[key] = self._check(regime)
        return self._decided[key]

    def _check(self, regime: Regime) -> Decision:
        return check(self.facts, self.ledger, regime.on, regime.known_by, with_nearest=False).decision

    def _key(self, turn: int, regime: Regime) -> Hashable:
        standings = (regime.get(name) for name in self._reaching[turn])
        return turn, tuple(
            (s.stage, s.printed, tuple((limb.limb, limb.stage, limb.printed) for limb in s.limbs))
            if s
            else None
            for s in standings
        )

    def _reaching_on(self, day: Day, facts: Facts) -> tuple[str, ...]:
        """The measures whose scope, as it reads on a day, holds for the shipment or may hold."""
        days = Days.of(day)

        def may_hold(measure: Measure, limb: str | None) -> bool:
            scope = measure.scope_on(day, limb)
            return scope is None or evaluate(expand(scope, days), facts) is not False

        return tuple(
            name
            for name in sorted(self._scoped)
            if any(may_hold(self.ledger[name], limb) for limb in _parts(self.ledger[name]))
        )

    @cached_property
    def _turns(self) -> list[Day]:
        """The days on which a scope, a definition, a group or what the catalog says of the item changes."""
        found = set(group_days())
        found |= {version.starts for definition in definitions() for version in definition.versions}
        for measure in self.ledger:
            # A text may say 'from' a day or 'after' it.
            found |= {day + dt.timedelta(days=after) for day in days_of_text(measure) for after in (0, 1)}
            found |= {parse_day(day) for day in _review_days(measure)}
        item = self.facts.get("item")
        catalog = load_catalog()
        if item is not None and (known := catalog.items.get(_item(str(item)))):
            found |= set(item_changes(catalog, known.id))
        return sorted(found)


def _item(name: str) -> str:
    from tidegate.errors import NotFoundError

    try:
        return load_catalog().find(name, "item")
    except NotFoundError:
        return ""


def _review_days(measure: Measure) -> Iterator[str]:
    reviews = (*measure.reviews, *(review for limb in measure.limbs for review in limb.reviews))
    for review in reviews:
        yield from () if isinstance(review.when, str) else review.when


def _parts(measure: Measure) -> tuple[str | None, ...]:
    return tuple(limb.limb for limb in measure.limbs) or (None,)


def _decides(measure: Measure) -> bool:
    limbs = any(limb.when or limb.reviews or limb.lifts for limb in measure.limbs)
    return bool(limbs or measure.when or measure.reviews or measure.lifts)


def _fact(own: GovernmentDecision, regime: Regime) -> Fact:
    words = in_words(own)
    hangs = f", turns on {listed(own.unknown, most=SHOWN)}" if own.unknown else ""
    names = tuple(dict.fromkeys(f.provision.measure.id for f in deciding(own)))
    known = (word_of(regime, name) for name in names)
    country = load_catalog().countries.get(own.government)
    title = f"By the rules of {country.name if country else own.government}"
    return Fact(own.government, title, words, words + hangs, names, tuple(word for word in known if word))
