"""Offers that are taken, refused or turned against the offerer, and the valuations at which each of this happens.

What a player gets is linear in each of its weights, so the weights at which one reply beats another are solved for, not
searched: with u_r = a_r + v x_r for reply r, reply b is best where (a_b - a_r) + v (x_b - x_r) >= 0 for every r, which is
an interval of v. It is taken in every draw, and in the mean of the draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidegate.bargaining.game import Game, Path, status_quo
from tidegate.bargaining.payoffs import Payoffs, wants_of
from tidegate.bargaining.strategic import TIE, path_of, profiles_of
from tidegate.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Offer", "Region", "cheapest", "offers_of", "regions_of", "where_positive"]

_NOTHING = 1e-12
"""Rounding of a mean effect: the thousandth of a dollar in billions."""


@dataclass(frozen=True)
class Region:
    """The weights on one want at which a reply is given, all other weights as they are.

    reply: 'accepted', the offer under escrow, each side handing over only if the other does; or a move that answers an
    offer that comes without conditions. low, high: of the weight, by the mean of the draws; None where the reply is not
    given at any weight; an end may be infinite. lows, highs: by draw, nan where there is none. within: share of draws
    in which the weight as it is drawn lies within. central: the weight as written.
    """

    offer: str
    reply: str
    want: str
    unit: str
    central: float
    low: float | None
    high: float | None
    lows: NDArray[np.float64]
    highs: NDArray[np.float64]
    within: float


@dataclass(frozen=True)
class Offer:
    """One offer. cost: what handing it over alone costs the offerer, (draws,); gain: what the swap brings it.

    reply: the best answer to it where nothing is enforced, by the mean; reply_share: share of draws. taken: share of
    draws in which the other side gains from the swap under escrow, and whether it does in the mean; both: share in
    which both do. backfires: share of draws in which it is turned against the offerer.
    """

    move: str
    title: str
    cost: NDArray[np.float64]
    gain: NDArray[np.float64]
    theirs: NDArray[np.float64]
    reply: str
    reply_share: float
    taken: float
    is_taken: bool
    both: float
    is_both: bool
    backfires: float | None


def offers_of(game: Game, payoffs: Payoffs, type_: str | None = None) -> tuple[Offer, ...]:
    """Return every offer of the game that names who offers what to whom, cheapest first.

    type_: of the typed player. Raises: BadInputError: if the game says nothing of offers.
    """
    import numpy as np

    terms = game.offers
    if terms is None:
        raise BadInputError(f"{game.name}: the game names no offers. Add `offers` with by, to and accepted.")
    one, other = game.ids.index(terms.by), game.ids.index(terms.to)
    quo = status_quo(game)
    offered, replies = _first_moves(game, terms.by), _first_moves(game, terms.to)
    before = _of(payoffs, game, quo, type_)
    without = np.stack([_of(payoffs, game, {**quo, terms.to: r}, type_)[other] for r in replies]).max(axis=0)
    mean_without = max(float(_of(payoffs, game, {**quo, terms.to: r}, type_)[other].mean()) for r in replies)
    found = []
    for move in offered:
        if move == quo[terms.by]:
            continue
        after = {r: _of(payoffs, game, {**quo, terms.by: move, terms.to: r}, type_) for r in replies}
        theirs = np.stack([after[r][other] for r in replies])
        best, swap = int(theirs.mean(axis=1).argmax()), after[terms.accepted]
        slack = TIE * float(np.abs(theirs).max(initial=1e-300))
        gains, their_gains = swap[one] - before[one], swap[other] - without
        their_mean = float(swap[other].mean()) - mean_without
        back = None
        if terms.backfires in replies:
            rest = np.delete(theirs, replies.index(terms.backfires), axis=0).max(axis=0)
            back = float((theirs[replies.index(terms.backfires)] > rest + slack).mean())
        found.append(Offer(
            move, game.player(terms.by).move(move).title, before[one] - after[quo[terms.to]][one], gains, their_gains,
            replies[best], float((theirs.argmax(axis=0) == best).mean()), float((their_gains > slack).mean()),
            their_mean > slack, float(((their_gains > slack) & (gains > slack)).mean()),
            their_mean > slack and float(gains.mean()) > slack, back,
        ))  # fmt: skip
    return tuple(sorted(found, key=lambda offer: (float(offer.cost.mean()), offer.move)))


def cheapest(offers: Iterable[Offer]) -> Offer | None:
    """Return the offer that costs the offerer least among those that, by the mean, leave both sides better off."""
    good = [offer for offer in offers if offer.is_both]
    return min(good, key=lambda offer: (float(offer.cost.mean()), offer.move)) if good else None


def regions_of(game: Game, payoffs: Payoffs, type_: str | None = None) -> tuple[Region, ...]:
    """Return, for each offer and each want of the other side, where it is accepted and where each reply is given.

    Raises: BadInputError: if the game says nothing of offers.
    """
    terms = game.offers
    if terms is None:
        raise BadInputError(f"{game.name}: the game names no offers. Add `offers` with by, to and accepted.")
    quo, replies = status_quo(game), _first_moves(game, terms.to)
    stay = [path_of(game, {**quo, terms.to: r}) for r in replies]
    found = []
    for move in _first_moves(game, terms.by):
        if move == quo[terms.by]:
            continue
        after = {r: path_of(game, {**quo, terms.by: move, terms.to: r}) for r in replies}
        for want in dict.fromkeys(want.name for want in wants_of(game, terms.to, type_)):
            how = (game, payoffs, terms.to, type_, want, move)
            found.append(_region(*how, "accepted", after[terms.accepted], stay))
            found += [
                _region(*how, reply, after[reply], [path for r, path in after.items() if r != reply])
                for reply in replies
            ]
    return tuple(found)


def _region(
    game: Game, payoffs: Payoffs, player: str, type_: str | None, want: str, offer: str, reply: str, path: Path,
    rivals: Sequence[Path],
) -> Region:  # fmt: skip
    """Where a path is at least as good as each rival, as the weight on one want goes from low to high."""
    import numpy as np

    own = next(one for one in wants_of(game, player, type_) if one.name == want)
    weight, place = payoffs.weight(own), game.ids.index(player)

    def line(one: Path) -> tuple[Any, Any]:
        slope = payoffs.effect(one, own.of)
        return payoffs.of(one, type_)[place] - weight * slope, slope

    base, slope = line(path)
    gaps = [(base - b, slope - x) for b, x in map(line, rivals)]
    lows, highs = where_positive([a for a, _ in gaps], [x for _, x in gaps])
    low, high = where_positive(
        [a.mean(keepdims=True) for a, _ in gaps], [x.mean(keepdims=True) for _, x in gaps]
    )
    within = float(((weight >= lows) & (weight <= highs)).mean())
    none = bool(np.isnan(low[0]))
    return Region(
        offer, reply, want, own.unit, own.central, None if none else float(low[0]), None if none else float(high[0]),
        lows, highs, within,
    )  # fmt: skip


def where_positive(
    bases: Sequence[NDArray[np.float64]], slopes: Sequence[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends of where every base + v slope > 0, by draw; nan where nowhere. bases, slopes: each (draws,)."""
    import numpy as np

    count = len(bases[0]) if bases else 1
    low, high = np.full(count, -np.inf), np.full(count, np.inf)
    empty = np.zeros(count, bool)
    for base, slope in zip(bases, slopes, strict=True):
        flat = np.abs(slope) <= np.maximum(TIE * np.abs(base), _NOTHING)
        with np.errstate(divide="ignore", invalid="ignore"):
            root = np.where(flat, 0.0, -base / np.where(flat, 1.0, slope))
        low = np.where(~flat & (slope > 0), np.maximum(low, root), low)
        high = np.where(~flat & (slope < 0), np.minimum(high, root), high)
        # What is as good as another at any weight is no reply of its own.
        empty |= flat & (base <= 1e3 * _NOTHING)
    empty |= low > high
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def _of(payoffs: Payoffs, game: Game, profile: Any, type_: str | None) -> NDArray[np.float64]:  # noqa: ANN401
    return payoffs.of(path_of(game, profile), type_)


def _first_moves(game: Game, player: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(profile[player] for profile in profiles_of(game)))
