"""Charts as files: an Altair chart becomes a page, an SVG or a PNG in which everything is inlined."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from tidegate.errors import BadInputError, MissingExtraError
from tidegate.files import write_whole

__all__ = ["PICTURES", "check_ending", "load_altair", "write_chart"]

PICTURES = (".html", ".svg", ".png")
"""Endings of the files that a picture can be written to."""

_MENU = {"actions": {"export": True, "source": False, "compiled": False, "editor": False}}
"""What the menu of a page offers: to save the picture. The rest would lead to a site."""


def load_altair() -> Any:  # noqa: ANN401
    """Return Altair. Raises: MissingExtraError: if it, or what draws its charts, is not installed."""
    try:
        import altair
        import vl_convert  # noqa: F401
    except ImportError:
        raise MissingExtraError("altair is not installed. Run: pip install 'tidegate[pictures]'") from None
    return altair


def check_ending(path: Path) -> str:
    """Return the ending of a picture's file. Raises: BadInputError: if it is none of `PICTURES`."""
    form = path.suffix.lower()
    if form not in PICTURES:
        raise BadInputError(f"{path}: a picture is written to {', '.join(PICTURES)}. Name the file so.")
    return form


def write_chart(chart: Any, path: Path) -> Path:  # noqa: ANN401
    """Write a chart to an .html, .svg or .png file, whole or not at all; nothing in it needs the network.

    Raises: BadInputError: if the ending is another or the file cannot be written.
    """
    form = check_ending(path)
    if form == ".html":
        return write_whole(path, chart.to_html(inline=True, embed_options=_MENU))
    if form == ".svg":
        text = io.StringIO()
        chart.save(text, format="svg")
        return write_whole(path, text.getvalue())
    raw = io.BytesIO()
    chart.save(raw, format="png", ppi=144)
    return write_whole(path, raw.getvalue())
