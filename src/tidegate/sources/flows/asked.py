"""What is asked of trade files: which rows to keep, and what the caller says that a plain table does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tidegate.errors import BadInputError
from tidegate.sources.flows.layout import Told
from tidegate.sources.flows.places import place_of
from tidegate.sources.flows.plain import WORDS

__all__ = ["Asked", "asked_of", "told_of"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is kept: beginnings of codes, country codes, first and last day a period may begin on. None: all."""

    hs: tuple[str, ...] | None
    reporters: frozenset[str] | None
    partners: frozenset[str] | None
    since: dt.date | None
    until: dt.date | None


def asked_of(
    hs: Iterable[str] | None,
    reporters: Iterable[str] | None,
    partners: Iterable[str] | None,
    since: dt.date | None,
    until: dt.date | None,
) -> Asked:
    """Return what is asked for. Raises: BadInputError: if a code is none."""
    codes = (
        None
        if hs is None
        else tuple(sorted({str(code).replace(".", "").strip() for code in _list("hs", hs)}))
    )
    for code in codes or ():
        if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 10):
            raise BadInputError(f"hs: '{code}' is no HS code. Give 2 to 10 digits.")
    return Asked(codes, _countries("reporters", reporters), _countries("partners", partners), since, until)


def told_of(reporter: str | None, flow: str | None, currency: str | None, unit: str | None) -> Told:
    """Return what the caller says of plain tables. Raises: BadInputError: if it cannot be so."""
    if reporter is not None:
        _countries("reporter", [reporter])
    if flow is not None and flow not in WORDS:
        raise BadInputError(f"flow: '{flow}' is none of {', '.join(WORDS)}. Give one of them.")
    if currency not in (None, "USD"):
        raise BadInputError(f"currency: '{currency}' is not USD. Convert the values to US dollars first.")
    if unit not in (None, "kg", "t"):
        raise BadInputError(f"unit: '{unit}' is neither kg nor t. Give one of them.")
    return Told(reporter, flow, currency, unit)


def _countries(name: str, given: Iterable[str] | None) -> frozenset[str] | None:
    if given is None:
        return None
    found = frozenset(_list(name, given))
    for word in sorted(found):
        if place_of(word, "any").country != word:
            raise BadInputError(
                f"{name}: '{word}' is no country code of the catalog. Give codes such as CN or HK."
            )
    return found


def _list(name: str, given: Iterable[str]) -> list[str]:
    if isinstance(given, str):
        raise BadInputError(f"{name}: '{given}' is one word. Give a list: ['{given}'].")
    return list(given)
