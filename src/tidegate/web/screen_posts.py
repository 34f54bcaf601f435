"""What is sent to the screening page: that a hit is another party, or the listed one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tidegate.claims.clearances import VERDICTS, clearances, decision_about
from tidegate.errors import BadInputError
from tidegate.screening.answer import Screening
from tidegate.tables import to_json
from tidegate.web.access import Access, Visitor
from tidegate.web.decisions import Endpoint, refusals, sent_by_program
from tidegate.web.forms import check_form
from tidegate.web.question import Site, questions
from tidegate.web.reading import read_address
from tidegate.web.story_upload import received

__all__ = ["add_screening"]


class Sent(msgspec.Struct, forbid_unknown_fields=True):
    """A decision about a hit as a program sends it. name, country, identifier, on: the question it was a hit of."""

    name: str
    id: str
    verdict: str
    why: str
    country: str | None = None
    identifier: str | None = None
    on: str | None = None

    def asked(self) -> dict[str, str]:
        """Return what stands in the address of the question."""
        told = {"name": self.name, "country": self.country, "identifier": self.identifier, "on": self.on}
        return {name: value for name, value in told.items() if value}


_ERRORS = refusals({404: "The name has no such hit."})

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name", "id", "verdict", "why"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "description": "The name that was screened."},
        "id": {"type": "string", "description": "Id of the hit."},
        "verdict": {"type": "string", "enum": list(VERDICTS)},
        "why": {"type": "string", "description": "On what grounds."},
        "country": {"type": ["string", "null"], "description": "As it was asked."},
        "identifier": {"type": ["string", "null"], "description": "As it was asked."},
        "on": {"type": ["string", "null"], "description": "As it was asked."},
    },
}


def add_screening(app: FastAPI, site: Site, access: Access) -> None:
    """Give the site what the screening page takes by POST."""
    app.add_route("/screen/decide", _form(site, access), methods=["POST"], name="screen_decide")
    app.add_api_route(
        "/api/screen/decisions", _program(site, access), methods=["POST"], operation_id="clear",
        summary="Clear or confirm a hit", response_class=Response, tags=["screening"], status_code=201,
        description="Say that a hit is another party, or the listed one. Needs a token that may write. "
        "The answer comes once the decision is on disk.",
        openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _SCHEMA}}}},
        dependencies=[Depends(HTTPBearer(scheme_name="token", auto_error=False))],
        responses={201: {"description": "The answer with the decision."}, **_ERRORS},
    )  # fmt: skip


def _form(site: Site, access: Access) -> Endpoint:
    async def decide(request: Request) -> Response:
        visitor = await asyncio.to_thread(access.visitor, request)
        form = await received(request)
        try:
            check_form(request, access, visitor, form)
            sent = Sent(
                name=str(form.get("asked") or ""), id=str(form.get("id") or ""),
                verdict=str(form.get("verdict") or ""), why=str(form.get("why") or ""),
                country=str(form.get("country") or "") or None, identifier=str(form.get("identifier") or "") or None,
                on=str(form.get("on") or "") or None,
            )  # fmt: skip
        finally:
            await form.close()
        await asyncio.to_thread(_decide, site, access, visitor, sent)
        return RedirectResponse(questions()["screen"].address(sent.asked()), status_code=303)

    return decide


def _program(site: Site, access: Access) -> Endpoint:
    async def decide(request: Request) -> Response:
        visitor, sent = await sent_by_program(request, access, Sent)
        answer = await asyncio.to_thread(_decide, site, access, visitor, sent)
        location = {"location": questions()["screen"].address(sent.asked())}
        return Response(to_json(answer.to_dict()), 201, location, "application/json")

    return decide


def _decide(site: Site, access: Access, visitor: Visitor, sent: Sent) -> Screening:
    """Write a decision; return the answer as it stands after it."""
    (store, now), actor = access.to_write_to(), visitor.actor
    asks = questions()["screen"]
    given: Mapping[str, str] = sent.asked()
    answer = asks.answer(site, read_address(asks, list(given.items()), site))
    if answer is None:
        raise BadInputError("name: it is missing. Say which name was screened.")
    decision = decision_about(answer, sent.id, sent.verdict, who=actor.who, why=sent.why, at=now())
    store.decide(decision, via=actor.via)
    return clearances(store).mark(answer)
