"""Demand for the varieties of each good, and the prices at which supply meets it.

One good k in one quarter, buyers i, suppliers j (docs/supply.md, equations 1 to 5):

    D_i  = sum_j T_ij p_j^(1-e) + W_i              P_i = D_i^(1/(1-e))
    E_i  = E0_i                                    for a good bought out of a budget
    E_i  = E0_i P_i^(1-s) / (1 - sum a + sum_l a_il P_il^(1-s))     for an input of what users make
    v_j  = p_j^(1-e) sum_i R_ij E_i / D_i          what supplier j receives
    v_j  = K_j A_j p_j^(1+h)                       what it offers, at its price

T_ij is the base share of the variety weighted by its wedges to the power 1-e, R_ij the same weighted once more by
the part of the price that reaches the supplier, W_i the workaround for flows that are walled off, at a fixed price.
e, s, h: elasticities between suppliers, between goods, and of supply.

The prices come from Newton's method in logarithms. Goods that the same users combine are linked through E_i and are
solved together. Each draw stops by its own residual, so that its result does not depend on the draws beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Cleared", "Market", "Nest"]

TOLERANCE = 1e-10
"""Largest log difference between supply and demand that is left."""

MAX_STEPS = 200
SHRINKS = 0.1
NEAR = 0.05
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
    maker receives spread * R * outlay / total.
    budget_share: of the good in what its users make, at these prices, (n, I); 0 where bought out of a budget.
    """

    log_price: NDArray[np.float64]
    log_index: NDArray[np.float64]
    outlay: NDArray[np.float64]
    spread: NDArray[np.float64]
    total: NDArray[np.float64]
    budget_share: NDArray[np.float64]


class Market:
    """The market of one good, or of several that users combine; remembers where it last cleared.

    The prices of a quarter are sought from those of the quarter before, and with the slopes found there as long as
    steps with them shrink the gap well: working the slopes out anew costs as much as ten steps.
    """

    def __init__(self) -> None:
        self._prices: list[NDArray[np.float64]] | None = None
        self._slopes: _Slopes | None = None

    def clear(self, nests: Sequence[Nest], sigma: NDArray[np.float64]) -> list[Cleared]:
        """Return the cleared markets; sigma: elasticity between the goods, (n,).

        Raises: BadInputError: if supply and demand do not meet, which only absurd parameters bring about.
        """
        import numpy as np

        prices = self._prices or [np.zeros_like(nest.capacity) for nest in nests]
        last_gap = np.full(len(sigma), NEAR / SHRINKS)
        for _ in range(MAX_STEPS):
            found = _at_prices(nests, prices, sigma)
            excess = [_excess(nest, one) for nest, one in zip(nests, found, strict=True)]
            gap = np.max([np.abs(each).max(axis=1) for each in excess], axis=0)
            open_ = ~(gap < TOLERANCE)
            if not open_.any():
                self._prices = prices
                return found
            if self._slopes is None:
                self._slopes = _Slopes.room(nests, linked=_linked(nests))
                stale = open_
            else:
                stale = open_ & ~(gap < SHRINKS * last_gap)
            if stale.any():
                self._slopes.work_out(nests, found, sigma, np.flatnonzero(stale))
            steps = self._slopes.solve(excess)
            prices = [
                price + np.clip(np.where(open_[:, None], -step, 0.0), -LARGEST_STEP, LARGEST_STEP)
                for price, step in zip(prices, steps, strict=True)
            ]
            last_gap = gap
        names = ", ".join(nest.name for nest in nests)
        raise BadInputError(f"supply and demand of {names} do not meet: see the ranges of the elasticities.")


def _linked(nests: Sequence[Nest]) -> bool:
    return any(bool(nest.cost_share.any()) for nest in nests)


def _at_prices(
    nests: Sequence[Nest], prices: Sequence[NDArray[np.float64]], sigma: NDArray[np.float64]
) -> list[Cleared]:
    """Price indices and outlays at given prices."""
    import numpy as np

    found, powers = [], []
    basket = 1 - sum((nest.cost_share for nest in nests), start=np.zeros_like(nests[0].cost_share))
    for nest, price in zip(nests, prices, strict=True):
        spread = np.exp((1 - nest.elasticity)[:, None] * price)
        total = np.matmul(spread[:, None, :], nest.weight)[:, 0, :] + nest.wall
        log_index = np.log(total) / (1 - nest.elasticity)[:, None]
        powers.append(np.exp((1 - sigma)[:, None] * log_index))
        basket = basket + nest.cost_share * powers[-1]
        found.append(Cleared(price, log_index, nest.outlay, spread, total, np.zeros_like(log_index)))
    for nest, one, power in zip(nests, found, powers, strict=True):
        if nest.cost_share.any():
            one.outlay = nest.outlay * np.where(nest.cost_share > 0, power / basket, 1.0)
            one.budget_share = nest.cost_share * power / basket
    return found


