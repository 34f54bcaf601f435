"""Allies who adopt if others do: who gains by adopting beside whom, and which sets of adopters are stable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from tidegate.bargaining.game import Game, status_quo
from tidegate.bargaining.offers import where_positive
from tidegate.bargaining.payoffs import Payoffs
from tidegate.bargaining.strategic import TIE, path_of
from tidegate.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Adoption", "Coalition", "adoption_of", "coalitions_of", "pledged"]


@dataclass(frozen=True)
class Adoption:
    """What an ally gains by adopting while some others do. gain: (draws,). share: of draws in which it gains.

    from_weight: want -> the weights on it, all else as it is, at which the ally adopts, by the mean of the draws:
    low and high, either of them infinite; without those at which it does at no weight.
    """

    ally: str
    others: tuple[str, ...]
    gain: NDArray[np.float64]
    adopts: bool
    share: float
    from_weight: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Coalition:
    """A set of adopters. stable: no ally gains by changing its mind, by the mean; robustness: share of draws."""

    members: tuple[str, ...]
    stable: bool
    robustness: float


def adoption_of(game: Game, payoffs: Payoffs, given: Mapping[str, str] | None = None) -> tuple[Adoption, ...]:
    """Return for each ally and each set of the others what it gains by adopting.

    given: what the players who are no allies do; those not named leave things as they are.
    Raises: BadInputError: if the game names no pledges.
    """
    moves, base = _allies(game), {**status_quo(game), **(given or {})}
    found = []
    for ally in moves:
        rest = [other for other in moves if other != ally]
        sets = [others for size in range(len(rest) + 1) for others in combinations(rest, size)]
        found += [_adoption(game, payoffs, base, moves, ally, others) for others in sets]
    return tuple(found)


def coalitions_of(
    game: Game, payoffs: Payoffs, given: Mapping[str, str] | None = None
) -> tuple[Coalition, ...]:
    """Return every set of adopters, the smallest first, and whether it is stable. given: as in `adoption_of`."""
    import numpy as np

    moves, table = _allies(game), {(a.ally, a.others): a for a in adoption_of(game, payoffs, given)}
    found = []
    for size in range(len(moves) + 1):
        for members in combinations(moves, size):
            stable, each = True, np.ones(payoffs.draws, bool)
            for ally in moves:
                row = table[ally, tuple(m for m in members if m != ally)]
                stable &= row.adopts == (ally in members)
                each &= (row.gain > 0) == (ally in members)
            found.append(Coalition(members, stable, float(each.mean())))
    return tuple(found)


def pledged(game: Game, given: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return who adopts if all keep their pledges: the largest set in which every pledge's condition is met."""
    moves, base = _allies(game), {**status_quo(game), **(given or {})}
    members = set(moves)
    conditions = {pledge.player: pledge.when for pledge in game.pledges}
    while True:
        done = {**base, **{ally: moves[ally] for ally in members}}
        broken = {a for a in members if any(done[p] != move for p, move in conditions[a].items())}
        if not broken:
            return tuple(ally for ally in moves if ally in members)
        members -= broken


def _allies(game: Game) -> dict[str, str]:
    if not game.pledges:
        raise BadInputError(f"{game.name}: no ally pledges anything. Add `pledges` with move and if.")
    return {pledge.player: pledge.move for pledge in game.pledges}


def _adoption(
    game: Game, payoffs: Payoffs, base: Mapping[str, str], moves: Mapping[str, str], ally: str, others: tuple[str, ...]
) -> Adoption:  # fmt: skip
    import numpy as np

    place = game.ids.index(ally)
    out = {**base, **{a: status_quo(game)[a] for a in moves}, **{other: moves[other] for other in others}}
    stays, adopts = path_of(game, out), path_of(game, {**out, ally: moves[ally]})
    gain: NDArray[np.float64] = payoffs.of(adopts)[place] - payoffs.of(stays)[place]
    weights = {}
    for want in game.player(ally).wants:
        slope = payoffs.effect(adopts, want.of) - payoffs.effect(stays, want.of)
        rest = gain - payoffs.weight(want) * slope
        low, high = where_positive([rest.mean(keepdims=True)], [slope.mean(keepdims=True)])
        if not np.isnan(low[0]):
            weights[want.name] = (float(low[0]), float(high[0]))
    slack = TIE * float(abs(gain).max(initial=1e-300))
    return Adoption(ally, others, gain, float(gain.mean()) > slack, float((gain > slack).mean()), weights)
