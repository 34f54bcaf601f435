"""Many draws of one scenario: cut into blocks, run here or on a cluster, kept as samples or as a sketch.

A block is a picklable call of a pure function on the numbers of its first and last draw, so anything with `map`
takes it: `None` runs here, and a process pool, Dask's `Client.get_executor()` or a pool of `ray.util.multiprocessing`
go in unchanged. Draws are addressed by number (`draws`) and no draw's result depends on those beside it, so block
size and worker do not change a byte.

Memory: a path never leaves its block. What is kept is eight bytes for each draw, quarter and outcome asked for, or,
as a sketch, a fixed number of counts whatever the number of draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from tidegate.errors import BadInputError
from tidegate.supply.draws import sample_draws
from tidegate.supply.outcomes import Outcome, parse_outcome, read_outcome
from tidegate.supply.run import run
from tidegate.supply.sketch import Sketch, empty_sketch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.network import Network
    from tidegate.supply.wedges_model import Wedges

__all__ = ["EFFECTS", "Case", "Ensemble", "Executor", "block_size", "mapped", "simulate", "sweep"]

EFFECTS = ("level", "difference", "percent")
"""What is kept of an outcome: its level, the difference from the baseline in the same draw, or that in percent."""

SKETCH_FROM = 20_000
"""From this many draws on, a sketch is kept unless samples are asked for."""

_MAY_BE_ZERO = ("output", "stock", "balance", "detour", "seized", "levies")
"""Kinds of outcome that are nothing, or a logarithm about zero, while no measure bites."""

_BLOCK_BYTES = 96 * 2**20
_LARGEST_BLOCK = 400
_SMALLEST_BLOCK = 100
_BLOCKS = 24


class Executor(Protocol):
    """Anything with `map` that keeps the order: a pool, Dask's executor, Ray's pool."""

    def map(self, function: Callable[[Any], Any], items: Iterable[Any], /) -> Iterable[Any]:
        """Return the results of the function on the items, in their order."""
        ...


def mapped(executor: Executor | None, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterable[Any]:
    """Return the results of a function on some items, in their order: by the executor, or here for None."""
    return map(function, items) if executor is None else executor.map(function, items)


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Outcomes over draws. samples: (outcomes, draws, quarters), or None where only a sketch was kept."""

    outcomes: tuple[Outcome, ...]
    quarters: tuple[str, ...]
    effect: str
    draws: int
    seed: int
    samples: NDArray[np.float64] | None
    sketch: Sketch | None

    def quantiles(self, levels: Sequence[float]) -> NDArray[np.float64]:
        """Return quantiles over draws, (outcomes, quarters, levels); a sketch's are good to half a percent."""
        import numpy as np

        if self.samples is not None:
            return np.asarray(np.moveaxis(np.quantile(self.samples, levels, axis=1), 0, -1))
        assert self.sketch is not None
        return self.sketch.quantiles(levels)

    def position(self, name: str) -> int:
        """Return the place of an outcome by name. Raises: BadInputError: if it was not asked for."""
        names = [str(outcome) for outcome in self.outcomes]
        if name not in names:
            raise BadInputError(f"outcome '{name}' was not simulated. There are: {', '.join(names)}.")
        return names.index(name)


@dataclass(frozen=True, slots=True)
class _Job:
    """All that a block needs, once for all blocks."""

    network: Network
    wedges: Wedges
    against: Wedges | None
    outcomes: tuple[Outcome, ...]
    effect: str
    seed: int
    off: tuple[str, ...]
    sketched: bool


