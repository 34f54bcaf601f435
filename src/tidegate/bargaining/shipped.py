"""The games that ship with tidegate."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from tidegate.bargaining.game import Game
from tidegate.bargaining.reading import read_game
from tidegate.data import GAMES

__all__ = ["shipped_games"]


@lru_cache(maxsize=1)
def shipped_games() -> Mapping[str, Game]:
    """Return the shipped games by name.

    >>> shipped_games()["chips-for-rare-earths"].ids
    ('US', 'CN')
    """
    return {path.stem: read_game(path) for path in sorted(GAMES.glob("*.yaml"))}
