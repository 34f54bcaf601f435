"""The tide gauge and the map of controls as Vega-Lite charts, which can be written as SVG or PNG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidegate.catalog.tiles import country_tiles
from tidegate.errors import MissingExtraError
from tidegate.licensing.control_map import ControlMap
from tidegate.licensing.tide import Tide

if TYPE_CHECKING:
    import altair

__all__ = ["map_chart", "tide_chart"]


def tide_chart(gauge: Tide, width: int = 640, height: int = 240) -> altair.LayerChart | altair.FacetChart:
    """Return the lines of a gauge over time, each with its band from the lowest to the highest reading.

    width, height: of the plot in pixels. Lines that never leave zero are left out.
    Raises: MissingExtraError: if Altair is not installed.
    """
    alt = _altair()
    rows: list[dict[str, object]] = []
    order: dict[str, bool] = {}
    for point in gauge.points:
        line = gauge.line_name(point)
        order[line] = order.get(line, False) or point.high > 0
        rows.append({
            "day": point.day.isoformat(), "line": line, "low": point.low, "high": point.high,
            "tightness": point.tightness, "measures": ", ".join(point.measures[:3]),
        })  # fmt: skip
    kept = [line for line, moves in order.items() if moves] or list(order)[:1]
    base = alt.Chart(alt.InlineData(values=[row for row in rows if row["line"] in kept])).encode(
        x=alt.X("day:T", title=None, axis=_days(gauge)),
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
    drawn: altair.LayerChart = alt.layer(band, line).properties(title=title, width=width, height=height)
    return drawn


def _days(gauge: Tide) -> altair.Axis:
    """Years alone where there are many months."""
    alt = _altair()
    yearly = alt.Axis(format="%Y", tickCount=alt.TimeIntervalStep(interval="year", step=1))
    axis: altair.Axis = yearly if len(gauge.days) > 36 else alt.Axis(format="%b %Y")
    return axis


def map_chart(
    found: ControlMap, government: str | None = None, goods: str | None = None
) -> altair.LayerChart:
    """Return how tight the controls toward each country are, a tile a country; free ones are left blank.

    government, goods: of one government or class alone. Raises: MissingExtraError: if Altair is not installed.
    """
    alt = _altair()
    tiles = country_tiles()
    rows = [
        {**row, "column": tiles[row["target"]][0], "row": tiles[row["target"]][1]}
        for row in found.scores(government, goods)
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("column:O", axis=None), y=alt.Y("row:O", axis=None)
    )
    tips = [alt.Tooltip(f"{name}:{kind}") for name, kind in (("name", "N"), ("low", "Q"), ("high", "Q"))]
    shade = alt.Color(
        "tightness:Q", title="0 free to 1 closed, middle of the band",
        scale=alt.Scale(domain=[0, 1], range=["#e8eef1", "#0b3c57"]),
    )  # fmt: skip
    box = base.mark_rect(cornerRadius=2, stroke="#8a98a2", strokeWidth=0.4).encode(color=shade, tooltip=tips)
    ink = alt.condition("datum.tightness > 0.45", alt.value("#ffffff"), alt.value("#16222b"))
    words = base.mark_text(fontSize=9).encode(text="target:N", color=ink)
    of = " and ".join(filter(None, (government, found.basket.classes.get(goods, goods) if goods else None)))
    title = f"Controls toward each country on {found.on}" + (f", {of}" if of else "")
    drawn: altair.LayerChart = alt.layer(box, words)
    return drawn.properties(title=title, width=alt.Step(24), height=alt.Step(20))


def _altair() -> Any:  # noqa: ANN401
    try:
        import altair
    except ImportError:
        raise MissingExtraError("altair is not installed. Run: pip install 'tidegate[pictures]'") from None
    return altair
