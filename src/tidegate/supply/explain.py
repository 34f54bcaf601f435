"""Which measures, channels and mechanisms carry an effect.

An effect is the distance of a run from the same run without any bite, draw by draw. It is shared out among players:
the measures, or the channels through which they bite, by Shapley's value: a player's part is what it adds when it
joins those before it, averaged over the orders in which all could have joined. So the parts add up to the effect,
and two measures that would each have done the same alone share it. Up to six players every set of them is run. With
more, a part is the mean of what the player adds first of all, alone, and last of all, to the others: that is
Shapley's value where players interact in pairs, and what more of them do together is shown as a part of its own.

Mechanisms (`run.MECHANISMS`) are not added to one another but switched off one at a time: the part of one is how
much of the effect goes when it is switched off in both runs. These parts need not add up, and are not made to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError
from tidegate.supply.outcomes import parse_outcome, read_outcome
from tidegate.supply.run import MECHANISMS, run
from tidegate.supply.scale import BAND
from tidegate.supply.wedges_model import Bite, no_wedges
from tidegate.tables import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.draws import Draws
    from tidegate.supply.network import Network
    from tidegate.supply.wedges_model import Wedges

__all__ = ["BY", "TOGETHER", "Explanation", "Part", "coalitions", "explain", "shapley"]

BY = ("measure", "channel", "mechanism")
"""What an effect can be shared out among."""

TOGETHER = "together"
"""Name of the part that more than two players have only together, where not every set was run."""

_ALL_SETS_UP_TO = 6


@dataclass(frozen=True, slots=True)
class Part:
    """What one player carries, in the unit of the outcome: median over draws and the middle four fifths of them."""

    name: str
    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """An effect and its parts, the largest first.

    method: 'shapley', 'first and last' or 'one at a time'. effect: the whole, as a part. runs: of the model.
    samples: part -> (n,), draw by draw.
    """

    outcome: str
    unit: str
    quarter: str
    by: str
    method: str
    effect: Part
    parts: tuple[Part, ...]
    runs: int
    samples: dict[str, NDArray[np.float64]]

    def table(self) -> Table:
        """Return a row per part, the whole effect last."""
        columns = (self.by, "median", "low", "high")
        rows = tuple(
            {self.by: part.name, "median": part.median, "low": part.low, "high": part.high}
            for part in (*self.parts, self.effect)
        )
        about = {"outcome": self.outcome, "unit": self.unit, "quarter": self.quarter, "method": self.method}
        return Table(rows, columns, about, "parts")


def explain(
    network: Network,
    wedges: Wedges,
    draws: Draws,
    outcome: str,
    *,
    by: str = "measure",
    quarter: str | None = None,
    off: Sequence[str] = (),
) -> Explanation:
    """Return how the effect on an outcome in a quarter (the last, unless named) is shared out.

    The clock of substitution, `wedges.age`, stays as it is in every run that has any bite.
    Raises: BadInputError: for an unknown outcome, quarter or `by`.
    """
    if by not in BY:
        raise BadInputError(f"by '{by}': an effect can be shared out by {', '.join(BY)}.")
    place, wanted, runs = wedges.place(quarter), parse_outcome(outcome, network), 0
    quarter = wedges.quarters[place]

    def value(under: Wedges, without: Sequence[str] = off) -> NDArray[np.float64]:
        nonlocal runs
        runs += 1
        return read_outcome(run(network, under, draws, off=without, detail=wanted.needs_detail), wanted)[
            :, place
        ]

    # What comes after the quarter does not bear on it, and what has not bitten by then carries nothing.
    wedges = wedges.until(place)
    wedges = replace(wedges, bites=tuple(bite for bite in wedges.bites if _bites(bite)))
    bare = no_wedges(wedges)
    whole = value(wedges) - value(bare)
    samples: dict[str, NDArray[np.float64]]
    if by == "mechanism":
        method = "one at a time"
        samples = {
            name: whole - (value(wedges, (*off, name)) - value(bare, (*off, name)))
            for name in MECHANISMS
            if name not in off
        }
    else:
        players = wedges.measures if by == "measure" else wedges.channels

        def worth(present: frozenset[str]) -> NDArray[np.float64]:
            absent = [player for player in players if player not in present]
            if not present:
                return value(bare)
            return value(
                wedges.without(measures=absent) if by == "measure" else wedges.without(channels=absent)
            )

        method, samples = shapley(players, worth)
    parts = sorted(
        (_part(name, values) for name, values in samples.items()), key=lambda part: -abs(part.median)
    )
    effect = _part("effect", whole)
    return Explanation(str(wanted), wanted.unit, quarter, by, method, effect, tuple(parts), runs, samples)


def coalitions(players: Sequence[str]) -> list[frozenset[str]]:
    """Return every set of players whose worth `shapley` asks for: none first, everyone last."""
    if len(players) <= _ALL_SETS_UP_TO:
        return [frozenset(some) for size in range(len(players) + 1) for some in combinations(players, size)]
    everyone = frozenset(players)
    alone = [frozenset({player}) for player in players]
    return [frozenset(), *alone, *(everyone - one for one in alone), everyone]


def shapley(
    players: Sequence[str], worth: Callable[[frozenset[str]], NDArray[np.float64]]
) -> tuple[str, dict[str, NDArray[np.float64]]]:
    """Return the method used and each player's part, draw by draw; the worth of a set is worked out once."""
    known: dict[frozenset[str], NDArray[np.float64]] = {}

    def of(present: frozenset[str]) -> NDArray[np.float64]:
        if present not in known:
            known[present] = worth(present)
        return known[present]

    none, everyone = frozenset[str](), frozenset(players)
    if len(players) <= _ALL_SETS_UP_TO:
        orders = list(permutations(players))
        parts = {player: of(none) * 0 for player in players}
        for order in orders:
            present = none
            for player in order:
                joined = present | {player}
                parts[player] = parts[player] + (of(joined) - of(present)) / len(orders)
                present = joined
        return "shapley", parts
    parts = {
        player: (of(frozenset({player})) - of(none) + of(everyone) - of(everyone - {player})) / 2
        for player in players
    }
    parts[TOGETHER] = of(everyone) - of(none) - sum(parts.values())
    return "first and last", parts


def _bites(bite: Bite) -> bool:
    """Whether a bite has any hold in the quarters it is given for."""
    import numpy as np

    return bool(np.isfinite(bite.values).any() if bite.channel == "cap" else bite.values.any())


def _part(name: str, values: NDArray[np.float64]) -> Part:
    import numpy as np

    low, median, high = (float(one) for one in np.quantile(values, BAND))
    return Part(name, median, low, high)
