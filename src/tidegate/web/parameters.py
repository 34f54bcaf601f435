"""The parameters that questions share: days, governments, instruments and names of the catalog.

A name may be put in anybody's words; it is checked when the address is read, so that the page can say which
field to mend.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from tidegate.catalog import Kind, load_catalog
from tidegate.dates import parse_day
from tidegate.errors import NotFoundError
from tidegate.ledger.model import Instrument, Stage
from tidegate.ledger.query import Question as Wanted
from tidegate.web.question import Asked, Site

__all__ = [
    "Day",
    "Filters",
    "KnownBy",
    "Name",
    "checked_words",
    "day_field",
    "filter_choices",
    "named",
    "one_country",
]


def _day(value: object) -> dt.date:
    if isinstance(value, dt.date):
        return value
    # An ISO date with a time of day is no day of law.
    return parse_day(str(value))


Day = Annotated[dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


def day_field(about: str, alias: str | None = None) -> Any:  # noqa: ANN401
    """Return a field for a day that is today where the address names none."""
    return Field(default=None, alias=alias, description=f"{about} Default: today.",
                 json_schema_extra={"default": "today"}, validate_default=False)  # fmt: skip


def named(*kinds: Kind) -> Callable[[str], str]:
    """Return a check that the catalog knows each of some names, divided by commas."""

    def check(text: str) -> str:
        for name in filter(None, (part.strip() for part in text.split(","))):
            try:
                load_catalog().find(name, *kinds)
            except NotFoundError as error:
                raise ValueError(str(error)) from None
        return text

    return check


def one_country(name: str) -> str:
    """Return the code of one country by any of its names. Raises: ValueError: if the catalog knows none, or several."""
    try:
        return load_catalog().find(name, "country")
    except NotFoundError as error:
        raise ValueError(str(error)) from None


def checked_words(field: str) -> Callable[[str], str]:
    """Return a check that a filter of measures takes a text: a stage, an instrument, an item, a party."""

    def check(text: str) -> str:
        try:
            Wanted.of(**{field: text})
        except NotFoundError as error:
            raise ValueError(str(error)) from None
        return text

    return check


Name = Annotated[str, Field(min_length=1, max_length=120)]
KnownBy = Annotated[Day | None, Field(description="Leave out what was not public by this day.")]


class Filters(Asked):
    """Which measures. Every filter that is given must hold."""

    by: Annotated[
        Annotated[Name, AfterValidator(named("country"))] | None,
        Field(
            description="Government: US, 'the Dutch', Beijing; with commas: any of them.", examples=["US,NL"]
        ),
    ] = None
    instrument: Annotated[
        Annotated[Name, AfterValidator(checked_words("instrument"))] | None,
        Field(
            description="Kind of act: chip_export, servicing, ...; with commas: any.",
            examples=["chip_export"],
        ),
    ] = None
    target: Annotated[
        Annotated[Name, AfterValidator(checked_words("target"))] | None,
        Field(description="Country reached, or party aimed at.", examples=["China"]),
    ] = None
    item: Annotated[
        Annotated[Name, AfterValidator(checked_words("item"))] | None,
        Field(description="Item or class of items: h20, duv, rare earths.", examples=["h20"]),
    ] = None
    party: Annotated[
        Annotated[Name, AfterValidator(checked_words("party"))] | None,
        Field(description="Party named in any role.", examples=["SMIC"]),
    ] = None
    known_by: KnownBy = None

    def wanted(self) -> Wanted:
        """Return the filters as the ledger takes them."""
        return Wanted.of(
            by=self.by, target=self.target, instrument=self.instrument, party=self.party, item=self.item
        )


def filter_choices(site: Site) -> dict[str, list[str]]:
    """Return what a form offers for a filter, by its name: governments on record, kinds of act, stages."""
    return {
        "by": sorted({measure.jurisdiction for measure in site.ledger}),
        "instrument": sorted(each.value for each in Instrument),
        "stage": ["binding", *(each.value for each in Stage)],
    }
