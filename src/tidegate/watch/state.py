"""What was answered last, and what is still to be told: one file, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tidegate.errors import BadInputError
from tidegate.files import write_whole
from tidegate.watch.facts import Fact
from tidegate.watch.message import Message

__all__ = ["Last", "State", "Waiting", "locked"]

VERSION = 1
"""Goes up when facts are put otherwise: states of another version count as none, so that nothing false is told."""


@dataclass(frozen=True, slots=True)
class Last:
    """What a question was answered last. address: of the question. day: of the run."""

    address: str
    day: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that a channel has not taken yet. channel: its name."""

    channel: str
    message: Message


@dataclass
class State:
    """Answers by name of the question, and messages that wait, the oldest first."""

    path: Path
    answers: dict[str, Last] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> State:
        """Return what is kept in a file; nothing where there is none.

        Raises: BadInputError: if the file cannot be read or is none of these.
        """
        try:
            raw = json.loads(path.read_bytes())
        except FileNotFoundError:
            return cls(path)
        except (OSError, ValueError) as error:
            raise _broken(path, str(error)) from None
        try:
            if raw["version"] != VERSION:
                # What waits was promised; the answers are taken anew.
                return cls(path, {}, [_waiting(each) for each in raw["waiting"]])
            answers = {
                str(name): Last(str(each["address"]), str(each["day"]),
                                {fact["key"]: Fact.of(fact) for fact in each["facts"]})
                for name, each in raw["answers"].items()
            }  # fmt: skip
            return cls(path, answers, [_waiting(each) for each in raw["waiting"]])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _broken(path, f"{type(error).__name__} {error}") from None

    def save(self) -> None:
        """Write the file, whole, and return once it is on the disk. Raises: BadInputError: if it cannot be."""
        raw = {
            "version": VERSION,
            "answers": {
                name: {"address": last.address, "day": last.day, "facts": [f.kept() for f in last.facts.values()]}
                for name, last in self.answers.items()
            },
            "waiting": [
                {"channel": each.channel, "id": each.message.id, "question": each.message.question,
                 "body": dict(each.message.body)}
                for each in self.waiting
            ],
        }  # fmt: skip
        write_whole(self.path, json.dumps(raw, ensure_ascii=False))


def _waiting(raw: Mapping[str, Any]) -> Waiting:
    return Waiting(str(raw["channel"]), Message(str(raw["id"]), str(raw["question"]), dict(raw["body"])))


def _broken(path: Path, why: str) -> BadInputError:
    return BadInputError(
        f"{path}: this is no state of `tidegate watch`: {why}. Give another --state; delete the file to begin anew."
    )


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock beside a state file. Raises: BadInputError: if another run holds it."""
    import fcntl

    lock = path.with_name(f".{path.name}.lock")
    try:
        file = lock.open("ab")
    except OSError as error:
        raise BadInputError(
            f"{path}: its folder cannot be written: {error.strerror or error}. Give another --state."
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadInputError(
                f"{path}: another run of `tidegate watch` is using it. Wait for it, or give another --state."
            ) from None
        yield
