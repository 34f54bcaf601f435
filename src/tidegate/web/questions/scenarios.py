"""Scenarios to choose from, and how far the model was from what came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.errors import BadInputError
from tidegate.ledger.scenario import apply_scenario_text
from tidegate.ledger.shipped_scenarios import shipped_scenarios
from tidegate.supply.report import span_of
from tidegate.tables import Table, Tabular
from tidegate.web.jobs import Job, JobsFullError
from tidegate.web.question import Asked, Site, question
from tidegate.web.questions.model_record import Record, model_record
from tidegate.web.worked import Worked


class Shelf(Asked):
    """Nothing is asked: what there is."""


@dataclass(frozen=True)
class Shelved(Tabular):
    """The shipped scenarios, and how the model did, as far as that is worked out."""

    scenarios: Table
    record: Worked

    @property
    def is_final(self) -> bool:
        """Whether asking again gives the same."""
        return self.record.job.state == "done"

    def table(self) -> Table:
        """Return a row a scenario."""
        return self.scenarios


def page(site: Site, asked: Shelf, answer: Shelved) -> Mapping[str, Any]:
    """Return the texts of the scenarios."""
    return {"record": answer.record, "texts": shipped_scenarios()}


@question("/scenarios", title="Scenarios", shows=page, by_job=True, examples=({},))
def scenarios(site: Site, asked: Shelf) -> Shelved:
    """Scenarios to run against the record, and how far the model was from what came."""
    rows = []
    for one in shipped_scenarios().values():
        first, last = span_of(site.ledger, apply_scenario_text(site.ledger, one.text, one.name))
        rows.append({"name": one.name, "title": one.title, "about": one.about, "from": first, "to": last})
    about = {"read_to": str(site.ledger.read_to)}
    table = Table(tuple(rows), ("name", "title", "about", "from", "to"), about, "scenarios")
    try:
        record = model_record.answer(site, Record())
    except (BadInputError, JobsFullError) as error:
        # The shelf is there whatever the machine has time for.
        record = Worked(Job("", "failed", wrong=str(error)))
    return Shelved(table, record)
