"""The record of rounds as a test: before each round, how likely was the move that came?

A move is a government and a word: the United States eases, China retaliates. Everything that a prediction rests on was
over, or known, before the first day of the round. The model is a quantal response,

    P(m) is proportional to  replies(m | last move) x exp(lambda u(m)),

replies being how often m followed a move like the last one so far, drawn toward the base rates of the moves so far; u
the payoff in a game of the best move that stands for m, given what the ledger shows the other side to have done last,
against the mean of the player's moves, in standard deviations of what the player can get. lambda is the one on a grid
under which the moves so far were likeliest. Until the day on which the game takes the ledger it says nothing
(lambda 0), as its payoffs would look ahead; what its players want was written down in 2026, with hindsight.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tidegate.bargaining.game import STANCES, Game, status_quo
from tidegate.bargaining.payoffs import Payoffs
from tidegate.bargaining.strategic import OneShot, one_shot
from tidegate.dates import Day, parse_day
from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.ledger.bargains import Round
from tidegate.tables import Table, Tabular

__all__ = ["History", "Prediction", "moves_of_record", "predict_rounds"]

WORDS: Mapping[str, str] = {
    "tighten": "tighten", "retaliate": "retaliate", "threat": "threaten", "refusal": "refuse", "ease": "ease",
    "implement": "ease", "truce": "truce", "round": "talk", "summit": "talk", "call": "talk",
}  # fmt: skip
"""Kind of a round in the record -> the word of the vocabulary."""

SIDES = ("US", "CN", "other")
MOVES = tuple(f"{side} {word}" for side in SIDES for word in STANCES if word != "none")
WAYS = ("model", "replies", "base_rates", "repeat")
"""The model; the same without the game (lambda 0); the two baselines."""

_PSEUDO = 0.5
"""Added to the count of every move, so that what has not been seen is not impossible."""

_TOWARD_BASE = 5.0
"""Replies are drawn toward the base rates as if so many more of them had been seen. Set before the test was run."""

_GRID = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0)
_LEAST = 5
"""Rounds that the game must have been asked about before lambda is estimated."""

_EASED = ("eased", "suspended", "lifted", "refused")
_TIGHTENED = ("announced", "in_force", "agreed")


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was expected of a round. actual: the move. chances: way -> move -> probability. known: earlier rounds used."""

    id: str
    on: str
    actual: str
    known: int
    precision: float
    chances: Mapping[str, Mapping[str, float]]

    def rank(self, way: str) -> int:
        """Return the place of the actual move, 1 for the likeliest; of moves as likely the first in `MOVES` leads."""
        chances = self.chances[way]
        order = sorted(MOVES, key=lambda move: (-chances[move], MOVES.index(move)))
        return order.index(self.actual) + 1

    def top(self, way: str, count: int = 3) -> tuple[str, ...]:
        """Return the likeliest moves."""
        chances = self.chances[way]
        return tuple(sorted(MOVES, key=lambda move: (-chances[move], MOVES.index(move)))[:count])


