"""How a study is made: model of the normal return, windows, what counts as too little data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, get_args

from tidegate.errors import BadInputError

__all__ = ["LEAST_SESSIONS", "Design", "Model", "Window", "parse_window"]

Model = Literal["market", "adjusted", "mean", "factors"]
Window = tuple[int, int]
"""Sessions relative to day 0, both ends included."""

LEAST_SESSIONS = 30
"""Of an estimation window; below it no variance is worth its name."""

_WINDOW = re.compile(r"^\s*([+-]?\d+)\s*(?:\.\.|:|to|,)\s*([+-]?\d+)\s*$")


@dataclass(frozen=True, slots=True)
class Design:
    """How a study is made.

    model: `market` (OLS on the benchmark), `adjusted` (return less that of the benchmark), `mean` (return
    less its mean in the estimation window), `factors` (OLS on columns of factors that the user gives).
    estimation, window, path: sessions relative to day 0: where the model is fitted, over which the return is
    added up, which the picture shows. log: logarithmic returns instead of simple ones. benchmark: one ticker
    for all; None takes that of each exchange. least: share of the estimation window that must have returns.
    still: share of returns of exactly 0 from which on a share trades too thinly. without_events: take the
    sessions of the study's other events, and of known ones, out of the estimation window.
    """

    model: Model = "market"
    estimation: Window = (-260, -11)
    window: Window = (0, 2)
    path: Window = (-5, 10)
    log: bool = False
    benchmark: str | None = None
    least: float = 0.8
    still: float = 0.5
    without_events: bool = False

    def __post_init__(self) -> None:
        if self.model not in get_args(Model):
            raise BadInputError(f"Model '{self.model}' is not known. Models: {', '.join(get_args(Model))}.")
        for name in ("estimation", "window", "path"):
            first, last = getattr(self, name)
            if last < first:
                raise BadInputError(
                    f"The {name} window {first}..{last} ends before it starts. Turn it round."
                )
        if self.estimation[1] >= min(self.window[0], self.path[0]):
            raise BadInputError(
                f"The estimation window {_told(self.estimation)} reaches into the event window "
                f"{_told(self.window)} or the "
                f"path {_told(self.path)}. End it before."
            )
        if self.length < LEAST_SESSIONS:
            raise BadInputError(
                f"An estimation window of {self.length} sessions is too short. Take {LEAST_SESSIONS} or more."
            )
        if not (0 < self.least <= 1 and 0 < self.still <= 1):
            raise BadInputError(
                "'least' and 'still' are shares of the estimation window: above 0, at most 1."
            )

    @classmethod
    def of(
        cls, *, estimation: str = "-260..-11", window: str = "0..+2", path: str = "-5..+10", **more: Any  # noqa: ANN401
    ) -> Design:  # fmt: skip
        """Return a design whose windows are written as `-5..+5`. more: the other fields as they are.

        Raises: BadInputError: if a window is none, or the design makes no sense.
        """
        return cls(
            estimation=parse_window(estimation), window=parse_window(window), path=parse_window(path), **more
        )

    @property
    def length(self) -> int:
        """Sessions of the estimation window."""
        return self.estimation[1] - self.estimation[0] + 1

    @property
    def days(self) -> int:
        """Sessions of the event window."""
        return self.window[1] - self.window[0] + 1

    @property
    def shown(self) -> Window:
        """Sessions that are needed beside the estimation window: the event window and the path."""
        return min(self.window[0], self.path[0]), max(self.window[1], self.path[1])

    def row(self) -> dict[str, object]:
        """Return the design as plain values."""
        return {
            "model": self.model,
            "estimation": _told(self.estimation),
            "window": _told(self.window),
            "path": _told(self.path),
            "returns": "log" if self.log else "simple",
            "benchmark": self.benchmark or "of each exchange",
            "least": self.least,
            "still": self.still,
            "without_events": self.without_events,
        }


def parse_window(text: str) -> Window:
    """Return a window written as `-5..+5`. Raises: BadInputError: if it is none."""
    found = _WINDOW.match(text.replace("−", "-"))
    if not found:
        raise BadInputError(f"'{text}' is no window. Write first and last session, day 0 being 0: -5..+5.")
    return int(found[1]), int(found[2])


def _told(window: Window) -> str:
    return f"{window[0]}..{window[1]:+d}" if window[1] else f"{window[0]}..0"
