"""Charts as files: a chart of the library in the type and colours of the site, as SVG, PNG or Vega-Lite."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tidegate.errors import MissingExtraError
from tidegate.tables import to_json

if TYPE_CHECKING:
    import altair

__all__ = ["FORMS", "draw"]

FORMS: Mapping[str, str] = {
    "svg": "image/svg+xml",
    "dark.svg": "image/svg+xml",
    "png": "image/png",
    "vl.json": "application/json",
}
"""The ends of an address under which a picture stands, with their media types."""

_TITLE, _SUBTITLE = 64, 88
"""Characters of a line of a title and of what stands below it."""

_FONT = "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif"
# The colours are those of static/tidegate.css.
_LIGHT = {"ink": "#16222b", "soft": "#52616c", "line": "#d9e0e4", "paper": "#ffffff"}
_DARK = {"ink": "#e6edf1", "soft": "#a3b2bc", "line": "#2c3a44", "paper": "#131c22"}
_ON_DARK = {
    "#16181d": "#e6edf1", "#111827": "#e6edf1", "#1d4ed8": "#6ea8fe", "#c2410c": "#fb8b4b", "#6b7280": "#a3b2bc",
    "#8a8f98": "#7d8b97",
}  # fmt: skip
"""Colours that charts name themselves and that a dark page swallows, each with the one that stands for it there."""
# Okabe and Ito's colours, which those who see fewer colours tell apart; the last three only where eight are too few.
_LINES = [
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
    "#7f7f7f",
    "#8466b5",
    "#a08000",
    "#5a7d9a",
]


def draw(chart: altair.TopLevelMixin | dict[str, Any], form: str) -> str | bytes:
    """Return a chart, or a Vega-Lite specification, in one of `FORMS`. No address is followed while it is drawn.

    Raises: MissingExtraError: if vl-convert is not installed.
    """
    try:
        import vl_convert
    except ImportError:
        raise MissingExtraError(
            "vl-convert is not installed. Run: pip install 'tidegate[pictures]'"
        ) from None
    spec = dict(chart) if isinstance(chart, dict) else chart.to_dict()
    if form == "dark.svg":
        text = json.dumps(spec)
        for dark, light in _ON_DARK.items():
            text = text.replace(f'"{dark}"', f'"{light}"')
        spec = json.loads(text)
    if isinstance(spec.get("title"), Mapping):
        spec["title"] = _wrapped(spec["title"])
    spec["config"] = {**spec.get("config", {}), **_config(_DARK if form == "dark.svg" else _LIGHT)}
    if form == "vl.json":
        return to_json(spec)
    closed: list[str] = []
    if form == "png":
        return bytes(vl_convert.vegalite_to_png(spec, scale=2, allowed_base_urls=closed))
    return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=closed))


def _wrapped(title: Mapping[str, Any]) -> dict[str, Any]:
    """A title whose lines do not run beyond the picture: its width does not follow them."""
    found = dict(title)
    for name, most in (("text", _TITLE), ("subtitle", _SUBTITLE)):
        lines = [found[name]] if isinstance(found.get(name), str) else found.get(name)
        if lines:
            found[name] = [part for line in lines for part in textwrap.wrap(line, most) or [""]]
    return found


def _config(colours: Mapping[str, str]) -> dict[str, Any]:
    ink, soft, line = colours["ink"], colours["soft"], colours["line"]
    return {
        "background": colours["paper"],
        "font": _FONT,
        # A browser's letters may be wider than those that the labels were measured with.
        "padding": {"left": 14, "right": 14, "top": 5, "bottom": 5},
        "view": {"stroke": None, "continuousWidth": 640},
        "axis": {
            "labelColor": soft, "titleColor": soft, "gridColor": line, "domainColor": line, "tickColor": line,
            "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 260,
        },
        "legend": {"labelColor": ink, "titleColor": soft, "labelFontSize": 12, "orient": "bottom", "columns": 3,
                   "titleFontWeight": "normal"},
        "header": {"labelColor": ink, "titleColor": soft, "labelFontSize": 13},
        "title": {"color": ink, "fontSize": 15, "anchor": "start", "subtitleColor": soft},
        "text": {"color": ink},
        "range": {"category": _LINES},
    }  # fmt: skip
