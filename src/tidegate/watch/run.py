"""One round over questions: asked again, held against the last answer, told where they changed.

What is to be told is written down before it is sent, together with the answer that it tells of, and crossed out once
it was taken. A run that is killed at any point loses nothing: the next one sends what was not crossed out. Only a
message that was taken and not yet crossed out goes out a second time, with the same id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.dates import Day
from tidegate.tables import Table, Tabular
from tidegate.watch.facts import Answer, Change, changes_between
from tidegate.watch.message import Channel, DeliveryError, message_of
from tidegate.watch.state import Last, State, Waiting, locked

__all__ = ["Round", "Told", "Watched", "run_round"]

COLUMNS = ("question", "status", "since_run_of", "facts", "changes", "told", "not_told", "address")


@dataclass(frozen=True)
class Watched:
    """A question that is watched. ask: what is answered on a day. channels: how changes are told."""

    name: str
    address: str
    ask: Callable[[Day], Answer]
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one question: `first`, `same` or `changed`.

    answer: what is answered now. changes: held against the run of the day `before`. told, not_told: names of
    channels, the latter with the reason.
    """

    question: str
    address: str
    status: str
    before: str | None
    answer: Answer
    changes: tuple[Change, ...]
    told: tuple[str, ...]
    not_told: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "question": self.question, "status": self.status, "since_run_of": self.before,
            "facts": [
                {"title": fact.title, "says": fact.text, "measures": list(fact.measures)}
                for fact in self.answer.facts.values() if fact.state
            ] if self.status == "first" else [],
            "changes": [change.row() for change in self.changes], "told": list(self.told),
            "not_told": list(self.not_told), "address": self.address,
        }  # fmt: skip


@dataclass(frozen=True)
class Round(Tabular):
    """What came of a round. waiting: messages that are still to be told. dropped: those that nobody is to get."""

    day: Day
    record: str
    questions: tuple[Told, ...]
    waiting: int
    dropped: tuple[str, ...]

    def table(self) -> Table:
        """Return one row a question."""
        about = {
            "day": self.day.isoformat(), "record": self.record, "waiting": self.waiting,
            "dropped": list(self.dropped),
        }  # fmt: skip
        return Table(tuple(told.row() for told in self.questions), COLUMNS, about, "questions")


def run_round(
    watched: Sequence[Watched], state_file: Path, day: Day, record: str, *, tell_first: bool = False
) -> Round:
    """Ask each question on a day, tell what changed since the last round, and keep the answers.

    state_file: what is kept between rounds; its folder must exist. record: digest of the ledger. tell_first: tell
    also the answer to a question that is asked for the first time; without it that is only kept.
    Raises: BadInputError: if the state cannot be read or written, or another round is using it.
    """
    with locked(state_file):
        state = State.load(state_file)
        channels = {each.name: {channel.name: channel for channel in each.channels} for each in watched}
        dropped = _drop(state, channels)
        told: list[Told] = []
        for each in watched:
            status, before, answer, changes = _ask(each, state, day, record, tell_first)
            # Also what an earlier run left, so that a reader gets the messages of a question in order.
            taken, failed = _deliver(state, each.name, channels[each.name])
            told.append(Told(each.name, each.address, status, before, answer, changes, taken, failed))
        return Round(day, record, tuple(told), len(state.waiting), dropped)


def _ask(
    each: Watched, state: State, day: Day, record: str, tell_first: bool
) -> tuple[str, str | None, Answer, tuple[Change, ...]]:
    answer, last = each.ask(day), state.answers.get(each.name)
    if last is not None and last.address != each.address:
        last = None
    changes = changes_between(last.facts if last else {}, answer)
    status = "first" if last is None else "changed" if changes else "same"
    if changes and (last is not None or tell_first):
        message = message_of(
            each.name, each.address, day.isoformat(), record, changes,
            before=last.day if last else "", is_first=last is None,
        )  # fmt: skip
        state.waiting += [Waiting(channel.name, message) for channel in each.channels]
    state.answers[each.name] = Last(each.address, day.isoformat(), answer.facts)
    state.save()
    return status, last.day if last else None, answer, () if last is None else changes


def _deliver(
    state: State, question: str, channels: Mapping[str, Channel]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    told: list[str] = []
    failed: dict[str, str] = {}
    for waiting in [each for each in state.waiting if each.message.question == question]:
        if waiting.channel in failed:
            # A later message does not overtake an earlier one.
            continue
        try:
            channels[waiting.channel].send(waiting.message)
        except DeliveryError as error:
            failed[waiting.channel] = str(error)
            continue
        state.waiting.remove(waiting)
        state.save()
        told.append(waiting.channel)
    return tuple(told), tuple(failed.values())


def _drop(state: State, channels: Mapping[str, Mapping[str, Channel]]) -> tuple[str, ...]:
    """Forget questions that are watched no more, and messages that no channel is left for; return these in words."""
    gone = [each for each in state.waiting if each.channel not in channels.get(each.message.question, {})]
    state.waiting = [each for each in state.waiting if each not in gone]
    state.answers = {name: last for name, last in state.answers.items() if name in channels}
    return tuple(f"{each.message.question}: no longer to be told by {each.channel}" for each in gone)
