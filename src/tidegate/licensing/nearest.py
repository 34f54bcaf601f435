"""The nearest changes that loosen an answer: a figure, a flag, another party, place or day.

They come out of the law itself: every figure, group and day that the deciding scopes test is a place where
the answer may turn. Each is tried by deciding again, so that what is offered passes.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tidegate.catalog import load_catalog
from tidegate.dates import Day, parse_day
from tidegate.errors import NotFoundError
from tidegate.ledger import Ledger
from tidegate.ledger.definitions import definitions
from tidegate.ledger.model import Effect, Measure
from tidegate.licensing.candidates import ANOTHER, Changes, candidates, with_behind
from tidegate.licensing.chart import chart_provision
from tidegate.licensing.classes import tests_of
from tidegate.licensing.decide import Decider
from tidegate.licensing.facts import Transaction, item_changes
from tidegate.licensing.logic import Value, evaluate
from tidegate.licensing.provisions import Government, Provision, governments
from tidegate.licensing.scope import DAY, Days, expand
from tidegate.licensing.values import FieldError
from tidegate.licensing.verdict import Outcome, Verdict, verdict

if TYPE_CHECKING:
    from tidegate.sources.ecfr import ControlList

__all__ = ["Nearest", "days_of_text", "nearest"]

_LEVEL: Mapping[Outcome, int] = {outcome: level for level, outcome in enumerate(Outcome)}
"""Strictness; unknown is above all, so that nothing loosens into it."""
_ALWAYS = Days(dt.date(2018, 1, 1), dt.date(2040, 1, 1))
_TURNS = 24
"""How many turns of the law are walked through to find a day."""
_PAIRED = 12
"""How many changes are tried in pairs: 66 pairs, a few tenths of a second."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """A change that loosens a government's answer.

    words: the change. changes: the values it was tried with, by column; None is a fact taken away, and
    `date` is the day tried. was, outcome: the answer now and then.
    """

    government: str
    words: str
    changes: Changes
    was: Outcome
    outcome: Outcome

    def row(self) -> dict[str, Any]:
        """Return it as plain values."""
        tried = {n: v.isoformat() if isinstance(v, dt.date) else v for n, v in self.changes.items()}
        return {"government": self.government, "words": self.words, "changes": tried,
                "was": self.was.value, "outcome": self.outcome.value}  # fmt: skip


def nearest(
    transaction: Mapping[str, Any],
    ledger: Ledger,
    on: Day | str,
    known_by: Day | str | None = None,
    chart: ControlList | None = None,
) -> tuple[Nearest, ...]:
    """Return the smallest changes that loosen the answers of governments that hold a shipment back.

    Facts are changed one at a time, and two at a time where no one change is enough; the day is moved to
    where the deciding measures change. An answer that becomes unknown is not loosened. Sorted by
    government, the smallest change first.

    transaction: facts by column, without `date`. on, known_by: as for `Ledger.on`. chart: the US control
        list, where the user has its files.
    Raises: FieldError: naming the field that is not usable.
    """
    transaction = {name: value for name, value in transaction.items() if name != "date"}
    regime = ledger.on(on, known_by)
    search = _Search(transaction, Decider(regime, chart))
    asked = governments((s.measure for s in regime), search.exporter_country)
    found: list[Nearest] = []
    for government in asked:
        now = search.verdict(government, {})
        if now and _LEVEL[Outcome.EXCEPTION] < _LEVEL[now.outcome] < _LEVEL[Outcome.UNKNOWN]:
            found += search.facts_changed(government, now)
            found += _days_moved(search, ledger, government, now)
    return tuple(found)


class _Search:
    """One transaction whose facts are changed and decided again."""

    def __init__(self, given: Mapping[str, Any], decider: Decider) -> None:
        self.given, self.decider = given, decider
        self.facts = Transaction.of(given, decider.regime.on).facts

    @property
    def exporter_country(self) -> str | None:
        country = self.facts.get("exporter_country")
        return str(country) if country else None

    def verdict(self, government: Government, changes: Changes) -> Verdict | None:
        """What a government's law comes to; None where the changed facts are not usable."""
        law = self.decider.law_of(government)
        try:
            facts = Transaction.of({**self.given, **changes}, self.decider.regime.on).facts
            if self.decider.chart is not None and government.id == "US":
                needed = chart_provision(self.decider.chart, facts, self.decider.days)
                law += (needed,) if needed else ()
        except (FieldError, NotFoundError):
            # A country that the user's chart has no row for is none to offer.
            return None
        applies = {p.id: evaluate(p.scope, facts) for p in law}
        return verdict(law, applies, {}, evaluate(expand(government.reach, self.decider.days), facts))

    def loosened(self, government: Government, now: Verdict, words: str, changes: Changes) -> Nearest | None:
        """The change where it loosens the answer, if need be with an end user who is on no list."""
        for added, said in (({}, ""), (self.unlisted, ", provided the end user is on no list")):
            then = self.verdict(government, {**added, **changes})
            if then and _LEVEL[then.outcome] < _LEVEL[now.outcome]:
                return Nearest(government.id, words + said, {**added, **changes}, now.outcome, then.outcome)
        return None

    @property
    def unlisted(self) -> Changes:
        """What to say of an end user of whom nothing is told: else every answer hangs on the lists."""
        said: Mapping[str, Value] = {"end_user": ANOTHER, "end_user_us_listed": False}
        return {name: value for name, value in said.items() if name not in self.facts}

    def facts_changed(self, government: Government, now: Verdict) -> Iterator[Nearest]:
        law = self.decider.law_of(government)
        excepting = (e for e in law if e.effect is Effect.EXCEPT)
        lifters = [e for e in excepting if any(p.is_lifted_by(e) for p in now.leading)]
        days = self.decider.days
        deciding = with_behind(tests_of(p.scope for p in (*now.leading, *lifters)), self.given, days)
        every = with_behind(tests_of(p.scope for p in law), self.given, days)
        found = sorted(candidates(deciding, every, self.facts), key=lambda c: c.order)
        done: set[tuple[frozenset[str], bool]] = set()
        for c in found:
            # Of one fact the nearest value in each direction is enough.
            key = (frozenset(c.changes), c.upward)
            if key not in done and (near := self.loosened(government, now, c.words, c.changes)):
                done.add(key)
                yield near
        if done:
            return
        pairs = itertools.combinations(found[:_PAIRED], 2)
        for one, two in sorted(pairs, key=lambda pair: (pair[0].order, pair[1].order)):
            columns_ = frozenset((*one.changes, *two.changes))
            if len(columns_) < len(one.changes) + len(two.changes) or (columns_, False) in done:
                continue
            words, both = f"{one.words}, and {two.words}", {**one.changes, **two.changes}
            if near := self.loosened(government, now, words, both):
                done.add((columns_, False))
                yield near


