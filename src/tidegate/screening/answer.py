"""The answer to a screening: hits, each with its score explained part by part, and how old the lists are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.dates import Day
from tidegate.screening.compare import Comparison
from tidegate.sources.listing import Entry, PartyList
from tidegate.tables import Table, Tabular, to_json

__all__ = ["COLUMNS", "Cleared", "Evidence", "Hit", "ListAge", "Screening", "list_age"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What beside the name speaks for or against.

    country: same, differs or unknown. identifier: the one that is equal.
    """

    country: str
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class Cleared:
    """What a person decided about a hit. verdict: `cleared` (another party) or `confirmed` (the listed one).

    changed: the entry is not the one that was decided about, so the decision does not cover it.
    """

    verdict: str
    who: str
    at: dt.datetime
    why: str | None
    changed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"verdict": self.verdict, "who": self.who, "at": self.at.isoformat(), "why": self.why,
                "changed": self.changed}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed party that the name may be.

    score: 0 to 1, with country and identifiers weighed in. matched: the listed name that is nearest; matched_as: what
    it is: name, alias, short name, or where a further name is from. also: further entries of that name on that list.
    comparison: of the names alone; None where an identifier alone speaks.
    """

    entry: Entry
    score: float
    matched: str
    matched_as: str
    comparison: Comparison | None
    evidence: Evidence
    also: tuple[str, ...] = ()
    cleared: Cleared | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody cleared it, or what was cleared is not what is listed now."""
        return self.cleared is None or self.cleared.changed or self.cleared.verdict != "cleared"

    @property
    def why(self) -> str:
        """The score in words."""
        from tidegate.screening.wording import why

        return why(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the hit as plain values; id, name, score and why first."""
        entry, compared = self.entry, self.comparison
        return {
            "id": entry.id,
            "name": entry.name,
            "score": round(self.score, 3),
            "why": self.why,
            "list": entry.list,
            "authority": entry.authority,
            "kind": entry.kind,
            "countries": list(entry.countries),
            "matched": self.matched,
            "matched_as": self.matched_as,
            "parts": [
                {"query": pair.asked, "listed": pair.listed, "how": pair.how or "same",
                 "nearness": round(pair.nearness, 3), "weight": round(pair.weight, 3)}
                for pair in (compared.pairs if compared else ())
            ],
            "left_in_query": _left(compared.asked_left) if compared else [],
            "left_in_listed": _left(compared.listed_left) if compared else [],
            "country": self.evidence.country,
            "identifier": self.evidence.identifier,
            "also": list(self.also),
            "programs": list(entry.programs),
            "licence_requirement": entry.licence_requirement,
            "licence_policy": entry.licence_policy,
            "starts": entry.starts and entry.starts.isoformat(),
            "ends": entry.ends and entry.ends.isoformat(),
            "notice": entry.notice,
            "source": entry.source,
            "cleared": self.cleared.to_dict() if self.cleared else None,
        }  # fmt: skip


def _left(words: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"word": left.word, "sort": left.kind, "weight": round(left.weight, 3), "counts": round(left.counts, 3)}
            for left in words]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListAge:
    """How old a list is on the day asked about. as_of, days: None where its file does not say."""

    title: str
    entries: int
    as_of: Day | None
    days: int | None
    digest: str
    path: str | None

    @property
    def says(self) -> str:
        """The age in words."""
        if self.as_of is None or self.days is None:
            return f"{self.title}: its file does not say of what day it is"
        if self.days < 0:
            return f"{self.title} of {self.as_of}, {-self.days} days after the day asked about"
        return f"{self.title} of {self.as_of}, {self.days} days old"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"title": self.title, "entries": self.entries, "as_of": self.as_of and self.as_of.isoformat(),
                "age_days": self.days, "says": self.says, "digest": self.digest, "path": self.path}  # fmt: skip


def list_age(list_: PartyList, on: Day) -> ListAge:
    """Return how old a list is on a day."""
    days = (on - list_.as_of).days if list_.as_of else None
    return ListAge(list_.title, len(list_.entries), list_.as_of, days, list_.digest, list_.path)


COLUMNS = (
    "query", "rank", "id", "name", "score", "why", "list", "authority", "countries", "matched", "country",
    "identifier", "cleared", "cleared_by", "cleared_at",
)  # fmt: skip
"""The columns of a table of hits; a query without a hit has one row with nothing but the query."""


@dataclass(frozen=True, slots=True)
class Screening(Tabular):
    """One name, asked of some lists on a day.

    hits: best first. more: hits beyond those that are given. note: what of the name could not be compared.
    """

    query: str
    on: Day
    hits: tuple[Hit, ...]
    ages: tuple[ListAge, ...]
    threshold: float
    country: str | None = None
    identifiers: tuple[str, ...] = ()
    more: int = 0
    note: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether a hit is left that nobody cleared."""
        return any(hit.is_open for hit in self.hits)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values: the query and the hits, then what they rest on."""
        return {
            "query": self.query,
            "hits": [hit.to_dict() for hit in self.hits],
            "more": self.more,
            "note": self.note,
            "country": self.country,
            "identifiers": list(self.identifiers),
            "on": self.on.isoformat(),
            "threshold": self.threshold,
            "lists": [age.to_dict() for age in self.ages],
        }

    def to_json(self) -> str:
        """Return the answer as JSON text."""
        return to_json(self.to_dict())

    def rows(self) -> list[Mapping[str, Any]]:
        """Return a row a hit under `COLUMNS`; one row without a hit where there is none."""
        if not self.hits:
            return [dict.fromkeys(COLUMNS) | {"query": self.query}]
        return [
            {
                "query": self.query, "rank": rank, "id": hit.entry.id, "name": hit.entry.name,
                "score": round(hit.score, 3), "why": hit.why, "list": hit.entry.list, "authority": hit.entry.authority,
                "countries": list(hit.entry.countries), "matched": hit.matched, "country": hit.evidence.country,
                "identifier": hit.evidence.identifier,
                "cleared": hit.cleared and ("changed since" if hit.cleared.changed else hit.cleared.verdict),
                "cleared_by": hit.cleared and hit.cleared.who,
                "cleared_at": hit.cleared and hit.cleared.at.isoformat(),
            }
            for rank, hit in enumerate(self.hits, 1)
        ]  # fmt: skip

    def table(self) -> Table:
        """Return the hits as a table."""
        about = {name: value for name, value in self.to_dict().items() if name != "hits"}
        return Table(tuple(self.rows()), COLUMNS, about, "hits")
