"""Normal returns, fitted for all shares and events of a group at once, and what is abnormal beside them.

With returns r (firm-events, sessions) and regressors X (firm-events, sessions, p), the first of them 1:

    b = (X'X)^-1 X'r        over the estimation window of length L, sessions without a return left out
    e = r - Xb              abnormal returns, AR
    s2 = e'e / (L - p)      residual variance
    Var AR_t = s2 (1 + x_t'(X'X)^-1 x_t)
    Var CAR  = s2 (K + x'(X'X)^-1 x), x the sum of the x_t over the K sessions of the event window

The terms after 1 and K are the error of prediction. All of it is computed about the means of the estimation
window. Sources: Campbell, Lo and MacKinlay, The Econometrics of Financial Markets (1997), chapter 4; Patell
(1976); for the sum over sessions Mikkelson and Partch (1988).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from tidegate.markets.design import LEAST_SESSIONS, Design

__all__ = ["Estimates", "all_finite", "estimate", "is_whole"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Estimates:
    """Fitted normal returns of F firm-events.

    residuals: shape (F, L), abnormal returns of the estimation window, NaN where there is no return.
    abnormal: shape (F, S), of the sessions `Design.shown`. deviation: shape (F,), s. car, raw_car,
    car_deviation: shape (F,), over the event window; raw_car is compounded. coefficients: shape (F, p), the
    last p - 1 slopes. freedom: shape (F,), L - p. session_errors, path_errors: shape (F, S) and (F, sessions
    of the path), or one row for all: the variance, in units of s2, of a session's abnormal return and of their
    sum from the first session of the path to each.
    """

    residuals: Floats
    abnormal: Floats
    deviation: Floats
    car: Floats
    raw_car: Floats
    car_deviation: Floats
    coefficients: Floats
    freedom: Floats
    session_errors: Floats
    path_errors: Floats

    @property
    def t(self) -> Floats:
        """CAR over its standard deviation, shape (F,): Student's t with `freedom` degrees."""
        found: Floats = self.car / self.car_deviation
        return found

    @property
    def spreads(self) -> Floats:
        """Standard deviation of a session's abnormal return, with the error of prediction, shape (F, S)."""
        found: Floats = self.deviation[:, None] * np.sqrt(self.session_errors)
        return found

    @property
    def path_deviation(self) -> Floats:
        """Standard deviation of the sum from the first session of the path to each, shape (F, path)."""
        found: Floats = self.deviation[:, None] * np.sqrt(self.path_errors)
        return found

    @classmethod
    def put_together(cls, parts: Sequence[tuple[NDArray[np.bool_], Estimates]]) -> Estimates:
        """Return the estimates of parts of the firm-events, each with a mask of shape (F,), in their order."""
        found = []
        for one in fields(cls):
            values = [(mask, getattr(part, one.name)) for mask, part in parts]
            whole = np.empty((len(values[0][0]), *values[0][1].shape[1:]))
            for mask, value in values:
                whole[mask] = value
            found.append(whole)
        return cls(*found)


def estimate(returns: Floats, factors: Floats, design: Design) -> Estimates:
    """Return the fit of each firm-event.

    returns: shape (F, L + S), the estimation window and after it the sessions `Design.shown`. factors: shape
    (F, L + S, k), or (1, L + S, k) where all have the same: without the constant, the benchmark, the user's
    factors, or k = 0.
    """
    if len(factors) == 1 and len(returns) and is_whole(factors):
        if is_whole(returns):
            return _of_one_day(returns, factors[0], design)
        length = design.length
        open_ = np.asarray(~np.isnan(returns[:, :length]).all(axis=0))
        if LEAST_SESSIONS <= open_.sum() < length:
            return _without_sessions(returns, factors, design, open_)
        whole = np.isfinite(returns.sum(axis=1))
        if whole.any():
            gaps = _with_gaps(returns[~whole], np.repeat(factors, int((~whole).sum()), axis=0), design)
            return Estimates.put_together(
                [(whole, _of_one_day(returns[whole], factors[0], design)), (~whole, gaps)]
            )
    if len(factors) != len(returns):
        factors = np.repeat(factors, len(returns), axis=0)
    return _with_gaps(returns, factors, design)


def _without_sessions(returns: Floats, factors: Floats, design: Design, held: NDArray[np.bool_]) -> Estimates:
    """The fit where no share has some sessions, told by a mask of shape (L,): known events keep them out."""
    end = design.estimation[1]
    shorter = replace(design, estimation=(end - int(held.sum()) + 1, end))
    columns = np.concatenate([held, np.ones(returns.shape[1] - len(held), dtype=bool)])
    found = estimate(returns[:, columns], factors[:, columns], shorter)
    residuals = np.full((len(returns), len(held)), np.nan)
    residuals[:, held] = found.residuals
    return replace(found, residuals=residuals)


def _of_one_day(returns: Floats, factors: Floats, design: Design) -> Estimates:
    """The fit of shares without a gap that have their regressors, shape (L + S, k), in common."""
    length, count = design.length, len(returns)
    is_fixed = design.model == "adjusted"
    y = returns - factors[:, 0] if is_fixed else returns
    x = factors[:, :0] if design.model in ("adjusted", "mean") else factors
    middle_x = x[:length].mean(axis=0)
    centred = x[:length] - middle_x
    inverse = _inverse((centred.T @ centred)[None])[0]
    fit = y[:, :length]
    # One product gives slopes and mean: the centred regressors sum to 0, so the mean of y need not go first.
    slopes = fit @ (centred @ inverse)
    middle_y = fit.mean(axis=1)
    constant = np.zeros(count) if is_fixed else middle_y - slopes @ middle_x
    coefficients = np.column_stack([constant, slopes])
    normal = coefficients @ np.column_stack([np.ones(len(x)), x]).T
    residuals, abnormal = fit - normal[:, :length], y[:, length:] - normal[:, length:]
    freedom = float(length - 1 - x.shape[1])
    square = np.einsum("fl,fl->f", residuals, residuals)
    if is_fixed:
        # Only the variance is estimated, about the mean.
        square -= length * middle_y**2
    deviation = np.sqrt(np.maximum(square, 0.0) / freedom)
    sessions, car, path = _errors(x[None, length:] - middle_x, inverse[None], np.array([length]), design)
    window = _places(design, design.window)
    return Estimates(
        residuals,
        abnormal,
        deviation,
        abnormal[:, window].sum(axis=1),
        _raw(returns[:, length:][:, window], design),
        deviation * np.sqrt(car),
        coefficients,
        np.full(count, freedom),
        np.broadcast_to(sessions, (count, sessions.shape[1])),
        np.broadcast_to(path, (count, path.shape[1])),
    )


