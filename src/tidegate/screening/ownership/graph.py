"""Who holds what of whom on a day, out of any number of owner files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from tidegate.dates import Day
from tidegate.sources.stakes import Holder, OwnerFile, Stake, key_of

__all__ = ["Holding", "Owners"]

WHOLE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Holding:
    """What one party holds of another on a day. low, high: bounds of the share, over all files that tell of it."""

    owner: str
    owned: str
    low: Fraction
    high: Fraction
    stakes: tuple[Stake, ...]

    @property
    def is_exact(self) -> bool:
        """Whether every file gives one and the same share."""
        return self.low == self.high


@dataclass(frozen=True)
class Owners:
    """A graph of owners. files: what it was read from, in order.

    Parties of two files are one where they bear the same LEI, or where plain CSV files call them the same.
    """

    files: tuple[OwnerFile, ...]

    @classmethod
    def of(cls, *files: OwnerFile) -> Owners:
        """Return the graph of some owner files."""
        return cls(tuple(files))

    @cached_property
    def _same(self) -> Mapping[str, str]:
        """The first key of a party, by each other key that bears the same LEI in some file."""
        by_lei: dict[str, str] = {}
        found: dict[str, str] = {}
        for file in self.files:
            for key, holder in file.holders.items():
                for kind, value in holder.identifiers:
                    if kind == "lei":
                        first = by_lei.setdefault(value.strip().upper(), found.get(key, key))
                        if first != key:
                            found[key] = first
        return found

    def _key(self, key: str) -> str:
        seen = {key}
        while (other := self._same.get(key)) is not None and other not in seen:
            seen.add(key := other)
        return key

    @cached_property
    def holders(self) -> Mapping[str, Holder]:
        """Every party by key; of two files, the first that tells a name, kind, country or number."""
        found: dict[str, Holder] = {}
        for file in self.files:
            for own, holder in file.holders.items():
                key = self._key(own)
                known = found.get(key)
                if (
                    known is not None
                    and (known.name == key or _is_lei(known.name))
                    and not _is_lei(holder.name)
                ):
                    known = replace(known, name=holder.name)
                found[key] = replace(holder, key=key) if known is None else Holder(
                    key, known.name if known.name != key else holder.name, known.kind or holder.kind,
                    known.country or holder.country, (*known.identifiers, *holder.identifiers),
                )  # fmt: skip
        return found

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for key, holder in self.holders.items():
            for text in (holder.key, holder.name, *(value for _, value in holder.identifiers)):
                if name := key_of(text):
                    found[name][key] = None
        return {name: tuple(keys) for name, keys in found.items()}

    def keys(self, *names: str) -> tuple[str, ...]:
        """Return the keys of the parties that bear one of some names or numbers, spelled in any case."""
        found = (key for name in names for key in self._by_name.get(key_of(name), ()))
        return tuple(dict.fromkeys(found))

    @cached_property
    def _of_owned(self) -> Mapping[str, tuple[tuple[int, Stake], ...]]:
        found: dict[str, list[tuple[int, Stake]]] = defaultdict(list)
        for index, file in enumerate(self.files):
            for stake in file.stakes:
                owner, owned = self._key(stake.owner), self._key(stake.owned)
                if (owner, owned) != (stake.owner, stake.owned):
                    stake = replace(stake, owner=owner, owned=owned)
                found[owned].append((index, stake))
        return {owned: tuple(stakes) for owned, stakes in found.items()}

    def holdings(self, owned: str, on: Day) -> tuple[Holding, ...]:
        """Return what each owner of a party holds of it on a day, the largest first; what it holds of itself is none.

        Where two sources differ, the bounds are those of both. A stake of which no share is told adds nothing to one
        that is told.
        """
        told: dict[str, dict[tuple[int, str | None], list[Stake]]] = defaultdict(lambda: defaultdict(list))
        for index, stake in self._of_owned.get(owned, ()):
            if stake.owner != owned and stake.holds(on):
                told[stake.owner][index, stake.source].append(stake)
        found = [_merged(owner, owned, list(groups.values())) for owner, groups in told.items()]
        return tuple(sorted(found, key=lambda holding: (-holding.low, -holding.high, holding.owner)))

    def ever(self, owned: str) -> tuple[str, ...]:
        """Return who ever held anything of a party, whatever the day."""
        return tuple(dict.fromkeys(stake.owner for _, stake in self._of_owned.get(owned, ())))

    def above(self, start: str, on: Day) -> Mapping[str, tuple[Holding, ...]]:
        """Return the holdings of a party and of everybody above it in the chain of owners, by owned party."""
        found: dict[str, tuple[Holding, ...]] = {}
        waiting = [start]
        while waiting:
            key = waiting.pop()
            if key in found:
                continue
            found[key] = self.holdings(key, on)
            waiting += [holding.owner for holding in found[key]]
        return found

    def days(self) -> tuple[Day, ...]:
        """Return the days on which a stake begins or ends, in order."""
        days = {day for file in self.files for stake in file.stakes for day in (stake.starts, stake.ends)}
        return tuple(sorted(day for day in days if day))

    def name(self, key: str) -> str:
        """Return what a party is called."""
        holder = self.holders.get(key)
        return holder.name if holder else key


def _is_lei(name: str) -> bool:
    return re.fullmatch("[A-Z0-9]{18}[0-9]{2}", name) is not None


def _merged(owner: str, owned: str, groups: Iterable[list[Stake]]) -> Holding:
    kept = list(groups)
    stakes = tuple(stake for group in kept for stake in group)
    bounds = []
    for group in kept:
        own = [stake for stake in group if not (stake.low == 0 and stake.high == WHOLE)]
        if own:
            # Two stakes in one source are parts of a whole, or one of them told twice.
            bounds.append((max(s.low for s in own), min(WHOLE, sum((s.high for s in own), Fraction(0)))))
    low = min((low for low, _ in bounds), default=Fraction(0))
    high = max((high for _, high in bounds), default=WHOLE)
    return Holding(owner, owned, low, high, stakes)
