"""The picture of a scenario: the quarterly paths of the largest effects, and all effects with their bands.

As a Vega-Lite chart (Altair), which a page can show as it is (`specification`), and as a file in which everything is
inlined. Charts of different units never share an axis.
"""

from __future__ import annotations

import io
import json
import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.errors import BadInputError, MissingExtraError
from tidegate.files import write_whole
from tidegate.supply.effects import Effects

if TYPE_CHECKING:
    import altair

__all__ = [
    "PICTURES",
    "check_picture",
    "need_altair",
    "picture",
    "specification",
    "write_chart",
    "write_picture",
]

PICTURES = (".html", ".svg", ".png")
"""Endings of the files that a picture can be written to."""

_PANELS = 6
_ROOM = 230
_LETTERS = 40
_BARS = 24
_UNITS = {
    "USD_bn": "billion USD a quarter", "log": "percent from the base year", "index": "index, base 1", "share": "share",
    "quarters": "quarters of base use", "percent": "percent", "points": "percentage points",
}  # fmt: skip
_COLOURS = {"baseline": "#8a8f98", "scenario": "#c2410c"}
_GROUPS = ("Companies", "Countries", "Going round through third countries")
_FIRST = (("imports", _GROUPS[1]), ("sales", _GROUPS[0]), ("detour", _GROUPS[2]), ("domestic", _GROUPS[1]))
"""Kinds of outcome, and whom they are of, that are drawn before others."""

_MENU = {"actions": {"export": True, "source": False, "compiled": False, "editor": False}}
"""What the menu of a page offers: to save the picture. The rest would lead to a site."""


def picture(effects: Effects, *, panels: int = _PANELS) -> altair.VConcatChart:
    """Return the chart of a scenario.

    panels: how many outcomes are drawn as quarterly paths, those with the largest effect first, of each kind at most
    two. Raises: MissingExtraError: if Altair is not installed. BadInputError: if there is nothing to draw.
    """
    alt = need_altair()
    if not effects.rows:
        raise BadInputError("There is no outcome to draw. Ask for one with --outcome.")
    chosen = _chosen(effects, panels)
    paths = [_path_panel(effects, name) for name in chosen]
    rows = [alt.hconcat(*paths[start : start + 2]) for start in range(0, len(paths), 2)]
    bars = [_bars(title, unit, own) for title, unit, own in _groups(effects)]
    wide = [
        alt.hconcat(*bars[start : start + 2]).resolve_scale(x="independent")
        for start in range(0, len(bars), 2)
    ]
    title = alt.Title(
        f"{effects.scenario}, against {effects.against}",
        subtitle=[
            f"{effects.first} to {effects.last}, {effects.draws} draws, seed {effects.seed}. "
            "Lines and bars: median; bands: 80 percent of draws.",
            "A model's answer under its assumptions, no forecast.",
        ],
        anchor="start",
    )
    chart: altair.VConcatChart = alt.vconcat(*rows, *wide, title=title).configure_view(stroke=None)
    return chart


def specification(effects: Effects, *, panels: int = _PANELS) -> dict[str, Any]:
    """Return the chart as a Vega-Lite specification, data inlined. Raises: as `picture`."""
    found: dict[str, Any] = json.loads(picture(effects, panels=panels).to_json())
    return found


def write_picture(effects: Effects, path: Path) -> Path:
    """Write the picture to an .html, .svg or .png file, whole or not at all; nothing in it needs the network.

    Raises: BadInputError: if the ending is another or the file cannot be written. MissingExtraError.
    """
    check_picture(path)
    return write_chart(picture(effects), path)


def check_picture(path: Path) -> None:
    """Raise BadInputError where a picture cannot be written to a file of that ending, before there is one."""
    if path.suffix.lower() not in PICTURES:
        raise BadInputError(f"{path}: a picture is written to {', '.join(PICTURES)}. Name the file so.")


def write_chart(chart: Any, path: Path) -> Path:  # noqa: ANN401
    """Write a chart of Altair's to an .html, .svg or .png file, whole or not at all. Raises: BadInputError."""
    check_picture(path)
    form = path.suffix.lower()
    if form == ".html":
        return write_whole(path, chart.to_html(inline=True, embed_options=_MENU))
    if form == ".svg":
        text = io.StringIO()
        chart.save(text, format="svg")
        return write_whole(path, text.getvalue())
    raw = io.BytesIO()
    chart.save(raw, format="png", ppi=144)
    return write_whole(path, raw.getvalue())


def need_altair() -> Any:  # noqa: ANN401
    """Return Altair. Raises: MissingExtraError: if it, or what draws its charts, is not installed."""
    try:
        import altair
        import vl_convert  # noqa: F401
    except ImportError:
        raise MissingExtraError("altair is not installed. Run: pip install 'tidegate[pictures]'") from None
    return altair


