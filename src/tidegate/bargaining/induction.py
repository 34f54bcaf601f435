"""Play in turns: subgame perfection by backward induction, draw by draw and in the mean of the draws.

Our own, as few lines say it and the solver's linear complementarity gives replies off the path that nobody would make.
Turns of several players at once are solved for their pure equilibria; of more than one the one with the largest sum of
the movers' payoffs is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.bargaining.game import Game, Path, choices, next_turn
from tidegate.bargaining.payoffs import Payoffs
from tidegate.bargaining.strategic import TIE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Node", "Play", "perfect_play"]


@dataclass(frozen=True)
class Node:
    """One turn as it is reached. path: what was played before. movers: who moves.

    choices: what the movers can do, as paths of one turn. taken: place of what they do when all go by the mean of the
    draws; None where the turn has no equilibrium in pure moves. taken_in: the same for each draw, (draws,), -1 for
    none. values: (choices, players), what each choice leads to in the mean. others: how many more choices are as good
    for the movers.
    """

    path: Path
    movers: tuple[str, ...]
    choices: tuple[Path, ...]
    taken: int | None
    taken_in: NDArray[np.int64]
    values: NDArray[np.float64]
    others: int

    @property
    def share(self) -> float:
        """Share of draws in which the movers, knowing the draw, do the same as by the mean."""
        return float((self.taken_in == self.taken).mean()) if self.taken is not None else 0.0


@dataclass(frozen=True)
class Play:
    """A subgame-perfect way to play. path: what is played; None where a turn on it has no equilibrium in pure moves.

    payoffs: player -> in the mean of the draws. robustness: share of draws in which, the draw being known, the same
    path is played. nodes: every turn, by the path before it.
    """

    game: Game
    path: Path | None
    payoffs: Mapping[str, float]
    robustness: float
    nodes: Mapping[Path, Node]

    def reply(self, path: Path) -> Path | None:
        """Return what is done at a turn. path: what was played before it."""
        node = self.nodes[path]
        return None if node.taken is None else node.choices[node.taken]

    def walk(self) -> Iterator[Node]:
        """Yield the turns on the path that is played, in their order."""
        path: Path = ()
        while path in self.nodes:
            node = self.nodes[path]
            yield node
            if node.taken is None:
                return
            path = (*path, *node.choices[node.taken])


def perfect_play(game: Game, payoffs: Payoffs, type_: str | None = None) -> Play:
    """Return the subgame-perfect way to play. type_: of the typed player, known to all; None: wants as written."""
    import numpy as np

    nodes: dict[Path, Node] = {}
    mean, _, path_in = _solve(game, payoffs, type_, (), 0, nodes)
    path: Path | None = ()
    while path is not None and path in nodes:
        node = nodes[path]
        path = None if node.taken is None else (*path, *node.choices[node.taken])
    ends = {end: k for k, end in enumerate(dict.fromkeys(path_in))}
    same = np.array([ends[end] for end in path_in]) == ends.get(path, -1)
    if path is None or mean is None:
        return Play(game, None, {}, 0.0, nodes)
    return Play(game, path, dict(zip(game.ids, map(float, mean), strict=True)), float(same.mean()), nodes)


def _solve(
    game: Game, payoffs: Payoffs, type_: str | None, path: Path, place: int, nodes: dict[Path, Node]
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64], list[Path | None]]:
    """Solve the rest of the game after a path: payoffs in the mean, in each draw (players, draws), and what is played."""
    import numpy as np

    found = next_turn(game, path, place)
    if found is None:
        values = payoffs.of(path, type_)
        return values.mean(axis=1), values, [path] * payoffs.draws
    at, moves = found
    own = tuple(choices(moves))
    below = [_solve(game, payoffs, type_, (*path, *choice), at + 1, nodes) for choice in own]
    movers = [game.ids.index(player) for player in moves]
    shape = tuple(len(names) for names in moves.values())
    nothing = np.full(len(game.ids), np.nan)
    mean = np.stack([nothing if one[0] is None else one[0] for one in below])
    each = np.stack([one[1] for one in below])
    taken, ties = _best(mean[:, :, None], movers, shape)
    taken_in, _ = _best(each, movers, shape)
    picked = np.take_along_axis(each, np.maximum(taken_in, 0)[None, None, :], axis=0)[0]
    picked = np.where(taken_in[None, :] < 0, np.nan, picked)
    choice = int(taken[0]) if taken[0] >= 0 else None
    nodes[path] = Node(path, tuple(moves), own, choice, taken_in, mean, int(ties[0]) - 1)
    ends = [None if k < 0 else below[k][2][draw] for draw, k in enumerate(taken_in)]
    return (None if choice is None else mean[choice]), picked, ends


def _best(
    values: NDArray[np.float64], movers: list[int], shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The choice taken in each draw, -1 for none, and how many are as good. values: (choices, players, draws)."""
    import numpy as np

    draws = values.shape[2]
    table = values.reshape(*shape, values.shape[1], draws)
    slack = TIE * float(np.nanmax(np.abs(values), initial=0.0))
    good = np.ones((*shape, draws), bool)
    for axis, player in enumerate(movers):
        own = table[..., player, :]
        good &= own >= np.nanmax(np.where(np.isnan(own), -np.inf, own), axis=axis, keepdims=True) - slack
    flat = good.reshape(-1, draws)
    worth = values[:, movers].sum(axis=1)
    score = np.where(flat, np.nan_to_num(worth, nan=-np.inf), -np.inf)
    # The first of choices that are as good: as they stand in the file.
    best = np.where(score >= score.max(axis=0) - slack, flat, False).argmax(axis=0)
    return np.where(flat.any(axis=0), best, -1).astype(np.int64), flat.sum(axis=0).astype(np.int64)
