"""What a scenario does to supply, worked out by a job: flows, companies and countries against the record, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from tidegate.errors import BadInputError
from tidegate.ledger.scenario import apply_scenario_text
from tidegate.ledger.shipped_scenarios import shipped_scenarios
from tidegate.supply.causes import CHANNEL_WORDS
from tidegate.supply.quarters import months_of_quarter
from tidegate.supply.report import check_question, report_scenario, span_of
from tidegate.supply.scale import amount
from tidegate.tables import Table
from tidegate.web.parameters import Name
from tidegate.web.question import Asked, Site, question
from tidegate.web.worked import Worked, bare, not_yet, work_out

MOST_LETTERS = 6000
"""Length of a scenario that stands in an address; a longer one is for `tidegate simulate`."""

MOST_DRAWS = 1000

GROUPS = {
    "companies": "Companies", "countries": "Countries", "detours": "Going round through third countries",
}  # fmt: skip


def _shipped(name: str) -> str:
    if name not in shipped_scenarios():
        raise ValueError(f"'{name}' is no shipped scenario. Take one of {', '.join(shipped_scenarios())}.")
    return name


def _quarter(text: str) -> str:
    try:
        months_of_quarter(text)
    except BadInputError as error:
        raise ValueError(str(error)) from None
    return text


Shipped = Annotated[Name, AfterValidator(_shipped)]
Quarter = Annotated[Name, AfterValidator(_quarter)]


class Scenario(Asked):
    """A scenario, shipped or written in the address, and how it is run."""

    name: Annotated[Shipped | None, Field(description="Shipped scenario.", examples=["match-act"])] = None
    text: Annotated[
        Annotated[str, Field(max_length=MOST_LETTERS), AfterValidator(lambda text: text.replace("\r\n", "\n"))] | None,
        Field(description="A scenario of your own, as YAML: docs/scenarios.md."),
    ] = None  # fmt: skip
    beside: Annotated[Shipped | None, Field(description="Shipped scenario to compare with.")] = None
    first: Annotated[
        Quarter | None,
        Field(
            alias="from",
            description="First quarter of the effect; that in which it departs from the record without.",
        ),
    ] = None
    last: Annotated[Quarter | None, Field(alias="to", description="Last quarter; a year later without.")] = (
        None
    )
    draws: Annotated[int, Field(ge=5, le=MOST_DRAWS, description="Draws of the ensemble.")] = 200
    seed: Annotated[int, Field(ge=0, le=2**31, description="The same seed gives the same numbers.")] = 0
    outcome: Annotated[
        Name | None, Field(description="Outcome that is explained; the largest effect on trade without.")
    ] = None

    @model_validator(mode="after")
    def _one(self) -> Scenario:
        if self.name and self.text:
            raise ValueError("'name' and 'text' both give a scenario. Leave one of them out.")
        return self

    def texts(self) -> list[str]:
        """Return the scenarios as YAML: the one compared with first."""
        own = self.text or shipped_scenarios()[str(self.name)].text
        return [*([shipped_scenarios()[self.beside].text] if self.beside else []), own]


def rows(site: Site, asked: Scenario) -> Table:
    """Return the effects, or two scenarios side by side: the CSV twin."""
    answer = scenario.answer(site, asked)
    if answer is None:
        raise scenario.nothing_asked()
    if not answer.found:
        raise not_yet()
    compared = answer.found["comparison"]
    told = compared["outcomes"] if compared else answer.found["runs"][-1]["effects"]
    return Table(tuple(told), tuple(told[0]) if told else ("outcome",), {}, "effects")


def page(site: Site, asked: Scenario, answer: Worked | None) -> Mapping[str, Any]:
    """Return what the page shows besides: the runs, the effects by whom they are of, the paths."""
    runs = answer.found.get("runs", []) if answer else []
    main = runs[-1] if runs else None
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for row in main["effects"] if main else ():
        if row["low"] or row["high"]:
            grouped.setdefault(_group(row["outcome"]), []).append(row)
    return {
        "shipped": shipped_scenarios(), "own_text": asked.text or "", "most_draws": MOST_DRAWS,
        "main": main, "beside": runs[0] if len(runs) > 1 else None,
        "grouped": [(GROUPS[key], grouped[key]) for key in GROUPS if key in grouped],
        "paths": main["paths"][:8] if main else [],
        "labels": {row["outcome"]: row["label"] for row in main["effects"]} if main else {},
        "units": {path["outcome"]: path["unit"] for path in main["paths"]} if main else {},
        "ways": ways, "amount": amount,
    }  # fmt: skip


def ways(channels: Iterable[str]) -> str:
    """Return by which ways a measure acts, in words, each once."""
    return ", ".join(dict.fromkeys(CHANNEL_WORDS.get(channel, channel) for channel in channels))


def _group(outcome: str) -> str:
    """By whom an outcome is of: companies are written small, countries in capitals."""
    kind, *parts = outcome.split(":")
    if kind in ("detour", "seized"):
        return "detours"
    return "companies" if kind in ("sales", "share") and parts[0].islower() else "countries"


def picture(site: Site, asked: Scenario) -> dict[str, Any]:
    """Return the quarterly paths and the effects as a Vega-Lite specification."""
    answer = scenario.answer(site, asked)
    if answer is None:
        raise scenario.nothing_asked()
    runs = answer.found.get("runs")
    if not runs:
        raise not_yet()
    if runs[-1]["picture"] is None:
        raise BadInputError("There is nothing to draw: the scenario changes nothing that the model sees.")
    drawn: dict[str, Any] = runs[-1]["picture"]
    return drawn


@question(
    "/scenario", title="A scenario", table=rows, shows=page, picture=picture, by_job=True, mends=True, in_menu=False,
    least=("name", "text"),
    examples=({"name": "eda-letters-stay", "from": "2025Q3", "to": "2025Q4", "draws": "10"},),
)  # fmt: skip
def scenario(site: Site, asked: Scenario) -> Worked | None:
    """What a scenario changes in flows, companies and countries against the record, with bands, and why."""
    if not (asked.name or asked.text):
        return None
    texts = asked.texts()
    what_if = apply_scenario_text(site.ledger, texts[-1], "scenario")
    begins, ends = span_of(site.ledger, what_if)
    first = asked.first or (min(begins, asked.last) if asked.last else begins)
    last = asked.last or max(ends, first)
    check_question(first, last, asked.outcome)
    work = partial(
        report_scenario,
        bare(site.ledger),
        texts,
        first,
        last,
        draws=asked.draws,
        seed=asked.seed,
        outcome=asked.outcome,
    )
    key = ("scenario", *texts, first, last, asked.draws, asked.seed, asked.outcome)
    return work_out(site, key, work)
