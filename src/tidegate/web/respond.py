"""Answers over HTTP: kept while the record is the same, compressed once, asked for again only when changed."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

__all__ = ["ATOM", "HTML", "Kept", "ready", "respond"]

HTML = "text/html; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"

_WORTH_PACKING = 600
"""Bytes below which compression saves nothing that a packet would show."""


@dataclass(frozen=True, slots=True)
class _Body:
    plain: bytes
    packed: bytes | None


class Kept:
    """Bodies of answers, the least asked for let go first. most: bytes that they may take together."""

    def __init__(self, most: int = 48 * 2**20) -> None:
        self._most, self._size = most, 0
        self._bodies: OrderedDict[str, _Body] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, tag: object) -> bool:
        return tag in self._bodies

    def find(self, tag: str) -> _Body | None:
        """Return the body of a tag; None if it is not kept."""
        with self._lock:
            if (body := self._bodies.get(tag)) is not None:
                self._bodies.move_to_end(tag)
            return body

    def get(self, tag: str, make: Callable[[], str | bytes]) -> _Body:
        """Return the body of a tag, made now if it is not kept."""
        if (body := self.find(tag)) is not None:
            return body
        body = _body(make())
        size = _size(body)
        with self._lock:
            if tag not in self._bodies and size <= self._most // 4:
                self._bodies[tag] = body
                self._size += size
            while self._size > self._most:
                _, gone = self._bodies.popitem(last=False)
                self._size -= _size(gone)
        return body


def respond(
    request: Request, kept: Kept, key: tuple[str, ...] | None, make: Callable[[], str | bytes], media: str
) -> Response:
    """Return an answer, or 304 where the reader has it.

    key: what the answer hangs on, the record included: same key, same answer. None: it may change at any time.
    """
    if key is None:
        body = _body(make())
        tag = hashlib.sha256(body.plain).hexdigest()[:20]
        return _response(request, body, tag, media)
    tag = hashlib.sha256("\0".join(key).encode()).hexdigest()[:20]
    if _has(request, tag):
        return Response(status_code=304, headers=_headers(tag))
    return _response(request, kept.get(tag, make), tag, media)


def ready(request: Request, kept: Kept, tag: str, media: str | None) -> Response | None:
    """Return the answer of a tag if it is kept."""
    body = kept.find(tag)
    return _response(request, body, tag, media) if body is not None else None


def _response(request: Request, body: _Body, tag: str, media: str | None) -> Response:
    if _has(request, tag):
        return Response(status_code=304, headers=_headers(tag))
    if body.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(body.packed, media_type=media, headers={**_headers(tag), "content-encoding": "gzip"})
    return Response(body.plain, media_type=media, headers=_headers(tag))


def _headers(tag: str) -> dict[str, str]:
    # Weak, as the packed and the plain body are one answer; asked for again each time, as the day moves on.
    return {"etag": f'W/"{tag}"', "cache-control": "no-cache", "vary": "accept-encoding"}


def _has(request: Request, tag: str) -> bool:
    tags = request.headers.get("if-none-match", "")
    return any(each.strip().removeprefix("W/").strip('"') == tag for each in tags.split(","))


def _body(made: str | bytes) -> _Body:
    if isinstance(made, bytes):
        # A picture is packed as it comes.
        return _Body(made, None)
    plain = made.encode("utf-8", "replace")
    packed = gzip.compress(plain, 6, mtime=0) if len(plain) > _WORTH_PACKING else None
    return _Body(plain, packed)


def _size(body: _Body) -> int:
    return len(body.plain) + len(body.packed or b"")
