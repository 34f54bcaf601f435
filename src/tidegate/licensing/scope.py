"""From the text of a scope to logic over columns, for one day or for a stretch of days.

Here the names of the catalog are written out: country groups with their members of each day, item
classes, control-list codes with the parameters by which an item without a number is placed. Within a
stretch of days, what changes with time becomes a test of `date`.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from tidegate.catalog import Catalog, load_catalog
from tidegate.dates import Day
from tidegate.ledger.definitions import Entry, Version, entries
from tidegate.ledger.predicate import columns, parse_predicate
from tidegate.licensing.logic import (
    FALSE,
    UNKNOWN,
    Known,
    Node,
    Test,
    all_of,
    any_of,
    negate,
)

__all__ = ["DAY", "Days", "expand", "pieces"]

DAY = dt.timedelta(days=1)

_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_KINDS_OF_GROUP = {
    "A": ("chip", "memory", "computer", "part", "other"),
    "B": ("tool", "part"),
    "C": ("material",),
    "D": ("software",),
    "E": ("technology",),
}
"""Product groups of the Wassenaar-type lists: the letter after the category. 15 CFR 774."""

_OF_THE_ITEM = frozenset(("eccn", "eu_code", "nl_code", "gb_code", "my_code"))
"""Numbers of the item itself in lists of that build: another kind of item is in another group."""

_WHOLE_KIND = {"chip": "chips", "memory": "memory_chips", "tool": "wafer_fab_equipment"}
"""The class that holds every item of a kind; a tool outside chipmaking is of kind 'other'."""


@dataclass(frozen=True, slots=True)
class Days:
    """Days from `starts` to before `ends`."""

    starts: Day
    ends: Day

    @classmethod
    def of(cls, day: Day) -> Days:
        """Return the stretch that is one day."""
        return cls(day, day + DAY)

    def within(self, starts: Day | None, ends: Day | None) -> Days | None:
        """Return the part of the stretch between two days; None where there is none."""
        first = max(self.starts, starts or self.starts)
        last = min(self.ends, ends or self.ends)
        return Days(first, last) if first < last else None


def expand(text: str, days: Days) -> Node:
    """Return a scope as logic that is right on each of the days.

    Raises: PredicateError: if the text is no scope.
    """
    if days.ends - days.starts == DAY:
        # Between two changes of what it names a scope is the same on every day, and is written out once.
        changes = _changes_of(text)
        before = bisect_right(changes, days.starts)
        days = Days.of(changes[before - 1] if before else dt.date.min)
    return _expanded(text, days)


@lru_cache(maxsize=8192)
def _expanded(text: str, days: Days) -> Node:
    return _node(parse_predicate(text), days)


@lru_cache(maxsize=4096)
def _changes_of(text: str) -> tuple[Day, ...]:
    """The days on which the groups and the entries that a scope names change, in order."""
    found: set[Day] = set()
    for tree in parse_predicate(text).find_all(exp.In):
        field = tree.args.get("field")
        if not isinstance(field, exp.Anonymous):
            continue
        names = tuple(argument.name for argument in field.expressions)
        function = str(field.this).upper()
        if function == "GROUP":
            found.update(day for name in names for day in _changes(load_catalog(), name))
        elif function != "CLASS":
            for version in (
                v for name in names for e, _ in _entries(tree.this.name, name) for v in e.versions
            ):
                found.update(day for day in (version.starts, version.ends) if day)
                found.update(_changes_of(version.when))
    return tuple(sorted(found))


def pieces(days: Days, changes: Iterator[Day], value: Callable[[Day], Node]) -> Node:
    """Return what holds day by day as one tree: the value of each piece, tested by date.

    changes: days on which the value may change. value: what holds on a day.
    """
    cuts = sorted({days.starts, *(day for day in changes if days.starts < day < days.ends)})
    parts: list[tuple[Day, Node]] = []
    for cut in cuts:
        node = value(cut)
        if not parts or parts[-1][1] != node:
            parts.append((cut, node))
    if len(parts) == 1:
        return parts[0][1]
    ends = [start for start, _ in parts[1:]] + [None]
    return any_of(
        *(
            all_of(_dates(start if index else None, end), node)
            for index, ((start, node), end) in enumerate(zip(parts, ends, strict=True))
        )
    )


def _dates(starts: Day | None, ends: Day | None) -> Node:
    after = (Test("date", ">=", starts),) if starts else ()
    before = (Test("date", "<", ends),) if ends else ()
    return all_of(*after, *before)


def _node(tree: exp.Expr, days: Days) -> Node:
    if isinstance(tree, exp.Paren):
        return _node(tree.this, days)
    if isinstance(tree, exp.And):
        return all_of(_node(tree.left, days), _node(tree.right, days))
    if isinstance(tree, exp.Or):
        return any_of(_node(tree.left, days), _node(tree.right, days))
    if isinstance(tree, exp.Not):
        return negate(_node(tree.this, days))
    if isinstance(tree, exp.Null):
        return UNKNOWN
    if isinstance(tree, exp.Is):
        return _is(tree)
    if isinstance(tree, exp.Column):
        return _acting(tree.name, Test(tree.name, "flag"))
    if isinstance(tree, exp.In):
        return _in(tree, days)
    if isinstance(tree, exp.Between):
        column = tree.this.name
        low = Test(column, ">=", _literal(column, tree.args["low"]))
        high = Test(column, "<=", _literal(column, tree.args["high"]))
        return _acting(column, all_of(low, high))
    column = tree.this.name
    value = _literal(column, tree.expression)
    if isinstance(tree, exp.NEQ):
        return _acting(column, negate(Test(column, "=", value)))
    return _acting(column, Test(column, _OPERATORS[type(tree)], value))


def _acting(column: str, node: Node) -> Node:
    """Wrap a test of a column on which the law acts only when the fact is known."""
    return Known(node) if columns()[column].acts_when_known else node


def _is(tree: exp.Is) -> Node:
    if isinstance(tree.expression, exp.Null):
        return negate(Test(tree.this.name, "given"))
    flag: Node = Test(tree.this.name, "flag")
    return Known(flag if tree.expression.this else negate(flag))


def _literal(column: str, tree: exp.Expr) -> str | float | Day:
    sign = -1.0 if isinstance(tree, exp.Neg) else 1.0
    text = (tree.this if isinstance(tree, exp.Neg) else tree).name
    kind = columns()[column].type
    if kind == "number":
        return sign * float(text)
    return dt.date.fromisoformat(text) if kind == "date" else text


def _in(tree: exp.In, days: Days) -> Node:
    column = tree.this.name
    field = tree.args.get("field")
    if not isinstance(field, exp.Anonymous):
        values = frozenset(item.name for item in tree.expressions)
        if columns()[column].type == "number":
            return _acting(column, any_of(*(Test(column, "=", float(value)) for value in sorted(values))))
        return _acting(column, Test(column, "in", values))
    function, names = str(field.this).upper(), tuple(argument.name for argument in field.expressions)
    if function == "GROUP":
        return _acting(column, any_of(*(_group(column, name, days) for name in names)))
    if function == "CLASS":
        return _class(column, names)
    return _codes(column, names, days)


def _group(column: str, name: str, days: Days) -> Node:
    catalog = load_catalog()

    def members(day: Day) -> Node:
        inside = catalog.members(name, day)
        return Test(column, "in", inside, f"in {name}") if inside else FALSE

    return pieces(days, _changes(catalog, name), members)


def _changes(catalog: Catalog, name: str) -> Iterator[Day]:
    group = catalog.groups[name]
    if group.starts:
        yield group.starts
    for spell in group.spells:
        yield from (day for day in (spell.starts, spell.ends) if day)
    for other in (*group.includes, *group.all_but):
        if other in catalog.groups:
            yield from _changes(catalog, other)


@lru_cache(maxsize=256)
def _class(column: str, names: tuple[str, ...]) -> Node:
    """Whether an item is of a class: by the catalog, else by `item_class`, else by its kind.

    An item given as a class stands for an unknown member of it: 'lithography' may be EUV or not. A measure
    that names products acts on what is known to be one of them, not on whatever is described otherwise.
    """
    catalog = load_catalog()
    inside = frozenset().union(*(catalog.items_in(name) for name in names))
    above = frozenset(part for name in names for part in catalog.classes_of(name)) - inside
    said = f"in the class {' or '.join(names)}"

    def among(test_column: str) -> Node:
        open_ = all_of(Test(test_column, "in", above, f"a class above {' or '.join(names)}"), UNKNOWN)
        own: Node = Test(test_column, "in", inside, said)
        return any_of(own, open_) if above else own

    if column != "item":
        return among(column)
    if all(catalog.items[name].sort_of_entry != "class" for name in inside):
        return all_of(Test("item", "given"), among("item"))
    kinds = frozenset(catalog.items[name].kind for name in inside)
    whole = frozenset(kind for kind in kinds if _WHOLE_KIND.get(kind) in inside)
    by_kind = any_of(
        Test("kind", "in", whole) if whole else FALSE,
        all_of(Test("kind", "in", kinds - whole), UNKNOWN) if kinds - whole else FALSE,
    )
    by_class = any_of(
        all_of(Test("item_class", "given"), among("item_class")),
        all_of(negate(Test("item_class", "given")), by_kind),
    )
    return any_of(
        all_of(Test("item", "given"), among("item")),
        all_of(negate(Test("item", "given")), by_class),
    )


def _codes(column: str, names: tuple[str, ...], days: Days) -> Node:
    """Whether an item is under a code: by the number given, else by the parameters of the entries."""
    above = frozenset(
        ".".join(parts[:length])
        for parts in (name.split(".") for name in names)
        for length in range(1, len(parts))
    ) - frozenset(names)
    open_ = negate(Test(column, "given"))
    if above:
        # A number above the paragraph asked for leaves the paragraph to the parameters.
        open_ = any_of(open_, Test(column, "in", above, f"above {' or '.join(names)}"))
    return any_of(
        all_of(Test(column, "given"), Test(column, "under", names)),
        all_of(open_, any_of(*(_by_parameters(column, name, days) for name in names))),
    )


def _by_parameters(column: str, code: str, days: Days) -> Node:
    found = _entries(column, code)
    letter = next((char for char in code if char.isalpha()), "")
    kinds = _KINDS_OF_GROUP.get(letter)
    guard = Test("kind", "in", frozenset(kinds)) if kinds and column in _OF_THE_ITEM else None
    if not found:
        return all_of(guard, UNKNOWN) if guard else UNKNOWN
    tests = any_of(*(_entry(entry, days, exact=exact) for entry, exact in found))
    return all_of(guard, tests) if guard else tests


def _entries(column: str, code: str) -> list[tuple[Entry, bool]]:
    """The entries that place an item under a code: those of the code, else those above it, which leave it open."""
    known = entries().get(column, {})
    found = [entry for key, entry in known.items() if key == code or key.startswith(f"{code}.")]
    if not found:
        found = [entry for key, entry in known.items() if code.startswith(f"{key}.")]
    return [(entry, entry.code.startswith(code)) for entry in found]


def _entry(entry: Entry, days: Days, *, exact: bool) -> Node:
    """The test of an entry; of one above the code asked for, being in it leaves the question open."""

    def on(day: Day) -> Node:
        version = _version(entry.versions, day)
        if version is None:
            return FALSE
        node = expand(version.when, days)
        return node if exact else all_of(node, UNKNOWN)

    changes = (day for v in entry.versions for day in (v.starts, v.ends) if day)
    return pieces(days, changes, on)


def _version(versions: tuple[Version, ...], day: Day) -> Version | None:
    holding = [v for v in versions if v.starts <= day and (v.ends is None or day < v.ends)]
    return max(holding, key=lambda version: version.starts, default=None)
