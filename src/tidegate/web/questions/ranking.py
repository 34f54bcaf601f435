"""What ranks best at the end of a month, and whether that way of ranking ever helped: worked out by a job."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field

from tidegate.errors import BadInputError
from tidegate.tables import Table
from tidegate.web.lacking import MARKETS, no_prices
from tidegate.web.parameters import Name
from tidegate.web.question import Asked, Site, question
from tidegate.web.worked import Worked, not_yet, work_out

if TYPE_CHECKING:
    from tidegate.markets.ranking_plan import Plan

SHOWN = 20
"""Names of each end of the ranking that the page shows; the twins have all."""


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise ValueError(f"'{text}' is no month. Write YYYY-MM, for example 2026-07.")
    return text


Month = Annotated[str, AfterValidator(_month)]


class Ranked(Asked):
    """A month, and the way of ranking."""

    on: Annotated[
        Month | None,
        Field(
            description="Month at whose end names are ranked; the last whole one without.",
            examples=["2026-07"],
        ),
    ] = None
    factors: Annotated[
        Name | None,
        Field(
            description="With commas: momentum, quality, gross, cash, value, book, exposure.",
            examples=["momentum,quality"],
        ),
    ] = None
    weights: Annotated[
        Name | None,
        Field(description="A weight for each factor; equal without.", examples=["momentum=1,quality=2"]),
    ] = None
    top: Annotated[
        int | None, Field(ge=1, le=1000, description="Names held; a tenth of those ranked without.")
    ] = None
    cost: Annotated[
        Name, Field(description="Basis points of what is bought or sold, with commas.", examples=["10,30"])
    ] = "10,30"
    start: Annotated[Month | None, Field(alias="from", description="First month of the record.")] = None
    benchmark: Annotated[Name, Field(description="Ticker that is shown beside.")] = "SPY"
    tried: Annotated[
        int, Field(ge=0, le=10_000, description="Ways of ranking that you tried; p values allow for them.")
    ] = 0

    def plan(self) -> Plan:
        """Return the way of ranking. Raises: BadInputError: if it makes no sense."""
        from tidegate.markets.ranking_plan import Plan, parse_numbers, parse_weights

        return Plan(
            on=self.on, factors=tuple(filter(None, (part.strip() for part in (self.factors or "").split(",")))),
            weights=parse_weights(self.weights) if self.weights else None, top=self.top,
            costs=parse_numbers(self.cost), start=self.start, benchmark=self.benchmark, tried=self.tried,
        )  # fmt: skip


def _found(site: Site, asked: Ranked) -> Mapping[str, Any]:
    answer = ranking.answer(site, asked)
    if answer is None:
        raise ranking.nothing_asked(site)
    if not answer.found:
        raise not_yet()
    found: Mapping[str, Any] = answer.found
    return found


def rows(site: Site, asked: Ranked) -> Table:
    """Return a row a name, the best first, those without a rank last: the CSV twin."""
    told = _found(site, asked)["rows"]
    return Table(tuple(told), tuple(told[0]))


def picture(site: Site, asked: Ranked) -> dict[str, Any]:
    """Return correlation by month, what the best names made, and how far they fell."""
    drawn: dict[str, Any] | None = _found(site, asked)["picture"]
    if drawn is None:
        raise BadInputError("Altair is not installed. Run: pip install 'tidegate[pictures]'")
    return drawn


def page(site: Site, asked: Ranked, answer: Worked | None) -> Mapping[str, Any]:
    """Return both ends of the ranking, and those without a rank by the reason."""
    found = answer.found if answer else {}
    ranked = [row for row in found.get("rows", ()) if row["rank"]]
    reasons: dict[str, list[str]] = {}
    for row in found.get("rows", ()):
        if not row["rank"]:
            reasons.setdefault(row["why"].partition(":")[2].strip(), []).append(row["ticker"])
    return {
        "lacks": no_prices(site),
        "best": ranked[:SHOWN],
        "worst": ranked[max(SHOWN, len(ranked) - SHOWN) :],
        "reasons": sorted(reasons.items(), key=lambda pair: -len(pair[1])),
    }


@question(
    "/ranking", title="What ranks best", table=rows, shows=page, picture=picture, by_job=True, of_record=False,
    lacks=no_prices, group=MARKETS, examples=({"factors": "momentum"},),
)  # fmt: skip
def ranking(site: Site, asked: Ranked) -> Worked | None:
    """What ranks best at the end of a month by momentum and company figures, and whether that way ever helped."""
    brought = site.brought
    if brought is None or brought.universe is None or brought.sources is None:
        return None
    from tidegate.markets.ranking_report import report_ranking

    work = partial(report_ranking, brought.universe, brought.sources, asked.plan())
    return work_out(site, ("ranking", asked.values()), work)
