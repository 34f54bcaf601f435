"""The site behind a socket, until somebody stops it."""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from tidegate.errors import BadInputError, MissingExtraError, TidegateError
from tidegate.kept import cache_file, keeping
from tidegate.ledger import Ledger

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from tidegate.markets.brought import Brought
    from tidegate.sources.listing import PartyList
    from tidegate.sources.stakes import OwnerFile
    from tidegate.web.question import Site

__all__ = ["WAIT", "run_mcp", "run_site"]

WAIT = 3.0
"""Seconds that the site waits for what it reads beforehand before it says that it answers; the rest is read besides."""

LAST_ANSWERS = 20
"""Seconds in which answers that are under way when the site is told to stop still go out; who does not take his by
then holds nobody up."""

_LAST_PAGE = 30.0
"""Seconds that the end of the site waits for the page it is just reading."""

_HERE = ("", "127.0.0.1", "::1", "localhost")


def run_site(
    ledger: Ledger,
    today: Callable[[], dt.date],
    *,
    host: str = "127.0.0.1",
    port: int = 8642,
    store: str | None = None,
    lists: Sequence[PartyList] = (),
    owners: Sequence[OwnerFile] = (),
    brought: Brought | None = None,
    cache: bool = True,
    allow_hosts: Iterable[str] = (),
    now: Callable[[], dt.datetime] | None = None,
    trust_header: str | None = None,
    trust_proxy: Sequence[str] = (),
    private: bool = False,
    origin: str | None = None,
    secret: str | None = None,
    tell: Callable[[str, str], None] = lambda address, ready: None,
) -> None:
    """Serve the site until the process is told to stop.

    today: tells the day for questions that name none. port: 0 takes any that is free. store: address of what
    was read. lists: of parties, that names are held against; empty: the one that ships. owners: who owns whom, for
    checks. brought: prices and what else questions about markets rest on. cache: keep what takes long in the user's
    cache folder, and use what was kept. allow_hosts: names that it answers under, besides `host`, the name of the
    machine if others can reach it, that of `origin`, `localhost` and addresses in figures. now: the clock that
    decisions are signed by; None: nothing can be decided. trust_header, trust_proxy, private, origin, secret: who may
    do what, as `tidegate.web.access.Access` takes them; the secret is made anew where none is given.
    tell: is given the address once the site answers there, and how far it is with reading.
    Raises: BadInputError: if the address, the store or what is told of access cannot be used.
        MissingExtraError: without `tidegate[web]`.
    """
    try:
        import uvicorn

        from tidegate.web.access import access_of
        from tidegate.web.app import create_app
        from tidegate.web.hosts import check_host
    except ImportError as error:
        raise MissingExtraError(f"{error.name} is not installed. Run: pip install 'tidegate[web]'") from None
    shown = f"[{host}]" if ":" in host else host
    own = () if host in _HERE else (host.lower(), socket.gethostname().lower())
    names = [*map(check_host, allow_hosts), *own]
    with _site(ledger, today, store, lists, owners, brought) as site, _listen(host, port) as listening:
        access = access_of(
            site.store, now, trust_header, trust_proxy, private=private, origin=origin, secret=secret
        )
        site = replace(site, access=access)
        names += [access.host] if access.host else []
        app, own_port = create_app(site, names), listening.getsockname()[1]
        lifespan: Literal["on", "off"] = "on" if _with_mcp(app, site) else "off"
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, proxy_headers=False, lifespan=lifespan,
            h11_max_incomplete_event_size=16_384, timeout_keep_alive=15, limit_concurrency=512,
            timeout_graceful_shutdown=LAST_ANSWERS,
        )  # fmt: skip
        server = uvicorn.Server(config)
        with keeping(cache_file() if cache else None):
            start = time.perf_counter()
            with _heeding(server), _reading(site) as reading:
                reading.join(WAIT)
                if not server.should_exit:
                    ready = (
                        "still reading"
                        if reading.is_alive()
                        else f"ready in {time.perf_counter() - start:.1f} s"
                    )
                    tell(f"http://{shown}:{own_port}/", f"{len(ledger)} measures, {ready}")
                if not server.should_exit:
                    server.run(sockets=[listening])


def run_mcp(
    ledger: Ledger,
    today: Callable[[], dt.date],
    *,
    store: str | None = None,
    lists: Sequence[PartyList] = (),
    owners: Sequence[OwnerFile] = (),
    brought: Brought | None = None,
) -> None:
    """Serve the questions as tools over standard input and output until the other side closes them.

    today, store, lists, owners, brought: as for `run_site`.
    Raises: BadInputError: if the store cannot be used. MissingExtraError: without `tidegate[mcp]`.
    """
    try:
        from tidegate.web.mcp.server import run_stdio
    except ImportError as error:
        raise MissingExtraError(f"{error.name} is not installed. Run: pip install 'tidegate[mcp]'") from None
    with _site(ledger, today, store, lists, owners, brought) as site:
        run_stdio(site)


@contextlib.contextmanager
def _site(
    ledger: Ledger,
    today: Callable[[], dt.date],
    store: str | None,
    lists: Sequence[PartyList],
    owners: Sequence[OwnerFile],
    brought: Brought | None,
) -> Iterator[Site]:
    from tidegate.web.question import Site

    with contextlib.ExitStack() as ends:
        opened = None
        if store is not None:
            from tidegate.claims.store import Store

            opened = Store.open(store, create=False)
            ends.callback(opened.close)
        site = Site(ledger, today, opened, lists=tuple(lists), owners=tuple(owners), brought=brought)
        ends.callback(site.jobs.close)
        yield site


@contextlib.contextmanager
def _heeding(server: uvicorn.Server) -> Iterator[None]:
    """Let Ctrl-C end the server in order from now on, and go on from here once it has.

    The server heeds it itself only once it runs. Before, it would break into whatever this thread is just doing: into an
    import, say, on which the thread that reads beforehand then waits for good.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told = threading.Event()

    def stop(number: int, frame: object) -> None:
        told.set()
        server.should_exit = True

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if told.is_set():
        raise KeyboardInterrupt


@contextlib.contextmanager
def _reading(site: Site) -> Iterator[threading.Thread]:
    """Read beforehand in a thread, which has ended when this does: a library that Python leaves behind aborts."""
    stopped, context = threading.Event(), contextvars.copy_context()
    reading = threading.Thread(target=context.run, args=(_beforehand, site, stopped), daemon=True)
    reading.start()
    try:
        yield reading
    finally:
        stopped.set()
        reading.join(_LAST_PAGE)


def _beforehand(site: Site, stopped: threading.Event) -> None:
    """Read what pages rest on; then, besides, hold the stories of the store against the record."""
    from tidegate.web.app import warm

    warm(site, stopped.is_set)
    if site.claims is not None:
        # Whoever asks in between goes first.
        with contextlib.suppress(TidegateError):
            while not stopped.wait(0.05) and not site.claims.hold(0.05):
                pass


def _with_mcp(app: FastAPI, site: Site) -> bool:
    """Add the tools to the site where the SDK is installed; whether it is."""
    try:
        from tidegate.web.mcp.server import mount_mcp
    except ImportError:
        return False
    running = mount_mcp(app, site)
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
