"""How tight the controls toward a country are, month by month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from tidegate.licensing.tide import LAST, START, Point, Tide
from tidegate.licensing.tide import tide as read_tide
from tidegate.web.parameters import KnownBy, Name, one_country
from tidegate.web.question import Asked, Site, question

if TYPE_CHECKING:
    import altair

MOST_STEPS = 40
"""Steps that the page shows; the CSV of `tidegate tide --steps` has all."""


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise ValueError(f"'{text}' is no month. Write YYYY-MM, for example 2025-10.")
    return text


Month = Annotated[str, AfterValidator(_month)]


class Gauge(Asked):
    """A country, a stretch of months, and how the lines are cut."""

    target: Annotated[
        Annotated[Name, AfterValidator(one_country)],
        Field(description="Country that the controls reach.", examples=["CN"]),
    ] = "CN"
    by: Annotated[
        Literal["government", "class", "instrument"], Field(description="What each line is of.")
    ] = "government"
    first: Annotated[Month, Field(alias="from", description="First month.", examples=["2018-01"])] = START
    last: Annotated[Month, Field(alias="to", description="Last month; each is read on its last day.")] = LAST
    known_by: KnownBy = None

    @model_validator(mode="after")
    def _in_order(self) -> Gauge:
        if self.first > self.last:
            raise ValueError(f"{self.last} is before {self.first}. Give the earlier month in 'from'.")
        return self


def page(site: Site, asked: Gauge, answer: Tide) -> Mapping[str, Any]:
    """Return the lines at the end of each year, the last reading of each, and the latest steps."""
    months = list(answer.days)
    shown = [month for month in months if month.endswith("-12") or month == months[-1]]
    lines: dict[str, dict[str, Point]] = {}
    for point in answer.points:
        lines.setdefault(answer.line_name(point), {})[point.month] = point
    steps = sorted(answer.steps(), key=lambda step: (step.month, abs(step.change)), reverse=True)
    last = {name: points[months[-1]] for name, points in lines.items()}
    ids = {m for step in steps[:MOST_STEPS] for m in (*step.after.measures, *step.before.measures)}
    ids |= {m for point in last.values() for m in point.measures}
    return {
        "months": shown,
        "lines": lines,
        "last": last,
        "now": answer.line()[-1],
        "steps": steps[:MOST_STEPS],
        "all_steps": len(steps),
        "titles": {key: site.ledger[key].title for key in ids if key in site.ledger},
    }


def picture(site: Site, asked: Gauge) -> altair.TopLevelMixin:
    """Return the lines with their bands."""
    from tidegate.licensing.pictures import tide_chart

    return tide_chart(tide.answer(site, asked), width=800, height=280)


@question(
    "/tide", title="Tide", shows=page, picture=picture,
    examples=(
        {"target": "CN", "by": "government"}, {"target": "CN", "by": "class", "from": "2022-01", "to": "2026-11"},
        {"target": "US"},
    ),
)  # fmt: skip
def tide(site: Site, asked: Gauge) -> Tide:
    """How tight the controls toward a country are, month by month, on a fixed basket of transactions."""
    return read_tide(site.ledger, asked.target, asked.first, asked.last, asked.by, asked.known_by)
