"""Which changes the supply model is asked about: those that move some flow of it, the heaviest of each sort first.

A change is put as a scenario: edits by which two ledgers differ. What has happened is undone, and the record held
against the law without it; what may come is done, and held against the record. How much a change weighs is asked of the
law itself: every part of a flow that the model knows is decided under both ledgers on one day, and the trade of the base
year of those that are held otherwise is added up. It is the reach of a change, not its effect.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from tidegate.brief.day_changes import decides_shipments
from tidegate.brief.day_record import Due, Moved, NotModelled, Talk
from tidegate.catalog import load_catalog
from tidegate.dates import Day, parse_day
from tidegate.ledger import Ledger
from tidegate.ledger.model import Effect, Entry, Measure, Stage
from tidegate.ledger.scenario import apply_scenario_text
from tidegate.supply.calibration import Calibration
from tidegate.supply.decisions import decide_lots
from tidegate.supply.lots import lots_of
from tidegate.supply.shipped import Row, read_rows

__all__ = ["SORTS", "Question", "choose", "questions_of", "weigh"]

SORTS = ("changed", "coming", "talk")
"""What has happened, what has a date, and what is only talked about or has no date."""

NO_SHIPMENT = "it decides no shipment by itself"
NO_SCOPE = "its scope is not on record"
NOT_TOLD = "its text does not say what follows"
IN_PARTS = "its parts stood at different stages, and no single edit takes them back"
NO_FLOW = (
    "no flow of the model is held otherwise: other measures hold it as strictly, or it concerns goods, firms or "
    "countries that the model does not have"
)

LEAST = 0.01
"""Trade of the base year, billion USD a quarter, below which a change is not run: it is lost in that of a good."""

SMALL = (
    f"the flows that it holds otherwise were under {LEAST * 1000:.0f} million USD a quarter in the base year"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A change put as a scenario. text: of the scenario. day: on which flows are compared.

    in_record: whether the record has the change, and the scenario takes it back; else the scenario makes it.
    label: what is asked, in words. against: what it is held against. rank: how far it has come, 0 for what is law or has
    a date. lots, trade: once it was weighed (`WhatIf`).
    """

    sort: str
    label: str
    against: str
    in_record: bool
    measures: tuple[str, ...]
    titles: tuple[str, ...]
    text: str
    day: Day
    rank: int = 0
    lots: int = 0
    trade: float = 0.0


_Found = Iterator[Question | NotModelled]


def questions_of(
    ledger: Ledger, calibration: Calibration, since: Day, on: Day, moved: Sequence[Moved], due: Sequence[Due],
    talk: Sequence[Talk],
) -> tuple[list[Question], list[NotModelled]]:  # fmt: skip
    """Return the changes to ask the model about, and those about which it cannot be asked.

    ledger: as known on the day, of which `moved`, `due` and `talk` speak.
    """
    asks = _Asks(ledger, {row["measure"] for row in _rates(calibration)})
    found = [*asks.changed(since, on, moved), *asks.coming(due), *asks.talk(on, talk)]
    return [one for one in found if isinstance(one, Question)], [
        one for one in found if isinstance(one, NotModelled)
    ]


def weigh(
    ledger: Ledger, calibration: Calibration, asked: Sequence[Question], tell: Callable[[int, int], None]
) -> tuple[list[Question], list[NotModelled]]:
    """Return the changes that move some flow of the model, with how many and how much trade, and those that move none.

    tell: called with how many have been weighed, of how many. Raises: MissingExtraError: without Arrow.
    """
    lots, flows = lots_of(calibration), calibration.network.flows
    reach: list[Question] = []
    none: list[NotModelled] = []
    for done, one in enumerate(asked):
        tell(done, len(asked))
        other = apply_scenario_text(ledger, one.text, "scenario")
        before, after = (decide_lots(lots, each, [one.day]) for each in (ledger, other))
        moved = [lots[cell[0]] for cell in before if before[cell] != after[cell]]
        trade = sum(float(flows[lot.good][lot.supplier, lot.buyer]) * lot.share[1] for lot in moved)
        levied = [row for row in _rates(calibration) if row["measure"] in one.measures and not moved]
        trade += sum(_levied(row, calibration) for row in levied)
        if trade >= LEAST:
            reach.append(replace(one, lots=len(moved) + len(levied), trade=trade))
        else:
            why = SMALL if trade else NO_FLOW
            none.append(NotModelled(one.sort, one.measures[0], _titles(one.titles), why))
    tell(len(asked), len(asked))
    return reach, none


def choose(reach: Sequence[Question], most: int) -> list[Question]:
    """Return `most` changes: the first of each sort, then those that come next of any, in the order of `SORTS`.

    First is what is furthest along (law, then a draft, then a call, then a thought), and of these what reaches most
    trade.
    """
    ranked = sorted(reach, key=lambda one: (one.rank, -one.trade, -one.lots, one.measures))
    leading = [next((one for one in ranked if one.sort == sort), None) for sort in SORTS]
    chosen = [one for one in leading if one is not None][:most]
    chosen += [one for one in ranked if one not in chosen][: most - len(chosen)]
    return [one for sort in SORTS for one in ranked if one in chosen and one.sort == sort]


