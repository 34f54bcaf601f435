"""An answer that a job works out: how it stands, what there is of it, and its twins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tidegate.errors import BadInputError
from tidegate.kept import cache_file, digest, keeping
from tidegate.ledger import Ledger
from tidegate.tables import to_json
from tidegate.web.jobs import Job, Tell, Work
from tidegate.web.question import Site

__all__ = ["NOT_YET", "Worked", "bare", "not_yet", "work_out"]

NOT_YET = "This is still being worked out. Ask again in a moment."


@dataclass(frozen=True)
class Worked:
    """What a job has found so far."""

    job: Job

    @property
    def is_final(self) -> bool:
        """Whether asking again gives the same."""
        return self.job.is_final

    @property
    def status(self) -> int:
        """The status of HTTP that says so: 202 while it is being worked out."""
        return 200 if self.is_final else 202

    @property
    def found(self) -> Mapping[str, Any]:
        """The answer, or what there is of it; empty at first."""
        return self.job.answer or {}

    @property
    def seen(self) -> str:
        """Changes when there is more to see."""
        filled = sum(bool(part) for part in self.found.values())
        return digest(self.job.state, f"{filled} {len(self.found.get('why', ()))}").hex()[:8]

    def to_json(self) -> str:
        """Return how the job stands, and what there is."""
        return to_json({"job": self.job.status(), "seen": self.seen, **self.found})


def work_out(site: Site, key: tuple[Any, ...], work: Work) -> Worked:
    """Return how a question stands that is worked out apart; it is begun if nobody has asked it before.

    key: what it asks, in plain values. The record and the program go into the digest by themselves.
    Raises: BadInputError: if it was worked out and cannot be answered. JobsFullError.
    """
    job = site.jobs.ask(digest(site.digest, to_json(list(key))).hex(), partial(_keeping, work))
    if job.state == "failed":
        raise BadInputError(job.wrong)
    return Worked(job)


def not_yet() -> BadInputError:
    """Return the error of a twin that has nothing to show so far."""
    return BadInputError(NOT_YET)


def bare(ledger: Ledger) -> Ledger:
    """Return a ledger without the answers that it keeps: a process of its own has no use for them."""
    return Ledger(ledger.measures, ledger.read_to, ledger.scenario, ledger.starts)


def _keeping(work: Work, tell: Tell) -> Mapping[str, Any]:
    with keeping(cache_file()):
        return work(tell)
