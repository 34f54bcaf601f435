"""Three-valued logic over the columns of a transaction: what a scope becomes before it is decided.

A scope of the ledger is expanded (`tidegate.licensing.scope`) into a tree of the six node types below.
The tree is evaluated row by row here and turned into SQL in `tidegate.licensing.sql`; both follow
Kleene's logic, which is that of SQL: a fact that is not given is None, and None stays None unless the
other side of an AND or OR decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = [
    "FALSE",
    "TRUE",
    "UNKNOWN",
    "And",
    "Clause",
    "Const",
    "Facts",
    "Known",
    "Node",
    "Not",
    "Or",
    "Test",
    "Value",
    "all_of",
    "any_of",
    "clauses",
    "columns_of",
    "evaluate",
    "is_open",
    "negate",
    "residual",
    "walk",
]

Value = str | float | bool | dt.date
Facts = Mapping[str, Value | None]
Truth = bool | None


@dataclass(frozen=True, slots=True)
class Const:
    """True, False, or None where no fact that the vocabulary has could tell."""

    value: Truth


TRUE, FALSE, UNKNOWN = Const(True), Const(False), Const(None)


@dataclass(frozen=True, slots=True)
class Test:
    """One column compared: `op` is =, <, <=, >, >=, in, under, flag or given.

    value: a text, number or day; a frozenset for `in`; a tuple of codes for `under` (the code or a
    paragraph of it); None for `flag` and `given`.
    said: what a reader should see in place of the value, such as the name of a country group.
    """

    column: str
    op: str
    value: Value | frozenset[str] | tuple[str, ...] | None = None
    said: str | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    part: Node


@dataclass(frozen=True, slots=True)
class Known:
    """A part on which the law acts only when it is known: while it is open it does not hold."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction of two or more parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction of two or more parts."""

    parts: tuple[Node, ...]


Node = Const | Test | Not | Known | And | Or


@dataclass(frozen=True, slots=True)
class Clause:
    """One test as it came out: the column, what it is compared with, what was given, and the result."""

    column: str
    wanted: str
    given: Value | None
    holds: Truth

    def __str__(self) -> str:
        given = "not given" if self.given is None else show(self.given)
        sign = {True: "yes", False: "no", None: "open"}[self.holds]
        return f"{self.column} {self.wanted}: {given} ({sign})"


def all_of(*parts: Node) -> Node:
    """Return the conjunction, folded: FALSE if a part is FALSE, without the parts that are TRUE."""
    kept: list[Node] = []
    for part in parts:
        if part == FALSE:
            return FALSE
        if part != TRUE and part not in kept:
            kept += part.parts if isinstance(part, And) else (part,)
    return kept[0] if len(kept) == 1 else And(tuple(kept)) if kept else TRUE


def any_of(*parts: Node) -> Node:
    """Return the disjunction, folded: TRUE if a part is TRUE, without the parts that are FALSE."""
    kept: list[Node] = []
    for part in parts:
        if part == TRUE:
            return TRUE
        if part != FALSE and part not in kept:
            kept += part.parts if isinstance(part, Or) else (part,)
    return kept[0] if len(kept) == 1 else Or(tuple(kept)) if kept else FALSE


def negate(part: Node) -> Node:
    """Return the negation, folded."""
    if isinstance(part, Const):
        return Const(None if part.value is None else not part.value)
    return part.part if isinstance(part, Not) else Not(part)


def evaluate(node: Node, facts: Facts) -> Truth:
    """Return whether a tree holds of the facts: True, False, or None where a fact is missing."""
    if isinstance(node, Test):
        return _test(node, facts.get(node.column))
    if isinstance(node, And):
        result: Truth = True
        for part in node.parts:
            value = evaluate(part, facts)
            if value is False:
                return False
            if value is None:
                result = None
        return result
    if isinstance(node, Or):
        result = False
        for part in node.parts:
            value = evaluate(part, facts)
            if value is True:
                return True
            if value is None:
                result = None
        return result
    if isinstance(node, Not):
        value = evaluate(node.part, facts)
        return None if value is None else not value
    if isinstance(node, Known):
        return evaluate(node.part, facts) is True
    return node.value


def is_open(node: Node, facts: Facts) -> bool:
    """Whether a tree would be open if every fact that is not told were asked for: looks through `Known`."""
    return _asked(node, facts) is None


