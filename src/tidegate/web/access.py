"""Who asks: nobody in particular, somebody a reverse proxy vouches for, or the holder of a token."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import logging
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.exceptions import HTTPException
from starlette.requests import Request

from tidegate.claims.store import Actor
from tidegate.errors import BadInputError

if TYPE_CHECKING:
    from tidegate.claims.store import Store
    from tidegate.claims.store.tokens import Token

__all__ = ["FAILURES_A_MINUTE", "NOBODY", "Access", "Visitor", "access_of"]

FAILURES_A_MINUTE = 10
"""Wrong tokens that one address may send within a minute; after that it waits, right ones or not."""

LEAST_SECRET = 32
"""Characters of the secret that signs sessions and forms."""

_LONGEST_NAME = 200
_MOST_KEPT = 256
_log = logging.getLogger("tidegate.web")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks. name: None for nobody in particular. via: how they are known.

    may_read, may_write: what they may do here. is_ambient: whether their browser says who they are by
    itself, with each request, so that a form has to prove that they meant it.
    """

    name: str | None = None
    via: str = ""
    may_read: bool = True
    may_write: bool = False
    is_ambient: bool = False

    @property
    def actor(self) -> Actor:
        """Return who signs a change. Raises: HTTPException: 401 or 403, if they may not write."""
        if self.name is None:
            raise HTTPException(
                401, "This is read-only for whoever is not known. Sign in, or send a token that may write.",
                {"www-authenticate": "Bearer"},
            )  # fmt: skip
        if not self.may_write:
            raise HTTPException(
                403, f"{self.name} may read here and not write. Ask for a token that may write."
            )
        return Actor(self.name, self.via)


NOBODY = Visitor()


