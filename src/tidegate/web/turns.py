"""Who waits for what: answers that lie ready go out at once, the others are worked out a few at a time.

Working an answer out holds the interpreter, so more threads would not make more answers, only make everybody wait
for each other. What many ask at once is worked out once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Protocol

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from tidegate.web.question import Site
from tidegate.web.respond import Kept, ready

__all__ = ["AT_ONCE", "Turns"]

AT_ONCE = 2
"""Answers worked out at the same time: a second one so that a long one does not hold up all the others."""

_ADDRESSES = 4096
_LONGEST = 2000


class _Answers(Protocol):
    """An endpoint that works an answer out."""

    __name__: str

    def __call__(self, request: Request) -> Response: ...


class Turns:
    """The turns of one site. kept: the answers that lie ready; they are the same for whoever asks."""

    def __init__(self, site: Site, kept: Kept) -> None:
        self._site, self._kept = site, kept
        self._tags: OrderedDict[str, tuple[str, str | None]] = OrderedDict()
        self._worked_out: dict[str, anyio.Event] = {}
        self._limit = anyio.CapacityLimiter(AT_ONCE)

    def take(self, answer: _Answers) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint as one that answers at once where it can and takes its turn where it cannot."""

        async def ask(request: Request) -> Response:
            # The name asked for is in it: a feed tells its own address.
            address = f"{self._site.today()} {request.url}"
            if (others := self._worked_out.get(address)) is not None:
                await others.wait()
            if (found := self._ready(request, address)) is not None:
                return found
            done = self._worked_out.setdefault(address, anyio.Event())
            try:
                response = await anyio.to_thread.run_sync(answer, request, limiter=self._limit)
                self._note(address, response)
                return response
            finally:
                done.set()
                if self._worked_out.get(address) is done:
                    del self._worked_out[address]

        ask.__name__ = answer.__name__
        return ask

    def _ready(self, request: Request, address: str) -> Response | None:
        tag, media = self._tags.get(address, ("", None))
        return ready(request, self._kept, tag, media) if tag else None

    def _note(self, address: str, response: Response) -> None:
        """Remember which answer an address leads to, so that it need not be read again."""
        tag = response.headers.get("etag", "").removeprefix("W/").strip('"')
        if response.status_code == 200 and len(address) <= _LONGEST and tag in self._kept:
            self._tags[address] = (tag, response.media_type)
            while len(self._tags) > _ADDRESSES:
                self._tags.popitem(last=False)
