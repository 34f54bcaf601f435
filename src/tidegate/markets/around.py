"""What is known around a measure's events: when each became known, the first session that could react on each
exchange and why, other news of the day; with prices also what shares did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidegate.catalog import load_catalog
from tidegate.errors import BadInputError, NotFoundError
from tidegate.ledger import Ledger, Measure
from tidegate.markets.asked import StudyAnswer, StudyQuestion, answer_study
from tidegate.markets.dayzero import DayZero, day_zero
from tidegate.markets.events import Event, with_tickers
from tidegate.markets.exchanges import Exchange, exchange_of, exchanges, sessions_of
from tidegate.markets.known import shipped_news
from tidegate.markets.ledger_events import events_of_ledger
from tidegate.tables import Table, Tabular

if TYPE_CHECKING:
    from tidegate.sources.prices import Prices

__all__ = ["EXCHANGES", "Around", "around_measure", "first_sessions", "measures_with_shares"]

EXCHANGES = ("XNYS", "XAMS", "XTKS", "XTAI")
"""Exchanges that are shown whatever shares are asked about: most makers of chips and of their tools trade on them.

Seoul is shown for its own shares only: its calendar takes seconds.
"""

SESSION_COLUMNS = (
    "event", "title", "stage", "on", "exchange", "exchange_name", "first", "last", "certain", "why", "tickers",
    "confounders", "news", "direction", "surprise", "source", "hour_source",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Around(Tabular):
    """What is known around the events of a measure.

    measure: its id. unread: entries that are no event, with the reason. sessions: a row for each event and exchange.
    study: what prices did; None without prices, or where they leave nothing to study, which `why_none` tells.
    """

    measure: str
    unread: tuple[str, ...]
    sessions: tuple[dict[str, Any], ...]
    study: StudyAnswer | None
    why_none: str | None

    def table(self) -> Table:
        """Return a row for each share and event where there are prices, else one for each event and exchange."""
        return self.study.study.firm_table() if self.study else Table(self.sessions, SESSION_COLUMNS)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "measure": self.measure,
            "unread": list(self.unread),
            "first_sessions": [dict(row) for row in self.sessions],
            "study": self.study.table().to_dict() if self.study else None,
            "why_none": self.why_none,
        }

    def to_json(self) -> str:
        """Return all of it as JSON text."""
        return Table((), (), self.to_dict()).to_json()


def around_measure(
    ledger: Ledger, question: StudyQuestion, prices: Prices | None, lacking: str = "No prices were given."
) -> Around:
    """Return what is known around the events of `question.measure`, and with prices what they did.

    lacking: what is told where there are no prices. Raises: NotFoundError: if the ledger lacks the measure.
    BadInputError: if it is asked about no measure. MissingExtraError: without the extra `markets`.
    """
    if question.measure is None:
        raise BadInputError("No measure is named. Give one.")
    events, unread = events_of_ledger(ledger, question.measure, known_by=question.known_by)
    asked = with_tickers(events, question.tickers) if question.tickers else events
    study, why = None, lacking
    if prices is not None:
        try:
            study, why = answer_study(question, ledger, prices), ""
        except BadInputError as error:
            why = str(error)
    return Around(question.measure, tuple(unread), tuple(first_sessions(asked)), study, why or None)


def first_sessions(events: Sequence[Event], on: Sequence[str] = EXCHANGES) -> Iterator[dict[str, Any]]:
    """Yield a row for each event and exchange: its first session that could react, and why.

    on: ids of exchanges that are shown besides those of the shares that an event asks about. `first` and `last` are
    two days where the hour leaves two sessions, None where the calendar does not reach to the event. confounders:
    what else the ledger has on the day of the event; news: what else is known to have moved its shares on day 0.
    """
    if not events:
        return
    years = [event.on.year for event in events]
    for event in events:
        for exchange, tickers in _places(event, on).items():
            zero: DayZero | None
            try:
                zero = day_zero(event, sessions_of(exchange, min(years), max(years) + 1))
                why = zero.why
            except BadInputError as error:
                zero, why = None, f"unknown, because {error}"
            yield {
                "event": event.id, "title": event.title, "stage": event.stage, "on": event.on.isoformat(),
                "exchange": exchange, "exchange_name": exchanges()[exchange].name,
                "first": str(zero.first) if zero else None, "last": str(zero.last) if zero else None,
                "certain": zero.is_certain if zero else None, "why": why, "tickers": tickers,
                "confounders": list(event.confounders), "news": list(_news(zero, tickers)),
                "direction": event.direction, "surprise": event.surprise, "source": event.source,
                "hour_source": event.hour_source,
            }  # fmt: skip


def _news(zero: DayZero | None, tickers: Sequence[str]) -> Iterator[dict[str, str | bool]]:
    """Yield what else is known to have moved all shares, or one of these, in a session that may be day 0."""
    for one in shipped_news():
        if (
            zero is not None
            and one.day in (zero.first, zero.last)
            and (one.ticker is None or one.ticker in tickers)
        ):
            yield {
                "session": str(one.day), "ticker": one.ticker or "", "news": one.text, "source": one.source,
                "verified": one.verified,
            }  # fmt: skip


def measures_with_shares(ledger: Ledger) -> list[tuple[Measure, tuple[str, ...]]]:
    """Return the measures that name a party whose shares are traded, with the tickers; the one that moved last first."""
    catalog = load_catalog()
    found = []
    for measure in ledger:
        parties = (catalog.parties[name] for name in measure.parties if name in catalog.parties)
        tickers = tuple(dict.fromkeys(party.ticker for party in parties if party.ticker))
        if tickers:
            found.append((measure, tickers))
    return sorted(found, key=lambda pair: max(entry.known for entry in pair[0].entries), reverse=True)


def _places(event: Event, on: Sequence[str]) -> dict[str, list[str]]:
    """The exchanges of an event's shares, each with those shares, and the others that are shown."""
    found: dict[str, list[str]] = {name: [] for name in on}
    for ticker in event.tickers:
        try:
            exchange: Exchange = exchange_of(ticker)
        except NotFoundError:
            continue
        found.setdefault(exchange.id, []).append(ticker)
    return found
