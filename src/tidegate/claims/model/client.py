"""The line to a language model: one POST, its retries and its limits."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tidegate.claims.model.answer import ModelError, answer_in, detail_in, uncounted, usage_in
from tidegate.claims.model.schema import answer_schema
from tidegate.claims.model.settings import KEY_VARIABLES, ModelSettings
from tidegate.claims.model.usage import Usage

if TYPE_CHECKING:
    import httpx

__all__ = ["ModelClient"]

_SCHEMA = {"name": "claims", "strict": True}
_FORMS = ("json_schema", "json_object", "plain", "bare")
"""How an answer is asked for, strictest first: each next one where the server does not know the one before.
'bare' leaves out temperature and seed as well, which some models refuse."""

_AGAIN = (
    "\n\nAn earlier answer was not one whole JSON object. Answer with one whole JSON object and nothing else."
)


class ModelClient:
    """Asks one model; use it in a `with`, from one thread.

    sleep, clock: how to wait, and a clock that never goes back, both in seconds.
    """

    def __init__(
        self,
        settings: ModelSettings,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        import httpx

        self._settings = settings
        self._sleep = sleep
        self._clock = clock
        self._form = 0
        self._used = Usage()
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        if settings.key is not None:
            headers["Authorization"] = f"Bearer {settings.key}"
        # A redirect could carry the document and the key to another host: none is followed.
        self._http = httpx.Client(headers=headers, follow_redirects=False)

    def __enter__(self) -> ModelClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def take_usage(self) -> Usage:
        """Return what was used since the last call."""
        used, self._used = self._used, Usage()
        return used

    def ask(self, messages: Sequence[Mapping[str, str]], *, again: bool = False) -> str:
        """Return the text with which the model answers.

        again: the last answer was not in the form asked for.
        Raises: ModelError: if there is no answer to be had.
        """
        deadline = self._clock() + self._settings.total_timeout
        tries = 0
        while True:
            try:
                status, headers, body = self._post(self._payload(messages, again), deadline)
            except _DroppedError as error:
                wait, why = None, str(error)
            else:
                if 200 <= status < 300:
                    self._used += usage_in(body, self._settings)
                    return answer_in(body)
                if status in (400, 422) and self._form < len(_FORMS) - 1:
                    self._form += 1
                    continue
                detail = detail_in(body, self._settings.key)
                why = f"answered HTTP {status}" + (f" ({detail})" if detail else "")
                _raise_if_final(status, why)
                wait = _asked_to_wait(headers)
            if tries >= self._settings.retries:
                raise ModelError(f"{why}, {tries + 1} times" if tries else why)
            wait = self._settings.backoff * 2**tries if wait is None else wait
            left = deadline - self._clock()
            if wait >= left:
                raise ModelError(f"{why} and would have to wait {wait:.0f} s, of {max(left, 0):.0f} s left")
            self._sleep(wait)
            tries += 1

    def _payload(self, messages: Sequence[Mapping[str, str]], again: bool) -> bytes:
        form = _FORMS[self._form]
        asked = [dict(message) for message in messages]
        if again:
            asked[-1]["content"] += _AGAIN
        payload: dict[str, Any] = {"model": self._settings.model, "messages": asked}
        if form != "bare":
            # The same seed at no temperature would give the same broken answer again.
            payload |= {"temperature": 0, "seed": self._settings.seed + again}
        if form == "json_schema":
            schema = _SCHEMA | {"schema": answer_schema()}
            payload["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif form == "json_object":
            payload["response_format"] = {"type": "json_object"}
        return json.dumps(payload).encode()

    def _post(self, payload: bytes, deadline: float) -> tuple[int, Mapping[str, str], bytes]:
        import httpx

        settings = self._settings
        left = max(deadline - self._clock(), 0.01)
        silence = min(settings.timeout, left)
        limits = httpx.Timeout(silence, connect=min(settings.connect_timeout, left))
        url = settings.address.rstrip("/") + "/chat/completions"
        answered = False
        try:
            with self._http.stream("POST", url, content=payload, timeout=limits) as response:
                answered = not response.is_success
                return response.status_code, response.headers, self._body(response, deadline)
        except httpx.ConnectTimeout:
            waited = f"{min(settings.connect_timeout, left):g} s"
            raise ModelError(f"could not be reached at {settings.shown_address} in {waited}") from None
        except httpx.TimeoutException:
            # The same question would most likely take as long again: a timeout is not retried.
            self._count_uncounted()
            raise ModelError(f"did not answer: timed out after {silence:g} s") from None
        except httpx.ConnectError:
            raise ModelError(f"could not be reached at {settings.shown_address}") from None
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            if not answered:
                self._count_uncounted()
            raise _DroppedError("broke off its answer") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelError(f"could not be asked ({type(error).__name__})") from None

    def _count_uncounted(self) -> None:
        self._used += uncounted(self._settings)

    def _body(self, response: httpx.Response, deadline: float) -> bytes:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise ModelError("answered in a packed form that was not asked for")
        body = bytearray()
        for part in response.iter_raw():
            body += part
            if len(body) > self._settings.max_bytes:
                self._count_uncounted()
                raise ModelError(f"answered with more than {self._settings.max_bytes:,} bytes")
            if self._clock() > deadline:
                self._count_uncounted()
                raise ModelError(
                    f"did not end its answer: timed out after {self._settings.total_timeout:g} s"
                )
        return bytes(body)


class _DroppedError(Exception):
    """The connection ended in the middle."""


def _raise_if_final(status: int, why: str) -> None:
    """Raise ModelError for a status that asking again does not mend."""
    if status in (401, 403):
        # The server's own words are left out: some repeat the key.
        raise ModelError(f"refused the key (HTTP {status}). Set {' or '.join(KEY_VARIABLES)} to one it takes")
    if 300 <= status < 400:
        raise ModelError(
            f"sends on to another address (HTTP {status}), which is not followed. Give the address that answers itself"
        )
    if status not in (408, 425, 429) and status < 500:
        raise ModelError(why)


def _asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that `Retry-After` asks for, given in seconds or as a time; None if it asks nothing."""
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    try:
        # Against the server's own clock: ours may be off, and is not read here.
        wait = parsedate_to_datetime(asked) - parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, wait.total_seconds())
