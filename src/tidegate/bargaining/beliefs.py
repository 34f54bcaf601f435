"""Play in turns where the others do not know what one side values: chance chooses its type first.

Backward induction does it where whoever does not know the type, and moves after the typed player, would do the same
whatever the type: an offer to a side whose wants are not known, the reply, and a word kept or broken. Where that player
would have to read the type out of what was done (a signalling game) beliefs and moves hang on one another, and Gambit
looks for equilibria of the tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidegate.bargaining.game import Game, Path, choices, next_turn, told
from tidegate.bargaining.payoffs import Payoffs
from tidegate.bargaining.strategic import TIE, gambit
from tidegate.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Screening", "Signalling", "play_under_doubt", "signalling_equilibria"]


@dataclass(frozen=True)
class Screening:
    """Perfect play under doubt. moves: (path, type) -> what is done there; the type is None where it is not known.

    paths: type -> what is played. payoffs: player -> expected over types, in the mean of the draws. by_type: the typed
    player's expected payoff by type. robustness: share of draws in which, the draw being known, all types are played
    the same.
    """

    moves: Mapping[tuple[Path, str | None], Path]
    paths: Mapping[str, Path]
    payoffs: Mapping[str, float]
    by_type: Mapping[str, float]
    robustness: float


@dataclass(frozen=True)
class Signalling:
    """A Bayesian equilibrium. chances: (path, type) -> move -> probability; type None where it is not known."""

    chances: Mapping[tuple[Path, str | None], Mapping[str, float]]
    payoffs: Mapping[str, float]


class _NeedsBeliefsError(BadInputError):
    """What is best depends on the type that a player would have to guess from what was done."""


def play_under_doubt(game: Game, payoffs: Payoffs) -> Screening | None:
    """Return perfect play where the typed player alone knows its type; None where beliefs decide: a signalling game.

    Raises: BadInputError: if the game has no types, or some turn has several players.
    """
    import numpy as np

    _check(game)
    odds = {one.name: one.probability for one in game.types}
    ends = _ends(game, payoffs, (), 0)
    mean = {
        path: {t: values.mean(axis=1, keepdims=True) for t, values in own.items()}
        for path, own in ends.items()
    }
    moves: dict[tuple[Path, str | None], Path] = {}
    try:
        _, reached = _solve(game, mean, odds, (), 0, 0, moves)
        same = []
        for draw in range(payoffs.draws):
            try:
                one = {path: {t: v[:, draw : draw + 1] for t, v in own.items()} for path, own in ends.items()}
                same.append(_solve(game, one, odds, (), 0, 0, {})[1] == reached)
            except _NeedsBeliefsError:
                same.append(False)
    except _NeedsBeliefsError:
        return None
    worth = {
        player: sum(odds[t] * float(mean[reached[t]][t][k, 0]) for t in odds)
        for k, player in enumerate(game.ids)
    }
    typed = game.ids.index(str(game.typed))
    by_type = {t: float(mean[reached[t]][t][typed, 0]) for t in odds}
    return Screening(moves, reached, worth, by_type, float(np.mean(same)))


def signalling_equilibria(game: Game, payoffs: Payoffs) -> tuple[Signalling, ...]:
    """Return the equilibria in pure moves, in the mean of the draws, with what each side knows.

    They are Nash equilibria of the tree: a reply off the path may be one that nobody would make.
    Raises: MissingExtraError: if pygambit is not installed. BadInputError.
    """
    _check(game)
    lib = gambit()
    tree, places = _tree(lib, game, payoffs)
    found = []
    for profile in lib.nash.enumpure_solve(tree).equilibria:
        behaviour = profile.as_behavior() if hasattr(profile, "as_behavior") else profile
        chances = {
            key: {action.label: float(behaviour[action]) for action in infoset.actions}
            for key, infoset in places.items()
        }
        worth = {p: float(behaviour.payoff(p)) for p in game.ids}
        found.append(Signalling(chances, worth))
    return tuple(found)


def _check(game: Game) -> None:
    if not game.types:
        raise BadInputError(f"{game.name}: the game has no types. Add `types` with of and values.")
    if any(len(turn.moves) > 1 for turn in game.turns):
        raise BadInputError(
            f"{game.name}: types go with turns of one player each. Write `play` as a list of players."
        )


def _ends(game: Game, payoffs: Payoffs, path: Path, place: int) -> dict[Path, dict[str, NDArray[np.float64]]]:
    found = next_turn(game, path, place)
    if found is None:
        return {path: {one.name: payoffs.of(path, one.name) for one in game.types}}
    ends: dict[Path, dict[str, NDArray[np.float64]]] = {}
    for choice in choices(found[1]):
        ends |= _ends(game, payoffs, (*path, *choice), found[0] + 1)
    return ends


def _solve(
    game: Game, ends: Mapping[Path, Mapping[str, NDArray[np.float64]]], odds: Mapping[str, float], path: Path,
    place: int, draw: int, moves: dict[tuple[Path, str | None], Path],
) -> tuple[dict[str, NDArray[np.float64]], dict[str, Path]]:  # fmt: skip
    """What each type's play comes to after a path, (players,), and where it ends."""
    found = next_turn(game, path, place)
    if found is None:
        return {t: ends[path][t][:, draw] for t in odds}, dict.fromkeys(odds, path)
    at, open_ = found
    [player] = open_
    own = tuple(choices(open_))
    below = [_solve(game, ends, odds, (*path, *choice), at + 1, draw, moves) for choice in own]
    k = game.ids.index(player)
    if player == game.typed:
        best = {t: _first_best([float(one[0][t][k]) for one in below]) for t in odds}
        for t, choice in best.items():
            moves[path, t] = own[choice]
        return {t: below[c][0][t] for t, c in best.items()}, {t: below[c][1][t] for t, c in best.items()}
    if any(who == game.typed for who, _ in path):
        wanted = {_first_best([float(one[0][t][k]) for one in below]) for t in odds}
        if len(wanted) > 1:
            raise _NeedsBeliefsError(f"After {path} {player} would have to guess.")
        [choice] = wanted
    else:
        choice = _first_best([sum(odds[t] * float(one[0][t][k]) for t in odds) for one in below])
    moves[path, None] = own[choice]
    return below[choice]


