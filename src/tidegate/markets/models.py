"""Normal returns, fitted for all shares and events of a group at once, and what is abnormal beside them.

With returns r (firm-events, sessions) and regressors X (firm-events, sessions, p), the first of them 1:

    b = (X'X)^-1 X'r        over the estimation window of length L, sessions without a return left out
    e = r - Xb              abnormal returns, AR
    s2 = e'e / (L - p)      residual variance
    Var AR_t = s2 (1 + x_t'(X'X)^-1 x_t)
    Var CAR  = s2 (K + x'(X'X)^-1 x), x the sum of the x_t over the K sessions of the event window

The terms after 1 and K are the error of prediction. Sources: Campbell, Lo and MacKinlay, The Econometrics of
Financial Markets (1997), chapter 4; Patell (1976); for the sum over sessions Mikkelson and Partch (1988).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.markets.design import Design

__all__ = ["Estimates", "estimate"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Estimates:
    """Fitted normal returns of F firm-events.

    residuals: shape (F, L), abnormal returns of the estimation window, NaN where there is no return.
    abnormal, raw: shape (F, S), of the sessions `Design.shown`. spreads: shape (F, S), standard deviation of
    a session's abnormal return, with the error of prediction. deviation: shape (F,), s. car, raw_car,
    car_deviation: shape (F,), over the event window; raw_car is compounded. coefficients: shape (F, p), the
    last p - 1 slopes. freedom: shape (F,), L - p. path_deviation: shape (F, S), of the sum from the first
    session of the path to each.
    """

    residuals: Floats
    abnormal: Floats
    raw: Floats
    spreads: Floats
    deviation: Floats
    car: Floats
    raw_car: Floats
    car_deviation: Floats
    coefficients: Floats
    freedom: Floats
    path_deviation: Floats

    @property
    def t(self) -> Floats:
        """CAR over its standard deviation, shape (F,): Student's t with `freedom` degrees."""
        found: Floats = self.car / self.car_deviation
        return found


def estimate(returns: Floats, factors: Floats, design: Design) -> Estimates:
    """Return the fit of each firm-event.

    returns: shape (F, L + S), the estimation window and after it the sessions `Design.shown`. factors: shape
    (F, L + S, k), without the constant: the benchmark, the user's factors, or k = 0.
    """
    length = design.length
    fixed = factors[:, :, 0] if design.model == "adjusted" else None
    y = returns if fixed is None else returns - fixed
    one = np.ones((*returns.shape, 1))
    x = np.concatenate([one, factors], axis=2) if design.model in ("market", "factors") else one
    held = np.isfinite(y[:, :length]) & np.isfinite(x[:, :length]).all(axis=2)
    fitted_x = np.where(held[:, :, None], x[:, :length], 0.0)
    fitted_y = np.where(held, y[:, :length], 0.0)
    gram = fitted_x.transpose(0, 2, 1) @ fitted_x
    inverse = _inverse(gram)
    slopes = (inverse @ (fitted_x.transpose(0, 2, 1) @ fitted_y[:, :, None]))[:, :, 0]
    if design.model == "adjusted":
        # The model fixes constant and slope; only the variance is estimated, about the mean.
        slopes = np.zeros_like(slopes)
    expected = (x @ slopes[:, :, None])[:, :, 0]
    abnormal = y - expected
    residuals = np.where(held, abnormal[:, :length], np.nan)
    count = held.sum(axis=1)
    freedom = (count - x.shape[2]).astype(float)
    centred = np.where(held, residuals, 0.0)
    if design.model == "adjusted":
        centred = np.where(held, residuals - (centred.sum(axis=1) / np.maximum(count, 1))[:, None], 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        deviation = np.sqrt((centred**2).sum(axis=1) / freedom)
        shown_x = x[:, length:]
        predicted = 0.0 if design.model == "adjusted" else 1.0
        leverage = predicted * ((shown_x @ inverse) * shown_x).sum(axis=2)
        spreads = deviation[:, None] * np.sqrt(1 + leverage)
        window = _places(design, design.window)
        summed = shown_x[:, window].sum(axis=1)
        error = predicted * np.einsum("fk,fkl,fl->f", summed, inverse, summed)
        car_deviation = deviation * np.sqrt(design.days + error)
        path = _places(design, design.path)
        along = np.cumsum(shown_x[:, path], axis=1)
        steps = np.arange(1, along.shape[1] + 1)
        path_error = predicted * ((along @ inverse) * along).sum(axis=2)
        path_deviation = deviation[:, None] * np.sqrt(steps + path_error)
    raw = returns[:, length:]
    summed_raw = raw[:, window].sum(axis=1) if design.log else np.prod(1 + raw[:, window], axis=1) - 1
    return Estimates(
        residuals,
        abnormal[:, length:],
        raw,
        spreads,
        deviation,
        abnormal[:, length:][:, window].sum(axis=1),
        summed_raw,
        car_deviation,
        slopes,
        freedom,
        path_deviation,
    )


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
