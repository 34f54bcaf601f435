"""The one-shot game: everybody moves once and at the same time. Pure equilibria draw by draw, mixed ones by Gambit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from tidegate.bargaining.game import Game, Path
from tidegate.bargaining.payoffs import Payoffs
from tidegate.errors import BadInputError, MissingExtraError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Mixed", "OneShot", "gambit", "one_shot", "profile_paths", "profiles_of"]

TIE = 1e-9
"""Payoffs that differ by no more than this part of the largest are equal: rounding of the model."""

MOST_PROFILES = 2000
"""Profiles above which there is no one-shot game: each may ask for a run of the supply model."""

_MOST_MIXED = 60
"""Profiles above which mixed equilibria of more than two players are not looked for: it may take hours."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """An equilibrium in mixed moves. chances: player -> move -> probability. payoffs: player -> expected payoff."""

    chances: Mapping[str, Mapping[str, float]]
    payoffs: Mapping[str, float]

    @property
    def is_pure(self) -> bool:
        """Whether nobody mixes."""
        return all(max(own.values()) > 1 - 1e-6 for own in self.chances.values())


@dataclass(frozen=True)
class OneShot:
    """Every profile of moves. moves: player -> its moves. payoffs: (players, draws, a place for each player's move)."""

    players: tuple[str, ...]
    moves: Mapping[str, tuple[str, ...]]
    payoffs: NDArray[np.float64]

    @cached_property
    def expected(self) -> NDArray[np.float64]:
        """Payoffs in the mean of the draws, (players, a place for each player's move)."""
        mean: NDArray[np.float64] = self.payoffs.mean(axis=1)
        return mean

    def profiles(self) -> Iterator[tuple[tuple[int, ...], Mapping[str, str]]]:
        """Yield each profile: places in the arrays, and player -> move."""
        for places in product(*(range(len(self.moves[player])) for player in self.players)):
            yield places, {p: self.moves[p][k] for p, k in zip(self.players, places, strict=True)}

    @cached_property
    def stable(self) -> NDArray[np.bool_]:
        """Where no player gains by another move, (draws, a place for each player's move)."""
        return _no_gain(self.payoffs)

    @cached_property
    def stable_expected(self) -> NDArray[np.bool_]:
        """The same in the mean of the draws, (a place for each player's move)."""
        found: NDArray[np.bool_] = _no_gain(self.expected[:, None])[0]
        return found

    def robustness(self, profile: Mapping[str, str]) -> float:
        """Return the share of draws in which a profile is an equilibrium."""
        places = tuple(self.moves[player].index(profile[player]) for player in self.players)
        at: Any = (slice(None), *places)
        return float(self.stable[at].mean())

    def equilibria(self) -> tuple[Mapping[str, str], ...]:
        """Return the equilibria in pure moves when all go by the mean of the draws."""
        return tuple(profile for places, profile in self.profiles() if self.stable_expected[places])

    def dominated(self) -> tuple[tuple[str, str], ...]:
        """Return the (player, move) pairs that do worse than another move whatever the others do, in the mean."""
        found = []
        for place, player in enumerate(self.players):
            own = [self.expected[place].take(k, axis=place) for k in range(len(self.moves[player]))]
            for k, move in enumerate(self.moves[player]):
                if any((other > own[k] + _slack(self.expected[place])).all() for other in own):
                    found.append((player, move))
        return tuple(found)

    def mixed(self) -> tuple[Mixed, ...]:
        """Return equilibria in pure and mixed moves when all go by the mean of the draws.

        Of two players all, by nashpy (of a degenerate game those with supports of one size and the pure ones); of more
        those with isolated supports, by Gambit.
        Raises: MissingExtraError: if nashpy, or of more players pygambit, is not installed. BadInputError: if there are
            too many profiles.
        """
        import numpy as np

        if len(self.players) > 2 and self.expected[0].size > _MOST_MIXED:
            raise BadInputError(
                f"{self.expected[0].size} profiles of {len(self.players)} players are too many to look for mixed "
                f"moves. Leave moves out, down to {_MOST_MIXED} profiles."
            )
        if len(self.players) == 1:
            return tuple(_pure(self, profile) for profile in self.equilibria())
        # Only differences within a player's own payoffs count: brought to one size, the solver's tolerances fit.
        size = np.abs(self.expected).reshape(len(self.players), -1).max(axis=1)
        tables = [values / (one or 1.0) for values, one in zip(self.expected, size, strict=True)]
        profiles = _by_nashpy(*tables) if len(tables) == 2 else _by_gambit(tables)
        found: dict[tuple[float, ...], Mixed] = {}
        for profile in profiles:
            chances = {
                name: {move: max(0.0, float(c)) for move, c in zip(self.moves[name], own, strict=True)}
                for name, own in zip(self.players, profile, strict=True)
            }
            key = tuple(round(c, 6) for own in chances.values() for c in own.values())
            found.setdefault(key, Mixed(chances, _worth(self, chances)))
        for one in self.equilibria():
            pure = _pure(self, one)
            key = tuple(round(c, 6) for own in pure.chances.values() for c in own.values())
            found.setdefault(key, pure)
        return tuple(found[key] for key in sorted(found, reverse=True))


def _by_nashpy(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> Iterator[Sequence[Sequence[float]]]:
    """Equilibria of two players: the chances of each one's moves."""
    import warnings

    try:
        import nashpy
    except ImportError:
        raise MissingExtraError("nashpy is not installed. Run: pip install 'tidegate[bargaining]'") from None
    with warnings.catch_warnings():
        # It warns of degenerate games, of which the docstring tells.
        warnings.simplefilter("ignore")
        yield from nashpy.Game(first, second).support_enumeration()


def _by_gambit(tables: Sequence[NDArray[np.float64]]) -> Iterator[Sequence[Sequence[float]]]:
    """The same of more players."""
    lib = gambit()
    game = lib.Game.from_arrays(*tables)
    for profile in lib.nash.enumpoly_solve(game).equilibria:
        yield [[profile[strategy] for strategy in player.strategies] for player in game.players]


def gambit() -> Any:  # noqa: ANN401
    """Return pygambit. Raises: MissingExtraError: if it is not installed."""
    try:
        import pygambit
    except ImportError:
        raise MissingExtraError(
            "pygambit is not installed. Run: pip install 'tidegate[gambit]', which compiles it"
        ) from None
    return pygambit


def profiles_of(game: Game) -> Iterator[Mapping[str, str]]:
    """Yield what each player could do if all moved once, at the same time: the moves of each one's first turn."""
    first: dict[str, tuple[str, ...]] = {}
    for turn in game.turns:
        for player, moves in turn.moves.items():
            first.setdefault(player, moves)
    for chosen in product(*(first[player] for player in game.ids)):
        yield dict(zip(game.ids, chosen, strict=True))


def profile_paths(game: Game) -> tuple[Path, ...]:
    """Return the profiles of the one-shot game as paths; none where it has none.

    A game with its own table has a one-shot game only if everybody has one turn and every profile is in the table.
    """
    count = 1
    for player in game.players:
        count *= len(player.moves)
    if count > MOST_PROFILES:
        return ()
    paths = tuple(path_of(game, profile) for profile in profiles_of(game))
    if game.table is not None and any(path not in game.table for path in paths):
        return ()
    return paths


def path_of(game: Game, profile: Mapping[str, str]) -> Path:
    """Return a profile as a path, in the order in which players first move."""
    order = list(dict.fromkeys(player for turn in game.turns for player in turn.moves))
    return tuple((player, profile[player]) for player in order if player in profile)


def one_shot(game: Game, payoffs: Payoffs, type_: str | None = None) -> OneShot | None:
    """Return the one-shot game; None where the game has none. type_: of the typed player."""
    import numpy as np

    if not profile_paths(game):
        return None
    every = list(profiles_of(game))
    moves = {p: tuple(dict.fromkeys(profile[p] for profile in every)) for p in game.ids}
    values = np.stack([payoffs.of(path_of(game, profile), type_) for profile in every], axis=-1)
    shape = (*values.shape[:2], *(len(moves[player]) for player in game.ids))
    return OneShot(game.ids, moves, values.reshape(shape))


def _no_gain(payoffs: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where nobody gains by moving alone. payoffs: (players, draws, a place for each player's move)."""
    import numpy as np

    stable = np.ones(payoffs.shape[1:], bool)
    for place, own in enumerate(payoffs):
        stable &= own >= own.max(axis=place + 1, keepdims=True) - _slack(own)
    return stable


def _slack(values: NDArray[np.float64]) -> float:
    import numpy as np

    return TIE * float(np.abs(values).max(initial=0.0))


def _worth(form: OneShot, chances: Mapping[str, Mapping[str, float]]) -> Mapping[str, float]:
    import numpy as np

    worth = {}
    for player, values in zip(form.players, form.expected, strict=True):
        left = values
        for other in form.players:
            left = np.tensordot(np.array(list(chances[other].values())), left, axes=(0, 0))
        worth[player] = float(left)
    return worth


def _pure(form: OneShot, profile: Mapping[str, str]) -> Mixed:
    chances = {p: {m: float(m == profile[p]) for m in form.moves[p]} for p in form.players}
    return Mixed(chances, _worth(form, chances))