@dataclass(frozen=True)
class History(Tabular):
    """Every round predicted. left_out: ids of rounds that the record leaves open."""

    game: str
    predictions: tuple[Prediction, ...]
    left_out: tuple[str, ...]

    def scores(self, since: str | None = None) -> tuple[dict[str, Any], ...]:
        """Return top-1 and top-3 rates and the mean log score of each way. since: only rounds from this day on."""
        some = [p for p in self.predictions if since is None or p.on >= since]
        rows = []
        for way in WAYS:
            count = len(some) or 1
            rows.append({
                "way": way, "rounds": len(some), "top_1": sum(p.rank(way) == 1 for p in some) / count,
                "top_3": sum(p.rank(way) <= 3 for p in some) / count,
                "log_score": sum(math.log(p.chances[way][p.actual]) for p in some) / count,
            })  # fmt: skip
        return tuple(rows)

    def verdict(self) -> str:
        """Return in a sentence whether the model did better than the baselines, by the log score."""
        score = {row["way"]: row["log_score"] for row in self.scores()}
        words = {"base_rates": "the base rates so far", "repeat": "the last move again"}
        told = " and ".join(
            f"{'better' if score['model'] > score[way] else 'no better'} than {words[way]}"
            for way in WAYS[2:]
        )
        game = score["model"] - score["replies"]
        adds = "The game adds nothing to it" if abs(game) < 1e-9 else f"The game is worth {game:+.3f} of it"
        return f"By the log score the model is {told}. {adds}."

    def table(self) -> Table:
        """Return a row per round: the move made, the model's three likeliest, and the rank of the move by each way."""
        rows = tuple(
            {
                "id": p.id, "on": p.on, "actual": p.actual, "known": p.known, "first": p.top("model")[0],
                "top_3": list(p.top("model")), "chance": p.chances["model"][p.actual], "precision": p.precision,
                **{f"rank_{way}": p.rank(way) for way in WAYS},
            }
            for p in self.predictions
        )  # fmt: skip
        columns = (
            "id",
            "on",
            "actual",
            "known",
            "first",
            "top_3",
            "chance",
            "precision",
            *(f"rank_{w}" for w in WAYS),
        )
        about = {
            "game": self.game,
            "scores": list(self.scores()),
            "verdict": self.verdict(),
            "left_out": list(self.left_out),
        }
        return Table(rows, columns, about, "rounds")


def moves_of_record(rounds: Iterable[Round]) -> tuple[tuple[Round, str], ...]:
    """Return the rounds by their first day, each with its move; without those whose outcome was not found."""
    some = [one for one in rounds if not one.outcome.startswith("NOT FOUND")]
    ordered = sorted(some, key=lambda one: (one.when.first, one.id))
    return tuple((one, f"{_side(one.mover)} {WORDS[one.kind]}") for one in ordered)


def predict_rounds(
    rounds: Sequence[Round], game: Game, payoffs: Payoffs, ledger: Ledger, since: str = "2023-01-01"
) -> History:
    """Return what was to be expected of each round that began on `since` or later, given what was known before it.

    rounds: the record; payoffs: of the game.
    Raises: BadInputError: if the game has no one-shot form, or no round is left.
    """
    form = one_shot(game, payoffs)
    if form is None or not {"US", "CN"} <= set(game.ids):
        raise BadInputError(
            f"{game.name}: the record is of the US and China moving. Give a game of both, on the ledger."
        )
    every, first = moves_of_record(rounds), parse_day(since)
    worth = _Worth(game, form, ledger)
    found: list[Prediction] = []
    asked: list[tuple[Day, Mapping[str, float], Mapping[str, float], str]] = []
    for one, actual in every:
        day = one.when.first
        before = sorted(
            (other for other in every if other[0].when.last < day), key=lambda o: (o[0].when.last, o[0].id)
        )
        base, replies = _base_rates(before), _replies(before)
        values = worth.on(day)
        over = [item for item in asked if item[0] < day]
        precision = _precision([item[1:] for item in over]) if values else 0.0
        chances = {
            "model": _tilted(replies, values, precision), "replies": replies, "base_rates": base,
            "repeat": _repeat(before, base),
        }  # fmt: skip
        if values:
            asked.append((one.when.last, replies, values, actual))
        if day >= first:
            found.append(Prediction(one.id, one.on, actual, len(before), precision, chances))
    if not found:
        raise BadInputError(f"No round of the record begins on {since} or later. Give an earlier day.")
    left = {one.id for one in rounds} - {one.id for one, _ in every}
    return History(game.name, tuple(found), tuple(sorted(left)))


def _side(government: str) -> str:
    return government if government in SIDES else "other"


def _base_rates(before: Sequence[tuple[Round, str]]) -> dict[str, float]:
    counts = Counter(move for _, move in before)
    whole = len(before) + _PSEUDO * len(MOVES)
    return {move: (counts[move] + _PSEUDO) / whole for move in MOVES}


def _replies(before: Sequence[tuple[Round, str]]) -> dict[str, float]:
    """How often each move followed one like the last, drawn toward the base rates."""
    base = _base_rates(before)
    if not before:
        return base
    last = before[-1][1]
    after = Counter(new for (_, old), (_, new) in pairwise(before) if old == last)
    whole = sum(after.values()) + _TOWARD_BASE
    return {move: (after[move] + _TOWARD_BASE * base[move]) / whole for move in MOVES}


