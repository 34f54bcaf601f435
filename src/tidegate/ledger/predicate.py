"""Scopes read as SQL predicates and checked against the vocabulary of transaction columns.

A scope is a boolean SQL expression over the columns of `data/vocabulary/columns.yaml`: comparisons,
IN, BETWEEN, IS NULL, AND, OR and NOT. Three functions stand after IN and take names of the catalog:

    destination IN GROUP('us:D:5')      members of a dated country group
    item IN CLASS('ai_chips')           an item class and everything under it
    eccn IN CODES('3B001', '3A090.a')   control-list entries and every paragraph under them
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp

from tidegate import data
from tidegate.errors import BadInputError
from tidegate.records import read_yaml_fast

__all__ = ["Column", "PredicateError", "columns", "parse_predicate", "predicate_names"]

FUNCTIONS = ("GROUP", "CLASS", "CODES")

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_LOGIC = (exp.And, exp.Or, exp.Not, exp.Paren)


class PredicateError(BadInputError):
    """A scope breaks a rule: `.rule` names it, `.message` says how, `.mend` what to do."""

    def __init__(self, rule: str, message: str, mend: str) -> None:
        self.rule, self.message, self.mend = rule, message, mend
        super().__init__(f"{message} {mend}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a transaction: its type is text, number, flag or date."""

    name: str
    type: str
    about: str
    source: str
    unit: str | None = None
    values: tuple[str, ...] = ()
    acts_when_known: bool = False
    """The law acts on this fact only once it is known or found: while it is not given, a test of it
    does not hold, and an answer that rests on that says so."""


@lru_cache(maxsize=1)
def columns() -> dict[str, Column]:
    """Return the vocabulary: every column of a transaction by name."""
    rows = read_yaml_fast(data.VOCABULARY / "columns.yaml")
    return {row["name"]: Column(**{**row, "values": tuple(row.get("values", ()))}) for row in rows}


@lru_cache(maxsize=2048)
def parse_predicate(text: str) -> exp.Expr:
    """Return the tree of a scope.

    Raises: PredicateError: if it is not one SQL predicate over the vocabulary.
    """
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        what = str(error).splitlines()[0]
        raise PredicateError("bad-scope", f"This is not SQL: {what}.", "Mend the expression.") from None
    if len(trees) != 1 or trees[0] is None:
        raise PredicateError("bad-scope", "One expression is expected.", "Join them with AND.")
    tree = trees[0]
    _check_logic(tree)
    return tree


def predicate_names(tree: exp.Expr) -> Iterator[tuple[str, str, str]]:
    """Yield the catalog names in a scope: (function, column, name) for each argument of a function."""
    for node in tree.find_all(exp.In):
        field = node.args.get("field")
        if isinstance(field, exp.Anonymous):
            for argument in field.expressions:
                yield str(field.this).upper(), node.this.name, argument.name


def _check_logic(node: exp.Expr) -> None:
    if isinstance(node, _LOGIC):
        for child in node.iter_expressions():
            _check_logic(child)
    elif isinstance(node, exp.Column):
        column = _column(node)
        if column.type != "flag":
            mend = "Compare it with a value."
            raise PredicateError("not-a-predicate", f"'{column.name}' is not true or false.", mend)
    elif isinstance(node, _COMPARISONS):
        _check_operands(_column(node.this), [node.expression])
    elif isinstance(node, exp.Between):
        _check_operands(_column(node.this), [node.args["low"], node.args["high"]])
    elif isinstance(node, exp.In):
        _check_in(node)
    elif isinstance(node, exp.Is):
        _column(node.this)
        if not isinstance(node.expression, exp.Null | exp.Boolean):
            raise PredicateError("not-a-predicate", "IS takes NULL, TRUE or FALSE.", "Use =.")
    elif not isinstance(node, exp.Null):
        what = node.sql(dialect="duckdb")
        mend = "Use comparisons, IN, BETWEEN, IS NULL, AND, OR and NOT."
        raise PredicateError("not-a-predicate", f"'{what}' is not allowed in a scope.", mend)


def _column(node: exp.Expr) -> Column:
    if not isinstance(node, exp.Column):
        what = node.sql(dialect="duckdb")
        raise PredicateError("not-a-predicate", f"'{what}' is not a column.", "Write the column first.")
    found = columns().get(node.name)
    if found is None:
        from rapidfuzz import process

        near = process.extractOne(node.name, list(columns()))
        mend = f"Did you mean '{near[0]}'? The columns are in docs/columns.md."
        raise PredicateError("unknown-column", f"'{node.name}' is no column.", mend)
    return found


def _check_operands(column: Column, operands: list[exp.Expr]) -> None:
    for operand in operands:
        value = operand.this if isinstance(operand, exp.Neg) else operand
        if not isinstance(value, exp.Literal):
            what = operand.sql(dialect="duckdb")
            raise PredicateError("wrong-literal", f"'{what}' is not a value.", "Write a text or a number.")
        is_number = not value.is_string
        if column.type == "flag" or is_number != (column.type == "number"):
            what = f"'{column.name}' is a {column.type} and is compared with {operand.sql()}."
            raise PredicateError("wrong-literal", what, f"Write a {column.type}.")
        if column.values and value.name not in column.values:
            mend = f"Its words are: {', '.join(column.values)}."
            raise PredicateError("wrong-literal", f"'{value.name}' is no {column.name}.", mend)


def _check_in(node: exp.In) -> None:
    column = _column(node.this)
    field = node.args.get("field")
    if field is None:
        if not node.expressions:
            raise PredicateError("not-a-predicate", "IN takes a list or a function.", "Write ('a', 'b').")
        _check_operands(column, node.expressions)
        return
    name = str(field.this).upper() if isinstance(field, exp.Anonymous) else field.sql()
    if name not in FUNCTIONS:
        mend = f"The functions are {', '.join(FUNCTIONS)}."
        raise PredicateError("unknown-function", f"'{name}' is no function of scopes.", mend)
    for argument in field.expressions:
        if not (isinstance(argument, exp.Literal) and argument.is_string):
            raise PredicateError("wrong-literal", f"{name} takes names in quotes.", "Quote it.")
