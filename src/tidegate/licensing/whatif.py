"""What if: a decision with facts changed, beside the decision without.

>>> from tidegate.ledger import load_ledger
>>> ask = {"item": "h20", "activity": "export", "exporter_country": "US", "destination": "CN",
...        "end_user": "Alibaba", "end_user_us_listed": False}
>>> column, value = read_setting("item.tpp=6000")
>>> what_if(ask, load_ledger().on("2025-03-01"), {column: value}).differs
('US',)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tidegate import data
from tidegate.catalog import load_catalog
from tidegate.errors import NotFoundError
from tidegate.ledger.predicate import columns
from tidegate.ledger.regime import Regime
from tidegate.licensing.decide import Decider
from tidegate.licensing.decision import Decision
from tidegate.licensing.facts import by_words
from tidegate.licensing.logic import Value
from tidegate.licensing.nearest import Nearest, nearest
from tidegate.licensing.values import FieldError, read_value
from tidegate.records import read_yaml_fast

if TYPE_CHECKING:
    from tidegate.sources.ecfr import ControlList

__all__ = ["Nearest", "WhatIf", "describe", "nearest", "read_setting", "what_if"]


_PLACING = ("kind", "item_class", "element", "eccn", "for_item")
"""Facts that say what an item is where the catalog does not know its name."""


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


def what_if(
    transaction: Mapping[str, Any],
    regime: Regime,
    changes: Mapping[str, Any],
    chart: ControlList | None = None,
) -> WhatIf:
    """Return the decision with facts changed, beside the decision without.

    transaction, changes: facts by column of docs/columns.md; None takes a fact away.
    chart: the US control list, where the user has its files.
    Raises: FieldError: naming the field that is not usable; for `date`, which asks for another regime.
    """
    if "date" in changes:
        raise FieldError("date", "other-day", "A what-if keeps its day. Ask again with --on another day.")
    decider = Decider(regime, chart)
    before, after = decider(transaction), decider({**transaction, **changes})
    keys = sorted({*before.by_government, *after.by_government})
    differs = tuple(key for key in keys if _answer(before, key) != _answer(after, key))
    return WhatIf(dict(changes), before, after, differs)


def read_setting(text: str) -> tuple[str, Value | str | None]:
    """Return the column and the value of 'tpp=2000' or, as case files name it, 'item.tpp=2000'.

    A name of the catalog stays as written; nothing after the sign is None, a fact that is not given.
    Raises: FieldError: naming the field, the rule and the mend.
    """
    name, sign, raw = text.partition("=")
    name = name.strip()
    if not sign or not name:
        raise FieldError(text, "no-value", "This is no COLUMN=VALUE. Write tpp=2000; tpp= takes it away.")
    column = _column(name)
    # Read once for its errors; a text is kept as written, so that a name nobody knows can be told of.
    value = read_value(column, raw, [])
    is_text = column in columns() and columns()[column].type == "text"
    return column, (raw.strip() or None) if is_text else value


def describe(facts: Mapping[str, Any]) -> None:
    """Check that an item is in the catalog, or is placed by its name or by a fact given beside it.

    Raises: FieldError: naming items that are near.
    """
    name = facts.get("item")
    catalog = load_catalog()
    if not name or any(facts.get(column) for column in _PLACING) or catalog.find_all(str(name), "item"):
        return
    if by_words(str(name)).get("item_class"):
        return
    try:
        catalog.find(str(name), "item")
    except NotFoundError as error:
        from rapidfuzz import fuzz, process

        ids = process.extract(str(name).casefold(), list(catalog.items), scorer=fuzz.ratio, limit=3)
        close = [near[0] for near in ids]
        mend = f"Ids that are near: {', '.join(close)}. Or describe it: --set kind=chip --set tpp=2000."
        raise FieldError("item", "unknown-item", f"{error} {mend}") from None


def _column(name: str) -> str:
    group, dot, field = name.partition(".")
    fields = _fields()
    if dot and group in fields:
        return fields[group].get(field, field)
    if dot:
        groups = ", ".join(fields)
        raise FieldError(name, "unknown-group", f"There is no group '{group}'. Groups: {groups}.")
    return name


@lru_cache(maxsize=1)
def _fields() -> Mapping[str, Mapping[str, str]]:
    """How case files name columns, by group."""
    fields: Mapping[str, Mapping[str, str]] = read_yaml_fast(data.VOCABULARY / "case_fields.yaml")
    return fields


def _answer(decision: Decision, government: str) -> str | None:
    """The answer in one word, with the licence policy behind it."""
    own = decision.by_government.get(government)
    if own is None:
        return None
    return f"{own.label}:{own.review.value}" if own.review else own.label
