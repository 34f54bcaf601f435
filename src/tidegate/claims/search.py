"""Search in what was read: one row a claim, with every outlet that carries it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, select

from tidegate.catalog import load_catalog
from tidegate.claims.claim import CERTAINTIES, INSTRUMENTS, KINDS, STAGES
from tidegate.claims.store.identity import folded
from tidegate.claims.store.rows import claims_of
from tidegate.claims.store.schema import appearances, claim_words, claims, decisions, documents, readings
from tidegate.dates import Day, parse_when
from tidegate.errors import BadInputError
from tidegate.tables import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tidegate.claims.store.store import Store

__all__ = ["COLUMNS", "search_claims"]

COLUMNS = (
    "id", "published", "kind", "actor", "stage", "instrument", "items", "target", "counterparty", "affected",
    "date", "metric", "value", "unit", "period", "source", "certainty", "future", "sentence", "outlets",
    "documents", "title", "url", "readers", "verdict",
)  # fmt: skip

_ROLES = ("actor", "items", "target", "counterparty", "affected")
_ALL_STAGES = tuple(dict.fromkeys(stage for stages in STAGES.values() for stage in stages))
_Value = TypeVar("_Value")

_CHUNK = 500
"""Ids in one statement: databases bound how many values one may hold."""


def search_claims(
    store: Store, *, about: str | None = None, text: str | None = None, since: str | None = None,
    until: str | None = None, kind: str | None = None, stage: str | None = None,
    instrument: str | None = None, certainty: str | None = None, by: str | None = None,
    source: str | None = None, reader: str | None = None, limit: int | None = None,
) -> Table:  # fmt: skip
    """Return the claims that answer to every condition, newest story first.

    Copies of a story give one row, with the outlets of them all; so do two readers who read the same.
    about: a name of the catalog (country, item or party, in any role) or an instrument; any other words are
    looked for in the sentences, and the answer says so. text: words that all stand in the sentence.
    since, until: the day of the story; where nobody gave one, the day of the event. kind, stage, instrument,
    certainty: words of the vocabulary, several with commas. by, source: who does it, who says it.
    Raises: BadInputError: for a date or a word that is none.
    """
    asked = {
        "about": about, "text": text, "since": since, "until": until, "kind": kind, "stage": stage,
        "instrument": instrument, "certainty": certainty, "by": by, "source": source, "reader": reader,
    }  # fmt: skip
    conditions: list[ColumnElement[bool]] = []
    notes: list[str] = []
    for name, given, known in (
        ("kind", kind, KINDS),
        ("stage", stage, _ALL_STAGES),
        ("instrument", instrument, INSTRUMENTS),
        ("certainty", certainty, CERTAINTIES),
    ):
        if given is not None:
            conditions.append(claims.c[name].in_(_known_words(name, given, known)))
    if reader is not None:
        conditions.append(readings.c.reader == reader)
    if by is not None:
        conditions.append(_names(_ids_of(by) or {_slug(by)}, ("actor",)))
    if source is not None:
        conditions.append(_names(_ids_of(source) | {_slug(source)}, ("source",)))
    if text is not None:
        conditions.append(_says(text))
    if about is not None:
        conditions.append(_about(about, notes))
    if limit is not None and limit < 1:
        raise BadInputError(f"limit: {limit} rows is no answer. Give 1 or more.")
    days = _days(since, until)
    with store.connect() as connection:
        undated = _undated(connection, conditions, notes) if days else 0
        groups = _groups(connection, [*conditions, *days])
        rows = tuple(_rows(connection, groups[:limit]))
    return Table(
        rows,
        COLUMNS,
        {
            "store": store.address,
            "asked": {name: value for name, value in asked.items() if value is not None},
            "found": len(groups),
            "undated": undated,
            "notes": notes,
        },
        "claims",
    )


@dataclass(frozen=True, slots=True)
class _Group:
    """The claims of several documents or readers that say the same. id: of the claim that stands for them."""

    id: str
    newest: Day | None
    keys: tuple[int, ...]


def _groups(connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> list[_Group]:
    """Return what was found: a group is in where one of its claims answers, and then it is whole."""
    head = func.coalesce(claims.c.same_as, claims.c.id)
    wanted = select(head).join(readings, readings.c.id == claims.c.reading).where(and_(True, *conditions))
    rows = connection.execute(
        select(head, claims.c.key, readings.c.published)
        .join(readings, readings.c.id == claims.c.reading)
        .where(head.in_(wanted))
        .order_by(readings.c.document, readings.c.reader, claims.c.ordinal)
    )
    groups: dict[str, list[tuple[int, Day | None]]] = {}
    for id_, key, published in rows:
        groups.setdefault(id_, []).append((key, published))
    found = []
    for id_, members in groups.items():
        days = [day for _, day in members if day is not None]
        found.append(_Group(id_, max(days, default=None), tuple(key for key, _ in members)))
    # A stable sort: within a day, stories in the order they were read and claims in theirs.
    found.sort(key=lambda group: group.newest or Day.min, reverse=True)
    return found


def _rows(connection: Connection, groups: Sequence[_Group]) -> Iterable[dict[str, Any]]:
    keys = [key for group in groups for key in group.keys]
    places = _read(connection, keys)
    verdicts = _verdicts(connection, sorted({member["id"] for member in places.values()}))
    for group in groups:
        members = [places[key] for key in group.keys]
        first = next((member for member in members if member["id"] == group.id), members[0])
        yield {
            **{name: first["claim"].get(name) for name in COLUMNS},
            "id": group.id,
            "published": group.newest.isoformat() if group.newest else None,
            "outlets": _merged(member["outlets"] for member in members),
            "documents": _merged(member["documents"] for member in members),
            "title": first["title"],
            "url": first["url"],
            "readers": _merged([member["reader"]] for member in members),
            # The last word of anybody about the claim, in whichever copy it was met.
            "verdict": max((verdicts.get(member["id"], (0, None)) for member in members), key=_order)[1],
        }


def _read(connection: Connection, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return what stands in a row, by the key of a claim."""
    found: dict[int, dict[str, Any]] = {}
    for part in _chunks(keys):
        rows = connection.execute(
            select(claims.c.key, claims.c.reading, readings.c.reader, readings.c.document,
                   documents.c.title, documents.c.url)
            .join(readings, readings.c.id == claims.c.reading)
            .join(documents, documents.c.id == readings.c.document)
            .where(claims.c.key.in_(part))
        ).mappings().all()  # fmt: skip
        met = _appearances(connection, {row["document"] for row in rows})
        read = claims_of(connection, sorted({row["reading"] for row in rows}))
        whole = {row["key"]: (row["id"], claim) for pairs in read.values() for row, claim in pairs}
        for row in rows:
            id_, claim = whole[row["key"]]
            names, outlets = met.get(row["document"], ([], []))
            found[row["key"]] = {
                "id": id_, "claim": claim.to_dict(), "reader": row["reader"], "title": row["title"],
                "url": row["url"], "documents": names, "outlets": outlets,
            }  # fmt: skip
    return found


