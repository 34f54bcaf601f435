"""The course of a ledger through the model: its wedges under each reading of the law, and runs under them.

How many licences are given, and how much a rumour is feared, are not parameters of the engine but decide how the
law bites. So an ensemble takes a fifth of its draws under each of five readings, from what bites least to what
bites most (`monthly.VARIANTS`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.kept import digest, known, learn
from tidegate.ledger import Ledger
from tidegate.supply.calibration import START, Calibration
from tidegate.supply.ensemble import Case, Executor, sweep
from tidegate.supply.monthly import VARIANTS
from tidegate.supply.quarters import quarters_between
from tidegate.supply.wedges import Bound, bind, wedges_of
from tidegate.supply.wedges_model import Bite, Wedges, differing_bites

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.network import Network

__all__ = ["START", "Course", "differing", "samples_of", "shares_of"]

_LARGEST_KEPT = 16 * 2**20
"""Bytes of samples above which they are not kept."""


@dataclass(frozen=True)
class Course:
    """A ledger from START to a quarter."""

    calibration: Calibration
    ledger: Ledger
    last: str

    @property
    def quarters(self) -> tuple[str, ...]:
        """The quarters of a run."""
        return quarters_between(START, self.last)

    def wedges(self, at: float = 0.5) -> Wedges:
        """Return how the law bites, read as in `wedges_of`."""
        if at not in self._wedges:
            key = digest("wedges", self.key, repr(at))
            raw = known([key]).get(key)
            if raw is None:
                self._wedges[at] = wedges_of(self._bound, at=at)
                learn({key: _written(self._wedges[at])})
            else:
                self._wedges[at] = _read(raw)
        return self._wedges[at]

    @cached_property
    def key(self) -> bytes:
        """A digest of all that the course follows from."""
        measures = msgspec.msgpack.encode(self.ledger.measures)
        files = [path.read_bytes() for path in sorted(self.calibration.folder.glob("*.*"))]
        suppliers = repr([dict(row.values) for row in self.calibration.suppliers])
        return digest(measures, *files, suppliers, START, self.last)

    @cached_property
    def _bound(self) -> Bound:
        return bind(self.calibration, self.ledger, START, self.last)

    @cached_property
    def _wedges(self) -> dict[float, Wedges]:
        return {}


def shares_of(draws: int) -> tuple[tuple[int, float, int], ...]:
    """Return how draws are divided: (place of the reading, where it lies in its range, draws), none empty."""
    each = ((p, at, draws // len(VARIANTS) + (p < draws % len(VARIANTS))) for p, at in enumerate(VARIANTS))
    return tuple((place, at, count) for place, at, count in each if count)


def samples_of(
    courses: Sequence[Course],
    outcomes: Sequence[str],
    draws: int,
    seed: int,
    *,
    network: Network | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[NDArray[np.float64], ...]:
    """Return the samples of each course, (outcomes, draws, quarters): draw n is the same in all of them.

    network: that of the calibration without; another has other parameters, and the law bites on it as on that one.
    Raises: BadInputError: if an outcome does not exist.
    """
    import numpy as np

    other = [] if network is None else [repr(sorted(network.parameters.items()))]
    keys = [
        digest("samples", course.key, "\n".join(outcomes), f"{draws} {seed}", *other) for course in courses
    ]
    shapes = [(len(outcomes), draws, len(course.quarters)) for course in courses]
    kept = known(keys)
    found = {
        place: np.frombuffer(kept[key], float).reshape(shapes[place])
        for place, key in enumerate(keys)
        if key in kept
    }
    missing = [place for place in range(len(courses)) if place not in found]
    cases = [
        Case(courses[place].wedges(at), count, seed * len(VARIANTS) + variant)
        for place in missing
        for variant, at, count in shares_of(draws)
    ]
    if cases:
        base, parts = network or courses[0].calibration.network, len(shares_of(draws))
        results = sweep(base, cases, outcomes, executor=executor, progress=progress)
        for index, place in enumerate(missing):
            found[place] = np.concatenate(results[index * parts : (index + 1) * parts], axis=1)
        learn(
            {keys[place]: found[place].tobytes() for place in missing if found[place].nbytes <= _LARGEST_KEPT}
        )
    return tuple(found[place] for place in range(len(courses)))


def differing(one: Course, other: Course) -> tuple[tuple[str, str], ...]:
    """Return the (measure, good) pairs whose hold on a flow differs between two courses, by the central reading."""
    key = digest("differing", one.key, other.key)
    raw = known([key]).get(key)
    if raw is not None:
        return msgspec.msgpack.decode(raw, type=tuple[tuple[str, str], ...])
    found = tuple(
        sorted({(measure, good) for measure, good, *_ in differing_bites(one.wedges(), other.wedges())})
    )
    learn({key: msgspec.msgpack.encode(found)})
    return found


_Array = tuple[list[int], float, bytes, bytes]


class _Kept(msgspec.Struct):
    """Wedges as they are kept."""

    quarters: tuple[str, ...]
    bites: list[tuple[str, str, str, str | None, str, _Array]]
    age: dict[str, int]
    paths: list[tuple[str, str, _Array]]


def _written(wedges: Wedges) -> bytes:
    """Wedges as bytes: of an array, what it is filled with and the places that differ."""
    import numpy as np

    def put(values: NDArray[np.float64], fill: float) -> _Array:
        flat = np.ascontiguousarray(values, float).ravel()
        # By its bits, so that a negative zero comes back as one.
        places = np.flatnonzero(flat.view(np.int64) != np.array(fill).view(np.int64)).astype(np.int32)
        return list(values.shape), fill, places.tobytes(), flat[places].tobytes()

    bites = [
        (b.measure, b.good, b.channel, b.payee, b.part, put(b.values, np.inf if b.channel == "cap" else 0.0))
        for b in wedges.bites
    ]
    paths = [
        (name, key, put(np.asarray(values, float), 1.0))
        for name in ("demand", "supply", "enforcement")
        for key, values in getattr(wedges, name).items()
    ]
    return msgspec.msgpack.encode(_Kept(wedges.quarters, bites, dict(wedges.age), paths))


def _read(raw: bytes) -> Wedges:
    import numpy as np

    def get(array: _Array) -> NDArray[np.float64]:
        shape, fill, places, values = array
        flat = np.full(int(np.prod(shape)), fill)
        flat[np.frombuffer(places, np.int32)] = np.frombuffer(values, float)
        return flat.reshape(shape)

    kept = msgspec.msgpack.decode(raw, type=_Kept)
    bites = tuple(
        Bite(m, good, channel, get(values), payee, part)
        for m, good, channel, payee, part, values in kept.bites
    )
    paths: dict[str, Any] = {"demand": {}, "supply": {}, "enforcement": {}}
    for name, key, values in kept.paths:
        paths[name][key] = get(values)
    return Wedges(kept.quarters, bites, kept.age, **paths)
