"""Screening: a name, with what else is known of the party, held against lists on a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from tidegate.dates import Day
from tidegate.errors import BadInputError
from tidegate.screening.aliases import catalog_names
from tidegate.screening.answer import Evidence, Hit, ListAge, Screening, list_age
from tidegate.screening.compare import Factors
from tidegate.screening.screener import THRESHOLD, Match, Screener
from tidegate.screening.words import LONGEST, words_of, words_once
from tidegate.sources.listing import Entry, PartyList

__all__ = ["MOST_HITS", "Lists"]

MOST_HITS = 10
"""Hits that one answer gives; it says how many more there are."""

SAME_COUNTRY = 0.1
"""The share of what is missing to 1 that an equal country adds."""

OTHER_COUNTRY = 0.9
"""What a score is multiplied by where the countries are known and differ."""

_NEIGHBOURS = frozenset(("CN", "HK", "MO"))
"""Addresses that one firm has side by side, so that one for another says nothing."""

_NOT_IDENTIFIERS = frozenset(("ofac", "un", "tidegate"))
"""Numbers of entries in a publisher's books: nobody's identity papers show them."""

_SIGNS = re.compile(r"[\W_]+")


class Lists:
    """Lists of parties, ready to be asked about any number of names.

    >>> from tidegate.dates import parse_day
    >>> entry = Entry("EL:x", "EL", "BIS", "Jotrin Electronics Ltd.", 1, countries=("CN",))
    >>> lists = Lists([PartyList("Example", "made", (entry,), "0" * 64)])
    >>> [(hit.entry.id, hit.is_open) for hit in lists.screen("Jotrin Elec", on=parse_day("2026-11-21")).hits]
    [('EL:x', True)]
    """

    def __init__(
        self, lists: Sequence[PartyList], *, threshold: float = THRESHOLD, factors: Factors | None = None
    ) -> None:
        """threshold: the score from which on a name is a hit. Raises: BadInputError: if it is not within 0 and 1."""
        if not 0 < threshold <= 1:
            raise BadInputError(
                f"The threshold {threshold} is not within 0 and 1. The shipped one is {THRESHOLD}."
            )
        self.lists = tuple(lists)
        self.threshold = threshold
        entries = [entry for list_ in lists for entry in list_.entries]
        # Names are looked for a little below, as an equal country may lift one over the threshold.
        least = (threshold - SAME_COUNTRY) / (1 - SAME_COUNTRY)
        self._screener = Screener(lists, further=catalog_names(entries), threshold=least, factors=factors)

    def prepare(self) -> None:
        """Make the tables that many queries need, in a second or so; without, they are made when it pays."""
        self._screener.index.prepare()

    def screen(
        self, name: str, *, on: Day, country: str | None = None, identifiers: Iterable[str] = (),
        most: int | None = MOST_HITS,
    ) -> Screening:  # fmt: skip
        """Return the listed parties that a name may be, best first.

        on: entries that had ended by this day or started later are left out. country: ISO 3166-1 alpha-2 of the party;
        a different one lowers a score, the same one lifts it. identifiers: of the party (IMO number, registration,
        tax or passport number, LEI); an equal one decides, whatever the name. most: hits to give; None: all.
        """
        numbers = tuple(identifiers)
        hits = _together([hit for hit in self._ever(name, country, numbers) if _stands(hit.entry, on)])
        hits.sort(key=lambda hit: (-hit.score, hit.entry.list, hit.entry.id))
        given = hits if most is None else hits[:most]
        return Screening(
            name, on, tuple(given), self.ages(on), self.threshold, country, numbers, len(hits) - len(given), _note(name)
        )  # fmt: skip

    def turns(
        self, name: str, *, country: str | None = None, identifiers: Iterable[str] = ()
    ) -> tuple[Day, ...]:
        """Return the days on which a party that the name may be goes on a list or off one, oldest first."""
        hits = self._ever(name, country, tuple(identifiers))
        days = {day for hit in hits for day in (hit.entry.starts, hit.entry.ends) if day is not None}
        return tuple(sorted(days))

    def _ever(self, name: str, country: str | None, numbers: tuple[str, ...]) -> list[Hit]:
        """The hits of any day."""
        found: dict[int, Hit] = {}
        for at, number in self._identified(numbers):
            entry = self._screener.index.entries[at]
            found[at] = Hit(
                entry, 1.0, entry.name, "identifier", None, Evidence(_country(country, entry), number)
            )
        for match in self._screener.matches(name):
            hit = self._hit(match, country, found.get(match.owner))
            if hit.score >= self.threshold:
                found[match.owner] = hit
        return list(found.values())

    def screen_all(
        self,
        queries: Iterable[tuple[str, str | None, Sequence[str]]],
        *,
        on: Day,
        most: int | None = MOST_HITS,
    ) -> Iterator[Screening]:
        """Yield the answer to each query: name, country, identifiers."""
        for name, country, identifiers in queries:
            yield self.screen(name, on=on, country=country, identifiers=identifiers, most=most)

    def ages(self, on: Day) -> tuple[ListAge, ...]:
        """Return how old each list is on a day."""
        if self._aged is None or self._aged[0] != on:
            self._aged = (on, tuple(list_age(list_, on) for list_ in self.lists))
        return self._aged[1]

    _aged: tuple[Day, tuple[ListAge, ...]] | None = None

    def _hit(self, match: Match, country: str | None, identified: Hit | None) -> Hit:
        entry = self._screener.entry(match)
        evidence = _country(country, entry)
        score = match.score
        if identified is not None:
            return replace(
                identified, matched=match.name, matched_as=match.source, comparison=match.comparison
            )
        if evidence == "same":
            score += (1.0 - score) * SAME_COUNTRY
        elif evidence == "differs":
            score *= OTHER_COUNTRY
        return Hit(entry, score, match.name, match.source, match.comparison, Evidence(evidence))

    def _identified(self, numbers: Sequence[str]) -> Iterator[tuple[int, str]]:
        for number in numbers:
            for at in self._numbers.get(_bare(number), ()):
                yield at, number

    @cached_property
    def _numbers(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for at, entry in enumerate(self._screener.index.entries):
            for kind, value in entry.identifiers:
                if kind not in _NOT_IDENTIFIERS and len(bare := _bare(value)) > 4:
                    found.setdefault(bare, []).append(at)
        return found


def _note(name: str) -> str | None:
    if not words_once(words_of(name)):
        return "The name has no word to compare."
    return f"Only the first {LONGEST} letters of the name were compared." if len(name) > LONGEST else None


def _bare(number: str) -> str:
    return _SIGNS.sub("", number).upper().removeprefix("IMO").removeprefix("LEI")


def _country(country: str | None, entry: Entry) -> str:
    if not country or not entry.countries:
        return "unknown"
    if country in entry.countries:
        return "same"
    if country in _NEIGHBOURS and not _NEIGHBOURS.isdisjoint(entry.countries):
        return "unknown"
    return "differs"


def _stands(entry: Entry, on: Day) -> bool:
    return not (
        (entry.starts is not None and on < entry.starts) or (entry.ends is not None and on >= entry.ends)
    )


def _together(hits: list[Hit]) -> list[Hit]:
    """Put entries of one name on one list into one hit: a list gives a row for each address or order."""
    by_name: dict[tuple[str, str], Hit] = {}
    for hit in sorted(hits, key=lambda hit: (-hit.score, hit.entry.row)):
        key = (hit.entry.list, _SIGNS.sub(" ", hit.entry.name).casefold().strip())
        first = by_name.get(key)
        if first is None:
            by_name[key] = hit
        else:
            by_name[key] = replace(first, also=(*first.also, hit.entry.id))
    return list(by_name.values())
