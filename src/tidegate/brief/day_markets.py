"""What markets make of a day: who is exposed to what is new, what prices did, and whether trade flows round a control.

Who is exposed rests on what ships. Prices and trade flows are files of the reader's own, and of these nothing later than
the day is looked at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tidegate.brief.day_record import Moved
from tidegate.brief.market_record import DayMarkets, Exposed, ExposedCompany, PriceLine, RouteLine
from tidegate.brief.spans import count
from tidegate.dates import Day
from tidegate.errors import BadInputError, MissingExtraError, NotFoundError
from tidegate.ledger import Ledger
from tidegate.ledger.model import BINDING, Stage

if TYPE_CHECKING:
    from tidegate.markets.company_exposure import CompanyExposure
    from tidegate.sources.flows import Flows
    from tidegate.sources.prices import Prices

__all__ = ["markets_on"]

MOST_MEASURES = 3
"""New measures whose exposure is told one by one; each asks the law of every product anew."""

MOST_COMPANIES = 3
MOST_EVENTS = 4
MOST_CONTROLS = 2
"""Controls that are traced, the latest: each takes seconds."""

Notes = list[tuple[str, str]]

_TRACED_FOR = 730
"""Days after a control in which its trade is looked at."""


def markets_on(
    ledger: Ledger,
    first: Day,
    day: Day,
    moved: Sequence[Moved],
    *,
    exposed: bool = True,
    prices: Prices | None = None,
    flows: Flows | None = None,
) -> DayMarkets:
    """Return what markets make of the days from `first` to `day`, as known by `day`.

    moved: the measures that moved. exposed: whether who is exposed is asked. prices, flows: of one's own; None: not
    told of. Raises: MissingExtraError: if what reads prices or flows is not installed.
    """
    notes: Notes = []
    told = _exposed(ledger, day, moved, notes) if exposed else ()
    return DayMarkets(
        exposed=told,
        prices=None if prices is None else tuple(_prices(ledger, first, day, moved, prices, told, notes)),
        routes=None if flows is None else tuple(_routes(ledger, day, flows, notes)),
        is_exposure_told=exposed,
        notes=tuple(notes),
    )


def _exposed(ledger: Ledger, day: Day, moved: Sequence[Moved], notes: Notes) -> tuple[Exposed, ...]:
    new = [one for one in moved if _binds(one.stage) and not (one.before and _binds(one.before))]
    if not new:
        return ()
    from tidegate.markets.company_exposure import exposure

    try:
        # The law of all of them at once tells which touches anything at all.
        whole = exposure(ledger, day, measures=[one.id for one in new], known_by=day)
        held = {name.partition("/")[0] for company in whole for name in company.measures}
        touching = [one for one in new if one.id in held]
        found = tuple(
            _exposed_line(one, exposure(ledger, day, measures=one.id, known_by=day))
            for one in touching[:MOST_MEASURES]
        )
    except MissingExtraError as error:
        notes.append(("exposed", f"Who is exposed is left out: {error}"))
        return ()
    if len(touching) > MOST_MEASURES:
        more = len(touching) - MOST_MEASURES
        notes.append(("exposed", f"{more} more new measures touch a product of these companies."))
    if untouched := len(new) - len(touching):
        notes.append(
            (
                "exposed",
                f"{untouched} new {'measure touches' if untouched == 1 else 'measures touch'} no product on record of a "
                "company whose revenue in China is.",
            )
        )
    return found


def _exposed_line(one: Moved, found: Iterable[CompanyExposure]) -> Exposed:
    companies = list(found)
    touched = [each for each in companies if each.at_risk is not None and each.at_risk.high > 0]
    return Exposed(
        id=one.id,
        title=one.title,
        companies=tuple(_company(each) for each in touched[:MOST_COMPANIES]),
        tickers=tuple(each.ticker for each in touched if each.ticker),
        more=max(0, len(touched) - MOST_COMPANIES),
        unknown=sum(each.at_risk is None and bool(each.measures) for each in companies),
    )


def _company(each: CompanyExposure) -> ExposedCompany:
    assert each.at_risk is not None
    share = each.share
    return ExposedCompany(
        company=each.company, name=each.name, low=each.at_risk.low, central=each.at_risk.central, high=each.at_risk.high,
        period=share.period if share else None, source=next(iter(share.row()["sources"]), None) if share else None,
        verified=share.verified if share else False,
    )  # fmt: skip


def _prices(
    ledger: Ledger,
    first: Day,
    day: Day,
    moved: Sequence[Moved],
    prices: Prices,
    told: Sequence[Exposed],
    notes: Notes,
) -> list[PriceLine]:
    """What prices did around the changes of these days, as far as they reach by the day."""
    from tidegate.markets import StudyQuestion, answer_study, events_of_ledger

    held = _until(prices, day)
    shares = {one.id: one.tickers for one in told}
    found: list[PriceLine] = []
    thin = 0
    for one in moved:
        events, _ = events_of_ledger(ledger, one.id, known_by=day.isoformat())
        if not (own := [event for event in events if first < event.on <= day]):
            continue
        tickers = () if any(event.tickers for event in own) else shares.get(one.id, ())
        if not tickers and not any(event.tickers for event in own):
            continue
        question = StudyQuestion(measure=one.id, known_by=day.isoformat(), tickers=tickers, by=("event",))
        try:
            answer = answer_study(question, ledger, held)
        except BadInputError:
            thin += 1
            continue
        named = {event.id: event for event in own}
        for row in answer.study.groups:
            if row["name"] in named and row["reading"] != "last":
                event = named[row["name"]]
                firms = [
                    each
                    for each in answer.study.firms
                    if each["event"] == event.id and each["reading"] == row["reading"]
                ]
                found.append(
                    PriceLine(
                        id=one.id,
                        title=one.title,
                        stage=event.stage or one.stage,
                        day0=row["day0"],
                        shares=tuple(each["ticker"] for each in firms),
                        firms=row["firms"],
                        window=str(answer.study.about["window"]),
                        raw=row["raw_percent"],
                        abnormal=row["caar_percent"],
                        low=row["low_percent"],
                        high=row["high_percent"],
                        test=row["test"],
                        p=row["p"],
                        asked=1,
                        level=answer.study.about["level"],
                        doubtful=any(each["day0_first"] != each["day0_last"] for each in firms),
                        others=len(row["confounders"]),
                        source=event.source,
                    )
                )
    if thin:
        why = "do not reach over the days of the event by this day, or have none of its shares"
        notes.append(("prices", f"Of {count(thin, 'measure')} that moved the prices {why}."))
    return sorted(_corrected(found), key=lambda line: -abs(line.abnormal))[:MOST_EVENTS]


def _corrected(lines: Sequence[PriceLine]) -> list[PriceLine]:
    """The same with p values corrected for all of them: the largest moves are told of, chosen from these."""
    import numpy as np

    from tidegate.markets.correction import corrected

    known = [line.p for line in lines if line.p is not None]
    values = iter(corrected(np.asarray(known), "holm").tolist())
    return [replace(line, asked=len(known), p=None if line.p is None else next(values)) for line in lines]


def _until(prices: Prices, day: Day) -> Prices:
    """The prices of days up to a day: later ones were not known."""
    import numpy as np

    count = int(np.searchsorted(prices.days, np.datetime64(day), side="right"))
    return replace(prices, days=prices.days[:count], close=prices.close[:, :count])


def _routes(ledger: Ledger, day: Day, flows: Flows, notes: Notes) -> list[RouteLine]:
    """Whether trade flows round the latest controls that the flows hold goods of."""
    from tidegate.diversion import Trace, trace
    from tidegate.diversion.asked import TraceQuestion, known_of
    from tidegate.diversion.routes import BOTH
    from tidegate.ledger.hs import hs_codes

    held = set(flows.table["hs"].unique().to_list())
    early = replace(flows, table=flows.table.filter(flows.table["period"] <= day.replace(day=1)))
    since: list[tuple[Day, str]] = []
    for measure in ledger:
        start = _in_force(measure.id, ledger, day)
        if start is None or not dt.timedelta() < day - start <= dt.timedelta(days=_TRACED_FOR):
            continue
        if any(code.startswith(own) for own in hs_codes(measure, start).hs for code in held):
            since.append((start, measure.id))
    found: list[RouteLine] = []
    left: list[str] = []
    seen: set[tuple[object, ...]] = set()
    for start, name in sorted(since, reverse=True):
        if len(found) == MOST_CONTROLS:
            break
        known = known_of(ledger, TraceQuestion(name, known_by=day.isoformat()))
        if known.control is None or known.problem:
            left.append(name)
            continue
        codes = [code for code in known.traced if any(one.startswith(code) for one in held)]
        # Several measures of one day may bind the same goods: their trade is the same.
        same = (known.control.since, known.control.controller, known.control.target, *codes)
        if same in seen:
            continue
        seen.add(same)
        try:
            made: Trace = trace(early, known.control, codes, notes=known.notes)
        except (BadInputError, NotFoundError):
            left.append(name)
            continue
        both = [row for row in made.routes if row["verdict"] == BOTH]
        best = both[0] if both else None
        found.append(
            RouteLine(
                id=name,
                title=ledger[name].title,
                since=start.isoformat(),
                tested=int(made.about["tests"]),
                named=len(both),
                hub=best["hub"] if best else None,
                hs=best["hs"] if best else None,
                money=best["money"] if best else None,
                low=best["money_low"] if best else None,
                high=best["money_high"] if best else None,
                q=best["q"] if best else None,
                first=str(made.about["window"][0])[:7],
                last=str(made.about["window"][1])[:7],
                fdr=float(made.about["fdr"]),
                files=tuple(source.name for source in flows.sources),
            )
        )
    if left:
        why = "the files lack their countries or months, or the record names no target"
        notes.append(("routes", f"{len(left)} further controls of these goods are not traced: {why}."))
    if not since:
        notes.append(
            ("routes", "The flows hold no good of a control that came into force in the last two years.")
        )
    return found


def _in_force(name: str, ledger: Ledger, day: Day) -> Day | None:
    """The first day on which a measure was in force, as known by a day."""
    days = [
        entry.when.first
        for entry in ledger[name].entries
        if entry.role == "change" and entry.known <= day and Stage(entry.stage) in BINDING
    ]
    return min(days, default=None)


def _binds(stage: str) -> bool:
    return Stage(stage) in BINDING
