"""The brief of a day as plain values: page, PDF, terminal and JSON all show this record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tidegate.brief.market_record import DayMarkets, market_rows
from tidegate.brief.record import RoundLine
from tidegate.tables import Table, Tabular, to_json

__all__ = [
    "ClaimRead", "DayBrief", "Due", "EffectLine", "Effects", "Gauge", "IfItComes", "Moved", "NotModelled",
    "Parties", "PartyLine", "Said", "Talk", "WhatIf", "line_table",
]  # fmt: skip

LINE_COLUMNS = ("section", "id", "on", "stage", "says", "value", "low", "high", "unit", "source", "verified")


@dataclass(frozen=True, slots=True)
class Said:
    """On whose word something is known. who: in words. source: as the record has it. via: where it was read as quoted.

    href: the address of the source, None where it has none. known_by: first day on which the public could know.
    """

    who: str
    source: str
    href: str | None
    via: str | None
    verified: bool
    known_by: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A measure that stands otherwise than on the earlier day.

    before: None where it came onto the record. on: since when, as its source writes it. decides: whether its scope
    decides shipments. limbs: its parts that moved.
    """

    id: str
    title: str
    government: str
    authority: str
    before: str | None
    stage: str
    on: str
    note: str
    condition: str | None
    decides: bool
    limbs: tuple[str, ...]
    said: Said


@dataclass(frozen=True, slots=True)
class Talk:
    """A measure that is only talked about, or words about one that stands. stage: how far the talk has come.

    is_new: whether this was said between the two days. also: ids of other measures of which the same was said.
    """

    id: str
    title: str
    government: str
    stage: str
    on: str
    note: str
    is_new: bool
    said: Said
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gauge:
    """The tide toward one country on both days, and the transactions of the basket that moved it.

    low, high: of tightness, 0 to 1. deals: in the basket. moved: transaction, government, before, after, measures.
    """

    target: str
    name: str
    before: tuple[float, float]
    now: tuple[float, float]
    deals: int
    moved: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class EffectLine:
    """One effect. kind: companies, countries or goods. effect, low, high: median, and 10 and 90 percent of the draws.

    equation: its number and words in docs/supply.md, anchor: the heading there. rests_on: what the number of the base
    year behind it rests on; source: its address, None where it is an assumption.
    """

    outcome: str
    label: str
    kind: str
    unit: str
    effect: float
    low: float
    high: float
    baseline: float
    equation: str
    anchor: str
    rests_on: str
    source: str | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A change and what it does by the supply model.

    sort: 'changed' (it has happened; against the law without it), 'coming' or 'talk' (what if; against the record).
    text: the scenario, as YAML: what the run differs from the record by. in_record: whether it takes back what the record
    has, so that the effect is that of the record against the scenario. lots: parts of flows held otherwise. trade:
    theirs in the base year, billion USD a quarter. shipped: name of a shipped scenario about the same measures.
    """

    sort: str
    label: str
    against: str
    measures: tuple[str, ...]
    titles: tuple[str, ...]
    text: str
    in_record: bool
    lots: int
    trade: float
    lines: tuple[EffectLine, ...] = ()
    unchanged: str | None = None
    shipped: str | None = None


@dataclass(frozen=True, slots=True)
class NotModelled:
    """A change that the model does not reach, and why."""

    sort: str
    id: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Effects:
    """Who is hit. left_out: why this part is not there; then nothing else is.

    reached: changes that move some flow of the model; what_ifs: those of them that were run. first, last: quarters.
    record: how far the model was from what came: targets, inside_band, inside_tolerance.
    """

    left_out: str | None = None
    first: str = ""
    last: str = ""
    draws: int = 0
    seed: int = 0
    reached: int = 0
    what_ifs: tuple[WhatIf, ...] = ()
    not_modelled: tuple[NotModelled, ...] = ()
    record: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A date ahead, of one government's measures that move in the same way on it.

    days: left until then. stage, next_stage: None where only a term runs out. by_text: whether the present stage ends
    then by its own text. ids, titles: of the measures.
    """

    on: str
    days: int
    government: str
    stage: str
    next_stage: str | None
    condition: str | None
    by_text: bool
    ids: tuple[str, ...]
    titles: tuple[str, ...]
    note: str
    said: Said


