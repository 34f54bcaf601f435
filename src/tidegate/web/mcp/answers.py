"""An answer for a program that reads: what it rests on, what is unknown, what was assumed, and of bounded size."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.ledger.regime import Standing
from tidegate.web.question import Asked, Question, Site
from tidegate.web.reading import Mistake, MistakenError

__all__ = ["MOST_CHARACTERS", "PAGING", "Paging", "enveloped"]

MOST_CHARACTERS = 40_000
"""Of an answer as JSON text, about ten thousand words of a language model; more is cut, and said so."""

_MOST_NOTES = 30
_MOST_SOURCES = 25

PAGING: dict[str, dict[str, Any]] = {
    "offset": {
        "type": "integer", "minimum": 0, "default": 0, "description": "Rows of each list to pass over.",
    },
    "limit": {
        "type": "integer", "minimum": 1, "maximum": 200, "default": 10,
        "description": "Rows of each list to show; `left_out` tells what there is more.",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paging:
    """Which rows of each list to show."""

    offset: int = 0
    limit: int = 10

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Paging:
        """Return what was asked. Raises: MistakenError: if a number is none, or out of bounds."""
        mistakes = []
        for name, value in given.items():
            low, high = PAGING[name]["minimum"], PAGING[name].get("maximum", 10**9)
            if value is not None and (
                isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high
            ):
                mistakes.append(Mistake(name, f"A whole number from {low} to {high} is expected."))
        if mistakes:
            raise MistakenError(mistakes)
        return cls(**{name: value for name, value in given.items() if value is not None})


def enveloped(
    asks: Question[Any], site: Site, asked: Asked, answer: Mapping[str, Any], paging: Paging
) -> dict[str, Any]:
    """Return an answer with what it rests on.

    tool, asked: what was asked, the day included. address: of the page that shows the same, where there is one.
    record: digest of the measures and definitions. sources_read_to: the last day up to which sources were read.
    unknown, assumed: what the rows shown leave open and what they take for granted. left_out: what is not shown,
    and how to get it. answer: as the JSON twin has it. sources: of the measures that it names without one.
    """
    values = asked.values()
    day = str(next((values[name] for name in asks.by_today if name in values), site.today().isoformat()))
    shown, left_out = _fitting(answer, paging)
    read_to = site.ledger.read_to
    unknown = list(_unknown(shown, ""))
    if read_to is not None and day > read_to.isoformat():
        unknown.insert(
            0, f"Sources were read to {read_to}: of later days only what was fixed before is known."
        )
    return {
        "tool": asks.name,
        "asked": values,
        "day": day,
        "address": asks.address(values) if asks.path else None,
        "record": site.digest,
        "sources_read_to": read_to.isoformat() if read_to else None,
        "scenario": site.ledger.scenario,
        "unknown": _counted(unknown),
        "assumed": _counted(list(_assumed(shown, ""))),
        "left_out": left_out,
        "answer": shown,
        "sources": _sources(site, shown, day),
        "notice": "A record with sources, not legal advice.",
    }


def _paged(answer: Mapping[str, Any], paging: Paging) -> tuple[dict[str, Any], list[str]]:
    shown, left_out = dict(answer), []
    for name, value in answer.items():
        if not isinstance(value, list) or not value or not isinstance(value[0], dict):
            continue
        part = value[paging.offset : paging.offset + paging.limit]
        shown[name] = part
        if len(part) < len(value):
            first, last = paging.offset + 1, paging.offset + len(part)
            rows = f"rows {first} to {last} of {len(value)}" if part else f"none of {len(value)} rows"
            more = f"; ask again with offset={last} for the next" if part and last < len(value) else ""
            left_out.append(f"{name}: {rows} shown{more}")
    return shown, left_out


def _fitting(answer: Mapping[str, Any], paging: Paging) -> tuple[dict[str, Any], list[str]]:
    """Return as much as fits, telling what is left out: fewer rows first, then shorter lists within them."""
    limit = paging.limit
    while True:
        shown, left_out = _paged(answer, Paging(paging.offset, limit))
        if _size(shown) <= MOST_CHARACTERS:
            return shown, left_out
        if limit == 1:
            break
        limit //= 2
    for longest in (8, 4, 2, 1, 0):
        told: dict[str, list[int]] = {}
        cut = {name: _shortened(value, name, longest, told) for name, value in shown.items()}
        if _size(cut) <= MOST_CHARACTERS:
            break
    lists = [
        f"{name}: at most {longest} each of up to {max(counts)} shown, as the answer was too long; tell more of what is "
        "asked, or see the page"
        for name, counts in sorted(told.items())
    ]
    return cut, [*left_out, *lists]


def _shortened(value: Any, name: str, longest: int, told: dict[str, list[int]]) -> Any:  # noqa: ANN401
    """A top field with the lists within it shortened; the rows of the field itself are those that were asked for."""
    if isinstance(value, list):
        return [_tail(each, name, longest, told) for each in value]
    return _tail(value, name, longest, told)


def _tail(value: Any, name: str, longest: int, told: dict[str, list[int]]) -> Any:  # noqa: ANN401
    if isinstance(value, Mapping):
        return {key: _tail(each, key, longest, told) for key, each in value.items()}
    if isinstance(value, list):
        if len(value) > longest:
            told.setdefault(name, []).append(len(value))
        return [_tail(each, name, longest, told) for each in value[:longest]]
    return value


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, default=str))


def _rows(value: Any, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:  # noqa: ANN401
    """Yield every mapping in an answer with what it is called: its id, measure or key."""
    if isinstance(value, Mapping):
        own = next(
            (str(value[key]) for key in ("measure", "id", "company") if isinstance(value.get(key), str)), name
        )
        yield own, value
        for key, each in value.items():
            yield from _rows(each, key if isinstance(each, Mapping) else own)
    elif isinstance(value, list):
        for each in value:
            yield from _rows(each, name)


def _unknown(answer: Any, name: str) -> Iterator[str]:  # noqa: ANN401
    for own, row in _rows(answer, name):
        if row.get("unknown") and isinstance(row["unknown"], list):
            yield f"{own}: turns on {', '.join(map(str, row['unknown']))}"
        if "unknown" in (row.get("stage"), row.get("after")):
            yield f"{own}: stage unknown, {row.get('condition') or row.get('note') or 'the record does not say'}"
        if row.get("verified") is False:
            yield f"{own}: the entry was not read in its source"
        for key in ("not_covered", "notes"):
            if isinstance(row.get(key), list):
                yield from (str(each) for each in row[key])
        if row.get("unchanged"):
            yield str(row["unchanged"])


def _assumed(answer: Any, name: str) -> Iterator[str]:  # noqa: ANN401
    for own, row in _rows(answer, name):
        for key in ("assumed", "assumptions"):
            if isinstance(row.get(key), list):
                yield from (str(each) for each in row[key])
        if row.get("assumes") and isinstance(row["assumes"], list):
            yield f"{own}: taken as not known: {', '.join(map(str, row['assumes']))}"


def _counted(notes: list[str]) -> list[str]:
    found = list(dict.fromkeys(notes))
    more = [f"and {len(found) - _MOST_NOTES} more"] if len(found) > _MOST_NOTES else []
    return found[:_MOST_NOTES] + more


def _sources(site: Site, answer: Any, day: str) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    """The measures that an answer names without a source, each with the entry that put it where it stands."""
    sourced = {own for own, row in _rows(answer, "") if row.get("source")}
    named = [text for text in dict.fromkeys(_texts(answer)) if text in site.ledger and text not in sourced]
    found: dict[str, dict[str, Any]] = {}
    for name in named[:_MOST_SOURCES]:
        standing = site.ledger.standing(name, day)
        found[name] = _source(standing) if standing else {"title": site.ledger[name].title, "stage": None}
    return found


def _source(standing: Standing) -> dict[str, Any]:
    return {
        "title": standing.measure.title, "stage": standing.stage.value, "since": standing.span.since,
        "source": standing.entry.source, "verified": standing.is_verified,
    }  # fmt: skip


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
