"""What a server sent back, taken apart without trusting any of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeGuard

import msgspec

from tidegate.claims.model.settings import ModelSettings
from tidegate.claims.model.usage import Usage
from tidegate.errors import TidegateError

__all__ = [
    "CutShortError",
    "MalformedError",
    "ModelError",
    "answer_in",
    "claims_in",
    "detail_in",
    "uncounted",
    "usage_in",
]

_MOST_TOKENS = 10**9
"""A count above this is no count."""


class ModelError(TidegateError):
    """The model gave no answer that can be used; the message reads on after 'the model NAME'."""


class MalformedError(ModelError):
    """An answer came that is not in the form asked for: it may be worth asking again."""


class CutShortError(ModelError):
    """The answer ends before its end: less text has to be asked about."""


@dataclass(frozen=True, slots=True)
class _Choice:
    message: Any
    finish: Any


def answer_in(body: bytes) -> str:
    """Return the text that the model wrote.

    Raises: MalformedError: if the body is not what the interface promises. CutShortError: if the server
        says that the answer met a limit of length. ModelError: if the model declined.
    """
    choice = _choice(_decode(body, "the body"))
    message = choice.message
    refusal = message.get("refusal")
    if (isinstance(refusal, str) and refusal.strip()) or choice.finish == "content_filter":
        raise ModelError("declined to read it")
    if choice.finish == "length":
        raise CutShortError("met its limit of length before the end of its answer")
    content = message.get("content")
    if isinstance(content, list):
        parts = [
            part.get("text") for part in content if isinstance(part, dict) and part.get("type") != "refusal"
        ]
        content = "".join(part for part in parts if isinstance(part, str))
    if not isinstance(content, str) or not content.strip():
        raise MalformedError("answered without any text")
    return content


def claims_in(text: str) -> list[Any]:
    """Return the claims that an answer lists, unchecked; any thoughts before and a fence around are left out.

    Raises: MalformedError: if the rest is not one whole JSON object with a list of claims. Nothing is saved
        from an answer that does not parse.
    """
    text = re.sub(r"\A\s*<think>.*?</think>", "", text, flags=re.DOTALL).strip()
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        text = text.partition("\n")[2].removesuffix("```")
    answer = _decode(text.encode("utf-8", "replace"), "the answer")
    claims = answer.get("claims") if isinstance(answer, dict) else answer
    if not isinstance(claims, list):
        raise MalformedError("answered without a list of claims")
    return claims


def usage_in(body: bytes, settings: ModelSettings) -> Usage:
    """Return what one answer used, by the server's own count; without a count it is marked as uncounted."""
    try:
        answer = _decode(body, "the body")
    except MalformedError:
        answer = None
    counts = answer.get("usage") if isinstance(answer, dict) else None
    counts = counts if isinstance(counts, dict) else {}
    tokens_in, tokens_out = counts.get("prompt_tokens"), counts.get("completion_tokens")
    if not (_is_count(tokens_in) and _is_count(tokens_out)):
        return uncounted(settings)
    cost = None
    if settings.price_in is not None and settings.price_out is not None:
        cost = (tokens_in * settings.price_in + tokens_out * settings.price_out) / 1e6
    return Usage(1, tokens_in, tokens_out, cost=cost)


def uncounted(settings: ModelSettings) -> Usage:
    """Return the usage of a request of which no count of tokens came back."""
    priced = settings.price_in is not None and settings.price_out is not None
    return Usage(1, uncounted=1, cost=0.0 if priced else None)


def detail_in(body: bytes, key: str | None) -> str:
    """Return what a server says of an error, in one short line without the key; empty if it says nothing."""
    try:
        answer = _decode(body, "the body")
    except MalformedError:
        return ""
    error = answer.get("error", answer) if isinstance(answer, dict) else None
    said = error.get("message") if isinstance(error, dict) else error
    if not isinstance(said, str):
        return ""
    if key:
        said = said.replace(key, "***")
    line = " ".join("".join(char if char.isprintable() else " " for char in said).split())
    return line if len(line) <= 200 else line[:199] + "…"


def _choice(answer: object) -> _Choice:
    choices = answer.get("choices") if isinstance(answer, dict) else None
    if not isinstance(choices, list) or not choices:
        raise MalformedError("answered without a choice")
    first = choices[0]
    message = first.get("message") if isinstance(first, dict) else None
    if not isinstance(message, dict):
        raise MalformedError("answered without a message")
    return _Choice(message, first.get("finish_reason"))


def _is_count(count: object) -> TypeGuard[int]:
    return type(count) is int and 0 <= count <= _MOST_TOKENS


def _decode(data: bytes, what: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        raise MalformedError(f"answered with {what} cut short or not in JSON") from None
