"""Entries for a party: by its exact names and numbers, or by names that are near, with the word of how sure it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from tidegate.dates import Day
from tidegate.screening.aliases import catalog_names
from tidegate.screening.answer import Cleared
from tidegate.screening.screener import Screener
from tidegate.sources.listing import Entry, PartyList
from tidegate.sources.stakes import key_of

__all__ = ["SHIPPED", "ExactFinder", "Finder", "Found", "NearFinder", "SettledFinder", "codes_covered"]

SHIPPED = "shipped"
"""Layout of the list that ships: some parties of several lists, so that what is not on it may be on them."""


def codes_covered(lists: Iterable[PartyList]) -> Mapping[str, Day | None]:
    """Return the codes of lists of which some file is a whole copy, each with the day of the last such file."""
    found: dict[str, Day | None] = {}
    for list_ in lists:
        if list_.layout == SHIPPED:
            continue
        for code in {code for entry in list_.entries for code in entry.list.split(";")}:
            days = [day for day in (found.get(code), list_.as_of) if day]
            found[code] = max(days, default=None)
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that a party may be. is_sure: the same name or number; else somebody has to look at it.

    score: 0 to 1. how: what agrees, in words.
    """

    entry: Entry
    list_: PartyList
    score: float
    how: str
    is_sure: bool


class Finder(Protocol):
    """Finds the entries of a party. finds_spellings: whether nothing found means that nothing near is listed."""

    @property
    def lists(self) -> Sequence[PartyList]:
        """The lists that are searched."""
        ...

    @property
    def finds_spellings(self) -> bool:
        """Whether a name spelled another way is found."""
        ...

    @property
    def covers(self) -> Mapping[str, Day | None]:
        """The codes of lists that are searched whole, each with its day: who is not found is not on them."""
        ...

    def __call__(self, names: Iterable[str], identifiers: Iterable[tuple[str, str]] = ()) -> Sequence[Found]:
        """Return the entries that a party of these names and numbers may be, the surest first."""
        ...


class ExactFinder:
    """Finds entries by their names as they are written, letters and digits alone, and by identifiers."""

    finds_spellings = False

    def __init__(self, lists: Sequence[PartyList]) -> None:
        self.lists: Sequence[PartyList] = tuple(lists)
        self.covers = codes_covered(self.lists)
        self._named: Mapping[str, dict[int, tuple[Entry, PartyList]]] = defaultdict(dict)
        self._numbered: Mapping[tuple[str, str], dict[int, tuple[Entry, PartyList]]] = defaultdict(dict)
        for list_ in self.lists:
            for entry in list_.entries:
                for name in (entry.name, *entry.aliases):
                    self._named[key_of(name)][id(entry)] = (entry, list_)
                for kind, value in entry.identifiers:
                    self._numbered[kind, _number(value)][id(entry)] = (entry, list_)

    def __call__(self, names: Iterable[str], identifiers: Iterable[tuple[str, str]] = ()) -> Sequence[Found]:
        """Return the entries of these names and numbers."""
        found: dict[int, Found] = {}
        for kind, value in identifiers:
            for own, (entry, list_) in self._numbered.get((kind, _number(value)), {}).items():
                found.setdefault(own, Found(entry, list_, 1.0, f"the same {kind} {value}", True))
        for name in names:
            for own, (entry, list_) in self._named.get(key_of(name), {}).items() if key_of(name) else ():
                found.setdefault(own, Found(entry, list_, 1.0, f"the same name '{name}'", True))
        return tuple(found.values())


_ACRONYM = 5
"""Letters up to which a name is taken for an acronym."""


class NearFinder:
    """Finds entries by names that are near as well, by way of a `Screener`; what is merely near is not sure."""

    finds_spellings = True

    def __init__(self, lists: Sequence[PartyList], screener: Screener | None = None) -> None:
        self.lists: Sequence[PartyList] = tuple(lists)
        self._exact = ExactFinder(lists)
        self.covers = self._exact.covers
        entries = [entry for list_ in self.lists for entry in list_.entries]
        self._screener = screener or Screener(self.lists, further=catalog_names(entries))
        self._list_of = {id(entry): list_ for list_ in self.lists for entry in list_.entries}

    def __call__(self, names: Iterable[str], identifiers: Iterable[tuple[str, str]] = ()) -> Sequence[Found]:
        """Return the entries of these names and numbers, and those whose names are near."""
        asked = tuple(names)
        found = {id(hit.entry): hit for hit in self._exact(asked, identifiers)}
        near: dict[int, Found] = {}
        # 'SMIC' is near 'SAMC'; where the full name is known too, an acronym has to be the same.
        for name in [name for name in asked if len(key_of(name)) > _ACRONYM] or asked:
            for match in self._screener.matches(name):
                entry = self._screener.entry(match)
                held = near.get(id(entry))
                if id(entry) not in found and (held is None or held.score < match.score):
                    how = f"'{name}' is near its name '{match.name}'"
                    near[id(entry)] = Found(entry, self._list_of[id(entry)], match.score, how, False)
        return (*found.values(), *sorted(near.values(), key=lambda hit: -hit.score))


class SettledFinder:
    """Finds what another finder finds, but for hits that a person has settled: cleared ones are left out, confirmed ones
    are sure.

    settled: what was decided of a name and an entry, if anything; a decision about an entry as it was before counts for
    nothing.
    """

    def __init__(self, find: Finder, settled: Callable[[str, Entry], Cleared | None]) -> None:
        self._find, self._settled = find, settled
        self.lists, self.covers, self.finds_spellings = find.lists, find.covers, find.finds_spellings

    def __call__(self, names: Iterable[str], identifiers: Iterable[tuple[str, str]] = ()) -> Sequence[Found]:
        """Return the entries that are left, those confirmed as sure."""
        asked = tuple(names)
        left = []
        for hit in self._find(asked, identifiers):
            said = [word for name in asked if (word := self._settled(name, hit.entry)) and not word.changed]
            last = max(said, key=lambda word: word.at, default=None)
            if last is None:
                left.append(hit)
            elif last.verdict == "confirmed":
                how = f"{hit.how}, confirmed by {last.who} on {last.at:%Y-%m-%d}"
                left.append(replace(hit, is_sure=True, how=how))
        return (*(hit for hit in left if hit.is_sure), *(hit for hit in left if not hit.is_sure))


def _number(value: str) -> str:
    # 'P123 (IR)' carries the country that issued it.
    return key_of(value.partition(" (")[0]).replace(" ", "")
