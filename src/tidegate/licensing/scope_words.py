"""The scope of a measure in words: the tree of its SQL with each test as a short sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sqlglot import exp

from tidegate.catalog import load_catalog
from tidegate.ledger.predicate import columns, parse_predicate
from tidegate.licensing.logic import show

__all__ = ["Words", "in_words"]

_COMPARED: dict[type[exp.Expr], str] = {
    exp.EQ: "is", exp.NEQ: "is not", exp.GT: "above", exp.GTE: "at least", exp.LT: "below", exp.LTE: "at most",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """A part of a scope. joint: how its parts count: `all` or `any` of them; None for a single test.

    text: the test in words. column, about: what it tests, and what that column is.
    """

    text: str = ""
    joint: Literal["all", "any"] | None = None
    parts: tuple[Words, ...] = ()
    column: str | None = None
    about: str | None = None


@lru_cache(maxsize=1024)
def in_words(scope: str) -> Words:
    """Return a scope in words, in the order of its text.

    Raises: PredicateError: if the text is no scope.
    """
    return _words(parse_predicate(scope))


def _words(tree: exp.Expr, negated: bool = False) -> Words:
    if isinstance(tree, exp.Paren):
        return _words(tree.this, negated)
    if isinstance(tree, exp.Not):
        return _words(tree.this, not negated)
    if isinstance(tree, exp.And | exp.Or):
        # What does not hold of all does not hold of at least one, and the other way round.
        is_all = isinstance(tree, exp.And) is not negated
        parts = tuple(_words(part, negated) for part in _flat(tree, type(tree)))
        return Words(joint="all" if is_all else "any", parts=parts)
    return _test(tree, negated)


def _flat(tree: exp.Expr, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    inner = tree.this if isinstance(tree, exp.Paren) else tree
    if isinstance(inner, kind):
        yield from _flat(inner.args["this"], kind)
        yield from _flat(inner.args["expression"], kind)
    else:
        yield tree


def _test(tree: exp.Expr, negated: bool) -> Words:
    if isinstance(tree, exp.Null):
        return Words("a condition that no fact of the columns settles")
    name = tree.name if isinstance(tree, exp.Column) else tree.this.name
    column = columns()[name]
    head = name.replace("_", " ")
    unit = f" {column.unit}" if column.type == "number" and column.unit else ""
    does_not = "not " if negated else ""
    if isinstance(tree, exp.Column):
        text = f"{head}: {'no' if negated else 'yes'}"
    elif isinstance(tree, exp.Between):
        low, high = (_value(tree.args[end]) for end in ("low", "high"))
        text = f"{head} {does_not}from {low} to {high}{unit}"
    elif isinstance(tree, exp.In):
        text = f"{head} {does_not}{_among(tree)}"
    elif isinstance(tree, exp.Is):
        is_null = isinstance(tree.expression, exp.Null)
        told = "given" if negated == is_null else "not given"
        flag = "yes" if (tree.expression.sql().upper() == "TRUE") is not negated else "no"
        text = f"{head} is {told}" if is_null else f"{head}: {flag}"
    else:
        words = f"{does_not}{_COMPARED[type(tree)]}".replace("not is not", "is").replace("not is", "is not")
        text = f"{head} {words} {_value(tree.expression)}{unit}"
    return Words(text, column=name, about=column.about)


def _among(tree: exp.In) -> str:
    field = tree.args.get("field")
    if field is None:
        return f"one of {', '.join(_value(each) for each in tree.expressions)}"
    catalog = load_catalog()
    names = [argument.name for argument in field.expressions]
    function = str(field.this).upper()
    if function == "GROUP":
        labels = [catalog.groups[name].label if name in catalog.groups else name for name in names]
        return f"in {' or '.join(f'{label} ({name})' for label, name in zip(labels, names, strict=True))}"
    if function == "CLASS":
        labels = [catalog.items[name].name if name in catalog.items else name for name in names]
        return f"among {' or '.join(labels)}"
    return f"{' or '.join(names)}, or a paragraph of it"


def _value(node: exp.Expr) -> str:
    if isinstance(node, exp.Neg):
        return f"-{_value(node.this)}"
    if isinstance(node, exp.Literal) and not node.is_string:
        return show(float(node.this))
    return str(node.name)
