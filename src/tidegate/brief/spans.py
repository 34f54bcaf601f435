"""Spans: the pieces that a line of the brief is made of. Plain text, how it is meant, and where it leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tidegate.brief.word import host_of, link_of
from tidegate.catalog import load_catalog

__all__ = [
    "DOCS", "Span", "cited", "code", "count", "country", "measure", "more", "on_whose_word", "plain", "plain_text",
    "short", "soft", "stage", "strong", "text",
]  # fmt: skip

DOCS = "https://github.com/tidegate/tidegate/blob/main/docs/"
"""Where the documentation stands: equations and definitions behind the numbers."""

Span = dict[str, Any]
"""text; kind: soft, strong, code or stage (then `stage`), or nothing; href, measure or scenario: where it leads."""

LONGEST = 150
"""Characters of a note that a page shows; the record has it whole."""


def text(words: str) -> Span:
    """Return words as they are."""
    return {"text": words}


def soft(words: str) -> Span:
    """Return words that stand back."""
    return {"text": words, "kind": "soft"}


def strong(words: str) -> Span:
    """Return words that stand out."""
    return {"text": words, "kind": "strong"}


def code(words: str) -> Span:
    """Return a command or an id."""
    return {"text": words, "kind": "code"}


def cited(source: str, most: int = 70) -> Span:
    """Return a source: a link under the name of its host, or its words."""
    href = link_of(source)
    return {"text": host_of(href), "href": href, "kind": "soft"} if href else soft(short(source, most))


def measure(one: Mapping[str, Any]) -> Span:
    """Return the title of a measure. one: a row with `id` and `title`."""
    return {"text": one["title"], "kind": "strong", "measure": one["id"]}


def stage(word: str) -> Span:
    """Return a stage."""
    return {"text": plain(word), "kind": "stage", "stage": word}


def country(key: str) -> str:
    """Return the name of a country by its code."""
    found = load_catalog().countries.get(key)
    return found.name if found else key


def more(hidden: int, command: str) -> list[Span]:
    """Return how many lines of a list are left out, and the command that shows them; nothing where none are."""
    return [soft(f"and {hidden} more: "), code(command), text(" ")] if hidden > 0 else []


def on_whose_word(said: Mapping[str, Any]) -> list[Span]:
    """Return on whose word something stands, with the address, and what is against taking it for sure.

    said: a `tidegate.brief.day_record.Said` as plain values.
    """
    words = short(said["who"], 70)
    spans: list[Span] = [
        {"text": words, "href": said["href"], "kind": "soft"} if said["href"] else soft(words)
    ]
    if said["via"]:
        spans.append(soft(f", as quoted in {said['via'].removesuffix(' that quotes or dates the source')}"))
    if not said["verified"]:
        spans.append(strong(" ? not verified"))
    return spans


def plain(word: str) -> str:
    """Return a word of the vocabulary as one reads it."""
    return word.replace("_", " ")


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def short(words: str, most: int = LONGEST) -> str:
    """Return words on one line, cut where they are many."""
    words = " ".join(words.split())
    return words if len(words) <= most else words[: most - 2].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def plain_text(spans: Iterable[Span]) -> str:
    """Return the words of some spans, a source behind its words in brackets."""
    parts = []
    for span in spans:
        href = span.get("href")
        parts.append(f"{span['text']} <{href}>" if href else span["text"])
    return "".join(parts)