def _first_best(values: list[float]) -> int:
    slack = TIE * max(map(abs, values))
    return next(k for k, value in enumerate(values) if value >= max(values) - slack)


def _tree(lib: Any, game: Game, payoffs: Payoffs) -> tuple[Any, dict[tuple[Path, str | None], Any]]:  # noqa: ANN401
    """The game as a tree of Gambit's, and its information sets by path and type."""
    tree = lib.Game.new_tree(players=list(game.ids), title=game.title)
    names = [one.name for one in game.types]
    tree.append_move(tree.root, tree.players.chance, names)
    tree.set_chance_probs(tree.root.infoset, [lib.Rational(str(one.probability)) for one in game.types])
    places: dict[tuple[Path, str | None], Any] = {}

    def grow(node: Any, path: Path, place: int, type_: str) -> None:  # noqa: ANN401
        found = next_turn(game, path, place)
        if found is None:
            worth = [float(v) for v in payoffs.of(path, type_).mean(axis=1)]
            tree.set_outcome(node, tree.add_outcome(f"{type_} {told(path)}", worth))
            return
        at, open_ = found
        [(player, moves)] = open_.items()
        key = (path, type_ if player == game.typed else None)
        if key in places:
            tree.append_infoset(node, places[key])
        else:
            tree.append_move(node, player, list(moves))
            places[key] = node.infoset
        for move in moves:
            # Children go by the label of the action.
            grow(node.children[move], (*path, (player, move)), at + 1, type_)

    for name in names:
        grow(tree.root.children[name], (), 0, name)
    return tree, places
