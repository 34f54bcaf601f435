"""The first page: what is in force, what moved, what comes, what is talked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from tidegate.ledger.overview import Overview, overview
from tidegate.watch import MeasuresCourse
from tidegate.web.gauge_picture import small_gauge
from tidegate.web.parameters import Day, Filters, day_field
from tidegate.web.question import Site, question


class Today(Filters):
    """A day, and how far to look around it."""

    on: Day = day_field("Legal day asked about.")
    days: Annotated[int, Field(ge=1, le=3660, description="How many days back to look for changes.")] = 30
    ahead: Annotated[int, Field(ge=1, le=3660, description="How many days ahead to look.")] = 180


def matrix(site: Site, asked: Today, answer: Overview) -> Mapping[str, Any]:
    """Return the counts as a grid: governments across, instruments down, most first."""
    counts = {(row["instrument"], row["jurisdiction"]): row["binding"] for row in answer.counts}
    totals: Counter[str] = Counter()
    for key, number in counts.items():
        totals.update(dict.fromkeys(key, number))
    across = sorted({government for _, government in counts}, key=lambda one: (-totals[one], one))
    down = sorted({instrument for instrument, _ in counts}, key=lambda one: (-totals[one], one))
    rows = sorted(
        answer.binding.table(), key=lambda row: (across.index(row["jurisdiction"]), row["since"], row["id"])
    )
    return {
        "counts": counts, "across": across, "down": down, "totals": totals, "binding_rows": rows,
        "certain": all(row["certain"] for row in rows), "changed_from": answer.changed.about["from"],
        # As known by an earlier day the gauge is read anew, month by month: on its own page.
        "gauge": None if asked.known_by else small_gauge(site, asked.on),
    }  # fmt: skip


def course(site: Site, asked: Today) -> MeasuresCourse:
    """Return what the Atom twin follows: a date enters the answer when it is `ahead` days off."""
    return MeasuresCourse(site.ledger, asked.wanted(), ahead=asked.ahead)


@question(
    "/", title="Today", shows=matrix, follows=course,
    examples=({"on": "2026-11-21"}, {"on": "2025-06-15", "by": "US", "target": "CN", "known_by": "2025-06-15"}),
)  # fmt: skip
def today(site: Site, asked: Today) -> Overview:
    """What is in force on a day, what changed before it, what comes after it, and what is only talked about."""
    return overview(site.ledger, asked.on, asked.days, asked.ahead, asked.wanted(), asked.known_by)
