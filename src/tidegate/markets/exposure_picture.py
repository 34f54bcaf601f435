"""Exposure as a picture: a bar for each company, from the lowest to the highest share of revenue at risk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.charts import check_ending, load_altair, write_chart
from tidegate.errors import BadInputError
from tidegate.markets.company_exposure import Exposure
from tidegate.markets.exposure_change import ExposureChange

if TYPE_CHECKING:
    import altair

__all__ = ["exposure_chart", "write_exposure_picture"]

RECORD, SCENARIO = "on the record", "in the scenario"
_FROM_MEMORY = "share from memory"


def exposure_chart(found: Exposure | ExposureChange) -> altair.LayerChart:
    """Return the chart: a bar from low to high, a tick at the central estimate, those without a share left out.

    Raises: MissingExtraError: if Altair is not installed. BadInputError: if no share at risk is known.
    """
    alt = load_altair()
    told = {RECORD: found} if isinstance(found, Exposure) else {RECORD: found.before, SCENARIO: found.after}
    rows = [row for series, one in told.items() for row in _rows(series, one)]
    if not rows:
        raise BadInputError(
            "No share of revenue at risk is known, so there is nothing to draw. Ask of another day."
        )
    last = list(told.values())[-1]
    order = list(dict.fromkeys(row["name"] for row in rows))
    base = alt.Chart(alt.Data(values=rows), width=460)
    y = alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelLimit=260))
    offset = alt.YOffset("series:N", sort=list(told)) if len(told) > 1 else alt.Undefined
    x = alt.X("low:Q", title=f"percent of all revenue, in {last.destination}")
    colour = alt.Color(
        "series:N", title=None, scale=alt.Scale(domain=list(told), range=["#1d4ed8", "#c2410c"][: len(told)]),
        legend=alt.Legend(orient="top") if len(told) > 1 else None,
    )  # fmt: skip
    tips = ["name:N", "series:N", *(alt.Tooltip(f"{end}:Q", format=".1f") for end in ("low", "central", "high")),
            "revenue:N", "touched:N"]  # fmt: skip
    band = base.mark_bar(opacity=0.3, height=9 if len(told) > 1 else 14).encode(
        y=y, yOffset=offset, x=x, x2="high:Q", color=colour, tooltip=tips
    )
    middle = base.mark_tick(thickness=3, size=14).encode(
        y=y, yOffset=offset, x="central:Q", color=colour, tooltip=tips
    )
    unknown = sum(one.at_risk is None for one in last)
    what = ", ".join(last.measures) or "all measures that bind"
    title = alt.Title(
        f"Revenue at risk on {last.on}: {what}",
        subtitle=[
            "Bar: from what is stated, or nothing, to all revenue there. Tick: an estimate by assumed shares of products "
            "and buyers.",
            f"{unknown} companies are not drawn: too little is known of them. *: {_FROM_MEMORY}, not read in a source.",
        ],
        anchor="start",
    )
    chart: altair.LayerChart = alt.layer(band, middle).properties(title=title).configure_view(stroke=None)
    return chart


def write_exposure_picture(found: Exposure | ExposureChange, path: Path) -> Path:
    """Write the picture to an .html, .svg or .png file, whole or not at all. Raises: as `exposure_chart`."""
    check_ending(path)
    return write_chart(exposure_chart(found), path)


def _rows(series: str, found: Exposure) -> list[dict[str, Any]]:
    rows = []
    for one in found:
        if one.at_risk is None:
            continue
        share = one.share
        mark = " *" if share is not None and not share.verified else ""
        held = len(one.products) - one.count("free")
        revenue = f"{share.high:g} percent in {share.period}" if share else "not known"
        rows.append({
            "name": one.name + mark, "series": series, "low": one.at_risk.low, "central": one.at_risk.central,
            "high": one.at_risk.high, "revenue": revenue, "touched": f"{held} of {len(one.products)} products",
        })  # fmt: skip
    return rows