def _appearances(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[list[str], list[str]]]:
    """Return the files and the outlets of documents, in the order they were met."""
    met: dict[int, tuple[list[str], list[str]]] = {}
    statement = select(appearances).where(appearances.c.document.in_(list(ids))).order_by(appearances.c.id)
    for row in connection.execute(statement).mappings():
        names, outlets = met.setdefault(row["document"], ([], []))
        names.append(row["name"])
        if row["outlet"]:
            outlets.append(row["outlet"])
    return met


def _verdicts(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[int, str | None]]:
    """Return the last verdict about each claim, with its place in the order of all decisions."""
    found: dict[str, tuple[int, str | None]] = {}
    for part in _chunks(ids):
        statement = (
            select(decisions.c.subject, decisions.c.id, decisions.c.verdict)
            .where(decisions.c.about == "claim", decisions.c.subject.in_(part))
            .order_by(decisions.c.id)
        )
        found.update((subject, (place, verdict)) for subject, place, verdict in connection.execute(statement))
    return found


def _order(verdict: tuple[int, str | None]) -> int:
    return verdict[0]


def _about(name: str, notes: list[str]) -> ColumnElement[bool]:
    ids = _ids_of(name)
    instrument = _slug(name).replace("-", "_")
    if instrument in INSTRUMENTS:
        return or_(_names(ids, _ROLES), claims.c.instrument == instrument)
    if ids:
        return _names(ids, _ROLES)
    notes.append(f"'{name}' is no name of the catalog: it is looked for in the words of the claims.")
    return or_(_says(name), _names({_slug(name)}, _ROLES))


def _ids_of(name: str) -> set[str]:
    return {match.id for match in load_catalog().find_all(name) if match.kind != "group"}


def _slug(name: str) -> str:
    return re.sub(r"[^\w.&+]+", "-", name.strip().lower()).strip("-")


def _names(ids: Iterable[str], slots: Sequence[str]) -> ColumnElement[bool]:
    named = select(claim_words.c.claim).where(
        claim_words.c.word.in_(sorted(ids)), claim_words.c.slot.in_(slots)
    )
    return claims.c.key.in_(named)


def _says(text: str) -> ColumnElement[bool]:
    words = folded(text).split()
    if not words:
        raise BadInputError("The words to look for are empty. Give one, or leave the option out.")
    return and_(*(claims.c.folded.contains(word, autoescape=True) for word in words))


def _days(since: str | None, until: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    first, last = (parse_when(day) if day else None for day in (since, until))
    if first and last and last.last < first.first:
        raise BadInputError(f"since {since} lies after until {until}. Give the earlier day as since.")
    if first:
        conditions.append(func.coalesce(readings.c.published, claims.c.date_last) >= first.first)
    if last:
        conditions.append(func.coalesce(readings.c.published, claims.c.date_first) <= last.last)
    return conditions


def _undated(connection: Connection, conditions: Sequence[ColumnElement[bool]], notes: list[str]) -> int:
    """Return how many claims a span of days leaves out because neither story nor event has a day."""
    without = and_(readings.c.published.is_(None), claims.c.date_first.is_(None), *conditions)
    statement = select(func.count(func.distinct(func.coalesce(claims.c.same_as, claims.c.id))))
    count = connection.execute(
        statement.join(readings, readings.c.id == claims.c.reading).where(without)
    ).scalar_one()
    if count:
        notes.append(f"{count} more have no day and are left out; leave out since and until to see them.")
    return count


def _known_words(name: str, given: str, known: Sequence[str]) -> list[str]:
    words = [word.strip() for word in given.split(",") if word.strip()]
    for word in words or [given]:
        if word not in known:
            raise BadInputError(f"{name} '{word}' is not known. Known: {', '.join(known)}.")
    return words


def _merged(lists: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(word for words in lists for word in words))


def _chunks(values: Sequence[_Value]) -> Iterable[Sequence[_Value]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
