"""Under which names the site answers: a foreign name that is made to lead here (DNS rebinding) gets nothing."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tidegate.errors import BadInputError
from tidegate.web.errors import error_answer
from tidegate.web.question import Site

__all__ = ["KnownHosts", "check_host"]


def check_host(name: str) -> str:
    """Return a name that the site may be asked under, in small letters: `desk.example.org`, `*.example.org`, `*`.

    Raises: BadInputError: for one that no browser sends: with a scheme, a port, a path or a star elsewhere.
    """
    plain = name.removeprefix("*.") if name != "*" else "any"
    labels = plain.removesuffix(".").split(".")
    if not all(label.replace("-", "").replace("_", "").isalnum() for label in labels):
        raise BadInputError(
            f"--allow-host '{name}' is not the name of a machine. "
            "Give it without scheme, port or path: desk.example.org, or *.example.org for all below it."
        )
    return name.lower()


class KnownHosts:
    """Refuses requests whose Host is another name than those given.

    An address in figures needs no name server, so nobody can turn it to here, and it is let through; so is
    `localhost`. names: further names, as `check_host` gives them.
    """

    def __init__(self, app: ASGIApp, site: Site, names: Sequence[str]) -> None:
        self._app, self._site, self._names = app, site, ["localhost", *names]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if it asks for a name of this site."""
        if scope["type"] != "http" or _is_in_figures(Request(scope).url.hostname):
            await self._app(scope, receive, send)
            return
        passed = False

        async def on(scope: Scope, receive: Receive, unused: Send) -> None:
            nonlocal passed
            passed = True
            await self._app(scope, receive, send)

        await TrustedHostMiddleware(on, self._names, www_redirect=False)(scope, receive, _unsent)
        if not passed:
            request = Request(scope)
            name = (request.headers.get("host") or "no name").rpartition(":")[0] or request.headers.get(
                "host"
            )
            message = (
                f"This site does not answer under the name {str(name or 'that is empty')[:100]}. Open it by its "
                "address in figures, or start it with --allow-host and the name."
            )
            await error_answer(request, self._site, 400, message)(scope, receive, send)


def _is_in_figures(name: str | None) -> bool:
    try:
        ipaddress.ip_address((name or "").strip("[]"))
    except ValueError:
        return False
    return True


async def _unsent(message: Message) -> None:
    """Take what the guard would say in plain words: the site has a page for it."""
