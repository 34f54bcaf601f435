"""The brief as one HTML page that needs nothing else: no script, no network, no other file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from tidegate.brief.day_page import day_page
from tidegate.brief.markup import cited, marked
from tidegate.brief.record import Brief
from tidegate.brief.show import FACTS, by_measure, by_words, label_counts, tally
from tidegate.brief.wording import label_words, when_words
from tidegate.files import write_whole

__all__ = ["render_page", "write_page"]


def render_page(brief: Brief) -> str:
    """Return the page as HTML text."""
    environment = Environment(
        loader=PackageLoader("tidegate.brief"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = marked
    environment.filters["cited"] = cited
    environment.filters |= {
        "basename": lambda path: Path(path).name,
        "by_measure": by_measure,
        "by_words": by_words,
        "fact": FACTS.__getitem__,
        "label": label_words,
        "labels": label_counts,
        "plain": lambda word: str(word).replace("_", " "),
        "sentence": lambda words: words[:1].upper() + words[1:],
        "tally": tally,
        "when": when_words,
    }
    page = day_page(brief.day.to_dict()) if brief.day else None
    return environment.get_template("brief.html").render(
        brief=brief, page=page, lead_to=_within(page) if page else None
    )


def _within(page: Mapping[str, Any]) -> Callable[[Mapping[str, Any], str | None], str | None]:
    """Return what leads from a span to the line of its measure on the same page, but not from that line itself."""
    lines = (line for section in page["sections"] for group in section["groups"] for line in group["lines"])
    anchors = {line["anchor"] for line in lines} - {None}

    def lead_to(span: Mapping[str, Any], own: str | None) -> str | None:
        measure = span.get("measure")
        return f"#d-{measure}" if measure in anchors and measure != own else None

    return lead_to


def write_page(brief: Brief, path: str | Path) -> Path:
    """Write the page to a file, whole or not at all.

    Raises: BadInputError: if the file cannot be written.
    """
    return write_whole(Path(path), render_page(brief))
