"""Payoffs out of the supply model: each way to play is a scenario, all run in the same draws.

What a player gets in a draw is linear in its weights,

    u_i = sum over wants w of weight_w x effect_w,

the effect being that of the scenario on the outcome over the span of the game, against the ledger in which everybody
leaves things as they are: a flow in billion USD, summed over the quarters; a share in percentage points, users' output
in percent, an index or a stock in its own unit, each as the mean over the quarters. Ways to play that leave the same
ledger are run once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidegate.bargaining.game import Game, Path, Want, paths_of
from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.records import Lines, YamlRecord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.calibration import Calibration
    from tidegate.supply.ensemble import Executor

__all__ = ["Payoffs", "ledger_of_path", "payoffs_of", "wants_of", "weight_draws"]


@dataclass(frozen=True)
class Payoffs:
    """What every way to play brings, draw by draw.

    outcomes: what was measured. effects: (scenarios, outcomes, draws). places: what was done -> its scenario.
    draws, seed: of the ensemble.
    """

    game: Game
    outcomes: tuple[str, ...]
    effects: NDArray[np.float64]
    draws: int
    seed: int
    places: Mapping[Path, int]

    @property
    def scenarios(self) -> int:
        """How many scenarios differ; the one in which nothing is done is among them."""
        return len(self.effects)

    def has(self, path: Path) -> bool:
        """Whether it is known what a way to play brings."""
        return _done(self.game, path) in self.places

    def effect(self, path: Path, outcome: str) -> NDArray[np.float64]:
        """Return the effect of a way to play on an outcome, (draws,). Raises: BadInputError: if it cannot be played."""
        place = self.places.get(_done(self.game, path))
        if place is None:
            moves = ", ".join(f"{player}: {move}" for player, move in path)
            raise BadInputError(
                f"{moves}: the game cannot be played like that. Keep to the turns of its file."
            )
        values: NDArray[np.float64] = self.effects[place, self.outcomes.index(outcome)]
        return values

    def weight(self, want: Want) -> NDArray[np.float64]:
        """Return a want's weight in each draw, (draws,)."""
        return weight_draws(want, self.draws, self.seed)

    def of(self, path: Path, type_: str | None = None) -> NDArray[np.float64]:
        """Return what each player gets, (players, draws). type_: of the game's types; None: the wants as written."""
        import numpy as np

        return np.stack([
            sum((self.weight(want) * self.effect(path, want.of) for want in wants_of(self.game, player, type_)),
                start=np.zeros(self.draws))
            for player in self.game.ids
        ])  # fmt: skip


def wants_of(game: Game, player: str, type_: str | None = None) -> tuple[Want, ...]:
    """Return what a player wants, if the typed player is of a type.

    Raises: BadInputError: if the game has no such type or player.
    """
    own = game.player(player).wants
    if type_ is None:
        return own
    for one in game.types:
        if one.name == type_:
            other = {want.name: want for want in one.wants.get(player, ())}
            kept = tuple(other.pop(want.name, want) for want in own)
            return (*kept, *other.values())
    names = ", ".join(one.name for one in game.types) or "none"
    raise BadInputError(f"The game has no type '{type_}'. Types: {names}.")


def weight_draws(want: Want, draws: int, seed: int) -> NDArray[np.float64]:
    """Return a weight in each draw, (draws,): triangular on its low, central and high.

    The stream is that of the outcome and the range, not of the player's name, so that renaming changes nothing.
    """
    from tidegate.supply.draws import triangular_draws
    from tidegate.supply.network import Parameter

    id_ = f"weight:{want.of}:{want.low!r}:{want.central!r}:{want.high!r}"
    parameter = Parameter(id_, want.low, want.central, want.high, want.unit, "assumption", want.source)
    return triangular_draws(parameter, 0, draws, seed)


