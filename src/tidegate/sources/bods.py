"""Open Ownership's Beneficial Ownership Data Standard, JSON: statements of version 0.4, and of 0.2 and 0.3.

https://standard.openownership.org. An array of statements, or one a line. Of the interests that a statement names, those
are stakes that are a shareholding; votes, boards and other control are none (OFAC FAQ 398 tells ownership from
control). An indirect interest stands beside the chain that it is held through, so its share is not added to direct ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from tidegate.dates import Day
from tidegate.sources.country_names import country_code
from tidegate.sources.list_files import ListFile, as_mapping, as_text, day_of, head_text, wrong
from tidegate.sources.stakes import BELOW, Holder, OwnerFile, Stake

__all__ = ["is_bods", "read_bods"]

_SHARES = frozenset(("shareholding",))
_OPEN = frozenset(("", "unknownInterest", "unknown-interest", "unpublishedInterest"))
_KINDS = {"state": "state", "stateBody": "state"}

Statement = Mapping[str, Any]


def is_bods(head: bytes) -> bool:
    """Whether the first bytes of a file are of this layout."""
    text = head_text(head).lstrip()
    return text.startswith(("[", "{")) and (
        ('"recordType"' in text and '"statementId"' in text)
        or ('"statementType"' in text and '"statementID"' in text)
    )


def read_bods(path: Path) -> OwnerFile:
    """Return the stakes of a file of statements; of several versions of a record, the last.

    Raises: BadInputError: if it cannot be read, is cut off, or a statement lacks what it must have; names file,
        statement and field.
    """
    with ListFile(path) as file:
        statements = list(_statements(file, path))
        digest = file.digest
    left: Counter[str] = Counter()
    holders: dict[str, Holder] = {}
    relations: list[tuple[int, Statement, str, str | None, str | None]] = []
    for row, statement, sort in _latest(statements, path):
        details = as_mapping(statement.get("recordDetails", statement), path, row, "recordDetails")
        if sort in ("entity", "person"):
            key = _key(statement, path, row)
            holders[key] = _holder(path, row, details, key, sort)
        elif sort == "relationship":
            relations.append((row, statement, *_ends(path, row, statement, details)))
        else:
            left[f"'{sort}' is no statement of a party or an interest"] += 1
    stakes: list[Stake] = []
    for row, statement, owned, owner, why in relations:
        if owner is None:
            left[f"an interested party that is not named ({why})"] += 1
            continue
        for key in (owner, owned):
            holders.setdefault(key, Holder(key, key))
        stakes += _stakes(path, row, statement, owner, owned, left)
    notes = tuple(f"{count} left out: {why}" for why, count in sorted(left.items()))
    return OwnerFile("bods", tuple(stakes), holders, digest, str(path), notes=notes)


def _statements(file: ListFile, path: Path) -> Iterator[tuple[int, Statement]]:
    raw = file.whole()
    try:
        if raw.lstrip().startswith(b"["):
            found = msgspec.json.decode(raw)
        else:
            found = [msgspec.json.decode(line) for line in raw.splitlines() if line.strip()]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise wrong(path, f"this is no whole JSON: {error}") from None
    if not isinstance(found, list) or not found:
        raise wrong(path, "a list of statements is expected")
    for row, statement in enumerate(found, 1):
        yield row, as_mapping(statement, path, row)


_OLD_TYPES = {
    "entityStatement": "entity",
    "personStatement": "person",
    "ownershipOrControlStatement": "relationship",
}


def _key(statement: Statement, path: Path, row: int) -> str:
    new = "recordType" in statement
    key = as_text(statement, "recordId" if new else "statementID", path, row)
    if key is None:
        raise wrong(path, "the id is empty", row=row, field="recordId" if new else "statementID")
    return key


def _latest(statements: list[tuple[int, Statement]], path: Path) -> Iterator[tuple[int, Statement, str]]:
    """Yield the statements that no other replaces: the last of a record, and those not listed as replaced."""
    last: dict[str, int] = {}
    replaced: set[str] = set()
    for row, statement in statements:
        if "recordType" in statement:
            key = _key(statement, path, row)
            held = last.get(key)
            if held is None or _dated(statement, path, row) >= _dated(statements[held - 1][1], path, held):
                last[key] = row
        given = statement.get("replacesStatements")
        replaced |= {text for text in given if isinstance(text, str)} if isinstance(given, list) else set()
    for row, statement in statements:
        if "recordType" in statement:
            if last[_key(statement, path, row)] == row:
                yield row, statement, as_text(statement, "recordType", path, row) or ""
        elif _key(statement, path, row) not in replaced:
            kind = as_text(statement, "statementType", path, row) or ""
            yield row, statement, _OLD_TYPES.get(kind, kind)


def _dated(statement: Statement, path: Path, row: int) -> Day:
    return day_of(statement.get("statementDate"), path, row, "statementDate") or Day.min


def _holder(path: Path, row: int, details: Mapping[str, Any], key: str, sort: str) -> Holder:
    name = as_text(details, "name", path, row)
    names = details.get("names")
    if name is None and isinstance(names, list) and names:
        name = as_text(as_mapping(names[0], path, row, "names"), "fullName", path, row)
    kind: object = details.get("entityType")
    kind = kind.get("type") if isinstance(kind, dict) else kind
    place = details.get("jurisdiction") or details.get("incorporatedInJurisdiction")
    code = place.get("code") if isinstance(place, dict) else None
    given = details.get("identifiers")
    numbers = tuple(
        (
            "lei" if "LEI" in str(part.get("scheme", "")) else str(part.get("scheme") or "other"),
            str(part["id"]),
        )
        for part in (given if isinstance(given, list) else [])
        if isinstance(part, dict) and part.get("id")
    )
    is_state = _KINDS.get(str(kind))
    return Holder(
        key, name or key, "person" if sort == "person" else is_state or "entity",
        country_code(str(code)[:2]) if code else None, numbers,
    )  # fmt: skip


def _ends(
    path: Path, row: int, statement: Statement, details: Mapping[str, Any]
) -> tuple[str, str | None, str | None]:
    """Return owned and owner of a statement; in the place of an owner that is not named, why not."""
    found: list[str | None] = []
    why = None
    for field in ("subject", "interestedParty"):
        value = details.get(field)
        if isinstance(value, dict):
            named = value.get("describedByEntityStatement") or value.get("describedByPersonStatement")
            if not named and field == "interestedParty":
                unknown = value.get("unspecified") if isinstance(value.get("unspecified"), dict) else value
                why = (
                    str(unknown.get("reason") or "no reason is given") if isinstance(unknown, dict) else None
                )
            value = named
        if value is not None and not isinstance(value, str):
            raise wrong(path, "the id of a statement or record is expected", row=row, field=field)
        found.append(value or None)
    if found[0] is None:
        raise wrong(path, "no subject is named", row=row, field="subject")
    return found[0], found[1], why or "no party is given"


def _stakes(
    path: Path, row: int, statement: Statement, owner: str, owned: str, left: Counter[str]
) -> Iterator[Stake]:
    details = statement.get("recordDetails", statement)
    interests = details.get("interests") or []
    if not isinstance(interests, list):
        raise wrong(path, "a list is expected", row=row, field="interests")
    closed = (
        day_of(statement.get("statementDate"), path, row, "statementDate")
        if statement.get("recordStatus") == "closed"
        else None
    )
    source = _source(statement)
    for part in interests:
        interest = as_mapping(part, path, row, "interests")
        sort = as_text(interest, "type", path, row) or ""
        if sort not in _SHARES and sort not in _OPEN:
            left[f"'{sort}' is control and no ownership"] += 1
            continue
        level = as_text(interest, "directOrIndirect", path, row) or as_text(
            interest, "interestLevel", path, row
        )
        low, high = _share(path, row, interest.get("share"))
        note, kind = None, "shareholding"
        if sort in _OPEN:
            kind = "unknown interest"
        if level == "indirect":
            told = f" of {_words(low, high)}" if interest.get("share") else ""
            note, kind = f"held through others{told}", "indirect"
        if kind != "shareholding":
            low, high = Fraction(0), Fraction(1)
        ends = day_of(interest.get("endDate"), path, row, "endDate")
        yield Stake(
            owner, owned, low, high, row, day_of(interest.get("startDate"), path, row, "startDate"),
            min((day for day in (ends, closed) if day), default=None), kind, source, note,
        )  # fmt: skip


def _share(path: Path, row: int, given: object) -> tuple[Fraction, Fraction]:
    if given is None:
        return Fraction(0), Fraction(1)
    share = as_mapping(given, path, row, "share")
    if (exact := _percent(path, row, share, "exact")) is not None:
        return exact, exact
    low, high = _percent(path, row, share, "minimum"), _percent(path, row, share, "maximum")
    for bound, name in ((False, "exclusiveMinimum"), (True, "exclusiveMaximum")):
        value = share.get(name)
        # A truth value in 0.2, the bound itself from 0.3 on.
        over = None if isinstance(value, bool) else _percent(path, row, share, name)
        if bound:
            high = over - BELOW if over else high - BELOW if value is True and high else high
        else:
            low = (
                over + BELOW
                if over is not None
                else low + BELOW
                if value is True and low is not None
                else low
            )
    low, high = max(low or Fraction(0), Fraction(0)), Fraction(1) if high is None else high
    if low > high:
        raise wrong(path, f"the share is from {float(low):.4g} to {float(high):.4g}", row=row, field="share")
    return low, min(high, Fraction(1))


def _percent(path: Path, row: int, share: Mapping[str, Any], field: str) -> Fraction | None:
    value = share.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise wrong(path, f"'{value!r:.30}' is no percentage", row=row, field=f"share.{field}")
    return Fraction(str(value)) / 100


def _words(low: Fraction, high: Fraction) -> str:
    return f"{float(low * 100):g}%" if low == high else f"{float(low * 100):g}% to {float(high * 100):g}%"


def _source(statement: Statement) -> str | None:
    source = statement.get("source")
    publication = statement.get("publicationDetails")
    if isinstance(source, dict) and isinstance(source.get("url"), str):
        return str(source["url"])
    publisher = publication.get("publisher") if isinstance(publication, dict) else None
    return str(publisher["name"]) if isinstance(publisher, dict) and publisher.get("name") else None
