"""Stories in text and Markdown, with a front matter where there is one."""

from __future__ import annotations

import re
from typing import Any

from tidegate.claims.documents.document import Document, story
from tidegate.dates import Day, parse_day
from tidegate.errors import BadInputError, DocumentError, LedgerError
from tidegate.records import read_yaml_text

__all__ = ["given_day", "headline", "read_markdown", "read_text", "read_yaml_fields"]

_HEADLINE = 120
"""Characters of the longest first line that is taken for a headline."""

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)


def read_text(text: str, name: str) -> Document:
    """Return the story in a plain text; the lines stay as they are."""
    front, body = _split_front_matter(text, name)
    return _with_front(front, body, headline(body), name)


def read_markdown(text: str, name: str) -> Document:
    """Return the story in a Markdown text, without the markup."""
    front, body = _split_front_matter(text, name)
    title, body = _from_markdown(body)
    return _with_front(front, body, title, name)


def _with_front(front: dict[str, Any], body: str, title: str | None, name: str) -> Document:
    return story(
        name,
        body,
        title=front.get("title") or title,
        published=given_day(front, name),
        outlet=front.get("outlet"),
        url=front.get("url"),
    )


def headline(text: str) -> str | None:
    """Return the first line where it reads as a headline: short, not a sentence, and text follows."""
    lines = [line for line in (line.strip() for line in text.lstrip().split("\n", 50)) if line]
    if (
        len(lines) < 2
        or len(lines[0]) > _HEADLINE
        or lines[0].endswith((".", ",", ":", ";"))
        or "=" in lines[0]
    ):
        return None
    return lines[0]


def _from_markdown(text: str) -> tuple[str | None, str]:
    """Return the first heading and the text without markup, a line for each block."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(text)
    title: str | None = None
    lines = []
    for index, token in enumerate(tokens):
        if token.type == "inline":
            words = "".join(
                " " if child.type in ("softbreak", "hardbreak") else child.content
                for child in token.children or ()
                if child.type != "html_inline"
            )
            if title is None and index and tokens[index - 1].type == "heading_open":
                title = words
            lines.append(words)
        elif token.type in ("fence", "code_block"):
            lines.append(token.content)
    return title, "\n".join(lines)


def _split_front_matter(text: str, name: str) -> tuple[dict[str, Any], str]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    front = read_yaml_fields(match.group(1), name, "the front matter")
    return ({}, text) if front is None else (front, text[match.end() :])


def read_yaml_fields(text: str, name: str, what: str) -> dict[str, Any] | None:
    """Return the fields of a YAML mapping; None where the YAML is something else.

    Raises: DocumentError: if the YAML is broken.
    """
    try:
        fields = read_yaml_text(text, name)
    except LedgerError as error:
        raise DocumentError(f"{name}: {what} is broken: {error.problems[0].message}") from None
    return dict(fields) if isinstance(fields, dict) else None


def given_day(fields: dict[str, Any], name: str) -> Day | None:
    """Return the day a person wrote into a front matter or a sidecar: a slip there is an error."""
    written = fields.get("published") or fields.get("date")
    if written is None:
        return None
    try:
        return parse_day(str(written))
    except BadInputError as error:
        raise DocumentError(f"{name}: published: {error}") from None
