"""How a ranking is made and held against the months that followed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.errors import BadInputError
from tidegate.markets.proof import LEAST_NAMES

__all__ = ["Plan", "parse_numbers", "parse_weights"]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a ranking is made and held against the months that followed.

    on: the month at whose end names are ranked (`2026-07`); None for the last whole one. factors: names of
    `FACTORS`; empty for the defaults that the files allow. weights: by factor; None for equal ones. top: how many
    names are held; None for a tenth of those ranked, at least 5. costs: basis points of each unit bought or sold.
    start, end: the first and last month of the record. holdout: the month that parts the record into before
    and after; None for its middle. quantiles: how many the names are cut into. tried: ways of ranking that you
    tried. level: of the bands.
    """

    on: str | None = None
    factors: tuple[str, ...] = ()
    weights: Mapping[str, float] | None = None
    top: int | None = None
    costs: tuple[float, ...] = (10.0, 30.0)
    start: str | None = None
    end: str | None = None
    benchmark: str | None = "SPY"
    holdout: str | None = None
    quantiles: int = 5
    tried: int = 0
    level: float = 0.95

    def __post_init__(self) -> None:
        for name in ("on", "start", "end", "holdout"):
            _month(getattr(self, name))
        if self.top is not None and self.top < 1:
            raise BadInputError(f"The best {self.top} names are none. Give a number of 1 or more.")
        if not self.costs or not all(0 <= cost < 1000 for cost in self.costs):
            raise BadInputError("Costs are basis points of what is traded: 0 to 1000, such as 10.")
        if not 2 <= self.quantiles <= LEAST_NAMES:
            raise BadInputError(f"Names are cut into 2 to {LEAST_NAMES} quantiles.")
        if not 0.5 <= self.level < 1:
            raise BadInputError("The level of a band is 0.5 or more and below 1, such as 0.95.")

    @property
    def last_day(self) -> dt.date | None:
        """The last day of the month ranked at, None where none is named."""
        if self.on is None:
            return None
        first = dt.date.fromisoformat(f"{self.on}-01")
        return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def parse_numbers(text: str) -> tuple[float, ...]:
    """Return numbers with commas between. Raises: BadInputError: naming the one that is none."""
    return tuple(_number(word.strip()) for word in text.split(",") if word.strip())


def parse_weights(text: str) -> dict[str, float]:
    """Return weights written as `momentum=1,quality=2`. Raises: BadInputError: naming what is none."""
    found: dict[str, float] = {}
    for part in text.split(","):
        name, mark, number = part.strip().partition("=")
        if not mark or name.strip() in found:
            raise BadInputError(
                f"'{part.strip()}' is no weight, or stands twice. Write momentum=1,quality=2."
            )
        found[name.strip()] = _number(number)
    return found


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise BadInputError(f"'{word}' is no number. Write it as 10 or 0.5.") from None


def _month(text: str | None) -> None:
    if text is None:
        return
    try:
        dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        raise BadInputError(f"'{text}' is no month. Write YYYY-MM, such as 2026-07.") from None
