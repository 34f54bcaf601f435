"""Stories in e-mails: the plain part, or the visible text of the HTML part."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tidegate.claims.documents.decoding import decode
from tidegate.claims.documents.document import Document, story
from tidegate.claims.documents.lines import unwrap
from tidegate.claims.documents.page import visible_text
from tidegate.dates import YEARS, Day
from tidegate.errors import DocumentError

__all__ = ["looks_like_mail", "read_mail"]

_HEADER = re.compile(rb"\A(?:From [^\n]*\n)?(?:[A-Za-z][\w-]*:[^\n]*\n(?:[ \t]+[^\n]*\n)*){3,}")
_LONGEST_HEADER = 64 * 1024
_LONG_FIELD = re.compile(rb"^content-[\w-]{1,40}:(?:[^\n]|\n[ \t]){8000}", re.IGNORECASE | re.MULTILINE)
"""The standard parser takes minutes for a field of a megabyte."""

_FORWARDED = re.compile(r"^(?:(?:fwd?|wg|tr|rv|i|doorst)\s*:\s*)+", re.IGNORECASE)


def looks_like_mail(raw: bytes) -> bool:
    """Return whether bytes begin with the header of an e-mail that a mail program has written."""
    head = _HEADER.match(raw[:20_000].replace(b"\r\n", b"\n"))
    if head is None:
        return False
    fields = set(re.findall(rb"^([A-Za-z-]+):", head.group().lower(), re.MULTILINE))
    return b"from" in fields and bool(fields & {b"mime-version", b"received", b"message-id"})


def read_mail(raw: bytes, name: str) -> Document:
    """Return the story in an e-mail; subject, day and the sender's name from its header.

    A forwarded mail has the day and name of who passed it on, so neither is taken.
    Raises: DocumentError: if no text can be found in it.
    """
    head = raw.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0]
    if len(head) > _LONGEST_HEADER or _LONG_FIELD.search(raw):
        raise DocumentError(f"{name}: the header of this mail is too long. Save its text in a file.")
    try:
        message = message_from_bytes(raw, policy=default)
        text, notes = _text(message, name)
    except DocumentError:
        raise
    except Exception as error:
        # The standard parser breaks in many ways on what no mail program writes.
        raise DocumentError(
            f"{name}: this mail is broken: {type(error).__name__}. Save its text in a file."
        ) from None
    subject = _field(message, "subject") or ""
    forwarded = _FORWARDED.match(subject)
    if forwarded:
        notes += ("forwarded: the day and the sender are not those of the story",)
    return story(
        name,
        text,
        title=_FORWARDED.sub("", subject) or None,
        published=None if forwarded else _day(message),
        outlet=None if forwarded else _sender(message),
        notes=notes,
        empty="this mail holds no text. Save the story as text.",
    )


def _text(message: EmailMessage, name: str) -> tuple[str, tuple[str, ...]]:
    plain, notes = _part(message, "plain", name)
    markup, markup_notes = _part(message, "html", name)
    seen = visible_text(markup, name) if markup.strip() else ""
    # 'Your program cannot show HTML' is no story.
    if not plain.strip() or (len(plain) < 300 and len(seen) > 4 * len(plain)):
        return seen, markup_notes
    return unwrap(plain.replace("\r\n", "\n")), notes


def _part(message: EmailMessage, kind: str, name: str) -> tuple[str, tuple[str, ...]]:
    part = message.get_body((kind,))
    if part is None:
        return "", ()
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes) or not raw.strip():
        return "", ()
    return decode(raw, name, part.get_content_charset())


def _field(message: EmailMessage, field: str) -> str | None:
    try:
        value = message[field]
    except Exception:
        # See read_mail: a broken field is a missing field.
        return None
    return None if value is None else str(value)


def _day(message: EmailMessage) -> Day | None:
    try:
        sent = message["date"].datetime
    except Exception:
        return None
    return sent.date() if sent is not None and sent.year in YEARS else None


def _sender(message: EmailMessage) -> str | None:
    try:
        return message["from"].addresses[0].display_name or None
    except Exception:
        return None
