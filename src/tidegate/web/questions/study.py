"""What prices did around a measure: its events, the first sessions that could react, and with prices the moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from tidegate.errors import BadInputError, MissingExtraError
from tidegate.tables import Tabular
from tidegate.watch import MeasuresCourse
from tidegate.web.lacking import MARKETS, no_prices
from tidegate.web.parameters import KnownBy, Name
from tidegate.web.question import Asked, Site, question

if TYPE_CHECKING:
    import altair

    from tidegate.markets import StudyQuestion
    from tidegate.markets.around import Around

LONGEST = 60
"""Sessions after day 0 that a page adds up at most; `tidegate study` takes any."""


def _window(text: str) -> str:
    from tidegate.markets.design import parse_window

    try:
        first, last = parse_window(text)
    except BadInputError as error:
        raise ValueError(str(error)) from None
    if not -10 <= first <= last <= LONGEST:
        raise ValueError(
            f"'{text}' is out of range. Take sessions from -10 to {LONGEST}, the earlier first: 0..2."
        )
    return f"{first}..{last}"


class PricesDid(Asked):
    """A measure, and how what prices did is measured."""

    measure: Annotated[
        Name | None,
        Field(
            description="Id of a measure: each change of its stage is an event.",
            examples=["us-2025-05-23-eda-letters"],
        ),
    ] = None
    window: Annotated[
        Annotated[Name, AfterValidator(_window)],
        Field(
            description="Sessions that returns are added up over; day 0 is the first that could react.",
            examples=["0..2"],
        ),
    ] = "0..2"
    tickers: Annotated[
        Name | None,
        Field(
            description="Shares, with commas, instead of those of the parties that the measure names.",
            examples=["NVDA,8035.T"],
        ),
    ] = None
    benchmark: Annotated[
        Name | None,
        Field(
            description="What shares are measured against; without, the index of their exchange.",
            examples=["SPY"],
        ),
    ] = None
    model: Annotated[
        Literal["market", "adjusted", "mean"],
        Field(
            description="What a normal return is: by the market model, that of the benchmark, or the share's mean."
        ),
    ] = "market"
    test: Annotated[
        Literal["kp", "bmp", "patell", "corrado", "grank", "t_cross", "t_time"],
        Field(description="The test whose p value counts; kp allows for shares that move together on a day."),
    ] = "kp"
    known_by: KnownBy = None

    def asked(self) -> StudyQuestion:
        """Return the question as the study takes it. Raises: BadInputError: if the design makes no sense."""
        from tidegate.markets import Design, StudyQuestion
        from tidegate.markets.design import parse_window

        first, last = parse_window(self.window)
        return StudyQuestion(
            measure=self.measure, known_by=self.known_by.isoformat() if self.known_by else None,
            tickers=tuple(filter(None, (part.strip() for part in (self.tickers or "").split(",")))), test=self.test,
            design=Design.of(
                window=self.window, path=f"{min(-5, first)}..{max(10, last)}", model=self.model, benchmark=self.benchmark
            ),
        )  # fmt: skip


def page(site: Site, asked: PricesDid, answer: Around | None) -> Mapping[str, Any]:
    """Return the measures to choose from, the sessions by event, and how large the picture is."""
    if answer is None:
        from tidegate.markets.around import measures_with_shares

        return {"choices": measures_with_shares(site.ledger), "lacks": no_prices(site)}
    measure = site.ledger[answer.measure]
    events = [_event(number, rows) for number, rows in enumerate(_by_event(answer.sessions), 1)]
    found: dict[str, Any] = {
        "one": measure, "events": events, "of": {event["id"]: event for event in events}, "lacks": no_prices(site),
    }  # fmt: skip
    if answer.study is not None:
        made = answer.study.study
        panels = len({(row["by"], row["name"]) for row in made.paths})
        found |= {
            "made": made,
            "whole": [row for row in made.groups if row["by"] == "all"],
            "panels": panels,
            "height": 110 + 265 * -(-panels // 2),
            "width": 860 if panels > 1 else 430,
        }
    return found


def _by_event(rows: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    return [list(own) for _, own in groupby(rows, key=itemgetter("event"))]


def _event(number: int, rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return an event with the exchanges that have the same day 0 for the same reason side by side."""
    days: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        days.setdefault((row["first"], row["last"], row["why"]), []).append(row)
    news = {(one["ticker"], one["news"]): one for row in rows for one in row["news"]}
    return {
        **rows[0],
        "id": rows[0]["event"],
        "anchor": f"ev-{number}",
        "days": list(days.items()),
        "news": list(news.values()),
    }


def picture(site: Site, asked: PricesDid) -> altair.TopLevelMixin:
    """Return the mean cumulative abnormal return around day 0, with its band."""
    answer = study.answer(site, asked)
    if answer is None:
        raise study.nothing_asked(site)
    if answer.study is None:
        raise BadInputError(answer.why_none)
    chart: altair.TopLevelMixin = answer.study.chart()
    return chart


def course(site: Site, asked: PricesDid) -> MeasuresCourse | None:
    """Return what the Atom twin follows: the measure, whose changes are the events."""
    if asked.measure is None:
        return None
    return MeasuresCourse(site.ledger, ids=frozenset((site.ledger[asked.measure].id,)))


@question(
    "/study", title="What prices did", shows=page, picture=picture, follows=course, least=("measure",), lacks=no_prices,
    group=MARKETS, examples=({"measure": "us-2025-05-23-eda-letters"},),
)  # fmt: skip
def study(site: Site, asked: PricesDid) -> Tabular | None:
    """What prices did around a measure: first sessions that could react, raw and abnormal moves, and chance."""
    if asked.measure is None:
        return None
    from tidegate.markets.around import around_measure

    prices = site.brought.prices if site.brought else None
    try:
        found: Around = site.recent.get(
            (site.digest, asked), lambda: around_measure(site.ledger, asked.asked(), prices, no_prices(site))
        )
        return found
    except MissingExtraError as error:
        raise BadInputError(str(error)) from None
