"""The server of the Model Context Protocol: over stdio, and at /mcp of the site."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import anyio
import anyio.from_thread
import anyio.to_thread
from mcp import MCPError
from mcp import types as wire
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from tidegate import __version__
from tidegate.errors import TidegateError
from tidegate.licensing import FieldError
from tidegate.web.forms import refuse_strangers
from tidegate.web.mcp.tools import Tool, call, tools
from tidegate.web.question import Site
from tidegate.web.reading import MistakenError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from mcp.server.context import ServerRequestContext

__all__ = ["mount_mcp", "run_stdio", "server_of"]

INSTRUCTIONS = """A dated, sourced ledger of export controls on chips, chip tools, software and materials. \
Every answer names its day, the digest of the record, sources, what is unknown and what was assumed; pass these on \
and never fill a gap by guessing. Dates are YYYY-MM-DD; a day that is not given is today. Names are taken as people \
say them. `check` with few facts says which fact to ask for next. It is a record with sources, not legal advice."""

_LOG = logging.getLogger(__name__)

MOST_BYTES = 2**20
"""Of one request over HTTP; the longest story fits several times."""

_AT_ONCE = 4
"""Tools that run side by side; a simulation runs alone."""

_WAITING = 4
"""Simulations that may wait for the one that runs; further ones are refused."""


def server_of(site: Site) -> Server[Any]:
    """Return the server of a site's tools, ready to be run on any transport."""
    quick, long = anyio.CapacityLimiter(_AT_ONCE), anyio.CapacityLimiter(1)

    async def list_tools(
        ctx: ServerRequestContext[Any], params: wire.PaginatedRequestParams | None
    ) -> wire.ListToolsResult:
        return wire.ListToolsResult(tools=[_described(tool) for tool in tools().values()])

    async def call_tool(
        ctx: ServerRequestContext[Any], params: wire.CallToolRequestParams
    ) -> wire.CallToolResult:
        tool = tools().get(params.name)
        if tool is None:
            known = ", ".join(tools())
            raise MCPError(wire.INVALID_PARAMS, f"There is no tool '{params.name[:80]}'. Tools: {known}.")
        limiter = long if tool.is_long else quick
        if tool.is_long and limiter.statistics().tasks_waiting >= _WAITING:
            return _failure("Busy: one simulation runs at a time and others wait. Ask again in a minute.", [])

        def progress(done: int, whole: int) -> None:
            anyio.from_thread.run(ctx.session.report_progress, done, whole)

        def answer() -> dict[str, Any]:
            return call(params.name, params.arguments or {}, site, progress)

        try:
            return _success(await anyio.to_thread.run_sync(answer, limiter=limiter))
        except MistakenError as error:
            return _failure(str(error), [mistake.row() for mistake in error.mistakes])
        except FieldError as error:
            return _failure(str(error), [{"field": error.field, "message": str(error)}])
        except TidegateError as error:
            return _failure(str(error), [])
        except Exception:
            # What went wrong is told in the log, not to whoever asked.
            _LOG.exception("The tool %s failed.", params.name)
            return _failure("The tool could not answer. This is a fault of the program.", [])

    return Server(
        "tidegate", version=__version__, title="tidegate: export controls on chips", instructions=INSTRUCTIONS,
        on_list_tools=list_tools, on_call_tool=call_tool,
    )  # fmt: skip


def run_stdio(site: Site) -> None:
    """Serve the tools over standard input and output until the other side closes them."""
    server = server_of(site)

    async def run() -> None:
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())

    anyio.run(run)


def mount_mcp(app: FastAPI, site: Site) -> Callable[[], contextlib.AbstractAsyncContextManager[None]]:
    """Add the tools to a site at /mcp, over streamable HTTP; return what has to be open while the site runs.

    Only POST is taken and no session is kept. The site's own guards stand before it: under which names it answers,
    who may read, and that a page of another site cannot reach it through a reader's browser.
    """
    from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
    from starlette.routing import Route

    manager = StreamableHTTPSessionManager(
        app=server_of(site), stateless=True, max_request_body_size=MOST_BYTES
    )
    tools = _OfThisSite(StreamableHTTPASGIApp(manager), site.access.origin if site.access else None)
    app.router.routes.append(Route("/mcp", tools, methods=["POST"], name="mcp"))

    @contextlib.asynccontextmanager
    async def open_while_running() -> AsyncIterator[None]:
        async with manager.run():
            yield

    return open_while_running


class _OfThisSite:
    """Passes on what was sent by no page, or by one of this site. origin: where people see it."""

    def __init__(self, app: ASGIApp, origin: str | None) -> None:
        self._app, self._origin = app, origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refuse_strangers(Request(scope), self._origin)
        await self._app(scope, receive, send)


def _described(tool: Tool) -> wire.Tool:
    return wire.Tool(
        name=tool.name, title=tool.asks.title, description=tool.description, input_schema=tool.schema(),
        annotations=wire.ToolAnnotations(
            title=tool.asks.title, read_only_hint=True, destructive_hint=False, idempotent_hint=True,
            open_world_hint=False,
        ),
    )  # fmt: skip


def _success(answer: dict[str, Any]) -> wire.CallToolResult:
    text = json.dumps(answer, ensure_ascii=False, default=str)
    return wire.CallToolResult(
        content=[wire.TextContent(type="text", text=text)], structured_content=json.loads(text)
    )


def _failure(message: str, fields: list[dict[str, str]]) -> wire.CallToolResult:
    """An error in the shape of the API, for the program to mend its call."""
    body = {"error": {"message": message, "fields": fields}}
    return wire.CallToolResult(
        content=[wire.TextContent(type="text", text=json.dumps(body, ensure_ascii=False))],
        structured_content=body, is_error=True,
    )  # fmt: skip