@dataclass(frozen=True)
class Access:
    """Who may do what. Without anything given: everybody reads, nobody writes.

    store: where the tokens are; None: there are none. now: the clock. trust_header: the header in which a
    reverse proxy names the person; believed only from `trust_proxy`. private: whether reading too needs a name.
    origin: the address that people see, as https://desk.example; None: whatever host they ask for.
    secret: signs sessions and forms; another one ends every session.
    """

    store: Store | None = None
    now: Callable[[], dt.datetime] | None = None
    trust_header: str | None = None
    trust_proxy: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    private: bool = False
    origin: str | None = None
    secret: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    _limiter: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()),
        init=False,
        repr=False,
        compare=False,
    )
    _known: _Known = field(default_factory=lambda: _Known(), init=False, repr=False, compare=False)
    # scrypt takes 16 MiB and a core: two at a time keep the rest of the site quick.
    _slowly: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(2), init=False, repr=False, compare=False
    )

    def to_write_to(self) -> tuple[Store, Callable[[], dt.datetime]]:
        """Return the store that changes go to, and the clock they are signed by.

        Raises: HTTPException: 403, with the mend, where the site has none: whoever asks, nothing can be changed.
        """
        if self.store is None or self.now is None:
            raise HTTPException(
                403, "There is no store, so nothing can be kept or decided. Start the site with --store FILE."
            )
        return self.store, self.now

    @property
    def has_names(self) -> bool:
        """Whether anybody can be known at all."""
        return self.store is not None or self.trust_header is not None

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over TLS, so that cookies go over nothing else."""
        return bool(self.origin and self.origin.startswith("https://"))

    @property
    def host(self) -> str | None:
        """The name of the machine in `origin`, if that is told."""
        return urlsplit(self.origin).hostname if self.origin else None

    def visitor(self, request: Request) -> Visitor:
        """Return who asks. It may read the store.

        Raises: HTTPException: 401 for a token that is wrong or revoked, 429 after too many of them, 400 for
            a name from the proxy that is none.
        """
        kept: Visitor | None = getattr(request.state, "visitor", None)
        if kept is None:
            kept = request.state.visitor = self._visitor(request)
        return kept

    def sign_in(self, request: Request, words: str) -> Token:
        """Return the token that somebody gave, counting those that are wrong. Raises: as `visitor`."""
        from tidegate.claims.store.tokens import find_token, standing_token

        if self.store is None:
            raise HTTPException(
                403, "There is no store, so there are no tokens. Start the site with --store."
            )
        address = self._address(request)
        self._check_rate(address)
        mark = hashlib.sha256(words.encode("utf-8", "replace")).digest()
        known = self._known.get(mark)
        # What was found right once is only asked whether it still stands; scrypt takes its time.
        if known is None:
            with self._slowly:
                # Wrong ones that were sent at once have been counted while this one waited.
                self._check_rate(address)
                token = find_token(self.store, words)
                if token is None:
                    self._limiter.hit(_RATE, address)
        else:
            token = standing_token(self.store, known)
            if token is None:
                self._limiter.hit(_RATE, address)
        if token is None:
            self._known.forget(mark)
            _log.warning("a wrong token from %s", address)
            raise HTTPException(401, "This token is not known, or was revoked. Make one with: tidegate token new NAME",
                                {"www-authenticate": "Bearer"})  # fmt: skip
        self._known.keep(mark, token.id)
        return token

    def _check_rate(self, address: str) -> None:
        if not self._limiter.test(_RATE, address):
            raise HTTPException(
                429, "Too many wrong tokens from this address. Wait a minute.", {"retry-after": "60"}
            )

    def _visitor(self, request: Request) -> Visitor:
        given = request.headers.get("authorization")
        if given is not None and self.store is not None:
            scheme, _, words = given.partition(" ")
            if scheme.lower() == "bearer":
                return self._holder(self.sign_in(request, words.strip()), is_ambient=False)
        if (name := self._from_proxy(request)) is not None:
            return Visitor(name, "proxy", may_write=self.store is not None, is_ambient=True)
        if self.store is not None and (token_id := request.session.get("token")) is not None:
            from tidegate.claims.store.tokens import standing_token

            token = standing_token(self.store, str(token_id))
            if token is not None:
                return self._holder(token, is_ambient=True)
            request.session.pop("token", None)
        return Visitor(may_read=not self.private)

    def _holder(self, token: Token, *, is_ambient: bool) -> Visitor:
        return Visitor(
            token.name, f"token {token.id}", may_write=token.scope == "write", is_ambient=is_ambient
        )

    def _from_proxy(self, request: Request) -> str | None:
        if self.trust_header is None or not self._is_proxy(request):
            return None
        given = request.headers.getlist(self.trust_header)
        if not given or given == [""]:
            return None
        name = " ".join(given[0].split())
        if len(given) > 1 or not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise HTTPException(
                400, f"{self.trust_header} from the proxy names nobody. It has to stand once, with one name."
            )
        return name

    def _is_proxy(self, request: Request) -> bool:
        try:
            peer = ipaddress.ip_address(request.client.host if request.client else "")
        except ValueError:
            return False
        peer = getattr(peer, "ipv4_mapped", None) or peer
        return any(peer in network for network in self.trust_proxy)

    def _address(self, request: Request) -> str:
        """Return whom a wrong token is counted against: the peer, or whom the trusted proxy speaks for."""
        peer = request.client.host if request.client else ""
        if self._is_proxy(request):
            # Some proxies add a line of their own below one that the caller sent: theirs is the last of the last.
            told = request.headers.getlist("x-forwarded-for") or [peer]
            return told[-1].rpartition(",")[2].strip()[:64] or peer
        return peer


def access_of(
    store: Store | None, now: Callable[[], dt.datetime] | None, trust_header: str | None = None,
    trust_proxy: Sequence[str] = (), *, private: bool = False, origin: str | None = None, secret: str | None = None,
) -> Access:  # fmt: skip
    """Return who may do what, from what a person says.

    trust_proxy: addresses or networks. origin: `https://HOST[:PORT]`. secret: 32 characters or more; None: one
    that ends with the process.
    Raises: BadInputError: for a header without a proxy, an address that is none, an origin with a path, a short
        secret, or a private site on which nobody can be known.
    """
    if bool(trust_header) != bool(trust_proxy):
        raise BadInputError(
            "--trust-header and --trust-proxy stand together: the header that names the person, and who may send it."
        )
    if trust_header is not None and not re.fullmatch(r"[A-Za-z0-9-]{1,80}", trust_header):
        raise BadInputError(
            f"--trust-header: '{trust_header[:80]}' is no name of a header. Give one: X-Remote-User."
        )
    try:
        proxies = tuple(ipaddress.ip_network(each) for each in trust_proxy)
    except ValueError as error:
        raise BadInputError(
            f"--trust-proxy: {error}. Give an address or a network: 127.0.0.1, 10.0.0.0/24."
        ) from None
    origin = None if origin is None else _as_browsers_say(origin)
    if secret is not None and len(secret) < LEAST_SECRET:
        raise BadInputError(
            f"TIDEGATE_SECRET has {len(secret)} characters, {LEAST_SECRET} are the least. Make one: openssl rand -hex 32"
        )
    if private and store is None and trust_header is None:
        raise BadInputError(
            "--private: without --store or --trust-header nobody can be known. Give one of them."
        )
    if secret is None:
        return Access(store, now, trust_header, proxies, private, origin)
    return Access(store, now, trust_header, proxies, private, origin, secret)


def _as_browsers_say(origin: str) -> str:
    """Return an origin in the one form in which browsers send it: small letters, no port that goes without saying.

    Raises: BadInputError: if it is none.
    """
    try:
        parts = urlsplit(origin.lower())
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    shown = f"[{host}]" if host and ":" in host else host
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    told = f"{shown}:{port}" if port is not None else shown
    if usual is None or not host or parts.netloc != told or origin.lower() != f"{parts.scheme}://{told}":
        raise BadInputError(
            f"--origin: '{origin[:200]}' is none. Give scheme and host alone: https://desk.example.org."
        )
    return f"{parts.scheme}://{shown if port in (None, usual) else told}"


_RATE = RateLimitItemPerMinute(FAILURES_A_MINUTE)


class _Known:
    """Tokens that were found right, by a digest of their words, in memory alone."""

    def __init__(self) -> None:
        self._ids: OrderedDict[bytes, str] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, mark: bytes) -> str | None:
        with self._lock:
            return self._ids.get(mark)

    def keep(self, mark: bytes, token_id: str) -> None:
        with self._lock:
            self._ids[mark] = token_id
            while len(self._ids) > _MOST_KEPT:
                self._ids.popitem(last=False)

    def forget(self, mark: bytes) -> None:
        with self._lock:
            self._ids.pop(mark, None)
