"""The columns of a transaction that lists and owners tell: who is listed, and how much of whom listed parties hold.

`licensing` decides over columns and knows no names. Here the end user's name is looked up, by whatever finder the caller
hands over, and the columns are filled as far as lists and owner files go. What they do not tell stays NULL, with the
reason. A fact that the user gave stays as given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tidegate.catalog import load_catalog
from tidegate.dates import Day
from tidegate.licensing.logic import Value
from tidegate.screening.answer import Cleared
from tidegate.screening.finding import Finder, Found, NearFinder, SettledFinder
from tidegate.screening.ownership import BIS_AFFILIATES, CN_AFFILIATES, Owners, Ownership, ownership_of
from tidegate.screening.ownership.rules import is_listed_on
from tidegate.screening.shipped import shipped_list
from tidegate.sources.listing import Entry, PartyList
from tidegate.sources.stakes import OwnerFile

__all__ = ["FLAGS", "Filled", "Parties", "parties_of"]

Settled = Callable[[str, Entry], Cleared | None]
"""Tells what people decided about a name and an entry."""

FLAGS: Mapping[str, str] = {
    "end_user_us_listed": "EL",
    "end_user_us_military_listed": "MEU",
    "end_user_cn_listed": "CN-ECL",
    "end_user_cn_attention": "CN-AL",
    "end_user_cn_unreliable": "CN-UEL",
    "end_user_jp_listed": "JP-EUL",
    "end_user_tw_listed": "TW-SHTC",
}
"""The list that each column is about."""

_FOOTNOTES = frozenset(("1", "3", "4", "5"))
"""Footnotes of the Entity List that bring a foreign-direct-product rule; 2 is about standards."""

_RULES = (BIS_AFFILIATES, CN_AFFILIATES)


@dataclass(frozen=True)
class Filled:
    """What lists and owners tell of a transaction.

    facts: values by column. origins: where each comes from, in words. open: why a column that was asked stays NULL.
    hits: entries that the end user is or may be. ownership: the answers on who owns it, one a rule.
    lists: each list looked at, with its day where it has one.
    """

    facts: Mapping[str, Value] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    open: Mapping[str, str] = field(default_factory=dict)
    hits: tuple[Found, ...] = ()
    ownership: tuple[Ownership, ...] = ()
    lists: tuple[tuple[str, Day | None], ...] = ()

    def row(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "facts": dict(self.facts), "origins": dict(self.origins), "open": dict(self.open),
            "hits": [
                {"list": hit.entry.list, "id": hit.entry.id, "name": hit.entry.name, "score": round(hit.score, 3),
                 "sure": hit.is_sure, "how": hit.how, "list_of": hit.list_.as_of and hit.list_.as_of.isoformat(),
                 "digest": hit.list_.digest} for hit in self.hits
            ],
            "ownership": [answer.about() | {"steps": [step.row() for step in answer.steps]} for answer in self.ownership],
            "lists": [{"title": title, "as_of": day and day.isoformat()} for title, day in self.lists],
        }  # fmt: skip


def parties_of(lists: Sequence[PartyList], owners: Sequence[OwnerFile] = ()) -> Parties | None:
    """Return lists and owners to look parties up in, the list that ships among them; None where none are given."""
    if not lists and not owners:
        return None
    return Parties(NearFinder([*lists, shipped_list()]), Owners.of(*owners) if owners else None)


@dataclass(frozen=True)
class Parties:
    """Lists and owners to look parties up in. find: by `ExactFinder`, `NearFinder` or another. owners: None where none
    are given: then nothing is said of who owns whom.

    notable: entries shown at most for one name.
    """

    find: Finder
    owners: Owners | None = None
    notable: int = 20

    def heeding(self, settled: Settled) -> Parties:
        """Return the same, but for hits that people settled: cleared ones are left out, confirmed ones are sure."""
        return replace(self, find=SettledFinder(self.find, settled))

    def fill(self, given: Mapping[str, Any], on: Day) -> Filled:
        """Return what lists and owners tell of the end user of a transaction on a day.

        given: facts by column; `end_user` in anybody's words. Columns that are given are left alone.
        """
        name = given.get("end_user")
        lists = tuple((list_.title, list_.as_of) for list_ in self.find.lists)
        if not isinstance(name, str) or not name.strip():
            why = "no end user is named"
            return Filled(open=dict.fromkeys((*FLAGS, *self._columns()), why), lists=lists)
        names, numbers = self.known_as(name)
        hits = tuple(self.find(names, numbers))
        facts: dict[str, Value] = {}
        origins: dict[str, str] = {}
        open_: dict[str, str] = {}
        for column, code in FLAGS.items():
            if _is_given(given, column):
                continue
            value, why = self._flag(code, [hit for hit in hits if code in hit.entry.list.split(";")], on)
            if value is None:
                open_[column] = why
            else:
                facts[column], origins[column] = value, why
        listed = facts.get(
            "end_user_us_listed", _is_given(given, "end_user_us_listed") and not _says_no(given)
        )
        if listed and not _is_given(given, "end_user_us_footnote"):
            self._footnote(hits, on, facts, origins, open_)
        answers = []
        for rule in _RULES if self.owners else ():
            assert rule.column is not None
            if self.owners is None or _is_given(given, rule.column):
                continue
            asked = [("name", text) for text in names[1:]]
            answer = ownership_of(names[0], self.owners, self.find, rule, on, asked)
            answers.append(answer)
            if answer.verdict == "unknown":
                open_[rule.column] = " ".join(answer.because)
            else:
                share = answer.share[0] if answer.verdict == "owned" else answer.share[1]
                facts[rule.column], origins[rule.column] = float(share), answer.because[0]
        return Filled(facts, origins, open_, hits[: self.notable], tuple(answers), lists)

    def known_as(self, name: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """Return the names that a party goes by, the catalog's included, and its id there as a number."""
        found = load_catalog().find_all(name, "party")
        if len(found) != 1:
            return (name,), ()
        party = load_catalog().parties[found[0].id]
        names = tuple(dict.fromkeys((name, party.name, *party.aliases, party.id)))
        return names, (("tidegate", party.id),)

    def _columns(self) -> Iterable[str]:
        return [rule.column for rule in _RULES if rule.column] if self.owners else []

    def _flag(self, code: str, hits: Sequence[Found], on: Day) -> tuple[bool | None, str]:
        """Whether the party is on a list on a day, and the words for it; None where it is open."""
        stands = [(hit, is_listed_on(hit.entry, on, hit.list_.as_of)) for hit in hits]
        for hit, is_on in stands:
            if hit.is_sure and is_on:
                since = f" since {hit.entry.starts}" if hit.entry.starts else ""
                return True, f"on {code}{since}: {hit.entry.name} ({hit.entry.id}, {_of(hit)})"
        for hit, is_on in stands:
            if is_on is False:
                continue
            if hit.is_sure:
                return (
                    None,
                    f"on {code} in {_of(hit)}, which does not tell since when: {hit.entry.name} ({hit.entry.id})",
                )
            return (
                None,
                f"may be {hit.entry.name} on {code} ({hit.entry.id}, score {hit.score:.2f}): settle the hit",
            )
        if code not in self.find.covers:
            return None, f"no list that is given is a whole copy of {code}"
        if not self.find.finds_spellings:
            return None, f"no entry of {code} has exactly this name; other spellings were not looked for"
        day = self.find.covers[code]
        if day and on < day:
            return None, f"not on {code} as of {day}; who had left the list by then is not told"
        return False, f"no name near it on {code}{f' as of {day}' if day else ''}"

    def _footnote(
        self,
        hits: Sequence[Found],
        on: Day,
        facts: dict[str, Value],
        origins: dict[str, str],
        open_: dict[str, str],
    ) -> None:
        numbers = {
            number: hit
            for hit in hits
            if hit.is_sure
            and "EL" in hit.entry.list.split(";")
            and is_listed_on(hit.entry, on, hit.list_.as_of)
            for number in hit.entry.footnotes
            if number in _FOOTNOTES
        }
        if len(numbers) == 1:
            [(number, hit)] = numbers.items()
            facts["end_user_us_footnote"] = float(number)
            origins["end_user_us_footnote"] = (
                f"footnote {number} of {hit.entry.name} ({hit.entry.id}, {_of(hit)})"
            )
        elif numbers:
            open_["end_user_us_footnote"] = (
                f"entries of that name bear footnotes {', '.join(sorted(numbers))}"
            )

    def breaks(self, name: str) -> tuple[Day, ...]:
        """Return the days on which what lists and owners tell of a party may change, in order."""
        names, numbers = self.known_as(name)
        days = set(self.owners.days()) if self.owners else set()
        hits = list(self.find(names, numbers))
        for key in self._above_ever(names):
            assert self.owners is not None
            holder = self.owners.holders.get(key)
            hits += self.find((holder.name,) if holder else (key,), holder.identifiers if holder else ())
        for hit in hits:
            days |= {day for day in (hit.entry.starts, hit.entry.ends) if day}
        days |= {list_.as_of for list_ in self.find.lists if list_.as_of}
        return tuple(sorted(days))

    def _above_ever(self, names: Sequence[str]) -> set[str]:
        if self.owners is None:
            return set()
        seen: set[str] = set()
        waiting = list(self.owners.keys(*names))
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                waiting += self.owners.ever(key)
        return seen


def _of(hit: Found) -> str:
    day = f" of {hit.list_.as_of}" if hit.list_.as_of else ""
    return f"{hit.list_.title}{day}"


def _says_no(given: Mapping[str, Any]) -> bool:
    return str(given.get("end_user_us_listed")).strip().casefold() in ("false", "no", "0")


def _is_given(given: Mapping[str, Any], column: str) -> bool:
    value = given.get(column)
    return value is not None and not (isinstance(value, str) and not value.strip())
