"""Ways to tell: a file of lines, a webhook, mail."""

from __future__ import annotations

import os
import smtplib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin, urlsplit

from tidegate import __version__
from tidegate.watch.message import DeliveryError, Message

if TYPE_CHECKING:
    import httpx

__all__ = ["FileChannel", "MailChannel", "Webhook"]

_TAIL = 4 * 2**20
"""Bytes at the end of a file in which a message is looked for before it is written."""

_TRIES = 3
_REDIRECTS = 3
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers of a server that may be another a little later."""


@dataclass(frozen=True)
class FileChannel:
    """Appends a line of JSON for each message; one that stands there already is not written again."""

    path: Path

    @property
    def name(self) -> str:
        """What the channel is called."""
        return f"file {self.path}"

    def send(self, message: Message) -> None:
        """Append the message, and return once it is on the disk. Raises: DeliveryError: if it cannot be written."""
        line = message.to_json().encode("utf-8", "replace") + b"\n"
        try:
            with self.path.open("a+b") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(size - _TAIL, 0))
                tail = file.read()
                if f'"id": "{message.id}"'.encode() in tail:
                    return
                # Half a line of a run that was killed stays a line of its own.
                file.write((b"\n" if tail and not tail.endswith(b"\n") else b"") + line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise DeliveryError(
                f"{self.name}: {error.strerror or error}. Check the folder and its rights."
            ) from None


@dataclass(frozen=True)
class Webhook:
    """Posts each message as JSON. A redirect is followed only to the same server.

    token: goes along as `Authorization: Bearer`. wait: sleeps between tries.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    timeout: float = 10.0
    wait: Callable[[float], None] = time.sleep

    @property
    def name(self) -> str:
        """What the channel is called: without the path, in which a secret may stand."""
        parts = urlsplit(self.url)
        return f"webhook {parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"

    def send(self, message: Message) -> None:
        """Post the message; `Idempotency-Key` is its id. Raises: DeliveryError: if it is not taken."""
        import httpx

        headers = {
            "content-type": "application/json", "user-agent": f"tidegate/{__version__}",
            "idempotency-key": message.id,
        }  # fmt: skip
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        why = ""
        with httpx.Client(timeout=self.timeout, follow_redirects=False) as client:
            for attempt in range(_TRIES):
                if attempt:
                    self.wait(2.0 ** (attempt - 1))
                try:
                    answer = self._post(client, message, headers)
                except httpx.HTTPError as error:
                    why = f"no answer ({type(error).__name__})"
                    continue
                if answer.is_success:
                    return
                why = f"it answered {answer.status_code}"
                if answer.status_code not in _AGAIN:
                    break
        raise DeliveryError(f"{self.name}: {why}. The message is kept for the next run.")

    def _post(self, client: httpx.Client, message: Message, headers: dict[str, str]) -> httpx.Response:
        address, body = self.url, message.to_json().encode("utf-8", "replace")
        for _ in range(_REDIRECTS):
            answer = client.post(address, content=body, headers=headers)
            if not answer.has_redirect_location:
                return answer
            onward = urljoin(address, answer.headers["location"])
            if _origin(onward) != _origin(self.url) or answer.status_code not in (307, 308):
                raise DeliveryError(
                    f"{self.name}: it leads on to {_origin(onward)[1]}, where messages do not go. Give the last address."
                )
            address = onward
        raise DeliveryError(f"{self.name}: it leads on more than {_REDIRECTS} times. Give the last address.")


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


@dataclass(frozen=True)
class MailChannel:
    """Sends each message as a mail. The server must offer TLS unless it is on this machine.

    ca: file of the certificates to trust, where the server has one of its own.
    """

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    ca: Path | None = None
    timeout: float = 20.0

    @property
    def name(self) -> str:
        """What the channel is called."""
        return f"mail to {', '.join(self.to)}"

    def mail(self, message: Message) -> EmailMessage:
        """Return the mail of a message; its Message-ID is the message's own."""
        mail = EmailMessage()
        mail["Subject"] = " ".join(message.subject.split())[:200]
        mail["From"], mail["To"] = self.sender, ", ".join(self.to)
        mail["Date"] = formatdate(localtime=False)
        mail["Message-ID"] = f"<{message.id}@tidegate.invalid>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        return mail

    def send(self, message: Message) -> None:
        """Send the mail. Raises: DeliveryError: if the server does not take it for every receiver."""
        try:
            context = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
            with self._connected(context) as server:
                if self.tls == "starttls":
                    server.starttls(context=context)
                if self.user is not None:
                    server.login(self.user, self.password or "")
                refused = server.send_message(self.mail(message))
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(
                f"{self.name} by {self.host}:{self.port}: {_reason(error)}. The message is kept for the next run."
            ) from None
        if refused:
            raise DeliveryError(
                f"{self.name} by {self.host}: refused for {', '.join(refused)}. Check the addresses."
            )

    def _connected(self, context: ssl.SSLContext) -> smtplib.SMTP:
        if self.tls == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout)


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = (
            error.smtp_error.decode("utf-8", "replace")
            if isinstance(error.smtp_error, bytes)
            else error.smtp_error
        )
        return f"{error.smtp_code} {' '.join(str(said).split())[:200]}"
    return f"{type(error).__name__}: {getattr(error, 'strerror', None) or error}"
