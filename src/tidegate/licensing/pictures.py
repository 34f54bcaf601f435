"""The tide gauge as a picture: a Vega-Lite chart that a page can inline and that can be written as SVG or PNG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.errors import MissingExtraError
from tidegate.licensing.tide import ALL, BY, Tide

if TYPE_CHECKING:
    import altair

__all__ = ["tide_chart"]


def tide_chart(gauge: Tide, width: int = 640, height: int = 240) -> altair.LayerChart | altair.FacetChart:
    """Return the lines of a gauge over time, each with its band from the lowest to the highest reading.

    width, height: of the plot in pixels. Lines that never leave zero are left out.
    Raises: MissingExtraError: if Altair is not installed.
    """
    try:
        import altair as alt
    except ImportError:
        raise MissingExtraError("altair is not installed. Run: pip install 'tidegate[pictures]'") from None
    names = {"government": "government", "class": "goods", "instrument": "instrument"}
    rows: list[dict[str, object]] = []
    order: dict[str, bool] = {}
    for point in gauge.points:
        parts = [getattr(point, names[cut]) for cut in BY if cut in gauge.by]
        own = " (its own government)" if point.government == gauge.target else ""
        line = " / ".join(
            "all together" if part == ALL else gauge.basket.classes.get(part, part) for part in parts
        )
        order.setdefault(line + own, False)
        order[line + own] |= point.high > 0
        rows.append({
            "day": point.day.isoformat(), "line": line + own, "low": point.low, "high": point.high,
            "tightness": point.tightness, "measures": ", ".join(point.measures[:3]),
        })  # fmt: skip
    kept = [line for line, moves in order.items() if moves] or list(order)[:1]
    base = alt.Chart(alt.InlineData(values=[row for row in rows if row["line"] in kept])).encode(
        x=alt.X("day:T", title=None),
        color=alt.Color(
            "line:N",
            title=None,
            scale=alt.Scale(domain=kept),
            legend=alt.Legend(symbolOpacity=1, labelLimit=300),
        ),
    )
    band = base.mark_area(opacity=0.18, interpolate="step-before").encode(
        y=alt.Y("low:Q", title="tightness", scale=alt.Scale(domain=[0, 1])), y2="high:Q"
    )
    tips = [alt.Tooltip("day:T"), alt.Tooltip("line:N"), alt.Tooltip("low:Q"), alt.Tooltip("high:Q"),
            alt.Tooltip("measures:N")]  # fmt: skip
    line = base.mark_line(interpolate="step-before").encode(y=alt.Y("tightness:Q"), tooltip=tips)
    title = f"Controls toward {gauge.target}, on a fixed basket of {len(gauge.deals)} transactions"
    return alt.layer(band, line).properties(title=title, width=width, height=height)