def _asked(node: Node, facts: Facts) -> Truth:
    if isinstance(node, Known):
        return _asked(node.part, facts)
    if isinstance(node, Not):
        value = _asked(node.part, facts)
        return None if value is None else not value
    if isinstance(node, And | Or):
        settles = isinstance(node, Or)
        result: Truth = not settles
        for part in node.parts:
            value = _asked(part, facts)
            if value is settles:
                return settles
            if value is None:
                result = None
        return result
    return evaluate(node, facts)


def residual(node: Node, facts: Facts, *, known: bool = True) -> Node:
    """Return what is left of a tree once the facts that are given have been put in.

    known: False looks through `Known`, so that the facts it takes as not told show as open.
    """
    if isinstance(node, Test):
        value = _test(node, facts.get(node.column))
        return node if value is None and facts.get(node.column) is None else Const(value)
    if isinstance(node, And):
        return all_of(*(residual(part, facts, known=known) for part in node.parts))
    if isinstance(node, Or):
        return any_of(*(residual(part, facts, known=known) for part in node.parts))
    if isinstance(node, Not):
        return negate(residual(node.part, facts, known=known))
    if isinstance(node, Known):
        if known:
            return Const(evaluate(node.part, facts) is True)
        return residual(node.part, facts, known=False)
    return node


def walk(node: Node) -> Iterator[Node]:
    """Yield a tree and every part of it, from the top down."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, And | Or):
            waiting.extend(reversed(part.parts))
        elif isinstance(part, Not | Known):
            waiting.append(part.part)


def columns_of(node: Node) -> Iterator[str]:
    """Yield the columns that a tree tests, each as often as it does."""
    return (part.column for part in walk(node) if isinstance(part, Test))


def clauses(node: Node, facts: Facts) -> tuple[Clause, ...]:
    """Return the tests that make a tree come out as it does, in the order of the text.

    Of a conjunction that fails only the first failing part is shown; of a disjunction that holds only
    the first that holds.
    """
    return tuple(dict.fromkeys(_clauses(node, facts)))


def _clauses(node: Node, facts: Facts) -> Iterator[Clause]:
    if isinstance(node, Test):
        given = facts.get(node.column)
        yield Clause(node.column, wanted(node), given, _test(node, given))
    elif isinstance(node, Not):
        for clause in _clauses(node.part, facts):
            holds = None if clause.holds is None else not clause.holds
            yield Clause(clause.column, f"not {clause.wanted}", clause.given, holds)
    elif isinstance(node, Known):
        yield from _clauses(node.part, facts)
    elif isinstance(node, And | Or):
        value = evaluate(node, facts)
        settles = isinstance(node, Or)
        for part in node.parts:
            own = evaluate(part, facts)
            if value is settles and own is value:
                yield from _clauses(part, facts)
                return
            if own is value or (value is not None and value is not settles):
                yield from _clauses(part, facts)


def wanted(test: Test) -> str:
    """Return the right-hand side of a test in words."""
    if test.said:
        return test.said
    if test.op == "flag":
        return "is true"
    if test.op == "given":
        return "is given"
    if isinstance(test.value, frozenset | tuple):
        names = sorted(test.value) if isinstance(test.value, frozenset) else test.value
        word = "under" if test.op == "under" else "in"
        more = f" and {len(names) - 4} more" if len(names) > 5 else ""
        return f"{word} {', '.join(names[:5] if not more else names[:4])}{more}"
    assert test.value is not None
    return f"{test.op} {show(test.value)}"


def show(value: Value) -> str:
    """Return a value as a reader would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return f"{value:,.10g}"
    return str(value)


def _test(test: Test, given: Value | None) -> Truth:
    op, value = test.op, test.value
    if op == "given":
        return given is not None
    if given is None:
        return None
    if op == "flag":
        return bool(given)
    if op == "in":
        return given in value  # type: ignore[operator]
    if op == "under":
        return any(given == code or str(given).startswith(f"{code}.") for code in value)  # type: ignore[union-attr]
    if op == "=":
        return given == value
    if op == "<":
        return given < value  # type: ignore[operator]
    if op == "<=":
        return given <= value  # type: ignore[operator]
    if op == ">":
        return given > value  # type: ignore[operator]
    return given >= value  # type: ignore[operator]
