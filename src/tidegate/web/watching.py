"""Questions of a file, asked over the site's register, as `tidegate watch` does from a timer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tidegate.dates import Day
from tidegate.errors import NotFoundError
from tidegate.watch import Answer, Round, read_questions, run_round
from tidegate.web.follow import follow
from tidegate.web.question import Question, Site, questions

__all__ = ["question_of", "watch_questions"]

_TWIN = re.compile(r"\.(?:json|csv|atom)$")


def watch_questions(path: Path, site: Site, state: Path | None = None, *, tell_first: bool = False) -> Round:
    """Ask the questions of a file, tell what changed since the last time, and keep the answers.

    state: where answers are kept; without, beside the file as `NAME.state.json`. tell_first: tell also what is
    answered the first time.
    Raises: BadInputError: naming file and line, if a question cannot be asked or a way to tell cannot be used; nothing
    is asked, told or written then. Or if the state cannot be used.
    """

    def following(ask: str, values: Mapping[str, Any]) -> tuple[str, Callable[[Day], Answer]]:
        asks, given = question_of(ask)
        followed = follow(asks, [*given, *((key, _told(value)) for key, value in values.items())], site)
        return followed.address, followed.answer

    watched = read_questions(path, following)
    kept = state or path.with_name(f"{path.name}.state.json")
    return run_round(watched, kept, site.today(), site.digest, tell_first=tell_first)


def question_of(ask: str) -> tuple[Question[Any], list[tuple[str, str]]]:
    """Return the question of an address, of a page or a twin, or of a name; and what its parameters are.

    Raises: NotFoundError: if there is no such question.
    """
    if ask in questions():
        return questions()[ask], []
    parts = urlsplit(ask)
    path = _TWIN.sub("", parts.path)
    for asks in questions().values():
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(asks.path))
        found = re.fullmatch(pattern, path) or (re.fullmatch(re.escape(f"/{asks.name}"), path))
        if found and parts.path:
            inside = [(name, unquote(value)) for name, value in found.groupdict().items()]
            return asks, [*inside, *parse_qsl(parts.query, keep_blank_values=True)]
    raise NotFoundError(
        f"There is no such question. Names: {', '.join(questions())}; addresses: docs/web.md."
    )


def _told(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
