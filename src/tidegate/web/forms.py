"""Forms that change something: proof that the person who sends one had our page before them.

Three things hold, each by itself enough against a form of another site: the cookie goes along with requests
of this site alone (SameSite=Strict), the browser's own word on where the form was sent from, and a signed value in
the form that belongs to the session and the person.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.exceptions import HTTPException
from starlette.requests import Request

from tidegate.web.access import Access, Visitor

__all__ = ["FORM_HOURS", "check_form", "form_value", "refuse_strangers"]

FORM_HOURS = 12
"""How long a form may lie open before it is sent, and a session lasts."""


def refuse_strangers(request: Request, origin: str | None = None) -> None:
    """Refuse a form that another site made somebody's browser send. origin: where the site is, if that is told.

    Raises: HTTPException: 403.
    """
    site = request.headers.get("sec-fetch-site")
    sent_from = request.headers.get("origin")
    if sent_from == "null" and site == "same-origin":
        # Said by a page that tells nobody where it is.
        sent_from = None
    here = origin or f"//{request.headers.get('host', '')}"
    wanted = urlsplit(here)
    is_other = sent_from is not None and (
        urlsplit(sent_from).netloc != wanted.netloc or (wanted.scheme not in ("", urlsplit(sent_from).scheme))
    )
    if is_other or site not in (None, "same-origin", "none"):
        raise HTTPException(
            403, "This form was sent from another site. Open the page and send it from there."
        )


def form_value(request: Request, access: Access, visitor: Visitor) -> str:
    """Return the value that a form of this page carries; it differs each time and starts a session if need be."""
    if "form" not in request.session:
        request.session["form"] = secrets.token_hex(16)
    once = secrets.token_hex(8)
    return _signer(access).dumps([once, _proof(request, visitor, once)])


def check_form(request: Request, access: Access, visitor: Visitor, form: Mapping[str, object]) -> None:
    """Refuse what was not sent from a page of ours by the person it was made for.

    Who brings a token with the request itself means it, and needs no value.
    Raises: HTTPException: 403, with the mend.
    """
    refuse_strangers(request, access.origin)
    if visitor.name is not None and not visitor.is_ambient:
        return
    try:
        once, proof = _signer(access).loads(str(form.get("form", "")), max_age=FORM_HOURS * 3600)
        fits = hmac.compare_digest(str(proof), _proof(request, visitor, str(once)))
    except (BadSignature, ValueError, TypeError):
        fits = False
    if not fits or "form" not in request.session:
        raise HTTPException(
            403,
            "This form is too old, or was made for somebody else. Go back, load the page anew, send it again.",
        )


def _proof(request: Request, visitor: Visitor, once: str) -> str:
    key = str(request.session.get("form", "")).encode()
    return hmac.new(key, f"{once}\0{visitor.name or ''}\0{visitor.via}".encode(), hashlib.sha256).hexdigest()


def _signer(access: Access) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(access.secret, salt="tidegate form")
