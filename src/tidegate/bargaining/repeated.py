"""Play without end: from what discount factor on a deal holds because breaking it ends it.

With T what a player gets by breaking the deal while the others keep it, R the deal and P what comes after, a deal that
is never taken up again once broken ('grim trigger') holds for

    delta >= (T - R) / (T - P)

and over issues that stand and fall together, for the same with each of the three added up over the issues. A deal whose
sides give in turns, one a round (S to the one who gives, T to the other), holds for S + delta T >= (1 + delta) P.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.bargaining.game import Game, Repeated, Want, status_quo
from tidegate.bargaining.payoffs import Payoffs, weight_draws
from tidegate.bargaining.strategic import path_of, profiles_of
from tidegate.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Holding", "alternation_threshold", "deal_holding", "grim_threshold", "pooled_threshold"]


@dataclass(frozen=True)
class Holding:
    """How a deal holds. issue: None for the whole game.

    thresholds, alternating: player -> the least discount factor by the mean of the draws; inf where none is enough.
    by_draw: player -> (draws,). terms: player -> T, R and P in the mean. holds: share of draws in which every player's
    threshold is met by the discount factor that is drawn.
    """

    issue: str | None
    deal: Mapping[str, str]
    terms: Mapping[str, tuple[float, float, float]]
    thresholds: Mapping[str, float]
    by_draw: Mapping[str, NDArray[np.float64]]
    alternating: Mapping[str, float]
    holds: float


def grim_threshold(
    temptation: NDArray[np.float64] | float,
    reward: NDArray[np.float64] | float,
    without: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """Return the least discount factor at which a deal holds: 0 where breaking it never pays, inf where none does."""
    import numpy as np

    t, r, p = (np.asarray(v, float) for v in (temptation, reward, without))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (t - r) / (t - p)
    found = np.where(t <= r, 0.0, np.where(r > p, ratio, np.inf))
    # A deal that is worse than none is not kept for fear of losing it.
    return np.where(r < p, np.inf, found)


def pooled_threshold(issues: Iterable[tuple[float, float, float]]) -> float:
    """Return the threshold of issues that stand and fall together. issues: T, R and P of each.

    >>> round(pooled_threshold([(4, 3, 0), (6, 3, 1)]), 4)
    0.4444
    """
    totals = [sum(column) for column in zip(*issues, strict=True)]
    return float(grim_threshold(*totals))


def alternation_threshold(temptation: float, giving: float, without: float) -> float:
    """Return from what discount factor on sides that give in turns keep doing so; inf where none is enough.

    >>> alternation_threshold(5, 0, 1)
    0.25
    """
    if giving >= without:
        return 0.0
    if temptation <= without:
        return float("inf")
    found = (without - giving) / (temptation - without)
    return found if found < 1 else float("inf")


def deal_holding(game: Game, payoffs: Payoffs, type_: str | None = None) -> tuple[Holding, ...]:
    """Return how the deal of a game holds as a whole, then each issue of it by itself.

    Raises: BadInputError: if the game names no deal.
    """
    terms = game.repeated
    if terms is None:
        raise BadInputError(
            f"{game.name}: the game names no deal. Add `repeated` with deal, discount and source."
        )
    moves = {p: tuple(dict.fromkeys(each[p] for each in profiles_of(game))) for p in game.ids}
    found = [_holding(game, payoffs, type_, terms, None, terms.deal, moves)]
    for issue in game.issues:
        own = {p: issue.moves.get(p, moves[p][:1]) for p in game.ids}
        deal = {p: terms.deal[p] if terms.deal[p] in own[p] else own[p][0] for p in game.ids}
        if deal != dict(status_quo(game)):
            found.append(_holding(game, payoffs, type_, terms, issue.name, deal, own))
    return tuple(found)


def _holding(
    game: Game, payoffs: Payoffs, type_: str | None, terms: Repeated, issue: str | None, deal: Mapping[str, str],
    moves: Mapping[str, tuple[str, ...]],
) -> Holding:  # fmt: skip
    import numpy as np

    def get(profile: Mapping[str, str]) -> NDArray[np.float64]:
        return payoffs.of(path_of(game, profile), type_)

    quo = status_quo(game)
    without = {p: terms.without[p] if terms.without[p] in moves[p] else quo[p] for p in game.ids}
    reward, after = get(deal), get(without)
    discount = weight_draws(
        Want("discount", "discount", *terms.discount, "", terms.source), payoffs.draws, payoffs.seed
    )
    thresholds, by_draw, alternating, means = {}, {}, {}, {}
    holds = np.ones(payoffs.draws, bool)
    for place, player in enumerate(game.ids):
        others = [get({**deal, player: move})[place] for move in moves[player] if move != deal[player]]
        tempted = np.stack(others or [reward[place]]).max(axis=0)
        mean_tempted = max((float(values.mean()) for values in others), default=float(reward[place].mean()))
        r, p = float(reward[place].mean()), float(after[place].mean())
        means[player] = (mean_tempted, r, p)
        thresholds[player] = float(grim_threshold(mean_tempted, r, p))
        by_draw[player] = grim_threshold(tempted, reward[place], after[place])
        holds &= by_draw[player] <= discount
        alone = float(get({**without, player: deal[player]})[place].mean())
        given = float(get({**deal, player: without[player]})[place].mean())
        alternating[player] = alternation_threshold(given, alone, p)
    return Holding(issue, deal, means, thresholds, by_draw, alternating, float(holds.mean()))