def _sold(nest: Nest, now: Cleared) -> NDArray[np.float64]:
    """What each supplier receives, (n, J)."""
    import numpy as np

    return np.asarray(now.spread * np.matmul(nest.received, (now.outlay / now.total)[:, :, None])[:, :, 0])


def _excess(nest: Nest, now: Cleared) -> NDArray[np.float64]:
    """F_j = ln v_j - (1+h) ln p_j - ln(K_j A_j), (n, J)."""
    import numpy as np

    taken = _sold(nest, now) / nest.capacity + SCRAP
    return np.asarray(np.log(taken) - (1 + nest.supply_elasticity)[:, None] * now.log_price)


@dataclass(slots=True)
class _Slopes:
    """How excess demand answers to prices, ready to be solved.

    With value shares w_il, receipts f_ij, budget shares b_ik and g_ik = 1 - s for an input of users, else 0,

        dF_kj / dln p_km = sum_i f_ij (e - 1 + g_ik) w_im / v_j - [m = j] ((e - 1) sum_i f_ij / v_j + 1 + h)
                           - sum_i g_ik (f_ij / v_j) b_ik w_im
        dF_kj / dln p_lm = - sum_i g_ik (f_ij / v_j) b_il w_im          between goods k and l

    The first line is a block A_k for each good; the terms with b, by which goods are linked, are a product U V
    through the I buyers, so the whole is solved by Woodbury's formula with one more inverse of size I.

    inverse: A_k^-1, (n, J, J). reach: A_k^-1 U_k, (n, J, I). hold: V_k, (n, I, J). core: (n, I, I).
    """

    inverse: list[NDArray[np.float64]]
    reach: list[NDArray[np.float64]]
    hold: list[NDArray[np.float64]]
    core: NDArray[np.float64] | None

    @classmethod
    def room(cls, nests: Sequence[Nest], *, linked: bool) -> _Slopes:
        """Return room for the slopes of nests."""
        import numpy as np

        sizes = [(*nest.capacity.shape, nest.outlay.shape[1]) for nest in nests]
        inverse = [np.zeros((count, makers, makers)) for count, makers, _ in sizes]
        if not linked:
            return cls(inverse, [], [], None)
        reach = [np.zeros((count, makers, users)) for count, makers, users in sizes]
        hold = [np.zeros((count, users, makers)) for count, makers, users in sizes]
        return cls(inverse, reach, hold, np.zeros((sizes[0][0], sizes[0][2], sizes[0][2])))

    def work_out(
        self,
        nests: Sequence[Nest],
        found: Sequence[Cleared],
        sigma: NDArray[np.float64],
        at: NDArray[np.intp],
    ) -> None:
        """Fill in the slopes of the draws `at`."""
        import numpy as np

        def part(values: NDArray[np.float64]) -> NDArray[np.float64]:
            return values if len(values) == 1 or len(at) == len(values) else values[at]

        inner: NDArray[np.float64] | float = 0.0
        for place, (nest, now) in enumerate(zip(nests, found, strict=True)):
            give = (1 - part(sigma))[:, None] * (nest.cost_share > 0)
            steep = part(nest.elasticity)[:, None] - 1
            spread, total, sold = part(now.spread), part(now.total), part(_sold(nest, now))
            lever = spread / (sold + SCRAP * part(nest.capacity))
            per_weight = part(now.outlay) / total
            flow = part(nest.received) * per_weight[:, None, :] * lever[:, :, None]
            share = (part(nest.weight) / total[:, None, :] * spread[:, :, None]).transpose(0, 2, 1)
            slope = np.matmul(flow * (steep + give)[:, None, :], share)
            diagonal = np.arange(slope.shape[1])
            own = steep * flow.sum(axis=2) + 1 + part(nest.supply_elasticity)[:, None]
            slope[:, diagonal, diagonal] -= own
            inverse = np.linalg.inv(slope)
            self.inverse[place][at] = inverse
            if self.core is not None:
                reach = np.matmul(inverse, flow * give[:, None, :])
                hold = part(now.budget_share)[:, :, None] * share
                inner = inner + np.matmul(hold, reach)
                self.reach[place][at], self.hold[place][at] = reach, hold
        if self.core is not None:
            self.core[at] = np.linalg.inv(np.eye(self.core.shape[1]) - inner)

    def solve(self, excess: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
        """Return the slopes' inverse applied to the excess, (n, J) for each nest."""
        import numpy as np

        own = [np.matmul(inv, each[:, :, None]) for inv, each in zip(self.inverse, excess, strict=True)]
        if self.core is not None:
            held = sum(np.matmul(hold, each) for hold, each in zip(self.hold, own, strict=True))
            through = np.matmul(self.core, held)
            own = [each + np.matmul(reach, through) for each, reach in zip(own, self.reach, strict=True)]
        return [each[:, :, 0] for each in own]
