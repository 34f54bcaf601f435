"""The law as a lot can feel it: on which days it is the same, in one ledger or in two.

A measure can bear on a shipment only if its scope may hold of what is plain of the shipment: what it is, what is done
with it, where it leaves and where it goes. So most changes of law leave most lots where they were, and most edits
of a scenario leave most lots of most days as the record has them. `Law.key` is the same for two days, or two ledgers,
where nothing that could bear on the lot differs: neither which measures bind, nor their texts, nor the groups,
list entries and definitions that those texts refer to, nor the numbers by which products are told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import msgspec

from tidegate.dates import Day, parse_day
from tidegate.kept import digest
from tidegate.ledger import Ledger
from tidegate.ledger.model import BINDING, Effect, Limb, Measure, Scope, Stage
from tidegate.licensing.bounds import bounds_of
from tidegate.licensing.layers import FactLayers
from tidegate.licensing.logic import And, Const, Known, Node, Not, Or, Test, Value, evaluate, walk
from tidegate.licensing.scope import DAY, Days, expand
from tidegate.licensing.values import read_value

__all__ = ["PLAIN", "Law", "Plain", "plain_facts", "without_history"]

PLAIN = (
    "kind",
    "activity",
    "exporter_country",
    "destination",
    "item",
    "item_class",
    "element",
    "end_user",
    "exporter",
)
"""Columns that most scopes begin with, and in which a value that is given is not replaced by one that follows from
others: but for a deemed export, of which there is no lot (`definitions.yaml`)."""

Plain = tuple[tuple[str, Value], ...]


def plain_facts(transaction: Mapping[str, Any]) -> Plain:
    """Return what of a transaction decides which measures can bear on it at all."""
    return tuple(
        (name, value)
        for name in PLAIN
        if transaction.get(name) is not None and (value := _read(name, transaction[name])) is not None
    )


@lru_cache(maxsize=4096)
def _read(name: str, raw: Value) -> Value | None:
    return read_value(name, raw)


@dataclass(frozen=True)
class _Part:
    """One measure, or one limb of it. content: digest of all of it but its history."""

    measure: Measure
    limb: str | None
    scope: Scope
    reviews: tuple[Scope, ...]
    content: bytes


@dataclass(frozen=True)
class Law:
    """The law of a ledger over a stretch of days. columns: those that the transactions asked about have."""

    ledger: Ledger
    days: Days
    columns: frozenset[str]
    known_by: Day | None = None

    @classmethod
    def over(
        cls, ledger: Ledger, days: Iterable[Day], columns: Iterable[str], known_by: Day | None = None
    ) -> Law:
        """Return the law from the first to the last of some days."""
        wanted = sorted(days)
        return cls(ledger, Days(wanted[0], wanted[-1] + DAY), frozenset(columns), known_by)

    def key(self, plain: tuple[Plain, ...], day: Day) -> bytes:
        """Return a digest of all law that could bear on shipments of which these facts are plain."""
        if (plain, day) not in self._keys:
            states = self._states(day)
            bearing = b"".join(states[index] for index in self._bearing(plain) if index in states)
            self._keys[plain, day] = digest(self._frame, _since(self._fact_cuts, day, self.days), bearing)
        return self._keys[plain, day]

    def bearing(self, plain: Iterable[tuple[Plain, ...]]) -> frozenset[str]:
        """Return the measures that could bear on any of some shipments."""
        return frozenset(
            self._parts[index].measure.id for facts in set(plain) for index in self._bearing(facts)
        )

    @cached_property
    def _keys(self) -> dict[Any, bytes]:
        return {}

    @cached_property
    def _memo(self) -> dict[Any, Any]:
        return {}

    @cached_property
    def _parts(self) -> tuple[_Part, ...]:
        found = []
        for measure in self.ledger:
            limbs: tuple[Limb | None, ...] = measure.limbs or (None,)
            for limb in limbs:
                scope = limb.when if limb else measure.when
                effect = (limb.effect if limb else None) or measure.effect
                if scope is None or effect is Effect.NONE:
                    continue
                reviews = (limb.reviews if limb else ()) or measure.reviews
                content = _content(measure)
                own = tuple(review.when for review in reviews)
                found.append(_Part(measure, limb.limb if limb else None, scope, own, content))
        return tuple(found)

    @cached_property
    def _frame(self) -> bytes:
        """What every answer rests on beside measures: whose law is asked, and the numbers of all scopes."""
        governments = ",".join(sorted({measure.jurisdiction for measure in self.ledger}))
        return digest(governments, repr(sorted(bounds_of(self.ledger).items())))

    @cached_property
    def _fact_cuts(self) -> tuple[Day, ...]:
        """Days on which definitions, or what the catalog says of an item, change."""
        layers = FactLayers(self.ledger, self.days, self.columns, "transactions", ())
        return tuple(sorted({day for tree in layers.trees() for day in _dates(tree)}))

    def _bearing(self, plain: tuple[Plain, ...]) -> tuple[int, ...]:
        """The places of the parts that could bear on any of some shipments."""
        if plain not in self._memo:
            self._memo[plain] = tuple(sorted({index for one in plain for index in self._bears_on(one)}))
        found: tuple[int, ...] = self._memo[plain]
        return found

    def _bears_on(self, plain: Plain) -> tuple[int, ...]:
        facts, may = dict(plain), _may(plain, self.days)
        # Most shipments differ in who buys: what cannot bear on the goods and the route is set aside once.
        route = tuple(pair for pair in plain if pair[0] in PLAIN[:4])
        places = range(len(self._parts)) if route == plain else self._bearing((route,))
        found = []
        for index in places:
            for text in _each(self._parts[index].scope):
                if text not in may:
                    may[text] = _may_hold(expand(text, self.days), facts)
                if may[text]:
                    found.append(index)
                    break
        return tuple(found)

    def _states(self, day: Day) -> dict[int, bytes]:
        """By the place of each part that binds on a day, or may: its content and the texts of the day."""
        if day not in self._memo:
            histories, found = self.ledger.histories(self.known_by), {}
            for index, part in enumerate(self._parts):
                span = histories[part.measure.id][part.limb].on(day)
                if span is None or not (span.stage in BINDING or span.stage is Stage.UNKNOWN):
                    continue
                texts = [_text_on(scope, day) for scope in (part.scope, *part.reviews)]
                since = (_since(self._cuts(text), day, self.days) if text else b"" for text in texts)
                binds = b"1" if span.stage in BINDING else b"?"
                starts = (str(_start_on(scope, day)).encode() for scope in (part.scope, *part.reviews))
                found[index] = digest(part.content, str(part.limb), binds, *starts, *since)
            self._memo[day] = found
        own: dict[int, bytes] = self._memo[day]
        return own

    def _cuts(self, text: str) -> tuple[Day, ...]:
        return _cuts_of(text, self.days)


@lru_cache(maxsize=4096)
def _may(plain: Plain, days: Days) -> dict[str, bool]:
    """What was found for each text, whichever ledger it stands in."""
    return {}


@lru_cache(maxsize=4096)
def _cuts_of(text: str, days: Days) -> tuple[Day, ...]:
    return tuple(sorted(set(_dates(expand(text, days)))))


def without_history(measure: Measure) -> Measure:
    """Return a measure with its texts alone: one that never binds."""
    limbs = tuple(msgspec.structs.replace(limb, history=(), scheduled=()) for limb in measure.limbs)
    return msgspec.structs.replace(measure, history=(), scheduled=(), limbs=limbs)


def _content(measure: Measure) -> bytes:
    """A digest of a measure without its history: of that, only how it stands on a day counts."""
    return digest(msgspec.msgpack.encode(without_history(measure)))


def _since(cuts: tuple[Day, ...], day: Day, days: Days) -> bytes:
    """The last day up to a day on which something changed, or the first of all."""
    return str(max((cut for cut in cuts if cut <= day), default=days.starts)).encode()


def _each(scope: Scope) -> Iterable[str]:
    return (scope,) if isinstance(scope, str) else scope.values()


def _start_on(scope: Scope, day: Day) -> str | None:
    if isinstance(scope, str):
        return ""
    return max((start for start in scope if parse_day(start) <= day), key=parse_day, default=None)


def _text_on(scope: Scope, day: Day) -> str | None:
    start = _start_on(scope, day)
    return scope if isinstance(scope, str) else scope[start] if start is not None else None


def _dates(tree: Node) -> Iterator[Day]:
    for node in walk(tree):
        if isinstance(node, Test) and node.column == "date":
            assert isinstance(node.value, Day)
            # 'up to a day' ends with that day, 'from it on' begins with it.
            yield node.value if node.op in (">=", "<") else node.value + DAY
            if node.op == "=":
                yield node.value


def _may_hold(node: Node, facts: Mapping[str, Value]) -> bool:
    """Whether a tree is not certainly false, whatever the facts that are not plain."""
    return _not_surely(node, facts, False)


def _not_surely(node: Node, facts: Mapping[str, Value], value: bool) -> bool:
    if isinstance(node, Test):
        return node.column not in facts or evaluate(node, facts) is not value
    if isinstance(node, And | Or):
        # A conjunction is false once one part is; a disjunction true once one part is.
        every: Callable[[Iterable[bool]], bool] = all if isinstance(node, And) is (value is False) else any
        return every(_not_surely(part, facts, value) for part in node.parts)
    if isinstance(node, Not):
        return _not_surely(node.part, facts, not value)
    if isinstance(node, Known):
        return _not_surely(node.part, facts, value)
    return not isinstance(node, Const) or node.value is not value
