"""How to reach a language model: its address, key, limits and prices."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tidegate.errors import BadInputError

__all__ = ["ADDRESS_VARIABLES", "KEY_VARIABLES", "ModelSettings"]

ADDRESS_VARIABLES = ("TIDEGATE_MODEL_URL", "OPENAI_BASE_URL")
KEY_VARIABLES = ("TIDEGATE_MODEL_KEY", "OPENAI_API_KEY")
_PRICES = ("TIDEGATE_MODEL_PRICE_IN", "TIDEGATE_MODEL_PRICE_OUT")
_TIMEOUT = "TIDEGATE_MODEL_TIMEOUT"


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Where a model answers and how long, how often and how much it may be asked.

    model: the name the server knows it by. address: the base of an OpenAI-compatible endpoint, up to and
    with `/v1`. key: None for a server that asks for none; it is shown nowhere.
    connect_timeout, timeout: seconds to reach the server, and of silence from it. total_timeout: seconds
    for one question with all its retries. retries: how often a busy or broken server is asked again.
    backoff: seconds before the first of these, doubled each time. max_bytes: an answer above this is
    refused. chunk: characters of a document in one question. max_chunks: a document that needs more
    questions is not sent.
    price_in, price_out: US dollars for a million tokens; None where not known.
    """

    model: str
    address: str
    key: str | None = field(default=None, repr=False)
    connect_timeout: float = 10.0
    timeout: float = 60.0
    total_timeout: float = 300.0
    retries: int = 3
    backoff: float = 1.0
    max_bytes: int = 4 * 1024 * 1024
    chunk: int = 8000
    max_chunks: int = 50
    seed: int = 0
    price_in: float | None = None
    price_out: float | None = None

    def __post_init__(self) -> None:
        """Check what was given.

        Raises: BadInputError: naming what is not usable, never showing the key.
        """
        if not self.model.strip() or not self.model.isprintable():
            raise BadInputError(f"The model's name is {self.model!r}. Give the name the server knows it by.")
        _check_address(self.address)
        if self.key is not None and not re.fullmatch(r"[!-~]+", self.key):
            raise BadInputError(
                "The model's key holds a space, a line break or a character that no header may carry. "
                f"Set {KEY_VARIABLES[0]} to the bare key."
            )
        for name in ("connect_timeout", "timeout", "total_timeout", "max_bytes", "chunk", "max_chunks"):
            if not getattr(self, name) > 0:
                raise BadInputError(f"{name} of the model is {getattr(self, name)}. Give a number above 0.")
        if self.retries < 0 or self.backoff < 0:
            raise BadInputError("retries and backoff of the model cannot be below 0. Give 0 for none.")

    @property
    def shown_address(self) -> str:
        """The address as messages show it: without a user name or password."""
        parts = urlsplit(self.address)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path}".rstrip("/")

    @classmethod
    def from_environment(cls, model: str, environment: Mapping[str, str] | None = None) -> ModelSettings:
        """Return the settings that environment variables give.

        TIDEGATE_MODEL_URL, else OPENAI_BASE_URL; TIDEGATE_MODEL_KEY, else OPENAI_API_KEY (the first set to
        nothing: no key is sent); TIDEGATE_MODEL_TIMEOUT in seconds; TIDEGATE_MODEL_PRICE_IN and
        TIDEGATE_MODEL_PRICE_OUT.
        Raises: BadInputError: if no address is set, or one of them is not usable.
        """
        given = os.environ if environment is None else environment
        address = next(
            (given[name].strip() for name in ADDRESS_VARIABLES if given.get(name, "").strip()), None
        )
        if address is None:
            raise BadInputError(
                f"No address of a language model is set. Set {ADDRESS_VARIABLES[0]} (or {ADDRESS_VARIABLES[1]}) to "
                "the base of an OpenAI-compatible endpoint, for example http://localhost:11434/v1, and "
                f"{KEY_VARIABLES[0]} (or {KEY_VARIABLES[1]}) to its key where it asks for one."
            )
        key = next((given[name].strip() for name in KEY_VARIABLES if name in given), "")
        price_in, price_out = (_number(given, name) for name in _PRICES)
        timeout = _number(given, _TIMEOUT)
        if timeout is None:
            return cls(model, address, key or None, price_in=price_in, price_out=price_out)
        return cls(
            model, address, key or None, timeout=timeout, total_timeout=max(300.0, 2 * timeout),
            price_in=price_in, price_out=price_out,
        )  # fmt: skip


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not re.fullmatch(r"[!-~]+", address) or parts.query or parts.fragment:
        raise BadInputError(
            "The address of the language model is not the base of an endpoint. Set "
            f"{ADDRESS_VARIABLES[0]} to one like https://api.example.com/v1, without ? or #."
        )


def _number(given: Mapping[str, str], name: str) -> float | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise BadInputError(f"{name} is {text!r}. Give a number of 0 or more, for example 2.50.")
    return number
