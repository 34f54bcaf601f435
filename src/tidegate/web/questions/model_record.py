"""How far the supply model was from what came, and from what others have published: worked out, not written down."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from tidegate.supply.report import report_record
from tidegate.tables import Table
from tidegate.web.question import Asked, Site, question
from tidegate.web.range_picture import draw_ranges
from tidegate.web.worked import Worked, bare, not_yet, work_out


class Record(Asked):
    """How the model is run."""

    draws: Annotated[int, Field(ge=20, le=1000, description="Draws of the ensemble.")] = 100
    seed: Annotated[int, Field(ge=0, le=2**31, description="The same seed gives the same numbers.")] = 0


def rows(site: Site, asked: Record) -> Table:
    """Return the observations beside the model's answers: the CSV twin."""
    found = model_record.answer(site, asked).found
    if "hindcast" not in found:
        raise not_yet()
    targets = found["hindcast"]["targets"]
    return Table(tuple(targets), tuple(targets[0]), {}, "targets")


def page(site: Site, asked: Record, answer: Worked) -> Mapping[str, Any]:
    """Return the published results as marks, and the observations by what they are of."""
    published = answer.found.get("published", {}).get("comparisons", [])
    by_metric: dict[str, list[Mapping[str, Any]]] = {}
    for target in answer.found.get("hindcast", {}).get("targets", []):
        by_metric.setdefault(target["metric"], []).append(target)
    return {"published": [(row, draw_ranges(row)) for row in published], "by_metric": by_metric}


@question(
    "/model-record", title="The model's record", table=rows, shows=page, by_job=True, in_menu=False,
    examples=({"draws": "20"},),
)  # fmt: skip
def model_record(site: Site, asked: Record) -> Worked:
    """How far the supply model was from what came since 2022, and from scenarios that others have published."""
    work = partial(report_record, bare(site.ledger), draws=asked.draws, seed=asked.seed)
    return work_out(site, ("record", asked.draws, asked.seed), work)
