"""How far a leg ran over its expectation, measured against months in which no control came.

The statistic of a unit is r = log((A + c) / (E + c)), A and E the flow and its expectation over the window, c a
thousandth of what the leg carries in a window of that length, so that a few parcels to a small country are no
doubling. From r the median over all units is taken, since a model that misses the common movement would make everyone
a hub, and it is divided by the unit's own spread in placebo windows, drawn toward that of all units, times the spread
of all units in this window where that is wider than usual (an empirical null as in Efron 2004): a control upsets trade
with everybody.

Placebo windows have the same months before, the same gap and the same length, and end before the control became
known. A p value is the share of placebo windows of all units in which the statistic, made in the same way, was as
large. A unit's placebo window is scaled by those of its windows that share no period with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.diversion.expectation import MODELS, expected
from tidegate.diversion.legs import Floats, Leg

__all__ = ["LegTest", "Plan", "leg_test"]

SMALL = 0.001
"""Of the leg, in a window: flows below are too small to say anything of."""

_OWN = 3.0
"""Windows' worth of evidence that the spread of all units counts for beside a unit's own."""

_CENTRE_FROM = 10
"""Units below which no common movement is taken out: the median of a few is one of them."""

_TAIL = 0.05


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the windows lie, as indices of periods.

    before: periods that the expectation rests on. window: first and last-but-one period of the window. known_from:
    the first period in which the control could be known: expectation and placebo windows end before it. most: placebo
    windows that are computed at most.
    """

    before: int
    window: tuple[int, int]
    known_from: int
    most: int = 48

    @property
    def length(self) -> int:
        """Periods of the window."""
        return self.window[1] - self.window[0]

    @property
    def gap(self) -> int:
        """Periods between knowing of the control and its first whole period."""
        return self.window[0] - self.known_from

    @property
    def fit(self) -> slice:
        """The periods that the expectation rests on."""
        return slice(self.known_from - self.before, self.known_from)

    @property
    def placebos(self) -> tuple[int, ...]:
        """First periods of the placebo windows, evenly thinned to the number that is computed."""
        starts = range(self.before + self.gap, self.known_from - self.length + 1)
        step = -(-len(starts) // self.most) if len(starts) else 1
        return tuple(starts[::-step][::-1])

    def fit_of(self, start: int) -> slice:
        """The periods that the expectation of a placebo window rests on."""
        return slice(start - self.gap - self.before, start - self.gap)


@dataclass(frozen=True, eq=False)
class LegTest:
    """A leg beside its expectation. Arrays have a value for each unit unless said otherwise; NaN: not known.

    model: the expectation that counts. actual, expected: USD over the window, where both are known. low, high: the
    expectation's 5 and 95 percent bounds. ratio: actual over expected. score: the statistic. p: over placebo windows of
    all units. p_space: rank among the units in this window. counted: whether the flow is large enough to count.
    path: expectation by period of the window, shape (units, periods). placebo_p: shape (units, placebo windows).
    miss: 5 and 95 percent points of the placebo log ratio of a single period. errors: median absolute placebo error
    by model. others: ratio by the other models. floor: the least p there can be.
    """

    model: str
    actual: Floats
    expected: Floats
    low: Floats
    high: Floats
    ratio: Floats
    score: Floats
    p: Floats
    p_space: Floats
    counted: NDArray[np.bool_]
    path: Floats
    placebo_p: Floats
    miss: tuple[float, float]
    errors: dict[str, float]
    others: dict[str, Floats]
    floor: float


@dataclass(frozen=True, eq=False)
class _Windows:
    """Log ratios of the real window and of the placebo windows under one model."""

    actual: Floats
    total: Floats
    path: Floats
    real: Floats
    placebo: Floats
    miss: Floats
    large: NDArray[np.bool_]
    placebo_large: NDArray[np.bool_]
    error: float


def leg_test(leg: Leg, plan: Plan, model: str = "auto") -> LegTest:
    """Return a leg's flows beside their expectation, with p values.

    model: one of `MODELS`, or 'auto': the one that missed least in the placebo windows, all before the control.
    """
    offset = _offset(leg, plan)
    wanted = MODELS if model == "auto" else (model,)
    by_model = {name: _windows(leg, plan, name, offset) for name in wanted}
    errors = {name: found.error for name, found in by_model.items() if np.isfinite(found.error)}
    # A model that leaves out many units is not compared by the ones it keeps.
    most = max((np.isfinite(found.real).sum() for found in by_model.values()), default=0)
    able = [name for name in wanted if np.isfinite(by_model[name].real).sum() >= 0.8 * most]
    best = min(able, key=lambda name: (errors.get(name, np.inf), wanted.index(name)))
    return _tested(plan, best, by_model, errors, offset)


def _offset(leg: Leg, plan: Plan) -> float:
    """A thousandth of what the leg carries in a window, by the periods before the control."""
    with np.errstate(invalid="ignore"):
        before = leg.value[:, : plan.known_from]
    known = np.isfinite(before).any(0)
    return SMALL * float(np.nansum(before)) / max(int(known.sum()), 1) * plan.length


def _windows(leg: Leg, plan: Plan, model: str, offset: float) -> _Windows:
    def of(fit: slice, start: int) -> tuple[Floats, Floats, Floats]:
        window = slice(start, start + plan.length)
        path = expected(leg, model, fit, window)
        seen = np.isfinite(path)
        actual = np.where(seen, leg.value[:, window], 0.0).sum(1)
        total = np.where(seen, path, 0.0).sum(1)
        # A window known in part only is compared over what is known.
        enough = seen.mean(1) >= 0.8
        return np.where(enough, actual, np.nan), np.where(enough, total, np.nan), path

    actual, total, path = of(plan.fit, plan.window[0])
    share = offset / plan.length
    placebo, misses, large = [], [], []
    for start in plan.placebos:
        then, hoped, steps = of(plan.fit_of(start), start)
        placebo.append(np.log((then + offset) / (hoped + offset)))
        large.append(np.fmax(then, hoped) > offset)
        seen = leg.value[:, start : start + plan.length]
        misses.append(np.log((seen + share) / (steps + share))[large[-1]].ravel())
    shape = (len(leg.units), len(plan.placebos))
    found = np.array(placebo).T.reshape(shape)
    placebo_large = np.array(large, dtype=bool).T.reshape(shape)
    real = np.log((actual + offset) / (total + offset))
    kept = np.where(placebo_large, found, np.nan)
    error = float(np.nanmedian(np.abs(kept))) if np.isfinite(kept).any() else np.nan
    miss = np.concatenate(misses) if misses else np.empty(0)
    return _Windows(
        actual,
        total,
        path,
        real,
        kept,
        miss[np.isfinite(miss)],
        np.fmax(actual, total) > offset,
        placebo_large,
        error,
    )


def _tested(
    plan: Plan, best: str, by_model: dict[str, _Windows], errors: dict[str, float], offset: float
) -> LegTest:
    found = by_model[best]
    real = np.where(found.large, found.real, np.nan)
    shift = _middle(real[:, None])[0]
    centred, placebo = real - shift, found.placebo - _middle(found.placebo)
    spread, placebo_spread = _spreads(placebo, plan)
    score, pool = _over(centred, spread), _over(placebo, placebo_spread)
    usual = _median(np.abs(pool))
    wider = max(1.0, _median(np.abs(score)) / usual) if _enough(score) and usual else 1.0
    if usual:
        with np.errstate(invalid="ignore"):
            wide = np.array(
                [max(1.0, _median(np.abs(one)) / usual) if _enough(one) else 1.0 for one in pool.T]
            )
        pool = pool / wide if pool.size else pool
    score = score / wider
    drawn = np.sort(pool[np.isfinite(pool)])
    bounds = np.quantile(drawn, [_TAIL, 1 - _TAIL]) if len(drawn) else np.array([np.nan, np.nan])
    base = (found.total + offset) * np.exp(shift)
    scale = spread * wider
    return LegTest(
        best,
        found.actual,
        np.maximum(base - offset, 0.0),
        np.maximum(base * np.exp(bounds[0] * scale) - offset, 0.0),
        np.maximum(base * np.exp(bounds[1] * scale) - offset, 0.0),
        np.where(found.large, np.exp(centred), np.nan),
        score,
        _chances(score, drawn),
        _ranks(score),
        found.large,
        found.path * np.exp(shift),
        _placebo_chances(pool, plan),
        _bounds(found.miss),
        errors,
        {
            name: np.where(
                one.large,
                np.exp(one.real - _middle(np.where(one.large, one.real, np.nan)[:, None])[0]),
                np.nan,
            )
            for name, one in by_model.items()
            if name != best
        },
        1 / (len(drawn) + 1) if len(drawn) else np.nan,
    )


def _middle(ratios: Floats) -> Floats:
    """The common movement in each window: the median over units, 0 where there are few. Shape (windows,)."""
    enough = np.isfinite(ratios).sum(0) >= _CENTRE_FROM
    found = np.zeros(ratios.shape[1])
    if enough.any():
        found[enough] = np.nanmedian(ratios[:, enough], axis=0)
    return found


def _spreads(placebo: Floats, plan: Plan) -> tuple[Floats, Floats]:
    """A unit's spread for its real window, shape (units,), and for each placebo window, shape as `placebo`."""
    seen = np.isfinite(placebo)
    squares = np.where(seen, placebo, 0.0) ** 2
    pooled = squares.sum() / max(int(seen.sum()), 1)
    starts = np.asarray(plan.placebos)

    def drawn(total: Floats, count: Floats) -> Floats:
        # Windows that overlap tell the same twice: so many stand apart.
        span = (starts[-1] - starts[0]) / plan.length + 1 if len(starts) else 1.0
        apart = np.where(count > 0, np.maximum(1.0, count / max(len(starts), 1) * span), 0.0)
        own = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
        return np.asarray(np.sqrt((apart * own + _OWN * pooled) / (apart + _OWN)))

    whole = drawn(squares.sum(1), seen.sum(1).astype(np.float64))
    far = (np.abs(starts[:, None] - starts[None, :]) >= plan.length).astype(np.float64)
    return whole, drawn(squares @ far, seen.astype(np.float64) @ far)


def _over(values: Floats, spread: Floats) -> Floats:
    """Values over their spread; not known without one: no placebo window tells how far they run by chance."""
    return np.asarray(np.divide(values, spread, out=np.full(values.shape, np.nan), where=spread > 0))


def _bounds(values: Floats) -> tuple[float, float]:
    if not len(values):
        return np.nan, np.nan
    low, high = np.quantile(values, [_TAIL, 1 - _TAIL])
    return float(low), float(high)


def _chances(scores: Floats, drawn: Floats) -> Floats:
    if not len(drawn):
        return np.full(scores.shape, np.nan)
    above = len(drawn) - np.searchsorted(drawn, scores - 1e-12, side="left")
    return np.where(np.isfinite(scores), (1 + above) / (1 + len(drawn)), np.nan)


def _placebo_chances(pool: Floats, plan: Plan) -> Floats:
    """P values of placebo windows, each against those that share no period with it, as the real one has none in them."""
    starts = np.asarray(plan.placebos)
    found = np.full(pool.shape, np.nan)
    for place, start in enumerate(starts):
        far = pool[:, np.abs(starts - start) >= plan.length]
        found[:, place] = _chances(pool[:, place], np.sort(far[np.isfinite(far)]))
    return found


def _ranks(scores: Floats) -> Floats:
    known = np.isfinite(scores)
    above = (scores[None, :] >= scores[:, None]).sum(1)
    return np.where(known, above / max(int(known.sum()), 1), np.nan)


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 0.0


def _enough(values: Floats) -> bool:
    return bool(np.isfinite(values).sum() >= _CENTRE_FROM)
