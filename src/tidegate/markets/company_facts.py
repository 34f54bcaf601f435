"""What companies reported of their revenue by geography, and what they said of measures, each known from a day on.

`data/markets/revenue.csv` and `statements.csv`. A row that was not read in its source is from memory: `verified` says so.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from tidegate import data
from tidegate.catalog import Party, load_catalog
from tidegate.dates import Day
from tidegate.errors import BadInputError

__all__ = [
    "BASES",
    "WHOLE",
    "WORLD",
    "CompanyFacts",
    "Fact",
    "Statement",
    "load_company_facts",
    "read_company_facts",
    "sources",
]

WORLD = "WORLD"
"""The geography of a company's revenue as a whole."""

BASES: Mapping[str, str] = {
    "total": "of all revenue, by the company's own geography",
    "billing": "of all revenue, by where the customer is billed",
    "headquarters": "of all revenue, by where the customer has its headquarters",
    "ship_to": "of all revenue, by where it is shipped to",
    "customer_location": "of all revenue, by where the customer is",
    "system_sales": "of sales of systems alone, without service",
    "systems_and_services": "of systems and services, without the rest",
    "segment": "of one segment",
    "not_stated": "the basis is not stated",
}
"""What a share is a share of, and how revenue is put to a place. Only the first five are shares of all revenue."""

WHOLE = ("total", "billing", "headquarters", "ship_to", "customer_location")

_PERIOD = r"^(FY)?\d{4}(Q[1-4]|H[12]|-\d{2})?$"
_Period = Annotated[str, msgspec.Meta(pattern=_PERIOD)]
_Word = Annotated[str, msgspec.Meta(min_length=1)]
_Source = Annotated[str, msgspec.Meta(pattern=r"^https?://\S+$")]
_Geography = Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2}|WORLD)$")]
_Unit = Annotated[str, msgspec.Meta(pattern=r"^(percent|[A-Z]{3}_bn)$")]


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One reported figure. figure: revenue (billions of the currency in `unit`) or share (percent of the basis).

    ends: last day of the period. value: None where the company does not publish it; the note says what is known.
    hong_kong: whether it is in; None where that is not stated. known_by: the day from which it counts as public.
    """

    company: _Word
    geography: _Geography
    period: _Period
    ends: dt.date
    figure: Literal["revenue", "share"]
    unit: _Unit
    basis: str
    known_by: dt.date
    source: _Source
    verified: bool
    value: Annotated[float, msgspec.Meta(ge=0)] | None = None
    hong_kong: Literal["included", "excluded"] | None = None
    note: str | None = None

    @property
    def length(self) -> str:
        """Year, half or quarter."""
        return _length(self.period)

    def row(self) -> dict[str, Any]:
        """Return the figure as plain values."""
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a company, or the press, said of what a measure costs it. low, high: None where only the other is said.

    said_on: the day from which it counts as public. by: who says so. items, measures: ids that it is about; empty where
    it names none.
    """

    company: _Word
    kind: _Word
    period: _Period
    ends: dt.date
    unit: _Unit
    said_on: dt.date
    by: Literal["company", "press"]
    text: _Word
    source: _Source
    verified: bool
    low: float | None = None
    high: float | None = None
    items: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    note: str | None = None

    def row(self) -> dict[str, Any]:
        """Return the statement as plain values."""
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]


@dataclass(frozen=True, eq=False)
class CompanyFacts:
    """Every figure and statement, sorted by company and period."""

    revenue: tuple[Fact, ...]
    statements: tuple[Statement, ...]

    @property
    def companies(self) -> tuple[str, ...]:
        """The companies of which some figure is there, by id."""
        return tuple(sorted({fact.company for fact in self.revenue}))

    def known(self, company: str, on: Day, horizon: Day, *, verified: bool = False) -> tuple[Fact, ...]:
        """Return the figures of a company whose period was over by `on` and that were public by `horizon`.

        verified: leave out those from memory.
        """
        return tuple(
            fact
            for fact in self.revenue
            if fact.company == company
            and fact.ends <= on
            and fact.known_by <= horizon
            and (fact.verified or not verified)
        )

    def said(self, company: str, horizon: Day) -> tuple[Statement, ...]:
        """Return what a company said by a day."""
        return tuple(s for s in self.statements if s.company == company and s.said_on <= horizon)


@lru_cache(maxsize=1)
def load_company_facts() -> CompanyFacts:
    """Return the shipped figures and statements."""
    return read_company_facts(data.MARKETS / "revenue.csv", data.MARKETS / "statements.csv")


