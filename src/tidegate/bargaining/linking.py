"""What linking issues is worth: the best deal that can be enforced on all at once, against each issue settled apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.bargaining.game import Game, status_quo
from tidegate.bargaining.payoffs import Payoffs
from tidegate.bargaining.strategic import TIE, path_of, profiles_of
from tidegate.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Deal", "Linking", "best_deal", "linking_of"]


@dataclass(frozen=True)
class Deal:
    """The best deal within some moves. issue: None for the whole. gains: (players, draws) against nothing done.

    is_deal: False where nothing leaves everybody at least as well off and somebody better. share: of draws in which
    it leaves nobody worse off.
    """

    issue: str | None
    profile: Mapping[str, str]
    gains: NDArray[np.float64]
    is_deal: bool
    share: float


@dataclass(frozen=True)
class Linking:
    """linked: of the whole game. apart: of each issue. value: (players, draws), linked less the sum of the issues."""

    linked: Deal
    apart: tuple[Deal, ...]
    value: NDArray[np.float64]


def best_deal(
    game: Game, payoffs: Payoffs, moves: Mapping[str, tuple[str, ...]] | None = None, type_: str | None = None,
    issue: str | None = None,
) -> Deal:  # fmt: skip
    """Return the deal that both sides could put into escrow: nobody worse off than with nothing done, by the mean.

    Of several it is the one with the largest product of gains (Nash's bargaining solution among what the moves allow),
    or the largest sum where no deal leaves everybody better off. moves: player -> moves that are on the table.
    """
    import numpy as np

    quo = status_quo(game)
    before = payoffs.of(path_of(game, quo), type_)
    best = Deal(issue, quo, np.zeros_like(before), False, 1.0)
    score = (0.0, 0.0)
    for profile in profiles_of(game):
        if moves is not None and any(profile[p] not in moves.get(p, (quo[p],)) for p in game.ids):
            continue
        gains = payoffs.of(path_of(game, profile), type_) - before
        mean = gains.mean(axis=1)
        slack = TIE * float(np.abs(gains).max(initial=1e-300))
        if (mean < -slack).any() or not (mean > slack).any():
            continue
        own = (float(np.prod(np.maximum(mean, 0.0))), float(mean.sum()))
        if own > score:
            score = own
            best = Deal(issue, profile, gains, True, float((gains >= -slack).all(axis=0).mean()))
    return best


def linking_of(game: Game, payoffs: Payoffs, type_: str | None = None) -> Linking:
    """Return what is settled with all issues on the table and with each by itself; gains of issues are added up.

    Raises: BadInputError: if the game names no issues.
    """
    import numpy as np

    if not game.issues:
        raise BadInputError(f"{game.name}: the game names no issues. Add `issues` with the moves of each.")
    linked = best_deal(game, payoffs, None, type_)
    apart = tuple(best_deal(game, payoffs, issue.moves, type_, issue.name) for issue in game.issues)
    total = np.sum([deal.gains for deal in apart], axis=0)
    return Linking(linked, apart, linked.gains - total)
