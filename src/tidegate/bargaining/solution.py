"""A game solved: payoffs with bands, equilibria, offers, deals, allies and doubt, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tidegate.bargaining.allies import Adoption, Coalition, adoption_of, coalitions_of, pledged
from tidegate.bargaining.beliefs import Screening, play_under_doubt
from tidegate.bargaining.game import Game, paths_of, told
from tidegate.bargaining.induction import Play, perfect_play
from tidegate.bargaining.linking import Linking, linking_of
from tidegate.bargaining.offers import Offer, Region, offers_of, regions_of
from tidegate.bargaining.payoffs import Payoffs, payoffs_of
from tidegate.bargaining.repeated import Holding, deal_holding
from tidegate.bargaining.strategic import OneShot, one_shot, profile_paths
from tidegate.tables import Table, Tabular

if TYPE_CHECKING:
    from tidegate.ledger import Ledger
    from tidegate.supply.ensemble import Executor

__all__ = ["Solution", "bargain", "solve"]


@dataclass(frozen=True)
class Solution(Tabular):
    """A game, what each way to play brings, and what follows from it. What the game does not name is empty or None."""

    game: Game
    payoffs: Payoffs

    @cached_property
    def one_shot(self) -> OneShot | None:
        """Everybody moves once, at the same time; None where the game has no such form."""
        return one_shot(self.game, self.payoffs)

    @cached_property
    def play(self) -> Play | None:
        """Subgame-perfect play in the order of the file; None where all move at the same time."""
        return None if self.game.is_simultaneous else perfect_play(self.game, self.payoffs)

    @cached_property
    def by_type(self) -> Mapping[str, Play]:
        """The same where all know the type."""
        if self.game.is_simultaneous:
            return {}
        return {one.name: perfect_play(self.game, self.payoffs, one.name) for one in self.game.types}

    @cached_property
    def under_doubt(self) -> Screening | None:
        """Play where only the typed player knows its type; None without types, and where beliefs decide."""
        if not self.game.types or any(len(turn.moves) > 1 for turn in self.game.turns):
            return None
        return play_under_doubt(self.game, self.payoffs)

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """What each offer costs and how it is answered, cheapest first."""
        return offers_of(self.game, self.payoffs) if self.game.offers else ()

    @cached_property
    def offers_by_type(self) -> Mapping[str, tuple[Offer, ...]]:
        """The same by type, where the side that is offered something has types."""
        terms = self.game.offers
        if terms is None or terms.to != self.game.typed:
            return {}
        return {one.name: offers_of(self.game, self.payoffs, one.name) for one in self.game.types}

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """The valuations of the other side at which each offer is accepted or answered by each reply."""
        return regions_of(self.game, self.payoffs) if self.game.offers else ()

    @cached_property
    def linking(self) -> Linking | None:
        """The best deal on all issues against each apart."""
        return linking_of(self.game, self.payoffs) if self.game.issues else None

    @cached_property
    def holding(self) -> tuple[Holding, ...]:
        """How a deal holds under repetition, whole and by issue."""
        return deal_holding(self.game, self.payoffs) if self.game.repeated else ()

    @cached_property
    def adoption(self) -> tuple[Adoption, ...]:
        """What each ally gains by adopting beside others."""
        return adoption_of(self.game, self.payoffs) if self.game.pledges else ()

    @cached_property
    def coalitions(self) -> tuple[Coalition, ...]:
        """Which sets of adopters are stable."""
        return coalitions_of(self.game, self.payoffs) if self.game.pledges else ()

    @cached_property
    def pledged(self) -> tuple[str, ...]:
        """Who adopts if all keep their pledges."""
        return pledged(self.game) if self.game.pledges else ()

    def rows(self) -> tuple[dict[str, Any], ...]:
        """Return what each way to play brings each player: path, player, expected, low, high, equilibrium."""
        import numpy as np

        from tidegate.supply.scale import BAND

        simple = bool(profile_paths(self.game))
        found = []
        for path in profile_paths(self.game) or paths_of(self.game):
            values = self.payoffs.of(path)
            share = self.one_shot.robustness(dict(path)) if simple and self.one_shot else None
            for player, own in zip(self.game.ids, values, strict=True):
                low, _, high = (float(v) for v in np.quantile(own, BAND))
                found.append({
                    "path": told(path), "player": player, "expected": float(own.mean()), "low": low, "high": high,
                    "equilibrium": share,
                })  # fmt: skip
        return tuple(found)

    def table(self) -> Table:
        """Return a row per way to play and player; beside them everything else, as plain values."""
        from tidegate.bargaining.account import account
        from tidegate.bargaining.plain import plain

        about = {
            "game": self.game.name, "title": self.game.title, "known_by": self.game.known_by,
            "from": self.game.first or None, "to": self.game.last or None, "draws": self.payoffs.draws,
            "seed": self.payoffs.seed, "scenarios": self.payoffs.scenarios if self.game.table is None else None,
            "account": list(account(self)), **plain(self),
        }  # fmt: skip
        return Table(
            self.rows(), ("path", "player", "expected", "low", "high", "equilibrium"), about, "payoffs"
        )


def solve(game: Game, payoffs: Payoffs) -> Solution:
    """Return the solution of a game; each part is worked out when it is first asked for."""
    return Solution(game, payoffs)


def bargain(
    game: Game,
    ledger: Ledger | None = None,
    *,
    draws: int = 100,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Solution:
    """Return a game solved, its payoffs from the supply model. Arguments and errors: as in `payoffs_of`."""
    return Solution(
        game, payoffs_of(game, ledger, draws=draws, seed=seed, executor=executor, progress=progress)
    )
