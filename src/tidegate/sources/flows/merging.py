"""Put the rows of several files into one table: sorted, each key once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError
from tidegate.sources.flows.model import COLUMNS
from tidegate.tables import need

if TYPE_CHECKING:
    import polars

__all__ = ["merged"]

_KEY = COLUMNS[:6]


def merged(rows: polars.DataFrame, names: Sequence[str]) -> tuple[polars.DataFrame, int]:
    """Return the rows in order of their key, each once, and how many said the same as another.

    rows: the columns of flows with `row` and `file`, a number in names. Raises: BadInputError: naming both rows where
    two say different things of one key.
    """
    pl = need("polars")
    rows = rows.sort(*_KEY, "file", "row")
    once = rows.unique(subset=list(COLUMNS), keep="first", maintain_order=True)
    twice = once.filter(pl.struct(_KEY).is_duplicated()) if once.height else once
    if len(twice):
        first, second = twice.rows(named=True)[:2]
        before, after = (f"{names[row['file']]}:{row['row']}" for row in (first, second))
        raise BadInputError(
            f"{after}: {_said(second)} has {_amounts(second)}, and {_amounts(first)} in {before}. Keep one of the two."
        )
    return once, len(rows) - len(once)


def _said(row: dict[str, object]) -> str:
    return f"{row['flow']} of {row['hs']}, {row['reporter']} with {row['partner']}, {row['period']} ({row['freq']})"


def _amounts(row: dict[str, object]) -> str:
    amounts = ", ".join(
        "no value"
        if row[name] is None and name == "value"
        else "no weight"
        if row[name] is None
        else f"{row[name]} {unit}"
        for name, unit in (("value", "USD"), ("kg", "kg"))
    )
    return (
        amounts
        + (f" ({row['valuation']})" if row["valuation"] else "")
        + (" (estimated)" if row["estimated"] else "")
    )