@dataclass(frozen=True)
class _Asks:
    """Puts changes of a ledger as scenarios. levied: measures whose rates stand beside the record."""

    ledger: Ledger
    levied: set[str]

    def changed(self, since: Day, on: Day, moved: Sequence[Moved]) -> _Found:
        """What has happened, each measure by itself, taken back to how it stood."""
        for one in moved:
            measure, was = self.ledger[one.id], one.before
            why = self._why_not(measure) or (NOT_TOLD if was == Stage.UNKNOWN else None)
            standing = self.ledger.standing(one.id, since)
            if why is None and standing is not None and len({limb.stage for limb in standing.limbs}) > 1:
                why = IN_PARTS
            if why is not None:
                yield NotModelled("changed", one.id, one.title, why)
                continue
            first = min(entry.when.first for entry in measure.entries)
            edit = f"  - drop: {one.id}" if was is None else _set(one.id, was, max(since + _DAY, first))
            yield Question(
                "changed", f"{one.title}: {_plain(was or 'not on record')}, then {_plain(one.stage)} since {one.on}",
                f"the law as it stood on {since}, all else as it is", True, (one.id,), (one.title,),
                _scenario(f"{one.id} as on {since}", [edit]), on,
            )  # fmt: skip

    def coming(self, due: Sequence[Due]) -> _Found:
        """What comes on a date, all measures of one government together: as it is fixed, or as the text says where
        the record leaves it open.
        """
        for (on, government, is_open), rows in groupby(
            sorted(due, key=lambda row: (row.on, row.government, row.next_stage == Stage.UNKNOWN)),
            key=lambda row: (row.on, row.government, row.next_stage == Stage.UNKNOWN),
        ):
            edits, found, stages = [], [], []
            for row in rows:
                for id_ in row.ids:
                    measure = self.ledger[id_]
                    then = self._then(measure, row)
                    if row.next_stage is None:
                        continue
                    why = self._why_not(measure) or (NOT_TOLD if then is None else None)
                    if why is not None or then is None:
                        yield NotModelled("coming", id_, measure.title, why or NOT_TOLD)
                        continue
                    # What the record has for the day is taken back; what it leaves open is done.
                    edits.append(_set(id_, then if is_open else row.stage, parse_day(on)))
                    found.append(measure)
                    stages.append(then)
            if not found:
                continue
            name = load_catalog().countries[government].name
            what = found[0].title if len(found) == 1 else f"{len(found)} measures ({name})"
            then_words = " or ".join(dict.fromkeys(map(_plain, stages)))
            verb = "stand" if len(found) > 1 else "stands"
            yield Question(
                "coming", f"{what} {verb} {then_words} from {on}, as the text has it",
                "the record, which leaves it open" if is_open else "the law without this date", not is_open,
                tuple(one.id for one in found), tuple(one.title for one in found),
                _scenario(f"{name} on {on}", edits), parse_day(on),
            )  # fmt: skip

    def talk(self, on: Day, talk: Sequence[Talk]) -> _Found:
        """What is talked about, or announced without a day: each in force from the first day of the next quarter."""
        day = next_quarter(on)
        for one in talk:
            if one.stage not in _AHEAD or self.ledger.on(on)[one.id].binds:
                continue
            measure = self.ledger[one.id]
            if (why := self._why_not(measure)) is not None:
                yield NotModelled("talk", one.id, one.title, why)
                continue
            yield Question(
                "talk", f"{one.title} ({_plain(one.stage)}) comes into force on {day}", "the record", False, (one.id,),
                (one.title,), _scenario(f"{one.id} in force from {day}", [_set(one.id, "in_force", day)]), day,
                _AHEAD.index(one.stage),
            )  # fmt: skip

    def _why_not(self, measure: Measure) -> str | None:
        if decides_shipments(measure) or measure.id in self.levied:
            return None
        return NO_SHIPMENT if all(e is Effect.NONE for e in _effects(measure)) else NO_SCOPE

    def _then(self, measure: Measure, row: Due) -> str | None:
        """The stage that follows by the text."""
        if row.next_stage != Stage.UNKNOWN:
            return row.next_stage
        standing = self.ledger.standing(measure.id, parse_day(row.on) - _DAY)
        for part in (standing.limbs or (standing,)) if standing else ():
            if isinstance(part.entry, Entry) and part.entry.then and part.next is not None:
                return part.entry.then
        return None


def next_quarter(on: Day) -> Day:
    """Return the first day of the quarter after that of a day."""
    place = on.year * 4 + (on.month - 1) // 3 + 1
    return dt.date(place // 4, 3 * (place % 4) + 1, 1)


_DAY = dt.timedelta(days=1)
_AHEAD = tuple(
    stage.value for stage in (Stage.ANNOUNCED, Stage.AGREED, Stage.PROPOSED, Stage.URGED, Stage.CONSIDERING)
)
"""What is on its way, that which has come furthest first."""


def _effects(measure: Measure) -> list[Effect]:
    return [limb.effect or measure.effect for limb in measure.limbs] or [measure.effect]


def _rates(calibration: Calibration) -> tuple[Row, ...]:
    return read_rows(calibration.folder, "rates.csv")


def _levied(row: Row, calibration: Calibration) -> float:
    """The trade of the base year on which a rate is taken, billion USD a quarter."""
    flows, column = calibration.network.flows[row["good"]], calibration.buyer_ids.index(row["buyer"])
    return sum(
        float(flows[place, column]) * float(row["share"] or 1.0)
        for place, maker in enumerate(calibration.of_good(row["good"]))
        if maker["country"] == row["country"] and row["company"] in (None, maker["company"])
    )


def _set(id_: str, stage: str, on: Day) -> str:
    return f"  - {{set: {id_}, stage: {stage}, on: {on}}}"


def _scenario(title: str, edits: Sequence[str]) -> str:
    return "\n".join([f"title: {title}", "edits:", *edits, ""])


def _titles(titles: Sequence[str]) -> str:
    return titles[0] + (f" and {len(titles) - 1} more" if len(titles) > 1 else "")


def _plain(word: str) -> str:
    return word.replace("_", " ")
