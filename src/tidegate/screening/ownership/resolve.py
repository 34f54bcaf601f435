"""The 50 percent rule over a graph: who is surely held by listed parties, and who may be.

Both are least fixpoints that start from the listed parties, so a loop of companies that hold each other is nobody's
unless a listed party is among its owners. Shares are fractions: 16.67 and 33.33 percent are 50.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tidegate.screening.ownership.graph import Holding
from tidegate.screening.ownership.rules import HALF

__all__ = ["Resolved", "economic_share", "resolve"]

Above = Mapping[str, tuple[Holding, ...]]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a rule makes of a graph. surely: parties restricted whatever is unknown, with the round that found them.

    maybe: parties that are restricted under some way to fill what is unknown, `surely` among them.
    """

    surely: Mapping[str, int]
    maybe: frozenset[str]

    def share(self, holdings: tuple[Holding, ...]) -> tuple[Fraction, Fraction]:
        """Return what restricted parties hold together: at least, and at most."""
        least = sum((h.low for h in holdings if h.owner in self.surely), Fraction(0))
        others = sum((h.low for h in holdings if h.owner not in self.maybe), Fraction(0))
        # Whatever no unrestricted party is known to hold may be a restricted one's.
        return min(least, Fraction(1)), max(min(least, Fraction(1)), 1 - min(others, Fraction(1)))


def resolve(
    above: Above, listed: Collection[str], maybe_listed: Collection[str], closed: Collection[str]
) -> Resolved:
    """Return who is restricted, surely and perhaps.

    above: the holdings of every party that matters, by owned party. listed: parties that the rule counts.
    maybe_listed: parties of which it is open whether they are listed. closed: parties that nobody owns (persons,
    states, a free float).
    """
    surely = dict.fromkeys(listed, 0)
    changed, turn = True, 0
    while changed:
        changed, turn = False, turn + 1
        before = frozenset(surely)
        for key, holdings in above.items():
            if key in surely or key in closed:
                continue
            if sum((h.low for h in holdings if h.owner in before), Fraction(0)) >= HALF:
                surely[key] = turn
                changed = True
    maybe = set(surely) | set(maybe_listed)
    # What is above nobody's records has owners that nobody tells: 1 minus nothing is enough.
    changed = True
    while changed:
        changed = False
        for key, holdings in above.items():
            if key in maybe or key in closed:
                continue
            others = sum((h.low for h in holdings if h.owner not in maybe), Fraction(0))
            if 1 - others >= HALF:
                maybe.add(key)
                changed = True
    return Resolved(surely, frozenset(maybe))


def economic_share(
    above: Above, start: str, listed: Collection[str], closed: Collection[str]
) -> tuple[float, float]:
    """Return the share of a party that listed parties hold by multiplying along every chain: at least, at most.

    A linear system, one equation a party: what is held of it is the sum over its owners of share times what is held of
    the owner, one for a listed owner. No rule asks for it; it tells an analyst how far the rule reaches.
    """
    least = _solved(above, start, dict.fromkeys(listed, 1.0))
    fixed = dict.fromkeys(closed, 1.0) | dict.fromkeys(listed, 0.0)
    clean = _solved(above, start, fixed)
    return least, max(least, 1.0 - clean)


def _solved(above: Above, start: str, fixed: Mapping[str, float]) -> float:
    import numpy as np

    order = {key: index for index, key in enumerate(key for key in above if key == start or key not in fixed)}
    matrix, right = np.eye(len(order)), np.zeros(len(order))
    for key, index in order.items():
        for holding in above[key]:
            if holding.owner in fixed and holding.owner != start:
                right[index] += float(holding.low) * fixed[holding.owner]
            elif holding.owner == start and start in fixed:
                right[index] += float(holding.low) * fixed[start]
            elif holding.owner in order:
                matrix[index, order[holding.owner]] -= float(holding.low)
    try:
        found = np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        found = np.full(len(order), np.nan)
    if not np.all(np.isfinite(found)) or found.min() < -1e-9 or found.max() > 1 + 1e-9:
        # A closed loop that holds all of itself, or shares that add up to more than the whole.
        steps, found = np.eye(len(order)) - matrix, np.zeros(len(order))
        for _ in range(2000):
            found = np.minimum(right + steps @ found, 1.0)
    return float(min(max(found[order[start]], 0.0), 1.0))