@dataclass(frozen=True, slots=True)
class IfItComes:
    """A shipped scenario, or a game, about measures that are open on the day."""

    name: str
    title: str
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimRead:
    """A claim of a story of these days, as the store has it. verdict: what a person decided, None while it is open.

    label: what the record says to it, as `reconcile` has it. words: of the story.
    """

    published: str | None
    outlets: tuple[str, ...]
    authority: str
    words: str
    label: str
    measure: str | None
    verdict: str | None
    title: str | None
    href: str | None


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A listed party that one of one's own may be, and nobody cleared. listed: its name there.

    is_new: whether it was not on that list on the earlier day. starts: since when, None where its list does not say.
    """

    name: str
    id: str
    listed: str
    list: str
    authority: str
    score: float
    why: str
    starts: str | None
    is_new: bool
    source: str | None


@dataclass(frozen=True, slots=True)
class Parties:
    """One's own parties held against lists. asked: how many names. cleared: hits that people cleared.

    whole: whether one of the lists is a whole copy: else who is not found may be listed all the same. lists: each with
    its age, in words.
    """

    asked: int
    cleared: int
    whole: bool
    lists: tuple[str, ...]
    lines: tuple[PartyLine, ...]


@dataclass(frozen=True)
class DayBrief(Tabular):
    """One day: what changed since an earlier one, who is hit, what to watch.

    on, since: the days compared, everything as known by `on`. gauges: None where tables are not installed, and then
    `no_gauge` says so. claims: None without a store. parties: None where no names were given. ahead: days that `due`
    looks ahead. announced: decided, no day.
    talks: bargaining rounds of these days, or the last one before. markets: None where nobody asked.
    """

    on: str
    since: str
    ahead: int
    read_to: str | None
    starts: str | None
    scenario: str | None
    measures_in_ledger: int
    binding: int
    moved: tuple[Moved, ...]
    talk: tuple[Talk, ...]
    gauges: tuple[Gauge, ...] | None
    no_gauge: str | None
    effects: Effects | None
    due: tuple[Due, ...]
    announced: tuple[Talk, ...]
    talks: tuple[RoundLine, ...]
    scenarios: tuple[IfItComes, ...]
    claims: tuple[ClaimRead, ...] | None
    parties: Parties | None = None
    games: tuple[IfItComes, ...] = ()
    markets: DayMarkets | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the brief as plain values."""
        return asdict(self)

    def to_json(self) -> str:
        """Return the brief as JSON text."""
        return to_json(self.to_dict())

    def table(self) -> Table:
        """Return a row for each statement, as `line_table` gives it."""
        return line_table(self.to_dict())


def line_table(day: Mapping[str, Any]) -> Table:
    """Return a row for each statement of a day: what it says, its number with the band, and its source.

    day: as `DayBrief.to_dict` gives it. Columns: section, id, on, stage, says, value, low, high, unit, source, verified.
    """
    about = {name: day[name] for name in ("on", "since", "read_to", "scenario")}
    return Table(
        tuple({**dict.fromkeys(LINE_COLUMNS), **row} for row in _rows(day)), LINE_COLUMNS, about, "lines"
    )


def _rows(day: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for section in ("moved", "talk", "announced"):
        for one in day[section]:
            yield {
                "section": section, "id": one["id"], "on": one["on"], "stage": one["stage"],
                "says": f"{one['title']}: {one['note']}", **_source(one["said"]),
            }  # fmt: skip
    for line in day["parties"]["lines"] if day["parties"] else ():
        yield {
            "section": "party", "id": line["id"], "on": line["starts"] or day["on"], "stage": "listed",
            "says": f"{line['name']} may be {line['listed']} on {line['list']}: {line['why']}", "value": line["score"],
            "unit": "score", "source": line["source"],
        }  # fmt: skip
    for gauge in day["gauges"] or ():
        low, high = gauge["now"]
        yield {
            "section": "tide", "id": gauge["target"], "on": day["on"],
            "says": f"tightness toward {gauge['name']}, 0 free to 1 closed", "value": (low + high) / 2, "low": low,
            "high": high, "unit": "tightness", "source": "docs/tide.md",
        }  # fmt: skip
    effects = day["effects"] or {"what_ifs": ()}
    for what_if in effects["what_ifs"]:
        for line in what_if["lines"]:
            yield {
                "section": f"effect:{what_if['sort']}", "id": line["outcome"],
                "says": f"{what_if['label']}: {line['label']}",
                "value": line["effect"], "low": line["low"], "high": line["high"], "unit": line["unit"],
                "source": f"docs/supply.md#{line['anchor']}; {line['source'] or line['rests_on']}",
            }  # fmt: skip
    if day["markets"]:
        yield from market_rows(day["markets"])
    for due in day["due"]:
        yield {
            "section": "due", "id": ";".join(due["ids"]), "on": due["on"], "stage": due["next_stage"] or due["stage"],
            "says": "; ".join(due["titles"]), **_source(due["said"]),
        }  # fmt: skip
    for claim in day["claims"] or ():
        source = claim["href"] or "; ".join(claim["outlets"]) or claim["title"]
        yield {
            "section": "claim", "id": claim["measure"], "on": claim["published"], "says": claim["words"],
            "source": source,
        }  # fmt: skip


def _source(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"source": said["source"], "verified": said["verified"]}
