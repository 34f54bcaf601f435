"""A ranking from end to end as plain values: what a page shows and a file keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tidegate.errors import MissingExtraError
from tidegate.markets.factors import Sources
from tidegate.markets.ranking import rank
from tidegate.markets.ranking_plan import Plan
from tidegate.markets.universe import Universe

__all__ = ["Tell", "report_ranking"]

Tell = Callable[[str, int, int, Mapping[str, Any] | None], None]
"""Is told what is being done, how much of it is done, of how much, and what there is to see so far."""


def report_ranking(universe: Universe, sources: Sources, plan: Plan, tell: Tell) -> dict[str, Any]:
    """Return a ranking with its record, and the record as a Vega-Lite specification under `picture`.

    `picture` is None where Altair is not installed. Raises: as `tidegate.markets.ranking.rank`.
    """
    tell("scoring every month, and holding each against the month after", 0, 0, None)
    found = rank(universe, sources, plan)
    picture: dict[str, Any] | None = None
    try:
        from tidegate.markets.ranking_picture import record_chart

        picture = record_chart(found).to_dict()
    except MissingExtraError:
        pass
    return {**found.table().to_dict(), "picture": picture}