def _chosen(effects: Effects, count: int) -> list[str]:
    """Outcomes of many kinds before many of one kind: trade and firms first."""
    taken: dict[tuple[str, str], list[str]] = {}
    for row in effects.rows:
        if row["low"] or row["high"]:
            key = (row["outcome"].split(":")[0], _group_of(row["outcome"]))
            taken.setdefault(key, []).append(row["outcome"])
    first = [key for key in _FIRST if key in taken]
    order = [*first, *(key for key in taken if key not in first)]
    rounds = [name for turn in range(count) for key in order for name in taken[key][turn : turn + 1]]
    return rounds[:count] or [row["outcome"] for row in effects.rows[:count]]


def _path_panel(effects: Effects, name: str) -> Any:  # noqa: ANN401
    alt = need_altair()
    table = [row for row in effects.paths() if row["outcome"] == name]
    is_log = table[0]["unit"] == "log"
    values = [
        {"run": row["run"], "quarter": row["quarter"],
         **{k: 100 * math.expm1(row[k]) if is_log else row[k] for k in ("low", "median", "high")}}
        for row in table
    ]  # fmt: skip
    data = alt.Data(values=values)
    # Quarters are words, not days: a line from one to the next is drawn in their order.
    x = alt.X("quarter:O", title=None, sort=list(effects.quarters), axis=alt.Axis(labelAngle=-45))
    colour = alt.Color(
        "run:N", title=None, scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())),
        legend=alt.Legend(orient="top"),
    )  # fmt: skip
    base = alt.Chart(data, title=_title(table[0]["label"]), width=340, height=170)
    unit = _UNITS[table[0]["unit"]]
    band = base.mark_area(opacity=0.2).encode(
        x=x, y=alt.Y("low:Q", title=unit, scale=alt.Scale(zero=False)), y2="high:Q", color=colour
    )
    line = base.mark_line(point=True).encode(
        x=x, y=alt.Y("median:Q", title=unit), color=colour,
        tooltip=["run:N", "quarter:O", *(alt.Tooltip(f"{name}:Q", format=".3g") for name in ("median", "low", "high"))],
    )  # fmt: skip
    return alt.layer(band, line)


def _title(words: str) -> Any:  # noqa: ANN401
    """The title of a panel, over two lines where it is long: it must not run into the panel beside it."""
    return need_altair().Title(textwrap.wrap(words, 38), fontSize=12, anchor="start", frame="group")


def _groups(effects: Effects) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Outcomes by whom they are of and by unit, largest first, none empty."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in effects.rows:
        if not row["low"] and not row["high"]:
            continue
        found.setdefault((_group_of(row["outcome"]), row["unit"]), []).append(row)
    order = sorted(found, key=lambda key: (_GROUPS.index(key[0]), -len(found[key])))
    return [(group, unit, found[group, unit][:_BARS]) for group, unit in order]


def _group_of(name: str) -> str:
    kind, *parts = name.split(":")
    if kind in ("detour", "seized"):
        return _GROUPS[2]
    # Countries are written in capitals, companies small.
    is_company = kind in ("sales", "share", "price") and any(
        part.islower() for part in (parts[-1:] if kind == "price" else parts[:1])
    )
    return _GROUPS[0] if is_company else _GROUPS[1]


def _bars(group: str, unit: str, rows: Sequence[dict[str, Any]]) -> Any:  # noqa: ANN401
    alt = need_altair()
    labels = [textwrap.fill(row["label"], _LETTERS, max_lines=2, placeholder=" …") for row in rows]
    data = alt.Data(
        values=[
            {"label": label, **{k: row[k] for k in ("outcome", "effect", "low", "high")}}
            for label, row in zip(labels, rows, strict=True)
        ]
    )
    # The same room for names in every panel, so that panels stand under one another; a long name goes over two lines.
    raised = {"condition": {"test": "indexof(datum.label, '\\n') >= 0", "value": -6}, "value": 0}
    axis = alt.Axis(
        labelLimit=_ROOM, minExtent=_ROOM, maxExtent=_ROOM, labelExpr="split(datum.label, '\\n')", labelOffset=raised,
        labelFontSize=10,
    )  # fmt: skip
    y = alt.Y("label:N", title=None, sort=labels, axis=axis)
    step = 15 if all("\n" not in label for label in labels) else 27
    title = _title(f"{group}: change in {_UNITS.get(unit, unit)}")
    base = alt.Chart(data, title=title, width=280, height=alt.Step(step))
    tips = ["outcome:N", *(alt.Tooltip(f"{name}:Q", format="+.3g") for name in ("effect", "low", "high"))]
    bars = base.mark_bar(opacity=0.7).encode(
        x=alt.X("effect:Q", title=None), y=y, tooltip=tips,
        color=alt.condition("datum.effect < 0", alt.value("#b91c1c"), alt.value("#15803d")),
    )  # fmt: skip
    band = base.mark_rule(strokeWidth=1.5).encode(x=alt.X("low:Q", title=None), x2="high:Q", y=y)
    return alt.layer(bars, band)
