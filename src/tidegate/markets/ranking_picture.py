"""The record of a ranking as a picture: correlation by month, what the best names made, how far they fell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tidegate.charts import check_ending, load_altair, write_chart
from tidegate.markets.ranking import Ranking

if TYPE_CHECKING:
    import altair

__all__ = ["record_chart", "write_picture"]

_COLOURS = {"top": "#c2410c", "equal weight": "#1d4ed8", "benchmark": "#6b7280"}
_YEAR = 12


def record_chart(ranking: Ranking) -> altair.VConcatChart:
    """Return the chart of a ranking's record. Raises: MissingExtraError: if Altair is not installed."""
    alt = load_altair()
    rows = _rows(ranking)
    proof = ranking.proof
    cost = proof.costs[0]
    charts = [_correlation(alt, ranking, rows), _worth(alt, ranking, rows), _falls(alt, ranking, rows)]
    title = alt.Title(
        ranking.verdict[0].partition(":")[0],
        subtitle=[
            ranking.verdict[0].partition(": ")[2],
            f"The top {proof.top} of {ranking.about['names']} names by {', '.join(ranking.about['factors'])}; returns "
            f"after {cost:g} basis points of each unit bought or sold.",
            "Names that left the universe before are missing. No advice."
            if not ranking.survivors.stated
            else "No advice.",
        ],
        anchor="start",
    )
    chart: altair.VConcatChart = alt.vconcat(*charts, title=title).configure_view(stroke=None)
    return chart


def write_picture(ranking: Ranking, path: Path) -> Path:
    """Write the picture to an .html, .svg or .png file, whole or not at all. Raises: as `record_chart`, and
    BadInputError.
    """
    check_ending(path)
    return write_chart(record_chart(ranking), path)


def _rows(ranking: Ranking) -> list[dict[str, Any]]:
    """The record by month, each beside the mean of its last twelve correlations."""
    rows = [dict(row) for row in ranking.record()["by_month"]]
    ic = ranking.proof.score.ic
    for at, row in enumerate(rows):
        part = ic[max(0, at - _YEAR + 1) : at + 1]
        row["year_ic"] = float(np.nanmean(part)) if at >= _YEAR - 1 and np.isfinite(part).any() else None
    return rows


def _correlation(alt: Any, ranking: Ranking, rows: list[dict[str, Any]]) -> Any:  # noqa: ANN401
    one = ranking.proof.score.skill
    base = alt.Chart(alt.Data(values=rows), width=640, height=150, title=_heading(alt, "Rank IC by month"))
    x = alt.X("month:T", title=None)
    layers = []
    if one.low is not None and one.high is not None:
        band = [{"low": one.low, "high": one.high, "mean": one.mean}]
        layers.append(
            alt.Chart(alt.Data(values=band))
            .mark_rect(color="#c2410c", opacity=0.18)
            .encode(y=alt.Y("low:Q", title="rank IC"), y2="high:Q")
        )
        layers.append(alt.Chart(alt.Data(values=band)).mark_rule(color="#c2410c").encode(y="mean:Q"))
    layers.append(
        base.mark_bar(color="#8a8f98", opacity=0.55, width=4).encode(
            x=x, y=alt.Y("score_ic:Q", title="rank IC"), tooltip=["month:N", "score_ic:Q", "names:Q"]
        )
    )
    layers.append(base.mark_line(color="#111827").encode(x=x, y="year_ic:Q"))
    told = (
        f"bars: each month; line: mean of {_YEAR} months; shaded: {ranking.proof.level:.0%} band of the mean"
    )
    return alt.layer(*layers).properties(title=_heading(alt, f"Rank IC by month ({told})"))


def _worth(alt: Any, ranking: Ranking, rows: list[dict[str, Any]]) -> Any:  # noqa: ANN401
    keys = {"top": "top_net_percent", "equal weight": "equal_net_percent"}
    if ranking.proof.benchmark is not None:
        keys["benchmark"] = "benchmark_percent"
    values = []
    for name, key in keys.items():
        worth: float | None = 1.0
        for row in rows:
            # Behind a month that is not known nothing is: the line ends there.
            gained = row[key]
            worth = None if worth is None or gained is None else worth * (1 + gained / 100)
            values.append({"month": row["month"], "held": _label(ranking, name), "worth": worth})
    return (
        alt.Chart(
            alt.Data(values=values),
            width=640,
            height=170,
            title=_heading(alt, "What 1 became, after costs (logarithmic)"),
        )
        .mark_line()
        .encode(
            x=alt.X("month:T", title=None),
            y=alt.Y("worth:Q", title="worth", scale=alt.Scale(type="log", nice=False)),
            color=_colour(alt, ranking, list(keys)),
            tooltip=["month:N", "held:N", alt.Tooltip("worth:Q", format=".2f")],
        )
    )


def _falls(alt: Any, ranking: Ranking, rows: list[dict[str, Any]]) -> Any:  # noqa: ANN401
    keys = {"top": "top_drawdown_percent", "equal weight": "equal_drawdown_percent"}
    values = [
        {"month": row["month"], "held": _label(ranking, name), "fall": row[key]}
        for name, key in keys.items()
        for row in rows
    ]
    return (
        alt.Chart(
            alt.Data(values=values),
            width=640,
            height=110,
            title=_heading(alt, "Below the highest so far, percent"),
        )
        .mark_line()
        .encode(
            x=alt.X("month:T", title="end of the month in which names were ranked"),
            y=alt.Y("fall:Q", title="percent"),
            color=_colour(alt, ranking, list(keys)),
        )
    )


def _heading(alt: Any, text: str) -> Any:  # noqa: ANN401
    return alt.Title(text, fontSize=12, anchor="start", frame="group")


def _label(ranking: Ranking, name: str) -> str:
    if name == "benchmark" and ranking.proof.benchmark is not None:
        return ranking.proof.benchmark[0]
    return f"top {ranking.proof.top}" if name == "top" else name


def _colour(alt: Any, ranking: Ranking, names: list[str]) -> Any:  # noqa: ANN401
    scale = alt.Scale(
        domain=[_label(ranking, name) for name in names], range=[_COLOURS[name] for name in names]
    )
    return alt.Color("held:N", title=None, scale=scale, legend=alt.Legend(orient="top"))