def _days_moved(search: _Search, ledger: Ledger, government: Government, now: Verdict) -> Iterator[Nearest]:
    """The nearest day on either side: the answer turns only where what decides it on a day changes."""
    on, known_by = search.decider.regime.on, search.decider.regime.known_by
    for back in (True, False):
        day, then = on, now
        for _ in range(_TURNS):
            turns = _turns(ledger, (*then.leading, *then.open), search.facts, known_by)
            if back:
                turn = max((t for t in turns if (ledger.starts or dt.date.min) < t <= day), default=None)
            else:
                turn = min((t for t in turns if t > day), default=None)
            if turn is None:
                break
            day = turn - DAY if back else turn
            moved = _Search(search.given, Decider(ledger.on(day, known_by), search.decider.chart))
            words = f"{'before' if back else 'from'} {turn}"
            if near := moved.loosened(government, now, words, {}):
                yield replace(near, changes={"date": day, **near.changes})
                break
            if (then := moved.verdict(government, {}) or now) is now:
                break


def _turns(
    ledger: Ledger, leading: Iterable[Provision], facts: Mapping[str, Value], known_by: Day | None
) -> set[Day]:
    """The days on which a deciding measure, what lifts it, or a text that it rests on changes."""
    names = {name for p in leading for name in (p.id, p.measure.id)}
    lifting = [m for m in ledger if names & {*m.lifts, *(name for limb in m.limbs for name in limb.lifts)}]
    found: set[Day] = set(item_changes(load_catalog(), str(facts["item"]))) if "item" in facts else set()
    # What the user's control list asks has no history here.
    deciding = (p.measure for p in leading if p.measure.id in ledger)
    for measure in {m.id: m for m in (*deciding, *lifting)}.values():
        for history in ledger.histories(known_by)[measure.id].values():
            found |= {span.starts for span in history.spans}
        found |= set(days_of_text(measure))
    return found


def days_of_text(measure: Measure) -> Iterator[Day]:
    """Yield the days that the scopes of a measure, and the definitions that they rest on, speak of."""
    for scope in (measure.when, *(limb.when for limb in measure.limbs)):
        if not isinstance(scope, str) and scope:
            yield from (parse_day(day) for day in scope)
        for text in (scope,) if isinstance(scope, str) else (scope or {}).values():
            tests = tests_of([expand(text, _ALWAYS)])
            yield from (t.value for t in tests.get("date", ()) if isinstance(t.value, dt.date))
            for definition in definitions():
                if definition.column in tests:
                    yield from (version.starts for version in definition.versions)
