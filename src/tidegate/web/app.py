"""The site: each question becomes a page, its twins and an entry of the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from fastapi import FastAPI
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tidegate import __version__
from tidegate.errors import LedgerError, NotFoundError, Problem, TidegateError
from tidegate.web.access import NOBODY, Access
from tidegate.web.describe import operation
from tidegate.web.desk_posts import add_desk
from tidegate.web.errors import add_errors
from tidegate.web.follow import follow
from tidegate.web.forms import FORM_HOURS
from tidegate.web.headers import StrictHeaders
from tidegate.web.hosts import KnownHosts
from tidegate.web.html import page_digest, render, static_files
from tidegate.web.personal import personal_page
from tidegate.web.pictures import FORMS, draw
from tidegate.web.question import Asked, Question, Site, questions
from tidegate.web.reading import read_address
from tidegate.web.respond import ATOM, HTML, Kept, respond
from tidegate.web.screen_posts import add_screening
from tidegate.web.team import OnlyKnown, add_team
from tidegate.web.turns import Turns
from tidegate.web.upload import upload_endpoint
from tidegate.web.worked import NOT_YET

__all__ = ["create_app", "warm"]

Endpoint = Callable[[Request], Awaitable[Response]]

_MEDIA = {"json": "application/json", "csv": "text/csv; charset=utf-8", "pdf": "application/pdf", **FORMS}


def create_app(site: Site, hosts: Sequence[str] | None = None) -> FastAPI:
    """Return the site as an ASGI application.

    hosts: names that it answers under, besides `localhost` and addresses in figures; None: under any, where
    what stands before it looks at the name.
    """
    app = FastAPI(
        title="tidegate", version=__version__, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None,
        description="A dated, sourced ledger of chip export controls, and answers computed from it. A record "
        "with sources, not legal advice.",
    )  # fmt: skip
    access = site.access or Access()
    if access.private:
        app.add_middleware(OnlyKnown, site=site, access=access)
    if hosts is not None:
        app.add_middleware(KnownHosts, site=site, names=hosts)
    app.add_middleware(StrictHeaders)
    app.add_middleware(
        SessionMiddleware, secret_key=access.secret, session_cookie="__Host-tidegate" if access.is_https else "tidegate",
        max_age=FORM_HOURS * 3600, same_site="strict", https_only=access.is_https,
    )  # fmt: skip
    add_errors(app, site)
    kept = Kept()
    turns = Turns(site, kept)
    for asks in questions().values():
        # The twins go first: `/measure/{id}` would take `/measure/x.json` for a measure.
        for form in ("json", *(("csv",) if asks.has_csv else ()), *(("pdf",) if asks.pdf else ())):
            twin = asks.address(form=form) if not asks.in_path else f"{asks.path}.{form}"
            app.add_route(twin, _endpoint(site, access, kept, turns, asks, form), name=f"{asks.name}.{form}")
        for form in FORMS if asks.picture else ():
            drawn = asks.address(form=form) if not asks.in_path else f"{asks.path}.{form}"
            app.add_route(drawn, _endpoint(site, access, kept, turns, asks, form), name=f"{asks.name}.{form}")
        if asks.has_feed:
            feed = asks.address(form="atom") if not asks.in_path else f"{asks.path}.atom"
            app.add_route(feed, _feed(site, access, kept, turns, asks), name=f"{asks.name}.atom")
        app.add_route(asks.path, _endpoint(site, access, kept, turns, asks, ""), name=asks.name)
        entry = "/api/" + "/".join([asks.name, *(f"{{{name}}}" for name in asks.in_path)])
        app.add_api_route(
            entry, _endpoint(site, access, kept, turns, asks, "json"), methods=["GET"], operation_id=asks.name,
            summary=asks.title, description=asks.about, response_class=Response, tags=["questions"],
            **operation(asks),
        )  # fmt: skip
    app.add_route("/api", _contents(site, kept, turns), name="api")
    app.add_route("/check/table", upload_endpoint(site), methods=["POST"], name="check_table")
    add_desk(app, site, access)
    add_screening(app, site, access)
    add_team(app, site, access)
    app.add_route("/static/{name}", _static, name="static")
    return app


def warm(site: Site, stopped: Callable[[], bool] = lambda: False) -> int:
    """Answer the examples of every question once, so that nobody waits for what is read only once; how many.

    An example that the record at hand cannot answer, as one about a measure that another ledger lacks, is left.
    stopped: tells, before each, whether to leave the rest.
    """
    answered = 0
    for asks in questions().values():
        # What a job works out is worked out when somebody asks for it; what rests on files that were not brought may
        # take libraries that nothing else needs.
        left = asks.by_job or (asks.lacks is not None and asks.lacks(site))
        for example in asks.examples if not left else ():
            if stopped():
                return answered
            with suppress(TidegateError):
                asked = read_address(asks, [(name, str(value)) for name, value in example.items()], site)
                _make(site, asks, asked, "", ())
                answered += 1
    render("api.html", site, asks=None)
    return answered


def _endpoint(
    site: Site, access: Access, kept: Kept, turns: Turns, asks: Question[Any], form: str
) -> Endpoint:
    def answer(request: Request) -> Response:
        given = _given(request)
        asked = read_address(asks, given, site, by_form=not form)
        if not form and any(not value.strip() for _, value in given):
            # A form sends its empty fields along; the address that stays is the question and nothing else.
            clean = {name: value for name, value in given if value.strip()}
            return RedirectResponse(asks.address(clean), status_code=303)
        if asks.personal and not form:
            shown = _shown(site, asks, asked)
            return personal_page(request, site, access, access.visitor(request), asks.template, **shown)
        values = asked.values()
        key = (page_digest(), site.digest, form, asks.address(values))
        media = _MEDIA.get(form, HTML)
        final, status, problems = True, 200, tuple[Problem, ...]()
        if asks.by_job:
            try:
                found = asks.answer(site, asked)
                final, status = getattr(found, "is_final", True), getattr(found, "status", 200)
            except LedgerError as error:
                if form or not asks.mends:
                    raise
                status, problems = 422, error.problems
        if status == 202 and form not in ("", "json"):
            return Response(
                f"{NOT_YET}\n", 202, {"retry-after": "2", "cache-control": "no-store"}, "text/plain"
            )
        open_ended = (asks.reads_store and site.store is not None) or not final or problems
        sent = respond(
            request,
            kept,
            None if open_ended else key,
            lambda: _make(site, asks, asked, form, problems),
            media,
        )
        # A reader who has the page already is told so, whatever it says.
        if sent.status_code == 200:
            sent.status_code = status
        return sent

    answer.__name__ = f"{asks.name}_{form or 'page'}"
    return turns.take(answer)


def _feed(site: Site, access: Access, kept: Kept, turns: Turns, asks: Question[Any]) -> Endpoint:
    def feed(request: Request) -> Response:
        followed = follow(asks, _given(request), site)
        # Behind a proxy the request does not know how people came.
        base = access.origin or str(request.base_url).rstrip("/")
        key = (page_digest(), site.digest, "atom", site.today().isoformat(), base, followed.address)
        open_ended = asks.reads_store and site.store is not None
        return respond(request, kept, None if open_ended else key, lambda: followed.atom(site, base), ATOM)

    feed.__name__ = f"{asks.name}_atom"
    return turns.take(feed)


def _given(request: Request) -> list[tuple[str, str]]:
    return [*((k, str(v)) for k, v in request.path_params.items()), *request.query_params.multi_items()]


def _make(
    site: Site, asks: Question[Any], asked: Asked, form: str, problems: Sequence[Problem] = ()
) -> str | bytes:
    if form in FORMS and asks.picture:
        return draw(asks.picture(site, asked), form)
    if form == "csv":
        return asks.csv(site, asked)
    if form == "pdf" and asks.pdf:
        return asks.pdf(site, asked)
    if form == "json":
        return asks.json(site, asked)
    shown = _shown(site, asks, asked, problems)
    if asks.personal:
        shown |= {"visitor": NOBODY, "has_names": False, "form": ""}
    return render(asks.template, site, **shown)


def _shown(site: Site, asks: Question[Any], asked: Asked, problems: Sequence[Problem] = ()) -> dict[str, Any]:
    """Return what the template of a page is given."""
    answer = None if problems else asks.answer(site, asked)
    shown = dict(asks.shows(site, asked, answer)) if asks.shows else {}
    if asks.mends:
        shown["problems"] = problems
    return {"asks": asks, "asked": asked, "values": asked.values(), "answer": answer, **shown}


def _contents(site: Site, kept: Kept, turns: Turns) -> Endpoint:
    def contents(request: Request) -> Response:
        key = (page_digest(), site.digest, "api")
        return respond(request, kept, key, lambda: render("api.html", site, asks=None), HTML)

    return turns.take(contents)


async def _static(request: Request) -> Response:
    found = static_files().get(request.path_params["name"])
    if found is None:
        raise NotFoundError(f"There is no file {request.path_params['name']}.")
    content, media = found
    # The address holds a digest of the content.
    return Response(
        content, media_type=media, headers={"cache-control": "public, max-age=31536000, immutable"}
    )
