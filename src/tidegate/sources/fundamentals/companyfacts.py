"""Company facts as the SEC publishes them: XBRL figures of one filer, with the day of each filing.

Source of the layout: https://www.sec.gov/search-filings/edgar-application-programming-interfaces; `facts`, taxonomy,
concept, `units`, then `start` (absent for a figure of a day), `end`, `val`, `filed`. Reports of the second and
third quarter give cash flows since the start of the year, and none gives the fourth quarter: those are the
difference of two figures with one start, known once the later one is.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tidegate.errors import BadInputError
from tidegate.sources.fundamentals.model import Fact, Fundamentals, Item, known_items

__all__ = ["read_companyfacts"]

_QUARTER, _YEAR = range(75, 106), range(345, 386)
"""Days of a quarter and of a year: 12 to 14 weeks and 52 or 53 weeks, with the odd change of calendar."""


class _Reported(NamedTuple):
    """A flow as it was filed."""

    start: dt.date
    end: dt.date
    filed: dt.date
    value: float


def read_companyfacts(place: Path, tickers: Mapping[int, str]) -> Fundamentals:
    """Return the figures of a file of company facts, or of a folder of them.

    tickers: by SEC number. A file whose number is not there is named by its ticker (`NVDA.json`).
    Raises: BadInputError: naming the file, and the concept and the place of what is wrong.
    """
    files = (
        sorted(file for file in place.iterdir() if file.suffix.lower() == ".json")
        if place.is_dir()
        else [place]
    )
    if not files:
        raise BadInputError(
            f"{place}: there is no .json file in this folder. Name one with company facts of the SEC."
        )
    facts: list[Fact] = []
    notes: list[str] = []
    for file in files:
        record = _record(file)
        number = record.get("cik")
        ticker = tickers.get(int(number)) if isinstance(number, int | str) and str(number).isdigit() else None
        if ticker is None:
            if re.fullmatch(r"(?i)cik\d+", file.stem):
                raise BadInputError(
                    f"{file}: the ticker of SEC number {number} is not known. Name the file by its ticker, or give "
                    "--universe with the columns ticker and cik."
                )
            ticker = file.stem.upper()
        for item in known_items().values():
            facts.extend(_item(file, record["facts"], ticker, item, notes))
    return Fundamentals.of(facts, str(place), None, dict.fromkeys(notes))


def _record(file: Path) -> dict[str, Any]:
    try:
        record = json.loads(file.read_bytes())
    except OSError as error:
        raise BadInputError(f"{file}: the file cannot be read: {error.strerror}. Check the path.") from None
    except (ValueError, RecursionError) as error:
        raise BadInputError(
            f"{file}: this is no JSON: {str(error)[:120]}. Download the file again."
        ) from None
    if not isinstance(record, dict) or not isinstance(record.get("facts"), dict):
        raise BadInputError(f"{file}: there is no 'facts' in it. Give company facts of the SEC.")
    return record


def _item(file: Path, facts: Mapping[str, Any], ticker: str, item: Item, notes: list[str]) -> Iterator[Fact]:
    """The figures of an item, those of its first concept before those of the next."""
    days: set[dt.date] = set()
    for tag in item.tags:
        taxonomy, _, name = tag.partition(":")
        concept = (facts.get(taxonomy) or {}) if isinstance(facts.get(taxonomy) or {}, dict) else {}
        if name not in concept:
            continue
        units = concept[name].get("units") if isinstance(concept[name], dict) else None
        if not isinstance(units, dict) or not all(isinstance(entries, list) for entries in units.values()):
            raise BadInputError(f"{file}: '{name}' has no 'units' with lists. Download the file again.")
        wanted = "shares" if item.id == "shares_outstanding" else "USD"
        notes.extend(
            f"{ticker}: {name} in {unit} was left out: figures are taken in {wanted}."
            for unit in sorted(units)
            if unit != wanted
        )
        found = [_reported(file, name, number, entry) for number, entry in enumerate(units.get(wanted, ()))]
        new = list(_flows(found) if item.kind == "flow" else _instants(found))
        for span, ends, filed, value in new:
            # Some filers' covers have 0 shares where they mean none of that class.
            if ends not in days and (item.id != "shares_outstanding" or value > 0):
                yield Fact(ticker, item.id, span, ends, filed, value)
        days |= {ends for _, ends, _, _ in new}


def _reported(file: Path, name: str, number: int, entry: Any) -> _Reported:  # noqa: ANN401
    try:
        end, filed = (dt.date.fromisoformat(entry[key]) for key in ("end", "filed"))
        start = dt.date.fromisoformat(entry["start"]) if "start" in entry else end
        value = float(entry["val"])
        if not math.isfinite(value) or start > end:
            raise ValueError(value)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise BadInputError(
            f"{file}: entry {number} of '{name}' lacks end, filed or val, or one of them cannot be read. Download the "
            "file again."
        ) from None
    return _Reported(start, end, filed, value)


def _instants(found: list[_Reported]) -> Iterator[tuple[Any, dt.date, dt.date, float]]:
    for (end, filed), value in sorted({(one.end, one.filed): one.value for one in found}.items()):
        yield "instant", end, filed, value


def _flows(found: list[_Reported]) -> Iterator[tuple[Any, dt.date, dt.date, float]]:
    quarters: dict[tuple[dt.date, dt.date], float] = {}
    years: dict[tuple[dt.date, dt.date], float] = {}
    starts: dict[dt.date, list[_Reported]] = {}
    for one in found:
        starts.setdefault(one.start, []).append(one)
        days = (one.end - one.start).days + 1
        if days in _QUARTER:
            quarters[one.end, one.filed] = one.value
        elif days in _YEAR:
            years[one.end, one.filed] = one.value
    told = {end for end, _ in quarters}
    for group in starts.values():
        for later in group:
            # What was known of the shorter period when the longer one was filed, its last filing.
            before = [
                one for one in group if (later.end - one.end).days in _QUARTER and one.filed <= later.filed
            ]
            if before and later.end not in told:
                quarters[later.end, later.filed] = later.value - max(before, key=lambda one: one.filed).value
    for span, table in (("quarter", quarters), ("year", years)):
        for (end, filed), value in sorted(table.items()):
            yield span, end, filed, value
