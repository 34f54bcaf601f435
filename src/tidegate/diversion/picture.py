"""The picture of a trace: the route with widths before and after, and flows beside their expectation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.charts import check_ending, load_altair, write_chart
from tidegate.diversion.routes import BOTH
from tidegate.diversion.tracing import Trace
from tidegate.errors import BadInputError

if TYPE_CHECKING:
    import altair

__all__ = ["MOST_HUBS", "route_chart", "write_picture"]

MOST_HUBS = 6
_BEFORE, _AFTER = "#8a8f98", "#c2410c"
_PAPER, _INK = "#1d4ed8", "#16181d"


def route_chart(trace: Trace, *, hubs: int = MOST_HUBS) -> altair.VConcatChart:
    """Return the chart of a trace. hubs: at most so many routes, in the order of the table.

    Raises: MissingExtraError: if Altair is not installed. BadInputError: if no route has both flow and expectation.
    """
    alt = load_altair()
    shown = [row for row in trace.routes if row["in_ratio"] is not None][:hubs]
    if not shown:
        raise BadInputError("No country has a flow and an expectation, so there is nothing to draw.")
    parts = [_routes(alt, trace, shown)]
    for row in shown:
        panels = [_path(alt, trace, row, leg) for leg in ("in", "out") if row[f"{leg}_actual"] is not None]
        parts.append(alt.hconcat(*panels))
    about = trace.about
    chart: altair.VConcatChart = alt.vconcat(
        *parts,
        title=alt.Title(
            f"Trade round a control: {trace.control.title}",
            subtitle=[
                f"Window {about['window'][0][:7]} to {about['window'][1][:7]}, before: {about['before'][0][:7]} to "
                f"{about['before'][1][:7]}; in force {trace.control.since}.",
                "A rise is a pattern, no finding about a shipment: own demand, billing and baskets look the same.",
            ],
            anchor="start",
        ),
    ).configure_view(stroke=None)
    return chart


def write_picture(trace: Trace, path: Path) -> Path:
    """Write the picture to an .html, .svg or .png file, whole or not at all. Raises: as `route_chart`, and
    BadInputError.
    """
    check_ending(path)
    return write_chart(route_chart(trace), path)


def _routes(alt: Any, trace: Trace, rows: Sequence[Mapping[str, Any]]) -> Any:  # noqa: ANN401
    """Lines from controller over hubs to target; widths are USD a period before, and in the window."""
    spans = [_periods(trace, "before"), _periods(trace, "window")]
    lines, names = [], []
    own, aim = ", ".join(trace.control.controller), ", ".join(trace.control.target)
    middle = (len(rows) - 1) / 2
    for at, row in enumerate(rows):
        names.append({"x": 1.0, "y": at, "name": f"{row['hub']} {row['hs']}", "bold": row["verdict"] == BOTH})
        for leg, (start, end), (from_y, to_y) in (
            ("in", (0.08, 0.84), (middle, at)),
            ("out", (1.16, 1.92), (at, middle)),
        ):
            for when, key, span, nudge in (
                ("before", "before", spans[0], -0.13),
                ("in the window", "actual", spans[1], 0.13),
            ):
                if row[f"{leg}_{key}"] is not None:
                    lines.append(
                        {"x": start, "x2": end, "y": from_y + nudge, "y2": to_y + nudge, "when": when,
                         "millions": row[f"{leg}_{key}"] / span / 1e6, "leg": leg, "hub": row["hub"], "hs": row["hs"]}
                    )  # fmt: skip
    scale = alt.Scale(domain=[-0.15, 2.15])
    high = alt.Scale(domain=[len(rows) - 0.4, -0.6])
    base = alt.Chart(alt.Data(values=lines), width=700, height=60 + 46 * len(rows))
    rules = base.mark_rule(opacity=0.85).encode(
        x=alt.X("x:Q", axis=None, scale=scale),
        x2="x2:Q",
        y=alt.Y("y:Q", axis=None, scale=high),
        y2="y2:Q",
        strokeWidth=alt.StrokeWidth("millions:Q", title="USD m a period", scale=alt.Scale(range=[0.6, 16])),
        color=alt.Color(
            "when:N",
            title=None,
            scale=alt.Scale(domain=["before", "in the window"], range=[_BEFORE, _AFTER]),
            legend=alt.Legend(orient="top"),
        ),
        tooltip=["hub:N", "hs:N", "leg:N", "when:N", alt.Tooltip("millions:Q", format=",.2f")],
    )
    ends = [{"x": 0.0, "y": middle, "name": own, "bold": True}]
    if aim:
        ends.append({"x": 2.0, "y": middle, "name": aim, "bold": True})
    words = (
        alt.Chart(alt.Data(values=[*names, *ends]))
        .mark_text(fontSize=12, color=_INK)
        .encode(
            x=alt.X("x:Q", scale=scale),
            y=alt.Y("y:Q", scale=high),
            text="name:N",
            opacity=alt.condition("datum.bold", alt.value(1.0), alt.value(0.7)),
        )
    )
    return alt.layer(rules, words)


def _path(alt: Any, trace: Trace, row: Mapping[str, Any], leg: str) -> Any:  # noqa: ANN401
    values = [
        {
            **step,
            **{
                key: None if step[key] is None else step[key] / 1e6
                for key in ("actual", "expected", "low", "high")
            },
        }
        for step in trace.paths
        if (step["hs"], step["hub"], step["leg"]) == (row["hs"], row["hub"], leg)
    ]
    own, aim = ", ".join(trace.control.controller), ", ".join(trace.control.target)
    way = f"{own} to {row['hub']}" if leg == "in" else f"{row['hub']} to {aim}"
    base = alt.Chart(
        alt.Data(values=values),
        width=320,
        height=130,
        title=alt.Title(
            f"{way}, {row['hs']}: {row[f'{leg}_ratio'] or 0:.2f} times expected", fontSize=12, anchor="start"
        )
        if row[f"{leg}_ratio"] is not None
        else alt.Title(f"{way}, {row['hs']}: too small to say", fontSize=12, anchor="start"),
    )
    x = alt.X("period:T", title=None, axis=alt.Axis(format="%Y-%m", labelOverlap=True))
    band = base.mark_area(color=_PAPER, opacity=0.18).encode(
        x=x, y=alt.Y("low:Q", title="USD m"), y2="high:Q"
    )
    hoped = base.mark_line(color=_PAPER, strokeDash=[5, 3]).encode(x=x, y="expected:Q")
    line = base.mark_line(color=_AFTER, point={"size": 16, "color": _AFTER}).encode(
        x=x,
        y="actual:Q",
        tooltip=[
            "period:T",
            *(alt.Tooltip(f"{key}:Q", format=",.2f") for key in ("actual", "expected", "low", "high")),
        ],
    )
    force = (
        alt.Chart(alt.Data(values=[{"on": trace.control.since.isoformat()}]))
        .mark_rule(color=_INK, strokeDash=[2, 2])
        .encode(x="on:T")
    )
    return alt.layer(band, hoped, line, force)


def _periods(trace: Trace, span: str) -> int:
    first, last = trace.about[span]
    years = int(last[:4]) - int(first[:4])
    return years + 1 if trace.about["freq"] == "A" else years * 12 + int(last[5:7]) - int(first[5:7]) + 1
