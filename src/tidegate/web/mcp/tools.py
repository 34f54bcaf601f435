"""Tools for assistants: every question of the register, and those of `own` that take a text and not an address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tidegate.errors import NotFoundError
from tidegate.web.describe import parameter_rows
from tidegate.web.mcp.answers import PAGING, Paging, enveloped
from tidegate.web.mcp.own import OWN, Progress
from tidegate.web.question import Question, Site, questions
from tidegate.web.reading import Mistake, MistakenError, read_address

__all__ = ["Tool", "call", "tools"]

_LONGEST = 220
"""Characters of a parameter's description: the tools are read by a program that pays for each word."""


@dataclass(frozen=True)
class Tool:
    """One tool. asks: the question behind it. work: answers with progress, for those that take long."""

    asks: Question[Any]
    work: Callable[[Site, Any, Progress], Mapping[str, Any]] | None = None

    @property
    def name(self) -> str:
        """The name, that of the question."""
        return self.asks.name

    @property
    def is_long(self) -> bool:
        """Whether it runs the supply model, for seconds to minutes."""
        return self.work is not None

    @property
    def description(self) -> str:
        """What it answers, as the page says it, with an example."""
        return f"{self.asks.about} Example: {dict(self.asks.examples[0])}"

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of its arguments: those of the question, and which part of the rows to show."""
        rows = parameter_rows(self.asks)
        properties = {
            row["name"]: {**row["schema"], "description": _short(row["description"])} for row in rows
        }
        assert not properties.keys() & PAGING.keys(), self.name
        return {
            "type": "object",
            "properties": {**properties, **PAGING},
            "required": [row["name"] for row in rows if row["required"]],
            "additionalProperties": False,
        }


@lru_cache(maxsize=1)
def tools() -> Mapping[str, Tool]:
    """Return every tool by name; a question with an address goes before a tool of the same name.

    What a page leaves to a job is no tool: `simulate` and `explain` wait for the model themselves.
    """
    own = {asks.name: Tool(asks, work) for asks, work in OWN}
    return {**own, **{name: Tool(asks) for name, asks in questions().items() if not asks.by_job}}


def call(
    name: str, arguments: Mapping[str, Any], site: Site, progress: Progress = lambda done, whole: None
) -> dict[str, Any]:
    """Return a tool's answer in its envelope, as `enveloped` describes it.

    Raises: NotFoundError: if there is no such tool, or nothing answers to a name. MistakenError: naming each
    argument that cannot be used. BadInputError: where nothing is asked.
    """
    tool = tools().get(name)
    if tool is None:
        raise NotFoundError(f"There is no tool '{name[:80]}'. Tools: {', '.join(tools())}.")
    given = dict(arguments)
    paging = Paging.of({key: given.pop(key) for key in PAGING if key in given})
    asked = read_address(tool.asks, _texts(given.items()), site)
    answer = tool.work(site, asked, progress) if tool.work else tool.asks.plain(site, asked)
    return enveloped(tool.asks, site, asked, answer, paging)


def _texts(given: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Arguments as an address would have them; null is as if not given, a list is one text with commas."""
    pairs, mistakes = [], []
    for name, value in given:
        if value is None:
            continue
        if isinstance(value, bool):
            pairs.append((name, "true" if value else "false"))
        elif isinstance(value, str | int | float):
            pairs.append((name, str(value)))
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            pairs.append((name, ",".join(value)))
        else:
            mistakes.append(Mistake(name, "A text, a number or a truth value is expected, not an object."))
    if mistakes:
        raise MistakenError(mistakes)
    return pairs


def _short(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " …"
