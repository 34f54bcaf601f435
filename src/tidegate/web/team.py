"""Signing in with a token, the record of changes, and a site that only those may read who are known."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tidegate.claims.store.audit import changes
from tidegate.claims.store.errors import StoreDownError
from tidegate.tables import Table
from tidegate.web.access import Access
from tidegate.web.errors import http_error, store_down
from tidegate.web.forms import check_form
from tidegate.web.html import static_files
from tidegate.web.personal import personal_page
from tidegate.web.question import Site
from tidegate.web.story_upload import received

__all__ = ["OnlyKnown", "add_team"]

PAGE = 200
"""Changes of one page of the record."""

Endpoint = Callable[[Request], Response]


def add_team(app: FastAPI, site: Site, access: Access) -> None:
    """Give the site its pages for people who are known."""
    app.add_route("/sign-in", _sign_in_page(site, access), methods=["GET"], name="sign_in")
    app.add_route("/sign-in", _sign_in(access), methods=["POST"], name="sign_in_post")
    app.add_route("/sign-out", _sign_out(access), methods=["POST"], name="sign_out")
    for form in ("json", "csv", ""):
        app.add_route(
            f"/audit{form and '.'}{form}", _audit(site, access, form), methods=["GET"], name=f"audit{form}"
        )


class OnlyKnown:
    """Lets nobody read who is not known, where the site is private; style and the way in are open to all."""

    def __init__(self, app: ASGIApp, site: Site, access: Access) -> None:
        self.app, self.site, self.access = app, site, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that it takes a name."""
        if scope["type"] == "http" and not _is_open(scope.get("path", "")):
            request = Request(scope, receive)
            refused = await asyncio.to_thread(self._refusal, request)
            if refused is not None:
                await refused(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        try:
            if self.access.visitor(request).may_read:
                return None
        except HTTPException as error:
            return http_error(request, self.site, error)
        except StoreDownError as error:
            return store_down(request, self.site, error)
        mend = "Only those who are known may read here. Sign in, or send a token."
        return http_error(request, self.site, HTTPException(401, mend, {"www-authenticate": "Bearer"}))


def _is_open(path: str) -> bool:
    """Whether somebody who is not known needs it to come in; no other address tells what there is."""
    return path == "/sign-in" or path.removeprefix("/static/") in static_files()


def _sign_in_page(site: Site, access: Access) -> Endpoint:
    def sign_in(request: Request) -> Response:
        visitor = access.visitor(request)
        return personal_page(
            request,
            site,
            access,
            visitor,
            "sign_in.html",
            asks=None,
            title="Sign in",
            tokens=site.store is not None,
        )

    return sign_in


def _sign_in(access: Access) -> Callable[[Request], Awaitable[Response]]:
    async def sign_in(request: Request) -> Response:
        visitor = await asyncio.to_thread(access.visitor, request)
        form = await received(request)
        try:
            check_form(request, access, visitor, form)
            words = str(form.get("token") or "")
        finally:
            await form.close()
        token = await asyncio.to_thread(access.sign_in, request, words)
        # A session of before, and with it its forms, ends here.
        request.session.clear()
        request.session["token"] = token.id
        return RedirectResponse("/desk", status_code=303)

    return sign_in


def _sign_out(access: Access) -> Callable[[Request], Awaitable[Response]]:
    async def sign_out(request: Request) -> Response:
        visitor = await asyncio.to_thread(access.visitor, request)
        form = await received(request)
        try:
            check_form(request, access, visitor, form)
        finally:
            await form.close()
        request.session.clear()
        return RedirectResponse("/desk", status_code=303)

    return sign_out


def _audit(site: Site, access: Access, form: str) -> Endpoint:
    def audit(request: Request) -> Response:
        store, _ = access.to_write_to()
        visitor = access.visitor(request)
        _ = visitor.actor  # who may not write may not read it either
        before = request.query_params.get("before", "")
        table: Table = changes(
            store, before_id=int(before) if before.isdecimal() and len(before) < 10 else None,
            limit=None if form == "csv" else PAGE, who=request.query_params.get("who") or None,
            subject=request.query_params.get("subject") or None,
        )  # fmt: skip
        headers = {"cache-control": "no-store"}
        if form == "csv":
            return Response(table.to_csv(), media_type="text/csv; charset=utf-8", headers=headers)
        if form == "json":
            return Response(table.to_json(), media_type="application/json", headers=headers)
        return personal_page(
            request,
            site,
            access,
            visitor,
            "audit.html",
            asks=None,
            title="Record of changes",
            table=table,
            most=PAGE,
        )

    return audit
