"""The brief as plain values: the page, the terminal and JSON all show this record."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tidegate.catalog import Country, Item, Party, load_catalog
from tidegate.claims.documents import Document, read_document
from tidegate.claims.matching import Match, match_story
from tidegate.claims.mentions import Mention, find_mentions
from tidegate.claims.rounds import match_rounds
from tidegate.claims.when import find_dates
from tidegate.dates import Day
from tidegate.errors import DocumentError
from tidegate.ledger import Ledger
from tidegate.ledger.changes import coming
from tidegate.ledger.ledger import DayLike, as_day
from tidegate.tables import Table, to_json

__all__ = ["Brief", "MeasureLine", "Named", "Quote", "RoundLine", "StoryBrief", "brief_stories"]

COMING_DAYS = 180
"""How far ahead a brief looks."""


@dataclass(frozen=True, slots=True)
class Named:
    """Something a story names. words: as they stand in it, most frequent first. count: how often."""

    id: str
    name: str
    words: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage of the story. start: where it begins. words: those that speak of the measure."""

    text: str
    start: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A measure the story speaks of, then and now.

    stage_then: the stage on the story's day, as known by then; where only a span of days is known and
    the stage moved within it, both, first to last. lane: the stages from the story to the day asked, each
    with its first day, the first day after it and its share of the time. changed: entries between the
    story and the day asked.
    """

    id: str
    title: str
    jurisdiction: str
    score: float
    lane: tuple[dict[str, Any], ...]
    why: tuple[tuple[str, str], ...]
    quotes: tuple[Quote, ...]
    stage_then: str
    stage_now: str
    condition_now: str | None
    printed_now: str | None
    since_now: str | None
    source_now: str | None
    verified_now: bool
    changed: tuple[dict[str, Any], ...]
    coming: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A bargaining round the story speaks of."""

    id: str
    on: str
    outcome: str
    words: tuple[str, ...]
    held: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoryBrief:
    """What one story names and which measures it speaks of.

    published: the day the story gives or that was given for it. estimated: the span of days, as text,
    where none is given and the measures tell; None and published None: the day is unknown.
    why_none: the reason where no measure matched.
    """

    name: str
    title: str | None
    outlet: str | None
    published: str | None
    published_from: str
    is_after_day_asked: bool
    estimated: tuple[str, str] | None
    governments: tuple[Named, ...]
    companies: tuple[Named, ...]
    items: tuple[Named, ...]
    dates: tuple[dict[str, Any], ...]
    measures: tuple[MeasureLine, ...]
    rounds: tuple[RoundLine, ...]
    why_none: str | None
    length: int


@dataclass(frozen=True, slots=True)
class Brief:
    """The brief of a batch of stories. failures: one line for each file that could not be read."""

    on: str
    stories: tuple[StoryBrief, ...]
    failures: tuple[str, ...]
    read_to: str | None
    scenario: str | None
    measures_in_ledger: int
    notice: str = "A record with sources, not legal advice."

    def to_dict(self) -> dict[str, Any]:
        """Return the brief as plain values."""
        return asdict(self)

    def to_json(self) -> str:
        """Return the brief as JSON text."""
        return to_json(self.to_dict())


Progress = Callable[[int, int, str], None]


def brief_stories(
    paths: Sequence[str | Path],
    ledger: Ledger,
    on: DayLike,
    published: DayLike | None = None,
    progress: Progress | None = None,
) -> Brief:
    """Return the brief of stories on a day.

    paths: text, Markdown or HTML files; one that cannot be read becomes a failure and the rest go on.
    published: the day of those stories that give none.
    progress: called with the number done, the total and the file's name.
    """
    day = as_day(on)
    given = as_day(published) if published else None
    ahead = coming(ledger, day, COMING_DAYS)
    stories, failures = [], []
    for number, path in enumerate(paths, start=1):
        try:
            stories.append(_brief(read_document(path), ledger, day, given, ahead))
        except DocumentError as error:
            failures.append(str(error))
        if progress is not None:
            progress(number, len(paths), Path(path).name)
    return Brief(
        on=day.isoformat(),
        stories=tuple(stories),
        failures=tuple(failures),
        read_to=ledger.read_to.isoformat() if ledger.read_to else None,
        scenario=ledger.scenario,
        measures_in_ledger=len(ledger),
    )


def _brief(document: Document, ledger: Ledger, on: Day, given: Day | None, ahead: Table) -> StoryBrief:
    published = document.published or given
    mentions = find_mentions(document.text)
    report = match_story(document, ledger, published, mentions)
    span = (published, published) if published else report.estimated
    return StoryBrief(
        name=document.name,
        title=document.title,
        outlet=document.outlet,
        published=published.isoformat() if published else None,
        is_after_day_asked=published is not None and published > on,
        published_from="the story" if document.published else "given" if given else "unknown",
        estimated=_iso_span(report.estimated),
        governments=_named(mentions, "country"),
        companies=_named(mentions, "party"),
        items=_named(mentions, "item"),
        dates=_dates(document, published),
        measures=tuple(_line(match, ledger, on, span, ahead) for match in report.matches),
        rounds=tuple(
            RoundLine(
                match.round.id,
                match.round.when.text,
                match.round.outcome,
                match.words,
                match.round.held,
                tuple(cited.source for cited in match.round.sources),
            )
            for match in match_rounds(document, mentions, span)
        ),
        why_none=report.why_none,
        length=len(document.text),
    )


