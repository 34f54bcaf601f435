"""What a run carries from quarter to quarter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.supply.arrays import Base
from tidegate.supply.draws import Draws
from tidegate.supply.market import Market
from tidegate.supply.path import Path, empty_path
from tidegate.supply.shares import Split, split_flows
from tidegate.supply.unease import news_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.wedges_model import Wedges

__all__ = ["Block"]


@dataclass(slots=True)
class Block:
    """What a run carries from quarter to quarter; n draws. Lists go by good, in the order of the network.

    markets: with the goods that clear together in each. own: capacity of makers other than fabs, (n, J), 1 at the base.
    made, normal_made: experience, (n, J). stock, fabs: (n, I). ordered: (n, T, I), buying on top of normal by the
    quarter of the order; pending: (n, J, I), what of it is not delivered yet. news: of `unease`, (T, J, I).
    covered: (n, I), service coverage of the quarter before.
    """

    base: Base
    wedges: Wedges
    draws: Draws
    off: frozenset[str]
    path: Path
    splits: list[Split]
    demand: list[NDArray[np.float64]]
    supply: list[NDArray[np.float64]]
    markets: list[tuple[Market, list[int]]]
    own: list[NDArray[np.float64]]
    made: list[NDArray[np.float64]]
    normal_made: list[NDArray[np.float64]]
    stock: list[NDArray[np.float64]]
    ordered: list[NDArray[np.float64]]
    pending: list[NDArray[np.float64]]
    news: list[NDArray[np.float64]]
    fabs: NDArray[np.float64]
    covered: NDArray[np.float64]

    @classmethod
    def start(cls, base: Base, wedges: Wedges, draws: Draws, off: frozenset[str], detail: bool) -> Block:
        """Return the state before the first quarter."""
        import numpy as np

        count, span, size = draws.count, len(wedges.quarters), len(base.buyers)
        splits, demand, supply = [], [], []
        for one in base.goods:
            path = _broadcast(wedges.demand, one.good.id, (span, size))
            split = split_flows(one, wedges, path, detours="detour" not in off)
            splits.append(split)
            demand.append(path * _noise(draws, one.good.id, base.buyers, span))
            supply.append(_broadcast(wedges.supply, one.good.id, (span, len(one.suppliers))))
        detours = {one.good.id: bool(s.detoured.any()) for one, s in zip(base.goods, splits, strict=True)}
        made = [one.supply * draws.get("experience_quarters", one.good.id)[:, None] for one in base.goods]
        return cls(
            base=base,
            wedges=wedges,
            draws=draws,
            off=off,
            path=empty_path(base, wedges.quarters, count, detours, detail),
            splits=splits,
            demand=demand,
            supply=supply,
            markets=_markets(base),
            own=[np.ones((count, len(one.suppliers))) for one in base.goods],
            made=made,
            normal_made=[each.copy() for each in made],
            stock=[np.zeros((count, size)) for _ in base.goods],
            ordered=[np.zeros((count, span, size)) for _ in base.goods],
            pending=[np.zeros((count, *one.shares.shape)) for one in base.goods],
            news=news_of(base, splits),
            fabs=np.ones((count, size)),
            covered=np.ones((count, size)),
        )


def _markets(base: Base) -> list[tuple[Market, list[int]]]:
    """Goods bought out of fixed budgets have markets of their own; inputs of users clear together."""
    together = [place for place, one in enumerate(base.goods) if one.cost_share.any()]
    alone = [[place] for place in range(len(base.goods)) if place not in together]
    return [(Market(), places) for places in ([together] if together else []) + alone]


def _broadcast(
    paths: Mapping[str, NDArray[np.float64]], good: str, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """A multiplier path, or ones."""
    import numpy as np

    return np.array(np.broadcast_to(paths[good], shape)) if good in paths else np.ones(shape)


def _noise(draws: Draws, good: str, buyers: tuple[str, ...], span: int) -> NDArray[np.float64]:
    """Multiplier of demand about the cycle, (n, T, I): log-normal, persistent, partly common to all buyers.

    The base year is known: what is not known grows from the first quarter on to its full size.
    """
    import numpy as np

    size = draws.get("demand_noise", good)
    if draws.seed is None or not size.any():
        return np.ones((draws.count, 1, 1))
    common = draws.get("demand_noise_common", good)[:, None, None]
    kept = draws.get("demand_noise_persistence", good)[:, None]
    world = draws.noise(good, span)[:, :, None]
    each = np.stack([draws.noise(f"{good}:{buyer}", span) for buyer in buyers], axis=2)
    shock = np.sqrt(common) * world + np.sqrt(1 - common) * each
    before = np.zeros_like(shock[:, 0])
    for quarter in range(span):
        before = kept * before + np.sqrt(1 - kept**2) * shock[:, quarter]
        shock[:, quarter] = before
    return np.asarray(np.exp(size[:, None, None] * shock))
