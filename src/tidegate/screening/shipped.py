"""The list that ships: parties of the catalog that a measure of the ledger puts on a list of some government.

Some parties of each list and no whole copy of any: who is not on it may be listed all the same. It is made from the
ledger by `tidegate.ledger.listed` (`make docs`), so that screening reads no law.
"""

from __future__ import annotations

import csv
import hashlib
import io
from functools import lru_cache

from tidegate import data
from tidegate.dates import parse_day
from tidegate.screening.finding import SHIPPED
from tidegate.sources.listing import Entry, PartyList

__all__ = ["shipped_list"]


@lru_cache(maxsize=1)
def shipped_list() -> PartyList:
    """Return the parties of the shipped ledger that are, or were, on a list.

    An entry's id is `measure/party`; `row` counts from 1 below the header of `data/listed_parties.csv`.
    """
    raw = data.LISTED.read_bytes()
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8"))))
    entries = tuple(
        Entry(
            id=row["id"], list=row["list"], authority=row["authority"], name=row["name"], row=number,
            aliases=tuple(alias for alias in row["aliases"].split("|") if alias and alias != row["name"]),
            countries=(row["country"],) if row["country"] else (),
            identifiers=(("tidegate", row["party"]),),
            footnotes=(row["footnote"],) if row["footnote"] else (),
            starts=parse_day(row["starts"]), ends=parse_day(row["ends"]) if row["ends"] else None,
            notice=row["notice"] or None, source=row["source"],
            remarks="; ".join(
                text for text in (row["remarks"], "" if row["verified"] == "true" else "not all read in a source") if text
            ) or None,
        )
        for number, row in enumerate(rows, 1)
    )  # fmt: skip
    return PartyList(
        "Parties of the ledger",
        SHIPPED,
        entries,
        hashlib.sha256(raw).hexdigest(),
        parse_day(rows[0]["as_of"]),
    )
