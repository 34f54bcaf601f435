"""The site behind a socket, until somebody stops it."""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError, MissingExtraError, TidegateError
from tidegate.kept import cache_file, keeping
from tidegate.ledger import Ledger

if TYPE_CHECKING:
    from tidegate.web.question import Site

__all__ = ["run_site"]


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
    from tidegate.web.question import Site

    opened = None
    if store is not None:
        from tidegate.claims.store import Store

        opened = Store.open(store, create=False)
    site = Site(ledger, today, opened)
    app = create_app(site)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, proxy_headers=False, lifespan="off",
        h11_max_incomplete_event_size=16_384, timeout_keep_alive=15, limit_concurrency=512,
    )  # fmt: skip
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    with listening, contextlib.closing(site.jobs), keeping(cache_file() if cache else None):
        # What the first pages rest on takes seconds once; nobody should wait for it.
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(_ahead, site), daemon=True).start()
        tell(f"http://{shown}:{listening.getsockname()[1]}/")
        uvicorn.Server(config).run(sockets=[listening])
    if opened is not None:
        opened.close()


def _ahead(site: Site) -> None:
    """Work out the gauge of the first page and the map of the day. What cannot be is told where it is asked for."""
    from tidegate.licensing.control_map import control_map
    from tidegate.licensing.tide import tide

    with contextlib.suppress(TidegateError):
        tide(site.ledger)
        control_map(site.ledger, site.today())


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInputError(
            f"--host {host} --port {port}: {why}. Give another, or --port 0 for any that is free."
        ) from None
