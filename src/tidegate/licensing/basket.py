"""The fixed basket of transactions by which the tide gauge and the map read the law (docs/tide.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import msgspec

from tidegate import data
from tidegate.catalog import load_catalog
from tidegate.dates import Day
from tidegate.errors import BadInputError
from tidegate.ledger.model import Instrument
from tidegate.licensing.values import FieldError, read_value
from tidegate.records import read_yaml

__all__ = ["Basket", "Change", "Deal", "read_basket"]

_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
_Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
_Words = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Class = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=40)]
_Facts = dict[str, str | bool | float | None]

_SET = ("date", "destination", "exporter_country")
"""Columns that the basket sets itself."""


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Facts of a deal that hold from a day on; None takes one away."""

    on: dt.date
    facts: _Facts


class Deal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"exporter": "from"}):
    """One transaction of the basket.

    class: the class of goods that it stands for. instrument: the sort of control that could bite on it.
    exporter: country it leaves from. why: why it is in. targets: the only countries it can go to; empty for all.
    facts: columns of docs/columns.md. changes: facts from a day on, the earliest first.
    """

    id: _Id
    goods: _Class = msgspec.field(name="class")
    instrument: Instrument
    exporter: _Country
    why: _Words
    facts: _Facts
    targets: tuple[_Country, ...] = ()
    changes: tuple[Change, ...] = ()

    def goes_to(self, target: str) -> bool:
        """Whether the deal is one toward that country."""
        return target != self.exporter and (not self.targets or target in self.targets)

    def transaction(self, target: str, day: Day) -> dict[str, Any]:
        """Return the facts of the deal toward a country on a day."""
        facts: dict[str, Any] = {"end_user_headquarters": target, "origin": self.exporter, **self.facts}
        facts |= {"exporter_country": self.exporter, "destination": target, "date": day}
        for change in self.changes:
            if change.on <= day:
                facts |= change.facts
        return {name: value for name, value in facts.items() if value is not None}


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    common: _Facts
    classes: dict[_Class, _Words]
    transactions: Annotated[list[Deal], msgspec.Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class Basket:
    """Transactions that stand for what is controlled. classes: what each class is, in words, in order.

    path: the file they stand in.
    """

    path: str
    classes: Mapping[str, str]
    deals: tuple[Deal, ...]

    def toward(self, target: str) -> tuple[Deal, ...]:
        """Return the deals that can go to a country."""
        return tuple(deal for deal in self.deals if deal.goes_to(target))


def read_basket(path: str | Path | None = None) -> Basket:
    """Return the basket of a file, by default the shipped one.

    Raises: BadInputError: naming the file, the transaction and the field that is not usable.
    """
    return _shipped() if path is None else _read(Path(path))


@lru_cache(maxsize=1)
def _shipped() -> Basket:
    return _read(data.BASKET)


def _read(path: Path) -> Basket:
    raw, _ = read_yaml(path)
    try:
        file = msgspec.convert(raw, _File)
    except msgspec.ValidationError as error:
        raise BadInputError(f"{path}: {error}. docs/tide.md has the fields of a basket.") from None
    deals: dict[str, Deal] = {}
    for own in file.transactions:
        if own.id in deals:
            raise BadInputError(f"{path}: the id '{own.id}' stands twice. Rename one of the two.")
        deals[own.id] = msgspec.structs.replace(own, facts={**file.common, **own.facts})
        _check(f"{path}: {own.id}", deals[own.id], file.classes)
    return Basket(str(path), file.classes, tuple(deals.values()))


def _check(place: str, deal: Deal, classes: Mapping[str, str]) -> None:
    if deal.goods not in classes:
        raise BadInputError(
            f"{place}: class: '{deal.goods}' is none of {', '.join(classes)}. Name one of them."
        )
    days = [change.on for change in deal.changes]
    if days != sorted(set(days)):
        raise BadInputError(
            f"{place}: changes: their days are not in order. Put the earliest first, each once."
        )
    known = load_catalog().countries
    for country in (deal.exporter, *deal.targets):
        if country not in known:
            raise BadInputError(
                f"{place}: '{country}' is no country of the catalog. Write its ISO 3166-1 code."
            )
    for facts in (deal.facts, *(change.facts for change in deal.changes)):
        for name, value in facts.items():
            unlisted: list[str] = []
            if name in _SET:
                raise BadInputError(f"{place}: {name} is set by the gauge. Take it out of the facts.")
            try:
                read_value(name, value, unlisted)
            except FieldError as error:
                raise BadInputError(f"{place}: {error}") from None
            if unlisted and name in ("item", "for_item", "item_class"):
                raise BadInputError(f"{place}: {unlisted[0]} is not in the catalog. Name an item that is.")
