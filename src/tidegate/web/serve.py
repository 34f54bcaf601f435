"""The site behind a socket, until somebody stops it."""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from tidegate.errors import BadInputError, MissingExtraError, TidegateError
from tidegate.kept import cache_file, keeping
from tidegate.ledger import Ledger

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tidegate.web.question import Site

__all__ = ["run_mcp", "run_site"]


def run_site(
    ledger: Ledger,
    today: Callable[[], dt.date],
    *,
    host: str = "127.0.0.1",
    port: int = 8642,
    store: str | None = None,
    cache: bool = True,
    tell: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve the site until the process is told to stop.

    today: tells the day for questions that name none. port: 0 takes any that is free. store: address of what
    was read. cache: keep what takes long in the user's cache folder, and use what was kept. tell: is given the
    address once the site answers there.
    Raises: BadInputError: if the address or the store cannot be used. MissingExtraError: without `tidegate[web]`.
    """
    try:
        import uvicorn

        from tidegate.web.app import create_app
    except ImportError as error:
        raise MissingExtraError(f"{error.name} is not installed. Run: pip install 'tidegate[web]'") from None
    shown = f"[{host}]" if ":" in host else host
    with _site(ledger, today, store) as site, _listen(host, port) as listening:
        app, own_port = create_app(site), listening.getsockname()[1]
        lifespan: Literal["on", "off"] = "on" if _with_mcp(app, site, host, own_port) else "off"
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, proxy_headers=False, lifespan=lifespan,
            h11_max_incomplete_event_size=16_384, timeout_keep_alive=15, limit_concurrency=512,
        )  # fmt: skip
        with keeping(cache_file() if cache else None):
            # What the first pages rest on takes seconds once; nobody should wait for it.
            context = contextvars.copy_context()
            threading.Thread(target=context.run, args=(_ahead, site), daemon=True).start()
            tell(f"http://{shown}:{own_port}/")
            uvicorn.Server(config).run(sockets=[listening])


def run_mcp(ledger: Ledger, today: Callable[[], dt.date], *, store: str | None = None) -> None:
    """Serve the questions as tools over standard input and output until the other side closes them.

    today, store: as for `run_site`.
    Raises: BadInputError: if the store cannot be used. MissingExtraError: without `tidegate[mcp]`.
    """
    try:
        from tidegate.web.mcp.server import run_stdio
    except ImportError as error:
        raise MissingExtraError(f"{error.name} is not installed. Run: pip install 'tidegate[mcp]'") from None
    with _site(ledger, today, store) as site:
        run_stdio(site)


@contextlib.contextmanager
def _site(ledger: Ledger, today: Callable[[], dt.date], store: str | None) -> Iterator[Site]:
    from tidegate.web.question import Site

    if store is None:
        site = Site(ledger, today, None)
        with contextlib.closing(site.jobs):
            yield site
        return
    from tidegate.claims.store import Store

    opened = Store.open(store, create=False)
    try:
        site = Site(ledger, today, opened)
        with contextlib.closing(site.jobs):
            yield site
    finally:
        opened.close()


def _ahead(site: Site) -> None:
    """Work out the gauge of the first page and the map of the day. What cannot be is told where it is asked for."""
    from tidegate.licensing.control_map import control_map
    from tidegate.licensing.tide import tide

    with contextlib.suppress(TidegateError):
        tide(site.ledger)
        control_map(site.ledger, site.today())


def _with_mcp(app: FastAPI, site: Site, host: str, port: int) -> bool:
    """Add the tools to the site where the SDK is installed; whether it is."""
    try:
        from tidegate.web.mcp.server import mount_mcp
    except ImportError:
        return False
    running = mount_mcp(app, site, host, port)
    app.router.lifespan_context = lambda _: running()
    return True


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInputError(
            f"--host {host} --port {port}: {why}. Give another, or --port 0 for any that is free."
        ) from None