def _iso_span(span: tuple[Day, Day] | None) -> tuple[str, str] | None:
    return (span[0].isoformat(), span[1].isoformat()) if span else None


def _named(mentions: Iterable[Mention], kind: str) -> tuple[Named, ...]:
    catalog = load_catalog()
    registers: dict[str, Mapping[str, Country | Party | Item]] = {
        "country": catalog.countries,
        "party": catalog.parties,
        "item": catalog.items,
    }
    words: dict[str, Counter[str]] = {}
    for mention in mentions:
        if mention.kind == kind:
            words.setdefault(mention.id, Counter())[mention.text] += 1
    rows = [
        Named(
            key,
            registers[kind][key].name,
            tuple(text for text, _ in counts.most_common()),
            counts.total(),
        )
        for key, counts in words.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.id)))


def _dates(document: Document, published: Day | None) -> tuple[dict[str, Any], ...]:
    found: dict[str, dict[str, Any]] = {}
    for mention in find_dates(document.text, published):
        found.setdefault(
            mention.text,
            {
                "words": mention.text,
                "date": mention.when.text if mention.when else None,
                "why_unknown": mention.why_unknown,
            },
        )
    return tuple(found.values())


def _line(match: Match, ledger: Ledger, on: Day, span: tuple[Day, Day] | None, ahead: Table) -> MeasureLine:
    measure = match.measure
    now = ledger.standing(measure.id, on)
    changed: list[dict[str, Any]] = []
    for entry in measure.entries:
        when = entry.when.first
        if span and span[0] < when <= on and entry.role != "report":
            changed.append({
                "on": entry.on, "stage": entry.stage, "role": entry.role, "note": entry.note,
                "source": entry.source, "verified": entry.verified,
            })  # fmt: skip
    return MeasureLine(
        id=measure.id,
        title=measure.title,
        jurisdiction=measure.jurisdiction,
        score=match.score,
        lane=_lane(measure.id, ledger, span[0], on) if span else (),
        why=match.evidence[0].words,
        quotes=tuple(
            Quote(part.passage.text, part.passage.start, tuple(word for _, word in part.words))
            for part in match.evidence[:2]
        ),
        stage_then=_stage_then(measure.id, ledger, span),
        stage_now=now.stage.value if now else "not on record",
        condition_now=now.condition if now else None,
        printed_now=now.printed.value if now and now.printed else None,
        since_now=now.span.since if now else None,
        source_now=now.entry.source if now else None,
        verified_now=now.is_verified if now else True,
        changed=tuple(sorted(changed, key=lambda row: row["on"])),
        coming=tuple(
            dict(row) for row in ahead if row["id"] == measure.id and row["what"] in ("change", "date")
        ),
    )


def _lane(measure_id: str, ledger: Ledger, first: Day, on: Day) -> tuple[dict[str, Any], ...]:
    """Return the stages that one measure went through between two days."""
    end = on + dt.timedelta(days=1)
    if first >= end:
        return ()
    lane: list[dict[str, Any]] = []
    day = first
    while day < end:
        standing = ledger.standing(measure_id, day)
        following = standing.next.starts if standing and standing.next else end
        if standing is None:
            following = min(entry.when.first for entry in ledger[measure_id].entries)
        until = min(max(following, day + dt.timedelta(days=1)), end)
        stage = standing.stage.value if standing else "not on record"
        if lane and lane[-1]["stage"] == stage:
            lane[-1]["until"] = until.isoformat()
            lane[-1]["days"] += (until - day).days
        else:
            days = (until - day).days
            lane.append({"stage": stage, "from": day.isoformat(), "until": until.isoformat(), "days": days})
        day = until
    total = sum(part["days"] for part in lane)
    return tuple({**part, "share": round(100 * part["days"] / total, 2)} for part in lane)


def _stage_then(measure_id: str, ledger: Ledger, span: tuple[Day, Day] | None) -> str:
    """Return the stage on the story's day as known then, or the stages it went through in the span."""
    if span is None:
        return "unknown, because the story gives no day"
    stages: list[str] = []
    day = span[0]
    while day <= span[1]:
        standing = ledger.standing(measure_id, day, known_by=day)
        stage = standing.stage.value if standing else "not on record"
        if not stages or stages[-1] != stage:
            stages.append(stage)
        day += dt.timedelta(days=1)
    return ", then ".join(stages)
