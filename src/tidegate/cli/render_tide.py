"""The tide gauge and the matrix of controls as text."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from tidegate.cli.render import console, footnotes, print_table
from tidegate.licensing.control_map import ControlMap
from tidegate.licensing.tide import ALL, BY, Point, Tide

__all__ = ["print_map", "print_tide", "sparkline"]

_BARS = "▁▂▃▄▅▆▇█"
_WIDE = 60
"""Months from which on a sparkline has one bar a quarter."""


def sparkline(values: Sequence[float]) -> str:
    """Return values from 0 to 1 as bars, one each; a dot where nothing is held."""
    return "".join(_BARS[min(int(value * len(_BARS)), len(_BARS) - 1)] if value else "·" for value in values)


def print_tide(gauge: Tide) -> None:
    """Print one line of bars for each line of the gauge, then what moved most."""
    step = 3 if len(gauge.days) > _WIDE else 1
    rows: list[dict[str, Any]] = []
    for _, group in itertools.groupby(gauge.points, key=lambda p: (p.government, p.goods, p.instrument)):
        points = list(group)
        # A line that never leaves zero says so only where it is the whole answer.
        if any(point.high for point in points) or not rows:
            rows.append(_row(gauge, points, step))
    first, last = next(iter(gauge.days)), list(gauge.days)[-1]
    unit = "a bar a quarter" if step == 3 else "a bar a month"
    print_table(
        f"Controls toward {gauge.target}, {first} to {last}, 0 free to 1 closed ({unit}, middle of the band)",
        [("line", "line"), (f"{first} to {last}", "bars"), ("from", "before"), ("to", "now"), ("tightest", "peak"),
         ("held of", "held"), ("decided most by", "measures")],
        rows,
    )  # fmt: skip
    out = console()
    out.print(
        "The band is what missing facts and unstated review policies leave open; docs/tide.md has the basket.",
        style="dim",
    )
    if gauge.target in gauge.governments:
        out.print(
            f"{gauge.target} is the target's own government: shown, not counted in 'all together'.",
            style="dim",
        )
    footnotes([], {**gauge.about(), "on": gauge.days[last].isoformat()})


def _row(gauge: Tide, points: Sequence[Point], step: int) -> dict[str, Any]:
    shown = points[::-1][::step][::-1]
    peak, last = max(points, key=lambda p: (p.tightness, p.high)), points[-1]
    return {
        "line": _name(gauge, last),
        "bars": sparkline([point.tightness for point in shown]),
        "before": _band(points[0]),
        "now": _band(last),
        "peak": f"{_band(peak)} in {peak.month}",
        "held": f"{sum(last.counts.values()) - last.counts['free']} of {sum(last.counts.values())}",
        "measures": list(last.measures[:2]),
    }


def _name(gauge: Tide, point: Point) -> str:
    cuts = {"government": point.government, "class": point.goods, "instrument": point.instrument}
    parts = [cuts[name] for name in BY if name in gauge.by]
    named = " / ".join("all together" if part == ALL else part for part in parts)
    return f"{named} (own)" if point.government == gauge.target else named


def _band(point: Point) -> str:
    if point.low == point.high:
        return f"{point.low:.2f}"
    return f"{point.low:.2f}-{point.high:.2f}"


def print_map(found: ControlMap) -> None:
    """Print a matrix: a row for each government and country, a column for each class of goods."""
    rows = []
    for (government, target), group in itertools.groupby(found.cells, key=lambda c: (c.government, c.target)):
        row: dict[str, Any] = {"government": government, "target": target}
        for cell in group:
            row[cell.goods] = f"{cell.how.replace('_', ' ')} ({cell.held}/{cell.deals}, {len(cell.measures)})"
        rows.append(row)
    columns = [("government", "government"), ("toward", "target")]
    columns += [(goods.replace("_", " "), goods) for goods in found.basket.classes]
    print_table(f"Who controls what toward whom on {found.on}", columns, rows)
    out = console()
    out.print(
        "Strictest answer (deals held/deals of the basket, measures that decide); empty: nothing is asked.",
        style="dim",
    )
    out.print("--json has the ids of the measures; docs/tide.md has the basket.", style="dim")
    footnotes([], found.about())
