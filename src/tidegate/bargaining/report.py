"""A shipped game from end to end as plain values: what a page shows and a file keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tidegate.bargaining.picture import specification
from tidegate.bargaining.shipped import shipped_games
from tidegate.bargaining.solution import bargain
from tidegate.errors import NotFoundError
from tidegate.ledger import Ledger

__all__ = ["Tell", "report_game"]

Tell = Callable[[str, int, int, Mapping[str, Any] | None], None]
"""Is told what is being done, how much of it is done, of how much, and what there is to see so far."""


def report_game(ledger: Ledger, name: str, tell: Tell, *, draws: int = 40, seed: int = 0) -> dict[str, Any]:
    """Return a shipped game solved: payoffs, the account in sentences, what the players want, the tree as a picture.

    Raises: NotFoundError: naming the games that ship. BadInputError: if a move cannot be made in the ledger.
    """
    if name not in shipped_games():
        raise NotFoundError(f"There is no game '{name}'. Shipped are: {', '.join(shipped_games())}.")
    game = shipped_games()[name]
    tell("running a scenario for each way to play", 0, 0, None)

    def progress(done: int, whole: int) -> None:
        tell("running a scenario for each way to play", done, whole, None)

    found = bargain(game, ledger, draws=draws, seed=seed, progress=progress)
    players = [
        {"id": player.id, "title": player.title,
         "moves": [{"move": move.name, "title": move.title} for move in player.moves]}
        for player in game.players
    ]  # fmt: skip
    return {
        **found.table().to_dict(),
        "about": game.about,
        "players": players,
        "picture": specification(found),
    }
