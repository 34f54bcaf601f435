"""What a reader sees who asks what cannot be answered: the field and the mend, or names that are near."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from tidegate.claims.store.errors import OvertakenError, StoreDownError
from tidegate.errors import BadInputError, NotFoundError, TidegateError
from tidegate.licensing import FieldError
from tidegate.web.headers import HEADERS
from tidegate.web.html import render
from tidegate.web.jobs import JobsFullError
from tidegate.web.question import Site, questions
from tidegate.web.reading import MistakenError

__all__ = ["add_errors", "error_answer", "http_error", "store_down"]

_log = logging.getLogger("tidegate.web")

_TITLES = {
    400: "This was not understood",
    401: "Who asks?",
    403: "Not from here",
    404: "Nothing answers to that name",
    405: "Not in this way",
    408: "Too slow",
    409: "Somebody was quicker",
    413: "Too large",
    422: "This cannot be asked",
    429: "Too many tries",
    503: "Busy",
}


def add_errors(app: FastAPI, site: Site) -> None:
    """Give every error one shape: a page for people, `{"error": ...}` for programs."""

    async def bad_input(request: Request, error: Exception) -> Response:
        return error_answer(request, site, 422, str(error), _fields(error))

    async def overtaken(request: Request, error: Exception) -> Response:
        return error_answer(request, site, 409, str(error))

    async def not_found(request: Request, error: Exception) -> Response:
        named = [word.strip("'.,:") for word in str(error).split()]
        measure = questions()["measure"]
        near = [(site.ledger[key].title, measure.address({"id": key})) for key in named if key in site.ledger]
        return error_answer(request, site, 404, str(error), near=near)

    async def missing_page(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code != 404:
            message = str(error.detail)
            allowed = (error.headers or {}).get("Allow")
            if error.status_code == 405 and allowed:
                message = f"This address does not take {request.method}. It takes {allowed}."
            return http_error(request, site, HTTPException(error.status_code, message, error.headers))
        near = _near(request.url.path, site)
        message = f"There is no page at {request.url.path[:200]}."
        return error_answer(request, site, 404, message, near=near)

    async def broken(request: Request, error: Exception) -> Response:
        # What went wrong is told in the log, not to whoever asked.
        answer = error_answer(
            request, site, 500, "The site could not answer. This is a fault of the program."
        )
        # It is sent from outside the middleware that adds them to every other answer.
        answer.headers.update(HEADERS)
        return answer

    async def full(request: Request, error: Exception) -> Response:
        return http_error(request, site, HTTPException(503, str(error), {"retry-after": "60"}))

    async def down(request: Request, error: Exception) -> Response:
        return store_down(request, site, error)

    app.add_exception_handler(BadInputError, bad_input)
    app.add_exception_handler(OvertakenError, overtaken)
    app.add_exception_handler(StoreDownError, down)
    app.add_exception_handler(JobsFullError, full)
    app.add_exception_handler(NotFoundError, not_found)
    app.add_exception_handler(TidegateError, bad_input)
    app.add_exception_handler(HTTPException, missing_page)
    app.add_exception_handler(Exception, broken)


def _fields(error: Exception) -> list[dict[str, str]]:
    if isinstance(error, MistakenError):
        return [mistake.row() for mistake in error.mistakes]
    if isinstance(error, FieldError):
        return [{"field": error.field, "message": str(error).removeprefix(f"{error.field}: ")}]
    return []


def http_error(request: Request, site: Site, error: HTTPException) -> Response:
    """Return an error of HTTP in its one shape, with the headers that go with it."""
    answer = error_answer(request, site, error.status_code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def store_down(request: Request, site: Site, error: Exception) -> Response:
    """Return what is told where the database fails. Where it lies, and why it failed, is for the log alone."""
    _log.error("%s", error)
    words = "The store cannot be reached right now. Try again in a minute."
    return http_error(request, site, HTTPException(503, words, {"retry-after": "60"}))


def error_answer(
    request: Request, site: Site, status: int, message: str, fields: Sequence[dict[str, str]] = (),
    near: Sequence[tuple[str, str]] = (),
) -> Response:  # fmt: skip
    """Return an error in its one shape. near: titles and addresses of pages that may have been meant."""
    path = request.url.path
    if path.startswith("/api/") or path == "/mcp" or path.endswith((".json", ".csv", ".atom")):
        body: dict[str, Any] = {"error": {"status": status, "message": message, "fields": list(fields)}}
        return JSONResponse(body, status_code=status)
    page = render(
        "error.html", site, asks=None, status=status, title=_TITLES.get(status, "An error"), message=message,
        fields=fields, near=near,
    )  # fmt: skip
    return HTMLResponse(page, status_code=status, headers={"cache-control": "no-store"})


def _near(path: str, site: Site) -> list[tuple[str, str]]:
    """Return pages with an address close to one that leads nowhere: title and address."""
    from rapidfuzz import process

    pages = {asks.path: asks.title for asks in questions().values() if not asks.in_path}
    pages |= {questions()["measure"].address({"id": m.id}): m.title for m in site.ledger}
    found = process.extract(path[:200], list(pages), limit=5, score_cutoff=60)
    return [(pages[address], address) for address, _, _ in found]
