"""Who is exposed to the measures of a day: revenue at risk by company, with a band and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field

from tidegate.ledger.query import Question as Wanted
from tidegate.tables import Tabular
from tidegate.watch import MeasuresCourse
from tidegate.web.lacking import MARKETS
from tidegate.web.parameters import Day, KnownBy, Name, day_field, named, one_country
from tidegate.web.question import Asked, Site, question

if TYPE_CHECKING:
    import altair

    from tidegate.markets.company_exposure import Exposure


class Exposed(Asked):
    """A day, and which measures and companies are looked at."""

    on: Day = day_field("Legal day.")
    measure: Annotated[
        Name | None,
        Field(
            description="Id of a measure: that alone, and not all that bind.",
            examples=["us-2025-04-09-h20-is-informed-letter"],
        ),
    ] = None
    company: Annotated[
        Annotated[Name, AfterValidator(named("party"))] | None,
        Field(
            description="Company; with commas: any of them. All with revenue there on record without.",
            examples=["Nvidia"],
        ),
    ] = None
    by: Annotated[
        Annotated[Name, AfterValidator(one_country)] | None,
        Field(description="Government: its law alone.", examples=["US"]),
    ] = None
    to: Annotated[
        Annotated[Name, AfterValidator(one_country)],
        Field(description="Country that they sell to.", examples=["CN"]),
    ] = "CN"
    known_by: KnownBy = None


def page(site: Site, asked: Exposed, answer: Exposure) -> Mapping[str, Any]:
    """Return companies that are touched, not touched, and of which it is not known; how far the bands reach."""
    rows = [one.row() for one in answer]
    known = [row for row in rows if row["risk_high"] is not None]
    touched = [row for row in known if row["risk_high"] > 0]
    return {
        "touched": touched,
        "free": [row for row in known if not row["risk_high"]],
        "unknown": [row for row in rows if row["risk_high"] is None],
        "one": site.ledger[asked.measure] if asked.measure else None,
        "notes": answer.notes,
        "titles": {
            name: site.ledger[name].title for row in rows for name in row["measures"] if name in site.ledger
        },
        "height": 120 + 26 * max(len(touched), 1),
    }


def picture(site: Site, asked: Exposed) -> altair.TopLevelMixin:
    """Return a bar with its band for each company."""
    from tidegate.markets.exposure_picture import exposure_chart

    return exposure_chart(exposure.answer(site, asked))


def course(site: Site, asked: Exposed) -> MeasuresCourse:
    """Return what the Atom twin follows: the measure asked about, else those that reach the country."""
    if asked.measure:
        return MeasuresCourse(site.ledger, ids=frozenset((site.ledger[asked.measure].id,)))
    return MeasuresCourse(site.ledger, Wanted.of(target=asked.to, by=asked.by))


@question(
    "/exposure", title="Who is exposed", shows=page, picture=picture, follows=course, group=MARKETS,
    # The menu leads to the present day.
    examples=({"on": "2026-10-09"}, {}),
)  # fmt: skip
def exposure(site: Site, asked: Exposed) -> Tabular:
    """Who is exposed to the measures of a day: revenue at risk by company with a band, products touched, sources."""
    from tidegate.markets.company_exposure import exposure as find_exposure

    companies = [part.strip() for part in asked.company.split(",") if part.strip()] if asked.company else None
    found: Tabular = site.recent.get(
        (site.digest, asked),
        lambda: find_exposure(
            site.ledger, asked.on, companies=companies, measures=asked.measure, government=asked.by,
            known_by=asked.known_by, destination=asked.to,
        ),
    )  # fmt: skip
    return found
