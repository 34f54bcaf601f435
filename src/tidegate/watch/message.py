"""What is told of a question whose answer changed, and the ways to tell it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tidegate.errors import TidegateError
from tidegate.watch.facts import Change

__all__ = ["Channel", "DeliveryError", "Message", "message_of"]

NOTICE = "A record with sources, not legal advice."

_MOST_CHANGES = 200
"""Changes that one message holds; the question itself, and its Atom feed, have the others."""


class DeliveryError(TidegateError):
    """A message could not be handed over; it stays in the state and goes out with the next run."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is told. id: the same whenever it is sent again, so that a receiver can drop what it has."""

    id: str
    question: str
    body: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """One line for a mail."""
        changes = self.body["changes"]
        what = changes[0]["title"] if len(changes) == 1 else f"{len(changes)} changes"
        return f"tidegate: {self.question}: {what}"

    @property
    def text(self) -> str:
        """The message in words."""
        lines = [f"{self.question}, as answered on {self.body['day']}", ""]
        for change in self.body["changes"]:
            lines.append(f"* {change['title']}: {change['now'] or 'no longer on record'}")
            if change["was"]:
                lines.append(f"  before: {change['was']}")
            lines.append(f"  since {change['since']}")
            for word in change["words"]:
                doubt = "" if word["verified"] else " (not read in the source)"
                lines.append(f"  on the word of: {word['title']} ({word['measure']})")
                lines.append(f"    {word['since']}: {word['note']}{doubt} {word['source']}")
        if self.body["left_out"]:
            lines.append(f"{self.body['left_out']} further changes are left out here.")
        return "\n".join(
            [*lines, "", f"Question: {self.body['address']}", f"Record {self.body['record']}. {NOTICE}", ""]
        )

    def to_json(self) -> str:
        """Return the message on one line."""
        return json.dumps({"id": self.id, "question": self.question, **self.body}, ensure_ascii=False)


class Channel(Protocol):
    """A way to tell. name: what it is called in the state and in messages; it holds no secret."""

    @property
    def name(self) -> str:
        """What the channel is called."""
        ...

    def send(self, message: Message) -> None:
        """Hand a message over; returning says that it was taken. Raises: DeliveryError."""
        ...


def message_of(
    question: str,
    address: str,
    day: str,
    record: str,
    changes: Sequence[Change],
    *,
    before: str,
    is_first: bool = False,
) -> Message:
    """Return the message of some changes. before: the day of the answer that they are held against."""
    rows = [change.row() for change in changes[:_MOST_CHANGES]]
    body = {
        "address": address, "day": day, "since_run_of": before, "first": is_first, "record": record,
        "changes": rows, "left_out": max(len(changes) - _MOST_CHANGES, 0), "notice": NOTICE,
    }  # fmt: skip
    told = json.dumps([question, body], sort_keys=True, ensure_ascii=False)
    return Message(hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32], question, body)
