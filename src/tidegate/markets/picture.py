"""The usual picture of an event study: the mean cumulative abnormal return around day 0, with its band.

The band is that of the mean under the residual variance of the estimation window, with the error of
prediction, widened for the correlation of the shares. A panel for each mean; the window that the numbers are
of is shaded.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.charts import check_ending, load_altair, write_chart
from tidegate.errors import BadInputError
from tidegate.markets.event_study import Study

if TYPE_CHECKING:
    import altair

__all__ = ["car_chart", "write_picture"]

MOST_PANELS = 12
_READINGS = {"only": "", "first": "day 0 the first session", "last": "day 0 the last session"}


def car_chart(study: Study, *, panels: int = MOST_PANELS) -> altair.VConcatChart:
    """Return the chart of a study. panels: at most so many means, those of the study's order.

    Raises: MissingExtraError: if Altair is not installed. BadInputError: if there is no path to draw.
    """
    alt = load_altair()
    names = list(dict.fromkeys((row["by"], row["name"]) for row in study.paths))
    if not names:
        raise BadInputError(
            "No share has returns over the whole path, so there is nothing to draw. Shorten --path."
        )
    # Where all means do not fit, the one over all comes first.
    shown = sorted(names, key=lambda key: key[0] != "all")[:panels] if len(names) > panels else names
    charts = [_panel(alt, study, *name) for name in shown]
    rows = [alt.hconcat(*charts[start : start + 2]) for start in range(0, len(charts), 2)]
    first, last = study.design.window
    more = f" {len(names) - len(shown)} further means are not drawn." if len(shown) < len(names) else ""
    title = alt.Title(
        "Cumulative abnormal return around the first session that could react",
        subtitle=[
            f"{_model(study)}, estimated over sessions {study.about['estimation']}; shaded: {first}..{last:+d}; "
            f"band: {study.about['level']:.0%}.{more}",
            "Grey: no abnormal return. What a price did is no proof of why.",
        ],
        anchor="start",
    )
    chart: altair.VConcatChart = alt.vconcat(*rows, title=title).configure_view(stroke=None)
    return chart


def write_picture(study: Study, path: Path) -> Path:
    """Write the picture to an .html, .svg or .png file, whole or not at all. Raises: as `car_chart`, and
    BadInputError.
    """
    check_ending(path)
    return write_chart(car_chart(study), path)


def _panel(alt: Any, study: Study, by: str, name: str) -> Any:  # noqa: ANN401
    values = [
        {**row, "run": _READINGS[row["reading"]] or "mean"}
        for row in study.paths
        if (row["by"], row["name"]) == (by, name)
    ]
    group = next(row for row in study.groups if (row["by"], row["name"]) == (by, name))
    firms = f"{group['firms']} share{'s' if group['firms'] > 1 else ''}"
    heading = [
        *textwrap.wrap(name, 44)[:2],
        f"day 0: {group['day0']}; {firms}, {group['dates']} day{'s' if group['dates'] > 1 else ''}",
    ]
    base = alt.Chart(
        alt.Data(values=values),
        width=330,
        height=170,
        title=alt.Title(heading, fontSize=12, anchor="start", frame="group"),
    )
    first, last = study.design.window
    shade = alt.Chart(alt.Data(values=[{"from": first - 0.5, "to": last + 0.5}])).mark_rect(
        color="#8a8f98", opacity=0.13
    )
    zero = alt.Chart(alt.Data(values=[{"at": 0}])).mark_rule(color="#8a8f98").encode(y="at:Q")
    x = alt.X("session:Q", title="sessions from day 0", axis=alt.Axis(format="d", tickMinStep=1))
    colour = alt.Color(
        "run:N",
        title=None,
        scale=alt.Scale(range=["#c2410c", "#1d4ed8"]),
        legend=None if len({row["run"] for row in values}) == 1 else alt.Legend(orient="top"),
    )
    tips = [
        "session:Q",
        *(alt.Tooltip(f"{key}:Q", format="+.2f") for key in ("caar_percent", "low_percent", "high_percent")),
        "firms:Q",
    ]
    band = base.mark_area(opacity=0.18).encode(
        x=x, y=alt.Y("low_percent:Q", title="percent"), y2="high_percent:Q", color=colour
    )
    line = base.mark_line(point=True).encode(
        x=x, y=alt.Y("caar_percent:Q", title="percent"), color=colour, tooltip=tips
    )
    return alt.layer(
        shade.encode(x=alt.X("from:Q", title="sessions from day 0"), x2="to:Q"), zero, band, line
    )


def _model(study: Study) -> str:
    return {
        "market": "Market model",
        "adjusted": "Return less that of the benchmark",
        "mean": "Constant mean",
        "factors": "Factor model",
    }[study.design.model]
