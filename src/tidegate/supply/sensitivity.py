"""Which parameter drives a result: Sobol indices of the variance, by SALib (Herman and Usher, JOSS 2017).

The first-order index of a parameter is the share of the variance that would go if only it were known; the total
index the share that would stay if only it were not. Where the first-order indices add up to much less than one,
parameters work together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError, MissingExtraError
from tidegate.supply.draws import draws_from_uniforms, varying
from tidegate.supply.ensemble import Executor, block_size, mapped
from tidegate.supply.outcomes import Outcome, parse_outcome, read_outcome
from tidegate.supply.run import run
from tidegate.tables import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.network import Network
    from tidegate.supply.wedges_model import Wedges

__all__ = ["Index", "Sensitivity", "share_out", "sobol_indices"]


@dataclass(frozen=True, slots=True)
class Index:
    """What a parameter does to an outcome. first, total: indices; each with half the width of its 95 % interval."""

    parameter: str
    first: float
    first_doubt: float
    total: float
    total_doubt: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Indices, the strongest parameter first. variance: of the outcome. runs: model runs behind them.

    A variance of zero has no causes: `indices` is then empty.
    """

    outcome: str
    quarter: str
    variance: float
    runs: int
    indices: tuple[Index, ...]

    def table(self) -> Table:
        """Return a row per parameter."""
        columns = ("parameter", "first", "first_doubt", "total", "total_doubt")
        rows = tuple({name: getattr(index, name) for name in columns} for index in self.indices)
        about = {
            "outcome": self.outcome,
            "quarter": self.quarter,
            "variance": self.variance,
            "runs": self.runs,
        }
        return Table(rows, columns, about, "indices")


def sobol_indices(
    network: Network,
    wedges: Wedges,
    outcome: str,
    *,
    quarter: str | None = None,
    against: Wedges | None = None,
    size: int = 256,
    seed: int = 0,
    parameters: Sequence[str] | None = None,
    executor: Executor | None = None,
) -> Sensitivity:
    """Return what drives an outcome in a quarter (the last, unless named), or its distance from a baseline.

    size: base sample, a power of two; the model runs size * (parameters + 2) times. parameters: those that vary,
    all with a range unless named; the others stand at their central value. Noise of demand is left out.

    Raises: BadInputError: for an unknown quarter, outcome or parameter, or a size that is no power of two.
    MissingExtraError: if SALib is not installed.
    """
    names = list(parameters) if parameters is not None else list(varying(network))
    unknown = [name for name in names if name not in varying(network)]
    if unknown or not names:
        raise BadInputError(f"no parameter to vary: {', '.join(unknown) or 'none has a range'}.")
    place = wedges.place(quarter)
    wanted = parse_outcome(outcome, network)
    block = block_size(network, wedges, detail=wanted.needs_detail)
    cut = wedges.until(place)
    base = None if against is None else against.until(place)
    call = partial(_block, network, cut, base, wanted, tuple(names))

    def values(uniforms: NDArray[np.float64]) -> NDArray[np.float64]:
        import numpy as np

        blocks = list(_blocks(uniforms, block))
        return np.concatenate(list(mapped(executor, call, blocks)))

    variance, runs, indices = share_out(names, values, size=size, seed=seed)
    return Sensitivity(str(wanted), wedges.quarters[place], variance, runs, indices)


def share_out(
    names: Sequence[str],
    values: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    size: int,
    seed: int,
    groups: Sequence[str] | None = None,
) -> tuple[float, int, tuple[Index, ...]]:
    """Return the variance of a function of numbers between 0 and 1, the runs, and the index of each, the strongest first.

    values: from (n, len(names)) quantiles to (n,) values. groups: the group of each name; then there is an index for
    each group. A variance of zero has no causes. Raises: BadInputError: if the size is no power of two.
    MissingExtraError: if SALib is not installed.
    """
    try:
        from SALib.analyze import sobol as analysis
        from SALib.sample import sobol as sampling
    except ImportError as error:
        raise MissingExtraError("SALib is not installed. Run: pip install 'tidegate[sensitivity]'") from error
    if size < 2 or size & (size - 1):
        raise BadInputError(f"size {size}: a Sobol sample has a power of two, as 256.")
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    if groups is not None:
        problem["groups"] = list(groups)
    found = values(sampling.sample(problem, size, calc_second_order=False, seed=seed))
    variance = float(found.var())
    if variance <= 1e-30:
        return 0.0, len(found), ()
    # SALib takes a seed of 0 for none at all.
    parts = analysis.analyze(problem, found, calc_second_order=False, seed=seed + 1)
    whose = list(dict.fromkeys(groups)) if groups is not None else list(names)
    rows = zip(whose, parts["S1"], parts["S1_conf"], parts["ST"], parts["ST_conf"], strict=True)
    indices = sorted((Index(name, *map(float, row)) for name, *row in rows), key=lambda index: -index.total)
    return variance, len(found), tuple(indices)


def _blocks(uniforms: NDArray[np.float64], size: int) -> Iterator[NDArray[np.float64]]:
    for start in range(0, len(uniforms), size):
        yield uniforms[start : start + size]


def _block(
    network: Network,
    wedges: Wedges,
    against: Wedges | None,
    outcome: Outcome,
    names: tuple[str, ...],
    uniforms: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The outcome in the last quarter for each row of a block, (n,)."""
    draws = draws_from_uniforms(network, names, uniforms)
    values = read_outcome(run(network, wedges, draws, detail=outcome.needs_detail), outcome)[:, -1]
    if against is not None:
        values = (
            values - read_outcome(run(network, against, draws, detail=outcome.needs_detail), outcome)[:, -1]
        )
    return values
