"""Whether trade flows round a control through third countries: with trade flows, worked out by a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field

from tidegate.errors import BadInputError
from tidegate.tables import Table, to_json
from tidegate.web.jobs import Job
from tidegate.web.lacking import MARKETS, no_flows
from tidegate.web.parameters import Day, KnownBy, Name, named, one_country
from tidegate.web.question import Asked, Site, question
from tidegate.web.worked import Worked, not_yet, work_out

if TYPE_CHECKING:
    from tidegate.diversion.asked import TraceKnown, TraceQuestion


class Round(Asked):
    """A control, and which detours are looked at."""

    control: Annotated[
        Name | None, Field(description="Id of a measure.", examples=["us-2022-10-07-advanced-computing"])
    ] = None
    target: Annotated[
        Annotated[Name, AfterValidator(one_country)] | None,
        Field(description="Whom the control keeps the good from; its own without.", examples=["CN"]),
    ] = None
    controller: Annotated[
        Annotated[Name, AfterValidator(named("country"))] | None,
        Field(description="Whose exports it binds, with commas; its government without.", examples=["US,NL"]),
    ] = None
    hub: Annotated[
        Annotated[Name, AfterValidator(named("country"))] | None,
        Field(description="Third countries alone, with commas; all without.", examples=["MY,SG"]),
    ] = None
    hs: Annotated[
        Name | None,
        Field(
            pattern=r"^[0-9., ]{2,}$",
            description="Customs codes, with commas; those of the measure without.",
            examples=["854231"],
        ),
    ] = None
    since: Annotated[Day | None, Field(description="Day of the control; the first one in force without.")] = (
        None
    )
    window: Annotated[int, Field(ge=3, le=120, description="Months after it that are looked at.")] = 12
    before: Annotated[
        int, Field(ge=6, le=240, description="Months before it that the expectation rests on.")
    ] = 12
    known_by: KnownBy = None

    def question(self) -> TraceQuestion:
        """Return the question as a trace takes it."""
        from tidegate.diversion.asked import TraceQuestion

        return TraceQuestion(
            control=self.control or "", controller=_codes(self.controller), target=_codes(self.target),
            hs=_words(self.hs), hubs=_codes(self.hub), since=self.since.isoformat() if self.since else None,
            window=self.window, before=self.before, known_by=self.known_by.isoformat() if self.known_by else None,
        )  # fmt: skip


@dataclass(frozen=True)
class Traced:
    """What is known of a control, and how its trace stands; worked: None where there are no flows or no control."""

    known: TraceKnown
    worked: Worked | None
    lacking: str

    @property
    def is_final(self) -> bool:
        """Whether asking again gives the same."""
        return self.worked is None or self.worked.is_final

    @property
    def status(self) -> int:
        """The status of HTTP that says so: 202 while it is being worked out."""
        return 200 if self.worked is None else self.worked.status

    @property
    def found(self) -> Mapping[str, Any]:
        """The trace; empty while it is being worked out, and where nothing can be traced."""
        return {} if self.worked is None else self.worked.found

    @property
    def seen(self) -> str:
        """Changes when there is more to see."""
        return "" if self.worked is None else self.worked.seen

    @property
    def job(self) -> Job | None:
        """The job; None where none is needed."""
        return None if self.worked is None else self.worked.job

    def to_json(self) -> str:
        """Return what is known, how the job stands, and the trace."""
        job = None if self.job is None else self.job.status()
        return to_json({**self.known.table().to_dict(), "lacking": self.lacking or None, "job": job, "seen": self.seen,
                        "trace": dict(self.found) or None})  # fmt: skip


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _codes(text: str | None) -> tuple[str, ...]:
    return tuple(one_country(part) for part in _words(text))


def rows(site: Site, asked: Round) -> Table:
    """Return a row for each third country and code, without flows one for each customs code: the CSV twin."""
    answer = _answer(site, asked)
    if answer.worked is None:
        return Table(answer.known.codes, answer.known.columns)
    if not answer.found:
        raise not_yet()
    return Table(tuple(answer.found["routes"]), tuple(answer.found["columns"]), {}, "routes")


def picture(site: Site, asked: Round) -> dict[str, Any]:
    """Return the route with widths before and after, and flows beside their expectation."""
    answer = _answer(site, asked)
    if answer.worked is None:
        raise BadInputError(answer.known.problem or answer.lacking)
    if not answer.found:
        raise not_yet()
    drawn: dict[str, Any] | None = answer.found["picture"]
    if drawn is None:
        raise BadInputError(answer.found["picture_why"])
    return drawn


def page(site: Site, asked: Round, answer: Traced | None) -> Mapping[str, Any]:
    """Return the measures that customs can see, and the routes that rise before the others."""
    if answer is None:
        from tidegate.ledger.hs import measures_with_codes

        return {"lacks": no_flows(site), "choices": measures_with_codes(site.ledger)}
    traced = answer.found.get("routes", ())
    drawn = sum(row["in_ratio"] is not None for row in traced)
    return {
        "lacks": no_flows(site),
        "one": site.ledger[answer.known.measure],
        "rising": [row for row in traced if row["verdict"] != "no sign"],
        "quiet": [row for row in traced if row["verdict"] == "no sign"],
        "height": 260 + 230 * min(drawn, 6),
    }


def _answer(site: Site, asked: Round) -> Traced:
    answer = routes.answer(site, asked)
    if answer is None:
        raise routes.nothing_asked(site)
    found: Traced = answer
    return found


@question(
    "/routes", title="Ways round", table=rows, shows=page, picture=picture, by_job=True, of_record=False, lacks=no_flows,
    least=("control",), group=MARKETS, examples=({"control": "us-2022-10-07-advanced-computing", "hs": "854231"},),
)  # fmt: skip
def routes(site: Site, asked: Round) -> Traced | None:
    """Whether trade flows round a control: third countries whose trade rises beyond expectation on both legs."""
    if asked.control is None:
        return None
    from tidegate.diversion.asked import known_of, report_trace

    wanted = asked.question()
    known = known_of(site.ledger, wanted)
    if site.brought is None or site.brought.flows is None or known.problem:
        return Traced(known, None, no_flows(site))
    work = partial(report_trace, site.brought.flows, known, wanted)
    return Traced(known, work_out(site, ("routes", asked.values()), work), "")
