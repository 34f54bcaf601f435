"""What a leg would have carried without the control, from months before it and from other countries.

Three expectations of a unit's flow y_jt in a window, all with the unit's own flow of the window left out:

* `share`, Poisson gravity with period and pair effects, E y_jt = exp(a_t + g_j). With one origin (or destination)
  the likelihood has a closed maximum: the unit's part of the others in the months before, times the others now.
* `gravity`, Poisson gravity with origin-period, destination-period and pair effects, E y_ijt = exp(a_it + b_jt +
  g_ij) (Santos Silva and Tenreyro 2006). It takes out a boom of all that a country buys, or of all that it sells. The
  maximum is found by iterative proportional fitting, which for these effects is the exact Poisson likelihood (Bishop,
  Fienberg and Holland 1975): a trace needs a fit for each country and placebo window, a thousand and more, and a
  design with a dummy for every effect takes seconds each.
* `synthetic`, synthetic control (Abadie, Diamond and Hainmueller 2010) on flows over their mean of the months before:
  weights of other countries, none negative, adding up to one, by SciPy's non-negative least squares.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tidegate.diversion.legs import Floats, Leg
from tidegate.errors import MissingExtraError

__all__ = ["FEWEST_DONORS", "LEAST_KNOWN", "MODELS", "expected"]

MODELS = ("share", "gravity", "synthetic")

FEWEST_DONORS = 5
"""Other countries that an expectation has to rest on."""

LEAST_KNOWN = 0.8
"""Of the months before, and of those of the window, that must be known."""

_TINY = 0.0005
"""Of a leg: half of what counts at all."""

_SWEEPS = 500
_CLOSE = 1e-8
_SUM_WEIGHT = 1e4


def expected(leg: Leg, model: str, fit: slice, window: slice) -> Floats:
    """Return the expectation of each unit in each period of the window, shape (units, periods).

    A unit of which too little is known, or for which there are too few others, is NaN throughout; so is a period in
    which the unit itself is not known, so that sums of flow and expectation are over the same periods.
    """
    found = {"share": _share, "gravity": _gravity, "synthetic": _synthetic}[model](leg, fit, window)
    known = np.isfinite(leg.value)
    for part in (fit, window):
        found[known[:, part].mean(1) < LEAST_KNOWN] = np.nan
    return np.where(known[:, window], found, np.nan)


def _share(leg: Leg, fit: slice, window: slice) -> Floats:
    before, after = leg.value[:, fit], leg.value[:, window]
    if np.isfinite(before).all() and np.isfinite(after).all():
        if len(before) <= FEWEST_DONORS:
            return np.full(after.shape, np.nan)
        own = before.sum(1)
        others = own.sum() - own
        with np.errstate(divide="ignore", invalid="ignore"):
            found = (own / others)[:, None] * (after.sum(0) - after)
        return np.where(others[:, None] > 0, found, np.nan)
    found = np.full(after.shape, np.nan)
    for unit, (seen_before, seen_after) in enumerate(_seen(before, after)):
        donors = _donors(before[:, seen_before], after[:, seen_after], unit)
        if len(donors) < FEWEST_DONORS or not seen_before.any():
            continue
        base = before[np.ix_(donors, seen_before)].sum()
        if base > 0:
            part = before[unit, seen_before].sum() / base
            found[unit, seen_after] = part * after[np.ix_(donors, seen_after)].sum(0)
    return found


def _synthetic(leg: Leg, fit: slice, window: slice) -> Floats:
    before, after = leg.value[:, fit], leg.value[:, window]
    found = np.full(after.shape, np.nan)
    for unit, (seen_before, seen_after) in enumerate(_seen(before, after)):
        own = before[unit, seen_before]
        donors = _donors(before[:, seen_before], after[:, seen_after], unit)
        means = before[np.ix_(donors, seen_before)].mean(1) if seen_before.any() else np.empty(0)
        donors, means = donors[means > 0], means[means > 0]
        if len(donors) < FEWEST_DONORS:
            continue
        if own.sum() == 0:
            found[unit, seen_after] = 0.0
            continue
        shapes = before[np.ix_(donors, seen_before)] / means[:, None]
        weights = simplex_weights(shapes.T, own / own.mean())
        found[unit, seen_after] = own.mean() * (
            weights @ (after[np.ix_(donors, seen_after)] / means[:, None])
        )
    return found


def simplex_weights(donors: Floats, own: Floats) -> Floats:
    """Return the weights, none negative and with sum 1, that bring the donors nearest to `own`.

    donors: shape (periods, donors). own: shape (periods,). The sum is held by one more row of great weight.
    """
    try:
        from scipy.optimize import nnls
    except ImportError:
        raise MissingExtraError("scipy is not installed. Run: pip install 'tidegate[diversion]'") from None
    heavy = _SUM_WEIGHT * max(1.0, float(np.abs(donors).max(initial=0.0)))
    weights, _ = nnls(np.vstack([donors, np.full((1, donors.shape[1]), heavy)]), np.append(own, heavy))
    total = weights.sum()
    return np.asarray(weights / total if total else weights, dtype=np.float64)


def _gravity(leg: Leg, fit: slice, window: slice) -> Floats:
    start, stop = fit.start, window.stop
    places = np.r_[start : fit.stop, window.start : stop]
    flows = leg.table[:, :, places]
    length = fit.stop - start
    found = np.full((len(leg.units), stop - window.start), np.nan)
    seen = np.isfinite(flows)
    if min(flows.shape[:2]) < FEWEST_DONORS:
        return found
    own = np.nansum(leg.value[:, places], axis=1)
    # The smallest do not count, and each would cost a fit: they keep the simpler expectation.
    tiny = own < _TINY * own.sum()
    found[tiny] = _share(leg, fit, window)[tiny]
    start_from = proportional_fit(np.where(seen, flows, 0.0), seen)
    for unit, (row, column) in enumerate(leg.cells):
        if tiny[unit]:
            continue
        kept = seen.copy()
        kept[row, column, length:] = False
        if not kept[row, column].any():
            continue
        origin, destination, pair = proportional_fit(np.where(kept, flows, 0.0), kept, start_from)
        estimate = origin[row, length:] * destination[column, length:] * pair[row, column]
        # Without another partner in a period its effect is not known.
        others_sell = np.delete(np.where(kept, flows, 0.0)[row, :, length:], column, axis=0).sum(0) > 0
        others_buy = np.delete(np.where(kept, flows, 0.0)[:, column, length:], row, axis=0).sum(0) > 0
        found[unit] = np.where(others_sell & others_buy, estimate, np.nan)
    return found


def proportional_fit(
    flows: Floats, seen: NDArray[np.bool_], start: tuple[Floats, Floats, Floats] | None = None
) -> tuple[Floats, Floats, Floats]:
    """Return origin-period, destination-period and pair factors of the Poisson maximum likelihood.

    flows: shape (origins, destinations, periods), 0 where not seen. The expectation is origin[i, t] destination[j, t]
    pair[i, j]; each factor in turn is set so that its margins of flow and expectation agree, until none moves.
    """
    mask = seen.astype(np.float64)
    origins, destinations, _ = flows.shape
    if start is None:
        origin, destination = np.ones((origins, flows.shape[2])), np.ones((destinations, flows.shape[2]))
        pair = np.ones((origins, destinations))
    else:
        origin, destination, pair = (part.copy() for part in start)
    by_origin, by_destination, by_pair = flows.sum(1), flows.sum(0), flows.sum(2)
    for _ in range(_SWEEPS):
        before = pair
        origin = _over(by_origin, np.einsum("ijt,jt,ij->it", mask, destination, pair, optimize=False))
        destination = _over(by_destination, np.einsum("ijt,it,ij->jt", mask, origin, pair, optimize=False))
        pair = _over(by_pair, np.einsum("ijt,it,jt->ij", mask, origin, destination, optimize=False))
        if np.abs(pair - before).max() <= _CLOSE * np.abs(pair).max():
            break
    return origin, destination, pair


def _over(margin: Floats, fitted: Floats) -> Floats:
    return np.divide(margin, fitted, out=np.zeros_like(margin), where=fitted > 0)


def _seen(before: Floats, after: Floats) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    return list(zip(np.isfinite(before), np.isfinite(after), strict=True))


def _donors(before: Floats, after: Floats, unit: int) -> NDArray[np.int64]:
    """Other units that are known whenever this one is."""
    good = np.asarray(np.isfinite(before).all(1) & np.isfinite(after).all(1))
    good[unit] = False
    return np.flatnonzero(good)
