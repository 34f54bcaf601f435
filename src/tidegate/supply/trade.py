"""Who sold what to whom, which way, and what the customs of each country would have written down.

Values are at the maker's price, what the maker receives, unless said otherwise. A detoured sale leaves the maker's
country for a hub as an ordinary export; the hub's markup is its own earning; of the last leg customs see a share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.path import GoodPath, Path

__all__ = ["balance", "countries", "recorded_trade", "sold"]


def sold(path: GoodPath) -> NDArray[np.float64]:
    """Return receipts of each supplier from each buyer, either way, (n, T, J, I).

    Raises: BadInputError: if the run did not record pairs.
    """
    if path.legal is None:
        raise BadInputError(f"trade of {path.base.good.id} by pair was not recorded: run with detail=True.")
    return path.legal if path.detour is None else path.legal + path.detour


def countries(path: Path) -> tuple[str, ...]:
    """Return every country that buys, makes or is gone through, in alphabetical order."""
    makers = {supplier.country for good in path.goods.values() for supplier in good.base.suppliers}
    return tuple(sorted({*path.base.buyers, *makers, *path.base.hubs}))


def balance(path: Path, country: str, good: str | None = None) -> NDArray[np.float64]:
    """Return exports less imports of a country, (n, T), billion USD a quarter; of one good or of all.

    Imports through hubs cost their markup, which the hubs earn; over all countries balances add up to zero where
    the network names hubs. Tariffs and cuts of revenue stay within a country and are not in it.
    """
    import numpy as np

    total = np.zeros(path.output.shape[:2])
    for name, one in path.goods.items():
        if good is not None and name != good:
            continue
        pairs = sold(one)
        made_here = np.array([supplier.country == country for supplier in one.base.suppliers])
        used_here = np.array([buyer == country for buyer in path.base.buyers])
        exports = pairs[:, :, made_here][:, :, :, ~used_here].sum(axis=(2, 3))
        imports = pairs[:, :, ~made_here][:, :, :, used_here].sum(axis=(2, 3))
        total += exports - imports
        if one.detour is not None:
            rents = one.detour.sum(axis=2) * one.markup[:, :, None]
            total -= rents[:, :, used_here].sum(axis=2)
            if country in path.base.hubs:
                total += rents.sum(axis=2) * path.hub_shares[:, :, path.base.hubs.index(country)]
    return total


def recorded_trade(path: Path, good: str) -> dict[tuple[str, str], NDArray[np.float64]]:
    """Return what customs would have on record for a good: (exporter, importer) -> (n, T), billion USD a quarter.

    Sales within a country are left out. Detoured sales appear as exports of the maker's country to the hubs, in full,
    and as exports of the hubs to the user, at the user's price, for `path.booked_share` of what arrives. Without hubs in
    the network they do not appear at all.
    """
    import numpy as np

    one = path.goods[good]
    pairs = sold(one) if one.detour is None else one.legal
    assert pairs is not None
    table: dict[tuple[str, str], NDArray[np.float64]] = {}

    def add(exporter: str, importer: str, values: NDArray[np.float64]) -> None:
        if exporter != importer and values.any():
            table[exporter, importer] = table.get((exporter, importer), np.zeros(values.shape)) + values

    for row, supplier in enumerate(one.base.suppliers):
        for column, buyer in enumerate(path.base.buyers):
            add(supplier.country, buyer, pairs[:, :, row, column])
            if one.detour is None:
                continue
            shipped = one.detour[:, :, row, column]
            for place, hub in enumerate(path.base.hubs):
                leg = shipped * path.hub_shares[:, :, place]
                add(supplier.country, hub, leg)
                # The user pays p (1 + k) / (1 - r) for each unit that arrives: p (1 + k) for each shipped.
                add(hub, buyer, path.booked_share[:, None] * leg * (1 + one.markup))
    return table
