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

TOLERANCE = 1e-10
"""Largest log difference between supply and demand that is left."""

MAX_STEPS = 200
SHRINKS = 0.35
NEAR = 0.2
"""A step is good if it leaves less than this share of the gap; a gap below NEAR lets an old slope be tried."""

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
    maker receives spread * R * outlay / total. inverse: of the slope of supply against demand, (n, J, J), for the
    next quarter to start from; None where no step was needed yet.
    """

    log_price: NDArray[np.float64]
    log_index: NDArray[np.float64]
    outlay: NDArray[np.float64]
    spread: NDArray[np.float64]
    total: NDArray[np.float64]
    inverse: NDArray[np.float64] | None = None


def clear(
    nests: Sequence[Nest], before: Sequence[Cleared | None], sigma: NDArray[np.float64]
) -> list[Cleared]:
    """Return the cleared markets of goods whose users combine them with elasticity sigma, shape (n,).

    before: the same markets in the quarter before, to start from; None starts at the base prices.
    Raises: BadInputError: if supply and demand do not meet, which only absurd parameters bring about.
    """
    import numpy as np

    searches = [_Search.start(nest, last) for nest, last in zip(nests, before, strict=True)]
    fixed = 1 - sum((nest.cost_share for nest in nests), start=np.zeros_like(nests[0].cost_share))
    for _ in range(MAX_STEPS):
        found = [_indices(search.nest, search.log_price) for search in searches]
        powers = [np.exp((1 - sigma)[:, None] * one.log_index) for one in found]
        basket = fixed + sum(nest.cost_share * power for nest, power in zip(nests, powers, strict=True))
        moved = False
        for search, one, power in zip(searches, found, powers, strict=True):
            cost_share = search.nest.cost_share
            give: NDArray[np.float64] | float = 0.0
            if cost_share.any():
                one.outlay = search.nest.outlay * np.where(cost_share > 0, power / basket, 1.0)
                give = np.where(cost_share > 0, (1 - sigma)[:, None] * (1 - cost_share * power / basket), 0.0)
            moved |= search.move(one, give)
        if not moved:
            for search, one in zip(searches, found, strict=True):
                one.inverse = search.inverse
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


@dataclass(slots=True)
class _Search:
    """The way to the prices of one nest. inverse: (n, J, J). gap: (n,), the largest of each draw at its last step."""

    nest: Nest
    log_price: NDArray[np.float64]
    inverse: NDArray[np.float64] | None
    gap: NDArray[np.float64]

    @classmethod
    def start(cls, nest: Nest, before: Cleared | None) -> _Search:
        import numpy as np

        price = np.zeros_like(nest.capacity) if before is None else before.log_price.copy()
        inverse = None if before is None else before.inverse
        return cls(nest, price, inverse, np.full(len(price), NEAR / SHRINKS))

    def move(self, now: Cleared, give: NDArray[np.float64] | float) -> bool:
        """Step the prices of the draws that are not settled; return whether there are any.

        The slope is worked out anew only for draws whose last step did not shrink the gap well: the slope of a
        quarter before mostly serves, and a step with it costs a tenth.
        give: d ln E_i / d ln P_i, (n, I), or 0.
        """
        import numpy as np

        nest = self.nest
        per_weight = now.outlay / now.total
        sold = now.spread * np.matmul(nest.received, per_weight[:, :, None])[:, :, 0]
        taken = sold + SCRAP * nest.capacity
        excess = np.log(taken / nest.capacity) - (1 + nest.supply_elasticity)[:, None] * self.log_price
        gap = np.abs(excess).max(axis=1)
        open_ = ~(gap < TOLERANCE)
        if not open_.any():
            return False
        stale = open_ if self.inverse is None else open_ & ~(gap < SHRINKS * self.gap)
        if stale.any():
            at = np.flatnonzero(stale)
            if self.inverse is None:
                self.inverse = np.zeros((*gap.shape, excess.shape[1], excess.shape[1]))
            self.inverse[at] = np.linalg.inv(_slope(nest, now, give, sold, taken, at))
        assert self.inverse is not None
        step = -np.matmul(self.inverse, excess[:, :, None])[:, :, 0]
        step = np.clip(np.where(open_[:, None], step, 0.0), -LARGEST_STEP, LARGEST_STEP)
        self.log_price = self.log_price + step
        self.gap = gap
        return True


def _slope(
    nest: Nest,
    now: Cleared,
    give: NDArray[np.float64] | float,
    sold: NDArray[np.float64],
    taken: NDArray[np.float64],
    at: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Slope of the excess of demand over supply in the prices, (len(at), J, J), for the draws `at`.

    With F_j = ln v_j - (1+h) ln p_j - ln(K_j A_j), value shares w_il and receipts f_ij,
        dF_j/dln p_l = sum_i f_ij (e - 1 + give_i) w_il / v_j - [l = j] ((e - 1) sum_i f_ij / v_j + 1 + h).
    """
    import numpy as np

    def part(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values if len(values) == 1 or len(at) == len(values) else values[at]

    spread, total = part(now.spread), part(now.total)
    steep = part(nest.elasticity)[:, None] - 1
    pull = part(now.outlay) / total * (steep + (part(give) if not isinstance(give, float) else give))
    receipts = part(nest.received) * pull[:, None, :]
    shares = part(nest.weight) / total[:, None, :]
    lever = spread / part(taken)
    slope = np.matmul(receipts, shares.transpose(0, 2, 1)) * (lever[:, :, None] * spread[:, None, :])
    diagonal = np.arange(slope.shape[1])
    slope[:, diagonal, diagonal] -= (
        steep * part(sold) / part(taken) + 1 + part(nest.supply_elasticity)[:, None]
    )
    return np.asarray(slope)
