"""Tools that take a text: a story to read, a scenario to simulate and to explain. They have no address."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from tidegate.data import GAMES
from tidegate.dates import Day as Date
from tidegate.ledger import Ledger
from tidegate.tables import Table
from tidegate.web.jobs import Tell
from tidegate.web.lacking import no_flows
from tidegate.web.parameters import Day, Name, day_field
from tidegate.web.question import Asked, Question, Site
from tidegate.web.questions.bargain import bargain, shipped_game
from tidegate.web.questions.brief import Brief, brief
from tidegate.web.questions.ranking import Ranked, ranking
from tidegate.web.questions.routes import Round, routes

__all__ = ["OWN", "Progress"]

Progress = Callable[[int, int], None]


def _silent(done: int, whole: int) -> None:
    """Tell nobody."""


LONGEST_STORY = 200_000
"""Characters of a story; a long one has 50,000."""

LONGEST_SCENARIO = 20_000

_SCENARIO = """title: The MATCH Act is enacted
edits:
  - {set: us-2026-04-match-act, stage: in_force, on: 2026-12-01}
"""


class _Text(Asked):
    """Arguments of which one is a text longer than an address takes."""

    model_config = ConfigDict(str_max_length=None)


class Story(_Text):
    """A story, and the day on which it is read."""

    text: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_STORY, description="The story as plain text, headline first."),
    ]
    published: Annotated[
        Day | None, Field(description="Day of the story, where its text does not give it.")
    ] = None
    outlet: Annotated[str | None, Field(max_length=120, description="Who published it.")] = None
    on: Day = day_field("Day from which the record is looked at.")


class _Scenario(_Text):
    """A scenario, and the quarters that are asked about."""

    scenario: Annotated[
        str,
        Field(
            min_length=1, max_length=LONGEST_SCENARIO,
            description="A scenario as YAML: `title` and `edits`; an edit is set, move, mirror, drop or add, with the "
            "id of a measure, e.g. {set: us-2026-04-match-act, stage: in_force, on: 2026-12-01}.",
        ),
    ]  # fmt: skip
    first: Annotated[
        str, Field(alias="from", pattern=r"^\d{4}Q[1-4]$", description="First quarter, like 2026Q4.")
    ]
    last: Annotated[str, Field(alias="to", pattern=r"^\d{4}Q[1-4]$", description="Last quarter.")]
    draws: Annotated[
        int, Field(ge=5, le=200, description="Draws of the ensemble: more is surer and slower.")
    ] = 20
    seed: Annotated[int, Field(ge=0, le=2**31, description="The same seed gives the same numbers.")] = 0


class Simulation(_Scenario):
    """A scenario, and which outcomes are asked about."""

    outcomes: Annotated[
        str | None,
        Field(
            max_length=1000,
            description="Outcomes divided by commas, like imports:CN:lithography,sales:asml; without, those of the goods "
            "that the scenario touches.",
        ),
    ] = None


class Explanation(_Scenario):
    """A scenario, and the outcome whose effect is shared out."""

    outcome: Annotated[str, Field(max_length=120, description="One outcome, like sales:lam-research.")]
    by: Annotated[
        Literal["measure", "channel", "mechanism"], Field(description="What the effect is shared out among.")
    ] = "measure"


def _read(site: Site, asked: Story) -> Mapping[str, Any]:
    """What a news story asserts, who says so and on what authority, and what the record knows better."""
    from dataclasses import asdict

    from tidegate.brief import brief_readings
    from tidegate.claims.documents import document_of_text
    from tidegate.claims.reading import read_claims

    on: Date = asked.on
    document = document_of_text(asked.text, "story", asked.published, asked.outlet)
    told = brief_readings([read_claims(document)], site.ledger, on).stories[0]
    return {
        "on": on.isoformat(), "title": told.title, "published": told.published, "language": told.language,
        "unreadable": told.unreadable, "notes": list(told.notes), "why_none": told.why_none,
        "claims": [asdict(line) for line in told.claims],
        "known_better": [asdict(fact) for fact in told.better],
        "measures": [
            {"id": line.id, "title": line.title, "claims": list(line.claims), "stage_then": line.stage_then,
             "stage_now": line.stage_now, "since": line.since_now, "condition": line.condition_now,
             "source": line.source_now, "verified": line.verified_now}
            for line in told.measures
        ],
    }  # fmt: skip


def _simulate(site: Site, asked: Simulation, progress: Progress = _silent) -> Mapping[str, Any]:
    """What a scenario changes in trade, sales, output and stocks against the record: medians with 80 percent bands."""
    from tidegate.kept import cache_file, keeping
    from tidegate.supply.effects import effects_of

    with keeping(cache_file()):
        found = effects_of(
        _ledger(site, asked), site.ledger, asked.first, asked.last, draws=asked.draws, seed=asked.seed,
        outcomes=_outcomes(asked), progress=progress,
    )  # fmt: skip
    return _plain(found.table())


def _explain(site: Site, asked: Explanation, progress: Progress = _silent) -> Mapping[str, Any]:
    """Which measures, channels or mechanisms carry what a scenario changes in one outcome, and how much each."""
    from tidegate.kept import cache_file, keeping
    from tidegate.supply.causes import explain_effect

    with keeping(cache_file()):
        found = explain_effect(
        _ledger(site, asked), site.ledger, asked.outcome, asked.first, asked.last, by=asked.by, draws=asked.draws,
        seed=asked.seed, progress=progress,
    )  # fmt: skip
    return _plain(found.table())


_NAMES = ", ".join(sorted(path.stem for path in GAMES.glob("*.yaml")))


class Game(Asked):
    """A shipped game, and how it is run."""

    game: Annotated[Name, AfterValidator(shipped_game), Field(description=f"Shipped game: {_NAMES}.")]
    draws: Annotated[int, Field(ge=1, le=60, description="Draws of the ensemble.")] = 10
    seed: Annotated[int, Field(ge=0, le=2**31, description="The same seed gives the same numbers.")] = 0


def _counted(progress: Progress) -> Tell:
    """What tells somebody who only counts how far an answer is."""

    def tell(doing: str, done: int, whole: int, so_far: Mapping[str, Any] | None) -> None:
        if whole:
            progress(done, whole)

    return tell


def _bargain(site: Site, asked: Game, progress: Progress = _silent) -> Mapping[str, Any]:
    from tidegate.bargaining.report import report_game
    from tidegate.kept import cache_file, keeping

    with keeping(cache_file()):
        found = report_game(site.ledger, asked.game, _counted(progress), draws=asked.draws, seed=asked.seed)
    # The picture is for a page.
    return {**{name: part for name, part in found.items() if name != "picture"}, "assumptions": [_ASSUMED]}


_bargain.__doc__ = bargain.about


def _ranking(site: Site, asked: Ranked, progress: Progress = _silent) -> Mapping[str, Any]:
    brought = site.brought
    if brought is None or brought.universe is None or brought.sources is None:
        raise ranking.nothing_asked(site)
    from tidegate.markets.ranking_report import report_ranking

    found = report_ranking(brought.universe, brought.sources, asked.plan(), _untold)
    # The picture is for a page.
    return {
        **{name: part for name, part in found.items() if name != "picture"},
        "assumptions": [found["not"]],
    }


_ranking.__doc__ = ranking.about


def _routes(site: Site, asked: Round, progress: Progress = _silent) -> Mapping[str, Any]:
    if asked.control is None:
        raise routes.nothing_asked(site)
    from tidegate.diversion.asked import known_of, report_trace

    wanted = asked.question()
    known = known_of(site.ledger, wanted)
    told = {**known.table().to_dict(), "lacking": no_flows(site) or None, "trace": None}
    if site.brought is None or site.brought.flows is None or known.problem:
        return told
    found = report_trace(site.brought.flows, known, wanted, _untold)
    trace = {name: part for name, part in found.items() if name not in ("picture", "picture_why", "columns")}
    return {**told, "trace": trace, "assumptions": list(found["explanations"])}


_routes.__doc__ = routes.about


def _untold(doing: str, done: int, whole: int, so_far: Mapping[str, Any] | None) -> None:
    """Tell nobody."""


def _brief(site: Site, asked: Brief, progress: Progress = _silent) -> Mapping[str, Any]:
    from tidegate.brief.day import day_brief
    from tidegate.kept import cache_file, keeping

    with keeping(cache_file()):
        own = site.brought
        found = day_brief(
            site.ledger, asked.on, asked.since, store=site.store, prices=own.prices if own else None,
            flows=own.flows if own else None, tell=_counted(progress),
        )  # fmt: skip
    return {**found.to_dict(), "assumptions": [_ASSUMED]}


_brief.__doc__ = brief.about


def _ledger(site: Site, asked: _Scenario) -> Ledger:
    from tidegate.ledger.scenario import apply_scenario_text

    return apply_scenario_text(site.ledger, asked.scenario, "scenario")


def _outcomes(asked: Simulation) -> list[str] | None:
    return [part.strip() for part in asked.outcomes.split(",") if part.strip()] if asked.outcomes else None


def _plain(table: Table) -> Mapping[str, Any]:
    plain: dict[str, Any] = json.loads(table.to_json())
    return {
        **plain,
        "assumptions": [_ASSUMED],
    }


_ASSUMED = (
    "A model's answer under its assumptions, no forecast: most of its numbers are assumptions or from memory."
)


def _own(
    name: str, title: str, asked: type[Asked], answer: Callable[..., Any], example: Mapping[str, Any]
) -> Question[Any]:
    about = (answer.__doc__ or "").strip().splitlines()[0]
    return Question(name, "", title, about, asked, answer, (example,))


_ASKED = {"scenario": _SCENARIO, "from": "2026Q4", "to": "2027Q4"}

OWN: tuple[tuple[Question[Any], Callable[[Site, Any, Progress], Mapping[str, Any]] | None], ...] = (
    (
        _own("read", "A story read", Story, _read,
             {"text": "The Netherlands has barred ASML from servicing ...", "published": "2026-11-20"}),
        None,
    ),
    (_own("simulate", "A scenario simulated", Simulation, _simulate, _ASKED), _simulate),
    (_own("bargain", "A game played", Game, _bargain, {"game": "rare-earth-licences-for-eda"}), _bargain),
    (
        _own("brief", "The brief of a day", Brief, _brief, {"on": "2026-10-09", "since": "30"}),
        _brief,
    ),
    (_own("ranking", "A ranking", Ranked, _ranking, {"factors": "momentum"}), _ranking),
    (
        _own(
            "routes", "Ways round a control", Round, _routes,
            {"control": "us-2022-10-07-advanced-computing", "hs": "854231"},
        ),
        _routes,
    ),
    (
        _own("explain", "An effect explained", Explanation, _explain, {**_ASKED, "outcome": "sales:lam-research"}),
        _explain,
    ),
)  # fmt: skip
"""The questions behind these tools, and what works on those that take long."""
