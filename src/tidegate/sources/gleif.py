"""Relationship records of the Global LEI Foundation (level 2): the golden copy as CSV, or RR-CDF XML.

https://www.gleif.org/en/lei-data/gleif-golden-copy. A record says that one legal entity is consolidated by another in its
accounts; that is control, and no share, unless a quantifier gives one. A branch is one legal person with its head
office. Funds' managers own nothing. Layout after the published format and public programs that read it; no genuine
download could be had for the tests.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from tidegate.sources.list_files import ListFile, day_of, head_text, read_rows, wrong
from tidegate.sources.stakes import Holder, OwnerFile, Stake
from tidegate.sources.streamed_xml import elements, local_name

__all__ = ["is_gleif", "read_gleif"]

_KINDS = {
    "IS_DIRECTLY_CONSOLIDATED_BY": "consolidated",
    "IS_ULTIMATELY_CONSOLIDATED_BY": "ultimate",
    "IS_INTERNATIONAL_BRANCH_OF": "branch",
}
_COLUMNS = (
    "Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID", "Relationship.RelationshipType",
    "Relationship.RelationshipStatus",
)  # fmt: skip
_PERIOD = re.compile(r"Relationship\.Period\.(\d+)\.periodType")
_QUANTIFIER = re.compile(r"Relationship\.Quantifiers\.(\d+)\.QuantifierAmount")
_LEI = re.compile("[A-Z0-9]{18}[0-9]{2}")

Record = tuple[int, str, str, str, str, str | None, str | None, str | None, str | None]
"""Row, child, parent, type, status, start, end, amount and units of a quantifier."""


def is_gleif(head: bytes) -> bool:
    """Whether the first bytes of a file are of one of these layouts."""
    text = head_text(head)
    return _COLUMNS[0] in text.split("\n", 1)[0] or "gleif.org/data/schema/rr/" in text


def read_gleif(path: Path) -> OwnerFile:
    """Return the stakes of a file of relationship records.

    Raises: BadInputError: if it cannot be read, is cut off, lacks a column or element, or a value is not usable; names
        file, record and field.
    """
    stakes: list[Stake] = []
    left: Counter[str] = Counter()
    with ListFile(path) as file:
        with path.open("rb") as opened:
            is_xml = head_text(opened.read(64)).lstrip().startswith("<")
        for record in _of_xml(file, path) if is_xml else _of_csv(file):
            stake = _stake(path, record, left)
            if stake:
                stakes.append(stake)
        digest = file.digest
    if not stakes and not left:
        raise wrong(path, "the file has no relationship")
    keys = dict.fromkeys(key for stake in stakes for key in (stake.owner, stake.owned))
    holders = {key: Holder(key, key.upper(), "entity", None, (("lei", key.upper()),)) for key in keys}
    notes = tuple(f"{count} records left out: {why}" for why, count in sorted(left.items()))
    return OwnerFile("gleif-rr", tuple(stakes), holders, digest, str(path), notes=notes)


def _stake(path: Path, record: Record, left: Counter[str]) -> Stake | None:
    row, child, parent, sort, status, start, end, amount, units = record
    for field, lei in (("StartNode.NodeID", child), ("EndNode.NodeID", parent)):
        if not _LEI.fullmatch(lei):
            raise wrong(path, f"'{lei:.30}' is no LEI", row=row, field=field)
    kind = _KINDS.get(sort)
    ends = day_of(end, path, row, "endDate")
    if kind is None:
        left[f"{sort or 'no type'} is no ownership"] += 1
        return None
    if status not in ("ACTIVE", "PUBLISHED") and ends is None:
        left[f"{status or 'no status'}, without the day it ended"] += 1
        return None
    low, high, note = Fraction(0), Fraction(1), None
    if kind == "branch":
        low = Fraction(1)
    elif amount:
        share = _quantified(path, row, amount, units)
        if share is None:
            note = f"quantifier {amount} {units or ''} is not told for sure to be a percentage".strip()
        else:
            low = high = share
    if kind == "ultimate":
        # Held through others: it adds nothing to direct shares.
        low, high = Fraction(0), Fraction(1)
    return Stake(
        parent.casefold(), child.casefold(), low, high, row, day_of(start, path, row, "startDate"), ends, kind,
        "GLEIF level 2 relationship record", note,
    )  # fmt: skip


def _quantified(path: Path, row: int, amount: str, units: str | None) -> Fraction | None:
    try:
        number = Fraction(amount.strip())
    except (ValueError, ZeroDivisionError):
        number = Fraction(-1)
    if not 0 <= number <= 100:
        raise wrong(path, f"'{amount:.30}' is no percentage", row=row, field="QuantifierAmount")
    # 1 may be one percent or the whole.
    return number / 100 if number > 1 and (units or "").upper() == "PERCENTAGE" else None


def _of_csv(file: ListFile) -> Iterator[Record]:
    for row, cells in read_rows(file, _COLUMNS):
        start, end = _period(cells)
        amount, units = None, None
        for name in cells:
            if (match := _QUANTIFIER.fullmatch(name)) and cells[name].strip():
                amount = cells[name]
                units = cells.get(f"Relationship.Quantifiers.{match[1]}.QuantifierUnits")
                break
        child, parent, sort, status = (cells[name].strip() for name in _COLUMNS)
        yield row, child, parent, sort, status, start, end, amount, units


def _period(cells: Mapping[str, str]) -> tuple[str | None, str | None]:
    for name, value in cells.items():
        if (match := _PERIOD.fullmatch(name)) and value.strip() == "RELATIONSHIP_PERIOD":
            stem = f"Relationship.Period.{match[1]}."
            return cells.get(f"{stem}startDate"), cells.get(f"{stem}endDate")
    return None, None


def _of_xml(file: ListFile, path: Path) -> Iterator[Record]:
    for row, record in enumerate(elements(file, path, "RelationshipRecord", "RelationshipData"), 1):
        start = end = None
        for period in _named(record, "RelationshipPeriod"):
            if _text(period, "PeriodType") == "RELATIONSHIP_PERIOD":
                start, end = _text(period, "StartDate"), _text(period, "EndDate")
        nodes = [
            _text(node, "NodeID") or "" for sort in ("StartNode", "EndNode") for node in _named(record, sort)
        ]
        if len(nodes) != 2:
            raise wrong(path, "one StartNode and one EndNode are expected", row=row, field="Relationship")
        yield (
            row, nodes[0], nodes[1], _text(record, "RelationshipType") or "",
            _text(record, "RelationshipStatus") or "", start, end, _text(record, "QuantifierAmount"),
            _text(record, "QuantifierUnits"),
        )  # fmt: skip


def _named(element: Any, name: str) -> Iterable[Any]:  # noqa: ANN401
    return [node for node in element.iter() if local_name(node) == name]


def _text(element: Any, name: str) -> str | None:  # noqa: ANN401
    for node in _named(element, name):
        return (node.text or "").strip() or None
    return None