def payoffs_of(
    game: Game,
    ledger: Ledger | None = None,
    *,
    draws: int = 100,
    seed: int = 0,
    calibration: Calibration | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Payoffs:
    """Return what every way to play brings, from the supply model or from the game's own table.

    ledger: the record; the game takes it as known on its day. executor: anything with an order-keeping `map`.
    progress: called with the scenarios done and those in all. Scenarios are run one after the other and each is kept
    (`tidegate.kept`) as soon as it is there, so that a run that was killed goes on where it was.
    Raises: LedgerError: with the line of a move that the ledger cannot make. BadInputError.
    """
    if draws < 1:
        raise BadInputError(f"draws {draws}: take at least one.")
    if game.table is not None:
        return _from_table(game, draws, seed)
    from tidegate.ledger import load_ledger

    return _from_model(game, ledger or load_ledger(), draws, seed, calibration, executor, progress)


def ledger_of_path(game: Game, ledger: Ledger, path: Path) -> Ledger:
    """Return the ledger after some moves. ledger: the record, taken as the public knew it on the game's day.

    Raises: LedgerError: with the line of the game file for every edit that the ledger cannot make.
    """
    from tidegate.ledger.hindsight import ledger_as_known

    assert game.known_by is not None
    return _edited(game, ledger_as_known(ledger, game.known_by), _done(game, path))


def _edited(game: Game, base: Ledger, done: Path) -> Ledger:
    from tidegate.ledger.scenario import apply_scenario_records

    if not done:
        return base
    edits: list[Any] = []
    lines: Lines = {(): 1}
    for player, name in done:
        move = game.player(player).move(name)
        for edit, own in zip(move.edits, move.lines, strict=True):
            for key, line in own.items():
                lines["edits", len(edits), *key] = line
            edits.append(edit)
    title = "; ".join(f"{player}: {game.player(player).move(name).title}" for player, name in done)
    record = YamlRecord(game.path, {"title": title, "edits": edits}, lines)
    return apply_scenario_records(base, [record], record.path)


def _done(game: Game, path: Path) -> Path:
    """The part of a path that makes a difference: of a game on the ledger, the moves with edits."""
    if game.table is not None:
        return path
    return tuple((player, move) for player, move in path if game.player(player).move(move).edits)


def _from_table(game: Game, draws: int, seed: int) -> Payoffs:
    import numpy as np

    assert game.table is not None
    outcomes = tuple(sorted(next(iter(game.table.values()))))
    values = np.array([[row[name] for name in outcomes] for row in game.table.values()])
    effects = np.repeat(values[:, :, None], draws, axis=2)
    return Payoffs(game, outcomes, effects, draws, seed, {path: k for k, path in enumerate(game.table)})


def _from_model(
    game: Game, ledger: Ledger, draws: int, seed: int, calibration: Calibration | None, executor: Executor | None,
    progress: Callable[[int, int], None] | None,
) -> Payoffs:  # fmt: skip
    import numpy as np

    from tidegate.ledger.hindsight import ledger_as_known
    from tidegate.supply.calibration import load_calibration
    from tidegate.supply.course import START, Course, samples_of
    from tidegate.supply.outcomes import parse_outcome
    from tidegate.supply.quarters import quarters_between

    assert game.known_by is not None
    own, base = calibration or load_calibration(), ledger_as_known(ledger, game.known_by)
    outcomes = tuple(sorted({want.of for want in _all_wants(game)}))
    units = [parse_outcome(name, own.network).unit for name in outcomes]
    courses: dict[bytes, int] = {}
    places: dict[Path, int] = {}
    different: list[Course] = []
    for done in _everything_done(game):
        course = Course(own, _edited(game, base, done), game.last)
        places[done] = courses.setdefault(course.key, len(courses))
        if places[done] == len(different):
            different.append(course)
    whole = quarters_between(START, game.last)
    span = slice(whole.index(game.first), None)
    found = []
    for number, course in enumerate(different):
        # One at a time: what is there is kept, whatever becomes of the next.
        [values] = samples_of([course], outcomes, draws, seed, executor=executor)
        found.append(values[:, :, span])
        if progress is not None:
            progress(number + 1, len(different))
    effects = np.stack([_effects(units, values - found[0]) for values in found])
    return Payoffs(game, outcomes, effects, draws, seed, places)


def _all_wants(game: Game) -> list[Want]:
    own = [want for player in game.players for want in player.wants]
    return own + [want for one in game.types for wants in one.wants.values() for want in wants]


def _everything_done(game: Game) -> list[Path]:
    """What is done on every way to play and in every one-shot profile, nothing first, each once."""
    from tidegate.bargaining.strategic import profile_paths

    every = [(), *(_done(game, path) for path in (*paths_of(game), *profile_paths(game)))]
    return list(dict.fromkeys(every))


def _effects(units: Sequence[str], change: NDArray[np.float64]) -> NDArray[np.float64]:
    """Effects, (outcomes, draws), of changes, (outcomes, draws, quarters), each told as its unit says."""
    import numpy as np

    from tidegate.supply.scale import level_of

    return np.stack([level_of(unit, values) for unit, values in zip(units, change, strict=True)])