def simulate(
    network: Network,
    wedges: Wedges,
    outcomes: Sequence[str],
    *,
    draws: int = 1000,
    seed: int = 0,
    against: Wedges | None = None,
    effect: str | None = None,
    off: Sequence[str] = (),
    block: int | None = None,
    executor: Executor | None = None,
    keep: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Ensemble:
    """Return outcomes under the wedges over many draws, or their distance from a baseline in the same draws.

    outcomes: names as in `outcomes`. against: the baseline; effect: one of EFFECTS, 'difference' where there is a
    baseline and 'level' where not. off: mechanisms left out, as in `run`. keep: 'samples' or 'sketch'.
    progress: called with draws done and draws in all, after each block.

    Raises: BadInputError: if something asked for does not exist.
    """
    effect = effect or ("level" if against is None else "difference")
    if effect not in EFFECTS or (effect == "level") != (against is None):
        raise BadInputError(
            f"effect '{effect}': 'level' goes without a baseline, difference and percent with one."
        )
    if draws < 1 or keep not in (None, "samples", "sketch"):
        raise BadInputError(f"draws {draws}, keep '{keep}': at least one draw; keep samples or sketch.")
    wanted = tuple(parse_outcome(text, network) for text in outcomes)
    odd = [str(outcome) for outcome in wanted if effect == "percent" and outcome.kind in _MAY_BE_ZERO]
    if odd:
        raise BadInputError(
            f"effect 'percent' of {odd[0]}: its baseline can be zero. Ask for the difference."
        )
    sketched = (keep or ("sketch" if draws >= SKETCH_FROM else "samples")) == "sketch"
    job = _Job(network, wedges, against, wanted, effect, seed, tuple(off), sketched)
    size = block or block_size(network, wedges, detail=any(outcome.needs_detail for outcome in wanted))
    spans = _spans(draws, size, executor if block is None else None)
    call = partial(_run_block, job)
    samples, sketch = _gather(job, spans, mapped(executor, call, spans), draws, progress)
    return Ensemble(wanted, wedges.quarters, effect, draws, seed, samples, sketch)


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a sweep: draws number 0 to `draws - 1` of a seed, under some wedges, without some mechanisms."""

    wedges: Wedges
    draws: int
    seed: int
    off: tuple[str, ...] = ()


def sweep(
    network: Network,
    cases: Sequence[Case],
    outcomes: Sequence[str],
    *,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[NDArray[np.float64], ...]:
    """Return the samples of each case, (outcomes, draws, quarters): many wedges, seeds or both in one go.

    All blocks of all cases go through one `map`, so that workers are busy to the end. progress: as in `simulate`,
    over the draws of all cases. Raises: BadInputError: if an outcome does not exist.
    """
    import numpy as np

    wanted = tuple(parse_outcome(text, network) for text in outcomes)
    detail, jobs, places = any(outcome.needs_detail for outcome in wanted), [], []
    for place, case in enumerate(cases):
        job = _Job(network, case.wedges, None, wanted, "level", case.seed, case.off, False)
        spans = _spans(case.draws, block_size(network, case.wedges, detail=detail), executor)
        jobs += [(job, span) for span in spans]
        places += [place] * len(spans)
    found: list[list[NDArray[np.float64]]] = [[] for _ in cases]
    done, whole = 0, sum(case.draws for case in cases)
    for place, result in zip(places, mapped(executor, _run_job, jobs), strict=True):
        found[place].append(result)
        done += result.shape[1]
        if progress is not None:
            progress(done, whole)
    shapes = ((len(wanted), 0, len(case.wedges.quarters)) for case in cases)
    return tuple(
        np.concatenate([np.empty(shape), *parts], axis=1) for shape, parts in zip(shapes, found, strict=True)
    )


def _spans(draws: int, size: int, executor: Executor | None) -> list[tuple[int, int]]:
    """The blocks of some draws: number of the first, and how many. size: at most in one."""
    if executor is not None:
        # Enough blocks to keep several workers busy to the end, none too small to be worth its start.
        size = min(size, max(_SMALLEST_BLOCK, -(-draws // _BLOCKS)))
    return [(first, min(size, draws - first)) for first in range(0, draws, size)]


def _run_job(job: tuple[_Job, tuple[int, int]]) -> Any:  # noqa: ANN401
    return _run_block(*job)


def block_size(network: Network, wedges: Wedges, *, detail: bool) -> int:
    """Return how many draws a block takes so that its path stays within about a hundred megabytes."""
    buyers, cells = len(network.buyers), 0
    for good in network.goods:
        makers = len(network.suppliers[good.id])
        cells += 3 * makers + 7 * buyers + 3 + (2 * makers * buyers if detail else 0)
    return max(1, min(_LARGEST_BLOCK, _BLOCK_BYTES // (8 * cells * len(wedges.quarters))))


def _run_block(job: _Job, span: tuple[int, int]) -> NDArray[np.float64] | Sketch:
    """Outcomes of one block, (outcomes, n, quarters), or their sketch."""
    import numpy as np

    first, count = span
    draws = sample_draws(job.network, first, count, job.seed)
    detail = any(outcome.needs_detail for outcome in job.outcomes)

    def read(wedges: Wedges) -> NDArray[np.float64]:
        path = run(job.network, wedges, draws, off=job.off, detail=detail)
        return np.stack([read_outcome(path, outcome) for outcome in job.outcomes])

    values = read(job.wedges)
    if job.against is not None:
        base = read(job.against)
        values = values - base
        if job.effect == "percent":
            with np.errstate(divide="ignore", invalid="ignore"):
                values = 100 * values / base
    if not job.sketched:
        return values
    return empty_sketch(len(job.outcomes), values.shape[2]).with_values(values)


def _gather(
    job: _Job,
    spans: Sequence[tuple[int, int]],
    results: Iterable[Any],
    draws: int,
    progress: Callable[[int, int], None] | None,
) -> tuple[NDArray[np.float64] | None, Sketch | None]:
    """Blocks put side by side in the order of their draws, or added up."""
    import numpy as np

    shape = (len(job.outcomes), len(job.wedges.quarters))
    samples = None if job.sketched else np.empty((shape[0], draws, shape[1]))
    sketch = empty_sketch(*shape) if job.sketched else None
    for (first, count), result in zip(spans, results, strict=True):
        if samples is not None:
            samples[:, first : first + count] = result
        else:
            assert sketch is not None
            sketch = sketch.plus(result)
        if progress is not None:
            progress(first + count, draws)
    return samples, sketch
