"""One's own parties held against lists on a day: who came on one since the earlier day, and who is on one still."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tidegate.brief.day_record import Parties, PartyLine
from tidegate.dates import Day
from tidegate.screening.finding import SHIPPED

if TYPE_CHECKING:
    from tidegate.claims.clearances import Clearances
    from tidegate.screening.queries import Query
    from tidegate.screening.screen import Lists

__all__ = ["parties_on"]


def parties_on(
    lists: Lists, names: Iterable[Query], first: Day, day: Day, known: Clearances | None = None
) -> Parties:
    """Return the hits of some names on a day that nobody cleared, those that are new since `first` before others.

    known: what people decided about hits; a cleared one is counted and not shown.
    """
    lines, asked, cleared = [], 0, 0
    for query in names:
        asked += 1
        found = lists.screen(
            query.name, on=day, country=query.country, identifiers=query.identifiers, most=None
        )
        for hit in (known.mark(found) if known else found).hits:
            if not hit.is_open:
                cleared += 1
                continue
            entry = hit.entry
            # A hit of the day had not ended by the earlier one either.
            is_new = entry.starts is not None and entry.starts > first
            lines.append(
                PartyLine(
                    name=query.name, id=entry.id, listed=entry.name, list=entry.list, authority=entry.authority,
                    score=round(hit.score, 3), why=hit.why, starts=entry.starts.isoformat() if entry.starts else None,
                    is_new=is_new, source=entry.source,
                )
            )  # fmt: skip
    lines.sort(key=lambda line: (not line.is_new, -line.score, line.name, line.id))
    whole = any(list_.layout != SHIPPED for list_ in lists.lists)
    return Parties(asked, cleared, whole, tuple(age.says for age in lists.ages(day)), tuple(lines))
