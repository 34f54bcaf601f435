"""The brief as one HTML page that needs nothing else: no script, no network, no other file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

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
    environment.filters["marked"] = _marked
    environment.filters["cited"] = _cited
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
    return environment.get_template("brief.html").render(brief=brief)


def write_page(brief: Brief, path: str | Path) -> Path:
    """Write the page to a file, whole or not at all.

    Raises: BadInputError: if the file cannot be written.
    """
    return write_whole(Path(path), render_page(brief))


def _marked(text: str, words: Iterable[str]) -> Markup:
    """Return the text with the words marked that speak of the measure."""
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    if not wanted:
        return escape(text)
    pattern = re.compile(rf"(?<!\w)({'|'.join(re.escape(word) for word in wanted)})(?!\w)")
    parts = pattern.split(text)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def _cited(source: str | None) -> Markup:
    """Return a source as a link where it has an address, else as text."""
    if not source:
        return Markup("")
    if re.match(r"https?://", source):
        host = re.sub(r"^https?://(?:www\.)?([^/]+).*$", r"\1", source)
        return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(source, host)
    return Markup("<cite>{}</cite>").format(source)
