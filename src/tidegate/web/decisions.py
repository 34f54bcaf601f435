"""What a program sends to decide something: who it is, what it says, and how it is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tidegate.errors import BadInputError
from tidegate.web.access import Access, Visitor
from tidegate.web.describe import ERROR_SCHEMA
from tidegate.web.forms import check_form
from tidegate.web.story_upload import MOST_FORM, arriving, check_weight

__all__ = ["Endpoint", "refusals", "sent_by_program"]

Endpoint = Callable[[Request], Awaitable[Response]]

Sent = TypeVar("Sent", bound=msgspec.Struct)


def refusals(further: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Return how a decision is refused, as OpenAPI describes it. further: statuses of one's own, with their words."""
    words = {
        401: "No token, or a wrong one.",
        403: "The token may read and not write, or nothing is kept here.",
        413: "Too large.",
        422: "No decision; the answer names the mend.",
        429: "Too many wrong tokens.",
        **further,
    }
    return {
        status: {"description": words[status], "content": {"application/json": {"schema": ERROR_SCHEMA}}}
        for status in sorted(words)
    }


async def sent_by_program(request: Request, access: Access, kind: type[Sent]) -> tuple[Visitor, Sent]:
    """Return who sends a decision, who may write here, and what they decided.

    Raises: HTTPException: 401 or 403, before anything is received, if there is no store, they may not write, or a
        browser says who they are; 413 for a body that is too large. BadInputError: for one that is no decision.
    """
    visitor = await asyncio.to_thread(access.visitor, request)
    _ = access.to_write_to(), visitor.actor
    if visitor.is_ambient:
        raise HTTPException(403, "A program sends its token with the request: Authorization: Bearer TOKEN.")
    check_form(request, access, visitor, {})
    check_weight(request, MOST_FORM)
    try:
        async with arriving():
            return visitor, msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInputError(f"The body is no decision: {error}. See /api/openapi.json.") from None
