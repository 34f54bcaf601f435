"""One day on one page: what changed, who says so, who is hit and by how much, what to watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import Field, model_validator

from tidegate.brief.day import earlier_day, report_day
from tidegate.brief.day_page import day_page
from tidegate.brief.day_record import ClaimRead, line_table
from tidegate.brief.day_watch import claims_read
from tidegate.errors import BadInputError
from tidegate.tables import Table
from tidegate.web.parameters import Day, day_field
from tidegate.web.question import Asked, Site, question, questions
from tidegate.web.worked import Worked, bare, work_out


class Brief(Asked):
    """A day, and the earlier one that it is compared with."""

    on: Day = day_field("Day of the brief; nothing that became public later is in it.")
    since: Annotated[
        str,
        Field(
            pattern=r"^([1-9]\d{0,3}|\d{4}-\d{2}-\d{2})$",
            description="Changes since a day, or of so many days before.",
        ),
    ] = "30"

    @model_validator(mode="after")
    def _in_order(self) -> Brief:
        if self.on is not None:
            try:
                earlier_day(self.on, self.since)
            except BadInputError as error:
                raise ValueError(str(error)) from None
        return self


@dataclass(frozen=True)
class BriefWorked(Worked):
    """The brief as far as a job has it, with the claims of the store, which the job does not see."""

    claims: tuple[ClaimRead, ...] | None = None

    @property
    def found(self) -> Mapping[str, Any]:
        """The brief, or its law while the model runs; empty at first."""
        answer = self.job.answer
        if not answer or self.claims is None:
            return answer or {}
        return {**answer, "claims": [asdict(one) for one in self.claims]}

    @property
    def seen(self) -> str:
        """Changes when there is more to see."""
        return f"{super().seen}{'-' if self.found.get('effects') is None else '+'}"


def rows(site: Site, asked: Brief) -> Table:
    """Return a row a statement: the CSV twin."""
    return line_table(_found(site, asked))


def page(site: Site, asked: Brief, answer: BriefWorked) -> Mapping[str, Any]:
    """Return the layout of the day, and where its names lead."""
    measure, scenario = questions()["measure"], questions()["scenario"]

    def lead_to(span: Mapping[str, Any], own: str | None) -> str | None:
        if "measure" in span:
            return measure.address({"id": span["measure"], "on": asked.on.isoformat()})
        return scenario.address({"name": span["scenario"]}) if "scenario" in span else None

    return {"page": day_page(answer.found) if answer.found else None, "lead_to": lead_to}


def pdf(site: Site, asked: Brief) -> bytes:
    """Return the day on one sheet."""
    from tidegate.brief.pdf import pdf_of_layout

    return pdf_of_layout(day_page(_found(site, asked)))


def _found(site: Site, asked: Brief) -> Mapping[str, Any]:
    answer = brief.answer(site, asked)
    if not answer.is_final:
        raise BadInputError("This is still being worked out. Ask again in a moment.")
    found: Mapping[str, Any] = answer.found
    return found


@question(
    "/brief", title="Brief", table=rows, shows=page, pdf=pdf, by_job=True, reads_store=True,
    examples=({"on": "2026-10-09"},),
)  # fmt: skip
def brief(site: Site, asked: Brief) -> BriefWorked:
    """One day for a reader with five minutes: what changed, who says so, who is hit and by how much, what to watch."""
    since = earlier_day(asked.on, asked.since)
    own = site.brought
    work = partial(
        report_day,
        bare(site.ledger),
        asked.on,
        since,
        prices=own.prices if own else None,
        flows=own.flows if own else None,
    )
    worked = work_out(site, ("brief", asked.on.isoformat(), since.isoformat()), work)
    claims = claims_read(site.store, site.ledger, since, asked.on) if site.store else None
    return BriefWorked(worked.job, claims)
