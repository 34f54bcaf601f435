"""What is sent to the reading desk: a story to read, and what somebody decided about a claim."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tidegate.claims.reading import READER_VERSION, Reading
from tidegate.claims.store import VERDICTS, Actor, Store
from tidegate.desk import DeskStory, accepted_file, decide_claim, find_story, lay_out
from tidegate.desk.deciding import SLOTS
from tidegate.desk.lay_out import ID_DIGITS
from tidegate.tables import to_json
from tidegate.web.access import Access, Visitor
from tidegate.web.decisions import Endpoint, refusals, sent_by_program
from tidegate.web.forms import check_form
from tidegate.web.personal import personal_page
from tidegate.web.question import Site, questions
from tidegate.web.questions.desk import desk_values
from tidegate.web.story_upload import MOST_STORY_FORM, StoryReader, received

__all__ = ["add_desk"]


class Sent(msgspec.Struct, forbid_unknown_fields=True):
    """A decision as a program sends it. slots: of an edit. seen: how many decisions it had seen."""

    claim: str
    verdict: str
    why: str
    slots: dict[str, str] = {}
    seen: int | None = None
    reader: str | None = None


def add_desk(app: FastAPI, site: Site, access: Access) -> None:
    """Give the site what the desk takes by POST, and the files of accepted claims."""
    app.add_route("/desk", _story(site, access), methods=["POST"], name="desk_story")
    app.add_route("/desk/{document}/decide", _form(site, access), methods=["POST"], name="desk_decide")
    app.add_route("/desk/{document}/{claim}.yaml", _file(site), name="desk_file")
    app.add_api_route(
        "/api/story/{document}/decisions", _program(site, access), methods=["POST"], operation_id="decide",
        summary="Decide about a claim", response_class=Response, tags=["desk"], status_code=201,
        description="Accept, edit or dismiss a claim of a story of the store. Needs a token that may write. "
        "The answer comes once the decision is on disk.",
        openapi_extra={
            "parameters": [{"name": "document", "in": "path", "required": True, "schema": {"type": "string"},
                            "description": "Id of the story."}],
            "requestBody": {"required": True, "content": {"application/json": {"schema": _SCHEMA}}},
        },
        dependencies=[Depends(HTTPBearer(scheme_name="token", auto_error=False))],
        responses={201: {"description": "The claim as it stands."}, **_ERRORS},
    )  # fmt: skip


_ERRORS = refusals({404: "No such story or claim.", 409: "Somebody decided since it was looked at."})

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["claim", "verdict", "why"],
    "additionalProperties": False,
    "properties": {
        "claim": {"type": "string", "description": "Id of the claim."},
        "verdict": {"type": "string", "enum": list(VERDICTS)},
        "why": {"type": "string", "description": "On what grounds."},
        "slots": {
            "type": "object",
            "description": f"Of an edit: {', '.join(SLOTS)}; lists with commas between words.",
            "additionalProperties": {"type": "string"},
        },
        "seen": {"type": "integer", "description": "How many decisions about the claim were seen."},
        "reader": {"type": "string", "description": "Whose reading the claim is of."},
    },
}


def _story(site: Site, access: Access) -> Endpoint:
    reader = StoryReader()

    async def read_story(request: Request) -> Response:
        visitor = await asyncio.to_thread(access.visitor, request)
        with reader.place():
            form = await received(request, MOST_STORY_FORM)
            try:
                check_form(request, access, visitor, form)
                kept = (*access.to_write_to(), visitor.actor) if form.get("keep") else None
                reading = await reader.read(form)
            finally:
                await form.close()
        if kept is not None:
            store, now, actor = kept
            await asyncio.to_thread(_keep, store, reading, now(), actor)
            return RedirectResponse(_address(reading.document.digest[:ID_DIGITS]), status_code=303)
        return await asyncio.to_thread(_preview, request, site, access, visitor, reading)

    return read_story


def _keep(store: Store, reading: Reading, at: dt.datetime, actor: Actor) -> None:
    store.put(reading, version=READER_VERSION, at=at, actor=actor)
    store.group_copies()


def _preview(request: Request, site: Site, access: Access, visitor: Visitor, reading: Reading) -> Response:
    story = lay_out(reading, site.ledger, site.today())
    title = story.document.title or story.about()["name"]
    return personal_page(
        request, site, access, visitor, "story.html", asks=None, asked=None, answer=story, title=title,
        can_decide=False, **desk_values(story),
    )  # fmt: skip


def _form(site: Site, access: Access) -> Endpoint:
    async def decide(request: Request) -> Response:
        visitor = await asyncio.to_thread(access.visitor, request)
        form = await received(request)
        try:
            check_form(request, access, visitor, form)
            sent = _sent(form)
        finally:
            await form.close()
        story = await asyncio.to_thread(_decide, request, site, access, visitor, sent)
        number = next(each.line.number for each in story.claims if each.id == sent.claim)
        told = {"reader": sent.reader, "on": str(form.get("on") or "") or None}
        return RedirectResponse(f"{_address(story.id, **told)}#c-{number}", status_code=303)

    return decide


def _sent(form: FormData) -> Sent:
    slots = {name: str(form[f"slot-{name}"]) for name in SLOTS if f"slot-{name}" in form}
    seen, verdict = str(form.get("seen") or ""), str(form.get("verdict") or "")
    return Sent(
        claim=str(form.get("claim") or ""),
        verdict=verdict,
        why=str(form.get("why") or ""),
        # Every button of a form sends its fields along.
        slots=slots if verdict == "edit" else {},
        seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None,
        reader=str(form.get("reader") or "") or None,
    )


def _program(site: Site, access: Access) -> Endpoint:
    async def decide(request: Request) -> Response:
        visitor, sent = await sent_by_program(request, access, Sent)
        story = await asyncio.to_thread(_decide, request, site, access, visitor, sent)
        own = next(each for each in story.claims if each.id == sent.claim)
        body = {"story": story.id, "claim": own.to_dict()}
        return Response(
            to_json(body), 201, {"location": f"{_address(story.id)}#c-{own.line.number}"}, "application/json"
        )

    return decide


def _decide(request: Request, site: Site, access: Access, visitor: Visitor, sent: Sent) -> DeskStory:
    """Write a decision; return the story as it lies there after it."""
    (store, now), actor = access.to_write_to(), visitor.actor
    document = request.path_params["document"]
    story = find_story(store, site.ledger, document, site.today(), sent.reader)
    decide_claim(
        store, site.ledger, story, sent.claim, sent.verdict, actor=actor, why=sent.why, at=now(),
        slots=sent.slots or None, seen=sent.seen,
    )  # fmt: skip
    return find_story(store, site.ledger, document, site.today(), sent.reader)


def _file(site: Site) -> Callable[[Request], Response]:
    def accepted(request: Request) -> Response:
        given = request.path_params
        reader = request.query_params.get("reader")
        story = find_story(site.store, site.ledger, given["document"], site.today(), reader)
        name, text = accepted_file(story, given["claim"])
        headers = {
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "cache-control": "no-store",
        }
        return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)

    return accepted


def _address(document: str, **values: str | None) -> str:
    return questions()["story"].address({"document": document, **values})
