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

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.markets.design import Design

__all__ = ["Estimates", "all_finite", "estimate"]

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
        far = x[:, length:] - middle_x[:, None]
        error = 0.0 if is_fixed else 1.0
        leverage = error * (1 / count[:, None] + ((far @ inverse) * far).sum(axis=2))
        spreads = deviation[:, None] * np.sqrt(1 + leverage)
        window = _places(design, design.window)
        summed = far[:, window].sum(axis=1)
        whole = design.days**2 / count + np.einsum("fk,fkl,fl->f", summed, inverse, summed)
        car_deviation = deviation * np.sqrt(design.days + error * whole)
        along = np.cumsum(far[:, _places(design, design.path)], axis=1)
        steps = np.arange(1, along.shape[1] + 1)
        path_error = steps**2 / count[:, None] + ((along @ inverse) * along).sum(axis=2)
        path_deviation = deviation[:, None] * np.sqrt(steps + error * path_error)
    residuals = np.where(held, abnormal[:, :length], np.nan)
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
        np.column_stack([constant, slopes]),
        freedom,
        path_deviation,
    )


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
