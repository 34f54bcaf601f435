"""The brief as plain text: the layout of the page, wrapped, each source behind its words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tidegate.brief.day_page import day_page
from tidegate.brief.record import Brief
from tidegate.brief.spans import plain_text
from tidegate.brief.stories_page import stories_page

__all__ = ["render_text"]

_WIDE = 100


def render_text(brief: Brief) -> str:
    """Return the brief as text, lines of at most 100 characters but for addresses and commands."""
    lines: list[str] = []
    if brief.day:
        page = day_page(brief.day.to_dict())
        lines += [
            page["title"],
            "=" * len(page["title"]),
            *_wrapped(page["lead"]),
            *map("! {}".format, page["warnings"]),
        ]
        lines += _sections(page["sections"])
    if brief.stories or brief.failures or not brief.day:
        lines += _sections(stories_page(brief))
    if brief.day:
        lines += ["", *(line for run in page["foot"] for line in _wrapped(plain_text(run)))]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _sections(sections: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for section in sections:
        yield from ("", section["title"], "-" * len(section["title"]))
        for group in section["groups"]:
            if group["title"]:
                yield from ("", *_wrapped(group["title"]))
            for line in group["lines"]:
                yield from _wrapped(plain_text(line["spans"]), "- ", "  ")
                yield from _wrapped(plain_text(line["sub"]), "  ", "  ")
            yield from _wrapped(plain_text(group["notes"]), "  ", "  ")
            for row in group.get("table", ()):
                number = f"{row['value']:>9}  {row['band']}"
                yield f"  {row['what']:<62} {number:<34} {row['equation']['text']}; {row['source']['text']}"


def _wrapped(words: str, first: str = "", rest: str = "") -> list[str]:
    # An address that is cut leads nowhere.
    return textwrap.wrap(
        " ".join(words.split()), _WIDE, initial_indent=first, subsequent_indent=rest, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