def _repeat(before: Sequence[tuple[Round, str]], base: Mapping[str, float]) -> dict[str, float]:
    """The last move again, as often as that came true so far; the rest by the base rates."""
    if not before:
        return dict(base)
    moves = [move for _, move in before]
    again = (sum(a == b for a, b in pairwise(moves)) + 1) / (len(moves) + 1)
    rest = 1 - base[moves[-1]]
    # Ranked first whatever the share: that is what the baseline says.
    most = max(base[m] for m in MOVES if m != moves[-1]) / rest
    again = max(again, 1.001 * most / (1 + most))
    return {m: again if m == moves[-1] else (1 - again) * base[m] / rest for m in MOVES}


def _tilted(replies: Mapping[str, float], values: Mapping[str, float], precision: float) -> dict[str, float]:
    if not precision:
        return dict(replies)
    weights = {move: replies[move] * math.exp(precision * values.get(move, 0.0)) for move in MOVES}
    whole = sum(weights.values())
    return {move: weight / whole for move, weight in weights.items()}


def _precision(asked: Sequence[tuple[Mapping[str, float], Mapping[str, float], str]]) -> float:
    """The lambda under which the moves so far were likeliest; the smallest of equals, 0 for too few."""
    if len(asked) < _LEAST:
        return 0.0

    def likelihood(precision: float) -> float:
        return sum(math.log(_tilted(replies, values, precision)[actual]) for replies, values, actual in asked)

    return max(_GRID, key=lambda precision: (round(likelihood(precision), 9), -precision))


class _Worth:
    """What a game says each move is worth, given what the ledger shows the other side to have done last."""

    def __init__(self, game: Game, form: OneShot, ledger: Ledger) -> None:
        self.game, self.form = game, form
        self.starts = parse_day(game.known_by) if game.known_by else None
        changes = sorted(
            (entry.known, measure.jurisdiction, "ease" if entry.stage in _EASED else "tighten")
            for measure in ledger
            for entry in measure.entries
            if entry.role == "change" and entry.stage in (*_EASED, *_TIGHTENED)
        )
        self.changes = {
            side: [(day, kind) for day, who, kind in changes if who == side] for side in ("US", "CN")
        }

    def on(self, day: Day) -> dict[str, float]:
        """Worth of each move before a day, in standard deviations; nothing before the game takes the ledger."""
        if self.starts is None or day <= self.starts:
            return {}
        found: dict[str, float] = {}
        for side, other in (("US", "CN"), ("CN", "US")):
            stance = self._last(other, day)
            own = self._payoffs(side, {**status_quo(self.game), other: self._standing_for(other, stance)})
            spread = float(self.form.expected[self.form.players.index(side)].std()) or 1.0
            mean = sum(own.values()) / len(own)
            quo = own[status_quo(self.game)[side]]
            for word in STANCES[1:]:
                named = [own[m] for m in own if self.game.player(side).move(m).stance == word]
                # What no move of the game stands for leaves things as they are.
                found[f"{side} {word}"] = (max(named, default=quo) - mean) / spread
        return found

    def _last(self, side: str, day: Day) -> str | None:
        """What the ledger shows a side to have done last, as known before a day."""
        changes = self.changes[side]
        place = bisect_left(changes, (day, ""))
        return changes[place - 1][1] if place else None

    def _standing_for(self, side: str, stance: str | None) -> str:
        words = ("ease",) if stance == "ease" else ("tighten", "retaliate", "refuse")
        names = [m for m in self.form.moves[side] if self.game.player(side).move(m).stance in words]
        return names[0] if stance and names else status_quo(self.game)[side]

    def _payoffs(self, side: str, others: Mapping[str, str]) -> dict[str, float]:
        place = self.form.players.index(side)
        found = {}
        for move in self.form.moves[side]:
            profile = {**others, side: move}
            places = tuple(self.form.moves[p].index(profile[p]) for p in self.form.players)
            found[move] = float(self.form.expected[(place, *places)])
        return found
