"""One day for a person with five minutes: what changed, who says so, who is hit and by how much, what to watch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tidegate.brief.day_changes import announced_without_a_day, gauges_of, moved_between, talk_around
from tidegate.brief.day_effects import effects_on
from tidegate.brief.day_markets import markets_on
from tidegate.brief.day_parties import parties_on
from tidegate.brief.day_record import DayBrief, Effects
from tidegate.brief.day_watch import claims_read, due_after, games_about, last_talks, scenarios_about
from tidegate.dates import Day
from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.ledger.changes import MOST_DAYS
from tidegate.ledger.ledger import DayLike, as_day, as_days

if TYPE_CHECKING:
    from tidegate.claims.clearances import Clearances
    from tidegate.claims.store import Store
    from tidegate.screening.queries import Query
    from tidegate.screening.screen import Lists
    from tidegate.sources.flows import Flows
    from tidegate.sources.prices import Prices

__all__ = ["AHEAD", "DRAWS", "SINCE", "Tell", "day_brief", "earlier_day", "report_day"]

SINCE = 30
"""Days back that are looked at where nothing else is asked."""

AHEAD = 180
"""Days ahead that are looked at."""

DRAWS = 100

LEFT_OUT = "it was not asked for; `tidegate brief --effects` brings it"

Tell = Callable[[str, int, int, Mapping[str, Any] | None], None]
"""Is told what is being done, how much of it is done, of how much, and what there is to see so far."""


def day_brief(
    ledger: Ledger,
    on: DayLike,
    since: DayLike | int = SINCE,
    *,
    ahead: int = AHEAD,
    effects: bool = True,
    store: Store | None = None,
    parties: Iterable[Query] = (),
    lists: Lists | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    exposed: bool | None = None,
    prices: Prices | None = None,
    flows: Flows | None = None,
    tell: Tell | None = None,
) -> DayBrief:
    """Return the brief of a day, as the public could know it by then.

    since: the earlier day that it is compared with, or how many days before. ahead: how many days to look ahead.
    effects: whether the supply model is run, for half a minute the first time and a second once its answers are kept
    (`tidegate.kept`). store: what was read; its stories of these days are gone through for claims. parties, lists:
    names of one's own, and the lists that they are held against; hits that people cleared in the store are only counted.
    exposed: whether it is asked whose revenue the new measures touch, for a few seconds; None: as `effects`. prices,
    flows: of one's own, to tell what prices did and whether trade flows round a control.
    Raises: BadInputError: for a day that is none, or an earlier day that is later.
    """
    day = as_day(on)
    first = earlier_day(day, since)
    tell = tell or _silent
    tell("reading the record", 0, 0, None)
    moved, talk, due = (
        moved_between(ledger, first, day),
        talk_around(ledger, first, day),
        due_after(ledger, day, ahead),
    )
    announced = announced_without_a_day(ledger, day)
    ids = {id_ for one in due for id_ in one.ids} | {one.id for one in (*talk, *announced)}
    gauges, no_gauge = gauges_of(ledger, first, day)
    regime = ledger.on(day, day)
    found = DayBrief(
        on=day.isoformat(), since=first.isoformat(), ahead=ahead,
        read_to=ledger.read_to.isoformat() if ledger.read_to else None,
        starts=ledger.starts.isoformat() if ledger.starts else None, scenario=ledger.scenario,
        measures_in_ledger=len(ledger), binding=sum(standing.binds for standing in regime), moved=moved, talk=talk,
        gauges=gauges, no_gauge=no_gauge, effects=None if effects else Effects(left_out=LEFT_OUT), due=due,
        announced=announced, talks=last_talks(first, day), scenarios=scenarios_about(ids),
        games=games_about(ids),
        claims=None if store is None else claims_read(store, ledger, first, day),
        parties=None if lists is None else parties_on(lists, parties, first, day, _decided(store)),
    )  # fmt: skip
    told_of = effects if exposed is None else exposed
    if told_of or prices is not None or flows is not None:
        tell("asking whose revenue is touched", 0, 0, found.to_dict())
        markets = markets_on(ledger, first, day, moved, exposed=told_of, prices=prices, flows=flows)
        found = replace(found, markets=markets)
    if not effects:
        return found
    so_far = found.to_dict()

    def told(doing: str, done: int, whole: int) -> None:
        tell(doing, done, whole, so_far)

    hit = effects_on(ledger, first, day, moved, due, (*announced, *talk), draws=draws, seed=seed, tell=told)
    return replace(found, effects=hit)


def _decided(store: Store | None) -> Clearances | None:
    if store is None:
        return None
    from tidegate.claims.clearances import clearances

    return clearances(store)


def report_day(
    ledger: Ledger,
    on: DayLike,
    since: DayLike | int,
    tell: Tell,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    prices: Prices | None = None,
    flows: Flows | None = None,
) -> dict[str, Any]:
    """Return the brief of a day as plain values, for a job: the law is told at once, the effects when they are there."""
    return day_brief(
        ledger, on, since, draws=draws, seed=seed, prices=prices, flows=flows, tell=tell
    ).to_dict()


def earlier_day(on: Day, since: DayLike | int) -> Day:
    """Return the earlier day, given as one, or as a number of days before.

    Raises: BadInputError: if it is neither, or does not lie before the day.
    """
    if isinstance(since, str) and since.strip().isdigit() and len(since.strip()) < 8:
        since = int(since)
    if isinstance(since, int):
        if not 1 <= since <= min(MOST_DAYS, (on - dt.date(1900, 1, 1)).days):
            raise BadInputError(
                f"{since} days back are out of range. Give 1 to {MOST_DAYS}, or a day like 2025-11-09."
            )
        return on - dt.timedelta(days=since)
    first, last = as_days(since, on)
    if first == last:
        raise BadInputError(
            f"{first} is the day itself: nothing lies between. Give an earlier day, or days back."
        )
    return first


def _silent(doing: str, done: int, whole: int, so_far: Mapping[str, Any] | None) -> None:
    """Tell nobody."""
