"""How rare an item or a party is among the measures of a ledger."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.ledger import Ledger

__all__ = ["Rarity"]

MOST_ITEM = 2.5
MOST_PARTY = 3.0
LEAST = 0.5
"""What the commonest item or party still counts for."""


@dataclass(frozen=True, eq=False, slots=True)
class Rarity:
    """Logarithms of one over the share of measures that name a thing, less one, within bounds.

    total: measures counted. items, parties: how many of them name each.
    """

    total: int
    items: Mapping[str, int]
    parties: Mapping[str, int]

    @classmethod
    def of(cls, ledger: Ledger) -> Rarity:
        """Return the rarities of a ledger."""
        items: Counter[str] = Counter()
        parties: Counter[str] = Counter()
        for measure in ledger:
            items.update(set(measure.items))
            parties.update(set(measure.parties))
        return cls(max(len(ledger), 1), items, parties)

    def item(self, name: str) -> float:
        """Return how rare an item is, from 0.5 to 2.5."""
        return self._rarity(self.items.get(name, 0), MOST_ITEM)

    def party(self, name: str) -> float:
        """Return how rare a party is, from 0.5 to 3."""
        return self._rarity(self.parties.get(name, 0), MOST_PARTY)

    def _rarity(self, count: int, most: float) -> float:
        return min(most, max(LEAST, math.log(self.total / max(1, count)) - 1))
