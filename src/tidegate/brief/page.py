"""The brief as one HTML page that needs nothing else: no script, no network, no other file."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

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
    return environment.get_template("brief.html").render(brief=brief)


def write_page(brief: Brief, path: str | Path) -> Path:
    """Write the page to a file, whole or not at all.

    Raises: BadInputError: if the file cannot be written.
    """
    return write_whole(Path(path), render_page(brief))
