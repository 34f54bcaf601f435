"""What a language model was asked and what that cost."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

__all__ = ["Meter", "Progress", "Usage"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Requests sent, tokens counted by the server, and their cost.

    uncounted: requests that may have used tokens of which the server gave no count (no `usage` in the
    answer, or no answer in time). cost: US dollars for the tokens that were counted; None where no price
    is set.

    >>> (Usage(2, 3000, 500, cost=0.0125) + Usage(1, 900, 100, cost=0.003)).line()
    '3 requests, 3,900 tokens in and 600 out, $0.0155'
    """

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    uncounted: int = 0
    cost: float | None = 0.0

    def __add__(self, other: Usage) -> Usage:
        """Return both together; the cost is not known where one of them is not."""
        costs = (self.cost, other.cost)
        return Usage(
            self.requests + other.requests,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.uncounted + other.uncounted,
            None if costs[0] is None or costs[1] is None else costs[0] + costs[1],
        )

    def line(self) -> str:
        """Return the usage in one line; a cost that is not known is said to be so, never guessed."""
        plural = "" if self.requests == 1 else "s"
        parts = [
            f"{self.requests:,} request{plural}, {self.tokens_in:,} tokens in and {self.tokens_out:,} out"
        ]
        if self.cost is None:
            parts.append(
                "cost unknown: no price is set (TIDEGATE_MODEL_PRICE_IN and TIDEGATE_MODEL_PRICE_OUT, "
                "US dollars for a million tokens)"
            )
        else:
            parts.append(f"{'at least ' if self.uncounted else ''}${self.cost:,.4f}")
        if self.uncounted:
            parts.append(f"{self.uncounted:,} of the requests without a count of tokens")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Progress:
    """A step in the reading of one document.

    document: its name. done, total: parts read and parts in all. usage: what was used since the last step.
    """

    document: str
    done: int
    total: int
    usage: Usage


@dataclass
class Meter:
    """Adds up what many documents used, from any number of threads: give it as `on_progress`."""

    usage: Usage = field(default_factory=Usage)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __call__(self, step: Progress) -> None:
        """Add what a step used."""
        with self._lock:
            self.usage = self.usage + step.usage
