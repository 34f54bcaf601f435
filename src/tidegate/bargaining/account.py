"""A solved game told in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from tidegate.bargaining.game import Game, Path, Want, told
from tidegate.bargaining.payoffs import Payoffs, wants_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.bargaining.allies import Adoption
    from tidegate.bargaining.induction import Node, Play
    from tidegate.bargaining.offers import Offer, Region
    from tidegate.bargaining.repeated import Holding
    from tidegate.bargaining.solution import Solution

__all__ = ["account"]

_FAR = 10
"""Thresholds beyond so many times the largest weight of the file are not told: no doubt about a weight reaches there."""


def account(found: Solution) -> Iterator[str]:
    """Yield what follows from a game, one finding a sentence or two."""
    game = found.game
    if game.table is None:
        yield (
            f"Every way to play is one of {found.payoffs.scenarios} scenarios on the ledger as known on {game.known_by}, "
            f"{game.first} to {game.last}, each with {found.payoffs.draws} draws; amounts are bn USD over that time, "
            "against nobody doing anything."
        )
    else:
        yield "The outcomes stand in the game's own file; the supply model was not asked."
    yield from _played(found)
    yield from _one_shot(found)
    yield from _offered(found)
    yield from _linked(found)
    yield from _repeated(found)
    yield from _allied(found)
    yield from _doubted(found)


def _played(found: Solution) -> Iterator[str]:
    play, game = found.play, found.game
    if play is None:
        return
    for node in play.walk():
        if node.taken is None:
            who = " and ".join(_named(game, player) for player in node.movers)
            yield f"{who} have no equilibrium in pure moves{_after(game, node.path)}."
            return
        for player, move in node.choices[node.taken]:
            sentence = f"{_cap(_named(game, player))}: {game.player(player).move(move).title}{_after(game, node.path)}"
            yield f"{sentence}, {because(found, node, player)} ({node.share:.0%} of draws)."
    if play.path is not None:
        worth = "; ".join(f"{_cap(_named(game, p))} {_amount(v)}" for p, v in play.payoffs.items())
        yield f"So it goes in {play.robustness:.0%} of draws. It brings: {worth}."
    yield from _threats(found, play)


def _threats(found: Solution, play: Play) -> Iterator[str]:
    """What would be answered to moves that are not made."""
    on_path = {node.path for node in play.walk()}
    for path, node in play.nodes.items():
        if path in on_path or node.taken is None or not path:
            continue
        for player, move in node.choices[node.taken]:
            own = found.game.player(player).move(move)
            kind = (
                "A credible threat"
                if own.stance in ("tighten", "retaliate", "refuse")
                else "Not made, but known"
            )
            yield (
                f"{kind}: after {told(path)} {_named(found.game, player)} would answer '{move}' in {node.share:.0%} of "
                "draws."
            )


def because(found: Solution, node: Node, player: str) -> str:
    """Why a player does what it does at a turn: against its next best move, and which want weighs most."""
    assert node.taken is not None
    chosen = node.choices[node.taken]
    place = found.game.ids.index(player)
    rivals = [
        (float(node.values[k, place]), choice)
        for k, choice in enumerate(node.choices)
        if dict(choice)[player] != dict(chosen)[player]
        and all(dict(choice)[p] == m for p, m in chosen if p != player)
    ]
    if not rivals:
        return "the only move it has"
    other_worth, other = max(rivals, key=lambda pair: pair[0])
    gap = float(node.values[node.taken, place]) - other_worth
    if abs(gap) < 5e-4:
        return f"because nothing that it wants tells it from '{dict(other)[player]}'"
    one, two = (_end(found, (*node.path, *choice)) for choice in (chosen, other))
    if one is None or two is None:
        return f"because it is worth {_amount(gap)} more than '{dict(other)[player]}'"
    parts = difference(found.game, found.payoffs, player, one, two)
    name, part = max(parts.items(), key=lambda pair: pair[1])
    return (
        f"because that is worth {_amount(gap)} more to it than '{dict(other)[player]}' "
        f"({name.replace('_', ' ')}: {_amount(part)})"
    )


def difference(
    game: Game, payoffs: Payoffs, player: str, one: Path, other: Path, type_: str | None = None
) -> Mapping[str, float]:
    """Return by want what one way to play brings a player beyond another, in the mean of the draws."""
    found = {}
    for want in wants_of(game, player, type_):
        change = payoffs.weight(want) * (payoffs.effect(one, want.of) - payoffs.effect(other, want.of))
        found[want.name] = float(change.mean())
    return found


def _end(found: Solution, path: Path) -> Path | None:
    """Where perfect play leads from a path."""
    assert found.play is not None
    while path in found.play.nodes:
        reply = found.play.reply(path)
        if reply is None:
            return None
        path = (*path, *reply)
    return path


def _one_shot(found: Solution) -> Iterator[str]:
    form = found.one_shot
    if form is None:
        return
    stable = form.equilibria()
    for profile in stable:
        yield (
            f"Moving at the same time: {told(tuple(profile.items()))} is an equilibrium, in "
            f"{form.robustness(profile):.0%} of draws."
        )
    if not stable:
        yield "Moving at the same time there is no equilibrium in pure moves."
    for player, move in form.dominated():
        who = _named(found.game, player)
        yield f"'{move}' is never worth it to {who}: another move is better whatever the others do."


def _offered(found: Solution) -> Iterator[str]:
    terms, game = found.game.offers, found.game
    if terms is None:
        return
    from tidegate.bargaining.offers import cheapest

    by, to = _named(game, terms.by), _named(game, terms.to)
    for offer in found.offers:
        cost, theirs, gain = (float(values.mean()) for values in (offer.cost, offer.theirs, offer.gain))
        yield (
            f"The offer '{offer.move}' {'costs' if cost > 0 else 'brings'} {by} {abs(cost):.3g} by itself. Made without "
            f"conditions, it is answered '{offer.reply}' ({offer.reply_share:.0%} of draws). As a swap for "
            f"'{terms.accepted}' it brings {to} {_amount(theirs)} and {by} {_amount(gain)}: {to} gains in "
            f"{offer.taken:.0%} of draws, both gain in {offer.both:.0%}."
        )
        yield from _regions(found, offer)
    best = cheapest(found.offers)
    if best is None:
        yield f"No offer on the table leaves both sides better off as a swap for '{terms.accepted}'."
    else:
        yield (
            f"The cheapest offer that leaves both better off is '{best.move}': by itself it "
            f"{'costs' if best.cost.mean() > 0 else 'brings'} {by} {abs(float(best.cost.mean())):.3g}."
        )


def _regions(found: Solution, offer: Offer) -> Iterator[str]:
    terms, game = found.game.offers, found.game
    assert terms is not None
    to = _named(game, terms.to)
    for reply in ["accepted"] + ([terms.backfires] if terms.backfires else []):
        what = f"worth '{terms.accepted}' to {to} as a swap" if reply == "accepted" else f"answered '{reply}'"
        parts = []
        for one in found.regions:
            if one.offer == offer.move and one.reply == reply:
                limit = _FAR * max(abs(end) for w in _named_want(found, one.want) for end in (w.low, w.high))
                parts += [
                    f"{told_} on {one.want.replace('_', ' ')} (as written {one.central:g})"
                    for told_ in _range(one, limit)
                ]
        if parts:
            yield f"All else as written, '{offer.move}' is {what} at a weight {'; or '.join(parts)}."
        elif any(r.offer == offer.move and r.reply == reply and _holds(r) for r in found.regions):
            yield f"'{offer.move}' is {what}, and no change of one weight within {_FAR} times its range alters that."
        else:
            yield f"'{offer.move}' is {what} at no weight on any one thing that {to} wants, up to {_FAR} times its range."


def _named_want(found: Solution, name: str) -> tuple[Want, ...]:
    """The want of that name of the side that is offered something."""
    assert found.game.offers is not None
    return tuple(w for w in wants_of(found.game, found.game.offers.to) if w.name == name)


def _holds(region: Region) -> bool:
    """Whether the weight as written lies in a region."""
    return region.low is not None and region.high is not None and region.low <= region.central <= region.high


def _range(region: Region, limit: float) -> Iterator[str]:
    """The part of a region on the side of nought on which the weight is written; nothing where that is all or none."""
    if region.low is None or region.high is None:
        return
    low, high = region.low, region.high
    if region.central >= 0:
        low = max(low, 0.0)
    if region.central <= 0:
        high = min(high, 0.0)
    starts, ends = low if region.central >= 0 else -high, high if region.central >= 0 else -low
    if starts > min(ends, limit) or (starts == 0 and ends > limit):
        return
    sign = 1 if region.central >= 0 else -1
    from_, to = (region.lows, region.highs) if sign > 0 else (-region.highs, -region.lows)
    minus = "" if sign > 0 else "-"
    if math.isinf(ends):
        yield f"of {minus}{starts:.3g}{_band(from_, sign)} and beyond"
    elif starts == 0:
        yield f"up to {minus}{ends:.3g}{_band(to, sign)}"
    else:
        yield f"from {minus}{starts:.3g}{_band(from_, sign)} to {minus}{ends:.3g}{_band(to, sign)}"


def _band(values: NDArray[np.float64], sign: int) -> str:
    """The band of 80 percent of the thresholds of the draws that have one on this side of nought, and their share."""
    import numpy as np

    from tidegate.supply.scale import BAND

    finite = values[np.isfinite(values) & (values >= 0)]
    if not len(finite) or (float(np.ptp(finite)) < 1e-12 and len(finite) == len(values)):
        return ""
    low, _, high = (float(v) * sign for v in np.quantile(finite, BAND))
    share = "" if len(finite) == len(values) else f", in {len(finite) / len(values):.0%} of draws"
    return f" (80 % band {low:.3g} to {high:.3g}{share})"


def _linked(found: Solution) -> Iterator[str]:
    linking, game = found.linking, found.game
    if linking is None:
        return
    for deal in (linking.linked, *linking.apart):
        where = "With all issues on the table" if deal.issue is None else f"With '{deal.issue}' alone"
        if deal.is_deal:
            worth = "; ".join(
                f"{_named(game, p)} {_amount(float(v.mean()))}"
                for p, v in zip(game.ids, deal.gains, strict=True)
            )
            yield (
                f"{where} the best deal that could be enforced is {told(tuple(deal.profile.items()))}: {worth}; nobody "
                f"loses in {deal.share:.0%} of draws."
            )
        else:
            yield f"{where} there is no deal that everybody would sign."
    worth = "; ".join(
        f"{_named(game, p)} {_amount(float(v.mean()))}" for p, v in zip(game.ids, linking.value, strict=True)
    )
    yield f"Linking is worth: {worth}."


def _repeated(found: Solution) -> Iterator[str]:
    for holding in found.holding:
        parts = []
        for player, least in holding.thresholds.items():
            parts.append(f"{_named(found.game, player)} {_discount(least)}")
        what = "the deal" if holding.issue is None else f"its part '{holding.issue}' alone"
        yield (
            f"Played again and again, {what} ({told(tuple(holding.deal.items()))}) holds from a discount factor of "
            f"{'; '.join(parts)}; at the factor of the file in {holding.holds:.0%} of draws."
        )
    if found.holding:
        whole: Holding = found.holding[0]
        parts = [f"{_named(found.game, p)} {_discount(v)}" for p, v in whole.alternating.items()]
        yield f"Giving in turns instead of at once would hold from: {'; '.join(parts)}."


def _allied(found: Solution) -> Iterator[str]:
    game = found.game
    for row in found.adoption:
        others = f"if {' and '.join(row.others)} do" if row.others else "alone"
        verb = "gains by adopting" if row.adopts else "does not gain by adopting"
        yield (
            f"{_cap(_named(game, row.ally))} {verb} {others}: {_amount(float(row.gain.mean()))}, a gain in "
            f"{row.share:.0%} of draws.{_from_weight(row)}"
        )
    stable = [one for one in found.coalitions if one.stable]
    if found.coalitions:
        told_ = "; ".join(f"{', '.join(o.members) or 'nobody'} ({o.robustness:.0%} of draws)" for o in stable)
        yield f"Sets of adopters in which nobody changes its mind: {told_ or 'none'}."
        yield f"If all keep their pledges, these adopt: {', '.join(found.pledged) or 'nobody'}."


def _from_weight(row: Adoption) -> str:
    """From which weights on the things it wants an ally would adopt."""
    parts = [
        f"{f'from {low:.3g}' if math.isinf(high) else f'up to {high:.3g}'} on {want.replace('_', ' ')}"
        for want, (low, high) in row.from_weight.items()
        if math.isinf(low) != math.isinf(high)
    ]
    return f" It would adopt at a weight {'; or '.join(parts)}." if parts else ""


def _doubted(found: Solution) -> Iterator[str]:
    game = found.game
    if not game.types:
        return
    for type_, play in found.by_type.items():
        if play.path is not None:
            who, share = _named(game, str(game.typed)), f"{play.robustness:.0%} of draws"
            yield f"If all knew that {who} is of type '{type_}': {told(play.path)} ({share})."
    for type_, offers in found.offers_by_type.items():
        good = [offer.move for offer in offers if offer.is_both]
        yield f"Type '{type_}' takes as a swap, with both better off: {', '.join(good) or 'no offer'}."
    doubt = found.under_doubt
    if doubt is None:
        if not any(len(turn.moves) > 1 for turn in game.turns):
            yield "What is done would tell the type: ask Gambit for equilibria of the tree (`signalling_equilibria`)."
        return
    parts = "; ".join(f"'{t}': {told(path)}" for t, path in doubt.paths.items())
    yield f"Not knowing which ({_odds(game)}): {parts}, in {doubt.robustness:.0%} of draws."


def _odds(game: Game) -> str:
    return ", ".join(f"{one.name} {one.probability:.0%}" for one in game.types)


def _discount(value: float) -> str:
    return "none, however patient" if math.isinf(value) else f"{value:.2f}"


def _after(game: Game, path: Path) -> str:
    return f" after {told(path)}" if path else ""


def _named(game: Game, player: str) -> str:
    return game.player(player).title


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]


def _amount(value: float) -> str:
    return f"{value + 0.0:+.3g}"
