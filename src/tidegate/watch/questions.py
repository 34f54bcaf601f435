"""The file of `tidegate watch`: which questions, and how a change is told. docs/watch.md has the fields."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tidegate.dates import Day
from tidegate.errors import BadInputError, TidegateError
from tidegate.records import YamlRecord, read_yaml_records
from tidegate.watch.channels import FileChannel, MailChannel, Webhook
from tidegate.watch.facts import Answer
from tidegate.watch.message import Channel
from tidegate.watch.run import Watched

__all__ = ["read_questions"]

Following = Callable[[str, Mapping[str, Any]], tuple[str, Callable[[Day], Answer]]]
"""From an address, or a name and parameters, to the address without the day, and what is answered on a day."""

_HEAD = ("tell", "questions")
_QUESTION = ("name", "ask", "with", "tell")
_WAYS = ("file", "webhook", "mail")
_WEBHOOK = ("url", "url_env", "token_env", "timeout")
_MAIL = ("to", "from", "host", "port", "user", "password_env", "tls", "ca", "timeout")
_TLS = ("starttls", "tls", "none")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+")


def read_questions(path: Path, follow: Following) -> tuple[Watched, ...]:
    """Return the questions of a file. follow: reads what is asked.

    A file named in it is taken from the folder of this one. Passwords and tokens come from the environment.
    Raises: BadInputError: with file and line, what is wrong there, and the mend. LedgerError: if it is no YAML.
    """
    records = read_yaml_records(path)
    if len(records) != 1:
        raise BadInputError(
            f"{path}:1: one mapping with `tell` and `questions` is expected. Write these two."
        )
    return _File(records[0], path.parent).questions(follow)


class _File:
    """The file while it is read: every error names the line of the value."""

    def __init__(self, record: YamlRecord, folder: Path) -> None:
        self.record, self.folder = record, folder

    def questions(self, follow: Following) -> tuple[Watched, ...]:
        data = self.record.data
        self.known(data, (), _HEAD)
        shared = self.channels(data["tell"], ("tell",)) if "tell" in data else None
        rows = data.get("questions")
        if not isinstance(rows, list) or not rows:
            raise self.error(
                ("questions",), "at least one question is expected", "Write a list with `name` and `ask`"
            )
        found: dict[str, Watched] = {}
        for index, row in enumerate(rows):
            at = ("questions", index)
            each = self.question(row, at, shared, follow)
            if each.name in found:
                raise self.error(
                    (*at, "name"), f"the name '{each.name}' stands twice", "Give each question its own"
                )
            found[each.name] = each
        return tuple(found.values())

    def question(
        self,
        row: object,
        at: tuple[str | int, ...],
        shared: tuple[Channel, ...] | None,
        follow: Following,
    ) -> Watched:
        if not isinstance(row, dict):
            raise self.error(at, "a question with `name` and `ask` is expected", "Write `key: value` lines")
        self.known(row, at, _QUESTION)
        name, ask = self.text(row, at, "name"), self.text(row, at, "ask")
        values = row.get("with", {})
        if not isinstance(values, dict):
            raise self.error((*at, "with"), "parameters are expected", "Write `key: value` lines")
        for key, value in values.items():
            if isinstance(value, dict | list) or value is None:
                raise self.error((*at, "with", key), f"'{key}' is no text or number", "Write one value")
        channels = self.channels(row["tell"], (*at, "tell")) if "tell" in row else shared
        if channels is None:
            raise self.error(
                at, f"nothing says how to tell a change of '{name}'", "Add `tell` here, or at the head"
            )
        try:
            address, answer = follow(ask, values)
        except TidegateError as error:
            raise self.error((*at, "ask"), f"'{ask}' cannot be asked: {error}", "") from None
        return Watched(name, address, answer, channels)

    def channels(self, rows: Any, at: tuple[str | int, ...]) -> tuple[Channel, ...]:  # noqa: ANN401
        if isinstance(rows, dict):
            rows = [rows]
        if not isinstance(rows, list) or not rows:
            raise self.error(at, "ways to tell are expected", f"Write a list of {', '.join(_WAYS)}")
        found: dict[str, Channel] = {}
        for index, row in enumerate(rows):
            place = (*at, index)
            if not isinstance(row, dict) or len(row) != 1 or next(iter(row)) not in _WAYS:
                raise self.error(
                    place, "one way to tell is expected", f"Write one of {', '.join(_WAYS)}, then its value"
                )
            [(way, value)] = row.items()
            channel = getattr(self, way)(value, (*place, way))
            if channel.name in found:
                raise self.error(place, f"'{channel.name}' stands twice", "Keep one of the two")
            found[channel.name] = channel
        return tuple(found.values())

    def file(self, value: Any, at: tuple[str | int, ...]) -> FileChannel:  # noqa: ANN401
        if not isinstance(value, str) or not value.strip():
            raise self.error(at, "the name of a file is expected", "Write `file: changes.jsonl`")
        path = self.folder / value
        if path.is_dir() or not path.parent.is_dir():
            raise self.error(
                at, f"'{path}' is a folder, or lies in none", "Name a file in a folder that is there"
            )
        return FileChannel(path)

    def webhook(self, value: Any, at: tuple[str | int, ...]) -> Webhook:  # noqa: ANN401
        fields = {"url": value} if isinstance(value, str) else value
        if not isinstance(fields, dict):
            raise self.error(at, "an address is expected", "Write `webhook: https://...`")
        self.known(fields, at, _WEBHOOK)
        if ("url" in fields) == ("url_env" in fields):
            raise self.error(at, "either `url` or `url_env` is expected", "Give one of the two")
        url = self.secret(fields, at, "url_env") if "url_env" in fields else self.text(fields, at, "url")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            mend = "Write https://server/path; a token goes into `token_env`"
            raise self.error(at, "that is no web address without a password", mend)
        token = self.secret(fields, at, "token_env") if "token_env" in fields else None
        return Webhook(url, token, self.seconds(fields, at, 10.0))

    def mail(self, value: Any, at: tuple[str | int, ...]) -> MailChannel:  # noqa: ANN401
        if not isinstance(value, dict):
            raise self.error(at, "`to`, `from` and `host` are expected", "Write them as `key: value` lines")
        self.known(value, at, _MAIL)
        to = value.get("to")
        to = [to] if isinstance(to, str) else to
        for key, addresses in (("to", to), ("from", [value.get("from")])):
            if (
                not isinstance(addresses, list)
                or not addresses
                or not all(isinstance(each, str) and _ADDRESS.fullmatch(each) for each in addresses)
            ):
                raise self.error((*at, key), f"`{key}` is no mail address", "Write name@host")
        host, tls = self.text(value, at, "host"), value.get("tls", "starttls")
        if tls not in _TLS:
            raise self.error((*at, "tls"), f"'{tls}' is not known", f"Take one of {', '.join(_TLS)}")
        if tls == "none" and host not in _LOOPBACK:
            raise self.error((*at, "tls"), f"mail to {host} would go unencrypted", "Take starttls or tls")
        port = value.get("port", 465 if tls == "tls" else 587)
        if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
            raise self.error((*at, "port"), f"'{port}' is no port", "Write a number from 1 to 65535")
        user = self.text(value, at, "user") if "user" in value else None
        if (user is None) != ("password_env" not in value):
            raise self.error(at, "`user` and `password_env` go together", "Give both or none")
        if user is not None and tls == "none":
            raise self.error((*at, "tls"), "a password would go unencrypted", "Take starttls or tls")
        password = self.secret(value, at, "password_env") if user is not None else None
        ca = self.folder / self.text(value, at, "ca") if "ca" in value else None
        if ca is not None and not ca.is_file():
            raise self.error((*at, "ca"), f"'{ca}' is no file", "Name the file of the certificates to trust")
        return MailChannel(
            host, port, value["from"], tuple(to or ()), user, password, tls, ca, self.seconds(value, at, 20.0)
        )

    def known(self, row: Mapping[str, Any], at: tuple[str | int, ...], fields: tuple[str, ...]) -> None:
        for key in row:
            if key not in fields:
                raise self.error((*at, key), f"field '{key}' is not known", f"Fields: {', '.join(fields)}")

    def text(self, row: Mapping[str, Any], at: tuple[str | int, ...], key: str) -> str:
        value = row.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error((*at, key), f"`{key}` is expected, as text", f"Write `{key}: ...`")
        return value.strip()

    def secret(self, row: Mapping[str, Any], at: tuple[str | int, ...], key: str) -> str:
        name = self.text(row, at, key)
        if not (found := os.environ.get(name)):
            raise self.error((*at, key), f"the environment has no {name}", f"Set it: export {name}=...")
        return found

    def seconds(self, row: Mapping[str, Any], at: tuple[str | int, ...], default: float) -> float:
        value = row.get("timeout", default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 120:
            raise self.error((*at, "timeout"), f"'{value}' are no seconds", "Write a number up to 120")
        return float(value)

    def error(self, at: tuple[str | int, ...], what: str, mend: str) -> BadInputError:
        end = "" if what.endswith(".") else "."
        return BadInputError(
            f"{self.record.path}:{self.record.line(*at) or 1}: {what}{end}{f' {mend}.' if mend else ''}"
        )