def _with_gaps(returns: Floats, factors: Floats, design: Design) -> Estimates:
    """The fit of firm-events each with regressors and gaps of its own."""
    length = design.length
    is_fixed = design.model == "adjusted"
    y = returns - factors[:, :, 0] if is_fixed else returns
    x = factors[:, :, :0] if design.model in ("adjusted", "mean") else factors
    held = np.isfinite(y[:, :length]) & all_finite(x[:, :length])
    count = held.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        # The constant is taken out by centring on the means of the sessions that are held.
        middle_x = np.where(held[:, :, None], x[:, :length], 0.0).sum(axis=1) / count[:, None]
        middle_y = np.where(held, y[:, :length], 0.0).sum(axis=1) / count
        centred_x = np.where(held[:, :, None], x[:, :length] - middle_x[:, None], 0.0)
        centred_y = np.where(held, y[:, :length] - middle_y[:, None], 0.0)
        turned = centred_x.transpose(0, 2, 1)
        inverse = _inverse(turned @ centred_x)
        slopes = (inverse @ (turned @ centred_y[:, :, None]))[:, :, 0]
        # The model `adjusted` fixes constant and slope; only the variance is estimated, about the mean.
        constant = np.zeros(len(y)) if is_fixed else middle_y - (middle_x * slopes).sum(axis=1)
        freedom = (count - 1 - x.shape[2]).astype(float)
        residual = centred_y - (centred_x @ slopes[:, :, None])[:, :, 0]
        deviation = np.sqrt((residual**2).sum(axis=1) / freedom)
        abnormal = y - constant[:, None] - (x @ slopes[:, :, None])[:, :, 0]
        sessions, car, path = _errors(x[:, length:] - middle_x[:, None], inverse, count, design)
        car_deviation = deviation * np.sqrt(car)
    window = _places(design, design.window)
    return Estimates(
        np.where(held, abnormal[:, :length], np.nan),
        abnormal[:, length:],
        deviation,
        abnormal[:, length:][:, window].sum(axis=1),
        _raw(returns[:, length:][:, window], design),
        car_deviation,
        np.column_stack([constant, slopes]),
        freedom,
        sessions,
        path,
    )


def _errors(
    far: Floats, inverse: Floats, count: NDArray[np.int64], design: Design
) -> tuple[Floats, Floats, Floats]:
    """Variances in units of s2, with the error of prediction: of each session's abnormal return, of their sum
    over the event window, and of their sums along the path.

    far: shape (F, S, p - 1), regressors less their means in the estimation window. count: shape (F,), sessions
    held there.
    """
    error = 0.0 if design.model == "adjusted" else 1.0
    sessions = 1 + error * (1 / count[:, None] + ((far @ inverse) * far).sum(axis=2))
    summed = far[:, _places(design, design.window)].sum(axis=1)
    whole = design.days**2 / count + np.einsum("fk,fkl,fl->f", summed, inverse, summed)
    along = np.cumsum(far[:, _places(design, design.path)], axis=1)
    steps = np.arange(1, along.shape[1] + 1)
    path = steps + error * (steps**2 / count[:, None] + ((along @ inverse) * along).sum(axis=2))
    return sessions, design.days + error * whole, path


def _raw(returns: Floats, design: Design) -> Floats:
    """The plain move over the event window, compounded."""
    found: Floats = returns.sum(axis=1) if design.log else np.prod(1 + returns, axis=1) - 1
    return found


def is_whole(values: Floats) -> bool:
    """Return whether no value is missing; a product by itself tells it faster than a look at each. False, too, of
    numbers above 1e150: the slower way takes those.
    """
    flat = values.ravel()
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(flat @ flat))


def all_finite(values: Floats) -> NDArray[np.bool_]:
    """Return where all of the last axis are finite, shape without it; a short axis is faster gone through by
    hand.
    """
    found = np.ones(values.shape[:-1], dtype=bool)
    for place in range(values.shape[-1]):
        found &= np.isfinite(values[..., place])
    return found


def _places(design: Design, window: tuple[int, int]) -> slice:
    start = design.shown[0]
    return slice(window[0] - start, window[1] - start + 1)


def _inverse(gram: Floats) -> Floats:
    """Inverses of a stack of matrices, NaN where one has none: too little data, or a factor that never
    moves.
    """
    size = gram.shape[1]
    scale = np.sqrt(np.maximum(np.diagonal(gram, axis1=1, axis2=2), 0))
    scale = np.where(scale > 0, scale, 1.0)
    even = gram / (scale[:, :, None] * scale[:, None, :])
    good = np.linalg.det(even) > 1e-10
    found = np.full_like(gram, np.nan)
    found[good] = np.linalg.inv(even[good]) if good.any() else np.empty((0, size, size))
    inverse: Floats = found / (scale[:, :, None] * scale[:, None, :])
    return inverse
