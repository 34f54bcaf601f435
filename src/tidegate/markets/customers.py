"""Who could buy a product abroad: the transactions by which the law is asked about what a company sells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import msgspec

from tidegate import data
from tidegate.catalog import Item, load_catalog
from tidegate.dates import Day, parse_when
from tidegate.errors import BadInputError
from tidegate.ledger.model import Instrument
from tidegate.licensing.basket import Change, Deal
from tidegate.licensing.values import FieldError, read_value
from tidegate.records import read_yaml

__all__ = ["Customer", "Customers", "Offer", "Sort", "is_counted", "on_sale", "products_of", "read_customers"]

_Facts = dict[str, str | bool | float | None]
_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
_Share = Annotated[float, msgspec.Meta(gt=0, le=1)]

_SET = ("date", "item", "exporter", "exporter_country", "origin", "destination")
"""Columns that the program sets itself."""


class Customer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sort of buyer. share: of the sales of such products, an assumption. changes: facts from a day on."""

    id: _Id
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    share: _Share
    facts: _Facts
    changes: tuple[Change, ...] = ()


class Everyday(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a maker sells beside the products on record.

    share: of its sales in the place, an assumption. without: makers whose range is on record.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    share: Annotated[float, msgspec.Meta(gt=0, lt=1)]
    facts: _Facts
    without: tuple[str, ...] = ()


class Sort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The buyers of products of some kinds.

    where_missing: facts that the catalog does not have of a product. abroad: facts of products made outside the
    United States.
    """

    kinds: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    instrument: Instrument
    customers: Annotated[tuple[Customer, ...], msgspec.Meta(min_length=1)]
    where_missing: _Facts = {}
    abroad: _Facts = {}
    everyday: Everyday | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a company sells: a product, or what it sells beside those on record (`item` is empty, `share` its part).

    deals: the transactions that stand for its sales, one a buyer. dated: whether the day of its first sale is on record.
    """

    company: str
    item: str
    name: str
    kind: str
    deals: tuple[tuple[Customer, Deal], ...]
    share: float | None = None
    dated: bool = False
    verified: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    common: _Facts
    sorts: Annotated[tuple[Sort, ...], msgspec.Meta(min_length=1)]


@dataclass(frozen=True, eq=False)
class Customers:
    """The buyers of every kind of product. path: the file they stand in."""

    path: str
    common: _Facts
    sorts: tuple[Sort, ...]

    def offers(self, company: str, items: Sequence[Item]) -> tuple[Offer, ...]:
        """Return what a company sells abroad: some of its products, and what it sells of the sort beside them.

        Products of a kind that no sort has are not in.
        """
        home = load_catalog().parties[company].country
        if home is None:
            return ()
        found = [(sort, item) for item in items if (sort := self._sort(item.kind)) is not None]
        offers = [self._offer(company, home, sort, item) for sort, item in found]
        # Beside them it sells more of the sort that most of them are.
        most = max(
            (sort for sort, _ in found), key=lambda own: sum(sort is own for sort, _ in found), default=None
        )
        if most is not None and most.everyday is not None and company not in most.everyday.without:
            offers.append(self._beside(company, home, most, most.everyday))
        return tuple(offers)

    def _offer(self, company: str, home: str, sort: Sort, item: Item) -> Offer:
        facts = {**self._facts(sort, home, company), "item": item.id, "kind": item.kind}
        if item.kind == "chip" and "china_market" in item.attributes:
            facts["sold_in_us"] = not item.attributes["china_market"]
        changes: list[Change] = []
        for name, value in sort.where_missing.items():
            if name == "eccn":
                facts[name] = value
                # From the day that a number of its own begins the catalog speaks.
                if (since := _since(item, "us_control_since")) is not None and "us_eccn" in item.attributes:
                    changes.append(Change(since, {"eccn": None}))
            elif name not in item.attributes:
                facts[name] = value
        changes += _own_list(item, home, facts)
        dated = item.attributes.get("released") is not None
        deals = _deals(item.id, home, sort, facts, changes)
        return Offer(company, item.id, item.name, item.kind, deals, dated=dated, verified=item.verified)

    def _beside(self, company: str, home: str, sort: Sort, everyday: Everyday) -> Offer:
        kind = sort.kinds[0]
        facts = {**self._facts(sort, home, company), "kind": kind, **everyday.facts}
        if kind == "tool":
            facts |= _NOT_LISTED.get(home, {})
        deals = _deals(company, home, sort, facts, [])
        return Offer(company, "", everyday.name, kind, deals, share=everyday.share)

    def _facts(self, sort: Sort, home: str, company: str) -> _Facts:
        return {**self.common, **(sort.abroad if home != "US" else {}), "exporter": company}

    def _sort(self, kind: str) -> Sort | None:
        return next((sort for sort in self.sorts if kind in sort.kinds), None)


_NOT_LISTED: Mapping[str, _Facts] = {
    "JP": {"jp_listed": False},
    "KR": {"kr_listed": False},
    "NL": {"eu_listed": False, "nl_measuring": False, "nl_code": "none"},
}
"""What is told of a tool that is not on the list of its own country."""


def _deals(
    name: str, home: str, sort: Sort, facts: _Facts, changes: Sequence[Change]
) -> tuple[tuple[Customer, Deal], ...]:
    return tuple(
        (
            customer,
            Deal(
                id=f"{name}@{customer.id}", goods=sort.kinds[0], instrument=sort.instrument, exporter=home,
                why=customer.name, facts={**facts, **customer.facts},
                changes=tuple(sorted((*changes, *customer.changes), key=lambda change: change.on)),
            ),
        )
        for customer in sort.customers
    )  # fmt: skip


def products_of(company: str) -> tuple[Item, ...]:
    """Return the products on record that a company makes, by id; not those of firms that it came to own."""
    return tuple(item for _, item in sorted(load_catalog().items.items()) if item.maker == company)


def on_sale(item: Item, day: Day) -> bool | None:
    """Return whether a product was on sale by a day; None where it is not known when it first was.

    A release of which only the month or the year is known counts from the first day of it. Nothing on record tells
    when a product was no longer sold.
    """
    released = item.attributes.get("released")
    return None if released is None else parse_when(str(released)).first <= day


def is_counted(item: Item, day: Day) -> bool:
    """Return whether a product counts on a day: it was on sale, or is of a kind of which the record keeps no days.

    A chip without a day of release has perhaps never been sold; tools and software have none on record at all.
    """
    known = on_sale(item, day)
    return item.kind not in ("chip", "memory") if known is None else known


def read_customers(path: str | Path | None = None) -> Customers:
    """Return the buyers of a file, by default the shipped ones.

    Raises: BadInputError: naming the file, the buyer and the field that is not usable.
    """
    return _shipped() if path is None else _read(Path(path))


@lru_cache(maxsize=1)
def _shipped() -> Customers:
    return _read(data.MARKETS / "customers.yaml")


def _read(path: Path) -> Customers:
    raw, _ = read_yaml(path)
    try:
        file = msgspec.convert(raw, _File)
    except msgspec.ValidationError as error:
        raise BadInputError(f"{path}: {error}. docs/exposure.md has the fields.") from None
    kinds: list[str] = []
    for sort in file.sorts:
        kinds += sort.kinds
        ids = [customer.id for customer in sort.customers]
        where = f"{path}: {', '.join(sort.kinds)}"
        if len(set(ids)) < len(ids):
            raise BadInputError(f"{where}: an id stands twice. Rename one of the two.")
        if abs(sum(customer.share for customer in sort.customers) - 1) > 1e-6:
            raise BadInputError(f"{where}: the shares do not add up to 1. Mend them.")
        for facts in (
            file.common,
            sort.where_missing,
            sort.abroad,
            sort.everyday.facts if sort.everyday else {},
        ):
            _check(where, facts)
        for customer in sort.customers:
            for own in (customer.facts, *(change.facts for change in customer.changes)):
                _check(f"{where}: {customer.id}", own)
    if len(set(kinds)) < len(kinds):
        raise BadInputError(f"{path}: a kind of product stands in two sorts. Name it in one.")
    return Customers(str(path), file.common, file.sorts)


def _check(place: str, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        if name in _SET:
            raise BadInputError(f"{place}: {name} is set by the program. Take it out of the facts.")
        try:
            read_value(name, value, [])
        except FieldError as error:
            raise BadInputError(f"{place}: {error}") from None


def _own_list(item: Item, home: str, facts: _Facts) -> list[Change]:
    """Whether a tool is on the list of its own country, from which day on; what the catalog says nothing of is not."""
    if item.kind not in ("tool", "part"):
        return []
    listed = {"JP": "jp_code", "NL": "nl_code"}.get(home)
    if listed is None or listed not in item.attributes:
        facts |= _NOT_LISTED.get(home, {})
    elif home == "JP":
        facts |= _NOT_LISTED["JP"]
        since = _since(item, "jp_control_since")
        return [Change(since, {"jp_listed": True})] if since else []
    return []


def _since(item: Item, name: str) -> Day | None:
    text = item.attributes.get(name)
    if text is None:
        return None
    return dt.date.min if str(text).startswith("before") else parse_when(str(text)).last
