"""Bargaining rounds: who moved, what was tied to what, and whether the bargain held."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from tidegate import data
from tidegate.catalog import load_catalog
from tidegate.dates import When, parse_when
from tidegate.errors import BadInputError, LedgerError, Problem
from tidegate.ledger.ledger import DayLike, as_days
from tidegate.records import read_yaml_fast, read_yaml_records
from tidegate.tables import Table

__all__ = ["Cited", "Move", "NextMove", "Round", "load_rounds", "read_rounds", "rounds_between"]

ROUND_COLUMNS = (
    "on", "ends", "id", "kind", "mover", "parties", "venue", "direction", "linked", "offered", "conceded",
    "outcome", "next", "held", "note", "sources", "verified",
)  # fmt: skip


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one side offered or gave."""

    by: str
    what: str


class NextMove(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a side did afterwards."""

    on: str
    by: str
    what: str


class Cited(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source, and whether the fact was read in it."""

    source: str
    via: str | None = None
    verified: bool = True


class Round(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """One round or move of a bargain; the fields are explained at the head of data/bargains.yaml."""

    id: str
    on: str
    kind: Literal[
        "round",
        "summit",
        "call",
        "tighten",
        "ease",
        "retaliate",
        "threat",
        "truce",
        "implement",
        "refusal",
    ]
    mover: str
    parties: tuple[str, ...]
    direction: Literal["escalate", "deescalate", "mixed", "none"]
    linked: tuple[str, ...]
    outcome: str
    sources: tuple[Cited, ...]
    ends: str | None = None
    venue: str | None = None
    offered: tuple[Move, ...] = ()
    conceded: tuple[Move, ...] = ()
    next: tuple[NextMove, ...] = ()
    held: Literal["true", "false", "partly", "unknown"] | None = None
    note: str | None = None

    @property
    def when(self) -> When:
        """The days from its first to its last."""
        first = parse_when(self.on)
        last = parse_when(self.ends) if self.ends else first
        return When(first.first, last.last, f"{self.on}/{self.ends}" if self.ends else self.on)

    @property
    def is_verified(self) -> bool:
        """Whether one of its sources was read."""
        return any(cited.verified for cited in self.sources)


@lru_cache(maxsize=1)
def load_rounds() -> tuple[Round, ...]:
    """Return every bargaining round on record, oldest first."""
    return msgspec.convert(read_yaml_fast(data.BARGAINS), tuple[Round, ...])


def read_rounds(path: str | Path) -> tuple[Round, ...]:
    """Return the rounds of a file written like the shipped one.

    Raises: LedgerError: with file and line for a record that is not one. BadInputError: for a day that is none.
    """
    found = []
    for record in read_yaml_records(Path(path)):
        try:
            one = msgspec.convert(record.data, Round)
            one.when  # noqa: B018
        except (msgspec.ValidationError, BadInputError) as error:
            text, _, at = str(error).partition(" - at `$")
            keys = [int(key) if key.isdigit() else key for key in re.findall(r"\w+", at)]
            mend = "The fields are told at the head of the shipped file (data/bargains.yaml)."
            problem = Problem(record.path, record.line(*keys), "not-a-round", f"{text.rstrip('.')}.", mend)
            raise LedgerError([problem]) from None
        found.append(one)
    return tuple(found)


def rounds_between(first: DayLike | None = None, last: DayLike | None = None, by: str | None = None) -> Table:
    """Return the rounds that touch the days from `first` to `last`, both included.

    by: only rounds in which this government takes part, in any of its names; with commas: any of them.
    """
    start, end = as_days(first, last)
    names = [name.strip() for name in (by or "").split(",") if name.strip()]
    parties = {load_catalog().find(name, "country") for name in names}
    rows = tuple(
        {**dict.fromkeys(ROUND_COLUMNS), **msgspec.to_builtins(item), "verified": item.is_verified}
        for item in load_rounds()
        if item.when.first <= end
        and item.when.last >= start
        and (not parties or not parties.isdisjoint(item.parties))
    )
    about = {"from": first and start.isoformat(), "to": last and end.isoformat()}
    return Table(rows, ROUND_COLUMNS, about, "rounds")
