"""A trace as text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tidegate.cli.render import console, print_table
from tidegate.diversion.discovery import LEG_METHOD
from tidegate.diversion.tracing import EXPLANATIONS, Trace

__all__ = ["print_trace"]

_MOST_ROWS = 25
_MOST_NOTES = 12


def print_trace(trace: Trace) -> None:
    """Print a row for each country and code, strongest first, and what the answer rests on."""
    about, control = trace.about, trace.control
    rows = [_row(row) for row in trace.routes[:_MOST_ROWS]]
    way = f"{', '.join(control.controller)} to {', '.join(control.target) or 'any target'}"
    print_table(
        f"{control.title}: {way}, in force {control.since}; window {about['window'][0][:7]} to "
        f"{about['window'][1][:7]}, before {about['before'][0][:7]} to {about['before'][1][:7]}",
        [
            ("hub", "hub"),
            ("code", "hs"),
            ("verdict", "verdict"),
            ("q", "q"),
            ("in, x expected", "in"),
            ("p (q)", "in_p"),
            ("out, x expected", "out"),
            ("p (q)", "out_p"),
            ("USD at stake", "money"),
            ("lag", "lag"),
            ("step in", "in_break"),
            ("step out", "out_break"),
            ("share in", "share"),
            ("price", "price"),
        ],
        rows,
    )
    out = console()
    if len(trace.routes) > _MOST_ROWS:
        out.print(f"{len(trace.routes) - _MOST_ROWS} more; --json or --format csv has all", style="dim")
    for one in about["models"]:
        missed = one["placebo_error"].get(one["model"])
        out.print(
            f"{one['hs']}, leg {one['leg']}: expected by {one['model']}"
            + (
                f", which half of the placebo windows missed by {math.exp(missed) - 1:.0%} or more."
                if missed
                else "."
            ),
            style="dim",
            markup=False,
        )
    alarms, method = about["placebo_alarms"], about["correction"]
    tested = f"{about['tests']} routes"
    if not about["tests"]:
        tested = f"{sum(row['in_p'] is not None for row in trace.routes)} single legs"
        method = LEG_METHOD.get(method, method)
    out.print(
        f"{tested} tested, corrected by {method} at {about['fdr']:g}. In {alarms['windows']} "
        f"placebo windows before the control the same procedure named {alarms['named']} of {alarms['asked']}, in "
        f"{alarms['windows_with_a_name']} windows.",
        markup=False,
    )
    for one in about["direct"]:
        if one["before"] is not None and one["after"] is not None:
            period = "month" if about["freq"] == "M" else "year"
            out.print(
                f"{way}, {one['hs']}: {_money(one['before'])} a {period} before, {_money(one['after'])} in the window.",
                markup=False,
            )
    for note in trace.notes[:_MOST_NOTES]:
        out.print(f"note: {note}", style="dim", markup=False)
    if len(trace.notes) > _MOST_NOTES:
        out.print(f"note: {len(trace.notes) - _MOST_NOTES} more; --json has all", style="dim")
    for line in EXPLANATIONS:
        out.print(line, style="dim", markup=False)


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "hub": row["hub"],
        "hs": row["hs"],
        "verdict": f"{row['verdict']}, because {row['because']}" if row["because"] else row["verdict"],
        "q": _chance(row["q"]),
        "in": _times(row["in_ratio"]),
        "in_p": _chances(row, "in"),
        "out": _times(row["out_ratio"]),
        "out_p": _chances(row, "out"),
        "money": _band(row) if row["money"] else None,
        "lag": None if row["lag"] is None else f"{row['lag']}",
        "in_break": _step(row, "in"),
        "out_break": _step(row, "out"),
        "share": f"{row['in_share_before']:.1%} to {row['in_share_after']:.1%}"
        if row["in_share_before"] is not None and row["in_share_after"] is not None
        else None,
        "price": _times(row["in_unit_value"]),
    }


def _band(row: Mapping[str, Any]) -> str:
    if row["money_low"] is None or row["money_high"] is None:
        return _money(row["money"])
    return f"{_money(row['money'])} ({_money(row['money_low'])} to {_money(row['money_high'])})"


def _step(row: Mapping[str, Any], leg: str) -> str | None:
    if row[f"{leg}_break_at"] is None:
        return None
    span = f"{row[f'{leg}_break_first'][:7]} to {row[f'{leg}_break_last'][:7]}"
    months, entry = row[f"{leg}_break_months"], row[f"{leg}_break_after"]
    return f"{row[f'{leg}_break_at'][:7]} ({span}), {months:+d} months" + (
        f", after {entry}" if entry else ""
    )


def _times(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _chance(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}" if value >= 0.001 else "<0.001"


def _chances(row: Mapping[str, Any], leg: str) -> str | None:
    p, q = (_chance(row[f"{leg}_{key}"]) for key in ("p", "q"))
    return None if p is None else f"{p} ({q})"


def _money(value: float) -> str:
    for size, word in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.1f} {word}"
    return f"{value:.0f}"
