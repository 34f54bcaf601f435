"""What a game is: players, their moves as ledger edits, what they want, and the order of play."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.errors import BadInputError
from tidegate.records import Lines

__all__ = [
    "STANCES", "Game", "Issue", "Move", "Offers", "Path", "Player", "Pledge", "Repeated", "Turn", "Type", "Want",
    "next_turn", "paths_of", "status_quo", "told",
]  # fmt: skip

Path = tuple[tuple[str, str], ...]
"""Moves in the order in which they are made: pairs of player and move."""

STANCES = ("none", "ease", "tighten", "retaliate", "threaten", "refuse", "truce", "talk")
"""What a move is in the words of the record of rounds: the vocabulary of `history`."""

MOST_PATHS = 2000
"""Paths of a tree above which a game is refused: each may ask for a run of the supply model."""


@dataclass(frozen=True, slots=True)
class Move:
    """One thing a player can do. edits: of the ledger, as in a scenario; lines: where each of them stands."""

    name: str
    title: str
    stance: str
    edits: tuple[Mapping[str, Any], ...]
    lines: tuple[Lines, ...]


@dataclass(frozen=True, slots=True)
class Want:
    """What a player wants: an outcome of the supply model and how much a unit of it is worth.

    of: outcome, as `sales:US:ai_chips`, or a name of the table of a game that has one. low, central, high: of the
    weight, in billion USD for one unit of the outcome. source: where the weight is from, or 'assumption'.
    """

    name: str
    of: str
    low: float
    central: float
    high: float
    unit: str
    source: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Player:
    """A government. moves: the first of them leaves things as they are."""

    id: str
    title: str
    moves: tuple[Move, ...]
    wants: tuple[Want, ...]

    def move(self, name: str) -> Move:
        """Return a move by name. Raises: BadInputError: if the player has none of that name."""
        for one in self.moves:
            if one.name == name:
                return one
        raise BadInputError(
            f"{self.id} has no move '{name}'. Moves: {', '.join(m.name for m in self.moves)}."
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn, of one player or of some at the same time.

    moves: player -> names of the moves that are open. after: the turn comes only where each of these players made one
    of these moves before. only: a move -> the same condition for that move alone.
    """

    moves: Mapping[str, tuple[str, ...]]
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Type:
    """What one side may turn out to want. wants: player -> wants that take the place of those of the same name."""

    name: str
    probability: float
    wants: Mapping[str, tuple[Want, ...]]


@dataclass(frozen=True, slots=True)
class Issue:
    """A part of the game that could be settled apart: player -> the moves that belong to it, the first to leave it."""

    name: str
    moves: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Pledge:
    """A player's promise to make a move if others make theirs ('if Korea and the EU follow, Japan does')."""

    player: str
    move: str
    when: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Offers:
    """Who offers to whom; the reply that takes it and pays its price, and the reply that turns it against the offerer."""

    by: str
    to: str
    accepted: str
    backfires: str | None


@dataclass(frozen=True, slots=True)
class Repeated:
    """Play without end. deal, without: player -> move, before and after it breaks. discount: low, central, high."""

    deal: Mapping[str, str]
    without: Mapping[str, str]
    discount: tuple[float, float, float]
    source: str


@dataclass(frozen=True, slots=True)
class Game:
    """A game as it is written down.

    name, path: of its file, the second as messages give it. known_by: the ledger is taken
    as the public knew it on that day. first, last: quarters over which
    outcomes count. table: path of moves -> outcomes, of a game that brings its own and does not ask the supply model.
    types: of `typed`, the player whose wants the others do not know.
    """

    name: str
    title: str
    about: str
    players: tuple[Player, ...]
    turns: tuple[Turn, ...]
    known_by: str | None = None
    first: str = ""
    last: str = ""
    table: Mapping[Path, Mapping[str, float]] | None = None
    typed: str | None = None
    types: tuple[Type, ...] = ()
    issues: tuple[Issue, ...] = ()
    pledges: tuple[Pledge, ...] = ()
    offers: Offers | None = None
    repeated: Repeated | None = None
    path: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """The players' ids, in the order of the file."""
        return tuple(player.id for player in self.players)

    def player(self, id_: str) -> Player:
        """Return a player. Raises: BadInputError: if the game has none of that id."""
        for one in self.players:
            if one.id == id_:
                return one
        raise BadInputError(f"The game has no player '{id_}'. Players: {', '.join(self.ids)}.")

    @property
    def is_simultaneous(self) -> bool:
        """Whether all move once and at the same time."""
        return len(self.turns) == 1 and set(self.turns[0].moves) == set(self.ids)


def status_quo(game: Game) -> Mapping[str, str]:
    """Return the move of each player that leaves things as they are: the first."""
    return {player.id: player.moves[0].name for player in game.players}


def next_turn(game: Game, path: Path, place: int = 0) -> tuple[int, Mapping[str, tuple[str, ...]]] | None:
    """Return the place of the next turn from `place` on, and who may make which moves in it; None at the end.

    path: what has been played so far.
    """
    for at in range(place, len(game.turns)):
        turn = game.turns[at]
        if not _holds(turn.after, path):
            continue
        return at, {
            player: tuple(move for move in moves if _holds(turn.only.get(move, {}), path))
            for player, moves in turn.moves.items()
        }
    return None


def paths_of(game: Game) -> tuple[Path, ...]:
    """Return every way in which the game can be played, in the order of the file."""
    return tuple(_paths(game, (), 0))


def _paths(game: Game, path: Path, place: int) -> Iterator[Path]:
    found = next_turn(game, path, place)
    if found is None:
        yield path
        return
    at, moves = found
    for choice in choices(moves):
        yield from _paths(game, (*path, *choice), at + 1)


def choices(moves: Mapping[str, tuple[str, ...]]) -> Iterator[Path]:
    """Yield what the players of a turn can do together."""
    from itertools import product

    for chosen in product(*moves.values()):
        yield tuple(zip(moves, chosen, strict=True))


def told(path: Path) -> str:
    """Return a path in letters: 'US: chips, CN: ban'."""
    return ", ".join(f"{player}: {move}" for player, move in path)


def _holds(condition: Mapping[str, tuple[str, ...]], path: Path) -> bool:
    return all(
        any(who == player and move in wanted for who, move in path) for player, wanted in condition.items()
    )
