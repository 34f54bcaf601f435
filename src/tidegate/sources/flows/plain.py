"""Plain tables of trade flows: one row a flow, under names that say what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError
from tidegate.sources.flows.cells import Cells
from tidegate.sources.flows.layout import Layout, Told
from tidegate.tables import need

if TYPE_CHECKING:
    import polars

__all__ = ["WORDS", "plain_table"]

WORDS = {
    "export": ("export", "exports", "x"),
    "import": ("import", "imports", "m"),
    "reexport": ("reexport", "re-export", "reexports", "re-exports", "rx"),
    "reimport": ("reimport", "re-import", "reimports", "re-imports", "rm"),
}
"""What flows are called in plain tables."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    "period": ("period", "period_dt", "date", "month", "time", "year"),
    "reporter": ("reporter", "reporter_code", "reporter_iso", "reporter_name"),
    "partner": ("partner", "partner_code", "partner_iso", "partner_name"),
    "flow": ("flow", "flow_code", "trade_flow"),
    "hs": ("hs", "hs6", "hs8", "hs10", "hs_code", "cmd_code", "commodity_code"),
    "value": ("value_usd", "value", "val"),
    "kg": ("kg", "weight_kg", "netweight_kg", "qty_kg", "qty"),
}
"""Columns of plain tables by what they hold, the better names first."""


def plain_table(cells: Cells, told: Told) -> Layout:
    """Return the layout of a plain table, one row a flow.

    Raises: BadInputError: naming the column that is missing and the mend.
    """
    pl = need("polars")
    names = {what: next((name for name in given if cells.has(name)), None) for what, given in _NAMES.items()}
    for what in ("period", "partner", "hs", "value"):
        if names[what] is None:
            raise BadInputError(f"{cells.name}:1: no column for {what} among {cells.shown()}. {_wanted()}")
    reporter, flow = names["reporter"], names["flow"]
    if reporter is None and told.reporter is None:
        raise BadInputError(f"{cells.name}:1: the file does not say who reported. Say it: reporter='CN'.")
    if flow is None and told.flow is None:
        raise BadInputError(
            f"{cells.name}:1: the file does not say which flow it holds. Say it: flow='export'."
        )
    notes: list[str] = []
    currency = _currency(cells, str(names["value"]), told)
    kg = _kilograms(cells, names["kg"], told, notes)
    words = {word: flow for flow, given in WORDS.items() for word in given}
    given = cells.text(flow).str.to_lowercase() if flow else pl.lit(told.flow)
    return Layout(
        "plain table",
        cells.rows(
            period=str(names["period"]),
            freq=cells.text("freq") if cells.has("freq") else None,
            reporter=cells.text(reporter) if reporter else pl.lit(told.reporter),
            partner=cells.text(str(names["partner"])),
            flow=given,
            hs=cells.text(str(names["hs"])),
            value=(str(names["value"]), 1),
            kg=kg,
            valuation=cells.text("valuation").str.to_uppercase() if cells.has("valuation") else None,
            estimated=cells.is_true("estimated"),
            currency=currency,
        ),
        words,
        is_strict=True,
        notes=notes,
    )


def _currency(cells: Cells, value: str, told: Told) -> polars.Expr | None:
    """What the rows must have in their column of currencies; None where the name of the column says US dollars."""
    if cells.has("currency"):
        found: polars.Expr = cells.text("currency").str.to_uppercase().fill_null("")
        return found
    if value.lower().endswith("usd"):
        return None
    if told.currency is None:
        raise BadInputError(
            f"{cells.name}:1: column '{value}' does not say its currency. Name it 'value_usd', add a column 'currency', "
            "or say it: currency='USD'."
        )
    return None


def _kilograms(cells: Cells, name: str | None, told: Told, notes: list[str]) -> tuple[str, float] | None:
    if name is None or "kg" in name.lower():
        return (name, 1) if name else None
    if told.unit is None:
        notes.append(f"Column '{name}' does not say its unit, so weights are left empty. Say it: unit='kg'.")
        return None
    return name, {"kg": 1, "t": 1000}[told.unit]


def _wanted() -> str:
    return (
        "Give period, reporter, partner, flow, hs, value_usd and kg; or a file of UN Comtrade, BACI, the US Census "
        "or Taiwan's customs."
    )
