"""Who may be meant by a name: parties on lists, how surely, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from tidegate.catalog import load_catalog
from tidegate.screening.answer import Screening
from tidegate.watch import PartyCourse
from tidegate.web.parameters import Day, Name, day_field, one_country
from tidegate.web.question import Asked, Site, question


class Party(Asked):
    """A party, and what is known of it beside its name."""

    name: Annotated[Name | None, Field(description="Name of the party, in any script.")] = None
    country: Annotated[
        Annotated[Name, AfterValidator(one_country)] | None,
        Field(description="Its country: the same speaks for a hit, another one against it."),
    ] = None
    identifier: Annotated[
        Name | None,
        Field(description="IMO, registration, tax or passport number, LEI: an equal one decides."),
    ] = None
    on: Day = day_field("Day on which it is, or was, listed.")

    def numbers(self) -> tuple[str, ...]:
        """Return the identifiers that are given."""
        return tuple(filter(None, (part.strip() for part in (self.identifier or "").split(","))))


def page(site: Site, asked: Party, answer: Screening | None) -> Mapping[str, Any]:
    """Return what the form takes, and whether the page may take decisions."""
    countries = sorted(
        ((c.code, c.name) for c in load_catalog().countries.values()), key=lambda pair: pair[1]
    )
    return {
        "countries": countries,
        "can_decide": site.store is not None,
        "ages": site.screening.ages(asked.on),
        "is_shipped": not site.lists,
    }


def course(site: Site, asked: Party) -> PartyCourse | None:
    """Return what the Atom twin follows: who may be meant, and since when they are listed."""
    if asked.name is None:
        return None
    return PartyCourse(site.screening, asked.name, asked.country, asked.numbers())


@question(
    "/screen", title="Screen", shows=page, follows=course, reads_store=True, personal=True, least=("name",),
    examples=({"name": "Huawei", "on": "2026-10-09"}, {"name": "中芯国际", "country": "CN", "on": "2026-10-09"}),
)  # fmt: skip
def screen(site: Site, asked: Party) -> Screening | None:
    """Which listed parties a name may mean, how surely and why, and who cleared which hit."""
    if asked.name is None:
        return None
    found = site.screening.screen(asked.name, on=asked.on, country=asked.country, identifiers=asked.numbers())
    if site.store is None:
        return found
    from tidegate.claims.clearances import clearances

    return clearances(site.store).mark(found)
