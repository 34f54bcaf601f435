"""The brief as plain values: the page, the terminal and JSON all show this record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tidegate.tables import to_json

if TYPE_CHECKING:
    from tidegate.brief.day_record import DayBrief

__all__ = [
    "Brief", "ClaimLine", "ClaimQuote", "CopyLine", "Fact", "MeasureLine", "Named", "Quote", "RoundLine",
    "StoryBrief",
]  # fmt: skip


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
class ClaimQuote:
    """The verbatim words of a claim with some of what stands around them.

    start: where the words begin in the story's text. before, after: the rest of the passage, '…' where cut.
    """

    before: str
    words: str
    after: str
    start: int


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One thing a story asserts, and what the ledger says to it.

    number: its place among the claims of the story, from 1. says: the claim in plain words. when: `ahead`,
    `now`, `past`, or `undated` where the words give no date (past or present). authority: on whose word.
    is_official: whether an official source carries it. label, standing, why, measure, then, now, also:
    as `reconcile` decides them. named: where the record lacks the claim, the measures that words of its passage
    name: the first place to look if the reader took it amiss. entry: the entry of the ledger that this rests
    on. proposal: the id of the ledger entry proposed; no_proposal: why there is none, where one could be.
    claim: its slots.
    """

    number: int
    kind: str
    says: str
    when: str
    authority: str
    is_official: bool
    label: str
    standing: str
    why: str
    measure: str | None
    then: str | None
    now: str | None
    also: tuple[str, ...]
    named: tuple[str, ...]
    entry: dict[str, Any] | None
    proposal: str | None
    no_proposal: str | None
    quote: ClaimQuote
    claim: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the ledger knows better than a story.

    kind: `contradicts` (the record speaks against the story), `further` (a later stage stood already on the
    story's day), `practice` (what is done and what the law says are two things), `since` (it happened after
    the story, or became known after it) or `now` (why the stage of today is not certain).
    claims: the numbers of the claims it is about. on, stage, source, verified: of the entry on record.
    """

    kind: str
    measure: str
    title: str
    claims: tuple[int, ...]
    text: str
    on: str | None
    stage: str | None
    source: str | None
    verified: bool


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A measure the story speaks of, then and now.

    claims: the claims about it; empty where the story only names it, in words found by the matcher (score,
    why, quotes). stage_then: the stage on the story's day, as known by then; where only a span of days is
    known and the stage moved within it, both, first to last. lane: the stages from the story to the day
    asked, each with its first day, the first day after it and its share of the time. changed: entries
    between the story and the day asked, and earlier ones that became known after the story (`known`).
    """

    id: str
    title: str
    jurisdiction: str
    claims: tuple[int, ...]
    score: float | None
    why: tuple[tuple[str, str], ...]
    quotes: tuple[Quote, ...]
    lane: tuple[dict[str, Any], ...]
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
class CopyLine:
    """Another story that prints the same text.

    contained: the share of the shorter text that stands in the longer one, 0 to 1. only_here: claims whose
    words do not stand in the story it is a copy of.
    """

    name: str
    title: str | None
    outlet: str | None
    published: str | None
    contained: float
    only_here: tuple[ClaimLine, ...]


@dataclass(frozen=True, slots=True)
class StoryBrief:
    """What one story asserts, on whose word, what is new in it and what the ledger knows better.

    published: the day the story gives or that was given for it. estimated: the span of days, where none is
    given and the measures named tell; None and published None: the day is unknown.
    unreadable: why the reader cannot read it. asserts: claims about measures; responses, evasions, figures:
    the claims of those kinds. new: numbers of the claims that the record lacks. better: what the ledger knows
    better. measures: those the claims are about, then those that are only named. why_none: the reason where
    there are none. notes: what was not read, not decided or not proposed.
    """

    name: str
    title: str | None
    outlet: str | None
    url: str | None
    language: str | None
    published: str | None
    published_from: str
    is_after_day_asked: bool
    estimated: tuple[str, str] | None
    unreadable: str | None
    copies: tuple[CopyLine, ...]
    asserts: tuple[ClaimLine, ...]
    new: tuple[int, ...]
    better: tuple[Fact, ...]
    responses: tuple[ClaimLine, ...]
    evasions: tuple[ClaimLine, ...]
    figures: tuple[ClaimLine, ...]
    measures: tuple[MeasureLine, ...]
    rounds: tuple[RoundLine, ...]
    governments: tuple[Named, ...]
    companies: tuple[Named, ...]
    items: tuple[Named, ...]
    dates: tuple[dict[str, Any], ...]
    why_none: str | None
    notes: tuple[str, ...]
    length: int

    @property
    def claims(self) -> tuple[ClaimLine, ...]:
        """Every claim, in the order of the story."""
        found = (*self.asserts, *self.responses, *self.evasions, *self.figures)
        return tuple(sorted(found, key=lambda line: line.number))

    @property
    def is_named_only(self) -> bool:
        """Whether measures are named and nothing is asserted of one that the reader could tell."""
        return not self.asserts and bool(self.measures)


@dataclass(frozen=True, slots=True)
class Brief:
    """One page: the brief of a day, of a batch of stories, or of both.

    day: what changed, who is hit and what to watch; None where only stories are asked about.
    proposals: the ledger entries that the stories would add, each with its YAML and the command that accepts it.
    disagreements: where two stories cannot both be right, side by side. failures: one line for each file or entry that
    could not be read.
    """

    on: str
    stories: tuple[StoryBrief, ...]
    proposals: tuple[dict[str, Any], ...]
    disagreements: tuple[dict[str, Any], ...]
    failures: tuple[str, ...]
    read_to: str | None
    scenario: str | None
    measures_in_ledger: int
    notice: str = "A record with sources, not legal advice."
    day: DayBrief | None = None

    def proposal(self, proposal_id: str) -> dict[str, Any]:
        """Return a proposal by its id."""
        return next(row for row in self.proposals if row["id"] == proposal_id)

    def to_dict(self) -> dict[str, Any]:
        """Return the brief as plain values."""
        return asdict(self)

    def to_json(self) -> str:
        """Return the brief as JSON text."""
        return to_json(self.to_dict())