def read_company_facts(revenue: str | Path, statements: str | Path | None = None) -> CompanyFacts:
    """Return figures and statements from files in the layout of the shipped ones (docs/exposure.md).

    A figure without a day on which it was published counts as known from the end of its period and the longest time
    that the rules of its country leave for a report (`reporting.csv`).
    Raises: BadInputError: naming the file, the line, the field and the mend.
    """
    facts = [_fact(row, place) for place, row in _rows(Path(revenue))]
    said = [_statement(row, place) for place, row in _rows(Path(statements))] if statements else []
    return CompanyFacts(
        tuple(
            sorted(facts, key=lambda f: (f.company, f.geography, f.ends, f.figure, f.basis, f.value or 0.0))
        ),
        tuple(sorted(said, key=lambda s: (s.company, s.said_on, s.kind, s.period))),
    )


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path}: it cannot be read as text: {error}. Save it as CSV in UTF-8.") from None
    reader = csv.DictReader(text.splitlines(), strict=True)
    try:
        for row in reader:
            place = f"{path}:{reader.line_num}"
            if None in row or None in row.values():
                raise BadInputError(f"{place}: the row has not as many cells as the header. Mend the row.")
            yield place, {key: cell.strip() for key, cell in row.items() if cell.strip()}
    except csv.Error as error:
        raise BadInputError(f"{path}:{reader.line_num}: it is no CSV: {error}. Mend the quotes.") from None


_T = TypeVar("_T", Fact, Statement)


def _made(row: Mapping[str, Any], kind: type[_T], place: str) -> _T:
    try:
        return msgspec.convert(row, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadInputError(f"{place}: {error}. docs/exposure.md has the columns.") from None


def _party(row: Mapping[str, Any], place: str) -> Party:
    party = load_catalog().parties.get(row.get("company", ""))
    if party is None:
        raise BadInputError(
            f"{place}: company: '{row.get('company', '')}' is no party of the catalog. Write its id; `tidegate lookup` "
            "finds it."
        )
    return party


def _fact(row: dict[str, Any], place: str) -> Fact:
    party = _party(row, place)
    if "known_by" not in row:
        row = {**row, "known_by": _due(row, party.country, place)}
    fact = _made(row, Fact, place)
    if fact.basis not in BASES:
        raise BadInputError(
            f"{place}: basis: '{fact.basis}' is none of {', '.join(BASES)}. Name one of them."
        )
    if (fact.figure == "share") != (fact.unit == "percent"):
        raise BadInputError(f"{place}: unit: a share is in percent, a revenue in billions: USD_bn, JPY_bn.")
    if fact.figure == "share" and fact.value is not None and fact.value > 100:
        raise BadInputError(f"{place}: value: a share of {fact.value} percent is over 100. Mend it.")
    return fact


def _statement(row: dict[str, Any], place: str) -> Statement:
    _party(row, place)
    lists: dict[str, Any] = {
        name: tuple(row[name].split("|")) for name in ("items", "measures") if name in row
    }
    said = _made({**row, **lists}, Statement, place)
    if said.low is not None and said.high is not None and said.low > said.high:
        raise BadInputError(f"{place}: low is over high. Swap them.")
    return said


def _due(row: Mapping[str, str], country: str | None, place: str) -> str:
    """The day by which the report of a period was due."""
    try:
        ends = dt.date.fromisoformat(row.get("ends", ""))
    except ValueError:
        raise BadInputError(f"{place}: ends: '{row.get('ends', '')}' is no day. Write YYYY-MM-DD.") from None
    days, length = reporting_days(), _length(row.get("period", ""))
    try:
        return (
            ends + dt.timedelta(days=days.get((country or "other", length), days["other", length]))
        ).isoformat()
    except OverflowError:
        raise BadInputError(f"{place}: ends: {ends} is too far ahead. Mend the year.") from None


@lru_cache(maxsize=1)
def reporting_days() -> Mapping[tuple[str, str], int]:
    """Return after how many days a report counts as public, by country of headquarters and length of its period."""
    with (data.MARKETS / "reporting.csv").open(encoding="utf-8", newline="") as file:
        return {(row["country"], row["period"]): int(row["days"]) for row in csv.DictReader(file)}


def _length(period: str) -> str:
    return "quarter" if "Q" in period or "-" in period else "half" if "H" in period else "year"


def sources(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the sources of some figures, each once."""
    return tuple(dict.fromkeys(fact.source for fact in facts))
