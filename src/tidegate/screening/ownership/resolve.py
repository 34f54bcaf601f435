"""The 50 percent rule over a graph: who is surely held by listed parties, and who may be.

Both are least fixpoints that start from the listed parties, so a loop of companies that hold each other is nobody's
unless a listed party is among its owners. Shares are fractions: 16.67 and 33.33 percent are 50.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tidegate.screening.ownership.graph import Holding
from tidegate.screening.ownership.rules import HALF

__all__ = ["Resolved", "economic_share", "resolve"]

Above = Mapping[str, tuple[Holding, ...]]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a rule makes of a graph. surely: parties restricted whatever is unknown, with the steps from a listed party.

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
    held_by: dict[str, list[Holding]] = defaultdict(list)
    for holdings in above.values():
        for holding in holdings:
            held_by[holding.owner].append(holding)
    surely: dict[str, int] = {}
    sums: dict[str, Fraction] = defaultdict(Fraction)
    waiting = deque((key, 0) for key in listed)
    while waiting:
        owner, turn = waiting.popleft()
        if owner in surely:
            continue
        surely[owner] = turn
        for holding in held_by[owner]:
            sums[holding.owned] += holding.low
            if sums[holding.owned] >= HALF and holding.owned not in closed:
                waiting.append((holding.owned, turn + 1))
    # What is above nobody's records has owners that nobody tells: the whole of it may be a listed party's.
    others = {key: sum((h.low for h in holdings), Fraction(0)) for key, holdings in above.items()}
    maybe: set[str] = set()
    open_ = deque([*surely, *maybe_listed])
    open_ += (key for key, known in others.items() if 1 - known >= HALF and key not in closed)
    while open_:
        owner = open_.popleft()
        if owner in maybe:
            continue
        maybe.add(owner)
        for holding in held_by[owner]:
            others[holding.owned] -= holding.low
            if 1 - others[holding.owned] >= HALF and holding.owned not in closed:
                open_.append(holding.owned)
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


_DENSE = 1500
"""Parties up to which the equations are solved at once; more are gone through again and again."""


def _solved(above: Above, start: str, fixed: Mapping[str, float]) -> float:
    import numpy as np

    order = {key: index for index, key in enumerate(key for key in above if key == start or key not in fixed)}
    right = np.zeros(len(order))
    edges: list[tuple[int, int, float]] = []
    for key, index in order.items():
        for holding in above[key]:
            # A party that is listed itself counts in full where it holds others, also those above it.
            if holding.owner in fixed:
                right[index] += float(holding.low) * fixed[holding.owner]
            elif holding.owner in order:
                edges.append((index, order[holding.owner], float(holding.low)))
    found = np.full(len(order), np.nan)
    if len(order) <= _DENSE:
        matrix = np.eye(len(order))
        for row, column, share in edges:
            matrix[row, column] -= share
        with contextlib.suppress(np.linalg.LinAlgError):
            found = np.linalg.solve(matrix, right)
    if not np.all(np.isfinite(found)) or found.min() < -1e-9 or found.max() > 1 + 1e-9:
        # Too many, a closed loop that holds all of itself, or shares beyond the whole.
        rows, columns = (np.array([edge[n] for edge in edges], np.int64) for n in (0, 1))
        shares = np.array([edge[2] for edge in edges])
        found = np.zeros(len(order))
        for _ in range(5000):
            after = np.minimum(right + np.bincount(rows, shares * found[columns], len(order)), 1.0)
            done = np.max(np.abs(after - found), initial=0.0) < 1e-12
            found = after
            if done:
                break
    return float(min(max(found[order[start]], 0.0), 1.0))
