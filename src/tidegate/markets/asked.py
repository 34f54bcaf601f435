"""A study as it is asked for, in plain words, and its answer: one way for the terminal, pages and notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.dates import parse_day
from tidegate.errors import BadInputError, MissingExtraError
from tidegate.ledger import Ledger
from tidegate.markets.design import Design
from tidegate.markets.event_study import Study, study
from tidegate.markets.events import Event, read_events
from tidegate.markets.inputs import read_groups
from tidegate.markets.known import named_events, shipped_events, shipped_news
from tidegate.markets.ledger_events import events_of_ledger
from tidegate.markets.windows import Factors
from tidegate.sources.prices import Prices
from tidegate.tables import Table, Tabular

if TYPE_CHECKING:
    import altair

__all__ = ["StudyAnswer", "StudyQuestion", "answer_study"]


@dataclass(frozen=True, slots=True)
class StudyQuestion:
    """What is asked of prices.

    measure: each change of stage of this measure; or stage and instrument, in the words of `tidegate status`;
    or event: shipped events by id, `all` for each; or events: a CSV file of them. One of the four ways.
    known_by: take nothing that became known later. known_events: a CSV file of further known events, whose
    sessions `Design.without_events` keeps out of estimation windows besides those of the shipped ones.
    tickers: shares asked about, instead of those of the events. groups: shares by name of a group, or a CSV
    file of them. by, test, correct, level: as `study`. design: model and windows.
    """

    measure: str | None = None
    stage: str | None = None
    instrument: str | None = None
    event: Sequence[str] = ()
    events: str | Path | None = None
    known_events: str | Path | None = None
    known_by: str | None = None
    tickers: Sequence[str] = ()
    groups: Mapping[str, Sequence[str]] | str | Path | None = None
    by: Sequence[str] = ("event", "all")
    test: str = "kp"
    correct: str = "holm"
    level: float = 0.95
    design: Design = field(default_factory=Design)

    def __post_init__(self) -> None:
        ways = (self.events, self.measure, self.event, self.stage or self.instrument)
        if sum(bool(way) for way in ways) != 1:
            raise BadInputError(
                "Name the events in one way: a file, --measure, --event, or --stage and --instrument."
            )
        if self.known_events and not self.design.without_events:
            raise BadInputError("--known-events are used by --without-events alone. Give both, or neither.")


@dataclass(frozen=True, eq=False)
class StudyAnswer(Tabular):
    """The answer to a question. events: what was studied. unread: what of the events was left out, with the
    reason, before any price was looked at. study: moves, tests, paths, and what else was left out.
    """

    events: tuple[Event, ...]
    unread: tuple[str, ...]
    study: Study

    def table(self) -> Table:
        """Return a row for each mean; beside them the shares, the paths and all that was left out."""
        made = self.study.table()
        return Table(made.rows, made.columns, {**made.about, "unread": list(self.unread)}, made.rows_name)

    def chart(self) -> altair.VConcatChart:
        """Return the picture of the paths. Raises: MissingExtraError: without the extra `pictures`.
        BadInputError: if no share has the whole path.
        """
        from tidegate.markets.picture import car_chart

        return car_chart(self.study)

    def report(self) -> dict[str, Any]:
        """Return all of it as plain values, with the picture as a Vega-Lite specification under `picture`;
        None where there is none to draw, `picture_why` says why.
        """
        found: dict[str, Any] = {**self.table().to_dict(), "picture": None, "picture_why": None}
        try:
            found["picture"] = self.chart().to_dict()
        except (BadInputError, MissingExtraError) as error:
            found["picture_why"] = str(error)
        return found


def answer_study(
    question: StudyQuestion, ledger: Ledger, prices: Prices, factors: Factors | None = None
) -> StudyAnswer:
    """Return what prices did around what a question names.

    factors: for the model `factors`, as `study`. Raises: NotFoundError: if the ledger lacks the measure.
    BadInputError: if the question, a file or the prices leave nothing to study, with the mend.
    MissingExtraError: without the extra `markets`.
    """
    events, unread = _events(question, ledger)
    groups = question.groups
    made = study(
        events,
        prices,
        question.design,
        tickers=question.tickers,
        groups=read_groups(groups) if isinstance(groups, str | Path) else groups,
        by=question.by,
        test=question.test,
        correct=question.correct,
        level=question.level,
        factors=factors,
        news=shipped_news(),
        known=_known(question),
    )
    return StudyAnswer(tuple(events), tuple(unread), made)


def _events(question: StudyQuestion, ledger: Ledger) -> tuple[list[Event], list[str]]:
    if question.events:
        found, left = read_events(question.events)
    elif question.event:
        found, left = named_events(question.event), []
    else:
        return events_of_ledger(
            ledger, question.measure, question.stage, question.instrument, question.known_by
        )
    horizon = parse_day(question.known_by) if question.known_by else None
    late = [event for event in found if horizon and event.on > horizon]
    left += [f"{event.id}: it became known on {event.on}, after {horizon}." for event in late]
    return [event for event in found if event not in late], left


def _known(question: StudyQuestion) -> list[Event]:
    """Events whose sessions are kept out of estimation windows, where that is asked for."""
    if not question.design.without_events:
        return []
    named = read_events(question.known_events)[0] if question.known_events else []
    return [*shipped_events().values(), *named]
