"""Demand for the varieties of each good, and the prices at which supply meets it.

One good k in one quarter, buyers i, suppliers j (docs/supply.md, equations 1 to 4):

    D_i  = sum_j T_ij p_j^(1-e) + W_i              P_i = D_i^(1/(1-e))
    E_i  = E0_i                                    for a good bought out of a budget
    E_i  = E0_i P_i^(1-s) / (1 - sum a + sum_l a_il P_il^(1-s))     for an input of what users make
    v_j  = p_j^(1-e) sum_i R_ij E_i / D_i          what supplier j receives
    v_j  = K_j A_j p_j^(1+h)                       what it offers, at its price

T_ij is the base share of the variety weighted by its wedges to the power 1-e, R_ij the same weighted once more by
the part of the price that reaches the supplier, W_i the workaround for flows that are walled off, at a fixed price.
e, s, h: elasticities between suppliers, between goods, and of supply.

The prices come from Newton's method in logarithms, which is exact after a few steps; the goods that users combine
are linked through E_i and are stepped together. Each draw stops by its own residual, so that its result does not
depend on the draws beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Cleared", "Nest", "clear"]

TOLERANCE = 1e-11
"""Largest log difference between supply and demand that is left."""

MAX_STEPS = 200
LARGEST_STEP = 1.5
"""Bound on a step of a log price: far from the answer the straight line of Newton's method leads astray."""

SCRAP = 1e-12
"""What a supplier without any buyer still receives, as a share of its base sales: keeps its price defined."""


@dataclass(frozen=True, slots=True)
class Nest:
    """The market of one good in one quarter, for n draws.

    weight, received: T and R, (n or 1, J, I). wall: W, (n or 1, I). outlay: E0, (n, I). capacity: K A, (n, J).
    elasticity, supply_elasticity: (n,). cost_share: a, (I,). name: for messages.
    """

    name: str
    weight: NDArray[np.float64]
    received: NDArray[np.float64]
    wall: NDArray[np.float64]
    outlay: NDArray[np.float64]
    capacity: NDArray[np.float64]
    elasticity: NDArray[np.float64]
    supply_elasticity: NDArray[np.float64]
    cost_share: NDArray[np.float64]


@dataclass(slots=True)
class Cleared:
    """What a cleared market shows. log_price: (n, J). log_index: ln P, (n, I). outlay: E, (n, I).

    spread: p_j^(1-e), (n, J). total: D_i, (n, I). Spending on a variety is spread * T * outlay / total, what its
    maker receives spread * R * outlay / total.
    """

    log_price: NDArray[np.float64]
    log_index: NDArray[np.float64]
    outlay: NDArray[np.float64]
    spread: NDArray[np.float64]
    total: NDArray[np.float64]


def clear(
    nests: Sequence[Nest], log_price: Sequence[NDArray[np.float64]], sigma: NDArray[np.float64]
) -> list[Cleared]:
    """Return the cleared markets of goods whose users combine them with elasticity sigma, shape (n,).

    log_price: where to start, one array (n, J) per nest: the prices of the quarter before.
    Raises: BadInputError: if supply and demand do not meet, which only absurd parameters bring about.
    """
    import numpy as np

    prices = [start.copy() for start in log_price]
    fixed = 1 - sum((nest.cost_share for nest in nests), start=np.zeros_like(nests[0].cost_share))
    linked = [bool(nest.cost_share.any()) for nest in nests]
    for _ in range(MAX_STEPS):
        found = [_indices(nest, price) for nest, price in zip(nests, prices, strict=True)]
        powers = [
            np.exp((1 - sigma)[:, None] * one.log_index) if link else None
            for one, link in zip(found, linked, strict=True)
        ]
        basket = fixed + sum(
            nest.cost_share * power for nest, power in zip(nests, powers, strict=True) if power is not None
        )
        settled = True
        for nest, one, power, price in zip(nests, found, powers, prices, strict=True):
            give = None
            if power is not None:
                input_ = nest.cost_share > 0
                one.outlay = nest.outlay * np.where(input_, power / basket, 1.0)
                give = np.where(input_, (1 - sigma)[:, None] * (1 - nest.cost_share * power / basket), 0.0)
            step = _newton_step(nest, one, give)
            if step is not None:
                draws, change = step
                price[draws] += change
                settled = False
        if settled:
            return found
    names = ", ".join(nest.name for nest in nests)
    raise BadInputError(f"supply and demand of {names} do not meet: see the ranges of the elasticities.")


def _indices(nest: Nest, log_price: NDArray[np.float64]) -> Cleared:
    """Price indices at given prices, with the base outlays."""
    import numpy as np

    spread = np.exp((1 - nest.elasticity)[:, None] * log_price)
    total = np.matmul(spread[:, None, :], nest.weight)[:, 0, :] + nest.wall
    log_index = np.log(total) / (1 - nest.elasticity)[:, None]
    return Cleared(log_price.copy(), log_index, nest.outlay, spread, total)


def _newton_step(
    nest: Nest, now: Cleared, give: NDArray[np.float64] | None
) -> tuple[NDArray[np.intp], NDArray[np.float64]] | None:
    """The draws that are not settled and the change of their log prices; None if all are.

    give: d ln E_i / d ln P_i, (n, I), or None for 0. With F_j = ln v_j - (1+h) ln p_j - ln(K_j A_j), value shares
    w_il and receipts f_ij, the slope is
        dF_j/dln p_l = sum_i f_ij (e - 1 + give_i) w_il / v_j - [l = j] ((e - 1) sum_i f_ij / v_j + 1 + h).
    """
    import numpy as np

    supply = np.log(nest.capacity) + (1 + nest.supply_elasticity)[:, None] * now.log_price
    per_weight = now.outlay / now.total
    sold = now.spread * np.matmul(nest.received, per_weight[:, :, None])[:, :, 0]
    taken = sold + SCRAP * nest.capacity
    gap = np.log(taken) - supply
    open_ = np.flatnonzero(~(np.abs(gap).max(axis=1) < TOLERANCE))
    if not len(open_):
        return None

    def part(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values if len(values) == 1 or len(open_) == len(values) else values[open_]

    spread = part(now.spread)
    steep = part(nest.elasticity)[:, None] - 1
    pull = part(per_weight) * (steep if give is None else steep + part(give))
    receipts = part(nest.received) * pull[:, None, :]
    shares = part(nest.weight) / part(now.total)[:, None, :]
    lever = spread / part(taken)
    slope = np.matmul(receipts, shares.transpose(0, 2, 1)) * lever[:, :, None] * spread[:, None, :]
    own = steep * part(sold) / part(taken) + 1 + part(nest.supply_elasticity)[:, None]
    diagonal = np.arange(slope.shape[1])
    slope[:, diagonal, diagonal] -= own
    change = -np.linalg.solve(slope, part(gap)[:, :, None])[:, :, 0]
    return open_, np.clip(change, -LARGEST_STEP, LARGEST_STEP)
