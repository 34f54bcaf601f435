"""What would change an answer: facts changed by hand, and the nearest changes that loosen it.

The nearest changes come out of the law itself: every figure, group and day that the deciding scopes test
is a place where the answer may turn. Each is tried by deciding again, so that what is offered passes.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.catalog import load_catalog
from tidegate.dates import Day, parse_day
from tidegate.ledger import Ledger
from tidegate.ledger.definitions import definitions
from tidegate.ledger.model import Effect, Measure
from tidegate.ledger.predicate import columns
from tidegate.ledger.regime import Regime
from tidegate.licensing.classes import tests_of
from tidegate.licensing.decide import Decider
from tidegate.licensing.decision import Decision
from tidegate.licensing.facts import COUNTRY_COLUMNS, SEATS, FieldError, Transaction, item_changes
from tidegate.licensing.logic import Test, Value, evaluate, show
from tidegate.licensing.provisions import Government, Provision, governments
from tidegate.licensing.scope import DAY, Days, expand
from tidegate.licensing.verdict import Outcome, Verdict, verdict

__all__ = ["Nearest", "WhatIf", "nearest", "what_if"]

Changes = Mapping[str, Value | None]

_LEVEL = {outcome: level for level, outcome in enumerate(Outcome) if outcome is not Outcome.UNKNOWN}
_ALWAYS = Days(dt.date(2018, 1, 1), dt.date(2040, 1, 1))
_ANOTHER = "another party"
"""A name that no scope has: whoever bears it is none of the parties that the law names."""

_IDENTITY = frozenset((
    "end_user", "end_user_us_listed", "end_user_us_footnote", "end_user_cn_listed", "end_user_cn_attention",
    "end_user_cn_unreliable", "end_user_jp_listed", "end_user_tw_listed", "end_user_us_military_listed",
))  # fmt: skip
"""Facts that say who a listed party is: they do not change but with the party."""

_FIXED = frozenset((
    "date", "activity", "item", "for_item", "item_class", "kind", "maker", "designer", "element",
    "subject_to_ear", "cn_dual_use", "eu_listed", "gb_listed", "my_listed", "sg_listed", "in_listed",
    "kr_listed", "nl_listed", "de_listed", "jp_listed", "tw_strategic_commodity",
    "kr_national_core_technology", "knows_restricted_use", "informed_by_authority", "cn_unjustified_measure",
))  # fmt: skip
"""What makes it another transaction, what is itself a conclusion of law, and what somebody knows."""

_COUNTRY_WORDS = {
    "end_user_headquarters": "if the end user were not headquartered in {}",
    "designer_headquarters": "if the designer were not headquartered in {}",
    "us_person_employer_headquarters": "if the employer were not headquartered in {}",
    "nationality": "if the person were not a citizen of {}",
    "packaged_in": "if it were not packaged in {}",
    "origin": "if it were not made in {}",
    "exporter_country": "another shipment: if it did not leave from {}",
    "destination": "another shipment: if it did not go to {}",
}
_PARTY_WORDS = {"exporter": "if another firm than {} exported it", "seller": "if another firm than {} sold it"}
_UNITS = {"tpp": " TPP", "dco_nm": " nm", "resolution_nm": " nm", "facility_logic_node_nm": " nm"}
_PAIRED = 12
"""How many changes are tried in pairs: 66 pairs, a few tenths of a second."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A decision beside the one with facts changed. differs: governments whose answers do."""

    changes: Mapping[str, Any]
    before: Decision
    after: Decision
    differs: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """Return both answers of the governments that differ, as plain values."""
        return {
            "changes": dict(self.changes),
            "outcome": self.after.outcome.value,
            "differs": {
                key: {
                    "before": _answer(self.before, key),
                    "after": _answer(self.after, key),
                }
                for key in self.differs
            },
        }


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


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A change to try. rank, distance: how far it is from the facts, of a kind and within it."""

    words: str
    changes: Changes
    rank: int
    distance: float = 0.0
    upward: bool = False

    @property
    def order(self) -> tuple[int, float, str]:
        return (self.rank, self.distance, self.words)


def what_if(transaction: Mapping[str, Any], regime: Regime, changes: Mapping[str, Any]) -> WhatIf:
    """Return the decision with facts changed, beside the decision without.

    transaction, changes: facts by column of docs/columns.md; None takes a fact away.
    Raises: FieldError: naming the field that is not usable; for `date`, which asks for another regime.
    """
    if "date" in changes:
        raise FieldError("date", "other-day", "A what-if keeps its day. Ask again with --on another day.")
    decider = Decider(regime)
    before, after = decider(transaction), decider({**transaction, **changes})
    keys = sorted({*before.by_government, *after.by_government})
    differs = tuple(key for key in keys if _answer(before, key) != _answer(after, key))
    return WhatIf(dict(changes), before, after, differs)


def nearest(
    transaction: Mapping[str, Any], ledger: Ledger, on: Day | str, known_by: Day | str | None = None
) -> tuple[Nearest, ...]:
    """Return the smallest changes that loosen the answers of governments that hold a shipment back.

    Facts are changed one at a time, and two at a time where no one change is enough; the day is moved to
    where the deciding measures change. An answer that becomes unknown is not loosened. Sorted by
    government, the smallest change first.

    transaction: facts by column, without `date`. on, known_by: as for `Ledger.on`.
    Raises: FieldError: naming the field that is not usable.
    """
    transaction = {name: value for name, value in transaction.items() if name != "date"}
    regime = ledger.on(on, known_by)
    search = _Search(transaction, Decider(regime))
    asked = governments((s.measure for s in regime), search.exporter_country)
    found: list[Nearest] = []
    for government in asked:
        now = search.verdict(government, {})
        if now is None or now.outcome is Outcome.UNKNOWN or _LEVEL[now.outcome] <= _LEVEL[Outcome.EXCEPTION]:
            continue
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
        try:
            facts = Transaction.of({**self.given, **changes}, self.decider.regime.on).facts
        except FieldError:
            return None
        law = self.decider.law_of(government)
        applies = {p.id: evaluate(p.scope, facts) for p in law}
        return verdict(law, applies, {}, evaluate(expand(government.reach, self.decider.days), facts))

    def loosened(self, government: Government, now: Verdict, changes: Changes) -> Outcome | None:
        then = self.verdict(government, changes)
        if then is None or then.outcome is Outcome.UNKNOWN or _LEVEL[then.outcome] >= _LEVEL[now.outcome]:
            return None
        return then.outcome

    def facts_changed(self, government: Government, now: Verdict) -> Iterator[Nearest]:
        law = self.decider.law_of(government)
        lifters = [e for e in law if e.effect is Effect.EXCEPT and any(p.is_lifted_by(e) for p in now.leading)]
        days = self.decider.days
        deciding = _with_behind(tests_of(p.scope for p in (*now.leading, *lifters)), self.given, days)
        every = _with_behind(tests_of(p.scope for p in law), self.given, days)
        candidates = sorted(_candidates(deciding, every, self.facts), key=lambda c: c.order)
        done: set[tuple[frozenset[str], bool]] = set()
        for c in candidates:
            # Of one fact the nearest value in each direction is enough.
            key = (frozenset(c.changes), c.upward)
            if key not in done and (outcome := self.loosened(government, now, c.changes)):
                done.add(key)
                yield Nearest(government.id, c.words, c.changes, now.outcome, outcome)
        if done:
            return
        pairs = itertools.combinations(candidates[:_PAIRED], 2)
        for one, two in sorted(pairs, key=lambda pair: (pair[0].order, pair[1].order)):
            columns_ = frozenset((*one.changes, *two.changes))
            if len(columns_) < len(one.changes) + len(two.changes) or (columns_, False) in done:
                continue
            both = {**one.changes, **two.changes}
            if outcome := self.loosened(government, now, both):
                done.add((columns_, False))
                yield Nearest(government.id, f"{one.words}, and {two.words}", both, now.outcome, outcome)


def _candidates(
    deciding: Mapping[str, Sequence[Test]], every: Mapping[str, Sequence[Test]], facts: Mapping[str, Value]
) -> Iterator[_Candidate]:
    if any(evaluate(t, facts) for name in _IDENTITY for t in deciding.get(name, ())):
        yield _another_end_user(facts)
    for name in deciding:
        column, given = columns()[name], facts.get(name)
        if name in _FIXED or name in _IDENTITY:
            continue
        if column.type == "number":
            yield from _figures(name, every[name], given)
        elif column.type == "flag":
            for value in (True, False) if given is None else (not given,):
                said = "" if given is not None else " (not given)"
                yield _Candidate(f"if {name} were {show(value)}{said}", {name: value}, 1 + (given is None))
        elif name in COUNTRY_COLUMNS and given is not None:
            yield from _elsewhere(name, deciding[name], every[name], str(given))
        elif name in _PARTY_WORDS and any(evaluate(t, facts) for t in deciding[name]):
            yield _Candidate(_PARTY_WORDS[name].format(given), {name: _ANOTHER}, 6)


def _figures(name: str, tests: Iterable[Test], given: Value | None) -> Iterator[_Candidate]:
    """The value on the other side of each test; on both sides where none is given."""
    values: dict[float, str] = {}
    for test in tests:
        if test.op not in ("<", "<=", ">", ">="):
            continue
        assert isinstance(test.value, float)
        limit, unit = test.value, _UNITS.get(name, "")
        low = (limit, "at most") if test.op in ("<=", ">") else (math.nextafter(limit, -math.inf), "below")
        high = (limit, "at least") if test.op in ("<", ">=") else (math.nextafter(limit, math.inf), "above")
        is_low = given is not None and (given < limit or (given == limit and test.op in ("<=", ">")))  # type: ignore[operator]
        for value, word in (low, high) if given is None else (high,) if is_low else (low,):
            values[value] = f"{name} {word} {limit:g}{unit}"
    for value, words in values.items():
        if value < 0:
            continue
        if given is None:
            yield _Candidate(f"{words} (not given)", {name: value}, 2)
        else:
            assert isinstance(given, float | int)
            distance = abs(value - given) / (abs(given) or 1.0)
            yield _Candidate(words, {name: value}, 0, distance, value > given)


def _elsewhere(name: str, deciding: Iterable[Test], tests: Iterable[Test], given: str) -> Iterator[_Candidate]:
    """A country outside every group tested that holds the one given."""
    sets = [(_set(test), test) for test in tests if _set(test)]
    inside = frozenset().union(*(names for names, _ in sets if given in names))
    groups = dict.fromkeys(t.said.removeprefix("in ") for t in deciding if t.said and given in _set(t))
    outside = sorted(set(load_catalog().countries) - inside - {"EU"})
    if not outside or not any(given in _set(test) for test in deciding):
        return
    tried = min(outside, key=lambda code: (sum(code in names for names, _ in sets), code))
    also = f" or elsewhere in {' or '.join(groups)}" if groups else ""
    rank = 7 if name in ("destination", "exporter_country") else 4
    yield _Candidate(_COUNTRY_WORDS[name].format(given) + also, {name: tried}, rank)


def _set(test: Test) -> frozenset[str]:
    if isinstance(test.value, frozenset):
        return test.value
    return frozenset((test.value,)) if test.op == "=" and isinstance(test.value, str) else frozenset()


def _another_end_user(facts: Mapping[str, Value]) -> _Candidate:
    """Another party in the same place: no list has it, and its seat stays."""
    changes: dict[str, Value | None] = {n: False if facts[n] is True else None for n in sorted(_IDENTITY & set(facts))}
    changes["end_user"] = _ANOTHER
    if (seat := facts.get(SEATS["end_user"])) is not None:
        changes[SEATS["end_user"]] = seat
    return _Candidate("another end user, on no list", changes, 5)


def _with_behind(
    tests: Mapping[str, Sequence[Test]], given: Mapping[str, Any], days: Days
) -> Mapping[str, Sequence[Test]]:
    """The tests with those of the definitions in place of columns that are derived."""
    found = {name: list(own) for name, own in tests.items()}
    for definition in reversed(definitions()):
        if definition.column not in found or given.get(definition.column) is not None or not definition.versions:
            continue
        version = next((v for v in reversed(definition.versions) if v.starts <= days.starts), None)
        del found[definition.column]
        for name, own in tests_of([expand(version.when, days)] if version else []).items():
            found.setdefault(name, []).extend(own)
    return found


def _days_moved(search: _Search, ledger: Ledger, government: Government, now: Verdict) -> Iterator[Nearest]:
    on, known_by = search.decider.regime.on, search.decider.regime.known_by
    days = sorted(_turns(ledger, now.leading, search.facts, known_by))
    earlier = ((f"before {day}", day - DAY) for day in reversed(days) if day <= on)
    later = ((f"from {day}", day) for day in days if day > on)
    for way in (earlier, later):
        for words, day in way:
            moved = _Search(search.given, Decider(ledger.on(day, known_by)))
            if outcome := moved.loosened(government, now, {}):
                yield Nearest(government.id, words, {"date": day}, now.outcome, outcome)
                break


def _turns(
    ledger: Ledger, leading: Iterable[Provision], facts: Mapping[str, Value], known_by: Day | None
) -> set[Day]:
    """The days on which a deciding measure, what lifts it, or a text that it rests on changes."""
    names = {name for p in leading for name in (p.id, p.measure.id)}
    lifting = [m for m in ledger if names & {*m.lifts, *(name for limb in m.limbs for name in limb.lifts)}]
    found: set[Day] = set(item_changes(load_catalog(), str(facts["item"]))) if "item" in facts else set()
    for measure in {m.id: m for m in (*(p.measure for p in leading), *lifting)}.values():
        for history in ledger.histories(known_by)[measure.id].values():
            found |= {span.starts for span in history.spans}
        found |= set(_days_of_text(measure))
    return found


def _days_of_text(measure: Measure) -> Iterator[Day]:
    for scope in (measure.when, *(limb.when for limb in measure.limbs)):
        if not isinstance(scope, str) and scope:
            yield from (parse_day(day) for day in scope)
        for text in (scope,) if isinstance(scope, str) else (scope or {}).values():
            tests = tests_of([expand(text, _ALWAYS)])
            yield from (t.value for t in tests.get("date", ()) if isinstance(t.value, dt.date))
            for definition in definitions():
                if definition.column in tests:
                    yield from (version.starts for version in definition.versions)


def _answer(decision: Decision, government: str) -> str | None:
    """The answer in one word, with the licence policy behind it."""
    own = decision.by_government.get(government)
    if own is None:
        return None
    return f"{own.label}:{own.review.value}" if own.review else own.label
