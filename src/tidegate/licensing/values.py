"""Values of a transaction as they are given: checked, in the type of their column, names put into ids."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from tidegate.catalog import load_catalog
from tidegate.catalog.catalog import Kind
from tidegate.dates import Day, parse_day
from tidegate.errors import BadInputError, NotFoundError
from tidegate.ledger.predicate import Column, columns
from tidegate.licensing.logic import Value

__all__ = ["FieldError", "is_country", "read_value"]

_YES, _NO = frozenset(("true", "yes", "1")), frozenset(("false", "no", "0"))


class FieldError(BadInputError):
    """One field of a transaction is not usable: `.field` names it, `.rule` the rule it breaks."""

    def __init__(self, field_name: str, rule: str, message: str) -> None:
        self.field, self.rule = field_name, rule
        super().__init__(f"{field_name}: [{rule}] {message}")


def read_value(name: str, raw: Any, unlisted: list[str] | None = None) -> Value | None:  # noqa: ANN401
    """Return a value of a column as its type has it; None where it is not given.

    unlisted: names that the catalog does not know are added here.
    Raises: FieldError: naming the field and the rule.
    """
    column = columns().get(name)
    if column is None:
        from rapidfuzz import process

        near = process.extractOne(name, list(columns()))
        raise FieldError(name, "unknown-column", f"There is no such column. Did you mean '{near[0]}'?")
    if (
        raw is None
        or (isinstance(raw, str) and not raw.strip())
        or (isinstance(raw, float) and math.isnan(raw))
    ):
        return None
    if column.type == "flag":
        return _flag(column, raw)
    if column.type == "number":
        return _number(column, raw)
    if column.type == "date":
        return _date(column, raw)
    if not isinstance(raw, str):
        raise FieldError(name, "wrong-type", f"{raw!r} is no text. Quote it.")
    return _text(column, raw.strip(), unlisted if unlisted is not None else [])


def is_country(name: str) -> bool:
    """Whether a column holds a country."""
    return columns()[name].unit == "ISO 3166-1 alpha-2"


def _flag(column: Column, raw: Any) -> bool:  # noqa: ANN401
    if isinstance(raw, bool):
        return raw
    text = str(raw).strip().casefold()
    if text in _YES or text in _NO:
        return text in _YES
    raise FieldError(column.name, "wrong-type", f"{raw!r} is neither true nor false.")


def _number(column: Column, raw: Any) -> float:  # noqa: ANN401
    try:
        number = float(raw)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(raw, bool) or not math.isfinite(number):
        unit = f" ({column.unit})" if column.unit else ""
        raise FieldError(column.name, "wrong-type", f"{raw!r} is no number{unit}.")
    if number < 0:
        raise FieldError(column.name, "out-of-range", f"{raw!r} is below zero.")
    if (column.unit or "").startswith("share") and number > 1:
        raise FieldError(
            column.name, "out-of-range", f"{raw!r} is above 1. Give a share, 0.25 for 25 percent."
        )
    return number


def _date(column: Column, raw: Any) -> Day:  # noqa: ANN401
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    try:
        return parse_day(str(raw))
    except BadInputError as error:
        raise FieldError(column.name, "bad-date", str(error)) from None


def _text(column: Column, text: str, unlisted: list[str]) -> str | None:
    name = column.name
    if column.values:
        if text not in column.values:
            words = ", ".join(column.values)
            raise FieldError(name, "unknown-word", f"'{text}' is no {name}. Words: {words}.")
        return text
    if is_country(name):
        return _found(name, text, "country")
    if column.unit in ("item id", "item class"):
        return _found(name, text, "item", unlisted)
    if column.unit == "party id":
        # A name that is none of the catalog's is known to be none of the parties that scopes name.
        return _found(name, text, "party", unlisted) or text
    return text


def _found(name: str, text: str, kind: Kind, unlisted: list[str] | None = None) -> str | None:
    """The id of a name; None where the catalog does not know it, which is noted."""
    catalog = load_catalog()
    found = catalog.find_all(text, kind)
    if len(found) == 1:
        return found[0].id
    if found:
        choices = ", ".join(sorted(match.id for match in found))
        raise FieldError(name, "ambiguous-name", f"'{text}' may be any of {choices}. Give the id.")
    if unlisted is None:
        try:
            catalog.find(text, kind)
        except NotFoundError as error:
            raise FieldError(name, f"unknown-{kind}", str(error)) from None
    else:
        unlisted.append(f"{name} '{text}'")
    return None
