"""What a run gives: prices, quantities, stocks and capacity, quarter by quarter, for a block of draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.arrays import Base, GoodBase

__all__ = ["GoodPath", "Path", "empty_path"]


@dataclass(frozen=True, slots=True)
class GoodPath:
    """One good; n draws, T quarters, J suppliers, I buyers. Values in billion USD a quarter, prices 1 at the base.

    price: (n, T, J). receipts: (n, T, J), what suppliers receive. index: (n, T, I), price index P of the buyers.
    outlay: (n, T, I). used: (n, T, I), what users use against normal. stock: (n, T, I), at the end of the quarter,
    in quarters of base use. bought: (n, T, I), in the same unit. normal: (n, T, I), the demand multiplier.
    legal, detour: (n, T, J, I), receipts for what was sold to the buyer openly and through hubs; None unless asked
    for, and detour also None where nothing is detoured. workaround: (n, T, I), outlay on doing without.
    elasticity, markup: (n, T). seizure: (n,).
    """

    base: GoodBase
    price: NDArray[np.float64]
    receipts: NDArray[np.float64]
    index: NDArray[np.float64]
    outlay: NDArray[np.float64]
    used: NDArray[np.float64]
    stock: NDArray[np.float64]
    bought: NDArray[np.float64]
    normal: NDArray[np.float64]
    workaround: NDArray[np.float64]
    elasticity: NDArray[np.float64]
    markup: NDArray[np.float64]
    seizure: NDArray[np.float64]
    legal: NDArray[np.float64] | None = None
    detour: NDArray[np.float64] | None = None

    @property
    def made(self) -> NDArray[np.float64]:
        """Quantity sold by each supplier, (n, T, J), in base billion USD."""
        return self.receipts / self.price

    @property
    def seized(self) -> NDArray[np.float64]:
        """Quantity seized on its way to each buyer, (n, T, I); needs the detailed record."""
        import numpy as np

        if self.detour is None:
            return np.zeros_like(self.index)
        shipped = (self.detour / self.price[..., None]).sum(axis=2)
        return np.asarray(shipped * self.seizure[:, None, None])


@dataclass(frozen=True, slots=True)
class Path:
    """A run. goods: by id. output: (n, T, I), ln Y of users. capacity: (n, T, I), fabs of the country, 1 at the base.

    tools: (n, T, I), index V of tools put to use. coverage, decay: (n, T, I), of service and of capacity.
    hub_shares: (n, T, hubs). booked_share: (n,), of the leg from hub to user that customs write down.
    levies: country -> (n, T), tariffs and cuts of revenue it receives.
    """

    base: Base
    quarters: tuple[str, ...]
    goods: Mapping[str, GoodPath]
    output: NDArray[np.float64]
    capacity: NDArray[np.float64]
    tools: NDArray[np.float64]
    coverage: NDArray[np.float64]
    decay: NDArray[np.float64]
    hub_shares: NDArray[np.float64]
    booked_share: NDArray[np.float64]
    levies: dict[str, NDArray[np.float64]]


def empty_path(
    base: Base, quarters: tuple[str, ...], count: int, detours: Mapping[str, bool], detail: bool
) -> Path:
    """Return a path to be filled. detours: good -> whether any of its flows goes round. detail: record pairs."""
    import numpy as np

    span, size = len(quarters), len(base.buyers)

    def room(*shape: int) -> NDArray[np.float64]:
        return np.zeros((count, span, *shape))

    goods = {}
    for one in base.goods:
        makers = len(one.suppliers)
        goods[one.good.id] = GoodPath(
            base=one,
            price=room(makers),
            receipts=room(makers),
            index=room(size),
            outlay=room(size),
            used=room(size),
            stock=room(size),
            bought=room(size),
            normal=room(size),
            workaround=room(size),
            elasticity=room(),
            markup=room(),
            seizure=np.zeros(count),
            legal=room(makers, size) if detail else None,
            detour=room(makers, size) if detail and detours[one.good.id] else None,
        )
    return Path(
        base=base,
        quarters=quarters,
        goods=goods,
        output=room(size),
        capacity=room(size),
        tools=room(size),
        coverage=room(size),
        decay=room(size),
        hub_shares=room(len(base.hubs)),
        booked_share=np.zeros(count),
        levies={},
    )
